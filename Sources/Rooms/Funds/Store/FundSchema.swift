import Storage

enum FundSchema {
    static let migrations = [
        Migration(
            "funds.0001-funds",
            """
            CREATE TABLE budget_lines (
                id TEXT PRIMARY KEY,
                street TEXT NOT NULL,
                area TEXT NOT NULL,
                title TEXT NOT NULL,
                source TEXT,
                ground TEXT,
                year BIGINT NOT NULL,
                allotted BIGINT NOT NULL CHECK (allotted >= 0),
                spent BIGINT NOT NULL CHECK (spent >= 0 AND spent <= allotted),
                version BIGINT NOT NULL
            )
            """,
            "CREATE INDEX budget_lines_by_street ON budget_lines (street, id)",
            "CREATE INDEX budget_lines_by_source ON budget_lines (source, id) WHERE source IS NOT NULL",
            """
            CREATE TABLE budget_moves (
                id TEXT PRIMARY KEY,
                line TEXT NOT NULL,
                kind TEXT NOT NULL,
                yuan BIGINT NOT NULL CHECK (yuan > 0),
                words TEXT NOT NULL,
                paper TEXT NOT NULL,
                at BIGINT NOT NULL,
                post TEXT NOT NULL
            )
            """,
            "CREATE INDEX budget_moves_by_line ON budget_moves (line, id)",
            """
            CREATE TABLE assets (
                id TEXT PRIMARY KEY,
                area TEXT NOT NULL,
                title TEXT NOT NULL,
                kind TEXT NOT NULL,
                yuan BIGINT NOT NULL CHECK (yuan >= 0),
                tenant TEXT,
                leased_from TEXT,
                leased_until TEXT,
                yuan_a_year BIGINT,
                income BIGINT NOT NULL CHECK (income >= 0),
                version BIGINT NOT NULL
            )
            """,
            "CREATE INDEX assets_by_area ON assets (area, id)",
            """
            CREATE TABLE asset_incomes (
                id TEXT PRIMARY KEY,
                asset TEXT NOT NULL,
                yuan BIGINT NOT NULL CHECK (yuan > 0),
                day TEXT NOT NULL,
                words TEXT NOT NULL,
                post TEXT NOT NULL
            )
            """,
            "CREATE INDEX asset_incomes_by_asset ON asset_incomes (asset, id)"),
        Migration(
            "funds.0002-plans",
            "ALTER TABLE budget_lines ADD COLUMN committed BIGINT NOT NULL DEFAULT 0 CHECK (committed >= 0)",
            // Four figures with commas between; nil until the street has made a plan.
            "ALTER TABLE budget_lines ADD COLUMN plan TEXT",
            "CREATE INDEX budget_lines_by_year ON budget_lines (year, street, id)"),
    ]
}
