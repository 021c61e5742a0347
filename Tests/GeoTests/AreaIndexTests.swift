import Geo
import Testing

@Suite struct AreaIndexTests {
    private struct Source {
        var seed: UInt64 = 7
        mutating func next() -> Double {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(seed >> 11) / Double(1 << 53)
        }
    }

    /// Crooked quarters without gaps: a lattice whose corners were moved.
    private static func quarters(_ side: Int) -> [[Polygon]] {
        var source = Source()
        let corners = (0...side).map { row in
            (0...side).map { column in
                Position(
                    x: 120 + 0.01 * (Double(column) + 0.6 * (source.next() - 0.5)),
                    y: 30 + 0.01 * (Double(row) + 0.6 * (source.next() - 0.5)))
            }
        }
        return (0..<side * side).map { number in
            let (row, column) = (number / side, number % side)
            return [
                Polygon(
                    outer: Ring(corners: [
                        corners[row][column], corners[row][column + 1], corners[row + 1][column + 1],
                        corners[row + 1][column],
                    ]))
            ]
        }
    }

    @Test("Every point between areas without gaps lies in exactly one, the one that each area alone says")
    func oneAnswer() {
        let areas = Self.quarters(20)
        let index = AreaIndex(areas)
        let alone = areas.map { AreaIndex([$0]) }
        var source = Source(seed: 99)
        for _ in 0..<2_000 {
            let point = Position(x: 120.01 + 0.18 * source.next(), y: 30.01 + 0.18 * source.next())
            let found = alone.indices.filter { alone[$0].area(at: point) == 0 }
            #expect(found.count == 1)
            #expect(index.area(at: point) == found.first)
        }
        // On the corners and in the middle of the borders, too.
        for area in areas.dropFirst(21).prefix(300) where area[0].outer.positions[0].x > 120.02 {
            let ring = area[0].outer.positions
            let middle = Position(x: (ring[0].x + ring[1].x) / 2, y: (ring[0].y + ring[1].y) / 2)
            for point in [ring[0], middle] where point.y > 30.02 && point.y < 30.18 && point.x < 120.18 {
                #expect(alone.count { $0.area(at: point) == 0 } == 1)
            }
        }
    }

    @Test("A hole is outside, a second part inside, and nowhere is nowhere")
    func shapes() {
        func square(_ low: Double, _ high: Double) -> Ring {
            Ring(corners: [
                Position(x: low, y: low), Position(x: high, y: low), Position(x: high, y: high),
                Position(x: low, y: high),
            ])
        }
        let index = AreaIndex([
            [], [Polygon(outer: square(0, 10), holes: [square(2, 4)]), Polygon(outer: square(20, 22))],
            [Polygon(outer: square(2.5, 3))],
        ])
        #expect(index.area(at: Position(x: 1, y: 1)) == 1)
        #expect(index.area(at: Position(x: 3.5, y: 3.5)) == nil)
        #expect(index.area(at: Position(x: 2.7, y: 2.7)) == 2)
        #expect(index.area(at: Position(x: 21, y: 21)) == 1)
        #expect(index.area(at: Position(x: 15, y: 15)) == nil)
        #expect(index.area(at: Position(x: -1, y: 500)) == nil)
        #expect(index.area(at: Position(x: .nan, y: 1)) == nil)
        #expect(AreaIndex([]).area(at: Position(x: 1, y: 1)) == nil)
    }
}
