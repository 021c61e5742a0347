public import Desk
public import Ground
public import Ledger
public import Storage

/// What drawing grids anew needs of matters: those that are open in a grid, and that they go on in another.
extension Cases {
    /// A matter that has not ended, as far as its grid is concerned.
    public struct OpenMatter: Sendable, Hashable {
        public var id: CaseID
        public var number: String
        public var title: String
        public var area: AreaPrefix
        public var category: String?
        public var location: Location?
    }

    /// Matters of a community that have not ended, in the order of their ids; those of its grids and of itself.
    public static func openMatters(
        inCommunity community: String, after: CaseID?, limit: Int, in transaction: any Transaction
    ) throws -> [OpenMatter] {
        let rest: SQL = after.map { "id > \($0)" } ?? "TRUE"
        return try transaction.query(
            """
            SELECT id, number, title, area, category, longitude, latitude FROM cases
            WHERE community = \(community) AND ended_at IS NULL AND \(rest) ORDER BY id LIMIT \(limit)
            """
        ).compactMap { row in
            guard let area = AreaPrefix(try row.text(3)) else { return nil }
            var location: Location?
            if let longitude = try row.doubleIfAny(5), let latitude = try row.doubleIfAny(6) {
                location = Location(longitude: longitude, latitude: latitude)
            }
            return OpenMatter(
                id: try row.identifier(0), number: try row.text(1), title: try row.text(2), area: area,
                category: try row.textIfAny(4), location: location)
        }
    }

    /// An open matter goes on in another grid: same state, same holder, same deadlines. It is no act of its workflow, so
    /// its version stays and nobody who has it open loses what they type.
    /// - Returns: false when there is no such matter, or it has ended.
    @discardableResult
    public static func move(
        _ id: CaseID, to area: AreaPrefix, because plan: String, entry: Identifier<LedgerEntry>, at now: Instant,
        in transaction: any Transaction
    ) throws -> Bool {
        guard let before = try CaseStore.find(id, in: transaction), before.endedAt == nil else { return false }
        guard before.area != area else { return true }
        var after = before
        after.area = area
        try CaseStore.update(after, from: before, in: transaction)
        try Ledger.record(
            LedgerEntry("cases.grid-changed", on: "case", id, by: .system, at: now, id: entry, area: area.code) {
                $0.member("from", before.area.code)
                $0.member("to", area.code)
                $0.member("plan", plan)
            }, in: transaction)
        return true
    }
}
