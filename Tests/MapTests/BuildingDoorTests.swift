import Desk
import Foundation
import Geo
import Grids
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Map

@Suite("Buildings by the interface and on the map")
struct BuildingDoorTests {
    private static let path = "/api/v1/grid-buildings"

    private static func file(_ buildings: [(id: String, place: Position, households: Int)]) -> String {
        let features = buildings.map { building in
            """
            {"type":"Feature","id":"\(building.id)","properties":{"name":"\(building.id) 幢","households":\(building.households),\
            "community":"宝石社区"},"geometry":{"type":"Point","coordinates":[\(building.place.x),\(building.place.y)]}}
            """
        }
        return #"{"type":"FeatureCollection","features":["# + features.joined(separator: ",") + "]}"
    }

    private func shown(_ place: Position, as name: String, _ world: MapWorld) async throws -> [String?] {
        let tile = try #require(TileAddress(zoom: 16, longitude: place.x, latitude: place.y))
        let answer = try await world.get("/api/v1/map/tiles/buildings/16/\(tile.column)/\(tile.row)", as: name)
        #expect(answer.status == 200, "\(answer.text.prefix(200))")
        let layer = try #require(DecodedTile(answer.bytes)).layers["buildings"] ?? []
        return layer.map { $0.properties["name"] }
    }

