import CSQLite
import Glibc
import Ground

/// One connection to a SQLite file, with its prepared statements.
///
/// `@unchecked Sendable`: made by the thread that opens the database, then handed to exactly one worker thread.
final class SQLiteConnection: Transaction, @unchecked Sendable {
    enum Access { case write, read, longRead }

    let engine = Engine.sqlite
    private let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    private var uses: UInt64 = 0
    /// What failed in the transaction under way; from then on every statement of it fails alike, as on PostgreSQL.
    private(set) var doom: DatabaseError?
    private var deadline: Int64?

    /// Enough for every statement of the program; lists of changing length may exceed it.
    private static let statementLimit = 384

    init(path: String, access: Access, options: DatabaseOptions) throws(DatabaseError) {
        let flags =
            SQLITE_OPEN_NOMUTEX
            | (access == .write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY)
        if access == .write { Self.createForOwner(path) }
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let error = SQLiteConnection.error(opened, code)
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, Int32(clamping: options.lockTimeout.milliseconds))
        // Memory: at most 64 MB to write, 48 MB for each reader. Nothing is mapped: mapped pages count once for each
        // connection, and a disk error under them kills the process instead of failing a statement.
        switch access {
        case .write:
            _ = try text("PRAGMA journal_mode = WAL")
            guard try text("PRAGMA journal_mode") == "wal" else {
                throw DatabaseError(.other, "the file system of \(path) allows no write-ahead log")
            }
            // Answered means on disk: the group shares the cost, so there is no reason to promise less.
            try run("PRAGMA synchronous = FULL")
            try run("PRAGMA cache_size = -65536")
            try run("PRAGMA wal_autocheckpoint = 4000")
            // Each savepoint keeps the pages it may have to restore. In a temporary file, as is the default, those were five
            // of six pages written; see docs/benchmarks.md.
            try run("PRAGMA temp_store = MEMORY")
            try run("PRAGMA journal_size_limit = 67108864")
            if let bytes = options.largestFileBytes {
                let page = Int64(try text("PRAGMA page_size")) ?? 4096
                _ = try text("PRAGMA max_page_count = \(max(1, bytes / page))")
            }
        case .read, .longRead:
            try run("PRAGMA query_only = ON")
            try run(access == .read ? "PRAGMA cache_size = -49152" : "PRAGMA cache_size = -8192")
            // A file that is no database is found now, not at the first request.
            _ = try text("SELECT count(*) FROM sqlite_schema")
        }
        try run("PRAGMA foreign_keys = ON")
        try run("PRAGMA trusted_schema = OFF")
        sqlite3_progress_handler(
            handle, 20_000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<SQLiteConnection>.fromOpaque(context).takeUnretainedValue().isLate ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// A new file is for its owner only; SQLite gives the log and the index beside it the same permissions. One that is
    /// there keeps those it has: they may be meant so.
    private static func createForOwner(_ path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        // When it cannot be made, opening it says why.
        if descriptor >= 0 { close(descriptor) }
    }

    deinit {
        for statement in statements.values { statement.finalize() }
        sqlite3_close_v2(handle)
    }

    private var isLate: Bool { deadline.map { monotonicMilliseconds() > $0 } ?? false }

    // MARK: Transactions

    /// False after a disk error has made SQLite roll everything back by itself.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Runs the closure of `job`; a statement that failed in it fails the whole.
    func perform(_ job: any TransactionJob, timeLimit: Int64? = nil) {
        doom = nil
        deadline = timeLimit.map { monotonicMilliseconds() + $0 }
        job.run(in: self)
        deadline = nil
        if let doom, job.failure == nil { job.fail(doom) }
        doom = nil
    }

    /// A statement of the engine itself, outside the fate of any job.
    func control(_ text: String) throws(DatabaseError) {
        doom = nil
        let statement = try prepared(text)
        defer { statement.reset() }
        let code = statement.step()
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw error(code, text) }
    }

    /// Moves the log into the file and empties it, unless someone is in the way.
    /// - Parameter patience: milliseconds to wait for readers; a writer that goes on must not wait for them long.
    func checkpoint(patience: Int32 = 20) {
        sqlite3_busy_timeout(handle, patience)
        sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    }

    func setLockTimeout(_ milliseconds: Int64) { sqlite3_busy_timeout(handle, Int32(clamping: milliseconds)) }

    // MARK: Statements

    func query(_ sql: SQL) throws(DatabaseError) -> [Row] {
        try surviving { () throws(DatabaseError) in
            let statement = try bound(sql)
            defer { statement.reset() }
            var rows: [Row] = []
            while true {
                let code = statement.step()
                guard code == SQLITE_ROW else {
                    if code == SQLITE_DONE { return rows }
                    throw error(code, sql.text)
                }
                rows.append(statement.row())
            }
        }
    }

