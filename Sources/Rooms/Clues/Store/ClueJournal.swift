import Cipher
import Desk
import Foundation
import Ground
import Storage

/// Who did what with which clue. Sealed, each line chained to the one before; the ledger's hourly marks hold its end.
struct ClueJournal: Sendable {
    let vault: Vault

    private static let purpose: StaticString = "clues.journal"
    static let nothing = [UInt8](repeating: 0, count: 32)

    static func hash(_ sealed: [UInt8], after previous: [UInt8]) -> [UInt8] { Digest.sha256(previous + sealed) }

    func append(_ entry: ClueJournalEntry, in transaction: any Transaction) throws {
        let last = try transaction.first("SELECT number, hash FROM clue_journal ORDER BY number DESC LIMIT 1")
        let number = (try last?.int(0) ?? 0) + 1
        let sealed = vault.seal(
            String(decoding: try JSONEncoder().encode(entry), as: UTF8.self), for: Self.purpose)
        let hash = Self.hash(sealed, after: try last?.blob(1) ?? Self.nothing)
        try transaction.execute(
            "INSERT INTO clue_journal (number, sealed, hash) VALUES (\(number), \(sealed), \(hash))")
    }

    /// The newest first.
    func page(before: Int64?, limit: Int, in transaction: any Transaction) throws -> (
        items: [(number: Int64, entry: ClueJournalEntry)], next: Int64?
    ) {
        let rows = try transaction.query(
            """
            SELECT number, sealed FROM clue_journal WHERE number < \(before ?? Int64.max)
            ORDER BY number DESC LIMIT \(limit + 1)
            """)
        let items = try rows.prefix(limit).map { row in
            let text = try vault.open(row.blob(1), for: Self.purpose)
            return (
                number: try row.int(0), entry: try JSONDecoder().decode(ClueJournalEntry.self, from: Data(text.utf8))
            )
        }
        return (items, rows.count > limit ? try rows[limit - 1].int(0) : nil)
    }

    /// Its end: the number and the hash of the last line.
    static func end(in transaction: any Transaction) throws -> (number: Int64, hash: [UInt8]) {
        guard
            let row = try transaction.first("SELECT number, hash FROM clue_journal ORDER BY number DESC LIMIT 1")
        else { return (0, nothing) }
        return (try row.int(0), try row.blob(1))
    }
}
