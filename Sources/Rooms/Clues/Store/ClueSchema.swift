import Storage

/// Tables of this room alone. Beside a running number everything is sealed, so the database tells neither what nor when.
enum ClueSchema {
    static let migrations = [
        Migration(
            "clues.0001-clues",
            """
            CREATE TABLE clues (
                number BIGINT PRIMARY KEY,
                code_index TEXT NOT NULL,
                sealed BYTEA NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX clues_by_code ON clues (code_index)",
            """
            CREATE TABLE clue_files (
                clue BIGINT NOT NULL REFERENCES clues (number),
                position BIGINT NOT NULL,
                sealed BYTEA NOT NULL,
                PRIMARY KEY (clue, position)
            )
            """,
            // Each line carries the hash of the one before it.
            """
            CREATE TABLE clue_journal (
                number BIGINT PRIMARY KEY,
                sealed BYTEA NOT NULL,
                hash BYTEA NOT NULL
            )
            """,
            // One an hour, whether anything happened or not.
            """
            CREATE TABLE clue_marks (
                hour BIGINT PRIMARY KEY,
                upto_sealed BYTEA NOT NULL
            )
            """),
        Migration(
            "clues.0002-answers",
            // Which sending came again, told by indexes that nobody reads back.
            """
            CREATE TABLE clue_answers (
                key_index TEXT PRIMARY KEY,
                content_index TEXT NOT NULL,
                sealed BYTEA NOT NULL
            )
            """),
    ]
}
