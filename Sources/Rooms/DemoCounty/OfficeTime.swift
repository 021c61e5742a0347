import Ground
import WorkCalendar

/// When people of offices do things: within the shifts of working days.
struct OfficeTime: Sendable {
    let time: WorkingTime

    /// So many minutes of work later.
    func later(_ start: Instant, minutes: Double) -> Instant {
        var left = Int64(minutes * 60_000)
        let local = start.local()
        var day = local.day
        var moment = local.millisecondOfDay
        // Longer than any run of days off.
        for _ in 0..<400 {
            if time.calendar.isWorkday(day) {
                for shift in time.hours.shifts where shift.end > moment {
                    let begin = max(shift.start, moment)
                    if begin + left < shift.end {
                        return Instant(LocalTime(day: day, millisecondOfDay: begin + left))
                    }
                    left -= shift.end - begin
                }
            }
            day = day + 1
            moment = 0
        }
        return start
    }

    /// The moment itself when people work then; else one of that day's, or of the next working day.
    func near(_ moment: Instant, _ random: inout SeededRandom) -> Instant {
        let local = moment.local()
        var day = local.day
        if time.calendar.isWorkday(day),
            time.hours.shifts.contains(where: { ($0.start..<$0.end).contains(local.millisecondOfDay) })
        {
            return moment
        }
        for _ in 0..<400 where !time.calendar.isWorkday(day) { day = day + 1 }
        let shift = random.pick(time.hours.shifts) ?? time.hours.shifts[0]
        return Instant(LocalTime(day: day, millisecondOfDay: Int64.random(in: shift.start..<shift.end, using: &random)))
    }

    /// The last moment of office before an instant from which so many minutes of work still fit in.
    func start(fitting minutes: Double, before end: Instant) -> Instant {
        var candidate = end - .minutes(Int64(minutes))
        for _ in 0..<2_000 where later(candidate, minutes: minutes) > end { candidate = candidate - .minutes(30) }
        return candidate
    }
}
