import Desk
import Ground
import Mandates

/// 标准工时修正: from a month on a task counts with another time than the list says. The list keeps its own; both are shown.
struct TimeCorrection: Sendable, Hashable {
    var item: String
    var task: String
    /// Minutes that the list said when it was corrected. Once the list says something else, the correction is over.
    var standard: Int64
    var minutes: Int64
    /// The first day of a month.
    var from: Day
    var reason: String
    /// What it rests on.
    var figures: RecordedTime.Figures

    func holds(for task: DutyTask, of item: String) -> Bool {
        self.item == item && self.task == task.key && standard == task.minutes
    }
}

extension [TimeCorrection] {
    /// Minutes of one time of a task on a day: the list's, or those of the last correction that counts by then.
    /// - Precondition: in the order in which they were made; of two from one day the later one counts.
    func minutes(of task: DutyTask, of item: String, on day: Day) -> Int64 {
        var found: TimeCorrection?
        for one in self where one.holds(for: task, of: item) && one.from <= day {
            if found.map({ $0.from <= one.from }) ?? true { found = one }
        }
        return found?.minutes ?? task.minutes ?? 0
    }
}

extension LoadWork {
    /// A task with its corrections: one stream of work for each stretch of months with one standard time. In each month it
    /// weighs what it would weigh if its time of that month held all year.
    static func works(
        _ task: DutyTask, of item: String, corrected corrections: [TimeCorrection], source: Int, first: LoadMonth
    ) -> [LoadWork] {
        var works: [LoadWork] = []
        var start = 0
        let minutes = (0..<12).map { corrections.minutes(of: task, of: item, on: (first + $0).first) }
        for month in 0..<12 where month == 11 || minutes[month + 1] != minutes[month] {
            var task = task
            task.minutes = minutes[month]
            var work = LoadWork(task, source: source, within: .everywhere, first: first)
            work.months = start..<(month + 1)
            works.append(work)
            start = month + 1
        }
        return works
    }
}
