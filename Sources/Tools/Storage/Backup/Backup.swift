public import Ground

/// A backup that either engine writes and either restores: one text file of all rows from one moment, with the steps of
/// the schema they belong to and a checksum.
public enum Backup {
    /// What a backup holds.
    public struct Summary: Sendable, Hashable {
        public var engine: Engine
        public var madeAt: Instant
        public var tables: Int
        public var rows: Int
    }

    private static let progressStep = 1000

    /// Writes all rows, as of one moment, to the file `path`; writers go on meanwhile. The file has its name only when it
    /// is whole and on the disk.
    /// - Parameter progress: called now and then with how many rows are done.
    @discardableResult
    public static func backup(
        _ database: any Database, to path: String, clock: any WallClock = SystemClock(),
        progress: @escaping @Sendable (_ rows: Int) -> Void = { _ in }
    ) async throws -> Summary {
        let now = clock.now()
        return try await database.snapshot { transaction in
            try write(transaction, to: path, at: now, progress: progress)
        }
    }

    /// Reads the whole file without restoring it.
    /// - Throws: a refusal when it is cut off or changed, even by one bit.
    public static func verify(_ path: String) throws(Refusal) -> Summary { try inspect(path).summary }

    /// Brings an empty database to the schema of the backup, loads all rows, then runs the steps of `migrations` that are
    /// newer: all in one transaction, so a restore that was killed leaves the database as empty as it was. Nothing is
    /// written before the whole file has been found right.
    @discardableResult
    public static func restore(
        from path: String, into database: any Database, migrations: [Migration], clock: any WallClock = SystemClock(),
        progress: @escaping @Sendable (_ rows: Int) -> Void = { _ in }
    ) async throws -> Summary {
        let (summary, steps) = try inspect(path)
        try Migrator.check(migrations, against: steps)
        let known = Set(steps.map(\.name))
        let now = clock.now()
        try await Migrator.prepare(database, migrations)
        try await database.write { transaction in
            guard try Catalogue(transaction).tables.isEmpty else { throw notEmpty }
            for migration in migrations where known.contains(migration.name) {
                try Migrator.run(migration, at: now, in: transaction)
            }
            try load(from: path, into: transaction, progress: progress)
            for migration in migrations where !known.contains(migration.name) {
                try Migrator.run(migration, at: now, in: transaction)
            }
        }
        return summary
    }

    private static let notEmpty = Refusal(
        .conflict, "storage.restore.not-empty",
        LocalizedText("目标数据库不是空的，没有恢复任何数据。", "The database is not empty; nothing was restored."),
        wayOn: LocalizedText("请指定一个新的文件或新建的数据库。", "Name a new file or a new database."))

    // MARK: Writing

    private static func write(
        _ transaction: any Transaction, to path: String, at now: Instant, progress: (Int) -> Void
    ) throws -> Summary {
        let catalogue = try Catalogue(transaction)
        let file = try BackupWriter(path: path)
        try file.line("G\t\(BackupLine.format)\t\(transaction.engine.rawValue)\t\(now.milliseconds)")
        for step in try Migrator.steps(transaction) {
            var line = Array("S\t".utf8)
            BackupLine.append(escaping: step.name, to: &line)
            line += Array("\t\(step.checksum)".utf8)
            try file.line(line)
        }
        var rows = 0
        for table in catalogue.tables {
            var header = Array("T\t".utf8)
            BackupLine.append(escaping: table.name, to: &header)
            for column in table.columns {
                header.append(UInt8(ascii: "\t"))
                BackupLine.append(escaping: column, to: &header)
            }
            try file.line(header)
            let isBoolean = table.columns.map(table.booleans.contains)
            try transaction.each(table.selection) { row in
                var line: [UInt8] = [UInt8(ascii: "V")]
                for (value, isBoolean) in zip(row.values, isBoolean) {
                    line.append(UInt8(ascii: "\t"))
                    if isBoolean, case .int(let number) = value {
                        BackupLine.append(.bool(number != 0), to: &line)
                    } else {
                        BackupLine.append(value, to: &line)
                    }
                }
                try file.line(line)
                rows += 1
                if rows % progressStep == 0 { progress(rows) }
            }
        }
        try file.finish(rows: rows)
        progress(rows)
        return Summary(engine: transaction.engine, madeAt: now, tables: catalogue.tables.count, rows: rows)
    }

    // MARK: Reading

