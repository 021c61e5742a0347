import Cipher
import Desk
import Foundation
import Ground
import Storage

/// A register of residents that somebody sent in by a page or the interface, and how far it was taken over.
struct ResidentUpload: Sendable, Hashable {
    typealias ID = Identifier<ResidentUpload>

    enum State: String, Sendable, Hashable, CaseIterable {
        case waiting, running, done, failed

        var title: LocalizedText {
            switch self {
            case .waiting: LocalizedText("等待导入", "Waiting")
            case .running: LocalizedText("正在导入", "Being imported")
            case .done: LocalizedText("已导入", "Imported")
            case .failed: LocalizedText("未能导入", "Could not be imported")
            }
        }

        var isOver: Bool { self == .done || self == .failed }
    }

    /// What came of it.
    struct Outcome: Sendable, Hashable, Codable {
        var rows = 0
        var created = 0
        var changed = 0
        var unchanged = 0
        var rejected = 0
        var partly = 0
        var lookAlikes = 0
        var dwellings = 0
        var households = 0
        var unusedColumns: [String] = []
        /// Why nothing was taken.
        var code: String?
        var chinese: String?
        var english: String?
    }

    var id: ID
    var fileName: String
    /// Who sent it, as the ledger names them.
    var actor: Actor
    /// Of the file of errors.
    var language: Language
    var state: State
    var uploadedAt: Instant
    var finishedAt: Instant?
    var bytesRead: Int64 = 0
    var byteCount: Int64
    var rowsRead = 0
    var outcome: Outcome?
    var hasErrors = false
}

/// The files themselves are sealed; the register is gone when it was taken over.
enum ResidentUploadStore {
    static let migration = Migration(
        "registry.0002-uploads",
        """
        CREATE TABLE registry_uploads (
            id TEXT NOT NULL PRIMARY KEY,
            file_name TEXT NOT NULL,
            actor_kind TEXT NOT NULL,
            actor_id TEXT NOT NULL,
            actor_post TEXT,
            actor_name TEXT NOT NULL,
            language TEXT NOT NULL,
            state TEXT NOT NULL,
            uploaded_at BIGINT NOT NULL,
            seen_at BIGINT NOT NULL,
            finished_at BIGINT,
            bytes_read BIGINT NOT NULL,
            byte_count BIGINT NOT NULL,
            rows_read BIGINT NOT NULL,
            outcome TEXT,
            content BYTEA,
            errors BYTEA
        )
        """,
        "CREATE INDEX registry_uploads_by_state ON registry_uploads (state, id)")

    private static let columns: StaticString = """
        id, file_name, actor_kind, actor_id, actor_post, actor_name, language, state, uploaded_at, finished_at, bytes_read,
        byte_count, rows_read, outcome, errors IS NOT NULL
        """
    private static let contentPurpose: StaticString = "registry.upload"
    private static let errorsPurpose: StaticString = "registry.upload.errors"

    static func insert(_ one: ResidentUpload, _ content: [UInt8], vault: Vault, in transaction: any Transaction) throws
    {
        let sealed = vault.seal(content, for: contentPurpose, of: one.id.text)
        try transaction.later(
            """
            INSERT INTO registry_uploads (id, file_name, actor_kind, actor_id, actor_post, actor_name, language, state,
                uploaded_at, seen_at, bytes_read, byte_count, rows_read, content)
            VALUES (\(one.id), \(one.fileName), \(one.actor.kind.rawValue), \(one.actor.id), \(one.actor.post),
                    \(one.actor.name), \(one.language.rawValue), \(one.state.rawValue), \(one.uploadedAt),
                    \(one.uploadedAt), 0, \(one.byteCount), 0, \(sealed))
            """)
    }

    /// The latest first.
    static func page(limit: Int, in transaction: any Transaction) throws -> [ResidentUpload] {
        try transaction.query(
            "SELECT \(trusted: columns) FROM registry_uploads ORDER BY id DESC LIMIT \(limit)"
        ).map { try upload($0) }
    }

