import Desk
import Ground
import Testing
import WorkCalendar

@testable import Cases

@Suite("What may be done with a matter, and what follows")
struct DecisionTests {
    let rules: CaseRules
    let dispatcher = CasesFixture.scope("dispatcher")
    let handler = CasesFixture.scope(
        "handler", CasesFixture.county, body: CasesFixture.departmentBody, line: "construction")
    let verifier = CasesFixture.scope("verifier")
    let county = CasesFixture.scope("coordinator", CasesFixture.county)

    init() throws { rules = try CasesFixture.rules() }

    private func run(_ record: CaseRecord, _ steps: [(Command, Performer)], from start: Instant = CasesFixture.start)
        throws -> CaseRecord
    {
        var record = record
        var now = start
        for (command, performer) in steps {
            now = now + .minutes(30)
            record = try rules.decide(record, command, by: performer, at: now).after
        }
        return record
    }

    private var accept: (Command, Performer) { (Command("accept", category: "010101"), .staff(dispatcher)) }
    private var dispatch: (Command, Performer) {
        (Command("dispatch", body: CasesFixture.departmentBody), .staff(dispatcher))
    }
    private var sign: (Command, Performer) { (Command("sign"), .staff(handler)) }
    private var finish: (Command, Performer) { (Command("finish", result: "已修补"), .staff(handler)) }
    private var pass: (Command, Performer) { (Command("pass"), .staff(verifier)) }
    private var giveBack: (Command, Performer) {
        (Command("return", opinion: "不属我局", reason: "other"), .staff(handler))
    }

    @Test("A matter goes from report to archive, each step by the one whose step it is")
    func wholeWay() throws {
        let end = try run(
            CasesFixture.record(rules),
            [accept, dispatch, sign, finish, pass, (Command("rate", isSolved: true, satisfaction: 5), .reporter)])
        #expect(end.state == "archived")
        #expect(end.endedAt != nil)
        #expect(end.due == nil)
        #expect(end.version == 7)
        #expect(end.answerable == dispatcher.staff)
        #expect(end.isSolved == true)
    }