    private static func inspect(_ path: String) throws(Refusal) -> (summary: Summary, steps: [Migrator.Step]) {
        let reader = try BackupReader(path: path)
        var summary: Summary?
        var steps: [Migrator.Step] = []
        var counted: Int?
        while let line = try reader.next() {
            guard let kind = line.first, counted == nil else { throw reader.damaged() }
            // Rows are many; their fields are looked at when they are loaded.
            if kind == UInt8(ascii: "V") {
                summary?.rows += 1
                continue
            }
            let fields = texts(line)
            switch (kind, fields.count) {
            case (UInt8(ascii: "G"), 4) where summary == nil && fields[1] == BackupLine.format:
                guard let engine = Engine(rawValue: fields[2]), let made = Int64(fields[3]) else {
                    throw reader.damaged()
                }
                summary = Summary(engine: engine, madeAt: Instant(milliseconds: made), tables: 0, rows: 0)
            case (UInt8(ascii: "S"), 3): steps.append(Migrator.Step(name: fields[1], checksum: fields[2]))
            case (UInt8(ascii: "T"), 2...): summary?.tables += 1
            case (UInt8(ascii: "R"), 2): counted = Int(fields[1])
            default: throw reader.damaged()
            }
        }
        guard let summary, counted == summary.rows else { throw reader.damaged() }
        return (summary, steps)
    }

    private static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    }

    private static func texts(_ line: ArraySlice<UInt8>) -> [String] {
        fields(line).map { BackupLine.unescaped($0) ?? "" }
    }

    // MARK: Loading

    private static let chunkRows = 200

    private static func load(from path: String, into transaction: any Transaction, progress: (Int) -> Void) throws {
        let catalogue = try Catalogue(transaction)
        let references = try ReferenceSuspension(transaction)
        for table in catalogue.tables { try emptySeeds(of: table, in: transaction) }
        let byName = Dictionary(uniqueKeysWithValues: catalogue.tables.map { ($0.name, $0) })
        let reader = try BackupReader(path: path)
        var table: Catalogue.Table?
        var chunk: [SQL] = []
        var rows = 0
        while let line = try reader.next() {
            switch line.first {
            case UInt8(ascii: "T"):
                let fields = texts(line)
                guard fields.count > 1, var found = byName[fields[1]],
                    Set(found.columns) == Set(fields.dropFirst(2))
                else { throw foreignTable(fields.count > 1 ? fields[1] : "") }
                found.columns = Array(fields.dropFirst(2))
                table = found
            case UInt8(ascii: "V"):
                let values = fields(line).dropFirst().compactMap(BackupLine.value)
                guard let table, values.count == table.columns.count else { throw reader.damaged() }
                chunk.append(table.insertion(of: values))
                rows += 1
                if chunk.count == chunkRows {
                    try transaction.batch(chunk)
                    chunk.removeAll(keepingCapacity: true)
                }
                if rows % progressStep == 0 { progress(rows) }
            default: continue
            }
        }
        try transaction.batch(chunk)
        try references.restore(transaction)
        progress(rows)
    }

    /// Migrations may have put first rows into tables; the backup has its own.
    private static func emptySeeds(of table: Catalogue.Table, in transaction: any Transaction) throws {
        let any = SQL(stringLiteral: "SELECT 1 FROM \(table.quotedName) LIMIT 1")
        if try !transaction.query(any).isEmpty {
            try transaction.execute(SQL(stringLiteral: "DELETE FROM \(table.quotedName)"))
        }
    }

    private static func foreignTable(_ name: String) -> Refusal {
        Refusal(
            .conflict, "storage.restore.foreign-table",
            LocalizedText(
                "备份中的表 \(name) 与本版本的结构不符。", "Table \(name) of the backup does not fit the schema of this version."))
    }
}

/// While rows are loaded, rows may refer to others that come later, in their own table or in circles of tables. All
/// references are checked at the end, in the same transaction.
private struct ReferenceSuspension {
    private var statements: [SQL] = []

    init(_ transaction: any Transaction) throws(DatabaseError) {
        switch transaction.engine {
        case .sqlite:
            // Holds until the commit, which then checks.
            try transaction.execute("PRAGMA defer_foreign_keys = ON")
        case .postgres:
            try transaction.execute("SET LOCAL statement_timeout = 0")
            let constraints = try transaction.query(
                """
                SELECT CAST(t.relname AS TEXT), CAST(k.conname AS TEXT), pg_get_constraintdef(k.oid)
                FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
                WHERE k.contype = 'f' AND k.conparentid = 0 AND k.connamespace = current_schema()::regnamespace
                ORDER BY 1, 2
                """)
            for row in constraints {
                let change = "ALTER TABLE \(quoted(try row.text(0)))"
                let name = quoted(try row.text(1))
                try transaction.execute(SQL(stringLiteral: "\(change) DROP CONSTRAINT \(name)"))
                statements.append(SQL(stringLiteral: "\(change) ADD CONSTRAINT \(name) \(try row.text(2))"))
            }
        }
    }

    func restore(_ transaction: any Transaction) throws(DatabaseError) {
        for statement in statements { try transaction.execute(statement) }
    }
}
