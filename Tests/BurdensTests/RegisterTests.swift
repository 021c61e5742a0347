import Desk
import Foundation
import Ground
import HTTPTypes
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Burdens

@Suite("What hangs where, and who is assessed by what")
struct RegisterTests {
    private static func hang(
        _ world: BurdenWorld, _ title: String = "志愿服务站", in area: String = BurdenWorld.north + "001",
        ground: String? = nil,
        as name: String = "northhead"
    ) async throws -> (status: Int, text: String) {
        let json =
            #"{"area":"\#(area)","title":"\#(title)","askedBy":"\#(Offices.id("fire"))","ground":"\#(ground ?? admission(world))"}"#
        return try await world.call(.post, "/api/v1/plaques", json, as: name)
    }

    /// Another one each time.
    private static func admission(_ world: BurdenWorld) -> String {
        "准入" + world.house.identifiers.nextText(at: world.clock.now())
    }

    private static func id(_ text: String) throws -> String {
        String(try #require(text.firstMatch(of: /"id":"([^"]+)"/)).1)
    }

    @Test(
        "A plaque over the cap is refused with the rule; after one is taken down another may hang",
        arguments: EngineCase.available)
    func plaques(engine: EngineCase) async throws {
        try await BurdenWorld.with(engine) { world in
            let most = world.burdens.registers.plaques.most
            var last = ""
            for number in 0..<most {
                let made = try await Self.hang(world, "牌子 \(number)")
                #expect(made.status == 201, "\(made.text)")
                last = try Self.id(made.text)
            }
            let over = try await Self.hang(world, "再一块")
            #expect(over.status == 422 && over.text.contains("plaques.over"))
            #expect(over.text.contains(world.burdens.registers.plaques.rule))
            // The street itself is another place, and so is another community.
            #expect(try await Self.hang(world, in: BurdenWorld.north).status == 201)
            let chosen = last
            let down = "/api/v1/plaques/\(chosen)/down"
            #expect(try await world.call(.post, down, #"{"why":" "}"#, as: "northhead").status == 422)
            #expect(try await world.call(.post, down, #"{"why":"清理"}"#, as: "north1").status == 403)
            let taken = try await world.call(.post, down, #"{"why":"清理"}"#, as: "northhead")
            #expect(taken.status == 200 && taken.text.contains(#""downOn":"2026-03-02""#))
            #expect(try await world.call(.post, down, #"{"why":"清理"}"#, as: "northhead").status == 409)
            #expect(try await Self.hang(world, "再一块").status == 201)
            let acts = try await world.house.database.read {
                try Ledger.timeline(of: "plaque", chosen, in: $0).map(\.act)
            }
            #expect(acts == ["plaques.hung", "plaques.down"])
        }
    }

    @Test("Without a ground, or in another’s area, nothing is registered", arguments: EngineCase.available)
    func refused(engine: EngineCase) async throws {
        try await BurdenWorld.with(engine) { world in
            #expect(try await Self.hang(world, ground: "B9999").status == 422)
            #expect(try await Self.hang(world, "牌").status == 422)
            for area in [BurdenWorld.south, BurdenWorld.county, BurdenWorld.north + "009", "x"] {
                #expect(try await Self.hang(world, in: area).status == 422, "\(area)")
            }
            #expect(try await Self.hang(world, as: "fire").status == 403)
            let nobody = #"{"area":"\#(BurdenWorld.north)","title":"牌子","askedBy":"x","ground":"准入2026-0001"}"#
            #expect(try await world.call(.post, "/api/v1/plaques", nobody, as: "northhead").status == 422)
            let rows = try await world.house.database.query("SELECT COUNT(*) FROM plaques")
            #expect(try rows.first?.int(0) == 0)
        }
    }

    private static func assess(
        _ world: BurdenWorld, _ title: String = "消防考核", areas: [String] = [BurdenWorld.north, BurdenWorld.south],
        indicators: String = #"[{"name":"群众满意率","weight":60},{"name":"隐患整改率","weight":40}]"#, year: Int = 2026,
        ground: String? = nil, as name: String = "fire"
    ) async throws -> (status: Int, text: String) {
        let list = areas.map { "\"\($0)\"" }.joined(separator: ",")
        let json =
            #"{"title":"\#(title)","ground":"\#(ground ?? admission(world))","year":\#(year),"areas":[\#(list)],"indicators":\#(indicators)}"#
        return try await world.call(.post, "/api/v1/assessments", json, as: name)
    }

    @Test(
        "A place is assessed no more often than the rule has it, and the refusal names it",
        arguments: EngineCase.available)
    func assessments(engine: EngineCase) async throws {
        try await BurdenWorld.with(engine) { world in
            let most = world.burdens.registers.assessments.most
            for number in 0..<most {
                let made = try await Self.assess(world, "考核 \(number)")
                #expect(made.status == 201, "\(made.text)")
            }
            let over = try await Self.assess(world, "再一次", areas: [BurdenWorld.north, BurdenWorld.west], as: "health")
            #expect(over.status == 422 && over.text.contains("assessments.over") && over.text.contains("北山街道"))
            #expect(over.text.contains("统筹规范督查检查考核") && !over.text.contains("西溪街道"))
            #expect(try await Self.assess(world, "另一处", areas: [BurdenWorld.west], as: "health").status == 201)
            #expect(try await Self.assess(world, "明年", year: 2027).status == 201)
            let listed = try await world.call(.get, "/api/v1/assessments", as: "northhead").text
            let first = String(try #require(listed.matches(of: /"id":"([^"]+)"/).last).1)
            let end = "/api/v1/assessments/\(first)/end"
            #expect(try await world.call(.post, end, #"{"why":"并入"}"#, as: "health").status == 403)
            #expect(try await world.call(.post, end, #"{"why":"并入"}"#, as: "coordination").status == 200)
            #expect(try await world.call(.post, end, #"{"why":"并入"}"#, as: "coordination").status == 409)
            // Ending one makes no room for another in the same year.
            let again = try await Self.assess(world, "再一次", areas: [BurdenWorld.north], as: "health")
            #expect(again.status == 422 && again.text.contains("已取消的也计"), "\(again.text)")
            let page = try await world.call(.get, "/assessments", as: "northhead").text
            #expect(page.contains("\(most) / \(most)") && page.contains("（已取消）"))
            // One that ends before its year begins was none.
            let next = try await world.call(.get, "/api/v1/assessments?year=2027", as: "northhead").text
            let coming = String(try #require(next.firstMatch(of: /"id":"([^"]+)"/)).1)
            let endComing = "/api/v1/assessments/\(coming)/end"
            #expect(try await world.call(.post, endComing, #"{"why":"并入"}"#, as: "coordination").status == 200)
            for number in 0..<most {
                #expect(try await Self.assess(world, "明年 \(number)", year: 2027).status == 201)
            }
            #expect(try await Self.assess(world, "明年再一次", year: 2027).status == 422)
        }
    }

    @Test(
        "An item of the lists, which no cap counts, carries no entry; the refusal cites the rule and the way to the gate",
        arguments: EngineCase.available)
    func uncounted(engine: EngineCase) async throws {
        try await BurdenWorld.with(engine) { world in
            let plaque = try await Self.hang(world, ground: "C0101")
            #expect(plaque.status == 422 && plaque.text.contains(world.burdens.registers.plaques.rule))
            let one = try await Self.assess(world, ground: "C0101")
            #expect(one.status == 422 && one.text.contains(world.burdens.registers.assessments.rule))
            for text in [plaque.text, one.text] {
                #expect(text.contains("mandates.not-counted") && text.contains("/demands/new"), "\(text)")
            }
            // Nor does what another department asked for, but the coordination office enters it for them.
            #expect(try await Self.assess(world, ground: "准入fire", as: "health").status == 422)
            #expect(try await Self.assess(world, ground: "准入fire", as: "fire").status == 201)
            #expect(try await Self.assess(world, "又一次", ground: "准入2-fire", as: "coordination").status == 201)
        }
    }

    @Test(
        "What the gate counted once carries one assessment in all and one plaque in a place",
        arguments: EngineCase.available)
    func once(engine: EngineCase) async throws {
        try await BurdenWorld.with(engine) { world in
            let first = try await Self.assess(world, areas: [BurdenWorld.north], ground: "准入2026-0001")
            #expect(first.status == 201 && first.text.contains(#""isByGate":true"#))
            for year in [2026, 2027] {
                let second = try await Self.assess(
                    world, "第二项", areas: [BurdenWorld.west], year: year, ground: "准入2026-0001")
                #expect(second.status == 422 && second.text.contains("assessments.ground-used"), "\(second.text)")
            }
            // Begun and ended, it has been one of its year’s; ended before its year begins, it was none.
            let end = #"{"why":"不再考核"}"#
            let begun = "/api/v1/assessments/\(try Self.id(first.text))/end"
            #expect(try await world.call(.post, begun, end, as: "fire").status == 200)
            #expect(
                try await Self.assess(world, "第二项", areas: [BurdenWorld.west], ground: "准入2026-0001").status == 422)
            // What holds next year only carries an assessment of that year, none of this one and nothing that hangs today.
            #expect(try await Self.assess(world, "来年", year: 2026, ground: "准入2027-0001").status == 422)
            #expect(try await Self.hang(world, "来年", ground: "准入2027-0001").status == 422)
            #expect(try await Self.assess(world, "来年", year: 2027, ground: "准入2027-0001").status == 201)
            let next = try await Self.assess(world, year: 2027, ground: "准入2026-0002")
            let coming = "/api/v1/assessments/\(try Self.id(next.text))/end"
            #expect(try await world.call(.post, coming, end, as: "fire").status == 200)
            #expect(try await Self.assess(world, year: 2027, ground: "准入2026-0002").status == 201)

            let plaque = try await Self.hang(world, ground: "准入2026-0003")
            #expect(plaque.status == 201)
            let same = try await Self.hang(world, "又一块", ground: "准入2026-0003")
            #expect(same.status == 422 && same.text.contains("plaques.ground-used"), "\(same.text)")
            let other = BurdenWorld.south + "001"
            #expect(try await Self.hang(world, in: other, ground: "准入2026-0003", as: "coordination").status == 201)
            let down = "/api/v1/plaques/\(try Self.id(plaque.text))/down"
            #expect(try await world.call(.post, down, #"{"why":"换新"}"#, as: "northhead").status == 200)
            #expect(try await Self.hang(world, "换新的", ground: "准入2026-0003").status == 201)
        }
    }

    @Test("Entries from before the gate had to count them stay, and are marked", arguments: EngineCase.available)
    func before(engine: EngineCase) async throws {
        try await BurdenWorld.with(engine) { world in
            let (ids, now) = (world.house.identifiers, world.clock.now())
            let (north, fire) = (try #require(AreaPrefix(BurdenWorld.north)), try world.scope("fire"))
            let plaque = Plaque(
                id: ids.next(at: now), area: north, title: "旧牌子", askedBy: Offices.id("fire"), askedName: "消防救援局",
                ground: "C0101", hungOn: now.local().day, downOn: nil, downWhy: "", version: 1)
            let one = Assessment(
                id: ids.next(at: now), title: "旧考核", body: Offices.id("fire"), bodyName: "消防救援局", ground: "C0101",
                year: 2026, indicators: [.init(name: "整改率", weight: 100)], areas: [north], endedWhy: nil, endedOn: nil,
                version: 1)
            try await world.house.database.write { transaction in
                try RegisterStore.insert(plaque, by: fire.post, in: transaction)
                try RegisterStore.insert(one, by: fire, in: transaction)
            }
            for (path, words) in [
                ("/api/v1/plaques", #""isByGate":false"#), ("/api/v1/assessments", #""isByGate":false"#),
                ("/plaques/\(plaque.id)", "没有经过准入计数"), ("/assessments/\(one.id)", "没有经过准入计数"),
                ("/assessments", "1 / 2"), ("/plaques", "tag warn"),
            ] {
                let text = try await world.call(.get, path, as: "northhead").text
                #expect(text.contains(words), "\(path)")
            }
            let down = "/api/v1/plaques/\(plaque.id)/down"
            #expect(try await world.call(.post, down, #"{"why":"清理"}"#, as: "northhead").status == 200)
        }
    }

    @Test(
        "A prefecture sees what its counties register, and what it sets counts in them; another county sees neither",
        arguments: EngineCase.available)
    func prefecture(engine: EngineCase) async throws {
        try await BurdenWorld.with(engine) { world in
            let most = world.burdens.registers.assessments.most
            let inCounty = try Self.id(try await Self.assess(world, "县里的", areas: [BurdenWorld.north]).text)
            #expect(
                try await Self.assess(world, "市里的", areas: [BurdenWorld.north], as: "prefecture").status == 201)
            for (name, titles) in [
                ("prefecture", ["县里的", "市里的"]), ("northhead", ["县里的", "市里的"]), ("fire", ["县里的", "市里的"]),
                ("neighbour", ["市里的"]),
            ] {
                let text = try await world.call(.get, "/api/v1/assessments", as: name).text
                for title in ["县里的", "市里的"] { #expect(text.contains(title) == titles.contains(title), "\(name)") }
            }
            #expect(try await world.call(.get, "/assessments/\(inCounty)", as: "prefecture").status == 200)
            #expect(try await world.call(.get, "/assessments/\(inCounty)", as: "neighbour").status == 404)
            for number in 2..<most { _ = try await Self.assess(world, "县里的 \(number)", areas: [BurdenWorld.north]) }
            for name in ["fire", "prefecture"] {
                let over = try await Self.assess(world, "再一次", areas: [BurdenWorld.north], as: name)
                #expect(over.status == 422 && over.text.contains("assessments.over"), "\(over.text)")
            }
        }
    }

    @Test("Weights that are not a hundred, an indicator twice, nobody to assess: refused with the field")
    func wrong() async throws {
        try await BurdenWorld.with(.sqlite) { world in
            let many = (1...21).map { #"{"name":"指标\#($0)","weight":1}"# }.joined(separator: ",")
            for indicators in [
                "[]", #"[{"name":"甲","weight":99}]"#, #"[{"name":"甲","weight":50},{"name":"甲","weight":50}]"#,
                #"[{"name":" ","weight":100}]"#, #"[{"name":"甲","weight":120},{"name":"乙","weight":-20}]"#, "[\(many)]",
            ] {
                let bad = try await Self.assess(world, indicators: indicators)
                #expect(bad.status == 422 && bad.text.contains("assessments.indicators"), "\(indicators) \(bad.text)")
            }
            for areas in [[], [BurdenWorld.north, BurdenWorld.north], ["330107001"]] {
                #expect(try await Self.assess(world, areas: areas).status == 422, "\(areas)")
            }
            #expect(try await Self.assess(world, year: 2025).status == 422)
            #expect(try await Self.assess(world, as: "northhead").status == 403)
        }
    }

    @Test("What is typed, one indicator a line, is read; a line without a weight is told")
    func typed() {
        let read = Assessment.indicators("群众 满意率 40\n\n 隐患整改率\t60 ")
        #expect(read == [.init(name: "群众 满意率", weight: 40), .init(name: "隐患整改率", weight: 60)])
        #expect(Assessment.indicators("群众满意率") == nil && Assessment.indicators("率 x") == nil)
        #expect(Assessment.indicators("") == [])
    }

    @Test("Pages show what hangs where and who is assessed how often; tables have the same")
    func pages() async throws {
        try await BurdenWorld.with(.sqlite) { world in
            let plaque = try Self.id(try await Self.hang(world).text)
            let one = try Self.id(try await Self.assess(world).text)
            for (path, words) in [
                ("/plaques", ["志愿服务站", "消防救援局", "准入"]), ("/plaques/\(plaque)", ["摘牌"]),
                ("/assessments", ["消防考核", "群众满意率 60", "1 / 2"]), ("/assessments/\(one)", ["隐患整改率", "40"]),
            ] {
                let page = try await world.call(.get, path, as: "northhead")
                #expect(page.status == 200, "\(path)")
                for word in words { #expect(page.text.contains(word), "\(path) \(word)") }
            }
            for path in ["/plaques/export", "/assessments/export?year=2026"] {
                let table = try await world.call(.get, path, as: "coordination")
                #expect(table.status == 200, "\(path)")
            }
            let bad = try await world.call(.get, "/assessments?year=x", as: "northhead")
            #expect(bad.status == 400)
        }
    }
}
