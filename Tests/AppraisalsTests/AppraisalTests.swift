import Desk
import Ground
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Appraisals
@testable import Cases
@testable import Mandates

@Suite("Departments judged by what they solved")
struct AppraisalTests {
    @Test(
        "One changed outcome changes the score once, and its trace names that matter", arguments: EngineCase.available)
    func once(engine: EngineCase) async throws {
        try await AppraisalCounty.with(engine) { county in
            for _ in 0..<5 {
                try await county.rate(try await county.handled(), isSolved: true, satisfaction: 5)
                county.clock.advance(.minutes(1))
            }
            let before = try await county.card()
            #expect(before.score.text == "100.00" && before.fromBelow == 5)
            let ratedBefore = try await county.trace(.followedUp)
            let id = try await county.handled()
            try await county.rate(id, isSolved: false, satisfaction: 1)
            let after = try await county.card()
            // Solved and satisfied fall to 5 of 6; what the matter does not touch stays: (50 × 83.33 + 25 × 100) / 75.
            #expect(after.score.text == "88.89")
            #expect(after.score.parts.filter { !$0.isCounted }.map(\.measure) == [.reportIn, .rating])
            let gained = Set(try await county.trace(.followedUp)).subtracting(ratedBefore)
            #expect(gained.map(\.address) == ["/cases/\(id)"])
            #expect(try await county.trace(.solved).map(\.address) == ratedBefore.map(\.address))
            // Nothing is filled in and nothing runs: asking again, and what goes on in the background, change nothing.
            for job in county.cases.jobs { try await job.run() }
            #expect(try await county.card() == after)
            #expect(try await county.card(as: "cityhand").score == after.score)
            #expect(try await county.card("a-fire").score.text == nil)
        }
    }

    @Test("Response times to whistles and what streets say of them count", arguments: EngineCase.available)
    func whistles(engine: EngineCase) async throws {
        try await AppraisalCounty.with(engine, fewest: 1) { county in
            let first = try await county.called()
            let waiting = try await county.card().score.parts.first { $0.measure == .reportIn }
            #expect(waiting?.isCounted == false, "there is still time")
            try await county.act(first, Command("report-in"), by: "cityhand")
            #expect(try await county.card().score.text == "100.00")
            try await county.act(first, Command("report-done", result: "已处置"), by: "cityhand")
            try await county.act(
                first, Command("rate-department", isSolved: true, satisfaction: 3), by: "northduty")
            // (15 × 100 + 10 × 60 + 5 × 100) / 30.
            #expect(try await county.card().score.text == "86.67")
            let second = try await county.called()
            county.clock.advance(.days(4))
            let card = try await county.card()
            #expect((card.record.reportIns.called, card.record.reportIns.silent) == (2, 1))
            // (15 × 50 + 10 × 60 + 5 × 100) / 30.
            #expect(card.score.text == "61.67")
            #expect(try await county.trace(.silent).map(\.address) == ["/cases/\(second)"])
            #expect(try await county.trace(.rated).map(\.address) == ["/cases/\(first)"])
            try await county.act(second, Command("report-in"), by: "cityhand")
            #expect(try await county.trace(.late).map(\.address) == ["/cases/\(second)"])
            #expect(try await county.card().score == card.score, "late is no better than silent")
        }
    }

    @Test(
        "Giving back is a right; only what a ruling finds to be its own after all counts against a department",
        arguments: EngineCase.available)
    func givenBack(engine: EngineCase) async throws {
        try await AppraisalCounty.with(engine, fewest: 1) { county in
            let (own, others) = (try await county.given(), try await county.given())
            for id in [own, others] {
                try await county.act(id, Command("return", opinion: "不属我局", reason: "not-ours"), by: "cityhand")
                county.clock.advance(.minutes(1))
            }
            #expect(try await county.trace(.givenBack).count == 2)
            #expect(try await county.trace(.ruledItsOwn).isEmpty)
            try await county.act(others, Command("dispatch", body: try county.body("a-fire")), by: "northduty")
            try await county.act(own, Command("refer", opinion: "职责不清"), by: "northduty")
            try await county.act(
                own, Command("rule", opinion: "由其承办", body: try county.body("z-city")), by: "coordinator")
            let card = try await county.card()
            #expect((card.record.givenBack, card.record.ruledItsOwn) == (2, 1))
            #expect(try await county.trace(.ruledItsOwn).map(\.address) == ["/cases/\(own)"])
            // What another body has by now is named, and not opened.
            let seen = try await county.trace(.givenBack, as: "cityhand")
            #expect(seen.map(\.address) == ["/cases/\(own)", nil])
            let keeping = try #require(card.score.parts.first { $0.measure == .keeping })
            #expect(keeping.share == Share(0, of: 1))
        }
    }

