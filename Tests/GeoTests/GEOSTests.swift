import Geo
import Testing

func square(_ x: Double, _ y: Double, _ side: Double = 10) -> Geometry {
    .polygon(
        Polygon(
            outer: Ring(corners: [
                Position(x: x, y: y), Position(x: x + side, y: y), Position(x: x + side, y: y + side),
                Position(x: x, y: y + side),
            ])))
}

func area(_ geometry: Geometry?) -> Double { geometry?.areas.reduce(0) { $0 + $1.area } ?? 0 }

@Suite("Geometry engine")
struct GEOSTests {
    let engine = GEOS()

    @Test("An eight is told as self-crossing and mended into its two halves")
    func bowtie() throws {
        let eight = Geometry.polygon(
            Polygon(
                outer: Ring(corners: [
                    Position(x: 0, y: 0), Position(x: 10, y: 10), Position(x: 10, y: 0), Position(x: 0, y: 10),
                ])))
        #expect(try #require(engine.problem(of: eight)).contains("Self-intersection"))
        let mended = try #require(engine.repaired(eight))
        #expect(engine.problem(of: mended) == nil)
        #expect(area(mended) == 50)
    }

    @Test("A ring left open is closed; what has no area cannot be mended")
    func open() throws {
        let corners = [Position(x: 0, y: 0), Position(x: 4, y: 0), Position(x: 4, y: 4)]
        let open = Geometry.polygon(Polygon(outer: Ring(corners)))
        #expect(engine.problem(of: open) != nil)
        #expect(area(engine.repaired(open)) == 8)
        #expect(engine.repaired(.polygon(Polygon(outer: Ring(Array(corners.prefix(2)))))) == nil)
        #expect(engine.problem(of: .polygons([])) == "Empty")
        let line = Ring(corners: [Position(x: 0, y: 0), Position(x: 1, y: 1), Position(x: 2, y: 2)])
        #expect(engine.repaired(.polygon(Polygon(outer: line))) == nil)
    }

    @Test("Joined squares have no wall inside")
    func union() throws {
        let whole = try #require(engine.union([square(0, 0), square(10, 0), square(30, 0)]))
        #expect(whole.areas.count == 2)
        #expect(area(whole) == 300)
    }

    @Test(
        "Well-known binary comes back as it went",
        arguments: [
            Geometry.point(Position(x: 1.5, y: -2)), .line([Position(x: 0, y: 0), Position(x: 1, y: 1)]), square(3, 4),
            .polygons([]), .collection([square(1, 1), .points([Position(x: 1, y: 2)])]),
        ])
    func binary(geometry: Geometry) {
        let bytes = WellKnownBinary.bytes(geometry)
        #expect(WellKnownBinary.geometry(bytes) == geometry)
        // Cut anywhere, it is refused and never read past its end.
        for count in 0..<bytes.count { #expect(WellKnownBinary.geometry(bytes.prefix(count)) == nil) }
    }

    @Test("A count that cannot be true allocates nothing")
    func lyingCount() {
        #expect(WellKnownBinary.geometry([1, 2, 0, 0, 0, 255, 255, 255, 255]) == nil)
        #expect(WellKnownBinary.geometry([1, 7, 0, 0, 0, 255, 255, 255, 127]) == nil)
    }

    @Test("A metre on the local plane is a metre: a degree of latitude at 30° north has 110.85 km")
    func plane() {
        let plane = LocalPlane(around: Position(longitude: 120, latitude: 30))
        let north = plane.metres(Position(longitude: 120, latitude: 31))
        let east = plane.metres(Position(longitude: 121, latitude: 30))
        #expect(abs(north.y - 110_852) < 5)
        #expect(abs(east.x - 96_486) < 5)
        let back = plane.degrees(plane.metres(Position(longitude: 120.123456, latitude: 30.2)))
        #expect(abs(back.longitude - 120.123456) < 1e-12)
    }

    @Test("Boxes are found wherever they are, each once")
    func boxes() {
        var boxes: [Box] = []
        for x in 0..<20 {
            for y in 0..<20 {
                boxes.append(Box(west: Double(x), south: Double(y), east: Double(x) + 1.5, north: Double(y) + 0.5))
            }
        }
        boxes.append(Box(west: -1000, south: 3, east: 1000, north: 4))
        let index = BoxIndex(boxes)
        for query in [boxes[0], boxes[210], boxes[400], Box(west: 50, south: 50, east: 60, north: 60)] {
            #expect(index.touching(query) == boxes.indices.filter { boxes[$0].touches(query) })
        }
        #expect(BoxIndex([]).touching(boxes[0]).isEmpty)
    }
}

@Suite("Neighbours")
struct NeighbourTests {
    /// Points every ten metres.
    func grid(_ columns: Int, _ rows: Int) -> [Neighbours.Unit] {
        var units: [Neighbours.Unit] = []
        for row in 0..<rows {
            for column in 0..<columns {
                // Not on one exact lattice: four points of a circle have two triangulations.
                let x = Double(column * 10 + row % 3)
                let y = Double(row * 10 + column % 2)
                units.append(Neighbours.Unit(middle: Position(x: x, y: y)))
            }
        }
        return units
    }

    @Test("Points are joined to those beside them, and all hang together")
    func points() {
        let found = Neighbours(of: grid(10, 10))
        #expect(found.method == .delaunay)
        #expect(found.parts == 1)
        #expect(found.edges.allSatisfy { $0.from < $0.to && $0.affinity == 3 })
        #expect((200...300).contains(found.edges.count))
    }

