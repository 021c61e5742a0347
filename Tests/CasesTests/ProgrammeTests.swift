import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("A programme is a closed loop: goal, plan, execution, feedback, adjustment")
struct ProgrammeTests {
    private func plan(_ bodies: [BodyID], _ opinion: String) -> Command {
        var command = Command("plan-programme", opinion: opinion)
        command.bodies = bodies
        return command
    }

    private func tasks(_ world: CasesHouse, of id: CaseID) async throws -> [CaseRecord] {
        try await world.house.database.read { try CaseStore.parts(of: id, in: $0) }.filter { $0.endedAt == nil }
    }

    private func begin(_ world: CasesHouse, by scope: Scope) async throws -> CaseRecord {
        let beginning = Beginning(
            kind: "programme", title: "汛前排水管网清掏", detail: "六月底前清掏全部老旧小区雨水管；随任务给经费八十万元、抽排设备四套")
        return try await world.house.database.write {
            try world.cases.begin(beginning, by: scope, at: world.clock.now(), in: $0)
        }
    }

    @Test(
        "It ends only with feedback and a record of what was adjusted; an adjustment makes a new plan",
        arguments: EngineCase.available)
    func loop(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let officer = CasesFixture.scope("officer", CasesFixture.county)
            let programme = try await begin(world, by: officer)
            let id = programme.id
            #expect(programme.state == "programme-set" && programme.due != nil)

            // No stage is skipped: a programme that was only set has no way to a good end.
            for act in ["feed-back", "end-unchanged", "end-adjusted"] {
                await #expect(throws: Refusal.self, "\(act)") {
                    try await world.act(
                        id, Command(ActName(rawValue: act), opinion: "完成", result: "完成"), by: officer)
                }
            }
            try await world.act(id, plan([world.department, CasesFixture.streetBody], "一街一队，分两批"), by: officer)
            #expect(try await tasks(world, of: id).count == 2)
            let early = try await #require(throws: Refusal.self) {
                try await world.act(id, Command("feed-back", result: "已清掏"), by: officer)
            }
            #expect(early.code == "cases.parts-open")

            for task in try await tasks(world, of: id) {
                let doer = task.body == world.department ? world.handler : CasesFixture.scope("helper")
                try await world.act(task.id, Command("take-task"), by: doer)
                try await world.act(task.id, Command("report-task", result: "清掏过半，两处管道塌陷"), by: doer)
            }
            try await world.act(id, Command("feed-back", result: "塌陷须先修复"), by: officer)
            let unsaid = try await #require(throws: Refusal.self) {
                try await world.act(id, Command("end-unchanged"), by: officer)
            }
            #expect(unsaid.field == "opinion")

            try await world.act(id, Command("adjust-programme", opinion: "先修复塌陷，再清掏"), by: officer)
            try await world.act(id, plan([world.department], "修复两处塌陷后清掏"), by: officer)
            let again = try #require(try await tasks(world, of: id).first)
            try await world.act(again.id, Command("report-task", result: "修复并清掏完成"), by: world.handler)
            try await world.act(id, Command("feed-back", result: "全部完成"), by: officer)
            let end = try await world.act(id, Command("end-unchanged", opinion: "照此办理，无须再调整"), by: officer)
            #expect(end.state == "programme-ended" && end.endedAt != nil)

            let workflow = try #require(world.cases.rules.workflow(named: ProgrammeStore.kind))
            let days = Day(number: 0)...Day(number: 40_000)
            let lines = try await world.house.database.read {
                try ProgrammeStore.lines(days, workflow, for: officer, in: $0)
            }
            let line = try #require(lines.first)
            #expect(lines.count == 1 && line.tasks == 3 && line.reported == 3 && line.rounds == 1)
            #expect(line.end == .unchanged)
            let figures = ProgrammeFigures(lines)
            #expect((figures.opened, figures.closed, figures.adjusted, figures.dropped) == (1, 1, 1, 0))
        }
    }

    @Test("A body may contest its task, and only the county's coordination decides", arguments: EngineCase.available)
    func contested(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let officer = CasesFixture.scope("officer", CasesFixture.county)
            await #expect(throws: Refusal.self) { try await begin(world, by: world.handler) }
            let programme = try await begin(world, by: officer)
            try await world.act(programme.id, plan([world.department], "本周完成"), by: officer)
            let task = try #require(try await tasks(world, of: programme.id).first)
            try await world.act(
                task.id, Command("contest-task", opinion: "不属我局职责", reason: "not-ours"), by: world.handler)
            await #expect(throws: Refusal.self) {
                try await world.act(task.id, Command("release-task", opinion: "同意"), by: world.dispatcher)
            }
            try await world.act(task.id, Command("release-task", opinion: "异议成立"), by: officer)
            let (id, workflow) = (programme.id, try #require(world.cases.rules.workflow(named: ProgrammeStore.kind)))
            let whole = try await world.house.database.read { try CaseStore.find(id, in: $0) }
            #expect(whole?.openParts == 0 && workflow.begin?.asks != nil)
        }
    }
}
