import Desk
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Funds

@Suite("Money that the street holds and the department watches") struct BudgetTests {
    @Test(
        "Money goes straight to a grid; its street holds it, and what is written adds up",
        arguments: EngineCase.available)
    func straight(engine: EngineCase) async throws {
        try await FundsWorld.with(engine) { world in
            let line = try await world.allot(10_000)
            #expect(line.street == FundsWorld.north && line.area == FundsWorld.grid && line.source == "fire")
            try await world.write(.spend, 4_000, on: line, by: "northhead")
            try await world.write(.refund, 500, on: line, by: "northhead")
            let after = try await world.write(.allot, 1_000, on: line, by: "fire")
            #expect(after.allotted == 11_000 && after.spent == 3_500 && after.balance == 7_500)
            let sum = try await world.house.database.query(
                """
                SELECT CAST(SUM(CASE kind WHEN 'spend' THEN -yuan ELSE yuan END) AS BIGINT) FROM budget_moves WHERE line = \(line.id)
                """)
            #expect(try sum.first?.int(0) == after.balance)
            let entries = try await world.house.database.query(
                "SELECT COUNT(*) FROM ledger_entries WHERE subject_kind = 'budget-line'")
            #expect(try entries.first?.int(0) == 4)
        }
    }

    @Test(
        "A department sees every movement and cannot spend; nobody else's department sees it at all",
        arguments: EngineCase.available)
    func watched(engine: EngineCase) async throws {
        try await FundsWorld.with(engine) { world in
            let line = try await world.allot()
            try await world.write(.spend, 300, on: line, by: "northhead")
            let seen = try await world.call(.get, "/api/v1/budget-lines/\(line.id)", as: "fire")
            #expect(seen.status == 200 && seen.text.contains(#""kind":"spend","yuan":300"#), "\(seen.text)")
            for kind in ["spend", "refund"] {
                let tried = try await world.call(
                    .post, "/api/v1/budget-lines/\(line.id)/moves",
                    #"{"kind":"\#(kind)","yuan":1,"words":"统一采购","paper":"1"}"#, as: "fire")
                #expect(tried.status == 403 && tried.text.contains("funds.not-holder") && tried.text.contains("乡镇掌握"))
            }
            for other in ["health", "southhead"] {
                #expect(try await world.call(.get, "/api/v1/budget-lines/\(line.id)", as: other).status == 404)
            }
            // The county, too, looks on.
            await #expect(throws: Refusal.self) { try await world.write(.spend, 1, on: line, by: "county") }
            await #expect(throws: Refusal.self) { try await world.write(.allot, 1, on: line, by: "county") }
            let stored = try await world.house.database.query("SELECT spent FROM budget_lines WHERE id = \(line.id)")
            #expect(try stored.first?.int(0) == 300)
        }
    }

    @Test(
        "No more is spent than is there, whoever asks at the same moment; nothing is written for a refusal",
        arguments: EngineCase.available)
    func enough(engine: EngineCase) async throws {
        try await FundsWorld.with(engine) { world in
            let line = try await world.allot(100)
            await #expect(throws: Refusal.self) { try await world.write(.spend, 101, on: line, by: "northhead") }
            await #expect(throws: Refusal.self) { try await world.write(.refund, 1, on: line, by: "northhead") }
            for wrong: Int64 in [0, -5, .max] {
                await #expect(throws: Refusal.self) { try await world.write(.spend, wrong, on: line, by: "northhead") }
            }
            let done = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask { (try? await world.write(.spend, 30, on: line, by: "northhead")) != nil }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect((1...3).contains(done))
            let rows = try await world.house.database.query(
                "SELECT spent, (SELECT COUNT(*) FROM budget_moves WHERE kind = 'spend') FROM budget_lines")
            #expect(try rows.first?.int(0) == Int64(done) * 30 && rows.first?.int(1) == Int64(done))
        }
    }

    @Test("Pages, tables and the interface have it; bad input is refused with its field")
    func doors() async throws {
        try await FundsWorld.with(.sqlite) { world in
            let made = try await world.call(
                .post, "/api/v1/budget-lines",
                #"{"area":"330106001","title":"微型消防站","yuan":5000,"paper":"1号"}"#, as: "fire")
            #expect(made.status == 201)
            for json in [
                #"{"area":"330106","title":"x","yuan":1,"paper":"1"}"#,
                #"{"area":"9","title":"x","yuan":1,"paper":"1"}"#,
                #"{"area":"330106001","title":" ","yuan":1,"paper":"1"}"#,
                #"{"area":"330106001","title":"x","yuan":0,"paper":"1"}"#,
                #"{"area":"330106001","title":"x","yuan":1,"paper":" "}"#,
            ] {
                #expect(try await world.call(.post, "/api/v1/budget-lines", json, as: "fire").status == 422, "\(json)")
            }
            #expect(
                try await world.call(
                    .post, "/api/v1/budget-lines", #"{"area":"330106001","title":"x","yuan":1,"paper":"1"}"#,
                    as: "northhead"
                ).status == 403)
            let page = try await world.call(.get, "/funds", as: "northhead")
            #expect(page.status == 200 && page.text.contains("微型消防站") && page.text.contains("北山街道"))
            #expect(try await world.call(.get, "/funds/export", as: "fire").status == 200)
            #expect(try await world.call(.get, "/funds", as: "worker").status == 403)
        }
    }
}

@Suite("What a street owns") struct AssetTests {
    @Test(
        "Income in all is the sum of what came in, and the page of the list shows it", arguments: EngineCase.available)
    func income(engine: EngineCase) async throws {
        try await FundsWorld.with(engine) { world in
            let asset = try await world.asset()
            for yuan: Int64 in [3_000, 3_000, 500] { try await world.receive(yuan, of: asset) }
            let rows = try await world.house.database.query(
                "SELECT income, (SELECT CAST(SUM(yuan) AS BIGINT) FROM asset_incomes WHERE asset = assets.id) FROM assets"
            )
            #expect(try rows.first?.int(0) == 6_500 && rows.first?.int(1) == 6_500)
            await #expect(throws: Refusal.self) { try await world.receive(0, of: asset) }
            await #expect(throws: Refusal.self) { try await world.receive(5, of: asset, by: "southhead") }
            #expect(try await world.call(.get, "/holdings", as: "northhead").text.contains("6500"))
        }
    }

