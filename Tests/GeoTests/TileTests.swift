import Geo
import Testing

@Suite struct TileTests {
    @Test("A point is in the tile that every map of the web puts it in")
    func address() {
        // 120.155° E, 30.274° N at zoom 14, by the formula of the OpenStreetMap wiki.
        let tile = TileAddress(zoom: 14, longitude: 120.155, latitude: 30.274)
        #expect(tile == TileAddress(zoom: 14, column: 13660, row: 6745))
        #expect(tile?.box().contains(Position(x: 120.155, y: 30.274)) == true)
        #expect(TileAddress(zoom: 3, column: 8, row: 0) == nil)
        #expect(TileAddress(zoom: 23, column: 0, row: 0) == nil)
        #expect(TileAddress(zoom: 2, column: -1, row: 0) == nil)
    }

    @Test("A tile is one range of cells, and its four quarters share that range out")
    func cells() throws {
        let whole = try #require(TileAddress(zoom: 13, column: 6830, row: 3372)).cells
        var found: [ClosedRange<Int64>] = []
        for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            found.append(try #require(TileAddress(zoom: 14, column: 13660 + x, row: 6744 + y)).cells)
        }
        #expect(found.first?.lowerBound == whole.lowerBound)
        #expect(found.last?.upperBound == whole.upperBound)
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.upperBound + 1 == $1.lowerBound })
        let cell = try #require(SpatialCell(longitude: 120.155, latitude: 30.274))
        #expect(found[2].contains(cell.rawValue))
        #expect(SpatialCell(longitude: .nan, latitude: 0) == nil)
        #expect(SpatialCell(longitude: 181, latitude: 0) == nil)
    }

    @Test("The ranges of a box hold every point of it, and not much else")
    func covering() throws {
        let box = Box(west: 120.101, south: 30.203, east: 120.187, north: 30.291)
        let ranges = box.cells(most: 12)
        #expect(ranges.count <= 12)
        for longitude in stride(from: box.west, through: box.east, by: 0.002) {
            for latitude in stride(from: box.south, through: box.north, by: 0.002) {
                let cell = try #require(SpatialCell(longitude: longitude, latitude: latitude)).rawValue
                #expect(ranges.contains { $0.contains(cell) })
            }
        }
        let held = ranges.reduce(0) { $0 + Double($1.count) }
        let own = (box.east - box.west) / 360 * (box.north - box.south) / 360 / 0.8635 * 281_474_976_710_656
        #expect(held < own * 3)
    }

    private static func square(_ tile: TileAddress, from low: Double, to high: Double) -> [SIMD2<Double>] {
        [(low, low), (low, high), (high, high), (high, low), (low, low)].map {
            tile.origin + SIMD2($0.0, $0.1) * tile.side
        }
    }

    @Test("A polygon is cut to the tile, its outer ring turns clockwise and its hole the other way")
    func polygon() throws {
        let tile = try #require(TileAddress(zoom: 12, column: 3415, row: 1688))
        let shape = TileShape.polygons([[Self.square(tile, from: 0.5, to: 2), Self.square(tile, from: 0.6, to: 0.7)]])
        guard case .polygons(let polygons)? = TileCutter(tile).cut(shape) else {
            Issue.record("nothing was left of it")
            return
        }
        #expect(polygons.count == 1)
        let rings = polygons[0]
        #expect(rings.count == 2)
        #expect(Set(rings[0]) == [[2048, 2048], [4160, 2048], [4160, 4160], [2048, 4160]])
        #expect(area(rings[0]) > 0)
        #expect(area(rings[1]) < 0)
        #expect(TileCutter(tile).cut(.polygons([[Self.square(tile, from: 1.5, to: 2)]])) == nil)
        #expect(TileCutter(tile).cut(.polygons([[[tile.origin, tile.origin]]])) == nil)
        #expect(TileCutter(tile).cut(.polygons([[]])) == nil)
    }

    private func area(_ ring: [SIMD2<Int32>]) -> Int {
        zip(ring, ring.dropFirst() + ring.prefix(1)).reduce(0) {
            $0 + Int($1.0.x) * Int($1.1.y) - Int($1.1.x) * Int($1.0.y)
        }
    }

    @Test("Where two neighbours meet, both keep the same corners, however coarse the tile")
    func neighbours() throws {
        let tile = try #require(TileAddress(zoom: 9, column: 426, row: 211))
        let border = (0...200).map { step -> SIMD2<Double> in
            let place = SIMD2(0.5 + 0.003 * Double((step * 37) % 11), 0.1 + 0.004 * Double(step))
            return tile.origin + place * tile.side
        }
        let west = [tile.origin + SIMD2(0.1, 0.1) * tile.side] + border + [tile.origin + SIMD2(0.1, 0.9) * tile.side]
        let east = [tile.origin + SIMD2(0.9, 0.1) * tile.side] + border + [tile.origin + SIMD2(0.9, 0.9) * tile.side]
        func corners(_ ring: [SIMD2<Double>]) -> Set<SIMD2<Int32>> {
            guard case .polygons(let found)? = TileCutter(tile, step: 8).cut(.polygons([[ring]])) else { return [] }
            return Set(found.joined().joined()).filter { $0.x > 1000 && $0.x < 3000 }
        }
        #expect(corners(west).count > 20)
        let onlyOne = corners(west).symmetricDifference(corners(east))
        // Only the two ends of the border, where one has a straight line and the other a corner, may differ.
        #expect(onlyOne.count <= 2)
    }

    @Test("A line that leaves the tile and comes back is two lines")
    func line() throws {
        let tile = try #require(TileAddress(zoom: 5, column: 20, row: 10))
        let points = [(0.5, 0.5), (1.5, 0.5), (1.5, 0.7), (0.5, 0.7)].map {
            tile.origin + SIMD2($0.0, $0.1) * tile.side
        }
        #expect(
            TileCutter(tile, buffer: 0).cut(.lines([points]))
                == .lines([[[2048, 2048], [4096, 2048]], [[4096, 2867], [2048, 2867]]]))
    }

    @Test("What is written is read back by the text of the format")
    func writing() throws {
        var layer = TileWriter.Layer("grids")
        layer.add(
            id: 330_106_001_001_001, .polygons([[[[0, 0], [10, 0], [10, 10]], [[3, 2], [5, 4], [5, 2]]]]),
            [("name", .text("第一网格")), ("households", .integer(-3)), ("load", .number(0.5)), ("late", .truth(true))])
        layer.add(.points([[5, 5], [4000, -60]]), [("name", .text("第一网格"))])
        var writer = TileWriter()
        writer.add(layer)
        writer.add(TileWriter.Layer("empty"))
        let tile = try #require(DecodedTile(writer.bytes))
        #expect(Set(tile.layers.keys) == ["grids"])
        let features = try #require(tile.layers["grids"])
        #expect(features.map(\.kind) == [3, 1])
        #expect(features[0].id == 330_106_001_001_001)
        #expect(features[0].parts == [[[0, 0], [10, 0], [10, 10]], [[3, 2], [5, 4], [5, 2]]])
        #expect(Array(features[1].parts.joined()) == [SIMD2(5, 5), SIMD2(4000, -60)])
        #expect(features[0].properties == ["name": "第一网格", "households": "-3", "load": "0.5", "late": "true"])
        #expect(features[1].properties == ["name": "第一网格"])
        #expect(TileWriter().bytes.isEmpty)
    }
}
