import Desk
import Ground

/// The days before a turning day and as many from it on, so that both can be compared.
struct Periods: Sendable, Hashable {
    /// First day of what came after.
    var turn: Day
    /// On each side.
    var length: Int

    var before: ClosedRange<Day> { (turn - length)...(turn - 1) }
    var after: ClosedRange<Day> { turn...(turn + (length - 1)) }
    var whole: ClosedRange<Day> { before.lowerBound...after.upperBound }

    static let lengths = 28...366

    /// Since the turning day, as far as it goes back at most a year.
    init(turn: Day, length: Int? = nil, today: Day) {
        self.turn = turn
        let since = today - turn + 1
        self.length = length ?? min(max(since, Self.lengths.lowerBound), Self.lengths.upperBound)
    }

    /// Whether some of the days after are still to come.
    func isUnderWay(on today: Day) -> Bool { after.upperBound > today }

    /// Of some days, those on which what should have been closed can be by now; nil when there are none.
    /// - Parameter settling: days that closing takes after the day on which it should have been done.
    static func settled(_ days: ClosedRange<Day>, settling: Int, today: Day) -> ClosedRange<Day>? {
        let last = min(days.upperBound, today - settling)
        return last < days.lowerBound ? nil : days.lowerBound...last
    }

    /// The months that the days touch, as their days within the periods.
    var months: [ClosedRange<Day>] {
        var found: [ClosedRange<Day>] = []
        var first = whole.lowerBound
        while first <= whole.upperBound {
            let parts = first.parts
            let next =
                Day(year: parts.month == 12 ? parts.year + 1 : parts.year, month: parts.month % 12 + 1, day: 1)
                ?? first + 31
            found.append(first...min(next - 1, whole.upperBound))
            first = next
        }
        return found
    }
}
