import Desk
import Ground
import Testing

@testable import Cases

@Suite("Matters with parts end as well")
struct PartsProofTests {
    private func workflows(_ change: (String, String, String)? = nil) throws -> [Workflow] {
        try ["matter", "part", "whistle", "report-in", "invitation", "dispute", "revisit"].map { name in
            var text = try CasesFixture.ruleFiles.file("workflows/\(name).yaml").text
            if let change, change.0 == name {
                try #require(text.contains(change.1))
                text = text.replacing(change.1, with: change.2)
            }
            return try WorkflowReading.read(text: text, name: name)
        }
    }

    @Test("The shipped kinds are closed, each by itself and together")
    func shipped() throws {
        let all = try workflows()
        #expect(PartsProof.fault(in: all) == nil)
        for workflow in all {
            #expect(WorkflowProof.faults(of: workflow, rolesByRight: CasesFixture.every).isEmpty)
        }
    }

    @Test(
        "What could leave a part open for ever, or never end, is refused",
        arguments: [
            // The kind, what is changed in it, into what, and where the fault is found.
            ("matter", "    # 会办：各方办结后一次答复 / one answer, when every part has ended.\n    parts: ended\n", "", "rate"),
            ("matter", "    opens: part\n    atMost: 3", "    opens: part", "assist"),
            ("matter", "    opens: part\n", "    opens: nothing\n", "assist"),
            ("whistle", "    needs: [result]\n    parts: ended\n", "    needs: [result]\n", "close-whistle"),
            (
                "report-in", "    from: [called]\n    to: reported-in\n    right: case.handle\n    by: body\n",
                "    from: [called]\n    to: reported-in\n    right: case.handle\n    by: body\n    opens: whistle\n    atMost: 1\n",
                "report-in"
            ),
            (
                "part", "    from: [part-called]\n    to: part-handling\n",
                "    from: [part-called, part-done]\n    to: part-handling\n    atMost: 1\n", "assist"
            ),
            ("part", "part-done", "archived", "archived"),
            ("matter", "    onSecondPass: escalate-bounce\n", "    onSecondPass: sign\n", "dispatch"),
        ])
    func open(kind: String, find: String, replace: String, place: String) throws {
        let fault = try #require(PartsProof.fault(in: try workflows((kind, find, replace))))
        #expect(fault.1.place == place)
        #expect(fault.1.line > 0)
    }

    @Test("Limits for variants name each variant")
    func variants() throws {
        let refusal = try #require(throws: Refusal.self) {
            try workflows(("whistle", "{ alone: 4 working hours, ", "{ "))
        }
        #expect(refusal.code == "rules.wrong")
    }
}

@Suite("The ladder of reminders")
struct EscalationLadderTests {
    let rules: CaseRules

    init() throws { rules = try CasesFixture.rules() }

    @Test("Two reminders come before the limit, then the ladder goes up, and each moment is known beforehand")
    func moments() throws {
        var record = CasesFixture.record(rules)
        rules.begin(&record, at: CasesFixture.start)
        let due = try #require(record.due)
        // Monday 9:00, four working hours: due at 14:00 or so; half of the time in between.
        var told: [Instant] = []
        while let at = record.tellAt {
            told.append(at)
            record.rungsTold += 1
            rules.setNextRung(&record)
        }
        #expect(told.count == rules.ladder.rungs.count)
        #expect(told == told.sorted())
        #expect(told.filter { $0 < due.at }.count == 2)
        #expect(told[2] == due.at)
        #expect(told[0] == CasesFixture.start + Span(milliseconds: (due.at - CasesFixture.start).milliseconds / 2))
    }

    @Test("What the platform does itself at a limit waits for no rung")
    func acts() throws {
        var record = CasesFixture.record(rules, state: "rating")
        record.rungsTold = rules.ladder.rungs.count - 1
        rules.setNextRung(&record)
        #expect(record.tellAt == record.due?.at)
    }

