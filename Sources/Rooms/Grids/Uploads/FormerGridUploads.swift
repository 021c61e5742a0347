import Storage

/// Files of grids that were sent in before all rooms shared one queue. They lay open, so those that still waited are to be sent
/// again; reports stay, lists of what was left out do not.
enum FormerGridUploads {
    static let migrations = [
        Migration(
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
            "CREATE INDEX grid_uploads_by_subject ON grid_uploads (subject, id)"),
        Migration(
            "grids.0008-uploads-in-one-queue",
            """
            INSERT INTO uploads (id, line, subject, file_name, options, area, actor_kind, actor_id, actor_post, actor_name,
                language, state, uploaded_at, seen_at, finished_at, rows_read, done, total, outcome)
            SELECT id, 'grid-files', subject, file_name, options, area, actor_kind, actor_id, actor_post, actor_name,
                language, CASE WHEN state IN ('waiting', 'running') THEN 'failed' ELSE state END, uploaded_at, seen_at,
                COALESCE(finished_at, seen_at), rows_read, COALESCE(written, 0),
                CASE WHEN written IS NULL THEN NULL ELSE rows_read END,
                CASE WHEN state IN ('waiting', 'running') THEN '{"code":"grids.upload.before-upgrade",'
                    || '"chinese":"升级前上传，尚未导入完。请重新上传",'
                    || '"english":"Sent before an upgrade and not taken over whole. Send it again"}' ELSE outcome END
            FROM grid_uploads
            """,
            "DROP TABLE grid_uploads"),
    ]
}
