public import Storage

extension Ledger {
    /// What was recorded and is not sealed yet: a few seconds of acts, newest first. With ``sealed(after:limit:in:)`` whoever
    /// follows live misses nothing; entries are told apart by their ids.
    public static func unsealed(limit: Int, in transaction: any Transaction) throws -> [LedgerEntry] {
        try transaction.query(
            """
            SELECT \(trusted: LedgerEntry.columns) FROM ledger_entries WHERE block IS NULL ORDER BY id DESC LIMIT \(limit)
            """
        ).map { try LedgerEntry($0) }
    }
}
