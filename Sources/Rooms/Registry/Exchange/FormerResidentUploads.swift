import Storage

/// Registers that were sent in before all rooms shared one queue.
enum FormerResidentUploads {
    static let migrations = [
        Migration(
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
            "CREATE INDEX registry_uploads_by_state ON registry_uploads (state, id)"),
        // The room Uploads stands below this one, so its table is there.
        Migration(
            "registry.0003-uploads-in-one-queue",
            """
            INSERT INTO uploads (id, line, subject, file_name, options, area, actor_kind, actor_id, actor_post, actor_name,
                language, state, uploaded_at, seen_at, finished_at, rows_read, done, total, outcome, content, errors)
            SELECT id, 'residents', 'residents', file_name, '{}', '', actor_kind, actor_id, actor_post, actor_name,
                language, state, uploaded_at, seen_at, finished_at, rows_read, bytes_read, byte_count, outcome, content, errors
            FROM registry_uploads
            """,
            "DROP TABLE registry_uploads"),
    ]
}
