/// A geometry on the unit square of Web Mercator, on its way into a tile.
public enum TileShape: Sendable, Hashable {
    case points([SIMD2<Double>])
    case lines([[SIMD2<Double>]])
    /// Each polygon as its rings, the outer one first; rings need not be closed.
    case polygons([[[SIMD2<Double>]]])
}

extension TileShape {
    /// The areas of a geometry, else its lines, else its points; nil when it is empty.
    /// - Parameter geometry: in degrees.
    public init?(_ geometry: Geometry) {
        func projected(_ positions: [Position]) -> [SIMD2<Double>] { positions.map(WebMercator.unit) }
        let (areas, courses) = (geometry.areas, geometry.courses)
        if !areas.isEmpty {
            self = .polygons(areas.map { area in ([area.outer] + area.holes).map { projected($0.positions) } })
        } else if !courses.isEmpty {
            self = .lines(courses.map(projected))
        } else {
            var points: [SIMD2<Double>] = []
            geometry.forEachPosition { points.append(WebMercator.unit($0)) }
            guard !points.isEmpty else { return nil }
            self = .points(points)
        }
    }
}

/// A geometry in whole numbers of a tile: 0, 0 is its north-west corner.
public enum TileGeometry: Sendable, Hashable {
    case points([SIMD2<Int32>])
    case lines([[SIMD2<Int32>]])
    /// Outer rings turn clockwise as they are seen, holes the other way; rings are not closed.
    case polygons([[[SIMD2<Int32>]]])
}

/// Brings shapes into one tile: cut to it, in whole numbers, and no finer than can be seen.
public struct TileCutter: Sendable {
    public static let extent = 4096.0

    private let tile: TileAddress
    private let low: SIMD2<Double>
    private let high: SIMD2<Double>
    private let step: Double

    /// - Parameters:
    ///   - buffer: how far beyond its edge the tile reaches, in units of which an edge has 4096: lines drawn along the
    ///     edge of a cut polygon then lie outside what is seen.
    ///   - step: corners lie on a lattice this wide, in the same units; those that fall together become one. A lattice,
    ///     unlike a tolerance per ring, moves the common border of two neighbours the same way, so no gap opens.
    public init(_ tile: TileAddress, buffer: Double = 64, step: Int = 1) {
        self.tile = tile
        low = SIMD2(repeating: -buffer)
        high = SIMD2(repeating: Self.extent + buffer)
        self.step = Double(max(1, step))
    }

    /// - Returns: nil when nothing of it is in the tile, or nothing that could be seen.
    public func cut(_ shape: TileShape) -> TileGeometry? {
        switch shape {
        case .points(let points):
            let kept = points.map(local).filter { isInside($0) }.map(whole)
            return kept.isEmpty ? nil : .points(kept)
        case .lines(let lines):
            let kept = lines.flatMap { clipped(line: $0.map(local)) }.map { distinct($0.map(lattice)) }.filter {
                $0.count > 1
            }
            return kept.isEmpty ? nil : .lines(kept)
        case .polygons(let polygons):
            let kept = polygons.compactMap(cut(polygon:))
            return kept.isEmpty ? nil : .polygons(kept)
        }
    }

    private func local(_ point: SIMD2<Double>) -> SIMD2<Double> {
        (point - tile.origin) * (Self.extent * Double(1 << tile.zoom))
    }

    private func isInside(_ point: SIMD2<Double>) -> Bool {
        point.x >= low.x && point.x < high.x && point.y >= low.y && point.y < high.y
    }

    private func whole(_ point: SIMD2<Double>) -> SIMD2<Int32> {
        SIMD2(Int32(point.x.rounded()), Int32(point.y.rounded()))
    }

    private func lattice(_ point: SIMD2<Double>) -> SIMD2<Int32> {
        SIMD2(Int32((point.x / step).rounded() * step), Int32((point.y / step).rounded() * step))
    }

    // MARK: Polygons

    private func cut(polygon rings: [[SIMD2<Double>]]) -> [[SIMD2<Int32>]]? {
        var kept: [[SIMD2<Int32>]] = []
        for (position, ring) in rings.enumerated() {
            let cut = withoutStraightCorners(distinct(clipped(ring: ring.map(local)).map(lattice), closed: true))
            let area = Self.doubledArea(cut)
            guard cut.count > 2, area != 0 else {
                // Without its outer ring there is nothing for a hole to be in.
                if position == 0 { return nil }
                continue
            }
            kept.append((area > 0) == (position == 0) ? cut : cut.reversed())
        }
        return kept.isEmpty ? nil : kept
    }

