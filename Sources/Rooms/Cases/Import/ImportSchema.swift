import Storage

/// What was imported under which number, so that a second run finds everything there and a changed row is noticed.
enum ImportSchema {
    static let migrations = [
        Migration(
            "cases.0006-imports",
            """
            CREATE TABLE case_imports (
                source TEXT NOT NULL,
                number TEXT NOT NULL,
                case_id TEXT NOT NULL REFERENCES cases (id),
                text_fingerprint TEXT NOT NULL,
                progress_fingerprint TEXT NOT NULL,
                case_version BIGINT NOT NULL,
                at BIGINT NOT NULL,
                PRIMARY KEY (source, number)
            )
            """)
    ]
}