    @Test("A river parts what lies on its banks; a bridge joins them there and nowhere else")
    func river() {
        let units = grid(20, 10)
        let river = Neighbours.Barrier(course: [Position(x: -50, y: 46), Position(x: 300, y: 46)], affinity: nil)
        let apart = Neighbours(of: units, barriers: [river])
        #expect(apart.parts == 2)
        #expect(apart.cut > 15)
        var rules = Neighbours.Rules()
        rules.bridgeReach = 6
        let joined = Neighbours(of: units, barriers: [river], bridges: [Position(x: 100, y: 46)], rules: rules)
        #expect(joined.parts == 1)
        #expect((1...4).contains(joined.bridged))
        #expect(joined.edges.filter { $0.affinity == 1 }.count == joined.bridged)
        // A bridge that stands a little off still joins its nearest banks.
        let off = Neighbours(of: units, barriers: [river], bridges: [Position(x: 100, y: 66)], rules: rules)
        #expect(off.parts == 1 && off.bridged == 1)
    }

    @Test("A road lowers what parting costs, but not inside a compound")
    func road() {
        var units = grid(6, 2)
        units[2].compound = 7
        units[8].compound = 7
        let road = Neighbours.Barrier(course: [Position(x: -50, y: 5), Position(x: 300, y: 5)], affinity: 1)
        let found = Neighbours(of: units, barriers: [road])
        #expect(found.parts == 1)
        #expect(found.edges.first { $0.from == 2 && $0.to == 8 }?.affinity == 8)
        #expect(found.edges.filter { $0.affinity == 1 }.count >= 5)
        #expect(found.edges.first { $0.from == 0 && $0.to == 1 }?.affinity == 3)
    }

    @Test("Areas that tile the ground adjoin where they share a wall, not where corners touch")
    func walls() {
        let units = (0..<9).map { number in
            let shape = square(Double(number % 3) * 10, Double(number / 3) * 10)
            return Neighbours.Unit(middle: shape.middle ?? Position(x: 0, y: 0), shape: shape)
        }
        let found = Neighbours(of: units)
        #expect(found.method == .walls)
        #expect(found.edges.count == 12)
        #expect(!found.edges.contains { $0.from == 0 && $0.to == 4 })
    }

    @Test("Houses that stand close are near each other though they share no wall", arguments: [2, 6, 8])
    func closeHouses(count: Int) {
        let units = (0..<count).map { number in
            let shape = square(Double(number % 4) * 12, Double(number / 4) * 12)
            return Neighbours.Unit(middle: shape.middle ?? Position(x: 0, y: 0), shape: shape)
        }
        let found = Neighbours(of: units)
        #expect(found.method == .delaunay)
        #expect(found.parts == 1)
    }

    @Test("Units at one place, on one line, or alone are joined as far as there is anything to join")
    func degenerate() {
        let here = Neighbours.Unit(middle: Position(x: 5, y: 5))
        #expect(Neighbours(of: []).parts == 0)
        #expect(Neighbours(of: [here]).parts == 1)
        #expect(Neighbours(of: [here, here, here]).parts == 1)
        let line = (0..<5).map { Neighbours.Unit(middle: Position(x: Double($0) * 7, y: 3)) }
        #expect(Neighbours(of: line).parts == 1)
        #expect(Neighbours(of: line).edges.count == 4)
    }

    @Test("A far hamlet is joined by its shortest way only")
    func hamlet() {
        let units =
            grid(10, 10) + grid(3, 3).map { Neighbours.Unit(middle: Position(x: $0.middle.x + 3000, y: $0.middle.y)) }
        let found = Neighbours(of: units)
        #expect(found.parts == 1)
        #expect(found.edges.filter { $0.from < 100 && $0.to >= 100 }.count == 1)
    }

    @Test("Outlines of groups neither overlap nor leave ground between them, and hold their buildings")
    func outlines() throws {
        let engine = GEOS()
        let units = (0..<36).map { number in
            let shape = square(Double(number % 6) * 30, Double(number / 6) * 25, 14)
            return Neighbours.Unit(middle: shape.middle ?? Position(x: 0, y: 0), shape: shape)
        }
        let groupOf = units.indices.map { Int32($0 % 6 < 3 ? 0 : 1) }
        let hull = try #require(engine.hull(.points(units.map(\.middle))))
        let ground = try #require(engine.buffered(hull, by: 20))
        let outlines = Tessellation(engine: engine).outlines(of: units, groupOf: groupOf, groups: 3, within: ground)
        #expect(outlines[2] == nil)
        let (west, east) = (try #require(outlines[0]), try #require(outlines[1]))
        #expect(area(engine.intersection(west, east)) < 1e-6)
        #expect(abs(area(west) + area(east) - area(ground)) < 1e-6)
        for (number, unit) in units.enumerated() {
            let own = number % 6 < 3 ? west : east
            let shape = try #require(unit.shape)
            #expect(abs(area(engine.intersection(own, shape)) - 196) < 1e-6)
        }
        // Points alone do, too, and one point has all of its ground.
        let alone = Tessellation(engine: engine).outlines(
            of: [Neighbours.Unit(middle: Position(x: 0, y: 0))], groupOf: [0], groups: 1)
        #expect(area(alone[0]) > 10_000)
    }
}
