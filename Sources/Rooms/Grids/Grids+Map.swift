public import Desk
import Geo
public import Storage

/// What the map reads within its own transactions. The scope is the caller's: every function wants an area.
extension Grids {
    /// Buildings whose place lies in one of the ranges of cells, at most `limit`.
    public static func buildings(
        cells: [ClosedRange<Int64>], in area: AreaPrefix, limit: Int, transaction: any Transaction
    ) throws -> [Building] {
        let community = AreaPrefix(area.code.prefix(12)) ?? area
        var found: [Building] = []
        for range in cells where found.count < limit {
            found += try BuildingStore.page(
                cells: range, in: community, limit: limit - found.count, transaction: transaction)
        }
        return area.level == .grid ? found.filter { $0.grid == area.code } : found
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
