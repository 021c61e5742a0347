import Cipher
import Desk
import Ground
import Storage

/// Files that wait, those being taken over, and what came of them. The files are sealed, and go when they were taken over.
struct UploadStore: Sendable {
    /// Each line is worked off on its own: a register of half an hour holds up no map.
    let line: String
    let vault: Vault
    let contentPurpose: StaticString
    let errorsPurpose: StaticString

    static let migration = Migration(
        "uploads.0001-uploads",
        """
        CREATE TABLE uploads (
            id TEXT NOT NULL PRIMARY KEY,
            line TEXT NOT NULL,
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
            rows_read BIGINT NOT NULL DEFAULT 0,
            done BIGINT NOT NULL DEFAULT 0,
            total BIGINT,
            holder TEXT,
            attempts BIGINT NOT NULL DEFAULT 0,
            outcome TEXT,
            content BYTEA,
            errors BYTEA
        )
        """,
        "CREATE INDEX uploads_by_state ON uploads (line, state, id)",
        "CREATE INDEX uploads_by_subject ON uploads (line, subject, id)")

    /// Whoever holds an upload, and what of it: only they write how far it is.
    struct Claimed: Sendable {
        var upload: Upload
        var holder: String
        var sealed: [UInt8]
    }

    private static let columns: StaticString = """
        id, subject, file_name, options, area, actor_kind, actor_id, actor_post, actor_name, language, state, uploaded_at,
        finished_at, rows_read, done, total, outcome, errors IS NOT NULL, attempts
        """

    func insert(_ one: Upload, _ content: [UInt8], in transaction: any Transaction) throws {
        let sealed = vault.seal(content, for: contentPurpose, of: one.id.text)
        try transaction.later(
            """
            INSERT INTO uploads (id, line, subject, file_name, options, area, actor_kind, actor_id, actor_post, actor_name,
                language, state, uploaded_at, seen_at, total, content)
            VALUES (\(one.id), \(line), \(one.subject), \(one.fileName), \(one.options), \(one.area.code),
                    \(one.actor.kind.rawValue), \(one.actor.id), \(one.actor.post), \(one.actor.name),
                    \(one.language.rawValue), \(one.state.rawValue), \(one.uploadedAt), \(one.uploadedAt),
                    \(one.progress.total), \(sealed))
            """)
    }

    func find(_ id: Upload.ID, in transaction: any Transaction) throws -> Upload? {
        try transaction.first(
            "SELECT \(trusted: Self.columns) FROM uploads WHERE id = \(id) AND line = \(line)"
        ).map { try upload($0) }
    }

    /// The latest first.
    func page(
        of subject: String, in area: AreaPrefix, limit: Int, transaction: any Transaction
    ) throws -> [Upload] {
        try transaction.query(
            """
            SELECT \(trusted: Self.columns) FROM uploads
            WHERE line = \(line) AND subject = \(subject) AND \(area.condition(on: "area"))
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map { try upload($0) }
    }

    func errors(_ id: Upload.ID, in transaction: any Transaction) throws -> [UInt8]? {
        let row = try transaction.first("SELECT errors FROM uploads WHERE id = \(id) AND line = \(line)")
        return try row?.blobIfAny(0).map { try vault.open($0, for: errorsPurpose, of: id.text) }
    }

    // MARK: Who is at it

    /// What a server left lying for so long waits again; what was begun so often without an end is given up.
    func release(
        leftSince: Instant, most attempts: Int, givenUp outcome: String, at now: Instant,
        in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE uploads SET state = 'failed', finished_at = \(now), outcome = \(outcome), content = NULL, holder = NULL
            WHERE line = \(line) AND state = 'running' AND seen_at < \(leftSince) AND attempts >= \(attempts)
            """)
        try transaction.execute(
            """
            UPDATE uploads SET state = 'waiting', holder = NULL
            WHERE line = \(line) AND state = 'running' AND seen_at < \(leftSince)
            """)
    }

