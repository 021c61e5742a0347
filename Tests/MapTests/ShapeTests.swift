import Cases
import Desk
import Geo
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Map

@Suite("Outlines and buildings")
struct ShapeTests {
    /// Buildings of some 20 m in rows, 0.0005 degrees apart, as GeoJSON.
    private static func buildings(_ count: Int, area: String, from number: Int = 0) -> String {
        let features = (0..<count).map { index -> String in
            let west = 120.14 + 0.0005 * Double(index % 20)
            let south = 30.25 + 0.0005 * Double(index / 20)
            let (east, north) = (west + 0.0002, south + 0.0002)
            return """
                {"type":"Feature","id":"b\(number + index)","properties":{"area":"\(area)","name":"\(index + 1) 幢","floors":6},\
                "geometry":{"type":"Polygon","coordinates":[[[\(west),\(south)],[\(east),\(south)],[\(east),\(north)],[\(west),\(north)],[\(west),\(south)]]]}}
                """
        }
        return "{\"type\":\"FeatureCollection\",\"features\":[\(features.joined(separator: ","))]}"
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

    private static let post = "/api/v1/map/shapes/"

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
            let answer = try await world.call(
                .post, Self.post + "buildings", as: "officer", Self.buildings(200, area: MapWorld.community.code))
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try answer.object()["taken"] as? Int == 200)
            for zoom in [14, 15, 16] {
                let found = try await shown("buildings", zoom, "northduty", world)
                #expect(Set(found.compactMap { $0.properties["id"] }).count == 200)
                #expect(found.allSatisfy { ($0.properties["name"] == nil) == (zoom < 15) })
                #expect(found.allSatisfy { $0.kind == 3 })
            }
            #expect(try await shown("buildings", 15, "southduty", world).isEmpty)
            // Those of the features agree with those of the tiles, by box and page by page.
            let whole = try await world.get(
                "/api/v1/features/collections/buildings/items?limit=1000", as: "northduty"
            ).object()
            #expect((whole["features"] as? [Any])?.count == 200)
            let part = try await world.get(
                "/api/v1/features/collections/buildings/items?bbox=120.1399,30.2499,120.1411,30.2501&limit=2",
                as: "northduty"
            ).object()
            #expect(part["numberReturned"] as? Int == 2)
            let links = try #require(part["links"] as? [[String: Any]])
            #expect(links.contains { $0["rel"] as? String == "next" })
        }
    }

    @Test(
        "Outlines of every size are in every tile that they meet, at the zoom of their level",
        arguments: EngineCase.available)
    func outlines(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            _ = try await world.reported(at: nil)
            let answer = try await world.call(
                .post, Self.post + "outlines", as: "officer",
                Self.collection(
                    Self.square("330106001", 120.1, 30.2, 0.1), Self.square("330106002", 120.2, 30.2, 0.1),
                    Self.square("330106001001", 120.1, 30.2, 0.03), Self.square("330106001001001", 120.1, 30.2, 0.004)))
            #expect(try answer.object()["taken"] as? Int == 4, "\(answer.text)")
            for zoom in 6...11 {
                let found = try await shown("outlines", zoom, "coordinator", world)
                #expect(Set(found.compactMap { $0.properties["id"] }) == ["330106001", "330106002"], "\(zoom)")
                #expect(found.first { $0.properties["id"] == "330106001" }?.properties["open"] == "1")
                #expect(found.first { $0.properties["id"] == "330106001" }?.properties["name"] == "北山街道")
            }
            #expect(
                Set(try await shown("outlines", 13, "coordinator", world).compactMap { $0.properties["id"] })
                    == ["330106001001"])
            // 0.03 degrees are 22 tiles of zoom 15 and a part of one on each side.
            let grid = try await shown("outlines", 14, "northduty", world)
            #expect(Set(grid.compactMap { $0.properties["id"] }) == ["330106001001001"])
            #expect(
                try await shown("outlines", 10, "southduty", world).compactMap { $0.properties["id"] }.contains(
                    "330106001") == false)
            // Without a geometry it is taken away.
            let gone = try await world.call(
                .post, Self.post + "outlines", as: "officer",
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

    @Test("What is wrong is told by feature, and the rest goes on", arguments: EngineCase.available)
    func wrong(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let answer = try await world.call(
                .post, Self.post + "outlines", as: "officer",
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
            for (body, layer, name, status) in [
                (Self.collection(Self.square("330106009", 1, 1, 1)), "outlines", "officer", 422),
                ("[]", "outlines", "officer", 422), ("{", "buildings", "officer", 422),
                (Self.collection(), "roads", "officer", 404), (Self.collection(), "outlines", "northduty", 403),
            ] {
                let refused = try await world.call(.post, Self.post + layer, as: name, body)
                #expect(refused.status == status, "\(layer) \(body.prefix(40)): \(refused.text)")
            }
        }
    }

    @Test("What a public map gave is moved to the national frame")
    func datum() async throws {
        try await MapWorld.with(.sqlite) { world in
            let body = Self.collection(Self.square("330106001", 120.1, 30.2, 0.01))
            let answer = try await world.call(.post, Self.post + "outlines?datum=GCJ-02", as: "officer", body)
            #expect(answer.status == 200)
            let feature = try await world.get(
                "/api/v1/features/collections/outlines/items/330106001", as: "northduty"
            ).object()
            let geometry = try #require(feature["geometry"] as? [String: Any])
            let corner = try #require((geometry["coordinates"] as? [[[[Double]]]])?.first?.first?.first)
            let expected = Datum.gcj02.toCGCS2000(longitude: 120.1, latitude: 30.2)
            #expect(abs(corner[0] - expected.longitude) < 1e-6 && abs(corner[1] - expected.latitude) < 1e-6)
            #expect(abs(corner[0] - 120.1) > 0.003)
            #expect(try await world.call(.post, Self.post + "outlines?datum=x", as: "officer", body).status == 422)
        }
    }

    @Test("A tile of buildings is found by the index of places")
    func plan() async throws {
        try await MapWorld.with(.sqlite) { world in
            let queries = ShapeStore.queries(
                .building, sizes: [17, 20], low: SIMD2(0.83, 0.41), high: SIMD2(0.8301, 0.4101),
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
