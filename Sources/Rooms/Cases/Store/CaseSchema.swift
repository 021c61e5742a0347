import Storage

/// The tables of the room. Every list of a page is served by one index, whose order is the order of the list.
enum CaseSchema {
    static let migrations = [
        Migration(
            "cases.0001-cases",
            """
            CREATE TABLE cases (
                id TEXT PRIMARY KEY,
                number TEXT NOT NULL,
                number_reversed TEXT NOT NULL,
                version BIGINT NOT NULL,
                title TEXT NOT NULL,
                detail TEXT NOT NULL,
                category TEXT,
                area TEXT NOT NULL,
                street TEXT,
                community TEXT,
                address TEXT,
                longitude DOUBLE PRECISION,
                latitude DOUBLE PRECISION,
                channel TEXT NOT NULL,
                state TEXT NOT NULL,
                reported_at BIGINT NOT NULL,
                received_at BIGINT NOT NULL,
                state_since BIGINT NOT NULL,
                due_at BIGINT,
                due_provisional BOOLEAN NOT NULL,
                final_due_at BIGINT,
                final_due_provisional BOOLEAN NOT NULL,
                finished_at BIGINT,
                ended_at BIGINT,
                body TEXT,
                handler TEXT,
                answerable TEXT NOT NULL,
                answerable_post TEXT NOT NULL,
                is_supervised BOOLEAN NOT NULL,
                is_bound BOOLEAN NOT NULL,
                extension_asked BIGINT,
                trail TEXT NOT NULL,
                result TEXT,
                is_solved BOOLEAN,
                satisfaction BIGINT,
                phone_index TEXT,
                phone_masked TEXT,
                phone_sealed BYTEA,
                name_masked TEXT,
                name_sealed BYTEA,
                reporting_staff TEXT,
                source TEXT,
                source_number TEXT,
                photo_count BIGINT NOT NULL,
                limit_told_at BIGINT
            )
            """,
            "CREATE UNIQUE INDEX cases_by_number ON cases (number_reversed)",
            "CREATE INDEX cases_by_state ON cases (state, id)",
            "CREATE INDEX cases_by_street ON cases (street, state, id)",
            "CREATE INDEX cases_by_community ON cases (community, state, id)",
            "CREATE INDEX cases_by_body ON cases (body, state, id) WHERE body IS NOT NULL",
            "CREATE INDEX cases_by_category ON cases (category, id) WHERE category IS NOT NULL",
            "CREATE INDEX cases_by_phone ON cases (phone_index, id) WHERE phone_index IS NOT NULL",
            "CREATE INDEX cases_by_due ON cases (due_at, id) WHERE due_at IS NOT NULL",
            "CREATE INDEX cases_by_answerable ON cases (answerable, id) WHERE ended_at IS NULL",
            "CREATE INDEX cases_by_reporting_staff ON cases (reporting_staff, id) WHERE reporting_staff IS NOT NULL",
            "CREATE UNIQUE INDEX cases_by_source ON cases (source, source_number) WHERE source IS NOT NULL"),
        Migration(
            "cases.0002-steps",
            """
            CREATE TABLE case_steps (
                case_id TEXT NOT NULL REFERENCES cases (id),
                version BIGINT NOT NULL,
                act TEXT NOT NULL,
                from_state TEXT,
                to_state TEXT NOT NULL,
                at BIGINT NOT NULL,
                performer TEXT NOT NULL,
                staff TEXT,
                post TEXT,
                staff_body TEXT,
                given_to TEXT,
                opinion TEXT,
                reason TEXT,
                due_at BIGINT,
                due_provisional BOOLEAN NOT NULL,
                PRIMARY KEY (case_id, version)
            )
            """),
        Migration(
            "cases.0003-counts",
            // Maintained with every act, so that the numbers on the tabs never need a count.
            """
            CREATE TABLE case_counts (
                area TEXT NOT NULL,
                body TEXT NOT NULL,
                state TEXT NOT NULL,
                total BIGINT NOT NULL,
                PRIMARY KEY (area, body, state)
            )
            """,
            "CREATE INDEX case_counts_by_body ON case_counts (body, state)"),
        Migration(
            "cases.0004-files",
            """
            CREATE TABLE case_files (
                id TEXT PRIMARY KEY,
                case_id TEXT NOT NULL REFERENCES cases (id),
                version BIGINT NOT NULL,
                name TEXT NOT NULL,
                content_type TEXT NOT NULL,
                bytes BYTEA NOT NULL,
                at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX case_files_by_case ON case_files (case_id, id)"),
        Migration(
            "cases.0005-saved-views",
            """
            CREATE TABLE saved_views (
                id TEXT PRIMARY KEY,
                staff TEXT NOT NULL,
                name TEXT NOT NULL,
                query TEXT NOT NULL,
                at BIGINT NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX saved_views_by_staff ON saved_views (staff, name)"),
        Migration(
            "cases.0007-finished",
            // What was reported done today, on the first page.
            "CREATE INDEX cases_by_finished ON cases (finished_at) WHERE finished_at IS NOT NULL"),
        Migration(
            "cases.0011-kinds-and-parts",
            "ALTER TABLE cases ADD COLUMN kind TEXT NOT NULL DEFAULT 'matter'",
            "ALTER TABLE cases ADD COLUMN variant TEXT",
            "ALTER TABLE cases ADD COLUMN parent TEXT",
            "ALTER TABLE cases ADD COLUMN open_parts BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE cases ADD COLUMN offered_staff TEXT",
            "ALTER TABLE cases ADD COLUMN offered_post TEXT",
            "CREATE INDEX cases_by_parent ON cases (parent, id) WHERE parent IS NOT NULL",
            "CREATE INDEX cases_by_offer ON cases (offered_post, id) WHERE offered_post IS NOT NULL"),
        Migration(
            "cases.0012-rungs",
            "ALTER TABLE cases ADD COLUMN rungs_told BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE cases ADD COLUMN tell_at BIGINT",
            // What was told of its limit was told of the rungs up to it; the next one comes with its next act.
            "UPDATE cases SET tell_at = due_at WHERE due_at IS NOT NULL AND limit_told_at IS NULL",
            "ALTER TABLE cases DROP COLUMN limit_told_at",
            "CREATE INDEX cases_to_tell ON cases (tell_at, id) WHERE tell_at IS NOT NULL"),
        Migration(
            "cases.0013-joined",
            "ALTER TABLE cases ADD COLUMN joined_to TEXT",
            "ALTER TABLE cases ADD COLUMN joined_count BIGINT NOT NULL DEFAULT 0",
            "CREATE INDEX cases_by_joined ON cases (joined_to, id) WHERE joined_to IS NOT NULL"),
    ]
}
