import Storage

enum SystemSchema {
    static let migrations = [
        Migration(
            "systems.0001-standings-entries",
            // What was decided of a system; the last one counts.
            """
            CREATE TABLE system_standings (
                id TEXT NOT NULL PRIMARY KEY,
                system TEXT NOT NULL,
                standing TEXT NOT NULL,
                since TEXT NOT NULL,
                reason TEXT,
                staff_name TEXT NOT NULL,
                decided_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX system_standings_by_system ON system_standings (system, since, id)",
            // Facts that people wrote, by month, street and element.
            """
            CREATE TABLE system_entries (
                month TEXT NOT NULL,
                area TEXT NOT NULL,
                element TEXT NOT NULL,
                entries BIGINT NOT NULL,
                PRIMARY KEY (month, area, element)
            )
            """,
            // Up to which entry of the registry they are counted.
            "CREATE TABLE system_cursor (id BIGINT NOT NULL PRIMARY KEY, entry TEXT)",
            "INSERT INTO system_cursor (id, entry) VALUES (1, NULL)")
    ]
}
