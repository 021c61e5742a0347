import Storage

/// The tables of the room; docs/decisions/0007 says why they look like this.
enum RegistrySchema {
    static let migrations = [
        Migration(
            "registry.0001-subjects-entries",
            // What is believed of each subject now. Everything here but `id` and `kind` follows from the entries.
            """
            CREATE TABLE registry_subjects (
                id TEXT NOT NULL PRIMARY KEY,
                kind TEXT NOT NULL,
                area TEXT NOT NULL,
                registered_area TEXT,
                standing TEXT NOT NULL,
                merged_into TEXT,
                record BYTEA NOT NULL,
                version BIGINT NOT NULL,
                changed_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX registry_subjects_by_area ON registry_subjects (kind, area, id)",
            "CREATE INDEX registry_subjects_by_kind ON registry_subjects (kind, id)",
            "CREATE INDEX registry_subjects_joined ON registry_subjects (merged_into, id) WHERE merged_into IS NOT NULL",
            "CREATE INDEX registry_subjects_by_registration ON registry_subjects (registered_area, id) WHERE registered_area IS NOT NULL",
            // What was written, once, as it was written; never changed but for being voided.
            """
            CREATE TABLE registry_entries (
                id TEXT NOT NULL PRIMARY KEY,
                subject TEXT NOT NULL,
                area TEXT NOT NULL,
                known_since BIGINT NOT NULL,
                seen_at BIGINT NOT NULL,
                source TEXT NOT NULL,
                staff TEXT,
                post TEXT,
                voided_at BIGINT,
                voided_by TEXT,
                elements TEXT NOT NULL,
                content BYTEA NOT NULL
            )
            """,
            "CREATE INDEX registry_entries_by_subject ON registry_entries (subject, id)",
            "CREATE INDEX registry_entries_by_area ON registry_entries (area, id)",
            // Who ever referred to whom: those whose place may change with another subject's.
            """
            CREATE TABLE registry_links (
                target TEXT NOT NULL,
                element TEXT NOT NULL,
                subject TEXT NOT NULL,
                PRIMARY KEY (target, element, subject)
            )
            """,
            // By keyed hashes only: nothing can be read back from them.
            """
            CREATE TABLE registry_keys (
                search_key TEXT NOT NULL,
                area TEXT NOT NULL,
                subject TEXT NOT NULL,
                PRIMARY KEY (search_key, area, subject)
            )
            """,
            "CREATE INDEX registry_keys_by_subject ON registry_keys (subject)",
            """
            CREATE TABLE registry_identities (
                number_key TEXT NOT NULL PRIMARY KEY,
                subject TEXT NOT NULL
            )
            """,
            "CREATE INDEX registry_identities_by_subject ON registry_identities (subject)")
    ]
}
