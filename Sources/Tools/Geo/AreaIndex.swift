/// Which area a point lies in, of hundreds of thousands: a grid of bins over their boxes, then the even-odd rule.
///
/// A point on a common border belongs to exactly one of the neighbours, so areas without gaps and overlaps give exactly one
/// answer for every point between them. Made once, then only read; safe to share.
public struct AreaIndex: Sendable {
    /// All corners one after the other; a ring is a range of them.
    private var corners: [SIMD2<Double>] = []
    /// Ring n is `corners[ringStarts[n]..<ringStarts[n + 1]]`.
    private var ringStarts: [Int32] = [0]
    /// Area n has the rings `areaStarts[n]..<areaStarts[n + 1]`.
    private var areaStarts: [Int32] = [0]
    /// West and south, east and north of each area.
    private var boxes: [SIMD4<Double>] = []

    private var origin = SIMD2<Double>(0, 0)
    private var binsPerUnit = SIMD2<Double>(0, 0)
    private var columns = 0
    private var rows = 0
    /// The areas of bin n are `binAreas[binStarts[n]..<binStarts[n + 1]]`.
    private var binStarts: [Int32] = [0]
    private var binAreas: [Int32] = []

    /// - Parameter areas: each as its polygons; their order gives the answers. Empty ones are never answered.
    public init(_ areas: [[Polygon]]) {
        for area in areas {
            var box = SIMD4<Double>(.infinity, .infinity, -.infinity, -.infinity)
            for ring in area.lazy.flatMap({ [$0.outer] + $0.holes }) {
                for position in ring.positions {
                    corners.append(SIMD2(position.x, position.y))
                    box = SIMD4(
                        min(box.x, position.x), min(box.y, position.y), max(box.z, position.x), max(box.w, position.y))
                }
                ringStarts.append(Int32(corners.count))
            }
            areaStarts.append(Int32(ringStarts.count - 1))
            boxes.append(box)
        }
        makeBins()
    }

    public var count: Int { boxes.count }

    private mutating func makeBins() {
        let filled = boxes.filter { $0.x <= $0.z }
        guard let first = filled.first else { return }
        let whole = filled.reduce(first) {
            SIMD4(min($0.x, $1.x), min($0.y, $1.y), max($0.z, $1.z), max($0.w, $1.w))
        }
        origin = SIMD2(whole.x, whole.y)
        let size = SIMD2(max(whole.z - whole.x, 1e-9), max(whole.w - whole.y, 1e-9))
        // Two bins for each area, about square.
        let wanted = Double(max(1, filled.count * 2))
        columns = max(1, min(4_096, Int((wanted * size.x / size.y).squareRoot())))
        rows = max(1, min(4_096, Int(wanted / Double(columns))))
        binsPerUnit = SIMD2(Double(columns), Double(rows)) / size
        var counts = [Int32](repeating: 0, count: columns * rows + 1)
        forEachBin { bin, _ in counts[bin + 1] += 1 }
        for bin in 1..<counts.count { counts[bin] += counts[bin - 1] }
        binStarts = counts
        var next = counts
        var filledBins = [Int32](repeating: 0, count: Int(counts[counts.count - 1]))
        forEachBin { bin, area in
            filledBins[Int(next[bin])] = Int32(area)
            next[bin] += 1
        }
        binAreas = filledBins
    }

    private func forEachBin(_ body: (_ bin: Int, _ area: Int) -> Void) {
        for (area, box) in boxes.enumerated() where box.x <= box.z {
            let (low, high) = (place(SIMD2(box.x, box.y)), place(SIMD2(box.z, box.w)))
            for row in low.row...high.row {
                for column in low.column...high.column { body(row * columns + column, area) }
            }
        }
    }

    private func place(_ point: SIMD2<Double>) -> (column: Int, row: Int) {
        let bin = (point - origin) * binsPerUnit
        return (max(0, min(columns - 1, Int(bin.x))), max(0, min(rows - 1, Int(bin.y))))
    }

    /// The position of the area in which a point lies; where several overlap there, the first of them.
    /// - Returns: nil outside all of them.
    public func area(at position: Position) -> Int? {
        guard columns > 0, position.x.isFinite, position.y.isFinite else { return nil }
        let point = SIMD2(position.x, position.y)
        let bin = (point - origin) * binsPerUnit
        guard bin.x >= 0, bin.y >= 0, bin.x <= Double(columns), bin.y <= Double(rows) else { return nil }
        let number = min(rows - 1, Int(bin.y)) * columns + min(columns - 1, Int(bin.x))
        for entry in binStarts[number]..<binStarts[number + 1] {
            let area = Int(binAreas[Int(entry)])
            let box = boxes[area]
            guard point.x >= box.x, point.y >= box.y, point.x <= box.z, point.y <= box.w else { continue }
            if holds(area, point) { return area }
        }
        return nil
    }

    /// Even-odd over all rings: holes and further parts need no rule of their own.
    private func holds(_ area: Int, _ point: SIMD2<Double>) -> Bool {
        var isInside = false
        for ring in areaStarts[area]..<areaStarts[area + 1] {
            let range = Int(ringStarts[Int(ring)])..<Int(ringStarts[Int(ring) + 1])
            guard var last = range.last.map({ corners[$0] }) else { continue }
            for index in range {
                let corner = corners[index]
                if (corner.y > point.y) != (last.y > point.y) {
                    // From the lower to the higher end, so that two neighbours reckon the same crossing alike.
                    let (low, high) = corner.y < last.y ? (corner, last) : (last, corner)
                    if point.x < low.x + (high.x - low.x) * ((point.y - low.y) / (high.y - low.y)) { isInside.toggle() }
                }
                last = corner
            }
        }
        return isInside
    }
}
