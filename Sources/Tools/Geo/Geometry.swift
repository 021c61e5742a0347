/// What a feature is shaped like; the kinds of GeoJSON and OGC Simple Features, in two dimensions.
public indirect enum Geometry: Hashable, Sendable {
    case point(Position)
    case line([Position])
    case polygon(Polygon)
    case points([Position])
    case lines([[Position]])
    case polygons([Polygon])
    case collection([Geometry])

    /// The least box around it; nil when it is empty.
    public var box: Box? {
        var box: Box?
        forEachPosition { position in
            if box == nil { box = Box(position) } else { box?.enclose(position) }
        }
        return box
    }

    public var isEmpty: Bool { box == nil }

    /// Its areas: one of a polygon, several of several polygons, those inside of a collection.
    public var areas: [Polygon] {
        switch self {
        case .polygon(let polygon): polygon.outer.positions.isEmpty ? [] : [polygon]
        case .polygons(let polygons): polygons.filter { !$0.outer.positions.isEmpty }
        case .collection(let parts): parts.flatMap(\.areas)
        case .point, .line, .points, .lines: []
        }
    }

    /// Its lines; the borders of areas are not among them.
    public var courses: [[Position]] {
        switch self {
        case .line(let line): [line]
        case .lines(let lines): lines
        case .collection(let parts): parts.flatMap(\.courses)
        case .point, .points, .polygon, .polygons: []
        }
    }

    /// A place to stand for the whole: the point itself, the middle of gravity of an area on the plane of the
    /// coordinates, the mean of anything else. It may lie outside a bent area; `GEOS.inside(_:)` never does.
    public var middle: Position? {
        if case .point(let position) = self { return position }
        var (weight, x, y) = (0.0, 0.0, 0.0)
        for polygon in areas {
            for (ring, sign) in [(polygon.outer, 1.0)] + polygon.holes.map({ ($0, -1.0) }) {
                let area = abs(ring.signedArea) * sign
                guard area != 0, let middle = Self.gravity(ring) else { continue }
                weight += area
                x += middle.x * area
                y += middle.y * area
            }
        }
        if weight > 0 { return Position(x: x / weight, y: y / weight) }
        forEachPosition { position in
            weight += 1
            x += position.x
            y += position.y
        }
        return weight > 0 ? Position(x: x / weight, y: y / weight) : nil
    }

    private static func gravity(_ ring: Ring) -> Position? {
        guard let origin = ring.positions.first else { return nil }
        var (twice, x, y) = (0.0, 0.0, 0.0)
        for index in ring.positions.indices.dropLast() {
            let a = Position(x: ring.positions[index].x - origin.x, y: ring.positions[index].y - origin.y)
            let b = Position(x: ring.positions[index + 1].x - origin.x, y: ring.positions[index + 1].y - origin.y)
            let cross = a.x * b.y - b.x * a.y
            twice += cross
            x += (a.x + b.x) * cross
            y += (a.y + b.y) * cross
        }
        return twice == 0 ? nil : Position(x: origin.x + x / (3 * twice), y: origin.y + y / (3 * twice))
    }

    public func forEachPosition(_ body: (Position) -> Void) {
        switch self {
        case .point(let position): body(position)
        case .line(let positions), .points(let positions): positions.forEach(body)
        case .lines(let lines): for line in lines { line.forEach(body) }
        case .polygon(let polygon): polygon.forEachPosition(body)
        case .polygons(let polygons): for polygon in polygons { polygon.forEachPosition(body) }
        case .collection(let parts): for part in parts { part.forEachPosition(body) }
        }
    }

    /// The same shape with every position changed, as when a datum is converted.
    public func mapped(_ change: (Position) -> Position) -> Geometry {
        switch self {
        case .point(let position): .point(change(position))
        case .line(let positions): .line(positions.map(change))
        case .points(let positions): .points(positions.map(change))
        case .lines(let lines): .lines(lines.map { $0.map(change) })
        case .polygon(let polygon): .polygon(polygon.mapped(change))
        case .polygons(let polygons): .polygons(polygons.map { $0.mapped(change) })
        case .collection(let parts): .collection(parts.map { $0.mapped(change) })
        }
    }
}

extension Polygon {
    public func forEachPosition(_ body: (Position) -> Void) {
        outer.positions.forEach(body)
        for hole in holes { hole.positions.forEach(body) }
    }

    public func mapped(_ change: (Position) -> Position) -> Polygon {
        Polygon(
            outer: Ring(outer.positions.map(change)), holes: holes.map { Ring($0.positions.map(change)) })
    }
}
