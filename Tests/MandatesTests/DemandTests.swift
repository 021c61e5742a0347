import Desk
import Ground
import HTTPTypes
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Mandates

@Suite("A demand in the gate")
struct DemandTests {
    private static let listed = DutyWorld.content("消防安全夜查", item: "C0101", basis: nil, minutes: 40, times: 2)

    @Test(
        "The streets are heard, the coordination body decides, and it ends by itself", arguments: EngineCase.available)
    func whole(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            var demand = try await world.file(Self.listed)
            #expect(demand.stage == .hearing && demand.number == "准入2026-0001")
            demand = try await world.act(.hear(agrees: true, words: ""), on: demand, by: "northhead")
            #expect(demand.stage == .hearing)
            demand = try await world.act(.hear(agrees: false, words: "与上月重复"), on: demand, by: "southhead")
            #expect(demand.stage == .deciding)
            demand = try await world.act(.admit(words: "属清单内"), on: demand, by: "coordination")
            #expect(demand.stage == .admitted)
            let area = try #require(AreaPrefix(DutyWorld.north))
            let during = DutyWorld.today + 40
            let (number, before, after) = (demand.number, DutyWorld.today + 29, DutyWorld.today + 121)
            try await world.house.database.read { transaction in
                try Mandates.requireGround(.admission(number), area: area, on: during, in: transaction)
                for day in [before, after] {
                    #expect(throws: Refusal.self) {
                        try Mandates.requireGround(.admission(number), area: area, on: day, in: transaction)
                    }
                }
            }
            // The item's own standard time covers it: nothing of it is work beyond the lists.
            let today = DutyWorld.today
            let (work, first) = try await world.house.database.read {
                (
                    try Mandates.admitted(from: during, until: during, in: $0),
                    try Mandates.firstDemand(in: $0)
                )
            }
            #expect(work.isEmpty && first == today)
            try await world.pass(days: 121)
            #expect(try await world.stage(of: demand) == .expired)
            let id = demand.id.text
            let acts = try await world.house.database.read {
                try Ledger.timeline(of: "demand", id, in: $0).map(\.act)
            }
            #expect(
                acts.filter { $0 != "demands.said" } == [
                    "demands.filed", "demands.heard", "demands.admit", "demands.expire",
                ])
            #expect(acts.filter { $0 == "demands.said" }.count == 2)
        }
    }

    @Test("What a rule bars is refused at once; nobody below is bothered with it", arguments: EngineCase.available)
    func barred(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let demand = try await world.file(DutyWorld.content(item: "R0401", basis: nil))
            #expect(demand.stage == .refused && demand.answer.verdict == .refused)
            #expect(try await world.house.database.query("SELECT 1 FROM demand_hearings").isEmpty)
            #expect(try await world.house.database.query("SELECT 1 FROM notices").isEmpty)
            // An appeal cannot undo a rule: the list would have to change first.
            _ = try await world.act(.appeal(words: "确有需要"), on: demand, by: "fire")
            let refusal = await #expect(throws: Refusal.self) {
                try await world.act(.overturn(words: "同意"), on: demand, by: "coordination")
            }
            #expect(refusal?.code == "demands.barred")
            #expect(try await world.act(.uphold(words: "依清单"), on: demand, by: "coordination").stage == .refused)
        }
    }

    @Test("Silence is no consent, and no decision admits nothing", arguments: EngineCase.available)
    func silence(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let demand = try await world.file(Self.listed)
            try await world.act(.hear(agrees: true, words: ""), on: demand, by: "northhead")
            try await world.pass(days: 6)
            #expect(try await world.stage(of: demand) == .deciding)
            let late = await #expect(throws: Refusal.self) {
                try await world.act(.hear(agrees: true, words: ""), on: demand, by: "southhead")
            }
            #expect(late?.code == "demands.hearing-over")
            let page = try await world.call(.get, "/demands/\(demand.id)", as: "coordination")
            #expect(page.text.contains("不视为同意"))
            try await world.pass(days: 10)
            #expect(try await world.stage(of: demand) == .refused)
        }
    }

    @Test("Nothing is admitted as it stands while money or a change is owed", arguments: EngineCase.available)
    func conditions(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            var demand = try await world.file(DutyWorld.content())
            #expect(demand.answer.verdict == .priced)
            for name in ["northhead", "southhead"] {
                demand = try await world.act(.hear(agrees: true, words: ""), on: demand, by: name)
            }
            let refusal = await #expect(throws: Refusal.self) {
                try await world.act(.admit(words: "同意"), on: demand, by: "coordination")
            }
            #expect(refusal?.code == "demands.conditions")
            demand = try await world.act(.offer(words: "按价提供"), on: demand, by: "coordination")
            #expect(demand.terms.yuan == 400 && demand.content.yuan == 0)
            let notTheirs = await #expect(throws: Refusal.self) {
                try await world.act(.accept, on: demand, by: "health")
            }
            #expect(notTheirs?.kind == .notFound)
            demand = try await world.act(.accept, on: demand, by: "fire")
            #expect(demand.stage == .admitted && demand.terms.yuan == 400)
        }
    }

    @Test("An offer that nobody takes is withdrawn", arguments: EngineCase.available)
    func offerLapses(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let demand = try await world.file(DutyWorld.content())
            for name in ["northhead", "southhead"] {
                try await world.act(.hear(agrees: true, words: ""), on: demand, by: name)
            }
            try await world.act(.offer(words: "按价提供"), on: demand, by: "coordination")
            try await world.pass(days: 10)
            #expect(try await world.stage(of: demand) == .withdrawn)
        }
    }

    @Test("A street appeals once against an admission; another person decides", arguments: EngineCase.available)
    func appeal(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            var demand = try await world.file(Self.listed)
            for name in ["northhead", "southhead"] {
                demand = try await world.act(.hear(agrees: true, words: ""), on: demand, by: name)
            }
            demand = try await world.act(.admit(words: "属清单内"), on: demand, by: "coordination")
            demand = try await world.act(.appeal(words: "人手不够"), on: demand, by: "northhead")
            #expect(demand.stage == .appealed)
            let own = await #expect(throws: Refusal.self) {
                try await world.act(.overturn(words: "维持"), on: demand, by: "coordination")
            }
            #expect(own?.code == "demands.own-decision")
            demand = try await world.act(.overturn(words: "维持准入"), on: demand, by: "second")
            #expect(demand.stage == .admitted)
            let again = await #expect(throws: Refusal.self) {
                try await world.act(.appeal(words: "再次"), on: demand, by: "southhead")
            }
            #expect(again?.code == "demands.appealed")
        }
    }

    @Test("A duplicate of what is on its way is refused, whoever sends it", arguments: EngineCase.available)
    func duplicate(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            _ = try await world.file(DutyWorld.content("楼道电动车夜间检查"))
            let second = try await world.file(DutyWorld.content("楼道电动车夜间检查", yuan: 400), by: "health")
            #expect(second.stage == .refused)
            #expect(
                second.answer.findings.contains { $0.question == .duplicate && $0.text.chinese.contains("准入2026-0001") }
            )
        }
    }

    @Test("Who is not concerned sees nothing of a demand, by any way", arguments: EngineCase.available)
    func scope(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            let demand = try await world.file(
                DutyWorld.content("北山街道消防夜查", item: "C0101", basis: nil, area: DutyWorld.north, minutes: 40, times: 1))
            for name in ["coordination", "fire", "northhead", "worker"] {
                #expect(try await world.call(.get, "/demands/\(demand.id)", as: name).status == 200, "\(name)")
                #expect(try await world.call(.get, "/api/v1/demands", as: name).text.contains(demand.number), "\(name)")
            }
            for name in ["health", "southhead"] {
                #expect(try await world.call(.get, "/demands/\(demand.id)", as: name).status == 404, "\(name)")
                #expect(try await world.call(.get, "/api/v1/demands/\(demand.id)", as: name).status == 404, "\(name)")
                #expect(
                    !(try await world.call(.get, "/api/v1/demands", as: name).text.contains(demand.number)), "\(name)")
                #expect(!(try await world.call(.get, "/demands", as: name).text.contains(demand.number)), "\(name)")
                let act = "{\"act\":\"agree\"}"
                #expect(
                    try await world.call(.post, "/api/v1/demands/\(demand.id)/acts", act, as: name).status == 404,
                    "\(name)")
            }
        }
    }

    @Test(
        "The interface answers, files and acts as the pages do; bad input is told with its field",
        arguments: EngineCase.available)
    func interface(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            func body(_ change: String = "") -> String {
                """
                {"kind":"form","title":"独居老人统计","purpose":"掌握底数","basis":"民发〔2024〕1号","area":"330106","level":"grid",\
                "minutes":20,"times":3,"from":"2026-04-01","until":"2026-06-30"\(change)}
                """
            }
            let look = try await world.call(.post, "/api/v1/demands/answer", body(), as: "fire")
            #expect(look.status == 200 && look.text.contains("\"verdict\":\"priced\""))
            #expect(try await world.house.database.query("SELECT 1 FROM demands").isEmpty)
            let filed = try await world.call(.post, "/api/v1/demands", body(), as: "fire")
            #expect(filed.status == 201 && filed.text.contains("准入2026-0001"))
            #expect(try await world.call(.post, "/api/v1/demands", body(), as: "northhead").status == 403)
            for wrong in [
                body(",\"yuan\":-1"), body(",\"evidence\":-1"), body().replacing("2026-06-30", with: "2026-03-01"),
                body().replacing("\"grid\"", with: "\"province\""), body().replacing("330106", with: "330107"),
            ] {
                let answer = try await world.call(.post, "/api/v1/demands", wrong, as: "fire")
                #expect(answer.status == 422, "\(wrong)")
            }
            let negative = body().replacing("\"minutes\":20", with: "\"minutes\":-20")
            let refused = try await world.call(.post, "/api/v1/demands", negative, as: "fire")
            #expect(refused.status == 422 && refused.text.contains("\"field\":\"minutes\""))
        }
    }

    @Test("Every list of demands is read through an index", arguments: EngineCase.available)
    func plans(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            guard world.house.database.engine == .sqlite else { return }
            for query in [
                "SELECT id FROM demands WHERE id < 'z' ORDER BY id DESC LIMIT 51",
                "SELECT id FROM demands WHERE due_at IS NOT NULL AND due_at < 5 ORDER BY due_at LIMIT 200",
                "SELECT id FROM demands WHERE stage IN ('hearing','admitted') ORDER BY stage, id LIMIT 10",
                "SELECT id FROM demands WHERE stage IN ('admitted','expired') AND begins_on <= 'b' ORDER BY stage, id LIMIT 9",
                "SELECT filed_at FROM demands ORDER BY filed_at LIMIT 1",
                "SELECT content FROM mandate_items WHERE list IN ('basic') AND since <= 3 ORDER BY list, code LIMIT 5",
            ] as [SQL] {
                let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)")
                let text = try plan.map { try $0.text(3) }.joined(separator: "; ")
                #expect(text.contains("USING") && !text.contains("TEMP B-TREE"), "\(text)")
            }
        }
    }
}
