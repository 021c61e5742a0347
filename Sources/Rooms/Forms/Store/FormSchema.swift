import Storage

/// The tables of the room; docs/decisions/0008 says why they look like this. None of them holds a fact: all can be computed
/// again from the registry.
enum FormSchema {
    static let migrations = [
        Migration(
            "forms.0001-steps-totals-rows",
            // How far each form is computed: subjects up to `cursor` until `next_horizon`, the others until `horizon`.
            """
            CREATE TABLE form_states (
                form TEXT NOT NULL PRIMARY KEY,
                kind TEXT NOT NULL,
                horizon TEXT,
                next_horizon TEXT,
                cursor_id TEXT,
                settled TEXT NOT NULL,
                begun_at BIGINT NOT NULL,
                built_at BIGINT
            )
            """,
            // One row; another number when anything of the states changes, so that servers notice it inside their writes.
            "CREATE TABLE form_generation (id BIGINT NOT NULL PRIMARY KEY, number BIGINT NOT NULL)",
            "INSERT INTO form_generation (id, number) VALUES (1, 0)",
            // From this day on the cell counts so many more or fewer; known since that day.
            """
            CREATE TABLE form_steps (
                form TEXT NOT NULL,
                area TEXT NOT NULL,
                day TEXT NOT NULL,
                known_on TEXT NOT NULL,
                cell BIGINT NOT NULL,
                delta BIGINT NOT NULL,
                PRIMARY KEY (form, area, day, known_on, cell)
            )
            """,
            "CREATE INDEX form_steps_by_day ON form_steps (form, day, area)",
            // The sum of all steps up to the day on which the form is settled.
            """
            CREATE TABLE form_totals (
                form TEXT NOT NULL,
                area TEXT NOT NULL,
                cell BIGINT NOT NULL,
                count BIGINT NOT NULL,
                PRIMARY KEY (form, area, cell)
            )
            """,
            // Whom a list lists, and when.
            """
            CREATE TABLE form_rows (
                form TEXT NOT NULL,
                subject TEXT NOT NULL,
                from_day TEXT NOT NULL,
                until_day TEXT NOT NULL,
                area TEXT NOT NULL,
                PRIMARY KEY (form, subject, from_day)
            )
            """,
            "CREATE INDEX form_rows_by_area ON form_rows (form, area, subject)"),
        Migration(
            "forms.0002-proposals-definitions",
            """
            CREATE TABLE form_proposals (
                id TEXT NOT NULL PRIMARY KEY,
                line TEXT NOT NULL,
                post TEXT NOT NULL,
                content TEXT NOT NULL,
                asked_at BIGINT NOT NULL,
                state TEXT NOT NULL,
                decided_at BIGINT,
                form TEXT,
                reason TEXT
            )
            """,
            "CREATE INDEX form_proposals_by_line ON form_proposals (line, id)",
            // Forms that were approved on a page, beside those of the files.
            """
            CREATE TABLE form_definitions (
                form TEXT NOT NULL PRIMARY KEY,
                definition TEXT NOT NULL,
                approved_at BIGINT NOT NULL
            )
            """),
        Migration(
            "forms.0003-templates-readings",
            """
            CREATE TABLE form_templates (
                id TEXT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                file_name TEXT NOT NULL,
                line TEXT,
                area TEXT NOT NULL,
                staff_name TEXT NOT NULL,
                uploaded_at BIGINT NOT NULL,
                size BIGINT NOT NULL,
                content BYTEA NOT NULL
            )
            """,
            "CREATE INDEX form_templates_by_line ON form_templates (line, id)",
            "CREATE INDEX form_templates_by_area ON form_templates (area, id) WHERE line IS NULL",
            // Who looked at a list in clear, and whom it showed: a person may ask.
            """
            CREATE TABLE form_readings (
                id TEXT NOT NULL PRIMARY KEY,
                form TEXT NOT NULL,
                purpose TEXT NOT NULL,
                staff_name TEXT NOT NULL,
                body_name TEXT NOT NULL,
                read_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE form_readings_of (
                subject TEXT NOT NULL,
                reading TEXT NOT NULL,
                PRIMARY KEY (subject, reading)
            )
            """),
        Migration(
            "forms.0004-feeds",
            // One row for each list that somebody subscribed to; its number rises with each change.
            """
            CREATE TABLE form_feeds (
                form TEXT NOT NULL PRIMARY KEY,
                number BIGINT NOT NULL,
                begun_at BIGINT NOT NULL,
                read_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE form_changes (
                form TEXT NOT NULL,
                subject TEXT NOT NULL,
                number BIGINT NOT NULL,
                area TEXT,
                PRIMARY KEY (form, subject)
            )
            """,
            "CREATE INDEX form_changes_by_number ON form_changes (form, number)",
            // Who comes in or leaves by the day alone.
            "CREATE INDEX form_rows_by_beginning ON form_rows (form, from_day, subject)",
            "CREATE INDEX form_rows_by_end ON form_rows (form, until_day, subject)"),
        Migration(
            "forms.0005-pulls",
            // What was taken from here instead of being typed and handed in.
            """
            CREATE TABLE form_pulls (
                id TEXT NOT NULL PRIMARY KEY,
                form TEXT NOT NULL,
                system TEXT,
                area TEXT NOT NULL,
                row_count BIGINT NOT NULL,
                taken_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX form_pulls_by_time ON form_pulls (taken_at, id)"),
        Migration(
            "forms.0006-admitted",
            // Which new columns of a request were approved, and the elements that they became: one JSON object.
            "ALTER TABLE form_proposals ADD COLUMN admitted TEXT"),
        Migration(
            "forms.0007-taking",
            // The department for which a reading counts; nil for bodies of an area, and for further pages of a list.
            "ALTER TABLE form_readings ADD COLUMN line TEXT",
            "CREATE INDEX form_readings_by_form ON form_readings (line, form, read_at)",
            "CREATE INDEX form_readings_by_purpose ON form_readings (line, purpose, read_at)"),
    ]
}
