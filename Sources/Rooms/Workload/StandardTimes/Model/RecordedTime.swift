import Desk
import Ground

/// How long one thing took that two acts of the system say something of: both by one person on one matter, the second
/// right after the first. Who it was is a number that means something only while the figures are made.
struct TimedPair: Sendable, Hashable {
    var person: Int
    /// Within working hours, between the two acts. Waiting, ways and other work in between are in it.
    var minutes: Int64
    /// The second act was on the day of the first.
    var isWithinDay: Bool
}

/// 记录用时: what the records say of how long a task takes, or why they say nothing that may be shown or compared. Of all
/// posts of a kind in the county together; never of a person, never of a few.
enum RecordedTime: Sendable, Hashable {
    struct Figures: Sendable, Hashable {
        /// Quartiles, in working minutes.
        var lower: Int64
        var middle: Int64
        var upper: Int64
        var records: Int64
        /// At least so many, the fewest that are told of: how many exactly would tell of one who came or went.
        var people: Int64
        /// Left out: both acts were entered at once, so what lies between them says nothing.
        var afterwards: Int64
    }

    /// No two acts of the system begin and end it.
    case unrecorded
    case fewPeople
    case fewRecords
    /// One person made so many of the records that the figures would be about that person.
    case onePerson
    /// So many per mille were entered at once, when the work was over.
    case afterwards(Int64)
    /// So many per mille only ended on a later day: what they measure is waiting.
    case waiting(Int64)
    case figures(Figures)

    var figures: Figures? { if case .figures(let figures) = self { figures } else { nil } }

    init(_ pairs: [TimedPair], _ rules: RecordRules) {
        // Before anything is said of them, a share included.
        if let hidden = Self.hidden(pairs, rules) {
            self = hidden
            return
        }
        let kept = pairs.filter { $0.minutes >= rules.shortestMinutes }
        let afterwards = Int64(pairs.count - kept.count)
        guard afterwards * 1000 <= rules.afterwards * Int64(pairs.count) else {
            self = .afterwards(afterwards * 1000 / Int64(pairs.count))
            return
        }
        if let hidden = Self.hidden(kept, rules) {
            self = hidden
            return
        }
        let within = Int64(kept.count { $0.isWithinDay })
        guard within * 1000 >= rules.withinDay * Int64(kept.count) else {
            self = .waiting((Int64(kept.count) - within) * 1000 / Int64(kept.count))
            return
        }
        let sorted = kept.map(\.minutes).sorted()
        func quartile(_ quarter: Int) -> Int64 { sorted[(sorted.count - 1) * quarter / 4] }
        self = .figures(
            Figures(
                lower: quartile(1), middle: quartile(2), upper: quartile(3), records: Int64(kept.count),
                people: rules.fewestPeople, afterwards: afterwards))
    }

    /// Why nothing may be said of these records; nil where something may.
    private static func hidden(_ pairs: [TimedPair], _ rules: RecordRules) -> RecordedTime? {
        let counts = Dictionary(grouping: pairs, by: \.person).values.map(\.count)
        guard counts.count >= rules.fewestPeople else { return .fewPeople }
        guard pairs.count >= rules.fewestRecords else { return .fewRecords }
        let most = Int64(counts.max() ?? 0)
        return most * 1000 <= rules.largestShare * Int64(pairs.count) ? nil : .onePerson
    }

    /// What may be concluded. The time between two acts is no less than the work that lies between them, so short times
    /// speak against a long standard; long ones may be waiting, and speak for nothing.
    enum Reading: String, Sendable, Hashable, CaseIterable {
        /// Three of four records, waiting and all, are shorter than the standard time.
        case tooLong = "too-long"
        /// More than half of them are.
        case maybeTooLong = "maybe-too-long"
        case noObjection = "no-objection"
        /// Three of four are longer: waiting, or a standard time that is too short. Records cannot tell which.
        case longer
    }
}

extension RecordedTime.Figures {
    func reading(of standard: Int64) -> RecordedTime.Reading {
        upper < standard ? .tooLong : middle < standard ? .maybeTooLong : lower <= standard ? .noObjection : .longer
    }
}

/// `records` of `Rules/workload.yaml`: which acts begin and end a task, and from when on figures may be shown.
struct RecordRules: Sendable, Hashable, Decodable {
    /// Two acts on a matter that stand for one time of a task.
    struct Measure: Sendable, Hashable, Decodable {
        var item: String
        var task: String
        /// Names of acts of the matters' workflow.
        var from: String
        var to: String
        /// Prefixes of codes of categories; all matters without.
        var categories: [String]?
    }

    /// How far back from the first day of the present month.
    var days: Int
    var fewestPeople: Int64
    var fewestRecords: Int64
    /// Of all records, per mille, that one person may have made.
    var largestShare: Int64
    /// Of all records, per mille, that have to end on the day they begin.
    var withinDay: Int64
    /// Below it, both acts were entered at once.
    var shortestMinutes: Int64
    /// Of all records, per mille, that may be entered at once.
    var afterwards: Int64
    var measures: [Measure]

    /// No group is smaller, whatever a county writes.
    static let smallestGroup: Int64 = 5
    /// Nobody makes more of the records than all others together, whatever a county writes.
    static let largestShare: Int64 = 500

    var isUsable: Bool {
        (1...1_000).contains(days) && fewestPeople >= Self.smallestGroup && fewestRecords >= fewestPeople
            && (1...Self.largestShare).contains(largestShare) && (1...1_000).contains(withinDay) && shortestMinutes >= 0
            && (0..<1_000).contains(afterwards)
            && Set(measures.map { [$0.item, $0.task] }).count == measures.count
    }
}
