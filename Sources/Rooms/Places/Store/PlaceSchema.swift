import Storage

/// The tables of the room.
enum PlaceSchema {
    static let migrations = [
        Migration(
            "places.0001-divisions-grids-bodies",
            """
            CREATE TABLE divisions (
                code TEXT NOT NULL,
                valid_from TEXT NOT NULL,
                valid_to TEXT,
                name TEXT NOT NULL,
                level TEXT NOT NULL,
                parent TEXT,
                source TEXT NOT NULL,
                PRIMARY KEY (code, valid_from)
            )
            """,
            "CREATE INDEX divisions_by_parent ON divisions (parent, code)",
            """
            CREATE TABLE division_successors (
                code TEXT NOT NULL,
                successor TEXT NOT NULL,
                since TEXT NOT NULL,
                standing TEXT NOT NULL,
                PRIMARY KEY (code, successor)
            )
            """,
            // One row for each list that was imported whole; `changes` counts what it changed.
            """
            CREATE TABLE division_lists (
                valid_from TEXT NOT NULL,
                source TEXT NOT NULL,
                imported_at BIGINT NOT NULL,
                row_count BIGINT NOT NULL,
                changes BIGINT NOT NULL,
                PRIMARY KEY (valid_from, source)
            )
            """,
            """
            CREATE TABLE grids (
                code TEXT NOT NULL PRIMARY KEY,
                community TEXT NOT NULL,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                households BIGINT NOT NULL,
                longitude DOUBLE PRECISION,
                latitude DOUBLE PRECISION,
                valid_from TEXT NOT NULL,
                valid_to TEXT
            )
            """,
            "CREATE INDEX grids_by_community ON grids (community, code)",
            """
            CREATE TABLE bodies (
                id TEXT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                english_name TEXT,
                kind TEXT NOT NULL,
                level TEXT NOT NULL,
                area TEXT NOT NULL,
                line TEXT,
                parent TEXT,
                functional_parent TEXT,
                phone TEXT,
                valid_from TEXT NOT NULL,
                valid_to TEXT,
                version BIGINT NOT NULL
            )
            """,
            "CREATE INDEX bodies_by_area ON bodies (area, id)",
            "CREATE INDEX bodies_by_line ON bodies (line, area) WHERE line IS NOT NULL",
            // What servers compare to know that their index of places in memory is old.
            """
            CREATE TABLE place_changes (
                id BIGINT NOT NULL PRIMARY KEY,
                count BIGINT NOT NULL
            )
            """,
            "INSERT INTO place_changes (id, count) VALUES (1, 0)")
    ]

    /// To be run with everything that changes divisions or grids.
    static let noteChange: SQL = "UPDATE place_changes SET count = count + 1 WHERE id = 1"
}
