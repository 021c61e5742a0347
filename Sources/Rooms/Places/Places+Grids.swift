public import Desk
public import Ground
public import Storage

/// What drawing grids anew needs of places: which numbers are used up, and that grids begin and end on a day.
extension Places {
    /// The numbers that base grids of a community ever had, ended ones too: none is given twice.
    public static func sequencesEver(of community: String, in transaction: any Transaction) throws -> Set<Int> {
        let rows = try transaction.query(
            "SELECT code FROM grids WHERE community = \(community) ORDER BY code LIMIT 1000")
        return Set(try rows.compactMap { Int(try $0.text(0).suffix(3)) })
    }

    /// The base grids of a community that hold on a day.
    public static func baseGrids(of community: String, at day: Day, in transaction: any Transaction) throws -> [Grid] {
        guard let area = AreaPrefix(community) else { return [] }
        return try GridStore.grids(in: area, at: day, limit: 1000, transaction: transaction).filter { $0.kind == .base }
    }

    /// Grids end: on that day they are no longer.
    public static func end(grids codes: [String], on day: Day, in transaction: any Transaction) throws {
        guard !codes.isEmpty else { return }
        try transaction.execute("UPDATE grids SET valid_to = \(day) WHERE code IN (\(list: codes))")
        try transaction.batch([PlaceSchema.noteChange])
    }
}

extension Places {
    /// Grids of an area that hold on a day, within the caller's transaction.
    public static func grids(in area: AreaPrefix, at day: Day, _ transaction: any Transaction) throws -> [Grid] {
        try GridStore.grids(in: area, at: day, transaction: transaction)
    }
}
