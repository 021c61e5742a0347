import CGEOS

/// The geometry engine: one context of the GEOS library, for one task at a time. Making one costs some microseconds.
///
/// Shapes go in and come out as values; nothing of the library's own outlives a call but prepared shapes.
public final class GEOS {
    let context: GEOSContextHandle_t

    public init() {
        // No messages: what fails answers nil.
        context = GEOS_init_r()
    }

    deinit { GEOS_finish_r(context) }

    /// Why an area, line or point is not as OGC Simple Features wants it; nil when it is.
    public func problem(of geometry: Geometry) -> String? {
        guard !geometry.isEmpty else { return "Empty" }
        guard let handle = made(geometry) else { return "Not closed or too few points" }
        defer { GEOSGeom_destroy_r(context, handle) }
        if GEOSisValid_r(context, handle) == 1 { return nil }
        guard let reason = GEOSisValidReason_r(context, handle) else { return "Unknown" }
        defer { GEOSFree_r(context, reason) }
        return String(cString: reason)
    }

    /// The areas of a shape made valid: rings closed, crossings resolved, holes cut out. Parts without area are left out.
    /// - Returns: nil when no area remains.
    public func repaired(_ geometry: Geometry) -> Geometry? {
        let areas = geometry.areas.map { polygon in
            Polygon(
                outer: Ring(corners: polygon.outer.positions),
                holes: polygon.holes.map { Ring(corners: $0.positions) }.filter(\.isClosed))
        }.filter { $0.outer.isClosed }
        guard !areas.isEmpty, let handle = made(.polygons(areas)) else { return nil }
        defer { GEOSGeom_destroy_r(context, handle) }
        // Both rings of an eight count, as a person who drew it would say; the structured way would drop the smaller one
        // where the two cancel.
        guard let valid = GEOSMakeValid_r(context, handle) else { return nil }
        defer { GEOSGeom_destroy_r(context, valid) }
        return value(of: valid).flatMap(Self.onlyAreas)
    }

    /// All areas joined into one shape without walls inside; nil when there are none.
    public func union(_ geometries: [Geometry]) -> Geometry? {
        let areas = geometries.flatMap(\.areas)
        guard !areas.isEmpty else { return nil }
        return changed(.polygons(areas)) { GEOSUnaryUnion_r(context, $0) }.flatMap(Self.onlyAreas)
    }

    /// What lies in both; nil when nothing with an area does.
    public func intersection(_ a: Geometry, _ b: Geometry) -> Geometry? {
        guard let first = made(a) else { return nil }
        defer { GEOSGeom_destroy_r(context, first) }
        return changed(b) { GEOSIntersection_r(context, first, $0) }.flatMap(Self.onlyAreas)
    }

    /// The shape and everything around it up to a distance, in the unit of the coordinates.
    public func buffered(_ geometry: Geometry, by distance: Double) -> Geometry? {
        changed(geometry) { GEOSBuffer_r(context, $0, distance, 4) }.flatMap(Self.onlyAreas)
    }

    /// The least convex area around a shape; nil when it has no area.
    public func hull(_ geometry: Geometry) -> Geometry? {
        changed(geometry) { GEOSConvexHull_r(context, $0) }.flatMap(Self.onlyAreas)
    }

    /// With fewer corners, none further off than `tolerance`; neighbours drawn alone may then overlap.
    public func simplified(_ geometry: Geometry, tolerance: Double) -> Geometry? {
        changed(geometry) { GEOSTopologyPreserveSimplify_r(context, $0, tolerance) }
    }

    /// A place that is surely inside an area, or on a line.
    public func inside(_ geometry: Geometry) -> Position? {
        guard case .point(let position) = changed(geometry, { GEOSPointOnSurface_r(context, $0) }) else { return nil }
        return position
    }

    /// The least distance between two shapes, in the unit of the coordinates; nil when one is empty.
    public func distance(_ a: Geometry, _ b: Geometry) -> Double? {
        guard !a.isEmpty, !b.isEmpty, let first = made(a), let second = made(b) else { return nil }
        defer {
            GEOSGeom_destroy_r(context, first)
            GEOSGeom_destroy_r(context, second)
        }
        var distance = 0.0
        return GEOSDistance_r(context, first, second, &distance) == 1 ? distance : nil
    }

    /// The Delaunay edges among points, as pairs of their numbers. Points at the same place count once, as the first.
    public func delaunay(_ points: [Position]) -> [(Int, Int)] {
        let edges = changed(.points(points)) { GEOSDelaunayTriangulation_r(context, $0, 0, 1) }
        guard let edges else { return [] }
        var numbers: [Position: Int] = [:]
        numbers.reserveCapacity(points.count)
        for (number, point) in points.enumerated() where numbers[point] == nil { numbers[point] = number }
        return edges.courses.compactMap { line in
            guard line.count == 2, let a = numbers[line[0]], let b = numbers[line[1]], a != b else { return nil }
            return a < b ? (a, b) : (b, a)
        }
    }

    /// The cells of the Voronoi diagram of points within a box at least; in no order.
    public func voronoi(_ points: [Position], around box: Box) -> [Polygon] {
        let frame = Geometry.line([Position(x: box.west, y: box.south), Position(x: box.east, y: box.north)])
        guard let frame = made(frame) else { return [] }
        defer { GEOSGeom_destroy_r(context, frame) }
        return changed(.points(points)) { GEOSVoronoiDiagram_r(context, $0, frame, 0, 0) }?.areas ?? []
    }

    // MARK: In and out

