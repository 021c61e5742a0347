import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("Matters by month")
struct MonthlyCountTests {
    @Test(
        "Sums by place and by kind are those of a recount; other places and departments get none",
        arguments: EngineCase.available)
    func sums(_ engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let none = try await world.house.database.read { try world.cases.firstCountedMonth(in: $0) }
            #expect(none == nil)
            let leaves = world.cases.rules.categories.leaves.prefix(2).map(\.code)
            for (index, leaf) in [leaves[0], leaves[0], leaves[1], leaves[0]].enumerated() {
                let record = try await world.report("第 \(index) 件")
                try await world.act(record.id, Command("accept", category: leaf), by: world.dispatcher)
                if index == 2 { world.clock.advance(.days(40)) }
            }
            let months = [CasesFixture.start.local().day, world.clock.now().local().day]
            #expect(months.map(\.parts.month) == [3, 4])
            func counts(_ counting: MonthlyCounting, _ area: AreaPrefix, _ scope: Scope) async throws
                -> [[MonthlyCount]]
            {
                try await world.house.database.read {
                    try world.cases.monthlyCounts(months, within: area, by: counting, for: scope, in: $0)
                        .map { $0.sorted { $0.key < $1.key } }
                }
            }
            let coordinator = CasesFixture.scope("coordinator", CasesFixture.county)
            for (digits, place) in [(9, CasesFixture.street.code), (12, CasesFixture.community.code)] {
                #expect(
                    try await counts(.place(digits: digits), CasesFixture.county, coordinator)
                        == [[MonthlyCount(key: place, count: 3)], [MonthlyCount(key: place, count: 1)]])
            }
            #expect(
                try await counts(.category, CasesFixture.street, coordinator)
                    == [
                        leaves.sorted().map { MonthlyCount(key: $0, count: $0 == leaves[0] ? 2 : 1) },
                        [MonthlyCount(key: leaves[0], count: 1)],
                    ])
            let elsewhere = try #require(AreaPrefix("330106002"))
            #expect(try await counts(.category, elsewhere, coordinator) == [[], []])
            #expect(try await counts(.category, CasesFixture.county, world.handler) == [[], []], "a department")
            #expect(try await counts(.category, CasesFixture.county, world.dispatcher) == [[], []], "a street’s")
            let first = try await world.house.database.read { try world.cases.firstCountedMonth(in: $0) }
            #expect(first?.description == "2026-03-01")
        }
    }

    @Test("A month is found along the index")
    func plan() async throws {
        try await CasesHouse.with(.sqlite) { world in
            for counting in [MonthlyCounting.category, .place(digits: 9)] {
                let query = Cases.monthlyCountsQuery(
                    RepeatPeriod.month(of: CasesFixture.start.local().day), within: CasesFixture.county, by: counting)
                let plan = try await world.house.database.read {
                    try $0.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                }
                #expect(plan.contains { $0.contains("SEARCH") } && !plan.contains { $0.contains("SCAN") }, "\(plan)")
            }
        }
    }
}
