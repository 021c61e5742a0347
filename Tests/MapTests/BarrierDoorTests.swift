import Desk
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Map

@Suite("Barriers by the interface")
struct BarrierDoorTests {
    @Test(
        "A post of the county brings barriers in, everybody who plans reads them, and a street may not set them",
        arguments: EngineCase.available)
    func door(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let river = #"""
                {"type":"FeatureCollection","features":[{"type":"Feature","properties":{"class":"river"},
                "geometry":{"type":"LineString","coordinates":[[120.14,30.2],[120.15,30.3]]}}]}
                """#
            let path = "/api/v1/grid-barriers"
            #expect(try await world.call(.post, path, as: "northduty", river).status == 403)
            #expect(try await world.call(.post, path, as: "northhead", river).status == 403)
            let taken = try await world.call(.post, path, as: "coordinator", river)
            #expect(taken.status == 200, "\(taken.text)")
            #expect(try taken.object()["pieces"] as? Int == 1)
            let listed = try await world.get(path + "?box=120.1,30.2,120.2,30.25", as: "northhead").object()
            #expect((listed["features"] as? [[String: Any]])?.count == 1)
            let elsewhere = try await world.get(path + "?box=120.3,30.2,120.4,30.25", as: "northhead").object()
            #expect((elsewhere["features"] as? [[String: Any]])?.isEmpty == true)
            // Sent again under any name, it is here already.
            let again = try await world.call(.post, path, as: "officer", river).object()
            #expect(again["unchanged"] as? Bool == true && again["pieces"] as? Int == 0)
            for body in ["[]", "{", #"{"type":"FeatureCollection","features":[]}"#] {
                #expect(try await world.call(.post, path, as: "coordinator", body).status == 422, "\(body)")
            }
            for box in ["", "?box=1,2", "?box=1,1,3,2", "?box=a,b,c,d"] {
                #expect(try await world.get(path + box, as: "northhead").status == 422, "\(box)")
            }
        }
    }

    /// A road and a bridge over the river of the north.
    private static let roads = #"""
        {"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"highway":"primary","name":"=一路"},
         "geometry":{"type":"LineString","coordinates":[[120.14,30.25],[120.16,30.25]]}},
        {"type":"Feature","properties":{"bridge":"yes"},"geometry":{"type":"Point","coordinates":[120.145,30.25]}},
        {"type":"Feature","properties":{"highway":"dream"},"geometry":{"type":"Point","coordinates":[120.145,30.25]}}]}
        """#

    @Test(
        "By the interface: whole barriers with length and bridges, files, taking out one or a file, and putting back",
        arguments: EngineCase.available)
    func takingOut(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let path = "/api/v1/grid-barriers"
            let taken = try await world.call(.post, path + "?name=roads.geojson", as: "officer", Self.roads).object()
            #expect(taken["barriers"] as? Int == 1 && taken["bridges"] as? Int == 1 && taken["unknown"] as? Int == 1)
            func all(_ query: String = "") async throws -> [[String: Any]] {
                let page = try await world.get(path + "/all" + query, as: "northhead").object()
                return try #require(page["features"] as? [[String: Any]])
            }
            let road = try #require(try await all("?class=arterial").first)
            let facts = try #require(road["properties"] as? [String: Any])
            #expect(facts["name"] as? String == "=一路" && facts["bridges"] as? Int == 1)
            // Two hundredths of a degree at this latitude.
            #expect(abs((facts["metres"] as? Double ?? 0) - 1_925) < 5)
            #expect(try await all().count == 2)
            #expect(try await world.get(path + "/all?class=wall", as: "northhead").status == 422)
            #expect(try await world.get(path + "/all", as: "firehand").status == 403)

            let id = try #require(road["id"] as? String)
            #expect(try await world.call(.post, path + "/\(id)/remove", as: "northhead", "").status == 403)
            let removed = try await world.call(.post, path + "/\(id)/remove", as: "coordinator", "").object()
            let removal = try #require(removed["removal"] as? String)
            #expect(try await all().count == 1)
            let box = path + "?box=120.1,30.2,120.2,30.3"
            func laid() async throws -> Int? {
                (try await world.get(box, as: "northhead").object()["features"] as? [Any])?.count
            }
            #expect(try await laid() == 1)
            let undo = path + "/removals/\(removal)/undo"
            #expect(try await world.call(.post, undo, as: "northhead", "").status == 403)
            #expect(try await world.call(.post, undo, as: "coordinator", "").status == 200)
            #expect(try await world.call(.post, undo, as: "coordinator", "").status == 404)
            #expect(try await all().count == 2)
            #expect(try await laid() == 2)

            let sources = try await world.get(path + "/sources", as: "coordinator").object()
            let source = try #require((sources["sources"] as? [[String: Any]])?.first)
            #expect(source["name"] as? String == "roads.geojson" && source["barriers"] as? Int == 1)
            let file = path + "/sources/\(try #require(source["id"] as? String))/remove"
            #expect(try await world.call(.post, file, as: "coordinator", "").object()["barriers"] as? Int == 2)
            #expect(try await world.call(.post, file, as: "coordinator", "").status == 404)
            #expect(try await all().isEmpty)
            #expect(try await laid() == 0)
            let acts = try await world.house.database.query(
                "SELECT act FROM ledger_entries WHERE subject_kind = 'barriers' ORDER BY id")
            #expect(
                try acts.map { try $0.text(0) } == [
                    "grids.barriers", "grids.barriers-removed", "grids.barriers-restored", "grids.barriers-removed",
                ])
        }
    }

    @Test("The page is empty with a way on, lists by class, and what goes out comes in unchanged")
    func page() async throws {
        try await MapWorld.with(.sqlite) { world in
            let page = "/grids/barriers"
            let empty = try await world.get(page, as: "coordinator").text
            #expect(empty.contains("此处还没有障碍") && empty.contains("type=\"file\""))
            let street = try await world.get(page, as: "northhead").text
            #expect(!street.contains("type=\"file\"") && street.contains("由县级岗位办理"))
            #expect(try await world.get(page, as: "firehand").status == 403)
            _ = try await world.call(.post, "/api/v1/grid-barriers?name=roads.geojson", as: "coordinator", Self.roads)
            let listed = try await world.get(page, as: "coordinator").text
            #expect(listed.contains("=一路") && listed.contains("主次干道") && listed.contains("1.9 公里"))
            #expect(listed.contains("/map?at=120.1") && listed.contains("roads.geojson") && listed.contains("取出"))
            #expect(!(try await world.get(page, as: "northhead").text.contains("/remove")))
            let rivers = try await world.get(page + "?class=river", as: "coordinator").text
            #expect(rivers.contains("没有这样的障碍") && !rivers.contains("=一路"))
            let sheet = try await world.get(page + ".xlsx", as: "northhead")
            #expect(sheet.status == 200 && sheet.type.contains("spreadsheetml"))
            let out = try await world.get(page + "/export.geojson", as: "northhead")
            #expect(out.status == 200 && out.type.hasPrefix("application/geo+json"))
            let back = try await world.call(
                .post, "/api/v1/grid-barriers?replace=same&name=roads.geojson", as: "coordinator", out.text
            ).object()
            #expect(back["unchanged"] as? Bool == true, "\(back)")
            let exports = try await world.house.database.query(
                "SELECT facts FROM ledger_entries WHERE act = 'grids.exported'")
            #expect(exports.count == 2)
        }
    }
}
