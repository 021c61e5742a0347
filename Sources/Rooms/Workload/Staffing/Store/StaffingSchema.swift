import Storage

enum StaffingSchema {
    static let migrations = [
        Migration(
            "workload.0001-staffing",
            """
            CREATE TABLE staffing_proposals (
                id TEXT PRIMARY KEY,
                area TEXT NOT NULL,
                at BIGINT NOT NULL,
                post TEXT NOT NULL,
                missing BIGINT NOT NULL,
                yuan BIGINT NOT NULL,
                content TEXT NOT NULL
            )
            """,
            // What the street entered of a post, and what its holder agreed to; each by its own act.
            """
            CREATE TABLE staffing_details (
                post TEXT PRIMARY KEY,
                area TEXT NOT NULL,
                grade BIGINT NOT NULL,
                qualifications TEXT NOT NULL,
                at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX staffing_details_by_area ON staffing_details (area, post)",
            """
            CREATE TABLE staffing_consents (
                post TEXT PRIMARY KEY,
                staff TEXT NOT NULL,
                area TEXT NOT NULL,
                places TEXT NOT NULL,
                other_kinds BOOLEAN NOT NULL,
                until_on TEXT NOT NULL,
                at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX staffing_consents_by_area ON staffing_consents (area, post)")
    ]
}
