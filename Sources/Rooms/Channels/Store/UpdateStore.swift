import Cases
import Ground
import Ledger
import Storage

/// One step of a matter that may be shown.
struct PublicUpdate: Sendable {
    /// Of its entry in the ledger: the same update always has the same.
    var id: Identifier<LedgerEntry>
    /// When it came in.
    var at: Instant
    var number: String
    var state: StateName
}

enum UpdateStore {
    static func position(in transaction: any Transaction) throws -> LedgerPosition {
        let row = try transaction.first("SELECT block, entry FROM channel_updates_read WHERE id = 1")
        return try row.map { LedgerPosition(block: try $0.int(0), entry: try $0.text(1)) }
            ?? LedgerPosition(block: 0, entry: "")
    }

    /// - Returns: false when another server was there first.
    static func move(
        from old: LedgerPosition, to new: LedgerPosition, in transaction: any Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            UPDATE channel_updates_read SET block = \(new.block), entry = \(new.entry)
            WHERE id = 1 AND block = \(old.block) AND entry = \(old.entry)
            """) == 1
    }

    static func insert(_ update: PublicUpdate, in transaction: any Transaction) throws {
        try transaction.later(
            """
            INSERT INTO channel_updates (id, at, number, state)
            VALUES (\(update.id), \(update.at), \(update.number), \(update.state.rawValue))
            """)
    }

    static func forget(before limit: Instant, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM channel_updates WHERE at < \(limit)")
    }

    /// Oldest first, so that whoever asks again from the last one it read gets all of them.
    static func page(
        from: Instant, to: Instant, offset: Int, limit: Int, in transaction: any Transaction
    ) throws -> [PublicUpdate] {
        try transaction.query(pageQuery(from: from, to: to, offset: offset, limit: limit)).map { row in
            PublicUpdate(
                id: try row.identifier(0), at: try row.instant(1), number: try row.text(2),
                state: StateName(rawValue: try row.text(3)))
        }
    }

    static func pageQuery(from: Instant, to: Instant, offset: Int, limit: Int) -> SQL {
        """
        SELECT id, at, number, state FROM channel_updates
        WHERE at >= \(from) AND at <= \(to) ORDER BY at, id LIMIT \(limit) OFFSET \(offset)
        """
    }
}
