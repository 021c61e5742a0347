import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("Matters that several bodies handle together, whistles, and matters that are the same")
struct PartsTests {
    private func assist(_ world: CasesHouse, _ bodies: [BodyID], _ opinion: String = "请现场协助") -> Command {
        var command = Command("add-assisting", opinion: opinion)
        command.bodies = bodies
        return command
    }

    @Test("A matter ends only when every part has ended, and there is one answer", arguments: EngineCase.available)
    func together(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let record = try await world.report("河道里有垃圾", phone: "19900001234")
            let id = record.id
            try await world.act(id, Command("accept", category: world.leaf), by: world.dispatcher)
            try await world.act(id, Command("dispatch", body: world.department), by: world.dispatcher)
            try await world.act(id, Command("sign"), by: world.handler)
            let opened = try await world.act(id, assist(world, [CasesFixture.streetBody]), by: world.dispatcher)
            #expect(opened.openParts == 1)
            let parts = try await world.house.database.read { try CaseStore.parts(of: id, in: $0) }
            let part = try #require(parts.first)
            #expect(part.kind == "part" && part.state == "part-called" && part.body == CasesFixture.streetBody)
            #expect(part.answerable == opened.answerable && part.reporter.phoneIndex == nil)
            // Its time comes from that of the whole.
            let (whole, own) = (try #require(opened.finalDue), try #require(part.finalDue))
            #expect(own.at < whole.at)
            let early = try await #require(throws: Refusal.self) {
                try await world.act(id, Command("finish", result: "已清理"), by: world.handler)
            }
            #expect(early.code == "cases.parts-open")
            let helper = CasesFixture.scope("helper")
            try await world.act(part.id, Command("part-sign"), by: helper)
            try await world.act(part.id, Command("part-finish", result: "已打捞"), by: helper)
            let ready = try #require(try await world.house.database.read { try CaseStore.find(id, in: $0) })
            #expect(ready.openParts == 0 && ready.version == opened.version + 1)
            try await world.act(id, Command("finish", result: "已清理"), by: world.handler)
            let end = try await world.act(id, Command("pass"), by: world.verifier)
            #expect(end.state == "rating")
            // One text at acceptance, one with the answer; none from the part.
            #expect(try await world.house.database.query("SELECT COUNT(*) FROM texts")[0].int(0) == 2)
            let sums = try await world.house.database.query(
                "SELECT CAST(SUM(due) AS BIGINT) FROM case_outcomes WHERE kind = 'area'")
            #expect(try sums[0].int(0) == 1)
        }
    }

    @Test("A body can contest its part once, and is released or upheld", arguments: EngineCase.available)
    func contested(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let record = try await world.report("占道经营")
            try await world.act(record.id, Command("accept", category: world.leaf), by: world.dispatcher)
            try await world.act(record.id, Command("dispatch", body: CasesFixture.streetBody), by: world.dispatcher)
            try await world.act(record.id, assist(world, [world.department]), by: world.dispatcher)
            let id = record.id
            let part = try #require(try await world.house.database.read { try CaseStore.parts(of: id, in: $0) }.first)
            try await world.act(
                part.id, Command("part-contest", opinion: "不属我局", reason: "not-ours"), by: world.handler)
            try await world.act(part.id, Command("part-release", opinion: "同意"), by: world.dispatcher)
            let whole = try await world.house.database.read { try CaseStore.find(id, in: $0) }
            #expect(whole?.openParts == 0)
            let steps = try await world.house.database.read { try CaseStore.steps(of: id, in: $0) }
            #expect(steps.last?.act == CaseStep.partEnded)
        }
    }

    @Test(
        "A whistle is approved, answered in time, rated by the street, and ends with its last report-in",
        arguments: EngineCase.available)
    func whistle(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let head = CasesFixture.scope("head")
            let begun = Beginning(
                kind: "whistle", variant: "emergency", title: "危墙", detail: "围墙有倒塌危险，请到场",
                area: CasesFixture.community)
            func begin(_ beginning: Beginning, _ scope: Scope) async throws -> CaseRecord {
                try await world.house.database.write {
                    try world.cases.begin(beginning, by: scope, at: world.clock.now(), in: $0)
                }
            }
            let unfit = try await #require(throws: Refusal.self) {
                try await begin(Beginning(kind: "whistle", title: "危墙", detail: "请到场"), world.dispatcher)
            }
            #expect(unfit.field == "variant")
            let refused = try await #require(throws: Refusal.self) { try await begin(begun, world.handler) }
            #expect(refused.kind == .forbidden)
            let whistle = try await begin(begun, world.dispatcher)
            let left = try #require(whistle.due).at - whistle.receivedAt
            #expect(left == .hours(1))
            var approve = Command("approve-whistle", opinion: "同意")
            approve.bodies = [world.department]
            try await world.act(whistle.id, approve, by: head)
            let id = whistle.id
            let part = try #require(try await world.house.database.read { try CaseStore.parts(of: id, in: $0) }.first)
            #expect(part.kind == "report-in" && part.variant == "emergency" && part.state == "called")
            // Silence is told when the time is up.
            world.clock.advance(.hours(2))
            try await world.cases.watchLimits()
            let told = try await world.house.database.query(
                "SELECT COUNT(*) FROM ledger_entries WHERE act = 'cases.limit-passed' AND subject_id = \(part.id)")
            #expect(try told[0].int(0) == 1)
            try await world.act(part.id, Command("report-in"), by: world.handler)
            let rateOwn = try await #require(throws: Refusal.self) {
                try await world.act(
                    part.id, Command("rate-department", isSolved: true, satisfaction: 5), by: world.handler)
            }
            #expect(rateOwn.kind == .conflict || rateOwn.kind == .forbidden)
            try await world.act(part.id, Command("report-done", result: "已加固"), by: world.handler)
            let open = try await #require(throws: Refusal.self) {
                try await world.act(id, Command("close-whistle", result: "完成"), by: world.dispatcher)
            }
            #expect(open.code == "cases.parts-open")
            try await world.act(
                part.id, Command("rate-department", isSolved: true, satisfaction: 4), by: world.dispatcher)
            let end = try await world.act(id, Command("close-whistle", result: "险情解除"), by: world.dispatcher)
            #expect(end.state == "whistle-ended" && end.endedAt != nil)
            let days = Day(number: 0)...Day(number: 40_000)
            let rules = world.cases.rules
            let (reportIn, calls) = (
                try #require(rules.workflow(named: "report-in")), try #require(rules.workflow(named: "whistle"))
            )
            let now = world.clock.now()
            let officer = CasesFixture.scope("officer", CasesFixture.county)
            let (bodies, streets) = try await world.house.database.read { transaction in
                (
                    try WhistleStore.byBody(days, reportIn, for: officer, at: now, in: transaction),
                    try WhistleStore.byStreet(days, calls, for: officer, in: transaction)
                )
            }
            let figures = try #require(bodies.first)
            #expect((figures.called, figures.inTime, figures.late, figures.silent) == (1, 0, 1, 0))
            #expect(figures.averageRating == 4 && (figures.averageMinutes ?? 0) >= 120)
            #expect(streets.map(\.count) == [1])
        }
    }

    @Test("For joint enforcement only bodies with that power can be called", arguments: EngineCase.available)
    func enforcement(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let beginning = Beginning(
                kind: "whistle", variant: "enforcement", title: "夜间违建", detail: "请联合执法", area: CasesFixture.street)
            let whistle = try await world.house.database.write {
                try world.cases.begin(beginning, by: world.dispatcher, at: world.clock.now(), in: $0)
            }
            var approve = Command("approve-whistle", opinion: "同意")
            approve.bodies = [world.department, CasesFixture.streetBody]
            let refusal = try await #require(throws: Refusal.self) {
                try await world.act(whistle.id, approve, by: CasesFixture.scope("head"))
            }
            #expect(refusal.code == "cases.without-power")
            approve.bodies = [world.department]
            let called = try await world.act(whistle.id, approve, by: CasesFixture.scope("head"))
            #expect(called.openParts == 1)
        }
    }

    @Test(
        "The same matter from three channels goes on as one with three reporters, and is taken apart without loss",
        arguments: EngineCase.available)
    func joined(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let first = try await world.report("路灯不亮", phone: "19900000001")
            let second = try await world.report("小区门口路灯坏了", phone: "19900000002")
            let third = try await world.report("路灯坏了三天", phone: "19900000003")
            for other in [second, third] {
                var join = Command("join")
                join.matterNumber = first.number
                let joined = try await world.act(other.id, join, by: world.dispatcher)
                #expect(joined.state == "joined" && joined.joinedTo == first.id)
            }
            let id = first.id
            #expect(try await world.house.database.read { try CaseStore.find(id, in: $0)?.joinedCount } == 2)
            try await world.act(id, Command("accept", category: world.leaf), by: world.dispatcher)
            // Two texts of the joining, three of the acceptance: each reporter is told.
            let told = try await world.house.database.query(
                "SELECT phone_index, COUNT(*) FROM texts GROUP BY phone_index ORDER BY 2")
            #expect(try told.map { try $0.int(1) } == [1, 2, 2])
            // Not in a circle, not with what is joined itself.
            var back = Command("join")
            back.matterNumber = second.number
            let circle = try await #require(throws: Refusal.self) {
                try await world.act(id, back, by: world.dispatcher)
            }
            #expect(circle.code == "cases.not-to-join")
            // The reporter says it is not the same.
            let apart = try await world.rate(third.id, Command("separate", opinion: "是另一盏灯"))
            #expect(apart.state == "reported" && apart.joinedTo == nil && apart.detail == third.detail)
            #expect(try await world.house.database.read { try CaseStore.find(id, in: $0)?.joinedCount } == 1)
            let kept = try await world.house.database.read { transaction in
                try CaseStore.steps(of: id, in: transaction).map(\.act)
            }
            #expect(kept.filter { $0 == CaseStep.joinedWith }.count == 2)
            #expect(kept.contains(CaseStep.separatedFrom))
        }
    }

    @Test("Reminders come before the limit, once each, and then the ladder goes up", arguments: EngineCase.available)
    func reminders(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let record = try await world.report("噪声")
            let due = try #require(record.due).at
            func told() async throws -> [String: Int64] {
                try await world.cases.watchLimits()
                let rows = try await world.house.database.query(
                    "SELECT kind, COUNT(*) FROM notices WHERE subject_id = \(record.id) GROUP BY kind")
                return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.text(0), try $0.int(1)) })
            }
            #expect(try await told()["cases.reminder"] == nil)
            let whole = (due - record.receivedAt).milliseconds
            world.clock.advance(Span(milliseconds: whole * 6 / 10))
            #expect(try await told()["cases.reminder"] == 1)
            #expect(try await told()["cases.reminder"] == 1)
            world.clock.advance(Span(milliseconds: whole * 3 / 10))
            #expect(try await told()["cases.reminder"] == 2)
            world.clock.advance(Span(milliseconds: whole))
            let passed = try await told()
            #expect(passed["cases.limit-passed", default: 0] >= 1 && passed["cases.reminder"] == 2)
            world.clock.advance(.days(9))
            _ = try await told()
            let id = record.id
            #expect(try await world.house.database.read { try CaseStore.find(id, in: $0)?.isSupervised } == true)
        }
    }
}
