import Desk
import Ground

/// How the hours of one demand fall on the days of its period: evenly, and less from the day of a measure on.
struct BurdenHours: Sendable, Hashable {
    /// From a day on, minutes as if the whole period had these terms.
    struct Step: Sendable, Hashable {
        var day: Day
        var minutes: Int64
    }

    var from: Day
    /// Last day.
    var until: Day
    /// At the terms on which it was admitted.
    var minutes: Int64
    /// By day, each less than what was before.
    var steps: [Step]

    /// Minutes from one day to another, both counted. What is summed day by day over the whole period adds up to it exactly.
    func minutes(_ first: Day, _ last: Day) -> Int64 {
        let length = Int64(until.number - from.number + 1)
        guard length > 0 else { return 0 }
        var sum: Int64 = 0
        var (begin, whole) = (from, minutes)
        for step in steps + [Step(day: until + 1, minutes: 0)] {
            let end = min(step.day - 1, until)
            let (low, high) = (max(begin, first), min(end, last))
            if low <= high {
                sum += whole * Int64(high.number - from.number + 1) / length
                sum -= whole * Int64(low.number - from.number) / length
            }
            (begin, whole) = (max(begin, step.day), step.minutes)
        }
        return sum
    }

    /// January first.
    func months(of year: Int) -> [Int64] {
        (1...12).map { month in
            guard let first = Day(year: year, month: month, day: 1),
                let next = Day(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1)
            else { return 0 }
            return minutes(first, next - 1)
        }
    }
}