    /// Only the areas of what an operation answered; nil when there are none.
    static func onlyAreas(_ geometry: Geometry) -> Geometry? {
        let areas = geometry.areas.filter { $0.area > 0 }
        return areas.isEmpty ? nil : areas.count == 1 ? .polygon(areas[0]) : .polygons(areas)
    }

    /// - Returns: a shape of the library's, to be destroyed by the caller; nil when it cannot be one (a ring that is open).
    func made(_ geometry: Geometry) -> OpaquePointer? {
        let bytes = WellKnownBinary.bytes(geometry)
        guard let reader = GEOSWKBReader_create_r(context) else { return nil }
        defer { GEOSWKBReader_destroy_r(context, reader) }
        return bytes.withUnsafeBufferPointer { GEOSWKBReader_read_r(context, reader, $0.baseAddress, $0.count) }
    }

    func value(of handle: OpaquePointer) -> Geometry? {
        guard let writer = GEOSWKBWriter_create_r(context) else { return nil }
        defer { GEOSWKBWriter_destroy_r(context, writer) }
        var size = 0
        guard let bytes = GEOSWKBWriter_write_r(context, writer, handle, &size) else { return nil }
        defer { GEOSFree_r(context, bytes) }
        return WellKnownBinary.geometry(UnsafeBufferPointer(start: bytes, count: size))
    }

    private func changed(_ geometry: Geometry, _ change: (OpaquePointer) -> OpaquePointer?) -> Geometry? {
        guard let handle = made(geometry) else { return nil }
        defer { GEOSGeom_destroy_r(context, handle) }
        guard let result = change(handle) else { return nil }
        defer { GEOSGeom_destroy_r(context, result) }
        return value(of: result)
    }
}

/// A shape of which much will be asked.
public final class PreparedShape {
    private let engine: GEOS
    private let shape: OpaquePointer
    private let prepared: OpaquePointer
    public let box: Box

    /// - Returns: nil for an empty shape, or one that the engine does not take.
    public init?(_ geometry: Geometry, _ engine: GEOS) {
        guard let box = geometry.box, let shape = engine.made(geometry) else { return nil }
        guard let prepared = GEOSPrepare_r(engine.context, shape) else {
            GEOSGeom_destroy_r(engine.context, shape)
            return nil
        }
        self.engine = engine
        self.shape = shape
        self.prepared = prepared
        self.box = box
    }

    deinit {
        GEOSPreparedGeom_destroy_r(engine.context, prepared)
        GEOSGeom_destroy_r(engine.context, shape)
    }

    /// Whether a place lies in it or on its border.
    public func covers(_ position: Position) -> Bool {
        guard box.contains(position),
            let point = GEOSGeom_createPointFromXY_r(engine.context, position.x, position.y)
        else { return false }
        defer { GEOSGeom_destroy_r(engine.context, point) }
        return GEOSPreparedCovers_r(engine.context, prepared, point) == 1
    }

    /// Whether it has a place in common with the straight line between two places.
    public func meetsLine(from a: Position, to b: Position) -> Bool {
        var around = Box(a)
        around.enclose(b)
        guard box.touches(around), let sequence = GEOSCoordSeq_create_r(engine.context, 2, 2) else { return false }
        GEOSCoordSeq_setXY_r(engine.context, sequence, 0, a.x, a.y)
        GEOSCoordSeq_setXY_r(engine.context, sequence, 1, b.x, b.y)
        guard let line = GEOSGeom_createLineString_r(engine.context, sequence) else { return false }
        defer { GEOSGeom_destroy_r(engine.context, line) }
        return GEOSPreparedIntersects_r(engine.context, prepared, line) == 1
    }

    /// Where that line first meets it, seen from `a`; nil where it does not.
    public func firstMeeting(from a: Position, to b: Position) -> Position? {
        guard meetsLine(from: a, to: b), let line = engine.made(.line([a, b])) else { return nil }
        defer { GEOSGeom_destroy_r(engine.context, line) }
        guard let common = GEOSIntersection_r(engine.context, shape, line) else { return nil }
        defer { GEOSGeom_destroy_r(engine.context, common) }
        var nearest: (distance: Double, position: Position)?
        engine.value(of: common)?.forEachPosition { position in
            let (x, y) = (position.x - a.x, position.y - a.y)
            let distance = x * x + y * y
            if nearest.map({ distance < $0.distance }) ?? true { nearest = (distance, position) }
        }
        return nearest?.position
    }

    /// How much border two areas share, those parts counted that are no further apart than `tolerance`; in the unit of
    /// the coordinates.
    public func sharedBorder(with other: Geometry, tolerance: Double) -> Double {
        guard let box = other.box, self.box.grown(by: tolerance).touches(box), let other = engine.made(other)
        else { return 0 }
        defer { GEOSGeom_destroy_r(engine.context, other) }
        guard GEOSPreparedDistanceWithin_r(engine.context, prepared, other, tolerance) == 1,
            let wide = GEOSBuffer_r(engine.context, other, tolerance, 2)
        else { return 0 }
        defer { GEOSGeom_destroy_r(engine.context, wide) }
        guard let border = GEOSBoundary_r(engine.context, shape) else { return 0 }
        defer { GEOSGeom_destroy_r(engine.context, border) }
        guard let common = GEOSIntersection_r(engine.context, border, wide) else { return 0 }
        defer { GEOSGeom_destroy_r(engine.context, common) }
        var length = 0.0
        return GEOSLength_r(engine.context, common, &length) == 1 ? length : 0
    }
}
