import Storage

/// The tables of the room. What is known of people stands in the registry; here is only who was not at home, what somebody
/// would rather not say, and what waits for a decision.
enum VisitSchema {
    static let migrations = [
        Migration(
            "visits.0001-calls-and-queue",
            // The last time that somebody came to a home; says nothing of who came.
            """
            CREATE TABLE visit_calls (
                home TEXT NOT NULL PRIMARY KEY,
                area TEXT NOT NULL,
                seen_at BIGINT NOT NULL,
                nobody_there BOOLEAN NOT NULL
            )
            """,
            "CREATE INDEX visit_calls_by_area ON visit_calls (area, home)",
            """
            CREATE TABLE visit_declined (
                subject TEXT NOT NULL,
                element TEXT NOT NULL,
                area TEXT NOT NULL,
                until_day TEXT NOT NULL,
                PRIMARY KEY (subject, element)
            )
            """,
            "CREATE INDEX visit_declined_by_area ON visit_declined (area, subject, element)",
            // Two who saw the same differently (both stand as entries of the registry), and answers that could not become
            // facts; their content is sealed, and gone once it is decided.
            """
            CREATE TABLE visit_queue (
                id TEXT NOT NULL PRIMARY KEY,
                kind TEXT NOT NULL,
                area TEXT NOT NULL,
                home TEXT NOT NULL,
                subject TEXT NOT NULL,
                element TEXT NOT NULL,
                code TEXT,
                earlier_entry TEXT,
                later_entry TEXT,
                staff TEXT NOT NULL,
                seen_at BIGINT NOT NULL,
                received_at BIGINT NOT NULL,
                content BYTEA,
                decision TEXT,
                decided_by TEXT,
                decided_at BIGINT
            )
            """,
            "CREATE INDEX visit_queue_open ON visit_queue (area, id) WHERE decided_at IS NULL",
            "CREATE INDEX visit_queue_of_subject ON visit_queue (subject, element) WHERE decided_at IS NULL")
    ]
}
