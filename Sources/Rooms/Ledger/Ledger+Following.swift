import Ground
public import Storage

/// A place in the sealed ledger: a block, and an entry in it.
public struct LedgerPosition: Sendable, Hashable {
    public var block: Int64
    public var entry: String

    public init(block: Int64, entry: String) {
        self.block = block
        self.entry = entry
    }
}

/// An entry and the place where it is sealed.
public struct SealedEntry: Sendable {
    public var position: LedgerPosition
    public var entry: LedgerEntry
}

extension Ledger {
    /// What was sealed after a place, in the order of the chain. Nothing can be sealed before what was read once, so whoever
    /// remembers the last place misses nothing; what was done to one thing comes in the order in which it was done.
    public static func sealed(
        after position: LedgerPosition, limit: Int, in transaction: any Transaction
    ) throws -> [SealedEntry] {
        try transaction.query(
            """
            SELECT \(trusted: LedgerEntry.columns), block FROM ledger_entries
            WHERE block IS NOT NULL AND (block, id) > (\(position.block), \(position.entry))
            ORDER BY block, id LIMIT \(limit)
            """
        ).map { row in
            let line = try LedgerLine(row)
            return SealedEntry(
                position: LedgerPosition(block: line.block ?? 0, entry: line.entry.id.text), entry: line.entry)
        }
    }

    /// The place of what was sealed last.
    public static func end(in transaction: any Transaction) throws -> LedgerPosition {
        let row = try transaction.first(
            "SELECT block, id FROM ledger_entries WHERE block IS NOT NULL ORDER BY block DESC, id DESC LIMIT 1")
        return try row.map { LedgerPosition(block: try $0.int(0), entry: try $0.text(1)) }
            ?? LedgerPosition(block: 0, entry: "")
    }
}
