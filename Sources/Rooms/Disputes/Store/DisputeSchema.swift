import Storage

/// The tables of the room. What people said and who they are is sealed; states, days and codes are in clear.
enum DisputeSchema {
    static let migrations = [
        Migration(
            "disputes.0001-disputes",
            """
            CREATE TABLE disputes (
                id TEXT PRIMARY KEY,
                kind TEXT NOT NULL,
                area TEXT NOT NULL,
                street TEXT,
                community TEXT,
                state TEXT NOT NULL,
                level TEXT NOT NULL,
                outcome TEXT NOT NULL,
                began_at BIGINT NOT NULL,
                due_at BIGINT,
                ended_at BIGINT,
                end_by BIGINT NOT NULL,
                origin TEXT,
                follows TEXT,
                mediator TEXT,
                words_sealed BYTEA NOT NULL,
                version BIGINT NOT NULL
            )
            """,
            "CREATE INDEX disputes_open ON disputes (outcome, id)",
            "CREATE INDEX disputes_by_street ON disputes (street, outcome, id)",
            "CREATE INDEX disputes_by_community ON disputes (community, outcome, id)",
            "CREATE INDEX disputes_by_mediator ON disputes (mediator, id) WHERE mediator IS NOT NULL",
            "CREATE INDEX disputes_by_follows ON disputes (follows) WHERE follows IS NOT NULL",
            """
            CREATE TABLE dispute_parties (
                id TEXT PRIMARY KEY,
                dispute TEXT NOT NULL REFERENCES disputes (id),
                side TEXT NOT NULL,
                name_masked TEXT NOT NULL,
                name_sealed BYTEA NOT NULL,
                phone_masked TEXT,
                phone_sealed BYTEA,
                phone_index TEXT
            )
            """,
            "CREATE INDEX dispute_parties_by_dispute ON dispute_parties (dispute, id)",
            """
            CREATE TABLE mediators (
                id TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                organisation TEXT NOT NULL,
                area TEXT NOT NULL,
                level TEXT NOT NULL,
                fields TEXT NOT NULL,
                languages TEXT NOT NULL,
                phone_index TEXT,
                is_active BOOLEAN NOT NULL,
                open_count BIGINT NOT NULL,
                version BIGINT NOT NULL
            )
            """,
            "CREATE INDEX mediators_by_area ON mediators (area, id)",
            """
            CREATE TABLE dispute_ties (
                dispute TEXT NOT NULL REFERENCES disputes (id),
                mediator TEXT NOT NULL,
                reason_sealed BYTEA NOT NULL,
                at BIGINT NOT NULL,
                PRIMARY KEY (dispute, mediator)
            )
            """,
            """
            CREATE TABLE dispute_sessions (
                id TEXT PRIMARY KEY,
                dispute TEXT NOT NULL REFERENCES disputes (id),
                level TEXT NOT NULL,
                mediator TEXT,
                held_at BIGINT NOT NULL,
                outcome TEXT NOT NULL,
                note_sealed BYTEA NOT NULL
            )
            """,
            "CREATE INDEX dispute_sessions_by_dispute ON dispute_sessions (dispute, id)",
            """
            CREATE TABLE dispute_agreements (
                dispute TEXT PRIMARY KEY REFERENCES disputes (id),
                form TEXT NOT NULL,
                text_sealed BYTEA NOT NULL,
                effective_on TEXT NOT NULL,
                confirm_by TEXT NOT NULL,
                confirmation TEXT NOT NULL,
                applied_on TEXT,
                decided_on TEXT,
                is_kept BOOLEAN
            )
            """,
            """
            CREATE TABLE dispute_duties (
                id TEXT PRIMARY KEY,
                dispute TEXT NOT NULL REFERENCES disputes (id),
                side TEXT NOT NULL,
                text_sealed BYTEA NOT NULL,
                due_on TEXT NOT NULL,
                state TEXT NOT NULL
            )
            """,
            "CREATE INDEX dispute_duties_by_dispute ON dispute_duties (dispute, id)",
            """
            CREATE TABLE dispute_revisits (
                id TEXT PRIMARY KEY,
                dispute TEXT NOT NULL REFERENCES disputes (id),
                number BIGINT NOT NULL,
                due_at BIGINT NOT NULL,
                made_at BIGINT,
                outcome TEXT,
                note_sealed BYTEA,
                task TEXT,
                is_last BOOLEAN NOT NULL
            )
            """,
            "CREATE INDEX dispute_revisits_by_dispute ON dispute_revisits (dispute, number)",
            "CREATE INDEX dispute_revisits_by_task ON dispute_revisits (task) WHERE task IS NOT NULL",
            // Those that nobody made yet and that are no task yet.
            "CREATE INDEX dispute_revisits_due ON dispute_revisits (due_at) WHERE made_at IS NULL AND task IS NULL"),
        Migration(
            "disputes.0002-figures",
            // Maintained with every act: by the day on which a dispute should have ended, or an agreement be kept.
            """
            CREATE TABLE dispute_figures (
                area TEXT NOT NULL,
                day TEXT NOT NULL,
                kind TEXT NOT NULL,
                level TEXT NOT NULL,
                outcome TEXT NOT NULL,
                total BIGINT NOT NULL,
                PRIMARY KEY (area, day, kind, level, outcome)
            )
            """,
            "CREATE INDEX dispute_figures_by_day ON dispute_figures (day, area)",
            """
            CREATE TABLE dispute_kept_figures (
                area TEXT NOT NULL,
                day TEXT NOT NULL,
                outcome TEXT NOT NULL,
                total BIGINT NOT NULL,
                PRIMARY KEY (area, day, outcome)
            )
            """,
            "CREATE INDEX dispute_kept_figures_by_day ON dispute_kept_figures (day, area)"),
    ]
}
