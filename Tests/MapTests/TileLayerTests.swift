import Cases
import Desk
import Geo
import Ground
import Places
import Storage
import StorageTesting
import Testing

@testable import Cases
@testable import Map

@Suite("Tiles of the layers")
struct TileLayerTests {
    /// Reproducible places around the grids of the world.
    private static func places(_ count: Int) -> [Position] {
        var seed: UInt64 = 0x2026
        func next() -> Double {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(seed >> 11) / Double(1 << 53)
        }
        return (0..<count).map { _ in Position(longitude: 120.12 + next() * 0.06, latitude: 30.24 + next() * 0.05) }
    }

    /// All tiles of a zoom over the county.
    private static func tiles(_ zoom: Int) throws -> [TileAddress] {
        let one = try #require(TileAddress(zoom: zoom, longitude: 120.11, latitude: 30.31))
        let two = try #require(TileAddress(zoom: zoom, longitude: 120.19, latitude: 30.23))
        return (one.row...two.row).flatMap { row in
            (one.column...two.column).compactMap { TileAddress(zoom: zoom, column: $0, row: row) }
        }
    }

    private func features(_ layer: any MapLayer, _ zoom: Int, _ question: MapQuestion, _ world: MapWorld) async throws
        -> [DecodedTile.Feature]
    {
        var found: [DecodedTile.Feature] = []
        for tile in try Self.tiles(zoom) {
            let bytes = try await world.house.database.read { transaction in
                var writer = TileWriter()
                writer.add(try layer.tile(tile, question, in: transaction))
                return writer.bytes
            }
            found += try #require(DecodedTile(bytes)).layers[layer.name] ?? []
        }
        return found
    }

    @Test(
        "Gathered or single, at every zoom a map shows each open matter with a place once",
        arguments: EngineCase.available)
    func counts(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let (north, south) = (MapWorld.community, try #require(AreaPrefix("330106002001")))
            for (number, place) in Self.places(60).enumerated() {
                _ = try await world.reported(at: place, in: number % 3 == 0 ? south : north)
            }
            // Without a place, it is in the figures and not on the map.
            _ = try await world.reported(at: nil)
            let layer = MatterLayer(map: world.map)
            for (name, expected) in [("coordinator", 60), ("northduty", 40), ("southduty", 20)] {
                let question = try world.question(name)
                for zoom in 8...15 {
                    let found = try await features(layer, zoom, question, world)
                    let sum = found.reduce(0) { $0 + (Int($1.properties["count"] ?? "1") ?? 0) }
                    #expect(sum == expected, "\(name) at \(zoom)")
                    #expect(found.allSatisfy { ($0.properties["count"] == nil) == (zoom >= 14) })
                    #expect(zoom < 14 || Set(found.map(\.id)).count == expected)
                }
            }
            // A department sees what it was given, and it was given nothing.
            #expect(try await features(layer, 10, try world.question("cityhand"), world).isEmpty)
        }
    }

    @Test("The figures of areas agree with the matters, level by level", arguments: EngineCase.available)
    func figures(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            for (number, place) in Self.places(12).enumerated() {
                let code = ["330106001001", "330106001002", "330106002001", "330106002"][number % 4]
                _ = try await world.reported(at: place, in: try #require(AreaPrefix(code)))
            }
            let question = try world.question("coordinator")
            let figures = try await world.house.database.read { try world.map.figures(for: question, in: $0) }
            #expect(figures["330106"].total == 12)
            #expect(figures["330106001"].total == 6)
            #expect(figures["330106002"].total == 6)
            #expect(figures["330106001001"].total == 3)
            let counted = try await world.house.database.query("SELECT COUNT(*) FROM cases WHERE ended_at IS NULL")
            #expect(try #require(counted.first).int(0) == figures["330106"].total)
            let streets = try await features(AreaLayer(map: world.map), 10, question, world)
            #expect(streets.compactMap { Int($0.properties["open"] ?? "") }.reduce(0, +) == 12)
            #expect(Set(streets.compactMap { $0.properties["name"] }) == ["北山街道", "南山街道"])
            #expect(Set(streets.compactMap(\.id)) == [330_106_001, 330_106_002])
            let communities = try await features(AreaLayer(map: world.map), 13, try world.question("northduty"), world)
            #expect(Set(communities.compactMap { $0.properties["name"] }) == ["宝石社区", "曙光社区"])
        }
    }

    @Test("What ended, and what was withheld, is on no map", arguments: EngineCase.available)
    func gone(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let place = Position(longitude: 120.15, latitude: 30.25)
            let kept = try await world.reported(at: place)
            let withheld = try await world.reported(at: place)
            let scope = try world.scope("northduty")
            let (cases, now) = (world.cases, world.now)
            try await world.house.database.write {
                _ = try cases.withhold(withheld.id, by: scope, at: now, in: $0)
            }
            let found = try await features(MatterLayer(map: world.map), 15, try world.question("northduty"), world)
            #expect(found.compactMap { $0.properties["id"] } == [kept.id.text])
            let cells = try await world.house.database.query(
                "SELECT COUNT(*) FROM cases WHERE cell IS NOT NULL AND id = \(withheld.id)")
            #expect(try #require(cells.first).int(0) == 0)
        }
    }

    @Test("Matters of the years before the map get their place", arguments: EngineCase.available)
    func oldMatters(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let place = Position(longitude: 120.15, latitude: 30.25)
            let matter = try await world.reported(at: place)
            try await world.house.database.write { try $0.execute("UPDATE cases SET cell = NULL") }
            let layer = MatterLayer(map: world.map)
            #expect(try await features(layer, 15, try world.question("northduty"), world).isEmpty)
            let filled = try await world.house.database.write { try MatterPlaceStore.fill(most: 10, in: $0) }
            #expect(filled == 1)
            #expect(try await world.house.database.write { try MatterPlaceStore.fill(most: 10, in: $0) } == 0)
            let found = try await features(layer, 15, try world.question("northduty"), world)
            #expect(found.compactMap { $0.properties["number"] } == [matter.number])
        }
    }

    @Test("A tile, a part of a map and a page of landmarks are found by an index, whatever is filtered")
    func plans() async throws {
        try await MapWorld.with(.sqlite) { world in
            var filter = CaseFilter()
            filter.area = MapWorld.north
            filter.category = "01"
            filter.states = [world.cases.rules.workflow.first]
            filter.isOverdue = true
            filter.now = world.now
            filter.body = try world.body("city")
            filter.mine = .handler
            for name in ["coordinator", "northduty", "clerk", "worker", "cityhand"] {
                let scope = try world.scope(name)
                for filter in [CaseFilter(), filter] {
                    let range: ClosedRange<Int64> = 1_000...2_000
                    for query in [
                        MatterPlaceStore.matters(
                            filter, in: range, box: Box(west: 1, south: 1, east: 2, north: 2),
                            after: PlacedMatter.Key(cell: 5, id: world.house.identifiers.next(at: world.now)),
                            limit: 10, for: scope),
                        MatterPlaceStore.clusters(filter, in: range, zoom: 12, for: scope, at: world.now),
                    ] {
                        let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map {
                            try $0.text(3)
                        }
                        #expect(
                            plan.first?.contains("SEARCH cases USING INDEX cases_open_by_cell (") == true, "\(plan)")
                    }
                }
            }
            let query = LandmarkStore.placed(
                in: Box(west: 120, south: 30, east: 121, north: 31), within: MapWorld.north, after: nil, limit: 10)
            let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
            #expect(plan.first?.contains("case_landmarks_by_place") == true, "\(plan)")
        }
    }
}
