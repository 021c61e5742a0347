import Ground
import Testing
import WorkCalendar

@Suite("How a deadline stands")
struct DeadlineProgressTests {
    let time: WorkingTime

    init() throws { time = try Calendars.workingTime() }

    @Test("siteserver/cms #1348: a case closed in time stays in time however late one looks")
    func closedInTimeStaysInTime() throws {
        let due = time.due(from: try beijing("2026-03-02 09:00"), limit: .workingHours(4)).instant
        let closed = try beijing("2026-03-02 11:00")
        #expect(isOnTime(due: due, doneAt: closed))
        for now in [closed, due, due + .hours(1), due + .days(4000)] {
            #expect(DeadlineStanding(due: due, doneAt: closed, now: now) == .doneOnTime)
        }
        #expect(DeadlineStanding(due: due, doneAt: nil, now: due + .hours(1)) == .overdue)
        #expect(DeadlineStanding(due: due, doneAt: nil, now: closed) == .running)
        #expect(DeadlineStanding(due: due, doneAt: due + .seconds(1), now: closed) == .doneLate)
    }

    @Test("Done at the very instant it is due is in time; a millisecond later is not")
    func theInstantItself() throws {
        let due = try beijing("2026-03-02 12:00")
        #expect(isOnTime(due: due, doneAt: due))
        #expect(!isOnTime(due: due, doneAt: due + Span(milliseconds: 1)))
    }

    @Test(
        "The colour changes at half, at four fifths, and when overdue",
        arguments: [
            ("2026-03-02 08:30", 0.0, DeadlineStage.early), ("2026-03-02 10:29", 0.3966, .early),
            ("2026-03-02 11:00", 0.5, .half), ("2026-03-02 12:29", 0.7, .half),
            ("2026-03-02 14:00", 0.8, .pressing), ("2026-03-02 15:00", 1.0, .pressing),
            ("2026-03-02 17:30", 1.5, .overdue), ("2026-03-03 09:30", 1.7, .overdue),
        ])
    func stages(now: String, share: Double, stage: DeadlineStage) throws {
        let start = try beijing("2026-03-02 08:30")
        let due = time.due(from: start, limit: .workingHours(5)).instant
        #expect(due == (try beijing("2026-03-02 15:00")))
        let progress = time.progress(from: start, due: due, limit: .workingHours(5), at: try beijing(now))
        #expect(abs(progress.share - share) < 0.001, "\(progress.share)")
        #expect(progress.stage == stage)
    }

    @Test("While paused a limit stands still, and after the pause it goes on from there")
    func paused() throws {
        let limit = TimeLimit.workingHours(4)
        let start = try beijing("2026-03-02 08:30")
        let due = time.due(from: start, limit: limit)
        let pausedFrom = try beijing("2026-03-02 10:30")
        let open = [Pause(from: pausedFrom, to: nil)]
        for now in ["2026-03-02 10:30", "2026-03-02 17:00", "2026-03-20 09:00"] {
            let progress = time.progress(
                from: start, due: due.instant, limit: limit, at: try beijing(now), pauses: open)
            #expect(progress.remaining == .hours(2), "\(now)")
            #expect(progress.stage == .half)
        }
        let resumed = try beijing("2026-03-20 09:00")
        let moved = time.extend(due, pausedFrom: pausedFrom, pausedTo: resumed, limit: limit)
        let closed = [Pause(from: pausedFrom, to: resumed)]
        let progress = time.progress(
            from: start, due: moved.instant, limit: limit, at: try beijing("2026-03-20 10:00"), pauses: closed)
        #expect(progress.total == .hours(4))
        #expect(progress.used == .hours(3))
        #expect(!progress.isOverdue)
        #expect(
            time.progress(
                from: start, due: moved.instant, limit: limit, at: moved.instant, pauses: closed
            ).share == 1)
    }

    @Test("A limit without any working time yet has used nothing")
    func startedAtNight() throws {
        let start = try beijing("2026-03-06 20:00")
        let due = time.due(from: start, limit: .workingDays(1)).instant
        let progress = time.progress(from: start, due: due, limit: .workingDays(1), at: try beijing("2026-03-08 20:00"))
        #expect(progress.share == 0)
        #expect(progress.total == Span(milliseconds: 27_000_000))
    }
}
