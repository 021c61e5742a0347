import Desk
import Ground
import Storage

enum GridStore {
    static let columns: StaticString =
        "code, community, name, kind, households, longitude, latitude, valid_from, valid_to"

    static func grid(_ row: Row) throws(DatabaseError) -> Grid {
        var centre: Grid.Centre?
        if let longitude = try row.doubleIfAny(5), let latitude = try row.doubleIfAny(6) {
            centre = Grid.Centre(longitude: longitude, latitude: latitude)
        }
        return Grid(
            code: try row.text(0), community: try row.text(1), name: try row.text(2),
            kind: Grid.Kind(rawValue: try row.text(3)) ?? .base, households: try row.int(4), centre: centre,
            validFrom: try row.day(7), validTo: try row.dayIfAny(8))
    }

    static func insertion(of grid: Grid) -> SQL {
        """
        INSERT INTO grids (code, community, name, kind, households, longitude, latitude, valid_from, valid_to)
        VALUES (\(grid.code), \(grid.community), \(grid.name), \(grid.kind.rawValue), \(grid.households),
                \(grid.centre?.longitude), \(grid.centre?.latitude), \(grid.validFrom), \(grid.validTo))
        ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, households = excluded.households,
            longitude = excluded.longitude, latitude = excluded.latitude, valid_to = excluded.valid_to
        """
    }

    static func grid(_ code: String, in transaction: any Transaction) throws -> Grid? {
        try transaction.first("SELECT \(trusted: columns) FROM grids WHERE code = \(code)").map(grid)
    }

    /// Grids of the area (a community or anything wider), in the order of their codes.
    static func grids(
        in area: AreaPrefix, at day: Day, limit: Int = 200_000, transaction: any Transaction
    ) throws -> [Grid] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM grids
            WHERE \(area.condition(on: "code")) AND \(AreaStore.valid(at: day)) ORDER BY code LIMIT \(limit)
            """
        ).map(grid)
    }
}