    @Test("What a department sent down stands beside what came to it from below", arguments: EngineCase.available)
    func direction(engine: EngineCase) async throws {
        try await AppraisalCounty.with(engine) { county in
            let (mandates, now) = (county.mandates, county.clock.now())
            let (chief, fire) = (try county.scope("coordinator"), try county.scope("firehand"))
            try await county.house.database.write { _ = try mandates.adoptShipped(by: chief, at: now, in: $0) }
            let today = now.local().day
            func filed(_ title: String) async throws -> Demand {
                let content = DemandContent(
                    kind: .task, title: title, purpose: "减少火灾", item: "C0101", area: AppraisalCounty.county.code,
                    level: .grid, minutes: 40, times: 2, from: today + 30, until: today + 120)
                let answer = try await mandates.answer(to: content, by: fire, at: now)
                return try await county.house.database.write {
                    try mandates.file(content, answer: answer, by: fire, at: now, in: $0)
                }
            }
            func act(_ command: DemandCommand, _ demand: Demand, _ name: String) async throws {
                let scope = try county.scope(name)
                _ = try await county.house.database.write {
                    try mandates.act(command, on: demand.id, by: scope, at: now, in: $0)
                }
            }
            let demand = try await filed("消防安全夜查")
            #expect(try await county.card("a-fire").sentDown == 0, "it is still in the gate")
            for name in ["northhead", "southhead"] { try await act(.hear(agrees: true, words: ""), demand, name) }
            try await act(.admit(words: "属清单内"), demand, "coordinator")
            _ = try await filed("电动车充电点检查")
            _ = try await county.given(to: "a-fire")
            for viewer in ["coordinator", "firehand"] {
                let card = try await county.card("a-fire", as: viewer)
                #expect((card.sentDown, card.fromBelow) == (1, 1), "\(viewer)")
                #expect(
                    try await county.trace(.sentDown, of: "a-fire", as: viewer).map(\.address) == [
                        "/demands/\(demand.id)"
                    ])
            }
            #expect(try await county.card().sentDown == 0)
        }
    }

    @Test("A department sees its own card, who sees the county all of them by line, a street none")
    func whoSees() async throws {
        try await AppraisalCounty.with(.sqlite) { county in
            let (all, own) = (try await county.cards(as: "coordinator"), try await county.cards(as: "firehand"))
            #expect(all.map(\.name) == ["z-city", "a-fire"])
            #expect(own.map(\.name) == ["a-fire"])
            await #expect(throws: Refusal.self) { try await county.card("z-city", as: "firehand") }
            await #expect(throws: Refusal.self) { try await county.trace(.due, of: "z-city", as: "firehand") }
            await #expect(throws: Refusal.self) { try await county.cards(as: "northhead") }
            // What is no department has no card.
            await #expect(throws: Refusal.self) { try await county.card("north") }
        }
    }

    @Test("Pages, sheets and the interface show the same, and say what is wrong with an address")
    func doors() async throws {
        try await AppraisalCounty.with(.sqlite, fewest: 1) { county in
            let id = try await county.handled()
            try await county.rate(id, isSolved: true, satisfaction: 4)
            let body = try county.body("z-city")
            for path in ["", "/\(body)", "/\(body)/due", "/\(body)/silent"] {
                let page = try await county.get("/appraisals\(path)?period=2026", as: "coordinator")
                #expect(page.status == 200 && page.text.contains("z-city"), "\(path)")
            }
            #expect(
                try await county.get("/appraisals/\(body)/due?period=2026", as: "coordinator").text.contains(
                    "/cases/\(id)"))
            for path in ["/appraisals/export", "/appraisals/\(body)/due/export"] {
                let sheet = try await county.get(path + "?period=2026", as: "coordinator")
                #expect(sheet.status == 200 && sheet.type.contains("sheet"), "\(path)")
            }
            let list = try await county.get("/api/v1/appraisals?period=2026", as: "coordinator")
            #expect(list.status == 200 && list.text.contains("\"score\":\"100.00\""))
            let records = "/api/v1/appraisals/\(body)/records"
            let solved = try await county.get("\(records)?figure=solved&period=2026", as: "cityhand")
            #expect(solved.status == 200 && solved.text.contains("\"address\":\"/cases/\(id)\""))
            for (path, status) in [
                ("/api/v1/appraisals?period=2026-Q5", 400), ("\(records)?figure=nothing", 400), (records, 400),
                ("\(records)?figure=due&limit=0", 400), ("\(records)?figure=due&after=x", 400),
                ("\(records)?figure=called&after=x", 400), ("/appraisals/\(body)/nothing", 404),
                ("/api/v1/appraisals/\(id)", 404), ("/appraisals?period=later", 400),
            ] {
                #expect(try await county.get(path, as: "coordinator").status == status, "\(path)")
            }
            #expect(try await county.get("/appraisals", as: "northhead").status == 403)
            #expect(try await county.get("/appraisals/\(body)", as: "firehand").status == 404)
        }
    }
}
