import Storage

/// The tables of this room.
enum IdentitySchema {
    static let migrations = [
        Migration(
            "identity.0001-staff-and-posts",
            """
            CREATE TABLE staff (
                id TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                login TEXT NOT NULL,
                login_folded TEXT NOT NULL UNIQUE,
                phone_sealed BYTEA,
                phone_index TEXT,
                password_hash TEXT,
                must_change BOOLEAN NOT NULL,
                totp_secret BYTEA,
                totp_step BIGINT NOT NULL,
                state TEXT NOT NULL,
                area TEXT NOT NULL,
                language TEXT NOT NULL,
                last_post TEXT,
                created BIGINT NOT NULL,
                version BIGINT NOT NULL
            )
            """,
            "CREATE INDEX staff_by_name ON staff (name, id)",
            "CREATE INDEX staff_by_area ON staff (area, id)",
            "CREATE INDEX staff_by_phone ON staff (phone_index)",
            """
            CREATE TABLE posts (
                id TEXT PRIMARY KEY,
                staff TEXT NOT NULL REFERENCES staff (id),
                body TEXT NOT NULL,
                role TEXT NOT NULL,
                area TEXT NOT NULL,
                title_zh TEXT NOT NULL,
                title_en TEXT NOT NULL,
                from_at BIGINT NOT NULL,
                until_at BIGINT
            )
            """,
            "CREATE INDEX posts_by_staff ON posts (staff, id)",
            "CREATE INDEX posts_by_body ON posts (body, role)",
            "CREATE INDEX posts_by_area ON posts (area, id)"),
        Migration(
            "identity.0002-sessions-and-tokens",
            // The id is the SHA-256 of the cookie: whoever reads the table cannot enter with it.
            """
            CREATE TABLE sessions (
                id TEXT PRIMARY KEY,
                staff TEXT,
                post TEXT,
                phone_index TEXT,
                masked_phone TEXT,
                created BIGINT NOT NULL,
                last_seen BIGINT NOT NULL,
                expires BIGINT NOT NULL,
                address_index TEXT NOT NULL,
                device TEXT NOT NULL
            )
            """,
            "CREATE INDEX sessions_by_staff ON sessions (staff)",
            "CREATE INDEX sessions_by_phone ON sessions (phone_index)",
            "CREATE INDEX sessions_by_expiry ON sessions (expires)",
            """
            CREATE TABLE tokens (
                id TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                secret_hash TEXT NOT NULL UNIQUE,
                post TEXT NOT NULL REFERENCES posts (id),
                rights TEXT NOT NULL,
                area TEXT NOT NULL,
                created_by TEXT NOT NULL,
                created BIGINT NOT NULL,
                expires BIGINT NOT NULL,
                last_used BIGINT,
                revoked BIGINT
            )
            """,
            "CREATE INDEX tokens_by_area ON tokens (area, id)",
            """
            CREATE TABLE throttle (
                key TEXT PRIMARY KEY,
                tries BIGINT NOT NULL,
                last_at BIGINT NOT NULL,
                previous_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX throttle_by_age ON throttle (last_at)",
            """
            CREATE TABLE resident_codes (
                phone_index TEXT PRIMARY KEY,
                code_hash BYTEA NOT NULL,
                sent BIGINT NOT NULL,
                expires BIGINT NOT NULL,
                tries BIGINT NOT NULL
            )
            """,
            "CREATE INDEX resident_codes_by_expiry ON resident_codes (expires)"),
        Migration(
            "identity.0002-sealed-phone",
            // A resident logs in anew for the sessions that lack it.
            "ALTER TABLE sessions ADD COLUMN phone_sealed BYTEA"),
        Migration(
            "identity.0003-chosen-language",
            // `language` held Chinese for everybody who had not chosen: only the other one tells that somebody did.
            "ALTER TABLE staff ADD COLUMN chosen_language TEXT",
            "UPDATE staff SET chosen_language = language WHERE language <> 'zh-Hans'"),
    ]
}
