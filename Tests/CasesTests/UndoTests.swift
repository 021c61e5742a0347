import Desk
import Foundation
import Ground
import Testing

@testable import Cases

@Suite("Taking back what one just did")
struct UndoTests {
    let rules: CaseRules
    let dispatcher = CasesFixture.scope("dispatcher")
    let colleague = CasesFixture.scope("colleague")
    let start = CasesFixture.start

    init() throws { rules = try CasesFixture.rules() }

    private func accepted() throws -> CaseRecord {
        try rules.decide(
            CasesFixture.record(rules), Command("accept", category: "010101"), by: .staff(dispatcher), at: start
        ).after
    }

    private func dispatch(_ record: CaseRecord, at now: Instant) throws -> (CaseRecord, Undoable) {
        let decision = try rules.decide(
            record, Command("dispatch", body: CasesFixture.departmentBody), by: .staff(dispatcher), at: now)
        return (decision.after, try #require(rules.undoable(decision, by: .staff(dispatcher), at: now)))
    }

    @Test("Within ten seconds everything is put back, deadlines included, but not what was used up")
    func putsBack() throws {
        let before = try accepted()
        let (dispatched, undoable) = try dispatch(before, at: start + .minutes(5))
        #expect(dispatched.state == "dispatched" && dispatched.body == CasesFixture.departmentBody)
        let after = try rules.undo(undoable, on: dispatched, by: dispatcher, at: start + .minutes(5) + .seconds(10))
        #expect(after.state == "accepted")
        #expect(after.body == nil)
        #expect(after.due == before.due && after.finalDue == before.finalDue)
        #expect(after.stateSince == before.stateSince)
        #expect(after.answerable == before.answerable && after.category == before.category)
        #expect(after.version == dispatched.version + 1, "an undo is an act of its own")
        #expect(after.trail.spent["dispatch"] == 1, "what was used up stays so")
        #expect(after.trail.spent["undo"] == 1)
    }

    @Test("Whose own work was taken back may verify what somebody else then does")
    func doersArePutBack() throws {
        let both = CasesFixture.scope("both")
        var record = try rules.decide(
            try accepted(), Command("dispatch", body: CasesFixture.streetBody), by: .staff(dispatcher),
            at: start + .minutes(1)
        ).after
        record = try rules.decide(record, Command("sign"), by: .staff(both), at: start + .minutes(2)).after
        let now = start + .minutes(3)
        let finished = try rules.decide(record, Command("finish", result: "已清理"), by: .staff(both), at: now)
        #expect(finished.after.trail.doers["finish"] == both.staff.text)
        let undoable = rules.undoable(finished, by: .staff(both), at: now)
        let after = try rules.undo(undoable, on: finished.after, by: both, at: now)
        #expect(after.trail.doers["finish"] == nil)
        #expect(after.result == nil && after.finishedAt == nil)
    }

    @Test("Nobody else may, nor too late, nor after somebody acted since")
    func refusals() throws {
        let (dispatched, undoable) = try dispatch(try accepted(), at: start)
        func code(_ undoable: Undoable?, _ record: CaseRecord, _ scope: Scope, _ seconds: Int64) -> String? {
            rules.refusal(ofUndoing: undoable, on: record, by: scope, at: start + .seconds(seconds))?.code
        }
        #expect(code(undoable, dispatched, dispatcher, 10) == nil)
        #expect(code(undoable, dispatched, colleague, 1) == "cases.undo-not-yours")
        #expect(code(undoable, dispatched, dispatcher, 11) == "cases.undo-too-late")
        #expect(code(nil, dispatched, dispatcher, 1) == "cases.undo-not-last")
        var changed = dispatched
        changed.version += 1
        #expect(code(undoable, changed, dispatcher, 1) == "cases.undo-not-last")
    }

    @Test("However often it is taken back, a matter comes to an end: three times, and nothing is given back")
    func bounded() throws {
        var record = try accepted()
        var now = start
        for _ in 0..<Undoable.atMost {
            now = now + .minutes(1)
            let (dispatched, undoable) = try dispatch(record, at: now)
            record = try rules.undo(undoable, on: dispatched, by: dispatcher, at: now)
        }
        let refusal = try #require(throws: Refusal.self) {
            try rules.decide(
                record, Command("dispatch", body: CasesFixture.departmentBody), by: .staff(dispatcher), at: now)
        }
        #expect(refusal.code == "cases.act-used-up")
        let referred = try rules.decide(
            record, Command("refer", opinion: "请裁定"), by: .staff(dispatcher), at: now)
        #expect(rules.undoable(referred, by: .staff(dispatcher), at: now) == nil, "a fourth undo is not offered")
    }

    @Test("A token takes back its own act and nobody else does; what is not marked so stands")
    func tokens() throws {
        let record = try accepted()
        var machine = dispatcher
        machine.isMachine = true
        let command = Command("dispatch", body: CasesFixture.departmentBody)
        let decision = try rules.decide(record, command, by: .staff(machine), at: start)
        let undoable = try #require(rules.undoable(decision, by: .staff(machine), at: start))
        #expect(try rules.undo(undoable, on: decision.after, by: machine, at: start).state == record.state)
        #expect(throws: Refusal.self) { try rules.undo(undoable, on: decision.after, by: colleague, at: start) }
        let remark = try rules.decide(record, Command("remark", opinion: "记一笔"), by: .staff(dispatcher), at: start)
        #expect(rules.undoable(remark, by: .staff(dispatcher), at: start) == nil)
    }

    @Test(
        "A workflow that lets a return, a verification, a rating or an end be undone is refused with its line",
        arguments: ["return", "pass", "rate", "archive", "reopen", "decline", "remark"])
    func refusedInWorkflows(act: String) throws {
        let text = try CasesFixture.workflowText()
        let line = try #require(text.range(of: "\n  \(act):\n    zh: "))
        let marked = text.replacingCharacters(in: line, with: "\n  \(act):\n    undoable: true\n    zh: ")
        let refusal = try #require(throws: Refusal.self) { try WorkflowReading.read(text: marked, name: "own.yaml") }
        #expect(refusal.message.english.hasPrefix("own.yaml:"))
        #expect(refusal.message.english.contains("undoable"))
    }

    @Test("No act of a workflow takes the name of the undo")
    func reservedName() throws {
        let text = try CasesFixture.workflowText().replacing("\n  urge:\n", with: "\n  undo:\n")
        let refusal = try #require(throws: Refusal.self) { try WorkflowReading.read(text: text, name: "own.yaml") }
        #expect(refusal.message.english.contains("undo"))
    }
}
