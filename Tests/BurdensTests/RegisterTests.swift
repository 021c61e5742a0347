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
        ground: String = "C0101",
        as name: String = "northhead"
    ) async throws -> (status: Int, text: String) {
        let json =
            #"{"area":"\#(area)","title":"\#(title)","askedBy":"\#(Offices.id("fire"))","ground":"\#(ground)"}"#
        return try await world.call(.post, "/api/v1/plaques", json, as: name)
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
            let nobody = #"{"area":"\#(BurdenWorld.north)","title":"牌子","askedBy":"x","ground":"C0101"}"#
            #expect(try await world.call(.post, "/api/v1/plaques", nobody, as: "northhead").status == 422)
            let rows = try await world.house.database.query("SELECT COUNT(*) FROM plaques")
            #expect(try rows.first?.int(0) == 0)
        }
    }

    private static func assess(
        _ world: BurdenWorld, _ title: String = "消防考核", areas: [String] = [BurdenWorld.north, BurdenWorld.south],
        indicators: String = #"[{"name":"群众满意率","weight":60},{"name":"隐患整改率","weight":40}]"#, year: Int = 2026,
        as name: String = "fire"
    ) async throws -> (status: Int, text: String) {
        let list = areas.map { "\"\($0)\"" }.joined(separator: ",")
        let json =
            #"{"title":"\#(title)","ground":"C0101","year":\#(year),"areas":[\#(list)],"indicators":\#(indicators)}"#
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
                ("/plaques", ["志愿服务站", "消防救援局", "C0101"]), ("/plaques/\(plaque)", ["摘牌"]),
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
