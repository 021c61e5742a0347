import Desk
import Geo
import Ground
import Storage

/// Buildings and the ground of grids as they are today.
enum BuildingStore {
    static let columns: StaticString =
        "id, community, grid, name, compound, households, workload, longitude, latitude, outline, missing_since"

    static func insertion(of building: Building) -> SQL {
        let cell = SpatialCell(longitude: building.place.longitude, latitude: building.place.latitude)?.rawValue ?? 0
        return """
            INSERT INTO buildings (id, community, grid, name, compound, households, workload, longitude, latitude, cell,
                                   outline, missing_since)
            VALUES (\(building.id), \(building.community), \(building.grid), \(building.name), \(building.compound),
                    \(building.households), \(building.workload), \(building.place.longitude),
                    \(building.place.latitude), \(cell), \(building.outline.map(WellKnownBinary.bytes)),
                    \(building.missingSince))
            ON CONFLICT (id) DO UPDATE SET community = excluded.community, grid = excluded.grid, name = excluded.name,
                compound = excluded.compound, households = excluded.households, workload = excluded.workload,
                longitude = excluded.longitude, latitude = excluded.latitude, cell = excluded.cell,
                outline = excluded.outline, missing_since = excluded.missing_since
            """
    }

    static func building(_ row: Row) throws(DatabaseError) -> Building {
        Building(
            id: try row.text(0), community: try row.text(1), grid: try row.textIfAny(2), name: try row.text(3),
            compound: try row.textIfAny(4), households: Int(try row.int(5)), workload: try row.doubleIfAny(6),
            place: Position(longitude: try row.double(7), latitude: try row.double(8)),
            outline: try row.blobIfAny(9).flatMap { WellKnownBinary.geometry($0) },
            missingSince: try row.instantIfAny(10))
    }

    /// What is known of these ids.
    static func known(_ ids: [String], in transaction: any Transaction) throws -> [String: Building] {
        try transaction.query("SELECT \(trusted: columns) FROM buildings WHERE id IN (\(list: ids))").map(building)
            .reduce(into: [:]) { $0[$1.id] = $1 }
    }

    /// Marks those that the last file of their community no longer had.
    static func markMissing(_ ids: [String], at now: Instant, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE buildings SET missing_since = \(now) WHERE id IN (\(list: ids))")
    }

    static func count(
        in area: AreaPrefix, showing filter: BuildingList.Filter, transaction: any Transaction
    ) throws -> Int {
        Int(
            try transaction.first("SELECT COUNT(*) FROM buildings WHERE \(place(in: area)) AND \(condition(filter))")?
                .int(0) ?? 0)
    }

    private static func condition(_ filter: BuildingList.Filter) -> SQL {
        switch filter {
        case .all: "TRUE"
        case .ungridded: "grid IS NULL"
        case .missing: "missing_since IS NOT NULL"
        }
    }

    /// A range of the index by community.
    private static func place(in area: AreaPrefix) -> SQL {
        area.code.utf8.count == 15
            ? "community = \(String(area.code.prefix(12))) AND grid = \(area.code)" : area.condition(on: "community")
    }

    /// Those of an area, in the order of community and id.
    static func page(
        in area: AreaPrefix, after: Building?, limit: Int, transaction: any Transaction
    ) throws -> [Building] {
        try transaction.query(pageQuery(in: area, after: (after?.community ?? "", after?.id ?? ""), limit: limit))
            .map(building)
    }

    static func pageQuery(
        in area: AreaPrefix, showing filter: BuildingList.Filter = .all, after: (community: String, id: String),
        limit: Int
    ) -> SQL {
        """
        SELECT \(trusted: columns) FROM buildings
        WHERE \(place(in: area)) AND \(condition(filter)) AND community >= \(after.community)
            AND (community > \(after.community) OR id > \(after.id))
        ORDER BY community, id LIMIT \(limit)
        """
    }

    /// Those of one range of cells that stand in a box and, where it is given, not in the inner one.
    static func placeQuery(
        _ cells: ClosedRange<Int64>, _ box: Box, outside inner: Box?, in area: AreaPrefix, limit: Int
    ) -> SQL {
        var place = place(in: area)
        if let inner {
            place = """
                \(place) AND NOT (longitude >= \(inner.west) AND longitude <= \(inner.east)
                AND latitude >= \(inner.south) AND latitude <= \(inner.north))
                """
        }
        return """
            SELECT \(trusted: columns) FROM buildings
            WHERE cell >= \(cells.lowerBound) AND cell <= \(cells.upperBound) AND \(place)
                AND longitude >= \(box.west) AND longitude <= \(box.east)
                AND latitude >= \(box.south) AND latitude <= \(box.north)
            ORDER BY cell, id LIMIT \(limit)
            """
    }

    static func insertion(of outline: GridOutline) -> SQL {
        """
        INSERT INTO grid_outlines (grid, outline, square_metres, households, buildings)
        VALUES (\(outline.grid), \(WellKnownBinary.bytes(outline.shape)), \(outline.squareMetres),
                \(outline.households), \(outline.buildings))
        ON CONFLICT (grid) DO UPDATE SET outline = excluded.outline, square_metres = excluded.square_metres,
            households = excluded.households, buildings = excluded.buildings
        """
    }

    static func outlines(
        in area: AreaPrefix, after: String, limit: Int, transaction: any Transaction
    ) throws -> [GridOutline] {
        try transaction.query(outlineQuery(in: area, after: after, limit: limit)).compactMap { row in
            try outline(row)
        }
    }

    static func outline(_ row: Row) throws -> GridOutline? {
        guard let shape = WellKnownBinary.geometry(try row.blob(1)) else { return nil }
        return GridOutline(
            grid: try row.text(0), shape: shape, squareMetres: try row.double(2), households: Int(try row.int(3)),
            buildings: Int(try row.int(4)))
    }

    static func outlineQuery(in area: AreaPrefix, after: String, limit: Int) -> SQL {
        """
        SELECT grid, outline, square_metres, households, buildings FROM grid_outlines
        WHERE \(area.condition(on: "grid")) AND grid > \(after) ORDER BY grid LIMIT \(limit)
        """
    }
}