    static func find(_ id: ResidentUpload.ID, in transaction: any Transaction) throws -> ResidentUpload? {
        try transaction.first("SELECT \(trusted: columns) FROM registry_uploads WHERE id = \(id)").map {
            try upload($0)
        }
    }

    static func errors(_ id: ResidentUpload.ID, vault: Vault, in transaction: any Transaction) throws -> [UInt8]? {
        let row = try transaction.first("SELECT errors FROM registry_uploads WHERE id = \(id)")
        return try row?.blobIfAny(0).map { try vault.open($0, for: errorsPurpose, of: id.text) }
    }

    /// The next that waits, taken by this server; what a server left lying for so long waits again.
    static func claim(at now: Instant, leftSince: Instant, vault: Vault, in transaction: any Transaction) throws -> (
        upload: ResidentUpload, content: [UInt8]
    )? {
        try transaction.execute(
            """
            UPDATE registry_uploads SET state = 'waiting' WHERE state = 'running' AND seen_at < \(leftSince)
            """)
        guard
            let row = try transaction.first(
                "SELECT id FROM registry_uploads WHERE state = 'waiting' ORDER BY state, id LIMIT 1")
        else { return nil }
        let id: ResidentUpload.ID = try row.identifier(0)
        let claimed = try transaction.execute(
            """
            UPDATE registry_uploads SET state = 'running', seen_at = \(now) WHERE id = \(id) AND state = 'waiting'
            """)
        guard claimed == 1, let upload = try find(id, in: transaction),
            let sealed = try transaction.first("SELECT content FROM registry_uploads WHERE id = \(id)")?.blobIfAny(0)
        else { return nil }
        return (upload, try vault.open(sealed, for: contentPurpose, of: id.text))
    }

    static func noteProgress(
        _ id: ResidentUpload.ID, _ progress: ResidentImportProgress, at now: Instant, in transaction: any Transaction
    ) throws {
        try transaction.later(
            """
            UPDATE registry_uploads SET bytes_read = \(progress.bytesRead), byte_count = \(progress.byteCount),
                rows_read = \(progress.rows), seen_at = \(now)
            WHERE id = \(id) AND state = 'running'
            """)
    }

    static func finish(
        _ id: ResidentUpload.ID, _ state: ResidentUpload.State, _ outcome: ResidentUpload.Outcome, errors: [UInt8]?,
        vault: Vault, at now: Instant, in transaction: any Transaction
    ) throws {
        let text = String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self)
        let sealed = errors.map { vault.seal($0, for: errorsPurpose, of: id.text) }
        try transaction.later(
            """
            UPDATE registry_uploads SET state = \(state.rawValue), finished_at = \(now), outcome = \(text),
                rows_read = \(outcome.rows), content = NULL, errors = \(sealed)
            WHERE id = \(id)
            """)
    }

    /// Files of errors hold what was typed: they go, the figures stay.
    static func forgetErrors(before: Instant, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE registry_uploads SET errors = NULL
            WHERE state = 'done' AND errors IS NOT NULL AND finished_at < \(before)
            """)
    }

    private static func upload(_ row: Row) throws -> ResidentUpload {
        ResidentUpload(
            id: try row.identifier(0), fileName: try row.text(1),
            actor: Actor(
                kind: Actor.Kind(rawValue: try row.text(2)) ?? .staff, id: try row.text(3), post: try row.textIfAny(4),
                name: try row.text(5)),
            language: Language(rawValue: try row.text(6)) ?? .chinese,
            state: ResidentUpload.State(rawValue: try row.text(7)) ?? .failed, uploadedAt: try row.instant(8),
            finishedAt: try row.instantIfAny(9), bytesRead: try row.int(10), byteCount: try row.int(11),
            rowsRead: Int(try row.int(12)),
            outcome: try row.textIfAny(13).map {
                try JSONDecoder().decode(ResidentUpload.Outcome.self, from: Data($0.utf8))
            }, hasErrors: try row.bool(14))
    }
}
