import Ground
import Testing
import WorkCalendar

@Suite("Deadlines in working time")
struct WorkingTimeTests {
    let time: WorkingTime

    init() throws { time = try Calendars.workingTime() }

    @Test(
        "Office hours are those of working days from the first shift to the end of the last, lunch included",
        arguments: [
            ("2026-03-02 08:29", false), ("2026-03-02 08:30", true), ("2026-03-02 12:40", true),
            ("2026-03-02 17:29", true), ("2026-03-02 17:30", false), ("2026-03-07 10:00", false),
            // A make-up Saturday, and a holiday.
            ("2026-02-14 10:00", true), ("2026-02-17 10:00", false),
        ])
    func office(instant: String, expected: Bool) throws {
        #expect(time.isInOffice(at: try beijing(instant)) == expected)
    }

    @Test(
        "A deadline runs only while its kind of time runs",
        arguments: [
            ("2026-02-13 23:30", "2 clock hours", "2026-02-14 01:30"),
            // Within a day, over lunch, over the night.
            ("2026-03-02 09:00", "2 working hours", "2026-03-02 11:00"),
            ("2026-03-02 11:00", "2 working hours", "2026-03-02 14:30"),
            ("2026-03-02 16:30", "2 working hours", "2026-03-03 09:30"),
            // Running out with a shift ends with it.
            ("2026-03-02 10:00", "2 working hours", "2026-03-02 12:00"),
            ("2026-03-02 15:30", "2 working hours", "2026-03-02 17:30"),
            // Begun at night, at lunch, at the week's end.
            ("2026-03-02 22:00", "1 working hour", "2026-03-03 09:30"),
            ("2026-03-02 12:40", "1 working hour", "2026-03-02 14:30"),
            ("2026-03-07 10:00", "1 working hour", "2026-03-09 09:30"),
            // Into a make-up Saturday, and from it over the Spring Festival.
            ("2026-02-13 17:00", "1 working hour", "2026-02-14 09:00"),
            ("2026-02-14 17:00", "1 working hour", "2026-02-24 09:00"),
            // More than a day of 7.5 hours.
            ("2026-03-02 08:30", "8 working hours", "2026-03-03 09:00"),
            // Working days end with the last shift of the n-th day, counted from the next.
            ("2026-02-13 09:00", "1 working day", "2026-02-14 17:30"),
            ("2026-02-13 23:59", "5 working days", "2026-02-27 17:30"),
            ("2026-02-15 09:00", "1 working day", "2026-02-24 17:30"),
            ("2025-09-26 00:00", "5 working days", "2025-10-10 17:30"),
        ])
    func dues(start: String, limit: String, expected: String) throws {
        let due = time.due(from: try beijing(start), limit: try TimeLimit(parsing: limit))
        #expect(due == Due(instant: try beijing(expected), isProvisional: false), "\(due.instant.local().minuteText)")
    }

    @Test("A deadline in an unpublished year is provisional, except on the clock")
    func provisional() throws {
        let start = try beijing("2027-03-01 10:00")
        #expect(time.due(from: start, limit: .workingDays(3)).isProvisional)
        #expect(time.due(from: start, limit: .workingHours(3)).isProvisional)
        #expect(!time.due(from: start, limit: .clockHours(3)).isProvisional)
        #expect(time.due(from: try beijing("2026-12-28 17:00"), limit: .workingHours(3)).isProvisional)
    }

    @Test("As much working time passes until a deadline as the limit says, and none less would do")
    func passesExactly() throws {
        var random = SeededRandom(seed: 1348)
        let origin = try beijing("2006-01-01 00:00")
        for _ in 0..<5000 {
            let start = origin + .minutes(Int64.random(in: 0..<11_500_000, using: &random))
            let count = Int.random(in: 1...200, using: &random)
            let limit = TimeLimit.workingHours(count)
            let due = time.due(from: start, limit: limit).instant
            #expect(time.elapsed(from: start, to: due, limit: limit) == .hours(Int64(count)))
            #expect(
                time.elapsed(from: start, to: due - Span(milliseconds: 1), limit: limit) < .hours(Int64(count)))
            #expect(time.calendar.isWorkday(due.local().day))
        }
    }

    @Test("A pause on the clock moves the deadline by its length")
    func pauseOnTheClock() throws {
        let due = Due(instant: try beijing("2026-03-02 12:00"), isProvisional: false)
        let moved = time.extend(
            due, pausedFrom: try beijing("2026-03-02 10:00"), pausedTo: try beijing("2026-03-03 10:00"),
            limit: .clockHours(4))
        #expect(moved.instant == (try beijing("2026-03-03 12:00")))
    }

    @Test("A pause over a weekend moves a working deadline only by the paused working time")
    func pauseOverAWeekend() throws {
        let due = Due(instant: try beijing("2026-03-09 10:00"), isProvisional: false)
        let moved = time.extend(
            due, pausedFrom: try beijing("2026-03-06 16:30"), pausedTo: try beijing("2026-03-09 09:00"),
            limit: .workingHours(4))
        // One hour on Friday and half an hour on Monday.
        #expect(moved.instant == (try beijing("2026-03-09 11:30")))
    }

    @Test("A pause outside working time, after the due or of no length changes nothing")
    func emptyPauses() throws {
        let due = Due(instant: try beijing("2026-03-09 10:00"), isProvisional: false)
        for (from, to) in [
            ("2026-03-07 00:00", "2026-03-08 23:00"), ("2026-03-09 10:00", "2026-03-10 10:00"),
            ("2026-03-06 10:00", "2026-03-06 10:00"), ("2026-03-06 10:00", "2026-03-05 10:00"),
        ] {
            let moved = time.extend(
                due, pausedFrom: try beijing(from), pausedTo: try beijing(to), limit: .workingDays(3))
            #expect(moved == due, "\(from)–\(to)")
        }
    }

    @Test("The time left when a pause ends is the time left when it began, in one pause or in two")
    func pausesKeepTheRest() throws {
        var random = SeededRandom(seed: 42)
        let origin = try beijing("2024-01-01 00:00")
        for _ in 0..<3000 {
            let start = origin + .minutes(Int64.random(in: 0..<1_000_000, using: &random))
            let limit: TimeLimit =
                switch Int.random(in: 0..<3, using: &random) {
                case 0: .clockHours(Int.random(in: 1...72, using: &random))
                case 1: .workingHours(Int.random(in: 1...40, using: &random))
                default: .workingDays(Int.random(in: 1...20, using: &random))
                }
            let due = time.due(from: start, limit: limit)
            let length = (due.instant - start).milliseconds
            let from = start + Span(milliseconds: Int64.random(in: 0..<length, using: &random))
            let middle = from + .minutes(Int64.random(in: 1...20_000, using: &random))
            let to = middle + .minutes(Int64.random(in: 1...20_000, using: &random))
            let moved = time.extend(due, pausedFrom: from, pausedTo: to, limit: limit)
            #expect(
                time.elapsed(from: to, to: moved.instant, limit: limit)
                    == time.elapsed(from: from, to: due.instant, limit: limit))
            let once = time.extend(due, pausedFrom: from, pausedTo: middle, limit: limit)
            #expect(time.extend(once, pausedFrom: middle, pausedTo: to, limit: limit) == moved)
        }
    }
}