    /// The next that waits, held by whoever asks.
    func claim(as holder: String, at now: Instant, in transaction: any Transaction) throws -> Claimed? {
        guard
            let row = try transaction.first(
                "SELECT id FROM uploads WHERE line = \(line) AND state = 'waiting' ORDER BY id LIMIT 1")
        else { return nil }
        let id: Upload.ID = try row.identifier(0)
        let claimed = try transaction.execute(
            """
            UPDATE uploads SET state = 'running', seen_at = \(now), rows_read = 0, done = 0, holder = \(holder),
                attempts = attempts + 1
            WHERE id = \(id) AND state = 'waiting'
            """)
        guard claimed == 1, let upload = try find(id, in: transaction),
            let sealed = try transaction.first("SELECT content FROM uploads WHERE id = \(id)")?.blobIfAny(0)
        else { return nil }
        return Claimed(upload: upload, holder: holder, sealed: sealed)
    }

    /// - Throws: a refusal when it cannot be opened.
    func content(of claimed: Claimed) throws(Refusal) -> [UInt8] {
        do { return try vault.open(claimed.sealed, for: contentPurpose, of: claimed.upload.id.text) } catch {
            throw Refusal(
                .ruleBroken, "uploads.unreadable",
                LocalizedText("暂存的文件无法打开（密钥已更换？）", "The file that was kept cannot be opened (another key?)"),
                wayOn: LocalizedText("请重新上传", "Send it again"))
        }
    }

    /// - Returns: false when it is no longer to go on: it was cancelled, or another has it.
    func note(
        _ progress: Upload.Progress, of id: Upload.ID, heldAs holder: String, at now: Instant,
        in transaction: any Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            UPDATE uploads SET rows_read = \(progress.rows), done = \(progress.done), total = \(progress.total),
                seen_at = \(now)
            WHERE id = \(id) AND state = 'running' AND holder = \(holder)
            """) == 1
    }

    /// Puts back what its holder cannot end, as if it had not been begun.
    func putBack(_ id: Upload.ID, heldAs holder: String, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE uploads SET state = 'waiting', holder = NULL, attempts = attempts - 1
            WHERE id = \(id) AND state = 'running' AND holder = \(holder)
            """)
    }

    /// What went wrong was not the file's.
    func forgiveAttempt(_ id: Upload.ID, heldAs holder: String, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE uploads SET attempts = attempts - 1 WHERE id = \(id) AND state = 'running' AND holder = \(holder)
            """)
    }

    func finish(
        _ id: Upload.ID, _ state: Upload.State, _ outcome: String, rows: Int?, errors: [UInt8]?,
        heldAs holder: String, at now: Instant, in transaction: any Transaction
    ) throws {
        let sealed = errors.map { vault.seal($0, for: errorsPurpose, of: id.text) }
        try transaction.execute(
            """
            UPDATE uploads SET state = \(state.rawValue), finished_at = \(now), outcome = \(outcome),
                rows_read = COALESCE(\(rows), rows_read), content = NULL, errors = \(sealed), holder = NULL
            WHERE id = \(id) AND state = 'running' AND holder = \(holder)
            """)
    }

    /// - Returns: whether there was something left to be cancelled.
    func cancel(_ id: Upload.ID, at now: Instant, in transaction: any Transaction) throws -> Bool {
        try transaction.execute(
            """
            UPDATE uploads SET state = 'cancelled', finished_at = \(now), content = NULL, holder = NULL
            WHERE id = \(id) AND line = \(line) AND (state = 'waiting' OR state = 'running')
            """) == 1
    }

    /// Files of errors hold what was typed: they go, the figures stay.
    func forgetErrors(before: Instant, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE uploads SET errors = NULL
            WHERE line = \(line) AND errors IS NOT NULL AND finished_at < \(before)
            """)
    }

    private func upload(_ row: Row) throws -> Upload {
        Upload(
            id: try row.identifier(0), subject: try row.text(1), fileName: try row.text(2),
            options: try row.text(3), area: AreaPrefix(try row.text(4)) ?? .everywhere,
            actor: Actor(
                kind: Actor.Kind(rawValue: try row.text(5)) ?? .staff, id: try row.text(6), post: try row.textIfAny(7),
                name: try row.text(8)),
            language: Language(rawValue: try row.text(9)) ?? .chinese,
            state: Upload.State(rawValue: try row.text(10)) ?? .failed, uploadedAt: try row.instant(11),
            finishedAt: try row.instantIfAny(12),
            progress: Upload.Progress(
                rows: Int(try row.int(13)), done: try row.int(14), total: try row.intIfAny(15)),
            outcome: try row.textIfAny(16), hasErrors: try row.bool(17), attempts: try row.int(18))
    }
}