    @Test("A lease is marked before it ends and after; another begins only then", arguments: EngineCase.available)
    func leases(engine: EngineCase) async throws {
        try await FundsWorld.with(engine) { world in
            let today = FundsWorld.today
            let asset = try await world.asset()
            #expect(asset.standing(on: today, warnDays: 60) == .idle)
            let let1 = try await world.lease(asset, today, today + 100)
            #expect(let1.standing(on: today, warnDays: 60) == .leased)
            #expect(let1.standing(on: today + 40, warnDays: 60) == .ending)
            #expect(let1.standing(on: today + 100, warnDays: 60) == .ending)
            #expect(let1.standing(on: today + 101, warnDays: 60) == .ended)
            await #expect(throws: Refusal.self) { try await world.lease(asset, today + 50, today + 400) }
            await #expect(throws: Refusal.self) { try await world.lease(asset, today + 300, today + 200) }
            try await world.lease(asset, today + 101, today + 400)
            await #expect(throws: Refusal.self) { try await world.lease(asset, today + 500, today + 600, by: "county") }
        }
    }

    @Test("The interface enters, lets and receives; what is out of reason is refused")
    func doors() async throws {
        try await FundsWorld.with(.sqlite) { world in
            let made = try await world.call(
                .post, "/api/v1/assets", #"{"title":"旧办公楼","kind":"building","area":"330106001001","yuan":0}"#,
                as: "northhead")
            #expect(made.status == 201, "\(made.text)")
            let id = try #require(made.text.firstMatch(of: /"id":"([^"]+)"/)).1
            let let1 = try await world.call(
                .post, "/api/v1/assets/\(id)/lease",
                #"{"tenant":"某公司","from":"2026-03-01","until":"2026-04-01","yuanAYear":1200}"#, as: "northhead")
            #expect(let1.status == 200 && let1.text.contains(#""standing":"ending""#))
            let got = try await world.call(
                .post, "/api/v1/assets/\(id)/incomes", #"{"yuan":100,"on":"2026-03-01","words":"租金"}"#, as: "northhead")
            #expect(got.status == 200 && got.text.contains(#""income":100"#))
            for (path, json) in [
                ("", #"{"title":"x","kind":"castle","area":"330106001","yuan":0}"#),
                ("", #"{"title":"x","kind":"shop","area":"330106002","yuan":0}"#),
                ("", #"{"title":"x","kind":"shop","area":"330106001","yuan":-1}"#),
                ("/\(id)/incomes", #"{"yuan":100,"on":"2027-03-01","words":"租金"}"#),
            ] {
                #expect(
                    try await world.call(.post, "/api/v1/assets" + path, json, as: "northhead").status == 422, "\(json)"
                )
            }
            #expect(try await world.call(.get, "/holdings/\(id)", as: "northhead").status == 200)
            #expect(try await world.call(.get, "/holdings/\(id)", as: "southhead").status == 404)
            #expect(try await world.call(.get, "/holdings/export", as: "county").status == 200)
        }
    }
}
