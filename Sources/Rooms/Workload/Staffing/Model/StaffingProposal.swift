import Desk
import Ground

/// A proposal as it is kept and shown: with the names of places and kinds of posts as they were, and no person's name.
struct StaffingProposal: Sendable, Hashable, Codable {
    struct Station: Sendable, Hashable, Codable {
        var place: String
        var kind: String
        var people: Int
        /// Minutes of the twelve months.
        var need: Int64
        var capacity: Int64
        /// Minutes over capacity, month by month added up.
        var over: Int64
        var missing: Int64
        /// Months in which something is missing.
        var months: [Int]
    }

    struct Move: Sendable, Hashable, Codable {
        var from: String
        var fromKind: String
        var to: String
        var toKind: String
        var count: Int
        var yuan: Int64
    }

    struct Contract: Sendable, Hashable, Codable {
        var place: String
        var kind: String
        var count: Int
        var from: Day
        /// The last day: a contract ends by itself.
        var until: Day
        var yuan: Int64
    }

    struct Relief: Sendable, Hashable, Codable {
        var how: StaffingCase.Relief.How
        var code: String
        var title: LocalizedText
        var place: String
        var minutes: Int64
        var yuan: Int64
    }

    var first: Day
    /// As if everybody agreed whom a move would fit.
    var assumesConsent: Bool
    var stations: [Station]
    var moves: [Move]
    var contracts: [Contract]
    var reliefs: [Relief]
    var missing: Int64
    var missingBound: Int64
    var yuan: Int64
    var yuanBound: Int64
    /// Per mille of the cost.
    var gap: Int64
    var isProved: Bool
    /// Minutes that would still be missing without an obstacle, by its name.
    var freed: [String: Int64]
    var columns: Int
    var rows: Int

    /// Whether there is a plan at all: one that does nothing against an overload, and is not proved the best, is what stands
    /// when none was found in time.
    var isPlan: Bool { isProved || over == 0 || !(moves.isEmpty && contracts.isEmpty && reliefs.isEmpty) }

    /// How much the cost may lie above the least, per mille; nil without a plan, whose cost of nothing is near nothing.
    var gapOfPlan: Int64? { isPlan ? gap : nil }

    /// Minutes over capacity today, in all stations.
    var over: Int64 { stations.reduce(0) { $0 + $1.over } }

    init(
        _ answer: StaffingAnswer, _ picture: StaffingPicture, sources: [(code: String, title: LocalizedText)],
        first: LoadMonth, assumesConsent: Bool
    ) {
        let one = answer.one
        let kinds = picture.rules.kinds
        func place(_ station: Int) -> String { picture.stations[station].place }
        func kind(_ station: Int) -> String { kinds[picture.stations[station].kind].key }
        let overload = one.overload
        self.first = first.first
        self.assumesConsent = assumesConsent
        stations = one.stations.indices.compactMap { station in
            let people = one.groups.reduce(0) { $1.station == station ? $0 + $1.count : $0 }
            let need = one.stations[station].need.reduce(0, +)
            guard people > 0 || need > 0 else { return nil }
            return Station(
                place: place(station), kind: kind(station), people: people, need: need,
                capacity: (0..<12).reduce(0) { $0 + one.capacity(station, $1) },
                over: overload[station].reduce(0, +), missing: answer.count.missing[station].reduce(0, +),
                months: (0..<12).filter { answer.count.missing[station][$0] > 0 })
        }
        var moved: [Move: (count: Int, yuan: Int64)] = [:]
        for move in answer.plan.moves {
            let group = one.groups[move.group]
            let yuan = group.ways.filter { $0.station == move.to }.map(\.yuan).min() ?? 0
            let key = Move(
                from: place(group.station), fromKind: kind(group.station), to: place(move.to), toKind: kind(move.to),
                count: 0, yuan: 0)
            let old = moved[key] ?? (0, 0)
            moved[key] = (old.count + move.count, old.yuan + yuan * Int64(move.count))
        }
        moves = moved.map { key, sum in
            var move = key
            (move.count, move.yuan) = sum
            return move
        }.sorted {
            [$0.from, $0.fromKind, $0.to, $0.toKind].lexicographicallyPrecedes([$1.from, $1.fromKind, $1.to, $1.toKind])
        }
        contracts = answer.plan.contracts.map { contract in
            let hire = one.hires[contract.hire]
            return Contract(
                place: place(hire.station), kind: kind(hire.station), count: contract.count,
                from: (first + hire.from).first, until: (first + (hire.from + hire.length - 1)).last,
                yuan: hire.yuan * Int64(contract.count))
        }
        reliefs = answer.plan.reliefs.map { position in
            let relief = one.reliefs[position]
            return Relief(
                how: relief.how, code: sources[relief.source].code, title: sources[relief.source].title,
                place: picture.places[relief.place], minutes: relief.minutes.values.reduce(0) { $0 + $1.reduce(0, +) },
                yuan: relief.yuan)
        }
        missing = answer.count.missingMinutes
        missingBound = Int64(max(0, answer.missingBound).rounded(.up))
        yuan = answer.count.yuan
        yuanBound = Int64(max(0, answer.yuanBound).rounded(.up))
        gap = Int64((answer.gap * 1000).rounded(.up))
        isProved = answer.isProved
        freed = Dictionary(uniqueKeysWithValues: answer.freed.map { ($0.key.rawValue, $0.value) })
        columns = answer.columns
        rows = answer.rows
    }
}
