public import Ground
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

    /// A sealed block, as far as others need to know it: its number, and the root that holds everything up to it.
    public struct SealedBlock: Sendable, Hashable {
        public var number: Int64
        public var root: [UInt8]
        public var sealedAt: Instant
    }

    /// The first block that was sealed at or after an instant; nil while there is none. Nobody can know its root before,
    /// nor choose it without the signing key, so it serves where a lot must be drawn that everybody can draw again.
    /// Blocks are numbered without gaps in the order in which they were sealed, so few are looked at.
    public static func firstBlock(sealedFrom instant: Instant, in transaction: any Transaction) throws -> SealedBlock? {
        guard let chain = try transaction.first("SELECT chain, blocks FROM ledger_chains ORDER BY chain LIMIT 1") else {
            return nil
        }
        let name = try chain.text(0)
        func block(_ number: Int64) throws -> SealedBlock? {
            try transaction.first(
                "SELECT root, sealed_at FROM ledger_blocks WHERE chain = \(name) AND number = \(number)"
            ).map { SealedBlock(number: number, root: try $0.blob(0), sealedAt: try $0.instant(1)) }
        }
        var (low, high) = (Int64(1), try chain.int(1))
        guard let last = try block(high), last.sealedAt >= instant else { return nil }
        while low < high {
            let middle = (low + high) / 2
            guard let found = try block(middle) else { return nil }
            if found.sealedAt >= instant { high = middle } else { low = middle + 1 }
        }
        return try block(low)
    }
}
