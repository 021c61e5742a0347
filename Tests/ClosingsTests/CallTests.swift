import Cases
import Desk
import Ground
import Storage
import StorageTesting
import Testing
import WorkCalendar

@testable import Closings

@Suite("Calling residents after a matter was closed", .serialized)
struct CallTests {
    private static let no = CallReport(outcome: .noAnswer, words: "")

    private func answered(_ isSolved: Bool, _ satisfaction: Int, _ words: String = "", takesUp: Bool = true)
        -> CallReport
    {
        CallReport(outcome: .answered, isSolved: isSolved, satisfaction: satisfaction, takesUp: takesUp, words: words)
    }

    @Test(
        "Who has not rated is called a day later; who rates, or has no number, is not", arguments: EngineCase.available)
    func whom(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            let called = try await office.closed("一")
            let rated = try await office.closed("二")
            _ = try await office.closed("三", phone: nil)
            #expect(try await office.take(by: office.caller) == 0)
            office.clock.advance(.hours(24))
            _ = try await office.act(
                rated.id, Command("rate", isSolved: true, satisfaction: 5), by: .reporter)
            #expect(try await office.take(by: office.caller) == 1)
            #expect(try await office.list(of: office.caller).map(\.caseID) == [called.id])
        }
    }

    @Test(
        "Solved and satisfied are kept apart; not solved goes back unless the resident does not want it",
        arguments: EngineCase.available)
    func answers(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            let ids = [
                try await office.closed("一").id, try await office.closed("二").id, try await office.closed("三").id,
            ]
            office.clock.advance(.hours(25))
            #expect(try await office.take(by: office.caller) == 3)
            let list = Dictionary(
                uniqueKeysWithValues: try await office.list(of: office.caller).map { ($0.caseID, $0) })
            let first = try #require(list[ids[0]]), second = try #require(list[ids[1]]),
                third = try #require(list[ids[2]])
            #expect(try await office.call(first, answered(true, 2), by: office.caller) == .answered)
            let solved = try await office.matter(ids[0])
            #expect(solved.state == "archived" && solved.isSolved == true && solved.satisfaction == 2)
            let silent = await #expect(throws: Refusal.self) {
                try await office.call(second, answered(false, 1), by: office.caller)
            }
            #expect(silent?.field == "words")
            #expect(try await office.call(second, answered(false, 1, "坑还在"), by: office.caller) == .answered)
            let back = try await office.matter(ids[1])
            #expect(back.state == "accepted" && back.isSolved == false)
            #expect(
                try await office.call(third, answered(false, 3, "算了", takesUp: false), by: office.caller) == .answered)
            let left = try await office.matter(ids[2])
            #expect(left.state == "archived" && left.isSolved == false && left.satisfaction == 3)
            #expect(try await office.list(of: office.caller).isEmpty)
            let ends = try await office.rows("SELECT call_end FROM closings").map { try $0.text(0) }
            #expect(ends == ["answered", "answered", "answered"])
        }
    }

    @Test(
        "What was archived unrated can still be answered by phone, and stays archived", arguments: EngineCase.available)
    func afterArchiving(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            let record = try await office.closed()
            office.clock.advance(.days(9))
            _ = try await office.cases.watchLimits()
            let archived = try await office.matter(record.id)
            #expect(archived.state == "archived")
            #expect(try await office.take(by: office.caller) == 1)
            let closing = try #require(try await office.list(of: office.caller).first)
            _ = try await office.call(closing, answered(true, 4), by: office.caller)
            let after = try await office.matter(record.id)
            #expect(after.state == "archived" && after.endedAt == archived.endedAt && after.isSolved == true)
        }
    }

    @Test(
        "So many attempts and no more, each so long after the last; who refuses is not called again",
        arguments: EngineCase.available)
    func attempts(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            _ = try await office.closed("一")
            _ = try await office.closed("二")
            office.clock.advance(.hours(24))
            #expect(try await office.take(by: office.caller) == 2)
            let list = try await office.list(of: office.caller)
            #expect(
                try await office.call(list[1], CallReport(outcome: .refused, words: ""), by: office.caller) == .refused)
            for attempt in 1...office.closings.rules.calls.attempts {
                let end = try await office.call(list[0], Self.no, by: office.caller)
                #expect(end == (attempt == office.closings.rules.calls.attempts ? .unreachable : nil))
                let soon = await #expect(throws: Refusal.self) {
                    try await office.call(list[0], Self.no, by: office.caller)
                }
                #expect(soon?.kind == .conflict)
                office.clock.advance(.hours(24))
                // What was not called in the time that a post holds it is anybody's again.
                _ = try await office.take(by: office.caller)
            }
            #expect(try await office.take(by: office.caller) == 0)
        }
    }

    @Test(
        "One post calls; a list is handed on or given back, and only to who may call there",
        arguments: EngineCase.available)
    func lists(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            _ = try await office.closed("一")
            _ = try await office.closed("二")
            office.clock.advance(.hours(24))
            #expect(try await office.take(by: office.caller) == 2)
            #expect(try await office.take(by: office.verifier) == 0)
            let list = try await office.list(of: office.caller)
            let other = await #expect(throws: Refusal.self) {
                try await office.call(list[0], Self.no, by: office.verifier)
            }
            #expect(other?.code == "closings.not-on-list")
            let now = office.now
            func give(_ ids: [Identifier<Closing>], _ post: PostID?, _ scope: Scope) async throws -> Int {
                try await office.house.database.write {
                    try office.calls.give(ids, to: post, by: scope, at: now, in: $0)
                }
            }
            // A street's verifier reaches only the own street; the coordination has no right to call.
            let unable = await #expect(throws: Refusal.self) {
                _ = try await give([list[0].id], office.coordinator.post, office.caller)
            }
            #expect(unable?.code == "closings.unknown-post")
            #expect(try await give([list[0].id], nil, office.caller) == 1)
            #expect(try await office.take(by: office.verifier) == 1)
            #expect(try await give([], office.caller.post, office.verifier) == 1)
            #expect(try await office.list(of: office.caller).count == 2)
        }
    }

    @Test(
        "The number is shown at decent hours only, to who holds the call, for a purpose on the ledger",
        arguments: EngineCase.available)
    func numbers(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            _ = try await office.closed()
            office.clock.set(ClosingsOffice.start + .days(2))
            #expect(try await office.take(by: office.caller) == 1)
            let closing = try #require(try await office.list(of: office.caller).first)
            let shown = try await office.calls.number(of: closing.id, by: office.caller, at: office.now)
            #expect(shown.phone?.hasSuffix("19900001234") == true)
            let entry = try await office.rows(
                "SELECT purpose FROM ledger_entries WHERE act = 'cases.reveal-reporter'")
            #expect(try entry.map { try $0.textIfAny(0) } == ["回访"])
            // 07:30 of a Wednesday.
            let early = Instant(LocalTime(day: office.now.local().day, hour: 7, minute: 30))
            let refusal = await #expect(throws: Refusal.self) {
                try await office.calls.number(of: closing.id, by: office.caller, at: early)
            }
            #expect(refusal?.code == "closings.no-hour-to-call")
            #expect(
                try await office.rows("SELECT id FROM ledger_entries WHERE act = 'cases.reveal-reporter'").count == 1)
            for (hour, isDecent) in [
                (8, false), (9, true), (12, false), (13, false), (14, true), (19, true), (20, false),
            ] {
                let then = Instant(LocalTime(day: office.now.local().day, hour: hour))
                #expect(
                    office.closings.rules.calls.isDecent(then, office.cases.rules.time.calendar) == isDecent, "\(hour)")
            }
        }
    }

    @Test("Whom nobody called in time is not called any more", arguments: EngineCase.available)
    func late(_ engine: EngineCase) async throws {
        try await ClosingsOffice.with(engine) { office in
            _ = try await office.closed()
            office.clock.advance(.days(20))
            try await office.calls.endLate(at: office.now)
            #expect(try await office.take(by: office.caller) == 0)
            #expect(try await office.rows("SELECT call_end FROM closings").first?.text(0) == "late")
        }
    }
}
