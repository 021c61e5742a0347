import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("What comes up again and again")
struct RepeatTests {
    @Test("Periods are months and quarters, and nothing else")
    func periods() {
        #expect(RepeatPeriod("2026-11")?.isQuarter == false)
        #expect(RepeatPeriod("2026-Q4")?.isQuarter == true)
        for wrong in [
            "2026", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "26-11", "2026-1", "2026-11-02", "", "x-Q1", "2026-Q",
        ] {
            #expect(RepeatPeriod(wrong) == nil, "\(wrong)")
        }
        let day = Day(year: 2026, month: 2, day: 28) ?? Day(number: 0)
        #expect(RepeatPeriod.both(day).map(\.text) == ["2026-02", "2026-Q1"])
        let offered = RepeatPeriod.choices(at: Instant(LocalTime(day: day)), months: 4).map(\.text)
        #expect(offered == ["2026-02", "2026-Q1", "2026-01", "2025-12", "2025-Q4", "2025-11"])
    }

    /// What the counts are, and what a recount over the matters gives.
    private func compare(_ world: CasesHouse) async throws {
        let kept = try await world.house.database.query(
            "SELECT period, area, category, total FROM case_place_counts WHERE total <> 0 ORDER BY 1, 2, 3"
        ).map { "\(try $0.text(0)) \(try $0.text(1)) \(try $0.text(2)) \(try $0.int(3))" }
        var recount: [String: Int] = [:]
        var reporters: [String: Int] = [:]
        let rows = try await world.house.database.query(
            "SELECT COALESCE(community, area), category, reported_at, phone_index, street FROM cases WHERE kind = 'matter'"
        )
        for row in rows {
            for period in RepeatPeriod.both(try row.instant(2).local().day) {
                if let category = try row.textIfAny(1) {
                    recount["\(period.text) \(try row.text(0)) \(category)", default: 0] += 1
                }
                if let reporter = try row.textIfAny(3) {
                    reporters["\(period.text) \(try row.textIfAny(4) ?? "") \(reporter)", default: 0] += 1
                }
            }
        }
        #expect(kept == recount.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
        let keptReporters = try await world.house.database.query(
            "SELECT period, street, reporter, total FROM case_reporter_counts WHERE total <> 0 ORDER BY 1, 2, 3"
        ).map { "\(try $0.text(0)) \(try $0.text(1)) \(try $0.text(2)) \(try $0.int(3))" }
        #expect(keptReporters == reporters.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
    }

