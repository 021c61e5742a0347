public import Desk
public import Geo
public import Storage

/// What the map reads within its own transactions. The scope is the caller's: every function wants an area.
extension Grids {
    /// Buildings whose place stands in a box, within an area. What the ranges of cells hold besides takes no place of them.
    /// - Parameters:
    ///   - inner: those that stand in this part of the box are left out.
    ///   - limit: where so many are found, there may be more.
    public static func buildings(
        at box: Box, outside inner: Box? = nil, in area: AreaPrefix, limit: Int, transaction: any Transaction
    ) throws -> [Building] {
        var found: [Building] = []
        for range in box.cells(most: 12) where found.count < limit {
            found += try transaction.query(
                BuildingStore.placeQuery(range, box, outside: inner, in: area, limit: limit - found.count)
            ).map(BuildingStore.building)
        }
        return found
    }

    /// Buildings of an area in the order of community and id, after a key.
    public static func buildings(
        in area: AreaPrefix, afterCommunity community: String, id: String, limit: Int, transaction: any Transaction
    ) throws -> [Building] {
        let last = Building(
            id: id, community: community, name: "", households: 0, place: Position(longitude: 0, latitude: 0))
        return try BuildingStore.page(in: area, after: last, limit: limit, transaction: transaction)
    }

    public static func building(_ id: String, in area: AreaPrefix, transaction: any Transaction) throws -> Building? {
        let row = try transaction.first("SELECT \(trusted: BuildingStore.columns) FROM buildings WHERE id = \(id)")
        guard let building = try row.map(BuildingStore.building),
            area.contains(code: building.community) || area.code == building.grid
        else { return nil }
        return building
    }

    /// The ground of these grids.
    public static func outlines(of grids: [String], transaction: any Transaction) throws -> [GridOutline] {
        guard !grids.isEmpty else { return [] }
        return try transaction.query(
            """
            SELECT grid, outline, square_metres, households, buildings FROM grid_outlines
            WHERE grid IN (\(list: grids)) ORDER BY grid
            """
        ).compactMap(BuildingStore.outline)
    }
}
