import Desk
import Foundation
import Ground
import Storage

/// What may still be taken back: at most one act of each matter, forgotten soon after.
enum UndoStore {
    static let migrations = [
        Migration(
            "cases.0009-undoables",
            """
            CREATE TABLE case_undoables (
                case_id TEXT NOT NULL PRIMARY KEY,
                act TEXT NOT NULL,
                version BIGINT NOT NULL,
                staff TEXT NOT NULL,
                at BIGINT NOT NULL,
                kept TEXT NOT NULL
            )
            """,
            "CREATE INDEX case_undoables_by_age ON case_undoables (at)")
    ]

    static func keep(_ undoable: Undoable, of id: CaseID, in transaction: any Transaction) throws {
        let kept = String(decoding: try JSONEncoder().encode(undoable.kept), as: UTF8.self)
        try transaction.later(
            """
            INSERT INTO case_undoables (case_id, act, version, staff, at, kept)
            VALUES (\(id), \(undoable.act.rawValue), \(undoable.version), \(undoable.staff), \(undoable.at), \(kept))
            ON CONFLICT (case_id) DO UPDATE SET act = excluded.act, version = excluded.version, staff = excluded.staff,
                at = excluded.at, kept = excluded.kept
            """)
    }

    static func undoable(of id: CaseID, in transaction: any Transaction) throws -> Undoable? {
        let row = try transaction.first(
            "SELECT act, version, staff, at, kept FROM case_undoables WHERE case_id = \(id)")
        guard let row else { return nil }
        return Undoable(
            act: ActName(rawValue: try row.text(0)), version: try row.int(1), staff: try row.identifier(2),
            at: try row.instant(3),
            kept: try JSONDecoder().decode(Undoable.Kept.self, from: Data(try row.text(4).utf8)))
    }

    static func forget(_ id: CaseID, in transaction: any Transaction) throws {
        try transaction.later("DELETE FROM case_undoables WHERE case_id = \(id)")
    }

    static func forget(before limit: Instant, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM case_undoables WHERE at < \(limit)")
    }
}