    func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        try surviving { () throws(DatabaseError) in
            let statement = try bound(sql)
            defer { statement.reset() }
            let before = sqlite3_total_changes64(handle)
            var code = statement.step()
            while code == SQLITE_ROW { code = statement.step() }
            guard code == SQLITE_DONE else { throw error(code, sql.text) }
            // `changes` keeps its old value over statements that change no rows.
            return sqlite3_total_changes64(handle) == before ? 0 : Int(sqlite3_changes64(handle))
        }
    }

    func later(_ sql: SQL) throws(DatabaseError) { _ = try execute(sql) }

    func batch(_ statements: [SQL]) throws(DatabaseError) {
        for statement in statements { _ = try execute(statement) }
    }

    func each(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        // Prepared apart from the cache: the body may run the same statement.
        if let doom { throw doom }
        let statement: SQLiteStatement
        do throws(DatabaseError) {
            statement = try prepare(sql.text)
        } catch {
            doom = error
            throw error
        }
        defer { statement.finalize() }
        do throws(DatabaseError) { try statement.bind(sql) } catch {
            doom = error
            throw error
        }
        while true {
            let code = statement.step()
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else {
                let error = error(code, sql.text)
                doom = error
                throw error
            }
            try body(statement.row())
        }
    }

    private func surviving<Value>(_ body: () throws(DatabaseError) -> Value) throws(DatabaseError) -> Value {
        if let doom { throw doom }
        do throws(DatabaseError) { return try body() } catch {
            doom = error
            throw error
        }
    }

    private func bound(_ sql: SQL) throws(DatabaseError) -> SQLiteStatement {
        let statement = try prepared(sql.text)
        do throws(DatabaseError) { try statement.bind(sql) } catch {
            statement.reset()
            throw error
        }
        return statement
    }

    private func prepared(_ text: String) throws(DatabaseError) -> SQLiteStatement {
        uses += 1
        if let statement = statements[text] {
            statement.lastUse = uses
            return statement
        }
        if statements.count >= Self.statementLimit { forgetOldest() }
        let statement = try prepare(text)
        statement.lastUse = uses
        statements[text] = statement
        return statement
    }

    private func forgetOldest() {
        let oldest = statements.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(Self.statementLimit / 4)
        for (text, statement) in oldest {
            statement.finalize()
            statements[text] = nil
        }
    }

    private func prepare(_ text: String) throws(DatabaseError) -> SQLiteStatement {
        switch SQLiteStatement.prepare(text, on: handle) {
        case .statement(let statement): return statement
        case .severalStatements: throw DatabaseError(.other, "more than one statement in: \(text.prefix(120))")
        case .failure(let code): throw error(code, text)
        }
    }

    private func run(_ text: String) throws(DatabaseError) {
        let code = sqlite3_exec(handle, text, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, text) }
    }

    /// The first value of the answer to a pragma.
    private func text(_ sql: String) throws(DatabaseError) -> String {
        let statement = try prepare(sql)
        defer { statement.finalize() }
        let code = statement.step()
        if code == SQLITE_DONE { return "" }
        guard code == SQLITE_ROW else { throw error(code, sql) }
        return switch statement.row().values.first {
        case .text(let text): text
        case .int(let number): String(number)
        default: ""
        }
    }

    // MARK: Errors

    private func error(_ code: Int32, _ text: String) -> DatabaseError {
        if code & 0xFF == SQLITE_INTERRUPT, isLate {
            return DatabaseError(.timeout, "took too long: \(text.prefix(120))")
        }
        var error = Self.error(handle, code)
        error.message += " in: \(text.prefix(240))"
        return error
    }

    private static func error(_ handle: OpaquePointer?, _ code: Int32) -> DatabaseError {
        let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
        let extended: DatabaseError.Code? =
            switch code >> 8 {
            case 8, 6, 10: .unique  // UNIQUE, PRIMARYKEY, ROWID
            case 3: .foreignKey
            case 1: .check
            case 5: .notNull
            case 12: .wrongType  // DATATYPE
            default: nil
            }
        let kind: DatabaseError.Code =
            switch code & 0xFF {
            case SQLITE_CONSTRAINT: extended ?? .other
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_INTERRUPT: .cancelled
            case SQLITE_FULL, SQLITE_IOERR: .full
            case SQLITE_READONLY, SQLITE_PERM: .readOnly
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
            case SQLITE_CANTOPEN: .connection
            default: .other
            }
        return DatabaseError(kind, message)
    }
}
