import Desk
import Ground
import Testing

@testable import Cases

@Suite("A workflow is proved closed before it is used")
struct WorkflowProofTests {
    @Test("The shipped workflow is closed")
    func shipped() throws {
        let workflow = try WorkflowReading.read(text: CasesFixture.workflowText(), name: "matter.yaml")
        let proof = try WorkflowProof(workflow, file: "matter.yaml", rolesByRight: CasesFixture.every)
        #expect(proof.longestPlainRun >= 4)
        #expect(workflow.states.count == 14)
    }

    /// Each change to the shipped file opens the loop in one way; the refusal must name the place and a reason.
    @Test(
        "A workflow that is not closed is refused, naming line, state and reason",
        arguments: [
            ("    to: archived\n    by: reporter", "    to: rating\n    by: reporter", "rating", "go round for ever"),
            (
                "    atMost: 2\n    notFrom: [finish, settle-directly]", "    notFrom: [finish, settle-directly]",
                "handling", "go round for ever"
            ),
            ("    owner: { who: area, right: case.verify }\n", "", "verifying", "no owner"),
            ("    limit: category\n", "", "handling", "no limit"),
            (
                "    limit: 60 working days\n    clock: stops\n    onLimit: { act: resume }",
                "    limit: 60 working days\n    clock: stops", "hanging", "nothing happens"
            ),
            ("    onLimit: { act: archive }", "    onLimit: { notify: leader }", "rating", "waits for the resident"),
            (
                "    from: [coordinating]\n    to: rating", "    from: [verifying]\n    to: rating", "coordinating",
                "end"
            ),
            ("    to: hanging\n", "    to: handling\n", "hanging", "no act leads to it"),
            ("    onLimit: { act: resume }", "    onLimit: { act: finish }", "hanging", "act at the limit"),
            ("    clock: starts\n", "", "matter", "starts the clock"),
        ])
    func open(find: String, replace: String, place: String, reason: String) throws {
        let text = try CasesFixture.workflowText()
        #expect(text.contains(find), "the shipped file changed; adapt this example: \(find)")
        let broken = text.replacing(find, with: replace, maxReplacements: 1)
        let refusal = try #require(throws: Refusal.self) {
            let workflow = try WorkflowReading.read(text: broken, name: "matter.yaml")
            _ = try WorkflowProof(workflow, file: "matter.yaml", rolesByRight: CasesFixture.every)
        }
        let faults = try WorkflowProof.faults(
            of: WorkflowReading.read(text: broken, name: "matter.yaml"), rolesByRight: CasesFixture.every)
        #expect(refusal.message.english.hasPrefix("matter.yaml:"))
        #expect(
            faults.contains { $0.place == place && $0.reason.english.contains(reason) },
            "faults were: \(faults.map { "\($0.line) \($0.place): \($0.reason.english)" })")
    }

    @Test("An owner whose right no role holds is nobody")
    func nobody() throws {
        let workflow = try WorkflowReading.read(text: CasesFixture.workflowText(), name: "matter.yaml")
        var roles = CasesFixture.every
        roles[.caseRule] = nil
        let refusal = try #require(throws: Refusal.self) {
            try WorkflowProof(workflow, file: "matter.yaml", rolesByRight: roles)
        }
        #expect(refusal.message.english.contains("coordinating"))
        #expect(refusal.message.english.contains("case.rule"))
    }

    @Test(
        "A file with a mistake is refused with its line",
        arguments: [
            (
                "    right: case.accept\n    by: area\n    needs: [category, area]",
                "    right: case.accept\n    by: mayor\n    needs: [category, area]", "unknown party mayor"
            ),
            ("needs: [category, area]", "needs: [category, moon]", "unknown need moon"),
            ("    to: accepted\n    right: case.accept", "    to: nowhere\n    right: case.accept", "“nowhere”"),
            ("limit: 4 working hours", "limit: soon", "not a length of time"),
            ("    keeps: true\n    right: case.extend.request", "    right: case.extend.request", "ask-extension"),
            ("workflow: matter", "workflow: matter\ncolour: red", "unknown “colour”"),
        ])
    func mistakes(find: String, replace: String, reason: String) throws {
        let text = try CasesFixture.workflowText()
        #expect(text.contains(find))
        let refusal = try #require(throws: Refusal.self) {
            try WorkflowReading.read(text: text.replacing(find, with: replace, maxReplacements: 1), name: "matter.yaml")
        }
        #expect(refusal.message.english.contains(reason), "\(refusal.message.english)")
        #expect(refusal.message.english.hasPrefix("matter.yaml:"), "\(refusal.message.english)")
    }
}
