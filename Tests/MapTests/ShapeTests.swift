import Cases
import Desk
import Geo
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Grids
@testable import Map

@Suite("Outlines and buildings")
struct ShapeTests {
    /// Buildings of some 20 m in rows, 0.0005 degrees apart; every tenth without an outline.
    private static func buildings(_ count: Int) -> [Building] {
        (0..<count).map { index in
            let west = 120.14 + 0.0005 * Double(index % 20)
            let south = 30.25 + 0.0005 * Double(index / 20)
            let ring = Ring(corners: [
                Position(x: west, y: south), Position(x: west + 0.0002, y: south),
                Position(x: west + 0.0002, y: south + 0.0002), Position(x: west, y: south + 0.0002),
            ])
            return Building(
                id: "b\(index)", community: MapWorld.community.code, grid: index < 150 ? MapWorld.grid.code : nil,
                name: "\(index + 1) 幢", households: 12, place: Position(x: west + 0.0001, y: south + 0.0001),
                outline: index % 10 == 0 ? nil : .polygon(Polygon(outer: ring)))
        }
    }

    private static func square(_ code: String, _ west: Double, _ south: Double, _ edge: Double) -> String {
        let (east, north) = (west + edge, south + edge)
        return """
            {"type":"Feature","properties":{"code":"\(code)"},"geometry":{"type":"Polygon","coordinates":\
            [[[\(west),\(south)],[\(east),\(south)],[\(east),\(north)],[\(west),\(north)],[\(west),\(south)]]]}}
            """
    }

    private static func collection(_ features: String...) -> String {
        "{\"type\":\"FeatureCollection\",\"features\":[\(features.joined(separator: ","))]}"
    }

    private static let post = "/api/v1/map/outlines"

    /// Everything that the tiles of a zoom show of a layer, over the whole world of the tests.
    private func shown(_ layer: String, _ zoom: Int, _ name: String, _ world: MapWorld) async throws
        -> [DecodedTile.Feature]
    {
        let question = try world.question(name)
        let layer = try world.map.layer(layer, for: question.scope)
        let low = try #require(TileAddress(zoom: zoom, longitude: 120.05, latitude: 30.4))
        let high = try #require(TileAddress(zoom: zoom, longitude: 120.3, latitude: 30.15))
        var found: [DecodedTile.Feature] = []
        for column in low.column...high.column {
            for row in low.row...high.row {
                let tile = try #require(TileAddress(zoom: zoom, column: column, row: row))
                let bytes = try await world.house.database.read { transaction in
                    var writer = TileWriter()
                    writer.add(try layer.tile(tile, question, in: transaction))
                    return writer.bytes
                }
                found += try #require(DecodedTile(bytes)).layers[layer.name] ?? []
            }
        }
        return found
    }