    /// Sutherland and Hodgman: each side of the box in turn.
    private func clipped(ring: [SIMD2<Double>]) -> [SIMD2<Double>] {
        guard let first = ring.first else { return [] }
        var (least, most) = (first, first)
        for point in ring {
            least = pointwiseMin(least, point)
            most = pointwiseMax(most, point)
        }
        if least.x >= low.x, least.y >= low.y, most.x <= high.x, most.y <= high.y { return ring }
        if most.x < low.x || most.y < low.y || least.x > high.x || least.y > high.y { return [] }
        var ring = Self.clip(ring, at: low.x, axis: 0, keepingLess: false)
        ring = Self.clip(ring, at: high.x, axis: 0, keepingLess: true)
        ring = Self.clip(ring, at: low.y, axis: 1, keepingLess: false)
        return Self.clip(ring, at: high.y, axis: 1, keepingLess: true)
    }

    private static func clip(_ ring: [SIMD2<Double>], at bound: Double, axis: Int, keepingLess: Bool) -> [SIMD2<Double>]
    {
        guard var last = ring.last else { return [] }
        func isKept(_ point: SIMD2<Double>) -> Bool { keepingLess ? point[axis] <= bound : point[axis] >= bound }
        var found: [SIMD2<Double>] = []
        found.reserveCapacity(ring.count + 4)
        for point in ring {
            if isKept(point) != isKept(last) {
                var crossing = last + (point - last) * ((bound - last[axis]) / (point[axis] - last[axis]))
                crossing[axis] = bound
                found.append(crossing)
            }
            if isKept(point) { found.append(point) }
            last = point
        }
        return found
    }

    /// Twice the area by the surveyor's formula, y pointing down: positive for what turns clockwise as it is seen.
    static func doubledArea(_ ring: [SIMD2<Int32>]) -> Int64 {
        guard var last = ring.last else { return 0 }
        var sum: Int64 = 0
        for point in ring {
            sum += Int64(last.x) * Int64(point.y) - Int64(point.x) * Int64(last.y)
            last = point
        }
        return sum
    }

    private func distinct(_ points: [SIMD2<Int32>], closed: Bool = false) -> [SIMD2<Int32>] {
        var found: [SIMD2<Int32>] = []
        found.reserveCapacity(points.count)
        for point in points where point != found.last { found.append(point) }
        while closed, found.count > 1, found.first == found.last { found.removeLast() }
        return found
    }

    /// A corner on the straight line between its neighbours, or at the end of a spike, is none.
    private func withoutStraightCorners(_ ring: [SIMD2<Int32>]) -> [SIMD2<Int32>] {
        guard ring.count > 3 else { return ring }
        var found: [SIMD2<Int32>] = []
        found.reserveCapacity(ring.count)
        for point in ring {
            while found.count > 1, Self.isStraight(found[found.count - 2], found[found.count - 1], point) {
                found.removeLast()
            }
            if point != found.last { found.append(point) }
        }
        while found.count > 3, Self.isStraight(found[found.count - 2], found[found.count - 1], found[0]) {
            found.removeLast()
        }
        while found.count > 3, Self.isStraight(found[found.count - 1], found[0], found[1]) { found.removeFirst() }
        return found
    }

    private static func isStraight(_ one: SIMD2<Int32>, _ two: SIMD2<Int32>, _ three: SIMD2<Int32>) -> Bool {
        Int64(two.x - one.x) * Int64(three.y - two.y) == Int64(two.y - one.y) * Int64(three.x - two.x)
    }

    // MARK: Lines

    /// Liang and Barsky, edge by edge; what leaves the box and comes back is several lines.
    private func clipped(line: [SIMD2<Double>]) -> [[SIMD2<Double>]] {
        var lines: [[SIMD2<Double>]] = []
        var present: [SIMD2<Double>] = []
        for (start, end) in zip(line, line.dropFirst()) {
            guard let (entry, exit) = Self.within(low, high, start, end) else {
                if present.count > 1 { lines.append(present) }
                present = []
                continue
            }
            let (from, to) = (start + (end - start) * entry, start + (end - start) * exit)
            if present.isEmpty || entry > 0 {
                if present.count > 1 { lines.append(present) }
                present = [from]
            }
            present.append(to)
        }
        if present.count > 1 { lines.append(present) }
        return lines
    }

    private static func within(
        _ low: SIMD2<Double>, _ high: SIMD2<Double>, _ start: SIMD2<Double>, _ end: SIMD2<Double>
    ) -> (Double, Double)? {
        let way = end - start
        var (entry, exit) = (0.0, 1.0)
        for axis in 0...1 {
            for (direction, distance) in [
                (-way[axis], start[axis] - low[axis]), (way[axis], high[axis] - start[axis]),
            ] {
                if direction == 0 {
                    if distance < 0 { return nil }
                } else if direction < 0 {
                    entry = max(entry, distance / direction)
                } else {
                    exit = min(exit, distance / direction)
                }
            }
        }
        return entry < exit ? (entry, exit) : nil
    }
}
