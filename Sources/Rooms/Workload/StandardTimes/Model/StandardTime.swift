import Desk
import Ground
import Mandates
import WorkCalendar

/// A task of the lists with its standard time, what records say of it, and what it was corrected to.
struct StandardTime: Sendable, Hashable {
    var item: String
    var itemTitle: LocalizedText
    var task: DutyTask
    var recorded: RecordedTime
    /// Minutes that count in the present month.
    var counted: Int64
    /// A later change that is decided already: from when, and to how much.
    var next: (from: Day, minutes: Int64)? {
        nextFrom.map { ($0, nextMinutes) }
    }
    var nextFrom: Day?
    var nextMinutes: Int64 = 0
    /// Minutes of the twelve months ahead: with what counts now, and were it the recorded middle.
    var load: Int64
    var loadAsRecorded: Int64?

    var standard: Int64 { task.minutes ?? 0 }
    var key: String { "\(item)-\(task.key)" }
    var reading: RecordedTime.Reading? { recorded.figures?.reading(of: counted) }
    /// Minutes in the twelve months ahead, more or fewer, were it the recorded middle.
    var difference: Int64? { loadAsRecorded.map { $0 - load } }
}

extension LoadSheet {
    /// Minutes that a stream of work asks for in the twelve months, on posts or where nobody is.
    func minutes(of work: LoadWork) -> Int64 {
        var sum: Int64 = 0
        lay(work) { _, _, _, minutes in sum += minutes }
        return sum
    }
}

extension [TimedPair] {
    /// Of pairs of acts of one group of posts. What began and ended outside of working hours cannot be measured in them, and
    /// is left out.
    init(_ pairs: [ActPair], _ time: WorkingTime, _ rules: RecordRules) {
        var persons: [String: Int] = [:]
        self = pairs.compactMap { pair in
            let working = time.elapsed(from: pair.from, to: pair.until, limit: .workingHours(1)).milliseconds / 60_000
            let clock = (pair.until - pair.from).milliseconds / 60_000
            guard clock < rules.shortestMinutes || working >= rules.shortestMinutes else { return nil }
            let person = persons[pair.staff.text] ?? persons.count
            persons[pair.staff.text] = person
            return TimedPair(
                person: person, minutes: Swift.max(0, working),
                isWithinDay: pair.from.local().day == pair.until.local().day)
        }
    }
}