    @Test(
        "Every building is in the tiles from zoom 14, named from 15, and only for those of its area",
        arguments: EngineCase.available)
    func buildings(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            try await world.house.database.write { try Grids.register(buildings: Self.buildings(200), in: $0) }
            for zoom in [14, 15, 16] {
                let found = try await shown("buildings", zoom, "northduty", world)
                #expect(Set(found.compactMap { $0.properties["id"] }).count == 200)
                #expect(found.allSatisfy { ($0.properties["name"] == nil) == (zoom < 15) })
                #expect(Set(found.map(\.kind)) == [1, 3])
                #expect(Set(found.filter { $0.kind == 1 }.compactMap { $0.properties["id"] }).count == 20)
            }
            #expect(try await shown("buildings", 15, "southduty", world).isEmpty)
            // A grid worker sees those of the own grid.
            #expect(Set(try await shown("buildings", 15, "worker", world).compactMap(\.id)).count == 150)
            // Those of the features agree with those of the tiles, by box and page by page.
            let items = "/api/v1/features/collections/buildings/items"
            let whole = try await world.get(items + "?limit=1000", as: "northduty").object()
            #expect((whole["features"] as? [Any])?.count == 200)
            let part = try await world.get(
                items + "?bbox=120.1399,30.2499,120.1416,30.2502&limit=2", as: "northduty"
            ).object()
            #expect(part["numberReturned"] as? Int == 2)
            let links = try #require(part["links"] as? [[String: Any]])
            #expect(links.contains { $0["rel"] as? String == "next" })
            #expect(try await world.get(items + "/b7", as: "northduty").status == 200)
            #expect(try await world.get(items + "/b7", as: "southduty").status == 404)
        }
    }

    @Test(
        "Outlines of every size are in every tile that they meet, at the zoom of their level",
        arguments: EngineCase.available)
    func outlines(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            _ = try await world.reported(at: nil)
            let answer = try await world.call(
                .post, Self.post, as: "officer",
                Self.collection(
                    Self.square("330106001", 120.1, 30.2, 0.1), Self.square("330106002", 120.2, 30.2, 0.1),
                    Self.square("330106001001", 120.1, 30.2, 0.03)))
            #expect(try answer.object()["taken"] as? Int == 3, "\(answer.text)")
            for zoom in 6...11 {
                let found = try await shown("outlines", zoom, "coordinator", world)
                #expect(Set(found.compactMap { $0.properties["id"] }) == ["330106001", "330106002"], "\(zoom)")
                #expect(found.first { $0.properties["id"] == "330106001" }?.properties["open"] == "1")
                #expect(found.first { $0.properties["id"] == "330106001" }?.properties["name"] == "北山街道")
            }
            #expect(
                Set(try await shown("outlines", 13, "coordinator", world).compactMap { $0.properties["id"] })
                    == ["330106001001"])
            #expect(
                try await shown("outlines", 10, "southduty", world).compactMap { $0.properties["id"] }.contains(
                    "330106001") == false)
            // Without a geometry it is taken away.
            let gone = try await world.call(
                .post, Self.post, as: "officer",
                #"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"330106002"},"geometry":null}]}"#
            )
            #expect(try gone.object()["removed"] as? Int == 1)
            #expect(
                Set(try await shown("outlines", 10, "coordinator", world).compactMap { $0.properties["id"] })
                    == ["330106001"])
            let acts = try await world.house.database.query(
                "SELECT COUNT(*) FROM ledger_entries WHERE act = 'map.shapes'")
            #expect(try #require(acts.first).int(0) == 2)
        }
    }

    @Test(
        "The ground of a grid is on the map as soon as a plan set it, and gone when it changed",
        arguments: EngineCase.available)
    func ground(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let tile = try #require(TileAddress(zoom: 15, longitude: 120.151, latitude: 30.251))
            let address = "/map/tiles/outlines/15/\(tile.column)/\(tile.row).mvt"
            #expect(try await world.get(address, as: "northduty").status == 204)
            func set(_ west: Double) async throws {
                let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map {
                    Position(x: west + 0.002 * Double($0.0), y: 30.25 + 0.002 * Double($0.1))
                }
                let outline = GridOutline(
                    grid: MapWorld.grid.code, shape: .polygon(Polygon(outer: Ring(corners: corners))),
                    squareMetres: 40_000, households: 321, buildings: 9)
                try await world.house.database.write { try Grids.register(outlines: [outline], in: $0) }
            }
            try await set(120.15)
            var answer = try await world.get(address, as: "northduty")
            for _ in 0..<200 where answer.status == 204 { answer = try await world.get(address, as: "northduty") }
            let features = try #require(DecodedTile(answer.bytes)?.layers["outlines"])
            #expect(features.map(\.id) == [330_106_001_001_001])
            #expect(features.first?.properties["households"] == "321")
            #expect(try await world.get(address, as: "southduty").status == 204)
            let listed = try await world.get("/api/v1/features/collections/outlines/items", as: "northduty").object()
            #expect(listed["numberReturned"] as? Int == 1)
            try await set(120.5)
            for _ in 0..<200 where answer.status == 200 { answer = try await world.get(address, as: "northduty") }
            #expect(answer.status == 204)
        }
    }

    @Test("What is wrong is told by feature, and the rest goes on", arguments: EngineCase.available)
    func wrong(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let answer = try await world.call(
                .post, Self.post, as: "officer",
                Self.collection(
                    Self.square("330106001", 120.1, 30.2, 0.1), Self.square("330106001", 120.1, 30.2, 0.1),
                    Self.square("330106002", 30.2, 120.1, 0.1), Self.square("110101001", 120.1, 30.2, 0.1),
                    Self.square("330106009", 120.1, 30.2, 0.1), Self.square("330106002001", 190, 30, 0.1),
                    #"{"type":"Feature","properties":{"code":"330106002002"},"geometry":{"type":"Point","coordinates":[1,2]}}"#,
                    #"{"type":"Feature","properties":{},"geometry":null}"#))
            let object = try answer.object()
            #expect(object["taken"] as? Int == 1)
            let problems = try #require(object["problems"] as? [[String: Any]])
            #expect(
                problems.compactMap { $0["code"] as? String } == [
                    "shape.twice", "shape.mixed-up", "shape.other-area", "shape.other-area", "shape.not-on-earth",
                    "shape.no-polygon", "shape.no-id",
                ])
            #expect(problems.compactMap { $0["feature"] as? Int } == [2, 3, 4, 5, 6, 7, 8])
            for (body, name, status) in [
                (Self.collection(Self.square("330106009", 1, 1, 1)), "officer", 422), ("[]", "officer", 422),
                ("{", "officer", 422), (Self.collection(), "northduty", 403),
            ] {
                let refused = try await world.call(.post, Self.post, as: name, body)
                #expect(refused.status == status, "\(body.prefix(40)): \(refused.text)")
            }
        }
    }

    @Test("What a public map gave is moved to the national frame")
    func datum() async throws {
        try await MapWorld.with(.sqlite) { world in
            let body = Self.collection(Self.square("330106001", 120.1, 30.2, 0.01))
            let answer = try await world.call(.post, Self.post + "?datum=GCJ-02", as: "officer", body)
            #expect(answer.status == 200)
            let feature = try await world.get(
                "/api/v1/features/collections/outlines/items/330106001", as: "northduty"
            ).object()
            let geometry = try #require(feature["geometry"] as? [String: Any])
            let corner = try #require((geometry["coordinates"] as? [[[[Double]]]])?.first?.first?.first)
            let expected = Datum.gcj02.toCGCS2000(longitude: 120.1, latitude: 30.2)
            #expect(abs(corner[0] - expected.longitude) < 1e-6 && abs(corner[1] - expected.latitude) < 1e-6)
            #expect(abs(corner[0] - 120.1) > 0.003)
            #expect(try await world.call(.post, Self.post + "?datum=x", as: "officer", body).status == 422)
        }
    }

    @Test("Outlines are found by the index of places")
    func plan() async throws {
        try await MapWorld.with(.sqlite) { world in
            let queries = ShapeStore.queries(
                .community, sizes: [12, 14], low: SIMD2(0.83, 0.41), high: SIMD2(0.8301, 0.4101),
                within: MapWorld.north, limit: 10)
            #expect((2...24).contains(queries.count))
            for query in queries {
                let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                #expect(
                    plan.first?.contains("USING INDEX map_shapes_by_place (kind=? AND size=? AND cell>") == true,
                    "\(plan)")
            }
        }
    }
}
