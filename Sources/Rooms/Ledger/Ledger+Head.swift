public import Storage

/// What shows whether anything was recorded since somebody looked: equal heads mean that nothing was, on any server.
///
/// Ids follow the clock of whoever acts, so a later commit may have a smaller one; what is not sealed yet is therefore
/// counted, and what was sealed is known by its block.
public struct LedgerHead: Sendable, Hashable {
    private var blocks: Int64
    private var unsealed: Int64
    private var newest: String?

    fileprivate init(_ row: Row) throws {
        blocks = try row.int(0)
        unsealed = try row.int(1)
        newest = try row.textIfAny(2)
    }

    /// More waits to be sealed than is counted (an import): another commit could look the same, so take it as moved.
    public var isCrowded: Bool { unsealed >= Ledger.countedForHead }
}

extension Ledger {
    fileprivate static let countedForHead: Int64 = 2_000

    /// The present head: one short statement over what is not sealed yet, a few seconds of acts.
    public static func head(of database: any Database) async throws -> LedgerHead {
        let rows = try await database.query(headQuery)
        guard let row = rows.first else { throw DatabaseError(.wrongType, "no head") }
        return try LedgerHead(row)
    }

    static var headQuery: SQL {
        """
        SELECT (SELECT COALESCE(MAX(blocks), 0) FROM ledger_chains),
            (SELECT COUNT(*) FROM (SELECT id FROM ledger_entries WHERE block IS NULL LIMIT \(countedForHead)) AS newest),
            (SELECT MAX(id) FROM ledger_entries WHERE block IS NULL)
        """
    }

    /// All entries one after the other, in the order of their ids and in constant memory: for recounts.
    public static func each(in transaction: any Transaction, _ body: (LedgerEntry) throws -> Void) throws {
        try transaction.each("SELECT \(trusted: LedgerEntry.columns) FROM ledger_entries ORDER BY id") { row in
            try body(LedgerEntry(row))
        }
    }
}
