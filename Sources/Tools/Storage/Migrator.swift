public import Ground

/// Brings the schema forward, step by step. Each step and the note that it ran are one transaction, so a kill at any
/// moment leaves a schema from which the next start goes on.
public enum Migrator {
    /// Runs the steps that have not run yet, in their order. Several servers may start together: each step runs once.
    /// - Returns: the names of the steps that ran now.
    /// - Throws: a refusal when a step that ran has another text now, or the database knows steps that we do not.
    @discardableResult
    public static func migrate(
        _ database: any Database, _ migrations: [Migration], clock: any WallClock = SystemClock()
    ) async throws -> [String] {
        try await prepare(database, migrations)
        let done = try await patiently { try await database.read { try steps($0) } }
        try check(migrations, against: done)
        let known = Set(done.map(\.name))
        var ran: [String] = []
        for migration in migrations where !known.contains(migration.name) {
            let now = clock.now()
            let didRun = try await patiently {
                try await database.write { try run(migration, at: now, in: $0) }
            }
            if didRun { ran.append(migration.name) }
        }
        return ran
    }

    /// Makes the table in which the steps are noted, when there is none.
    static func prepare(_ database: any Database, _ migrations: [Migration]) async throws {
        try refuseDuplicates(migrations)
        try await createTable(in: database)
    }

    /// A step that ran, as the database remembers it.
    struct Step: Sendable, Hashable {
        var name: String
        var checksum: String
    }

    static func steps(_ transaction: any Transaction) throws(DatabaseError) -> [Step] {
        var steps: [Step] = []
        for row in try transaction.query("SELECT name, checksum FROM schema_steps ORDER BY ran_at, name") {
            steps.append(Step(name: try row.text(0), checksum: try row.text(1)))
        }
        return steps
    }

    static func check(_ migrations: [Migration], against done: [Step]) throws(Refusal) {
        let ours = Dictionary(migrations.map { ($0.name, $0.checksum) }, uniquingKeysWith: { first, _ in first })
        for step in done {
            guard let checksum = ours[step.name] else {
                throw Refusal(
                    .conflict, "storage.migration.newer",
                    LocalizedText(
                        "此数据库由更新版本的格物建立（步骤 \(step.name)），本版本不能使用它。",
                        "This database was made by a newer Gewu (step \(step.name)); this version cannot use it."),
                    wayOn: LocalizedText("请使用建立它的版本或更新的版本。", "Use the version that made it, or a later one."))
            }
            guard checksum == step.checksum else {
                throw Refusal(
                    .conflict, "storage.migration.changed",
                    LocalizedText(
                        "结构升级步骤 \(step.name) 执行之后其内容被改动过。",
                        "Step \(step.name) of the schema was changed after it ran."),
                    wayOn: LocalizedText("请恢复该步骤的原文，把改动写成新的步骤。", "Restore its text and write the change as a new step.")
                )
            }
        }
    }

    private static func refuseDuplicates(_ migrations: [Migration]) throws(Refusal) {
        var seen: Set<String> = []
        for migration in migrations where !seen.insert(migration.name).inserted {
            throw Refusal(
                .fault, "storage.migration.duplicate",
                LocalizedText("有两个结构升级步骤都叫 \(migration.name)。", "Two steps of the schema are called \(migration.name).")
            )
        }
    }

    private static func createTable(in database: any Database) async throws {
        try await patiently {
            try await database.write { transaction in
                if transaction.engine == .postgres {
                    // Two servers at once would both find no table and one would fail.
                    _ = try transaction.query("SELECT pg_advisory_xact_lock(6748977)")
                }
                try transaction.execute(
                    """
                    CREATE TABLE IF NOT EXISTS schema_steps (
                        name TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL, ran_at BIGINT NOT NULL)
                    """)
            }
        }
    }

    /// - Returns: false when another server ran it meanwhile.
    @discardableResult static func run(
        _ migration: Migration, at now: Instant, in transaction: any Transaction
    ) throws(DatabaseError) -> Bool {
        if transaction.engine == .postgres {
            // The lock comes before the first read, so that the read sees what the other server has committed.
            try transaction.execute("SET LOCAL statement_timeout = 0")
            try transaction.execute("SET LOCAL lock_timeout = 0")
            try transaction.execute("LOCK TABLE schema_steps IN ACCESS EXCLUSIVE MODE")
        }
        let known = try transaction.query("SELECT 1 FROM schema_steps WHERE name = \(migration.name)")
        guard known.isEmpty else { return false }
        for text in migration.texts(for: transaction.engine) {
            try transaction.execute(SQL(stringLiteral: text))
        }
        try transaction.execute(
            "INSERT INTO schema_steps (name, checksum, ran_at) VALUES (\(migration.name), \(migration.checksum), \(now))"
        )
        return true
    }

    /// Another server or an import may hold the database longer than a request would wait.
    private static func patiently<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        for _ in 0..<11 {
            do { return try await body() } catch let error as DatabaseError
                where error.code == .busy || error.code == .serialization
            {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        return try await body()
    }
}

extension Migration {
    func texts(for engine: Engine) -> [String] {
        statements.compactMap { statement in
            switch statement {
            case .shared(let text): text
            case .only(engine, let text): text
            case .only: nil
            }
        }
    }

    /// Over the statements of both engines, so that a change for one is noticed on the other too.
    var checksum: String {
        var checksum = Checksum()
        for statement in statements {
            switch statement {
            case .shared(let text): checksum.update("shared\n\(text)\u{0}".utf8)
            case .only(let engine, let text): checksum.update("\(engine.rawValue)\n\(text)\u{0}".utf8)
            }
        }
        return checksum.hexadecimal()
    }
}