    @Test("The counts are those of a recount, after any acts", arguments: EngineCase.available)
    func counts(_ engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            var random = SeededRandom(seed: 6)
            let leaves = world.cases.rules.categories.leaves.prefix(3).map(\.code)
            for number in 0..<25 {
                let phone = ["19900001234", "19900005678", nil].randomElement(using: &random) ?? nil
                let record = try await world.report("第 \(number) 件", phone: phone)
                if Bool.random(using: &random) { world.clock.advance(.days(2)) }
                for _ in 0..<Int.random(in: 0...5, using: &random) {
                    let acts = world.cases.rules.workflow.acts
                    guard let act = acts.randomElement(using: &random),
                        let scope = [world.dispatcher, world.handler, world.verifier].randomElement(using: &random)
                    else { continue }
                    let command = Command(
                        act.name, opinion: "说明", reason: world.reason(act), body: world.department,
                        category: leaves.randomElement(using: &random),
                        area: Bool.random(using: &random) ? CasesFixture.street : CasesFixture.community, result: "结果")
                    _ = try? await world.act(record.id, command, by: scope)
                }
            }
            try await compare(world)
        }
    }

    @Test(
        "Hot spots are listed from the most on, from so many matters on, page by page", arguments: EngineCase.available)
    func hotSpots(_ engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let leaves = world.cases.rules.categories.leaves.prefix(4).map(\.code)
            for (index, leaf) in leaves.enumerated() {
                for _ in 0..<(index + 1) {
                    let record = try await world.report("同样的事")
                    try await world.act(record.id, Command("accept", category: leaf), by: world.dispatcher)
                }
            }
            let period = RepeatPeriod.month(of: world.clock.now().local().day)
            let coordinator = CasesFixture.scope("coordinator", CasesFixture.county)
            for scope in [world.dispatcher, coordinator] {
                var found: [Int64] = []
                var after: String?
                repeat {
                    let page = try await world.house.database.read { [after] in
                        try RepeatStore.hotSpots(period, least: 2, for: scope, after: after, limit: 1, in: $0)
                    }
                    found += page.map(\.total)
                    after = page.last.map(RepeatStore.key)
                } while after != nil
                #expect(found == [4, 3, 2])
            }
            let elsewhere = CasesFixture.scope("elsewhere", AreaPrefix("330106002") ?? .everywhere)
            for scope in [elsewhere, world.handler] {
                #expect(
                    try await world.house.database.read {
                        try RepeatStore.hotSpots(period, least: 1, for: scope, after: nil, limit: 9, in: $0).isEmpty
                    })
            }
        }
    }

    @Test(
        "Who reported often is seen for a purpose that the ledger keeps, masked, by the own street only",
        arguments: EngineCase.available)
    func reporters(_ engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            for number in 0..<5 { _ = try await world.report("第 \(number) 件", phone: "19900001234") }
            for number in 0..<4 { _ = try await world.report("第 \(number) 件", phone: "19900005678") }
            let period = RepeatPeriod.month(of: world.clock.now().local().day)
            let now = world.clock.now()
            let purposeless = await #expect(throws: Refusal.self) {
                try await world.cases.repeatReporters(period, purpose: " ", by: world.dispatcher, at: now)
            }
            #expect(purposeless?.field == "purpose")
            let found = try await world.cases.repeatReporters(
                period, purpose: "上门了解", by: world.dispatcher, at: now)
            #expect(found.map(\.total) == [5])
            #expect(found.first?.phone == "199****1234")
            let elsewhere = CasesFixture.scope("elsewhere", AreaPrefix("330106002") ?? .everywhere)
            for scope in [elsewhere, world.handler] {
                #expect(try await world.cases.repeatReporters(period, purpose: "上门了解", by: scope, at: now).isEmpty)
            }
            let entries = try await world.house.database.query(
                "SELECT purpose FROM ledger_entries WHERE act = 'cases.repeat-reporters'")
            #expect(try entries.map { try $0.text(0) } == ["上门了解", "上门了解", "上门了解"])
        }
    }

    @Test("Old periods are forgotten, with who reported how often", arguments: EngineCase.available)
    func forgetting(_ engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            _ = try await world.report("旧事", phone: "19900001234")
            world.clock.advance(.days(24 * 31 + 400))
            _ = try await world.report("新事", phone: "19900001234")
            try await world.cases.repeatsJob.run()
            let periods = try await world.house.database.query(
                "SELECT DISTINCT period FROM case_reporter_counts ORDER BY period"
            ).map { try $0.text(0) }
            #expect(periods == RepeatPeriod.both(world.clock.now().local().day).map(\.text).sorted())
        }
    }

    @Test("Both lists walk along an index")
    func plans() async throws {
        try await CasesHouse.with(.sqlite) { world in
            let period = RepeatPeriod.month(of: world.clock.now().local().day)
            let county = CasesFixture.scope("coordinator", CasesFixture.county)
            for scope in [world.dispatcher, county] {
                for query in [
                    RepeatStore.hotSpotsQuery(period, least: 3, for: scope, after: nil, limit: 50),
                    RepeatStore.hotSpotsQuery(
                        period, least: 3, for: scope, after: "9-330106001001-010101", limit: 50),
                    RepeatStore.reportersQuery(period, least: 3, for: scope, limit: 50),
                ] {
                    let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map {
                        try $0.text(3)
                    }
                    #expect(plan.allSatisfy { $0.contains("SEARCH") && $0.contains("INDEX") }, "\(plan)")
                    #expect(plan.allSatisfy { !$0.contains("TEMP B-TREE") }, "\(plan)")
                }
            }
        }
    }
}
