import Desk
import Geo
import Ground
import Storage

/// Of which areas outlines are kept here; those of grids and buildings are kept by the room of grids.
enum ShapeKind: String, Sendable, CaseIterable {
    case county, street, community

    init?(_ level: AreaLevel) {
        switch level {
        case .county: self = .county
        case .street: self = .street
        case .community: self = .community
        case .country, .province, .prefecture, .grid: return nil
        }
    }
}

/// One outline, as it is kept.
struct KeptShape: Sendable {
    var kind: ShapeKind
    /// The code of the area.
    var id: String
    var name: String
    var polygons: [[[SIMD2<Double>]]]

    /// Where its box is, on the unit square.
    var corners: (low: SIMD2<Double>, high: SIMD2<Double>)? {
        guard let first = polygons.first?.first?.first else { return nil }
        var (low, high) = (first, first)
        for point in polygons.joined().joined() {
            low = pointwiseMin(low, point)
            high = pointwiseMax(high, point)
        }
        return (low, high)
    }

    var geometry: Geometry {
        func ring(_ points: [SIMD2<Double>]) -> Ring {
            Ring(
                corners: points.map {
                    let place = WebMercator.degrees($0)
                    return Position(longitude: place.longitude, latitude: place.latitude)
                })
        }
        return .polygons(
            polygons.compactMap { rings in
                rings.first.map { Polygon(outer: ring($0), holes: rings.dropFirst().map(ring)) }
            })
    }
}

/// Outlines by where they are: each in the class of its size, under the cell of its middle, so that whatever meets a tile
/// lies in a few ranges of one index, for the outline of a county as for that of a village.
enum ShapeStore {
    static let migrations = [
        Migration(
            "map.0001-shapes",
            """
            CREATE TABLE map_shapes (
                kind TEXT NOT NULL,
                id TEXT NOT NULL,
                name TEXT NOT NULL,
                size BIGINT NOT NULL,
                cell BIGINT NOT NULL,
                west DOUBLE PRECISION NOT NULL,
                north DOUBLE PRECISION NOT NULL,
                east DOUBLE PRECISION NOT NULL,
                south DOUBLE PRECISION NOT NULL,
                shape BYTEA NOT NULL,
                PRIMARY KEY (kind, id)
            )
            """,
            "CREATE INDEX map_shapes_by_place ON map_shapes (kind, size, cell)",
            // Which sizes there are, so that no others are looked for.
            """
            CREATE TABLE map_shape_sizes (
                kind TEXT NOT NULL,
                size BIGINT NOT NULL,
                PRIMARY KEY (kind, size)
            )
            """)
    ]

    /// The deepest zoom whose tiles are no smaller than the shape.
    static func size(_ edge: Double) -> Int {
        var (size, side) = (0, 0.5)
        while size < TileAddress.deepestZoom, side >= edge {
            size += 1
            side /= 2
        }
        return size
    }

    static func insertions(of shape: KeptShape) -> [SQL] {
        guard let (low, high) = shape.corners else { return [] }
        let middle = WebMercator.degrees((low + high) / 2)
        let cell = SpatialCell(longitude: middle.longitude, latitude: middle.latitude)?.rawValue ?? -1
        let size = size(max(high.x - low.x, high.y - low.y))
        return [
            """
            INSERT INTO map_shapes (kind, id, name, size, cell, west, north, east, south, shape)
            VALUES (\(shape.kind.rawValue), \(shape.id), \(shape.name), \(size), \(cell),
                \(low.x), \(low.y), \(high.x), \(high.y), \(PackedShape.bytes(of: shape.polygons)))
            ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name, size = excluded.size, cell = excluded.cell, west = excluded.west, north = excluded.north,
                east = excluded.east, south = excluded.south, shape = excluded.shape
            """,
            """
            INSERT INTO map_shape_sizes (kind, size) VALUES (\(shape.kind.rawValue), \(size))
            ON CONFLICT (kind, size) DO NOTHING
            """,
        ]
    }

