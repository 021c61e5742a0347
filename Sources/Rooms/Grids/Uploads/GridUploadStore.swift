import Desk
import Foundation
import Ground
import Identity
import Storage

/// Files that wait, those being taken over, and what came of them. The file itself goes when it was taken over.
enum GridUploadStore {
    static let migration = Migration(
        "grids.0007-uploads",
        """
        CREATE TABLE grid_uploads (
            id TEXT NOT NULL PRIMARY KEY,
            subject TEXT NOT NULL,
            file_name TEXT NOT NULL,
            options TEXT NOT NULL,
            area TEXT NOT NULL,
            actor_kind TEXT NOT NULL,
            actor_id TEXT NOT NULL,
            actor_post TEXT,
            actor_name TEXT NOT NULL,
            language TEXT NOT NULL,
            state TEXT NOT NULL,
            uploaded_at BIGINT NOT NULL,
            seen_at BIGINT NOT NULL,
            finished_at BIGINT,
            rows_read BIGINT NOT NULL,
            written BIGINT,
            outcome TEXT,
            content BYTEA,
            errors BYTEA
        )
        """,
        "CREATE INDEX grid_uploads_by_state ON grid_uploads (state, id)",
        "CREATE INDEX grid_uploads_by_subject ON grid_uploads (subject, id)")

    private static let columns: StaticString = """
        id, subject, file_name, options, area, actor_kind, actor_id, actor_post, actor_name, language, state, uploaded_at,
        finished_at, rows_read, written, outcome, errors IS NOT NULL
        """

    static func insert(_ one: GridUpload, _ content: [UInt8], in transaction: any Transaction) throws {
        let options = String(decoding: try JSONEncoder().encode(one.options), as: UTF8.self)
        try transaction.later(
            """
            INSERT INTO grid_uploads (id, subject, file_name, options, area, actor_kind, actor_id, actor_post, actor_name,
                language, state, uploaded_at, seen_at, rows_read, content)
            VALUES (\(one.id), \(one.subject.rawValue), \(one.fileName), \(options), \(one.area.code),
                    \(one.actor.kind.rawValue), \(one.actor.id), \(one.actor.post), \(one.actor.name),
                    \(one.language.rawValue), \(one.state.rawValue), \(one.uploadedAt), \(one.uploadedAt), 0, \(content))
            """)
    }

    /// Whose sender's area the scope holds: a street sees its own.
    static func find(_ id: GridUpload.ID, for scope: Scope, in transaction: any Transaction) throws -> GridUpload {
        guard scope.may(.gridsBuildings), let upload = try find(id, in: transaction), scope.area.contains(upload.area)
        else { throw Refusal.nothingHere }
        return upload
    }

    private static func find(_ id: GridUpload.ID, in transaction: any Transaction) throws -> GridUpload? {
        try transaction.first("SELECT \(trusted: columns) FROM grid_uploads WHERE id = \(id)").map { try upload($0) }
    }

