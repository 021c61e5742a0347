import Glibc
import Ground
import Synchronization

/// A PostgreSQL server: threads that read, one or few that write and commit what waits as one group, and pipes that send
/// single statements in packs.
public final class PostgresDatabase: Database {
    public let engine = Engine.postgres
    private let writes: WorkQueue<any TransactionJob>
    private let reads: WorkQueue<any TransactionJob>
    private let longReads: WorkQueue<any TransactionJob>
    private let singles: WorkQueue<PostgresSingle>
    private let threads = WorkerThreads()

    /// - Throws: `connection` when the server cannot be reached now.
    public init(_ location: DatabaseLocation, options: DatabaseOptions = .init()) throws(DatabaseError) {
        writes = WorkQueue(limit: options.queueLimit)
        reads = WorkQueue(limit: options.queueLimit)
        longReads = WorkQueue(limit: 16)
        singles = WorkQueue(limit: options.queueLimit)
        let first = try PostgresConnection(location, options: options, role: .write)
        do throws(DatabaseError) {
            for number in 0..<max(1, options.writers) {
                let writer = PostgresWriter(
                    line: PostgresLine(location, options: options, role: .write, first: number == 0 ? first : nil),
                    groupLimit: max(1, options.groupLimit))
                try threads.start("pg-write") { [writes] in writer.serve(writes) }
            }
            for _ in 0..<max(1, options.readers ?? 8) {
                let reader = PostgresReader(line: PostgresLine(location, options: options, role: .read))
                try threads.start("pg-read") { [reads] in reader.serve(reads) }
            }
            for _ in 0..<max(1, options.pipes) {
                let pipe = PostgresPipe(line: PostgresLine(location, options: options, role: .pipe))
                try threads.start("pg-pipe") { [singles] in pipe.serve(singles) }
            }
            let long = PostgresReader(line: PostgresLine(location, options: options, role: .longRead))
            try threads.start("pg-long") { [longReads] in long.serve(longReads) }
        } catch {
            closeQueues()
            throw error
        }
    }

    deinit { closeQueues() }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await reads.perform(body)
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
        try await withCheckedThrowingContinuation { continuation in
            do throws(DatabaseError) { try singles.append(PostgresSingle(sql: sql, continuation: continuation)) } catch
            {
                continuation.resume(throwing: error)
            }
        }
    }

    public func close() async {
        closeQueues()
        await threads.finished()
    }

    private func closeQueues() {
        writes.close()
        reads.close()
        longReads.close()
        singles.close()
    }
}

/// A connection that is made when it is needed, and made anew when it was lost.
///
/// `@unchecked Sendable`: used only by the worker thread that owns it.
final class PostgresLine: @unchecked Sendable {
    private let location: DatabaseLocation
    private let options: DatabaseOptions
    private let role: PostgresConnection.Role
    private var current: PostgresConnection?
    /// The last attempts failed: callers get one more, not the whole patience.
    private var isDown = false

    init(
        _ location: DatabaseLocation, options: DatabaseOptions, role: PostgresConnection.Role,
        first: PostgresConnection? = nil
    ) {
        self.location = location
        self.options = options
        self.role = role
        current = first
    }

    /// Forgets a connection that is out of step.
    func discard() { current = nil }

    /// A connection with no transaction open.
    func connection() throws(DatabaseError) -> PostgresConnection {
        if let current, !current.isLost {
            do throws(DatabaseError) {
                try current.rollBack()
                return current
            } catch {
                // Made anew below.
            }
        }
        current = nil
        let end = monotonicMilliseconds() + (isDown ? 0 : options.reconnectTimeout.milliseconds)
        var pause: Int64 = 50
        while true {
            do throws(DatabaseError) {
                let connection = try PostgresConnection(location, options: options, role: role)
                current = connection
                isDown = false
                return connection
            } catch {
                guard monotonicMilliseconds() + pause < end else {
                    isDown = true
                    throw error
                }
                // Of many connections lost together, not all shall come back in the same moment.
                usleep(UInt32(Int64.random(in: pause / 2...pause) * 1000))
                pause = min(pause * 2, 1000)
            }
        }
    }
}
