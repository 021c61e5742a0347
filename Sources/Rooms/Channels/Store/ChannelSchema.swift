import Storage

/// The tables of the room. Secrets are stored sealed where they are needed again, and as hashes where they are not.
enum ChannelSchema {
    static let migrations = [
        Migration(
            "channels.0001-sensors",
            """
            CREATE TABLE channel_secrets (
                source TEXT NOT NULL PRIMARY KEY,
                sealed BYTEA NOT NULL,
                earlier_sealed BYTEA,
                earlier_until BIGINT,
                made_at BIGINT NOT NULL,
                staff TEXT NOT NULL,
                post TEXT NOT NULL,
                body TEXT NOT NULL
            )
            """,
            // The matter that each sensor raised last, and how much it has said since.
            """
            CREATE TABLE channel_sensors (
                source TEXT NOT NULL,
                device TEXT NOT NULL,
                case_id TEXT,
                seen_at BIGINT NOT NULL,
                remarked_at BIGINT NOT NULL,
                messages BIGINT NOT NULL,
                PRIMARY KEY (source, device)
            )
            """),
        Migration(
            "channels.0002-destinations",
            // `block` and `entry` are how far the ledger was told; `claimed_until` keeps two servers from telling at once.
            """
            CREATE TABLE channel_destinations (
                id TEXT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                url TEXT NOT NULL,
                area TEXT NOT NULL,
                acts TEXT NOT NULL,
                sealed BYTEA NOT NULL,
                made_at BIGINT NOT NULL,
                post TEXT NOT NULL,
                state TEXT NOT NULL,
                block BIGINT NOT NULL,
                entry TEXT NOT NULL,
                delivered BIGINT NOT NULL,
                delivered_at BIGINT,
                failures BIGINT NOT NULL,
                failed_at BIGINT,
                failure TEXT,
                next_at BIGINT NOT NULL,
                claimed_until BIGINT NOT NULL
            )
            """,
            "CREATE INDEX channel_destinations_by_area ON channel_destinations (area, id)",
            "CREATE INDEX channel_destinations_due ON channel_destinations (state, next_at)"),
        Migration(
            "channels.0003-feeds",
            """
            CREATE TABLE channel_feeds (
                id TEXT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                area TEXT NOT NULL,
                key_hash TEXT NOT NULL,
                made_at BIGINT NOT NULL,
                revoked_at BIGINT
            )
            """,
            "CREATE UNIQUE INDEX channel_feeds_by_key ON channel_feeds (key_hash)",
            "CREATE INDEX channel_feeds_by_area ON channel_feeds (area, id)"),
        Migration(
            "channels.0004-updates",
            // What was done to matters that may be shown, as far back as Open311 answers; read from the sealed ledger.
            """
            CREATE TABLE channel_updates (
                id TEXT NOT NULL PRIMARY KEY,
                at BIGINT NOT NULL,
                number TEXT NOT NULL,
                state TEXT NOT NULL
            )
            """,
            "CREATE INDEX channel_updates_by_time ON channel_updates (at, id)",
            // How far the ledger was read; one row.
            """
            CREATE TABLE channel_updates_read (
                id BIGINT NOT NULL PRIMARY KEY,
                block BIGINT NOT NULL,
                entry TEXT NOT NULL
            )
            """,
            "INSERT INTO channel_updates_read (id, block, entry) VALUES (1, 0, '')"),
    ]
}
