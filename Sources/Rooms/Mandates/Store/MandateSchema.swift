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
            "CREATE INDEX demands_by_line ON demands (line, kind, filed_at)",
            "CREATE INDEX demands_by_time ON demands (filed_at)",
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
        Migration(
            "mandates.0003-contracts",
            """
            CREATE TABLE contracts (
                id TEXT PRIMARY KEY,
                number TEXT NOT NULL,
                demand TEXT NOT NULL,
                title TEXT NOT NULL,
                buyer TEXT NOT NULL,
                buyer_name TEXT NOT NULL,
                area TEXT NOT NULL,
                quantity BIGINT NOT NULL CHECK (quantity >= 0),
                yuan BIGINT NOT NULL CHECK (yuan >= 0),
                begins_on TEXT NOT NULL,
                ends_on TEXT NOT NULL,
                conditions TEXT NOT NULL,
                stage TEXT NOT NULL,
                delivered BIGINT NOT NULL CHECK (delivered >= 0 AND delivered <= quantity),
                accepted BIGINT NOT NULL CHECK (accepted >= 0 AND accepted <= quantity),
                paid BIGINT NOT NULL CHECK (paid >= 0 AND paid <= yuan),
                by_hired BOOLEAN NOT NULL,
                minutes BIGINT NOT NULL,
                times BIGINT NOT NULL,
                area_level TEXT NOT NULL,
                roles TEXT NOT NULL,
                due_at BIGINT,
                version BIGINT NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX contracts_by_number ON contracts (number)",
            "CREATE INDEX contracts_by_demand ON contracts (demand, area)",
            "CREATE INDEX contracts_by_buyer ON contracts (buyer, id)",
            "CREATE INDEX contracts_by_area ON contracts (area, id)",
            "CREATE INDEX contracts_by_stage ON contracts (stage, id)",
            "CREATE INDEX contracts_due ON contracts (due_at) WHERE due_at IS NOT NULL"),
        Migration(
            "mandates.0004-powers",
            """
            CREATE TABLE power_grants (
                id TEXT PRIMARY KEY,
                power TEXT NOT NULL,
                area TEXT NOT NULL,
                stage TEXT NOT NULL,
                readiness TEXT NOT NULL,
                instrument TEXT NOT NULL,
                ordered_at BIGINT NOT NULL,
                granted_at BIGINT,
                due_at BIGINT,
                version BIGINT NOT NULL
            )
            """,
            "CREATE INDEX power_grants_by_area ON power_grants (area, id)",
            "CREATE INDEX power_grants_by_power ON power_grants (power, area, id)",
            // A power is held once in a street, whoever asks at the same moment.
            """
            CREATE UNIQUE INDEX power_grants_once ON power_grants (power, area)
                WHERE stage IN ('ordered', 'training', 'trial', 'granted')
            """,
            "CREATE INDEX power_grants_due ON power_grants (due_at) WHERE due_at IS NOT NULL"),
        RiseStore.migration, MeasureStore.migration, HelpStore.migration,
        // The day on which its sender took back what was admitted.
        Migration("mandates.0008-withdrawn-on", "ALTER TABLE demands ADD COLUMN withdrawn_on TEXT"),
    ]
}
