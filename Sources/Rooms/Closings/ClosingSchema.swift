import Storage

/// The tables of the room: what was closed, what was drawn of it, and whom to call.
enum ClosingSchema {
    static let migrations = [
        Migration(
            "closings.0001-closed-matters",
            // One row for each time that a matter was closed. What describes it then stays; `undone_at` is set when it is
            // taken up again. `call_at` stands while somebody is to be called.
            """
            CREATE TABLE closings (
                id TEXT PRIMARY KEY,
                case_id TEXT NOT NULL,
                closed_at BIGINT NOT NULL,
                category TEXT,
                area TEXT NOT NULL,
                street TEXT,
                body TEXT,
                handler TEXT,
                undone_at BIGINT,
                rated_at BIGINT,
                draw TEXT,
                call_at BIGINT,
                attempts BIGINT NOT NULL,
                call_end TEXT,
                call_ended_at BIGINT,
                post TEXT,
                kept_until BIGINT
            )
            """,
            "CREATE INDEX closings_by_time ON closings (closed_at, id)",
            "CREATE INDEX closings_by_case ON closings (case_id, id)",
            "CREATE INDEX closings_to_call ON closings (call_at, id) WHERE call_at IS NOT NULL",
            "CREATE INDEX closings_to_call_by_street ON closings (street, call_at, id) WHERE call_at IS NOT NULL",
            "CREATE INDEX closings_of_post ON closings (post, call_at, id) WHERE post IS NOT NULL AND call_at IS NOT NULL"
        ),
        Migration(
            "closings.0002-site-checks",
            """
            CREATE TABLE site_draws (
                id TEXT PRIMARY KEY,
                from_day BIGINT NOT NULL,
                until_day BIGINT NOT NULL,
                seed TEXT NOT NULL,
                block BIGINT NOT NULL,
                population BIGINT NOT NULL,
                drawn BIGINT NOT NULL,
                rules TEXT NOT NULL,
                at BIGINT NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX site_draws_by_day ON site_draws (until_day)",
            """
            CREATE TABLE site_checks (
                id TEXT PRIMARY KEY,
                draw TEXT NOT NULL REFERENCES site_draws (id),
                closing TEXT NOT NULL REFERENCES closings (id),
                case_id TEXT NOT NULL,
                area TEXT NOT NULL,
                category TEXT,
                body TEXT,
                due_at BIGINT NOT NULL,
                outcome TEXT,
                checked_at BIGINT,
                staff TEXT,
                post TEXT,
                words TEXT
            )
            """,
            "CREATE INDEX site_checks_open ON site_checks (area, id) WHERE outcome IS NULL",
            "CREATE INDEX site_checks_by_area ON site_checks (area, id)",
            "CREATE INDEX site_checks_by_draw ON site_checks (draw, id)",
            "CREATE INDEX site_checks_by_case ON site_checks (case_id, id)"),
    ]
}
