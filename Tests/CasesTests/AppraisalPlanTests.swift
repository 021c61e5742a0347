import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("What stands behind the figures of a department")
struct AppraisalPlanTests {
    @Test("The lists behind each figure are served by an index of their own")
    func queryPlans() async throws {
        try await CasesHouse.with(.sqlite) { world in
            let county = CasesFixture.scope("county", CasesFixture.county)
            let days = Day(number: 20_000)...Day(number: 20_090)
            let rates = world.cases.rules.rates
            var queries: [(String, SQL, String)] = MatterFigure.allCases.map { figure in
                (
                    figure.rawValue,
                    AppraisalStore.matters(
                        figure, of: world.department, days, rates, for: county,
                        after: (CasesFixture.start, CaseID("x")), limit: 50),
                    "cases_by_body_final (body=? AND "
                )
            }
            for scope in [county, world.handler] {
                queries.append(
                    (
                        "given back", AppraisalStore.givenBackQuery(days, world.department, for: scope),
                        "case_steps_given_back (at>? AND at<?)"
                    ))
            }
            for (name, query, index) in queries {
                let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                #expect(plan.contains { $0.contains(index) }, "\(name): \(plan)")
                #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(name): \(plan)")
            }
        }
    }
}
