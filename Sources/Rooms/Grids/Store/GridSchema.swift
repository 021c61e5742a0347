import Storage

/// The tables of the room.
enum GridSchema {
    static let migrations = [
        Migration(
            "grids.0001-buildings",
            // `cell` is the place as `Geo.SpatialCell`: a tile or a box is a few ranges of it. `outline` is well-known binary.
            """
            CREATE TABLE buildings (
                id TEXT PRIMARY KEY,
                community TEXT NOT NULL,
                grid TEXT,
                name TEXT NOT NULL,
                compound TEXT,
                households BIGINT NOT NULL,
                workload DOUBLE PRECISION,
                longitude DOUBLE PRECISION NOT NULL,
                latitude DOUBLE PRECISION NOT NULL,
                cell BIGINT NOT NULL,
                outline BYTEA
            )
            """,
            "CREATE INDEX buildings_by_community ON buildings (community, id)",
            "CREATE INDEX buildings_by_grid ON buildings (grid, id) WHERE grid IS NOT NULL",
            "CREATE INDEX buildings_by_cell ON buildings (cell, id)",
            """
            CREATE TABLE grid_outlines (
                grid TEXT PRIMARY KEY,
                outline BYTEA NOT NULL,
                square_metres DOUBLE PRECISION NOT NULL,
                households BIGINT NOT NULL,
                buildings BIGINT NOT NULL
            )
            """,
            // What servers and open maps compare to know that buildings or outlines changed.
            "CREATE TABLE grid_changes (id BIGINT NOT NULL PRIMARY KEY, count BIGINT NOT NULL)",
            "INSERT INTO grid_changes (id, count) VALUES (1, 0)"),
        Migration(
            "grids.0002-plans",
            """
            CREATE TABLE community_standings (
                community TEXT PRIMARY KEY,
                type TEXT,
                self_governance BIGINT,
                one_owner_share DOUBLE PRECISION NOT NULL,
                version BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE grid_plans (
                id TEXT PRIMARY KEY,
                area TEXT NOT NULL,
                title TEXT NOT NULL,
                state TEXT NOT NULL,
                chosen TEXT,
                effective_on TEXT,
                made_by TEXT NOT NULL,
                made_at BIGINT NOT NULL,
                verdicts TEXT NOT NULL,
                version BIGINT NOT NULL
            )
            """,
            "CREATE INDEX grid_plans_by_area ON grid_plans (area, id)",
            "CREATE INDEX grid_plans_by_state ON grid_plans (state, effective_on, id)",
            """
            CREATE TABLE grid_plan_choices (
                plan TEXT NOT NULL REFERENCES grid_plans (id),
                kind TEXT NOT NULL,
                place BIGINT NOT NULL,
                grids BIGINT NOT NULL,
                in_norm BIGINT NOT NULL,
                households_moved BIGINT NOT NULL,
                unevenness DOUBLE PRECISION NOT NULL,
                walk DOUBLE PRECISION NOT NULL,
                cut BIGINT NOT NULL,
                compound_cuts BIGINT NOT NULL,
                PRIMARY KEY (plan, kind)
            )
            """,
            // `members` are the ids of its buildings, one a line.
            """
            CREATE TABLE grid_plan_grids (
                plan TEXT NOT NULL REFERENCES grid_plans (id),
                kind TEXT NOT NULL,
                code TEXT NOT NULL,
                name TEXT NOT NULL,
                is_new BOOLEAN NOT NULL,
                households BIGINT NOT NULL,
                workload DOUBLE PRECISION NOT NULL,
                buildings BIGINT NOT NULL,
                longitude DOUBLE PRECISION NOT NULL,
                latitude DOUBLE PRECISION NOT NULL,
                reason TEXT,
                outline BYTEA,
                members TEXT NOT NULL,
                PRIMARY KEY (plan, kind, code)
            )
            """),
        Migration(
            "grids.0003-functional",
            // Laid over base grids for some categories and some days. `members` and `categories` one a line.
            """
            CREATE TABLE functional_grids (
                id TEXT PRIMARY KEY,
                area TEXT NOT NULL,
                name TEXT NOT NULL,
                categories TEXT NOT NULL,
                members TEXT NOT NULL,
                valid_from TEXT NOT NULL,
                valid_to TEXT NOT NULL,
                post TEXT NOT NULL,
                version BIGINT NOT NULL
            )
            """,
            "CREATE INDEX functional_grids_by_area ON functional_grids (area, id)",
            "CREATE INDEX functional_grids_by_end ON functional_grids (valid_to, id)",
            """
            CREATE TABLE functional_grid_matters (
                functional TEXT NOT NULL REFERENCES functional_grids (id),
                case_id TEXT NOT NULL,
                taken_at BIGINT NOT NULL,
                PRIMARY KEY (functional, case_id)
            )
            """),
        BarrierStore.migration,
        Migration(
            "grids.0005-files-of-buildings",
            "ALTER TABLE buildings ADD COLUMN missing_since BIGINT",
            "CREATE INDEX buildings_without_grid ON buildings (community, id) WHERE grid IS NULL",
            "CREATE INDEX buildings_missing ON buildings (community, id) WHERE missing_since IS NOT NULL"),
        BarrierSourceStore.migration,
    ]

    /// To be run with everything that changes buildings or outlines.
    static let noteChange: SQL = "UPDATE grid_changes SET count = count + 1 WHERE id = 1"
}
