import Storage

/// The tables of the ledger.
enum LedgerSchema {
    static let migrations = [
        Migration(
            "ledger.0001-entries-and-blocks",
            // `block` is the only column that is ever set later, once, by sealing.
            """
            CREATE TABLE ledger_entries (
                id TEXT NOT NULL PRIMARY KEY,
                act TEXT NOT NULL,
                subject_kind TEXT NOT NULL,
                subject_id TEXT NOT NULL,
                actor_kind TEXT NOT NULL,
                actor_id TEXT NOT NULL,
                actor_post TEXT,
                actor_name TEXT NOT NULL,
                happened_at BIGINT NOT NULL,
                received_at BIGINT NOT NULL,
                area TEXT,
                purpose TEXT,
                facts BYTEA NOT NULL,
                block BIGINT
            )
            """,
            "CREATE INDEX ledger_entries_unsealed ON ledger_entries (id) WHERE block IS NULL",
            "CREATE INDEX ledger_entries_by_block ON ledger_entries (block, id) WHERE block IS NOT NULL",
            "CREATE INDEX ledger_entries_by_subject ON ledger_entries (subject_id, id)",
            "CREATE INDEX ledger_entries_by_area ON ledger_entries (area, id)",
            "CREATE INDEX ledger_entries_by_actor ON ledger_entries (actor_id, id)",
            // The row that a sealer holds while it seals, so that several servers make one chain.
            """
            CREATE TABLE ledger_chains (
                chain TEXT NOT NULL PRIMARY KEY,
                blocks BIGINT NOT NULL
            )
            """,
            // `leaves` holds the hashes of the entries, 32 bytes each in the order of their ids: it tells which entry of
            // a block was touched, and gives the proof of one entry without reading the others.
            """
            CREATE TABLE ledger_blocks (
                chain TEXT NOT NULL,
                number BIGINT NOT NULL,
                first_entry TEXT NOT NULL,
                last_entry TEXT NOT NULL,
                entry_count BIGINT NOT NULL,
                previous_root BYTEA NOT NULL,
                entries_root BYTEA NOT NULL,
                sealed_at BIGINT NOT NULL,
                root BYTEA NOT NULL,
                signature BYTEA NOT NULL,
                leaves BYTEA NOT NULL,
                PRIMARY KEY (chain, number)
            )
            """,
            """
            CREATE TABLE ledger_checks (
                checked_at BIGINT NOT NULL PRIMARY KEY,
                from_block BIGINT NOT NULL,
                blocks BIGINT NOT NULL,
                entries BIGINT NOT NULL,
                unsealed BIGINT NOT NULL,
                findings BIGINT NOT NULL,
                first_finding TEXT,
                last_root BYTEA NOT NULL
            )
            """)
    ]
}
