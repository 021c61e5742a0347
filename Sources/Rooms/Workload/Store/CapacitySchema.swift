import Storage

enum CapacitySchema {
    static let migrations = [
        Migration(
            "workload.0002-capacity",
            """
            CREATE TABLE capacity_entries (
                id TEXT PRIMARY KEY,
                area TEXT NOT NULL,
                kind TEXT NOT NULL,
                role TEXT NOT NULL,
                people BIGINT NOT NULL,
                from_on TEXT NOT NULL,
                until_on TEXT NOT NULL,
                post TEXT NOT NULL,
                at BIGINT NOT NULL,
                withdrawn_at BIGINT
            )
            """,
            "CREATE INDEX capacity_entries_by_area ON capacity_entries (area, id)")
    ]
}
