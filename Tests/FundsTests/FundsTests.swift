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

@Suite("Use against plan") struct PlanTests {
    private static let year = 2026
    private static func day(_ month: Int, _ day: Int) -> Day {
        Day(year: year, month: month, day: day) ?? Day(number: 0)
    }

    private static func line(spent: Int64, committed: Int64 = 0, plan: [Int64]? = [100, 200, 300, 400]) -> BudgetLine {
        BudgetLine(
            id: IdentifierSource(seed: 1).next(at: FundsWorld.start), street: FundsWorld.north, area: FundsWorld.grid,
            title: "x", source: nil, ground: nil, year: Int64(year), allotted: 1_000, spent: spent,
            committed: committed, plan: plan.map { SpendingPlan(quarters: $0) }, version: 1)
    }

    @Test("What is planned by a day grows every day, and at a quarter’s end is what the quarters say")
    func planned() {
        let plan = SpendingPlan(quarters: [100, 200, 300, 400])
        let ends = [(3, 31, 100), (6, 30, 300), (9, 30, 600), (12, 31, 1_000)] as [(Int, Int, Int64)]
        for (month, day, sum) in ends { #expect(plan.planned(by: Self.day(month, day), of: Self.year) == sum) }
        var last: Int64 = 0
        for number in 0..<365 {
            let now = plan.planned(by: Self.day(1, 1) + number, of: Self.year)
            #expect(now >= last)
            last = now
        }
        #expect(plan.planned(by: Self.day(1, 1) - 1, of: Self.year) == 0)
        #expect(plan.planned(by: Self.day(12, 31) + 400, of: Self.year) == 1_000)
        #expect(plan.planned(by: Self.day(5, 16), of: Self.year) == 100 + 200 * 46 / 91)
    }

    @Test("Far is more than the share of the file; commitments keep a line from being behind and put none ahead")
    func standing() {
        let rules = FundRules.Plan(farPerMille: 200)
        let half = Self.day(6, 30)
        func at(_ spent: Int64, _ committed: Int64 = 0) -> PlanStanding {
            Self.line(spent: spent, committed: committed).standing(rules, on: half)
        }
        // 300 of 1,000 are planned by then, and 200 is far.
        #expect(at(99) == .behind && at(100) == .onPlan && at(500) == .onPlan && at(501) == .ahead)
        #expect(at(0, 100) == .onPlan && at(0, 99) == .behind && at(300, 700) == .onPlan)
        #expect(Self.line(spent: 0, plan: nil).standing(rules, on: half) == .unplanned)
    }

    @Test(
        "The street plans and commits; what is committed cannot be spent on something else",
        arguments: EngineCase.available)
    func committed(engine: EngineCase) async throws {
        try await FundsWorld.with(engine) { world in
            let line = try await world.allot(1_000)
            try await world.write(.commit, 700, on: line, by: "northhead")
            for kind in [BudgetMove.Kind.spend, .commit] {
                await #expect(throws: Refusal.self) { try await world.write(kind, 301, on: line, by: "northhead") }
            }
            for kind in [BudgetMove.Kind.settle, .release] {
                await #expect(throws: Refusal.self) { try await world.write(kind, 701, on: line, by: "northhead") }
            }
            try await world.write(.release, 100, on: line, by: "northhead")
            let paid = try await world.write(.settle, 500, on: line, by: "northhead")
            #expect(paid.committed == 100 && paid.spent == 500 && paid.balance == 500 && paid.free == 400)
            for name in ["fire", "county"] {
                await #expect(throws: Refusal.self) { try await world.write(.commit, 1, on: line, by: name) }
            }
            let moves = try await world.house.database.read { try BudgetStore.moves(of: line.id, limit: 99, in: $0) }
            #expect(moves.reduce(0) { $0 + $1.kind.balance * $1.yuan } == paid.balance)
            #expect(moves.reduce(0) { $0 + $1.kind.commitment * $1.yuan } == paid.committed)
        }
    }

    @Test(
        "Only the street that holds the money plans; a plan beyond it is refused, and a changed one says why",
        arguments: EngineCase.available)
    func planning(engine: EngineCase) async throws {
        try await FundsWorld.with(engine) { world in
            let line = try await world.allot(1_000)
            let path = "/api/v1/budget-lines/\(line.id)/plan"
            for (json, name, status) in [
                (#"{"quarters":[1,2,3]}"#, "northhead", 422), (#"{"quarters":[-1,2,3,4]}"#, "northhead", 422),
                (#"{"quarters":[500,500,1,0]}"#, "northhead", 422), (#"{"quarters":[0,0,0,0]}"#, "northhead", 422),
                (#"{"quarters":[9223372036854775807,9223372036854775807,0,0]}"#, "northhead", 422),
                (#"{"quarters":[1,2,3,4]}"#, "fire", 403), (#"{"quarters":[1,2,3,4]}"#, "county", 403),
                (#"{"quarters":[1,2,3,4]}"#, "southhead", 404),
                (#"{"quarters":[600,100,100,200]}"#, "northhead", 200),
                (#"{"quarters":[400,300,100,200]}"#, "northhead", 422),
                (#"{"quarters":[400,300,100,200],"why":"工期推迟"}"#, "northhead", 200),
            ] {
                #expect(try await world.call(.put, path, json, as: name).status == status, "\(name) \(json)")
            }
            let page = try await world.call(.get, "/funds/\(line.id)", as: "fire").text
            #expect(page.contains("第1季度") && page.contains("400 元") && !page.contains("调整用款计划"))
            // By 2 March the plan of 400 in the first quarter is far from nothing spent.
            #expect(try await world.call(.get, "/funds", as: "fire").text.contains("明显慢于计划"))
            let entries = try await world.house.database.query(
                "SELECT COUNT(*) FROM ledger_entries WHERE act = 'funds.plan'")
            #expect(try entries.first?.int(0) == 2)
        }
    }
}

@Suite("Money open to all") struct DisclosureTests {
    @Test(
        "Anybody reads lines, plan and use of a street or community; single movements, papers and people stay inside",
        arguments: EngineCase.available)
    func open(engine: EngineCase) async throws {
        try await FundsWorld.with(engine) { world in
            let line = try await world.allot(1_000)
            try await world.write(.spend, 123, on: line, by: "northhead")
            let street = try await world.call(.get, "/disclosure/\(FundsWorld.north.code)", as: nil)
            #expect(street.status == 200 && street.text.contains("微型消防站") && street.text.contains("123"))
            #expect(street.text.contains("宝石社区"), "a grid’s money stands under its community")
            for inside in ["灭火器", "凭证1", "northhead", FundsWorld.grid.code] {
                #expect(!street.text.contains(inside), "\(inside)")
            }
            let community = try await world.call(.get, "/api/v1/disclosure/\(FundsWorld.community.code)", as: nil)
            #expect(community.text.contains(#""spent":123"#) && community.text.contains(#""balance":877"#))
            let south = try await world.call(.get, "/api/v1/disclosure/\(FundsWorld.south.code)?year=2026", as: nil)
            #expect(south.text == #"{"year":2026,"lines":[],"notShown":0}"#)
            for nothing in ["330107001", FundsWorld.grid.code, "x", "\(FundsWorld.north.code)?year=2019"] {
                #expect(try await world.call(.get, "/disclosure/\(nothing)", as: nil).status == 404, "\(nothing)")
            }
            #expect(try await world.call(.get, "/disclosure?year=x", as: nil).status == 400)
            #expect(try await world.call(.get, "/disclosure", as: nil).status == 200)
        }
    }

    @Test(
        "What the file hides and purposes with long numbers stand in no disclosure; what it leaves out is nowhere",
        arguments: EngineCase.available)
    func hidden(engine: EngineCase) async throws {
        let disclosure = "{ isOn: true, yearsBefore: 0, shows: [spent], hiddenGrounds: [C01, B0301] }"
        try await FundsWorld.with(engine, disclosure: disclosure) { world in
            _ = try await world.allot(1_000)
            let path = "/api/v1/disclosure/\(FundsWorld.north.code)"
            #expect(try await world.call(.get, path, as: nil).text.contains(#""lines":[]"#))
            for title in ["防火宣传", "补助 13800000000"] {
                _ = try await world.allot(77, to: FundsWorld.north, for: title, ground: "B0302")
            }
            let shown = try await world.call(.get, path, as: nil).text
            #expect(shown.contains("防火宣传") && !shown.contains("138") && shown.contains(#""balance":null"#))
            #expect(try await !world.call(.get, "/disclosure/\(FundsWorld.north.code)", as: nil).text.contains("余额"))
        }
    }

    @Test(
        "Only purposes on an item of a list are shown, none of them of help to families; the page says how many are not",
        arguments: EngineCase.available)
    func items(engine: EngineCase) async throws {
        try await FundsWorld.with(engine) { world in
            _ = try await world.allot(1_000)
            let inside = [
                ("张家低保", "B0301"), ("张家救助", "B0302"), ("张家老人", "B0303"), ("张家探访", "H0106"), ("张家一", nil),
                ("张家二", "民政慰问"), ("张家三", "准入2026-0007"), ("张家四", "C9999"), ("张家五", "b0301"),
            ]
            for (title, ground) in inside {
                _ = try await world.allot(50, to: FundsWorld.north, for: title, ground: ground)
            }
            for path in ["/disclosure", "/disclosure/\(FundsWorld.north.code)"] {
                let page = try await world.call(.get, path, as: nil).text
                #expect(page.contains("微型消防站") && !page.contains("张家"), "\(path)")
                #expect(page.contains("另有 \(inside.count) 项用途没有公开") && page.contains("合计只含公开的"))
                #expect(page.contains("<dt>拨入</dt><dd>1000 元</dd>"))
            }
            let listed = try await world.call(.get, "/api/v1/disclosure/\(FundsWorld.north.code)", as: nil).text
            #expect(!listed.contains("张家") && listed.contains(#""notShown":\#(inside.count)}"#), "\(listed)")
            let south = try await world.call(.get, "/disclosure/\(FundsWorld.south.code)", as: nil).text
            #expect(!south.contains("没有公开（"))
            let form = try await world.call(.get, "/funds/new", as: "fire").text
            #expect(form.contains("不得写姓名"))
        }
    }

    @Test("A county of many streets is shown whole", arguments: EngineCase.available)
    func many(engine: EngineCase) async throws {
        try await FundsWorld.with(engine) { world in
            let (funds, scope, now) = (world.funds, try world.scope("fire"), world.clock.now())
            try await world.house.database.write { transaction in
                for number in 1...600 {
                    let new = NewBudgetLine(
                        area: FundsWorld.north.code, title: "消防 \(number)", ground: "C0101", yuan: 10, paper: "1号")
                    _ = try funds.allot(new, by: scope, at: now, in: transaction)
                }
            }
            let page = try await world.call(.get, "/disclosure", as: nil).text
            #expect(page.contains("<dt>拨入</dt><dd>6000 元</dd>"))
        }
    }

    @Test("Switched off, there is no such page")
    func off() async throws {
        let disclosure = "{ isOn: false, yearsBefore: 0, shows: [], hiddenGrounds: [] }"
        try await FundsWorld.with(.sqlite, disclosure: disclosure) { world in
            let page = try await world.call(.get, "/disclosure", as: nil)
            #expect(page.status == 404)
            let funds = try await world.call(.get, "/funds", as: "northhead")
            #expect(!funds.text.contains("/disclosure"))
            let form = try await world.call(.get, "/funds/new", as: "fire")
            #expect(form.status == 200 && !form.text.contains("向群众公开"))
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