    @Test("Nobody skips the resident's rating: only the platform archives, once its time has passed")
    func archiving() throws {
        let rating = try run(CasesFixture.record(rules), [accept, dispatch, sign, finish, pass])
        for scope in [dispatcher, verifier, county] {
            var mighty = scope
            mighty.rights.insert(Right("case.archive"))
            let refusal = try #require(throws: Refusal.self) {
                try rules.decide(rating, Command("archive"), by: .staff(mighty), at: CasesFixture.start + .hours(9))
            }
            #expect(refusal.code == "cases.not-yours")
        }
        let end = try rules.decide(rating, Command("archive"), by: .system, at: CasesFixture.start + .days(9)).after
        #expect(end.state == "archived")
    }

    @Test("What the resident sent back or reopened is not turned away")
    func declineAfterDispute() throws {
        let unsolved = Command("dispute", opinion: "没修", isSolved: false, satisfaction: 1)
        let sentBack = try run(
            CasesFixture.record(rules), [accept, dispatch, sign, finish, pass, (unsolved, .reporter)])
        #expect(sentBack.state == "accepted")
        let decline = Command("decline", opinion: "不属本区", reason: rules.reasons["decline"]?.first?.code)
        let refusal = try #require(throws: Refusal.self) {
            try rules.decide(sentBack, decline, by: .staff(dispatcher), at: CasesFixture.start + .hours(9))
        }
        #expect(refusal.code == "cases.not-after")
        let fresh = try run(CasesFixture.record(rules), [accept])
        #expect(
            try rules.decide(fresh, decline, by: .staff(dispatcher), at: CasesFixture.start + .hours(2)).after.state
                == "declined")
    }

    @Test("A handler cannot verify their own work")
    func ownWork() throws {
        // One person with two posts (交叉任职): a handler of the street's body who may also verify.
        let both = CasesFixture.scope("both")
        let record = try run(
            CasesFixture.record(rules),
            [
                accept, (Command("dispatch", body: CasesFixture.streetBody), .staff(dispatcher)),
                (Command("sign"), .staff(both)),
                (Command("finish", result: "已清理"), .staff(both)),
            ])
        let refusal = try #require(throws: Refusal.self) {
            try rules.decide(record, Command("pass"), by: .staff(both), at: CasesFixture.start + .hours(5))
        }
        #expect(refusal.code == "cases.own-work")
        #expect(
            try rules.decide(record, Command("pass"), by: .staff(verifier), at: CasesFixture.start + .hours(5)).after
                .state == "rating")
    }

    @Test("Who has no part in a step cannot take it", arguments: ["accept", "dispatch", "sign", "finish", "rate"])
    func strangers(act: String) throws {
        let states: [String: StateName] = [
            "accept": "reported", "dispatch": "accepted", "sign": "dispatched", "finish": "handling", "rate": "rating",
        ]
        let state = try #require(states[act])
        var record = CasesFixture.record(rules, state: state)
        record.body = CasesFixture.departmentBody
        // A neighbour street whose code begins alike is no part of the area.
        let neighbour = CasesFixture.scope("neighbour", AreaPrefix("330106010") ?? .everywhere)
        let command = Command(
            ActName(rawValue: act), body: CasesFixture.departmentBody, category: "010101", result: "x", isSolved: true,
            satisfaction: 3)
        let refusal = try #require(throws: Refusal.self) {
            try rules.decide(record, command, by: .staff(neighbour), at: CasesFixture.start)
        }
        #expect(refusal.kind == .forbidden)
    }

    @Test("A return needs a reason, comes back to the area, and a third is not possible")
    func returns() throws {
        let unreasoned = try #require(throws: Refusal.self) {
            try run(
                CasesFixture.record(rules), [accept, dispatch, (Command("return", opinion: "不属我局"), .staff(handler))])
        }
        #expect(unreasoned.field == "reason")
        let third = try run(CasesFixture.record(rules), [accept, dispatch, giveBack, dispatch, giveBack, dispatch])
        let refusal = try #require(throws: Refusal.self) {
            try rules.decide(third, giveBack.0, by: giveBack.1, at: CasesFixture.start + .hours(9))
        }
        #expect(refusal.code == "cases.act-used-up")
        #expect(third.state == "dispatched")
    }

    @Test("What the coordination body ruled is not returned")
    func ruling() throws {
        let ruled = try run(
            CasesFixture.record(rules),
            [
                accept, dispatch, giveBack, (Command("refer", opinion: "权责不清"), .staff(dispatcher)),
                (Command("rule", opinion: "由住建局主办", body: CasesFixture.departmentBody), .staff(county)),
            ])
        #expect(ruled.isBound)
        let refusal = try #require(throws: Refusal.self) {
            try rules.decide(ruled, giveBack.0, by: giveBack.1, at: CasesFixture.start + .hours(9))
        }
        #expect(refusal.code == "cases.bound-by-ruling")
    }

    @Test("More time is asked by the handler, granted by the area, and moves the deadline by working days")
    func extensions() throws {
        let handling = try run(CasesFixture.record(rules), [accept, dispatch, sign])
        let asked = try rules.decide(
            handling, Command("ask-extension", opinion: "等材料", reason: "other", workdays: 3), by: .staff(handler),
            at: CasesFixture.start + .hours(3)
        ).after
        #expect(asked.due == handling.due)
        let granted = try rules.decide(
            asked, Command("grant-extension"), by: .staff(dispatcher), at: CasesFixture.start + .hours(4)
        ).after
        // Accepted on Monday 2026-03-02: five working days end on the 9th, three more on the 12th.
        #expect(handling.due?.at.local().day.description == "2026-03-09")
        #expect(granted.due?.at.local().day.description == "2026-03-12")
        #expect(granted.extensionAsked == nil)
        #expect(throws: Refusal.self) {
            try rules.decide(
                granted, Command("grant-extension"), by: .staff(dispatcher), at: CasesFixture.start + .hours(5))
        }
    }

    @Test("While a matter hangs its time stands still, and at its limit it is taken up again")
    func hanging() throws {
        let handling = try run(CasesFixture.record(rules), [accept, dispatch, sign])
        let hanging = try rules.decide(
            handling, Command("hang", opinion: "待拆迁", reason: "other"), by: .staff(dispatcher),
            at: CasesFixture.start + .hours(4)
        ).after
        let due = try #require(hanging.due?.at)
        let resumed = try rules.decide(hanging, Command("resume"), by: .system, at: due + .minutes(1)).after
        #expect(resumed.state == "handling")
        let before = rules.time.elapsed(
            from: CasesFixture.start + .hours(4), to: try #require(handling.finalDue?.at), limit: .workingDays(5))
        let after = rules.time.elapsed(
            from: due + .minutes(1), to: try #require(resumed.finalDue?.at), limit: .workingDays(5))
        #expect(abs(before.milliseconds - after.milliseconds) < 60_000)
    }

    @Test("The resident sends it back twice at most; on-time is judged by when it was done")
    func disputes() throws {
        let dispute: (Command, Performer) = (
            Command("dispute", opinion: "坑还在", isSolved: false, satisfaction: 1), .reporter
        )
        let once = try run(CasesFixture.record(rules), [accept, dispatch, sign, finish, pass, dispute])
        #expect(once.state == "accepted")
        #expect(once.finishedAt == nil)
        let twice = try run(once, [dispatch, sign, finish, pass, dispute], from: CasesFixture.start + .hours(24))
        let third = try run(twice, [dispatch, sign, finish, pass], from: CasesFixture.start + .hours(48))
        let refusal = try #require(throws: Refusal.self) {
            try run(third, [dispute], from: CasesFixture.start + .hours(60))
        }
        #expect(refusal.code == "cases.act-used-up")
        #expect(third.finishedAt == CasesFixture.start + .hours(48) + .minutes(90))
    }

    @Test("An ended matter is reopened within thirty days, not after")
    func reopening() throws {
        let end = try run(
            CasesFixture.record(rules),
            [accept, dispatch, sign, finish, pass, (Command("rate", isSolved: true, satisfaction: 4), .reporter)])
        let ended = try #require(end.endedAt)
        let command = Command("reopen", opinion: "又坏了")
        #expect(try rules.decide(end, command, by: .reporter, at: ended + .days(29)).after.state == "accepted")
        let refusal = try #require(throws: Refusal.self) {
            try rules.decide(end, command, by: .reporter, at: ended + .days(31))
        }
        #expect(refusal.code == "cases.too-late-to-reopen")
    }

    @Test("A deadline over an unpublished year is provisional")
    func provisional() throws {
        let lateDecember = Instant(LocalTime(day: try #require(Day("2027-06-01")), hour: 9))
        let record = try rules.decide(
            CasesFixture.record(rules, at: lateDecember), accept.0, by: accept.1, at: lateDecember + .minutes(5)
        ).after
        #expect(record.finalDue?.isProvisional == true)
    }

    /// Plays any acts by anyone in any order: whatever happens, the matter keeps one answerable person, a deadline in every
    /// state but ends, and comes to an end when people and the platform go on acting.
    @Test("Whatever is done, every matter ends", arguments: 0..<200)
    func randomWalk(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var record = CasesFixture.record(rules)
        var now = CasesFixture.start
        let performers: [Performer] = [
            .staff(dispatcher), .staff(handler), .staff(verifier), .staff(county), .reporter, .system,
        ]
        var moves = 0
        while rules.workflow[record.state]?.isEnd != true {
            now = now + .minutes(Int64.random(in: 1...600, using: &random))
            let act = try #require(rules.workflow.acts(from: record.state).randomElement(using: &random))
            let performer = try #require(performers.randomElement(using: &random))
            let command = Command(
                act.name, opinion: "意见", reason: "other",
                body: [CasesFixture.departmentBody, CasesFixture.streetBody].randomElement(using: &random),
                category: "010101", result: "结果", workdays: 3, isSolved: Bool.random(using: &random), satisfaction: 3)
            guard let decision = try? rules.decide(record, command, by: performer, at: now) else { continue }
            if act.to != nil { moves += 1 }
            record = decision.after
            let isEnd = rules.workflow[record.state]?.isEnd == true
            #expect((record.due == nil) == isEnd)
            #expect(!record.answerable.text.isEmpty)
            try #require(moves < 60, "a matter that does not end: \(record.trail)")
        }
        #expect(record.endedAt != nil)
    }
}
