import Ground

/// A SQLite file: one thread that writes and commits what waits as one group, some that read.
public final class SQLiteDatabase: Database {
    public let engine = Engine.sqlite
    private let writes: WorkQueue<any TransactionJob>
    private let reads: WorkQueue<SQLiteRead>
    private let longReads: WorkQueue<any TransactionJob>
    private let writing = WorkerThreads()
    private let reading = WorkerThreads()

    public init(path: String, options: DatabaseOptions = .init()) throws {
        writes = WorkQueue(limit: options.queueLimit)
        reads = WorkQueue(limit: options.queueLimit)
        longReads = WorkQueue(limit: 16)
        let writer = SQLiteWriter(
            connection: try SQLiteConnection(path: path, access: .write, options: options), path: path, options: options
        )
        var readers: [SQLiteConnection] = []
        for _ in 0..<max(1, options.readers ?? 2) {
            readers.append(try SQLiteConnection(path: path, access: .read, options: options))
        }
        do {
            try writing.start("sqlite-write") { [writes] in writer.serve(writes) }
            for reader in readers {
                try reading.start("sqlite-read") { [reads] in
                    Self.serve(reads, reader, timeLimit: options.statementTimeout.milliseconds)
                }
            }
            try reading.start("sqlite-long") { [longReads] in
                Self.serve(longReads) { () throws(DatabaseError) in
                    try SQLiteConnection(path: path, access: .longRead, options: options)
                }
            }
        } catch {
            closeQueues()
            throw error
        }
    }

    deinit { closeQueues() }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await outcome(of: body) { job throws(DatabaseError) in
            try reads.append(SQLiteRead(job: job, isSingle: false))
        }
    }

    @discardableResult public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await writes.perform(body)
    }

    public func snapshot<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await longReads.perform(body)
    }

    public func query(_ sql: SQL) async throws -> [Row] {
        // One statement is one consistent state by itself.
        try await outcome(of: { transaction in try transaction.query(sql) }) { job throws(DatabaseError) in
            try reads.append(SQLiteRead(job: job, isSingle: true))
        }
    }

    public func close() async {
        reads.close()
        longReads.close()
        await reading.finished()
        // Last, so that nobody stands in the way when it empties the log.
        writes.close()
        await writing.finished()
    }

    private func closeQueues() {
        writes.close()
        reads.close()
        longReads.close()
    }

    private static func serve(_ queue: WorkQueue<SQLiteRead>, _ connection: SQLiteConnection, timeLimit: Int64) {
        var batch: [SQLiteRead] = []
        while queue.take(upTo: 1, into: &batch) {
            for read in batch {
                guard !read.job.droppedIfAbandoned() else { continue }
                if read.isSingle {
                    connection.perform(read.job, timeLimit: timeLimit)
                } else {
                    readTransaction(connection, read.job, timeLimit: timeLimit)
                }
                read.job.answer()
            }
            batch.removeAll(keepingCapacity: true)
        }
    }

    /// Exports are rare: a connection lives as long as one of them.
    private static func serve(
        _ queue: WorkQueue<any TransactionJob>, _ open: () throws(DatabaseError) -> SQLiteConnection
    ) {
        var batch: [any TransactionJob] = []
        while queue.take(upTo: 1, into: &batch) {
            for job in batch where !job.droppedIfAbandoned() {
                do throws(DatabaseError) {
                    readTransaction(try open(), job, timeLimit: nil)
                } catch {
                    job.fail(error)
                }
                job.answer()
            }
            batch.removeAll(keepingCapacity: true)
        }
    }

    private static func readTransaction(
        _ connection: SQLiteConnection, _ job: any TransactionJob, timeLimit: Int64?
    ) {
        do throws(DatabaseError) {
            try connection.control("BEGIN")
            connection.perform(job, timeLimit: timeLimit)
            if connection.isInTransaction { try connection.control("ROLLBACK") }
        } catch {
            job.fail(error)
        }
    }
}

/// A reading closure, or one statement that needs no transaction around it.
struct SQLiteRead: Sendable {
    var job: any TransactionJob
    var isSingle: Bool
}