    @Test("A new step begins the ladder anew")
    func anew() throws {
        var record = CasesFixture.record(rules)
        record.rungsTold = 3
        let after = try rules.decide(
            record, Command("accept", category: "010101"), by: .staff(CasesFixture.scope("dispatcher")),
            at: CasesFixture.start + .hours(1)
        ).after
        #expect(after.rungsTold == 0 && after.tellAt != nil)
    }
}

@Suite("Whoever receives it first answers, and nothing goes round for ever")
struct HandOverTests {
    let rules: CaseRules
    let first = CasesFixture.scope("dispatcher")
    let second = CasesFixture.scope("second")
    let handler = CasesFixture.scope(
        "handler", CasesFixture.county, body: CasesFixture.departmentBody, line: "construction")

    init() throws { rules = try CasesFixture.rules() }

    private func offer() -> Command {
        var command = Command("hand-over", opinion: "请接手")
        command.post = second.post
        command.postHolder = second.staff
        return command
    }

    @Test("A hand-over counts only when it is taken")
    func taken() throws {
        let record = CasesFixture.record(rules)
        #expect(throws: Refusal.self) {
            try rules.decide(record, offer(), by: .staff(second), at: CasesFixture.start)
        }
        let offered = try rules.decide(record, offer(), by: .staff(first), at: CasesFixture.start).after
        #expect(offered.answerable == first.staff && offered.offeredPost == second.post)
        let third = CasesFixture.scope("third")
        #expect(throws: Refusal.self) {
            try rules.decide(offered, Command("take-over"), by: .staff(third), at: CasesFixture.start)
        }
        let taken = try rules.decide(offered, Command("take-over"), by: .staff(second), at: CasesFixture.start).after
        #expect(taken.answerable == second.staff && taken.answerablePost == second.post && taken.offeredPost == nil)
    }

    @Test("Refused three times it stays with the first, and coordination is told")
    func refused() throws {
        var record = CasesFixture.record(rules)
        for round in 1...3 {
            record = try rules.decide(record, offer(), by: .staff(first), at: CasesFixture.start).after
            let decision = try rules.decide(
                record, Command("refuse-over", opinion: "不在我处"), by: .staff(second), at: CasesFixture.start)
            record = decision.after
            #expect(record.answerable == first.staff && record.offeredPost == nil)
            #expect(decision.notify.contains(.county) == (round == 3))
            #expect(record.isSupervised == (round == 3))
        }
        record = try rules.decide(record, offer(), by: .staff(first), at: CasesFixture.start).after
        let fourth = try #require(throws: Refusal.self) {
            try rules.decide(record, Command("refuse-over", opinion: "不"), by: .staff(second), at: CasesFixture.start)
        }
        #expect(fourth.code == "cases.act-used-up")
    }

    @Test("The second pass through the same body goes to coordination by itself")
    func secondPass() throws {
        var record = CasesFixture.record(rules)
        func step(_ command: Command, _ scope: Scope) throws -> Decision {
            let decision = try rules.decide(record, command, by: .staff(scope), at: CasesFixture.start + .hours(1))
            record = decision.after
            return decision
        }
        let giveBack = Command("return", opinion: "不属我局", reason: "other")
        _ = try step(Command("accept", category: "010101"), first)
        #expect(try step(Command("dispatch", body: CasesFixture.departmentBody), first).follow == nil)
        _ = try step(giveBack, handler)
        #expect(record.trail.returnedBy == [CasesFixture.departmentBody])
        #expect(try step(Command("dispatch", body: CasesFixture.streetBody), first).follow == nil)
        _ = try step(giveBack, CasesFixture.scope("own"))
        let again = try step(Command("dispatch", body: CasesFixture.departmentBody), first)
        #expect(again.follow == "escalate-bounce")
        let escalated = try rules.decide(
            record, Command("escalate-bounce"), by: .system, at: CasesFixture.start + .hours(2))
        #expect(escalated.after.state == "coordinating")
        #expect(CaseRecord.Trail(stored: escalated.after.trail.stored) == escalated.after.trail)
    }
}
