import Ground

/// People who are asked together: so many that no answer is anybody's.
struct PulseGroup: Sendable, Hashable {
    /// Codes of the streets in it, or the county's.
    var places: [String]
    /// People, and as many slips.
    var size: Int

    var key: String { places.joined(separator: "+") }

    /// Streets that are large enough stand alone; the others together, and when these are too few, with the smallest that is
    /// large enough.
    /// - Returns: none when all together are too few.
    static func groups(of people: [String: Int], smallest: Int) -> [PulseGroup] {
        var large: [PulseGroup] = []
        var rest = PulseGroup(places: [], size: 0)
        for (place, count) in people.sorted(by: { $0.key < $1.key }) where count > 0 {
            if count >= smallest {
                large.append(PulseGroup(places: [place], size: count))
            } else {
                rest.places.append(place)
                rest.size += count
            }
        }
        guard rest.size > 0 else { return large }
        if rest.size >= smallest { return large + [rest] }
        guard let position = large.indices.min(by: { large[$0].size < large[$1].size }) else { return [] }
        large[position].places = (large[position].places + rest.places).sorted()
        large[position].size += rest.size
        return large
    }
}

/// The sums of one group, as they are kept: no row is of a person.
struct PulseCounts: Sendable, Hashable {
    var group: PulseGroup
    /// Slips that came back.
    var answers: Int
    /// By question and choice.
    var counts: [String: [String: Int]]

    func isShown(smallest: Int) -> Bool { answers >= smallest }

    /// A share of the answers, in steps of five; what nearly all or nearly nobody says is told no closer than that, so that it
    /// says nothing of each.
    enum Share: Sendable, Hashable {
        case few, most
        case percent(Int)

        init(_ count: Int, of whole: Int) {
            let percent = whole > 0 ? (count * 100 + whole / 2) / whole : 0
            self = percent < 10 ? .few : percent > 90 ? .most : .percent((percent + 2) / 5 * 5)
        }

        var text: LocalizedText {
            switch self {
            case .few: LocalizedText("不到 10%", "under 10%")
            case .most: LocalizedText("90% 以上", "over 90%")
            case .percent(let percent): LocalizedText("约 \(percent)%", "about \(percent)%")
            }
        }
    }

    func share(_ question: String, _ choice: String) -> Share { Share(counts[question]?[choice] ?? 0, of: answers) }

    /// All groups that are shown. Groups that are not stand in no sum either, so no difference gives them away.
    static func sum(_ all: [PulseCounts], smallest: Int) -> PulseCounts? {
        let shown = all.filter { $0.isShown(smallest: smallest) }
        guard shown.count > 1 else { return nil }
        var sum = PulseCounts(group: PulseGroup(places: [], size: 0), answers: 0, counts: [:])
        for one in shown {
            sum.group.size += one.group.size
            sum.answers += one.answers
            for (question, choices) in one.counts {
                for (choice, count) in choices { sum.counts[question, default: [:]][choice, default: 0] += count }
            }
        }
        return sum
    }
}
