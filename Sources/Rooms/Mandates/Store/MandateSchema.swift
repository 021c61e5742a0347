import Storage

enum MandateSchema {
    static let migrations = [
        Migration(
            "mandates.0001-lists",
            // A revision replaces what it names and leaves the rest: an item holds from one revision until before another.
            """
            CREATE TABLE mandate_revisions (
                number BIGINT PRIMARY KEY,
                note TEXT NOT NULL,
                valid_from TEXT NOT NULL,
                at BIGINT NOT NULL,
                post TEXT NOT NULL,
                added BIGINT NOT NULL,
                changed BIGINT NOT NULL,
                removed BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE mandate_items (
                code TEXT NOT NULL,
                since BIGINT NOT NULL,
                until BIGINT,
                list TEXT NOT NULL,
                lead TEXT NOT NULL,
                content TEXT NOT NULL,
                PRIMARY KEY (code, since)
            )
            """,
            "CREATE INDEX mandate_items_by_list ON mandate_items (list, code, since)"),
        Migration(
            "mandates.0002-demands",
            """
            CREATE TABLE demands (
                id TEXT PRIMARY KEY,
                number TEXT NOT NULL,
                kind TEXT NOT NULL,
                title TEXT NOT NULL,
                area TEXT NOT NULL,
                body TEXT NOT NULL,
                body_name TEXT NOT NULL,
                line TEXT,
                sender TEXT NOT NULL,
                filed_at BIGINT NOT NULL,
                stage TEXT NOT NULL,
                content TEXT NOT NULL,
                terms TEXT NOT NULL,
                answer TEXT NOT NULL,
                begins_on TEXT NOT NULL,
                ends_on TEXT,
                due_at BIGINT,
                decider TEXT,
                appeals BIGINT NOT NULL,
                version BIGINT NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX demands_by_number ON demands (number)",
            "CREATE INDEX demands_by_stage ON demands (stage, id)",
            "CREATE INDEX demands_by_body ON demands (body, id)",
            "CREATE INDEX demands_due ON demands (due_at) WHERE due_at IS NOT NULL",
            """
            CREATE TABLE demand_hearings (
                demand TEXT NOT NULL,
                area TEXT NOT NULL,
                answer TEXT,
                words TEXT NOT NULL,
                at BIGINT,
                post TEXT,
                PRIMARY KEY (demand, area)
            )
            """,
            "CREATE INDEX demand_hearings_by_area ON demand_hearings (area, demand)",
            """
            CREATE TABLE mandate_numbers (
                series TEXT PRIMARY KEY,
                last BIGINT NOT NULL
            )
            """),
    ]
}