    /// The latest first.
    static func page(
        of subject: FeatureUpload.Subject, for scope: Scope, limit: Int, in transaction: any Transaction
    ) throws -> [GridUpload] {
        guard scope.may(.gridsBuildings) else { return [] }
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM grid_uploads
            WHERE subject = \(subject.rawValue) AND \(scope.area.condition(on: "area")) ORDER BY id DESC LIMIT \(limit)
            """
        ).map { try upload($0) }
    }

    static func errors(_ id: GridUpload.ID, in transaction: any Transaction) throws -> [UInt8]? {
        try transaction.first("SELECT errors FROM grid_uploads WHERE id = \(id)")?.blobIfAny(0)
    }

    /// The next that waits, taken by this server; what a server left lying for so long waits again.
    static func claim(at now: Instant, leftSince: Instant, in transaction: any Transaction) throws -> (
        upload: GridUpload, content: [UInt8]
    )? {
        try transaction.execute(
            "UPDATE grid_uploads SET state = 'waiting' WHERE state = 'running' AND seen_at < \(leftSince)")
        guard
            let row = try transaction.first("SELECT id FROM grid_uploads WHERE state = 'waiting' ORDER BY id LIMIT 1")
        else { return nil }
        let id: GridUpload.ID = try row.identifier(0)
        let claimed = try transaction.execute(
            """
            UPDATE grid_uploads SET state = 'running', seen_at = \(now), rows_read = 0, written = NULL
            WHERE id = \(id) AND state = 'waiting'
            """)
        guard claimed == 1, let upload = try find(id, in: transaction),
            let content = try transaction.first("SELECT content FROM grid_uploads WHERE id = \(id)")?.blobIfAny(0)
        else { return nil }
        return (upload, content)
    }

    /// How many features were read; once writing has begun only that somebody is at it.
    /// - Returns: false when it is no longer to go on.
    static func noteReading(
        _ id: GridUpload.ID, _ rows: Int, at now: Instant, in transaction: any Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            UPDATE grid_uploads SET rows_read = CASE WHEN written IS NULL THEN \(rows) ELSE rows_read END, seen_at = \(now)
            WHERE id = \(id) AND state = 'running'
            """) == 1
    }

    /// In the transaction that writes: how far it is, and whether it is to go on, are one with what was written.
    static func noteWriting(
        _ id: GridUpload.ID, _ written: Int, of rows: Int, at now: Instant, in transaction: any Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            UPDATE grid_uploads SET rows_read = \(rows), written = \(written), seen_at = \(now)
            WHERE id = \(id) AND state = 'running'
            """) == 1
    }

    static func finish(
        _ id: GridUpload.ID, _ state: GridUpload.State, _ outcome: GridUpload.Outcome, rows: Int?, errors: [UInt8]?,
        at now: Instant, in transaction: any Transaction
    ) throws {
        let text = String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self)
        try transaction.execute(
            """
            UPDATE grid_uploads SET state = \(state.rawValue), finished_at = \(now), outcome = \(text),
                rows_read = COALESCE(\(rows), rows_read), content = NULL, errors = \(errors)
            WHERE id = \(id) AND state = 'running'
            """)
    }

    /// - Returns: whether there was something left to be cancelled.
    static func cancel(_ id: GridUpload.ID, at now: Instant, in transaction: any Transaction) throws -> Bool {
        try transaction.execute(
            """
            UPDATE grid_uploads SET state = 'cancelled', finished_at = \(now), content = NULL
            WHERE id = \(id) AND (state = 'waiting' OR state = 'running')
            """) == 1
    }

    /// Files of errors go, the figures stay.
    static func forgetErrors(before: Instant, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE grid_uploads SET errors = NULL
            WHERE state = 'done' AND errors IS NOT NULL AND finished_at < \(before)
            """)
    }

    private static func upload(_ row: Row) throws -> GridUpload {
        GridUpload(
            id: try row.identifier(0), subject: FeatureUpload.Subject(rawValue: try row.text(1)) ?? .buildings,
            fileName: try row.text(2),
            options: try JSONDecoder().decode(GridUpload.Options.self, from: Data(try row.text(3).utf8)),
            area: AreaPrefix(try row.text(4)) ?? .everywhere,
            actor: Actor(
                kind: Actor.Kind(rawValue: try row.text(5)) ?? .staff, id: try row.text(6), post: try row.textIfAny(7),
                name: try row.text(8)),
            language: Language(rawValue: try row.text(9)) ?? .chinese,
            state: GridUpload.State(rawValue: try row.text(10)) ?? .failed, uploadedAt: try row.instant(11),
            finishedAt: try row.instantIfAny(12), rowsRead: Int(try row.int(13)),
            written: try row.intIfAny(14).map { Int($0) },
            outcome: try row.textIfAny(15).map {
                try JSONDecoder().decode(GridUpload.Outcome.self, from: Data($0.utf8))
            }, hasErrors: try row.bool(16))
    }
}
