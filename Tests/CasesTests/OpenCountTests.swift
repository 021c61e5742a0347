import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("Counts of what is open")
struct OpenCountTests {
    @Test("Counts and the lists behind them are served by indexes", arguments: [EngineCase.sqlite])
    func queryPlans(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let county = CasesFixture.scope("county", CasesFixture.county)
            let now = CasesFixture.start
            func list(
                _ area: AreaPrefix, _ pressure: OpenPressure?, kind: String = "matter", sensed: Bool = false,
                for scope: Scope? = nil
            ) -> SQL {
                var question = OpenQuestion(area: area, kind: kind)
                question.pressure = pressure
                question.isSensed = sensed
                return CaseStore.openQuery(question, for: scope ?? county, at: now)
            }
            let expected: [(String, SQL, String)] = [
                (
                    "counts of a street", OpenCountStore.countsQuery(CasesFixture.street, for: county, at: now),
                    "sqlite_autoindex_case_open_counts_1 (area>? AND area<?)"
                ),
                (
                    "counts of a department",
                    OpenCountStore.countsQuery(CasesFixture.county, for: world.handler, at: now),
                    "case_open_counts_by_body (body=?"
                ),
                (
                    "since midnight", OpenCountStore.sinceMidnightQuery(CasesFixture.street, for: county, at: now),
                    "cases_by_due (due_at>? AND due_at<?)"
                ),
                ("overdue in the county", list(CasesFixture.county, .overdue), "cases_by_due (due_at>? AND due_at<?)"),
                ("week in a street", list(CasesFixture.street, .week), "cases_open_by_street (street=? AND due_at>?"),
                (
                    "all of a community", list(CasesFixture.community, nil),
                    "cases_open_by_street (street=? AND due_at>?"
                ),
                ("undated in the county", list(CasesFixture.county, .undated), "cases_open_undated"),
                ("sensed in the county", list(CasesFixture.county, nil, sensed: true), "cases_open_sensed (due_at>?"),
                ("whistles", list(CasesFixture.county, nil, kind: "whistle"), "cases_open_others (kind=? AND due_at>?"),
                ("of a department", list(CasesFixture.county, .today, for: world.handler), "cases_by_due (due_at>?"),
            ]
            for (name, query, index) in expected {
                let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                #expect(plan.contains { $0.contains(index) }, "\(name): \(plan)")
                #expect(!plan.contains { $0 == "SCAN cases" || $0 == "SCAN case_open_counts" }, "\(name): \(plan)")
            }
        }
    }

    @Test("The list behind each figure holds as many as the figure says", arguments: EngineCase.available)
    func listsAgree(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            for number in 1...7 { _ = try await world.report("第\(number)件", phone: nil) }
            let (cases, scope) = (world.cases, world.dispatcher)
            for hours in [0, 30, 200] as [Int64] {
                let now = CasesFixture.start + .hours(hours)
                try await world.house.database.read { transaction in
                    let figures = try cases.openFigures(in: scope.area, for: scope, at: now, in: transaction)
                    let count = try #require(figures.kinds["matter"])
                    #expect(count.total == 7)
                    for pressure in OpenPressure.allCases {
                        var question = OpenQuestion(area: scope.area)
                        question.pressure = pressure
                        // In pages of two, so that the key is tried as well.
                        question.limit = 2
                        var found = 0
                        while true {
                            let page = try cases.openMatters(question, for: scope, at: now, in: transaction)
                            found += page.count
                            guard let last = page.last, page.count == 2 else { break }
                            question.after = .init(due: last.due?.at, id: last.id)
                        }
                        #expect(Int64(found) == count[pressure], "\(pressure) after \(hours) h")
                    }
                }
            }
        }
    }
}
