import Storage

/// The tables of the room. What somebody did stands in the ledger. Only the other end of the phones' outbox says whose an
/// entry is, so that it arrives once and comes back to its writer; it is no record of work, and is forgotten after 90 days.
enum GridDaySchema {
    static let migrations = [
        Migration(
            "gridday.0001-entries",
            // What phones sent. The content is sealed, and gone once it has become a step of a matter.
            """
            CREATE TABLE day_entries (
                id TEXT PRIMARY KEY,
                owner TEXT NOT NULL,
                key TEXT NOT NULL,
                fingerprint BYTEA NOT NULL,
                kind TEXT NOT NULL,
                case_id TEXT,
                seen_version BIGINT,
                follows TEXT,
                happened_at BIGINT NOT NULL,
                received_at BIGINT NOT NULL,
                state TEXT NOT NULL,
                code TEXT,
                content BYTEA,
                result_case TEXT,
                result_version BIGINT,
                ended_at BIGINT
            )
            """,
            "CREATE UNIQUE INDEX day_entries_by_key ON day_entries (owner, key)",
            "CREATE INDEX day_entries_by_owner ON day_entries (owner, state, id)",
            "CREATE INDEX day_entries_waiting ON day_entries (state, received_at) WHERE state = 'waiting'",
            "CREATE INDEX day_entries_by_age ON day_entries (ended_at) WHERE ended_at IS NOT NULL"),
        Migration(
            "gridday.0002-patrols",
            """
            CREATE TABLE patrol_plans (
                id TEXT PRIMARY KEY,
                origin TEXT NOT NULL,
                origin_key TEXT NOT NULL,
                title_zh TEXT NOT NULL,
                title_en TEXT NOT NULL,
                look_zh TEXT NOT NULL,
                look_en TEXT NOT NULL,
                area TEXT NOT NULL,
                place TEXT,
                category TEXT,
                role TEXT,
                every_days BIGINT NOT NULL,
                next_on BIGINT NOT NULL,
                until BIGINT,
                is_active BOOLEAN NOT NULL,
                made_by_body TEXT,
                at BIGINT NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX patrol_plans_by_origin ON patrol_plans (origin, origin_key)",
            "CREATE INDEX patrol_plans_by_area ON patrol_plans (area, id) WHERE is_active",
            "CREATE INDEX patrol_plans_by_next ON patrol_plans (next_on, id) WHERE is_active",
            // One stretch that is to be looked at, or was. It says what was found there, never who was there.
            """
            CREATE TABLE patrol_checks (
                id TEXT PRIMARY KEY,
                plan TEXT NOT NULL REFERENCES patrol_plans (id),
                area TEXT NOT NULL,
                category TEXT,
                due_on BIGINT NOT NULL,
                outcome TEXT,
                done_on BIGINT,
                case_id TEXT
            )
            """,
            "CREATE UNIQUE INDEX patrol_checks_by_plan ON patrol_checks (plan, due_on)",
            "CREATE INDEX patrol_checks_open ON patrol_checks (area, due_on, id) WHERE outcome IS NULL",
            "CREATE INDEX patrol_checks_done ON patrol_checks (done_on, area) WHERE done_on IS NOT NULL"),
        Migration(
            "gridday.0003-place-days",
            // Sums by day, place and category; maintained by a job, so that no page counts matters.
            """
            CREATE TABLE place_days (
                day BIGINT NOT NULL,
                area TEXT NOT NULL,
                category TEXT NOT NULL,
                complained BIGINT NOT NULL,
                proactive BIGINT NOT NULL,
                PRIMARY KEY (day, area, category)
            )
            """,
            "CREATE INDEX place_days_by_place ON place_days (area, category, day)",
            // What came after a place was looked at: complaints so many days before and after.
            """
            CREATE TABLE place_effects (
                day BIGINT NOT NULL,
                area TEXT NOT NULL,
                looked_at BIGINT NOT NULL,
                before_it BIGINT NOT NULL,
                after_it BIGINT NOT NULL,
                PRIMARY KEY (day, area)
            )
            """,
            """
            CREATE TABLE patrol_proposals (
                id TEXT PRIMARY KEY,
                area TEXT NOT NULL,
                category TEXT NOT NULL,
                matters BIGINT NOT NULL,
                found_on BIGINT NOT NULL,
                state TEXT NOT NULL,
                plan TEXT
            )
            """,
            "CREATE INDEX patrol_proposals_by_area ON patrol_proposals (state, area, id)",
            "CREATE INDEX patrol_proposals_by_place ON patrol_proposals (area, category, found_on)"),
    ]
}
