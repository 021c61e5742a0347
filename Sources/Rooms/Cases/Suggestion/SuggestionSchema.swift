import Storage

/// The tables of suggestions: learned models, landmarks, past dispatches, and what was suggested and decided.
enum SuggestionSchema {
    static let migrations = [
        Migration(
            "cases.suggestions.0001",
            // Kept in the database, so that every server of an installation suggests the same and a backup holds it.
            """
            CREATE TABLE case_models (
                id TEXT NOT NULL PRIMARY KEY,
                made_at BIGINT NOT NULL,
                texts BIGINT NOT NULL,
                accuracy DOUBLE PRECISION NOT NULL,
                macro_f1 DOUBLE PRECISION NOT NULL,
                bytes BYTEA NOT NULL
            )
            """,
            """
            CREATE TABLE case_landmarks (
                name TEXT NOT NULL,
                area TEXT NOT NULL,
                kind TEXT NOT NULL,
                longitude DOUBLE PRECISION,
                latitude DOUBLE PRECISION,
                source TEXT NOT NULL,
                at BIGINT NOT NULL,
                PRIMARY KEY (name, area)
            )
            """,
            "CREATE INDEX case_landmarks_by_age ON case_landmarks (at)",
            // How often matters of a category were given to a body, by street; maintained with every dispatch.
            """
            CREATE TABLE case_dispatches (
                category TEXT NOT NULL,
                street TEXT NOT NULL,
                body TEXT NOT NULL,
                total BIGINT NOT NULL,
                PRIMARY KEY (category, street, body)
            )
            """,
            // What was suggested when people decided. Counted by a job a while later, when nothing is undone any more.
            """
            CREATE TABLE case_suggestions (
                case_id TEXT NOT NULL,
                kind TEXT NOT NULL,
                suggested TEXT NOT NULL,
                confidence DOUBLE PRECISION NOT NULL,
                decided TEXT NOT NULL,
                at BIGINT NOT NULL,
                counted_at BIGINT,
                PRIMARY KEY (case_id, kind)
            )
            """,
            "CREATE INDEX case_suggestions_uncounted ON case_suggestions (at) WHERE counted_at IS NULL",
            """
            CREATE TABLE case_suggestion_counts (
                month TEXT NOT NULL,
                kind TEXT NOT NULL,
                suggested TEXT NOT NULL,
                decided TEXT NOT NULL,
                total BIGINT NOT NULL,
                PRIMARY KEY (month, kind, suggested, decided)
            )
            """)
    ]
}
