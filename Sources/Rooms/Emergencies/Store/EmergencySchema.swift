import Storage

enum EmergencySchema {
    static let migrations = [
        Migration(
            "emergencies.0001-events",
            """
            CREATE TABLE emergency_events (
                id TEXT PRIMARY KEY,
                plan TEXT NOT NULL,
                level TEXT NOT NULL,
                area TEXT NOT NULL,
                title TEXT NOT NULL,
                is_exercise BOOLEAN NOT NULL,
                commander TEXT NOT NULL,
                started_at BIGINT NOT NULL,
                received_at BIGINT NOT NULL,
                ended_at BIGINT,
                review_at BIGINT,
                version BIGINT NOT NULL,
                next_slip BIGINT NOT NULL,
                alarm_at BIGINT,
                alarm_level BIGINT NOT NULL
            )
            """,
            "CREATE INDEX emergency_events_by_area ON emergency_events (area, id)",
            "CREATE INDEX emergency_events_alarms ON emergency_events (alarm_at) WHERE alarm_at IS NOT NULL",
            """
            CREATE TABLE emergency_sites (
                id TEXT PRIMARY KEY,
                event TEXT NOT NULL,
                name TEXT NOT NULL,
                area TEXT NOT NULL
            )
            """,
            "CREATE INDEX emergency_sites_by_event ON emergency_sites (event, id)",
            "CREATE INDEX emergency_sites_by_area ON emergency_sites (area, event)",
            """
            CREATE TABLE emergency_lots (
                id TEXT PRIMARY KEY,
                event TEXT NOT NULL,
                kind TEXT NOT NULL,
                label_sealed BYTEA NOT NULL,
                unit TEXT NOT NULL,
                registered BIGINT NOT NULL CHECK (registered > 0),
                surplus BIGINT NOT NULL CHECK (surplus >= 0),
                written_off BIGINT NOT NULL CHECK (written_off >= 0)
            )
            """,
            "CREATE INDEX emergency_lots_by_event ON emergency_lots (event, id)",
            """
            CREATE TABLE emergency_holdings (
                lot TEXT NOT NULL,
                site TEXT NOT NULL,
                event TEXT NOT NULL,
                count BIGINT NOT NULL CHECK (count >= 0),
                PRIMARY KEY (lot, site)
            )
            """,
            "CREATE INDEX emergency_holdings_by_event ON emergency_holdings (event, lot)",
            """
            CREATE TABLE emergency_hand_overs (
                id TEXT PRIMARY KEY,
                event TEXT NOT NULL,
                slip BIGINT NOT NULL,
                lot TEXT NOT NULL,
                from_site TEXT NOT NULL,
                to_site TEXT NOT NULL,
                giver TEXT NOT NULL,
                giver_staff TEXT NOT NULL,
                receiver TEXT,
                sent_at BIGINT NOT NULL,
                expected_by BIGINT NOT NULL,
                received_at BIGINT,
                state TEXT NOT NULL,
                sent BIGINT NOT NULL CHECK (sent > 0),
                received BIGINT NOT NULL CHECK (received >= 0),
                returned BIGINT NOT NULL CHECK (returned >= 0),
                written_off BIGINT NOT NULL CHECK (written_off >= 0),
                surplus BIGINT NOT NULL CHECK (surplus >= 0),
                reason TEXT,
                alarm_at BIGINT,
                alarm_level BIGINT NOT NULL,
                CHECK (sent + surplus - received - returned - written_off >= 0)
            )
            """,
            "CREATE UNIQUE INDEX emergency_hand_overs_by_slip ON emergency_hand_overs (event, slip)",
            "CREATE INDEX emergency_hand_overs_alarms ON emergency_hand_overs (alarm_at) WHERE alarm_at IS NOT NULL",
            """
            CREATE TABLE emergency_contacts (
                id TEXT PRIMARY KEY,
                event TEXT NOT NULL,
                number BIGINT NOT NULL,
                parent BIGINT,
                role TEXT NOT NULL,
                area TEXT NOT NULL,
                candidates TEXT NOT NULL,
                turn BIGINT NOT NULL,
                minutes BIGINT NOT NULL,
                state TEXT NOT NULL,
                called_at BIGINT NOT NULL,
                reached_at BIGINT,
                reached_post TEXT,
                alarm_at BIGINT,
                alarm_level BIGINT NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX emergency_contacts_by_number ON emergency_contacts (event, number)",
            "CREATE INDEX emergency_contacts_alarms ON emergency_contacts (alarm_at) WHERE alarm_at IS NOT NULL",
            // A late account that contradicts what stands: both are kept until somebody decides.
            """
            CREATE TABLE emergency_conflicts (
                id TEXT PRIMARY KEY,
                event TEXT NOT NULL,
                slip BIGINT,
                said TEXT NOT NULL,
                reason_zh TEXT NOT NULL,
                reason_en TEXT NOT NULL,
                staff TEXT NOT NULL,
                post TEXT NOT NULL,
                happened_at BIGINT NOT NULL,
                received_at BIGINT NOT NULL,
                state TEXT NOT NULL,
                decided_at BIGINT,
                why TEXT,
                alarm_at BIGINT,
                alarm_level BIGINT NOT NULL
            )
            """,
            "CREATE INDEX emergency_conflicts_by_event ON emergency_conflicts (event, id)",
            "CREATE INDEX emergency_conflicts_alarms ON emergency_conflicts (alarm_at) WHERE alarm_at IS NOT NULL",
            """
            CREATE TABLE emergency_alarms (
                id TEXT PRIMARY KEY,
                event TEXT,
                area TEXT NOT NULL,
                subject TEXT NOT NULL,
                level BIGINT NOT NULL,
                text_zh TEXT NOT NULL,
                text_en TEXT NOT NULL,
                at BIGINT NOT NULL,
                ended_at BIGINT
            )
            """,
            "CREATE INDEX emergency_alarms_by_event ON emergency_alarms (event, id)",
            "CREATE INDEX emergency_alarms_by_subject ON emergency_alarms (subject)",
            """
            CREATE TABLE emergency_blanks (
                event TEXT NOT NULL,
                first BIGINT NOT NULL,
                last BIGINT NOT NULL,
                post TEXT NOT NULL,
                at BIGINT NOT NULL,
                PRIMARY KEY (event, first)
            )
            """),
        Migration(
            "emergencies.0002-duty",
            """
            CREATE TABLE duty_shifts (
                id TEXT PRIMARY KEY,
                area TEXT NOT NULL,
                kind TEXT NOT NULL,
                staff TEXT NOT NULL,
                post TEXT NOT NULL,
                from_at BIGINT NOT NULL,
                until_at BIGINT NOT NULL,
                state TEXT NOT NULL,
                note_sealed BYTEA,
                offered_to TEXT,
                offered_at BIGINT,
                taken_at BIGINT,
                alarm_at BIGINT,
                alarm_level BIGINT NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX duty_shifts_by_area ON duty_shifts (area, from_at, kind, staff)",
            "CREATE INDEX duty_shifts_by_staff ON duty_shifts (staff, from_at)",
            "CREATE INDEX duty_shifts_alarms ON duty_shifts (alarm_at) WHERE alarm_at IS NOT NULL",
            // Keys to one's own roster: only the hash is kept.
            """
            CREATE TABLE duty_calendars (
                id TEXT PRIMARY KEY,
                staff TEXT NOT NULL,
                key_hash TEXT NOT NULL UNIQUE,
                made_at BIGINT NOT NULL,
                revoked_at BIGINT
            )
            """,
            "CREATE INDEX duty_calendars_by_staff ON duty_calendars (staff, id)"),
        Migration(
            "emergencies.0003-alarms-on-the-spot",
            // When an alarm that a person raised rings again, a level higher, unless somebody answers it.
            "ALTER TABLE emergency_alarms ADD COLUMN again_at BIGINT",
            "CREATE INDEX emergency_alarms_again ON emergency_alarms (again_at) WHERE again_at IS NOT NULL"),
    ]
}
