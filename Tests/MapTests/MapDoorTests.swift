import Cases
import Desk
import Geo
import Ground
import Storage
import StorageTesting
import Testing

@testable import Map

@Suite("The doors of the map")
struct MapDoorTests {
    private static let place = Position(longitude: 120.15, latitude: 30.25)

    private func address(_ zoom: Int, _ layer: String = "matters") throws -> String {
        let tile = try #require(TileAddress(zoom: zoom, longitude: Self.place.x, latitude: Self.place.y))
        return "/map/tiles/\(layer)/\(tile.zoom)/\(tile.column)/\(tile.row).mvt"
    }

    @Test(
        "A tile says when it changed and is not sent twice; what is not there is not found",
        arguments: EngineCase.available)
    func tiles(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let address = try address(15)
            #expect(try await world.get(address, as: "northduty").status == 204)
            let matter = try await world.reported(at: Self.place)
            // Looked at a few times a second: the next look sees it.
            var answer = try await world.get(address, as: "northduty")
            for _ in 0..<100 where answer.status == 204 {
                answer = try await world.get(address, as: "northduty")
            }
            #expect(answer.status == 200)
            #expect(answer.type == "application/vnd.mapbox-vector-tile")
            let features = try #require(DecodedTile(answer.bytes)?.layers["matters"])
            #expect(features.map { $0.properties["number"] } == [matter.number])
            #expect(features.first?.properties.keys.contains("title") == false)
            let tag = try #require(answer.tag)
            let again = try await world.get(address, as: "northduty", headers: ["If-None-Match": tag])
            #expect(again.status == 304)
            #expect(again.bytes.isEmpty)
            // Another street, a department that was given nothing, a mediator who reads no matters, and nobody.
            #expect(try await world.get(address, as: "southduty").status == 204)
            #expect(try await world.get(address, as: "cityhand").status == 204)
            #expect(try await world.get(address, as: nil).status == 303)
            for wrong in [
                "/map/tiles/matters/15/1/1", "/map/tiles/nothing/1/1/1.mvt", "/map/tiles/matters/2/4/0.mvt",
                "/map/tiles/matters/23/0/0.mvt", "/map/tiles/matters/-1/0/0.mvt", "/map/tiles/matters/a/0/0.mvt",
                "/map/tiles/matters/1/99999999999999999999/0.mvt",
            ] {
                #expect(try await world.get(wrong, as: "northduty").status == 404, "\(wrong)")
            }
            #expect(try await world.get(address + "?category=zz", as: "northduty").status == 400)
        }
    }

    @Test("The tile of one filter is never that of another", arguments: EngineCase.available)
    func filters(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            _ = try await world.reported(at: Self.place)
            let address = try address(15)
            var whole = try await world.get(address, as: "northduty")
            for _ in 0..<100 where whole.status == 204 { whole = try await world.get(address, as: "northduty") }
            #expect(whole.status == 200)
            #expect(try await world.get(address + "?due=overdue", as: "northduty").status == 204)
            #expect(try await world.get(address + "?area=330106001002", as: "northduty").status == 204)
            #expect(try await world.get(address + "?area=330106001001", as: "northduty").status == 200)
            #expect(try await world.get(address + "?mine=answerable", as: "northhead").status == 204)
        }
    }

    @Test(
        "The page shows map and list, the list alone holds what lies in the part asked for",
        arguments: EngineCase.available)
    func page(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let near = try await world.reported(at: Self.place)
            let far = try await world.reported(at: Position(longitude: 120.18, latitude: 30.28))
            let page = try await world.get("/map", as: "northduty")
            #expect(page.status == 200)
            #expect(page.text.contains("id=\"map\""))
            #expect(page.text.contains(near.number) && page.text.contains(far.number))
            let part = try await world.get("/map/list?box=120.14,30.24,120.16,30.26", as: "northduty")
            #expect(part.text.contains(near.number) && !part.text.contains(far.number))
            #expect(try await world.get("/map?box=1,2,3", as: "northduty").status == 422)
            #expect(try await world.get("/map?at=x", as: "northduty").status == 422)
            #expect(try await world.get("/map?box=130,30,120,31", as: "northduty").status == 422)
            // A wall shows no number and no list.
            let wall = try await world.get("/map?mode=wall", as: "northduty")
            #expect(wall.text.contains("id=\"map\"") && !wall.text.contains(near.number))
        }
    }

    @Test("The style asks for no font, no picture and no tile of any other host")
    func style() async throws {
        try await MapWorld.with(.sqlite) { world in
            for theme in ["light", "dark"] {
                let style = try await world.get("/api/v1/map/style?theme=\(theme)", as: "northduty")
                let object = try style.object()
                #expect(object["version"] as? Int == 8)
                #expect(object["glyphs"] == nil && object["sprite"] == nil)
                let layers = try #require(object["layers"] as? [[String: Any]])
                #expect(layers.count > 8)
                let sources = try #require(object["sources"] as? [String: Any])
                #expect(Set(sources.keys) == ["outlines", "buildings", "areas", "matters", "landmarks", "changes"])
                #expect(layers.allSatisfy { $0["source"] == nil || sources[$0["source"] as? String ?? ""] != nil })
            }
            #expect(try await world.get("/api/v1/map/style?theme=blue", as: "northduty").status == 422)
            let described = try await world.get("/api/v1/map/tiles/areas", as: "northduty").object()
            #expect(described["tilejson"] as? String == "3.0.0")
            // Who may not read matters has no such layer, and is not told that there is one.
            #expect(try await world.get("/api/v1/map/tiles/matters", as: "mediator").status == 404)
        }
    }

    @Test("Programs read every feature once, page by page, as the standard has it", arguments: EngineCase.available)
    func features(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            var numbers: Set<String> = []
            for step in 0..<7 {
                let place = Position(
                    longitude: 120.13 + 0.006 * Double(step), latitude: 30.25 + 0.004 * Double(step % 3))
                numbers.insert(try await world.reported(at: place).number)
            }
            var address = "/api/v1/features/collections/matters/items?limit=3"
            var found: [String] = []
            for _ in 0..<10 {
                let page = try await world.get(address, as: "northduty").object()
                let features = try #require(page["features"] as? [[String: Any]], "\(address): \(page)")
                #expect(page["numberReturned"] as? Int == features.count)
                found += features.compactMap { ($0["properties"] as? [String: Any])?["number"] as? String }
                let links = try #require(page["links"] as? [[String: Any]])
                guard let next = links.first(where: { $0["rel"] as? String == "next" })?["href"] as? String else {
                    break
                }
                // Absolute where the client named the host.
                let parts = next.split(separator: "/", maxSplits: 2)
                address = next.hasPrefix("http") ? "/" + (parts.last ?? "") : next
            }
            #expect(found.count == 7)
            #expect(Set(found) == numbers)
            let collections = try await world.get("/api/v1/features/collections", as: "northduty").object()
            let names = (collections["collections"] as? [[String: Any]])?.compactMap { $0["id"] as? String }
            #expect(
                names == [
                    "outlines", "buildings", "landmarks", "areas", "matters", "staffing", "beacons", "whistles",
                ])
            for path in ["", "/conformance", "/collections/areas", "/collections/areas/items"] {
                #expect(try await world.get("/api/v1/features" + path, as: "northduty").status == 200, "\(path)")
            }
            // Latitude first where EPSG has it so, in the answer and in the question.
            let epsg = "http://www.opengis.net/def/crs/EPSG/0/4490"
            let turned = try await world.get(
                "/api/v1/features/collections/matters/items?crs=\(epsg)&bbox-crs=\(epsg)&bbox=30.2,120.1299,30.3,120.1301",
                as: "northduty"
            ).object()
            let features = try #require(turned["features"] as? [[String: Any]])
            let position = (features.first?["geometry"] as? [String: Any])?["coordinates"] as? [Double]
            #expect(features.count == 1)
            #expect(position == [30.25, 120.13])
            for wrong in ["bbox=1,2", "limit=0", "crs=x", "after=x", "bbox=a,b,c,d"] {
                let status = try await world.get(
                    "/api/v1/features/collections/matters/items?\(wrong)", as: "northduty"
                ).status
                #expect(status == 422, "\(wrong)")
            }
            #expect(
                try await world.get("/api/v1/features/collections/areas/items/330106002", as: "northduty").status == 404
            )
            #expect(
                try await world.get("/api/v1/features/collections/areas/items/330106001", as: "northduty").status == 200
            )
        }
    }
}