    static func removal(_ kind: ShapeKind, _ id: String) -> SQL {
        "DELETE FROM map_shapes WHERE kind = \(kind.rawValue) AND id = \(id)"
    }

    static let columns: StaticString = "kind, id, name, shape"

    static func shape(_ row: Row) throws -> KeptShape {
        guard let kind = ShapeKind(rawValue: try row.text(0)), let polygons = PackedShape.polygons(try row.blob(3))
        else {
            throw DatabaseError(.wrongType, "no shape: \(try row.text(1))")
        }
        return KeptShape(
            kind: kind, id: try row.text(1), name: try row.text(2), polygons: polygons)
    }

    /// What meets a box on the unit square.
    static func queries(
        _ kind: ShapeKind, sizes: [Int64], low: SIMD2<Double>, high: SIMD2<Double>, within area: AreaPrefix, limit: Int
    ) -> [SQL] {
        sizes.flatMap { size -> [SQL] in
            // A middle lies within half an edge of the box.
            let reach = SIMD2(repeating: 0.5 / Double(1 << size))
            let northWest = WebMercator.degrees(pointwiseMax(low - reach, SIMD2(0, 0)))
            let southEast = WebMercator.degrees(pointwiseMin(high + reach, SIMD2(1, 1)))
            let box = Box(
                west: northWest.longitude, south: southEast.latitude, east: southEast.longitude,
                north: northWest.latitude)
            return box.cells(most: 12).map { range in
                """
                SELECT \(trusted: columns) FROM map_shapes
                WHERE kind = \(kind.rawValue) AND size = \(size) AND cell >= \(range.lowerBound)
                    AND cell <= \(range.upperBound) AND west <= \(high.x) AND east >= \(low.x) AND north <= \(high.y)
                    AND south >= \(low.y) AND \(inside(area, isServedElsewhere: true)) LIMIT \(limit)
                """
            }
        }
    }

    /// - Parameter isServedElsewhere: written so that no engine is tempted to walk all areas by their codes instead.
    private static func inside(_ area: AreaPrefix, isServedElsewhere: Bool = false) -> SQL {
        guard !area.code.isEmpty else { return "TRUE" }
        return isServedElsewhere
            ? "id || '' >= \(area.code) AND id || '' < \(area.upperBound)"
            : "id >= \(area.code) AND id < \(area.upperBound)"
    }

    static func shapes(
        _ kind: ShapeKind, low: SIMD2<Double>, high: SIMD2<Double>, within area: AreaPrefix, limit: Int,
        in transaction: any Transaction
    ) throws -> [KeptShape] {
        let sizes = try transaction.query(
            "SELECT size FROM map_shape_sizes WHERE kind = \(kind.rawValue) ORDER BY size LIMIT 30"
        ).map { try $0.int(0) }
        let asked = queries(kind, sizes: sizes, low: low, high: high, within: area, limit: limit)
        guard !asked.isEmpty else { return [] }
        return try transaction.queries(asked).joined().prefix(limit).map(shape)
    }

    /// One page, by id.
    static func page(
        _ kinds: [ShapeKind], after: (kind: String, id: String)?, within area: AreaPrefix, limit: Int
    ) -> SQL {
        let begin: SQL = after.map { "(kind, id) > (\($0.kind), \($0.id))" } ?? "TRUE"
        return """
            SELECT \(trusted: columns) FROM map_shapes WHERE kind IN (\(list: kinds.map(\.rawValue))) AND \(begin)
                AND \(inside(area)) ORDER BY kind, id LIMIT \(limit)
            """
    }

    /// Those of these areas.
    static func these(_ codes: [String]) -> SQL {
        """
        SELECT \(trusted: columns) FROM map_shapes WHERE kind IN (\(list: ShapeKind.allCases.map(\.rawValue)))
            AND id IN (\(list: codes)) ORDER BY kind, id
        """
    }

    static func one(_ kind: ShapeKind, _ id: String) -> SQL {
        "SELECT \(trusted: columns) FROM map_shapes WHERE kind = \(kind.rawValue) AND id = \(id)"
    }
}
