import Desk
import Geo
import Grids
import Ground
import Storage
import StorageTesting
import Testing

@testable import Map

@Suite("Tiles of dense places")
struct DenseTileTests {
    private static let tile = TileAddress(zoom: 14, longitude: 120.15, latitude: 30.25)

    private static func building(_ id: String, _ place: Position, outline: Geometry? = nil) -> Building {
        Building(
            id: id, community: MapWorld.community.code, name: id, households: 6, place: place, outline: outline)
    }

    /// Rows and columns over a box.
    private static func buildings(_ count: Int, _ name: String, in box: Box) -> [Building] {
        let columns = Int(Double(count).squareRoot().rounded(.up))
        return (0..<count).map { number in
            let (column, row) = (Double(number % columns) + 0.5, Double(number / columns) + 0.5)
            return building(
                "\(name)\(number)",
                Position(
                    longitude: box.west + box.width * column / Double(columns),
                    latitude: box.south + box.height * row / Double(columns)))
        }
    }

    /// All around a tile, so near that the ranges of cells that hold the tile hold them, too.
    private static func around(_ count: Int, _ tile: TileAddress) -> [Building] {
        let (box, wide) = (tile.box(margin: 0.02), tile.box(margin: 0.05))
        let sides = [
            Box(west: wide.west, south: wide.south, east: box.west, north: wide.north),
            Box(west: box.east, south: wide.south, east: wide.east, north: wide.north),
            Box(west: box.west, south: wide.south, east: box.east, north: box.south),
            Box(west: box.west, south: box.north, east: box.east, north: wide.north),
        ]
        return sides.enumerated().flatMap { buildings(count / 4, "around\($0.offset)-", in: $0.element) }
    }

    private func decoded(_ tile: TileAddress, _ world: MapWorld, as name: String = "northduty") async throws
        -> DecodedTile
    {
        let answer = try await world.get(
            "/api/v1/map/tiles/buildings/\(tile.zoom)/\(tile.column)/\(tile.row)", as: name)
        #expect(answer.status == 200, "\(answer.text.prefix(200))")
        return try #require(DecodedTile(answer.bytes))
    }

    @Test(
        "What stands around a tile takes the place of no building in it, and one that reaches in is drawn",
        arguments: EngineCase.available)
    func around(engine: EngineCase) async throws {
        try await MapWorld.with(engine, most: 100) { world in
            let tile = try #require(Self.tile)
            let box = tile.box()
            let inside = Self.buildings(90, "inside", in: box)
            // Its middle is outside, its eastern wing is not.
            let middle = Position(longitude: box.west - box.width * 0.03, latitude: box.middle.latitude)
            let wing = Ring(
                corners: [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map {
                    Position(x: middle.x + box.width * 0.05 * $0.0, y: middle.y + box.height * 0.01 * $0.1)
                })
            let reaching = Self.building("reaching", middle, outline: .polygon(Polygon(outer: wing)))
            let all = inside + Self.around(320, tile) + [reaching]
            try await world.house.database.write { try Grids.register(buildings: all, in: $0) }
            let decoded = try await decoded(tile, world)
            let found = Set((decoded.layers["buildings"] ?? []).compactMap { $0.properties["id"] })
            #expect(found == Set(inside.map(\.id) + ["reaching"]))
        }
    }

    @Test("A tile that cannot hold all there is says so, and one that can does not", arguments: EngineCase.available)
    func says(engine: EngineCase) async throws {
        try await MapWorld.with(engine, most: 100) { world in
            let tile = try #require(Self.tile)
            let all = Self.buildings(110, "inside", in: tile.box())
            try await world.house.database.write { try Grids.register(buildings: Array(all.prefix(100)), in: $0) }
            #expect(try await decoded(tile, world).layers.keys.sorted() == ["buildings"])
            try await world.house.database.write { try Grids.register(buildings: all, in: $0) }
            // A tile is kept for a fifth of a second whatever happens; another viewer asks for one of their own.
            let short = try await decoded(tile, world, as: "coordinator")
            #expect(short.layers["buildings"]?.count == 100)
            #expect(short.layers["shortened"]?.map(\.properties) == [["shown": "100"]])
            // Nearer, there is room for all.
            let near = try #require(TileAddress(zoom: 15, column: tile.column * 2, row: tile.row * 2))
            #expect(try await decoded(near, world).layers.keys.sorted() == ["buildings"])
            #expect(try await world.get("/map", as: "northduty").text.contains("data-map-shortened"))
            // A page of features over the whole tile is refused as before, a smaller box is not.
            let box = tile.box()
            let whole =
                "/api/v1/features/collections/buildings/items?bbox=\(box.west),\(box.south),\(box.east),\(box.north)"
            #expect(try await world.get(whole, as: "northduty").status == 422)
            let middle = box.middle
            let half =
                "/api/v1/features/collections/buildings/items?bbox=\(box.west),\(box.south),\(middle.x),\(middle.y)"
            #expect(try await world.get(half, as: "northduty").status == 200)
        }
    }
}
