extension Geometry {
    /// As OGC well-known text: how spreadsheets and databases take a shape.
    public var wellKnownText: String {
        switch self {
        case .point(let position): "POINT (\(Self.text(position)))"
        case .line(let positions): positions.isEmpty ? "LINESTRING EMPTY" : "LINESTRING \(Self.text(positions))"
        case .points(let positions): positions.isEmpty ? "MULTIPOINT EMPTY" : "MULTIPOINT \(Self.text(positions))"
        case .lines(let lines):
            lines.isEmpty ? "MULTILINESTRING EMPTY" : "MULTILINESTRING (\(Self.joined(lines.map(Self.text))))"
        case .polygon(let polygon):
            polygon.outer.positions.isEmpty ? "POLYGON EMPTY" : "POLYGON \(Self.text(polygon))"
        case .polygons(let polygons):
            polygons.isEmpty ? "MULTIPOLYGON EMPTY" : "MULTIPOLYGON (\(Self.joined(polygons.map(Self.text))))"
        case .collection(let parts):
            parts.isEmpty
                ? "GEOMETRYCOLLECTION EMPTY" : "GEOMETRYCOLLECTION (\(Self.joined(parts.map(\.wellKnownText))))"
        }
    }

    private static func joined(_ texts: [String]) -> String { texts.joined(separator: ", ") }

    private static func text(_ polygon: Polygon) -> String {
        "(\(joined(([polygon.outer] + polygon.holes).map { text($0.positions) })))"
    }

    private static func text(_ positions: [Position]) -> String { "(\(joined(positions.map { text($0) })))" }

    private static func text(_ position: Position) -> String { "\(position.x) \(position.y)" }
}
