public import Cipher
import Desk
import Foundation
import Ground
import Identity
import Ledger
import Messages
public import Storage

/// One mark an hour in the ledger, whether there is anything to mark or not: it holds the end of the sealed journal under
/// the platform's key, so that the journal's past cannot be changed unseen, and tells nobody whether there is a journal at
/// all. The mark of nine o'clock also reminds the police to look, every day alike.
struct ClueMarks: Sendable {
    let clues: Clues

    private static let uptoPurpose: StaticString = "clues.mark"
    private static let hour: Int64 = 3_600_000
    private static let reminderHour = 9

    static func mark(hour: Int64, number: Int64, hash: [UInt8], _ vault: Vault) -> String {
        vault.blindIndex("\(hour)|\(number)|\(hash.hexadecimal)", for: "clues.marks")
    }

    func run() async throws {
        let now = clues.house.clock.now()
        let marks = self
        try await clues.house.database.write { try marks.run(at: now, in: $0) }
    }

    func run(at now: Instant, in transaction: any Transaction) throws {
        let hour = now.milliseconds / Self.hour
        let isMade = try transaction.first("SELECT 1 FROM clue_marks WHERE hour = \(hour)") != nil
        guard !isMade else { return }
        let vault = clues.house.keys.vault
        let end = try ClueJournal.end(in: transaction)
        try transaction.execute(
            """
            INSERT INTO clue_marks (hour, upto_sealed)
            VALUES (\(hour), \(vault.seal(Self.padded(end.number), for: Self.uptoPurpose)))
            """)
        let id: Identifier<LedgerEntry> = clues.house.identifiers.next(at: now)
        try Ledger.record(
            LedgerEntry("sealed.mark", on: "mark", id, by: .system, at: now, id: id) { writer in
                writer.member("hour", hour)
                writer.member("mark", Self.mark(hour: hour, number: end.number, hash: end.hash, vault))
            }, in: transaction)
        if now.local().hour == Self.reminderHour { try remind(at: now, in: transaction) }
    }

    private func remind(at now: Instant, in transaction: any Transaction) throws {
        for holder in try clues.identity.directory.postHolders(right: .readClues, in: transaction) {
            try Messages.notify(
                Notice(
                    to: .post(holder.post.id), kind: "sealed.reminder", subjectKind: "mark", subjectID: "daily",
                    text: LocalizedText("每日提醒：请查看线索页面", "Daily reminder: look at the page of clues"),
                    address: "/clues", at: now), in: transaction)
        }
    }

    /// All of one length, so that a large number looks like none.
    private static func padded(_ number: Int64) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 20 - text.count)) + text
    }

    private struct Facts: Decodable {
        var hour: Int64
        var mark: String
    }

    static func isIntact(_ vault: Vault, in transaction: any Transaction) throws -> Bool {
        var heads: [Int64: [UInt8]] = [0: ClueJournal.nothing]
        var previous = ClueJournal.nothing
        var next: Int64 = 1
        var isWhole = true
        try transaction.each("SELECT number, sealed, hash FROM clue_journal ORDER BY number") { row in
            let hash = ClueJournal.hash(try row.blob(1), after: previous)
            if try row.int(0) != next || row.blob(2) != hash { isWhole = false }
            heads[next] = hash
            previous = hash
            next += 1
        }
        var marked: [Int64: String] = [:]
        try transaction.each("SELECT hour, upto_sealed FROM clue_marks ORDER BY hour") { row in
            let hour = try row.int(0)
            guard let text = try? vault.open(row.blob(1), for: uptoPurpose), let number = Int64(text),
                let head = heads[number]
            else {
                isWhole = false
                return
            }
            marked[hour] = mark(hour: hour, number: number, hash: head, vault)
        }
        try transaction.each("SELECT facts FROM ledger_entries WHERE act = 'sealed.mark' ORDER BY id") { row in
            guard let facts = try? JSONDecoder().decode(Facts.self, from: Data(row.blob(0))),
                marked[facts.hour] == facts.mark
            else {
                isWhole = false
                return
            }
            marked[facts.hour] = nil
        }
        return isWhole && marked.isEmpty
    }
}

extension Clues {
    /// Whether the sealed journal is what the ledger's marks say. Tells nothing else: neither how much there is, nor when.
    public static func isIntact(_ database: any Database, keys: KeyRing) async throws -> Bool {
        try await database.snapshot { try ClueMarks.isIntact(keys.vault, in: $0) }
    }
}