    @Test(
        "A file sent in is on the map with the next tile, in the list and out again; a street changes its own only",
        arguments: EngineCase.available)
    func door(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let place = Position(x: 120.15, y: 30.25)
            #expect(try await shown(place, as: "northduty", world).isEmpty)
            let text = Self.file([("b1", place, 40), ("b2", Position(x: 120.1502, y: 30.25), 36)])
            #expect(try await world.call(.post, Self.path, as: "northduty", text).status == 403)
            let taken = try await world.call(.post, Self.path, as: "coordinator", text)
            #expect(taken.status == 200, "\(taken.text)")
            let result = try taken.object()
            #expect(result["created"] as? Int == 2 && result["rejected"] as? Int == 0)
            // Looked at a few times a second: the next look has them.
            var names = try await shown(place, as: "northduty", world)
            for _ in 0..<500 where names.isEmpty { names = try await shown(place, as: "northduty", world) }
            #expect(names.compactMap(\.self).sorted() == ["b1 幢", "b2 幢"])
            #expect(try await shown(place, as: "southduty", world).isEmpty)
            let again = try await world.call(.post, Self.path, as: "officer", text).object()
            #expect(again["unchanged"] as? Int == 2)
            let foreign = try await world.call(.post, Self.path, as: "southhead", text).object()
            #expect(foreign["rejected"] as? Int == 2 && foreign["changed"] as? Int == 0)
            #expect((foreign["problems"] as? [[String: Any]])?.first?["kind"] as? String == "outside")

            let listed = try await world.get(Self.path, as: "northduty").object()
            let buildings = try #require(listed["buildings"] as? [[String: Any]])
            #expect(buildings.compactMap { $0["id"] as? String } == ["b1", "b2"])
            #expect(buildings.allSatisfy { $0["grid"] is NSNull && $0["community"] as? String == "330106001001" })
            let south = try await world.get(Self.path, as: "southduty").object()
            #expect((south["buildings"] as? [Any])?.isEmpty == true)
            #expect(try await world.get(Self.path + "?area=330106001", as: "southduty").status == 404)
            #expect(try await world.get(Self.path + "?show=nothing", as: "northduty").status == 422)
            #expect(try await world.get(Self.path, as: "firehand").status == 403)
        }
    }

    @Test("More than a page is read page by page, each building once")
    func pages() async throws {
        try await MapWorld.with(.sqlite) { world in
            let all = (0..<1_203).map { number in
                (
                    id: "n\(number)", place: Position(x: 120.15 + Double(number) * 1e-5, y: 30.25),
                    households: number % 7
                )
            }
            let taken = try await world.call(.post, Self.path + "?partial=true", as: "coordinator", Self.file(all))
            #expect(try taken.object()["created"] as? Int == 1_203)
            var found: [String] = []
            var next: String? = ""
            while let after = next {
                let page = try await world.get(
                    Self.path + (after.isEmpty ? "" : "?after=\(after)"), as: "coordinator"
                ).object()
                found += try #require(page["buildings"] as? [[String: Any]]).compactMap { $0["id"] as? String }
                next = page["next"] as? String
            }
            #expect(found.count == 1_203 && Set(found) == Set(all.map(\.id)))
        }
    }

    @Test("The page is empty with a way on, shows what is held, and what goes out as a table comes in unchanged")
    func page() async throws {
        try await MapWorld.with(.sqlite) { world in
            let empty = try await world.get("/grids/buildings", as: "northhead").text
            #expect(empty.contains("此处还没有楼栋") && empty.contains("导入楼栋"))
            #expect(!(try await world.get("/grids/buildings", as: "northduty").text.contains("type=\"file\"")))
            let ring = "[[120.13,30.27],[120.1302,30.27],[120.1302,30.2701],[120.13,30.2701],[120.13,30.27]]"
            let shape = """
                {"type":"FeatureCollection","features":[{"type":"Feature","id":"7","properties":{"户数":36,"社区":"宝石社区",\
                "小区":"梧桐苑","name":"=七幢"},"geometry":{"type":"Polygon","coordinates":[\(ring)]}}]}
                """
            #expect(try await world.call(.post, Self.path, as: "coordinator", shape).status == 200)
            let listed = try await world.get("/grids/buildings?area=330106001001", as: "northhead").text
            #expect(listed.contains("=七幢") && listed.contains("尚未入格") && listed.contains("/map?at=120.1301"))
            #expect(
                try await world.get("/grids/buildings?show=missing", as: "northhead").text.contains("没有楼栋从最近的文件中消失"))
            let sheet = try await world.get("/grids/buildings.xlsx", as: "northhead")
            #expect(sheet.status == 200 && sheet.type.contains("spreadsheetml"))
            let table = try await world.get("/grids/buildings/export.csv", as: "northhead")
            #expect(table.type.hasPrefix("text/csv") && table.text.contains("POLYGON ((120.13 30.27"))
            // A spreadsheet is not to run what somebody called a building.
            #expect(table.text.contains("'=七幢"))
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString).csv")
            try Data(table.bytes).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let back = try await BuildingImport(grids: world.map.grids).run(
                BuildingImport.Order(path: file.path, name: "export.csv"), within: MapWorld.county, by: .system)
            #expect(back.unchanged == 1 && back.changed + back.created + back.rejected == 0, "\(back)")
            let acts = try await world.house.database.query(
                "SELECT act FROM ledger_entries WHERE act IN ('grids.buildings', 'grids.exported')")
            #expect(acts.count == 3)
            let exported = try await world.house.database.query(
                "SELECT facts FROM ledger_entries WHERE act = 'grids.exported'")
            #expect(try exported.allSatisfy { String(decoding: try $0.blob(0), as: UTF8.self).contains("\"rows\":1}") })
        }
    }

    @Test("A large file is answered at once, its progress is read, and its result is the one of a small file")
    func upload() async throws {
        try await MapWorld.with(.sqlite) { world in
            let path = "/api/v1/grid-uploads"
            let text = Self.file([("b1", Position(x: 120.15, y: 30.25), 40), ("", Position(x: 120.15, y: 30.25), 40)])
            let body = """
                {"subject":"buildings","name":"楼栋.geojson","file":"\(Data(text.utf8).base64EncodedString())","partial":true}
                """
            #expect(try await world.call(.post, path, as: "northduty", body).status == 403)
            let sent = try await world.call(.post, path, as: "northhead", body)
            #expect(sent.status == 201, "\(sent.text)")
            let id = try #require(try sent.object()["id"] as? String)
            #expect(try sent.object()["state"] as? String == "waiting")
            let page = try await world.get("/grids/uploads/\(id)", as: "northhead").text
            #expect(page.contains("等待导入") && page.contains("取消导入") && page.contains("楼栋.geojson"))
            #expect(try await world.get(path + "/\(id)", as: "southhead").status == 404)
            #expect(try await world.get("/grids/uploads/\(id)", as: "southhead").status == 404)
            for job in world.map.grids.jobs where job.name == "import-grid-files" { try await job.run() }
            let done = try await world.get(path + "/\(id)", as: "northhead").object()
            let report = try #require(done["report"] as? [String: Any])
            #expect(done["state"] as? String == "done" && report["created"] as? Int == 1)
            #expect(report["rejected"] as? Int == 1)
            let told = try await world.get("/grids/uploads/\(id)", as: "northhead").text
            #expect(told.contains("导入结果") && told.contains("下载未采用清单"))
            #expect(try await world.get(path + "/\(id)/errors", as: "northhead").text.contains("noID"))
            #expect(try await world.get("/grids/uploads/\(id)/errors", as: "northhead").status == 200)
            #expect(try await world.call(.post, path + "/\(id)/cancel", as: "northhead", "").status == 409)
            #expect(try await world.get("/grids/buildings", as: "northhead").text.contains("大文件导入记录"))
            for wrong in [
                body.replacing("geojson", with: "exe"), body.replacing("buildings", with: "dreams"),
                #"{"subject":"buildings","name":"a.csv","file":"?"}"#,
            ] { #expect([400, 422].contains(try await world.call(.post, path, as: "northhead", wrong).status)) }
        }
    }
}
