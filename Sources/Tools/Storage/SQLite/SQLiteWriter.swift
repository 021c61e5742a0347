import Glibc
import Ground

/// The one connection that writes. Whatever waits is committed together: one wait for the disk serves all of it.
struct SQLiteWriter: Sendable {
    let connection: SQLiteConnection
    let path: String
    let options: DatabaseOptions

    /// Above this the log is emptied as soon as nobody writes.
    private static let largeLogBytes = 4 << 20
    private static let idleMilliseconds: Int64 = 250

    func serve(_ queue: WorkQueue<any TransactionJob>) {
        var batch: [any TransactionJob] = []
        var mayHaveLog = true
        while queue.take(upTo: options.groupLimit, into: &batch, waiting: mayHaveLog ? Self.idleMilliseconds : nil) {
            guard !batch.isEmpty else {
                mayHaveLog = emptyLog()
                continue
            }
            mayHaveLog = true
            batch.removeAll { $0.droppedIfAbandoned() }
            if batch.count == 1 { commitAlone(batch[0]) } else if !batch.isEmpty { commitTogether(batch) }
            for job in batch { job.answer() }
            batch.removeAll(keepingCapacity: true)
        }
        // The readers have ended before us. Readers open the file only to read, and cannot empty the log after us.
        connection.checkpoint(patience: 2_000)
    }

    private func commitAlone(_ job: any TransactionJob) {
        do throws(DatabaseError) {
            try connection.control("BEGIN IMMEDIATE")
            connection.perform(job)
            if job.failure == nil { try connection.control("COMMIT") }
        } catch {
            job.fail(error)
        }
        rollBackRest()
    }

    private func commitTogether(_ batch: [any TransactionJob]) {
        var succeeded: [any TransactionJob] = []
        var waiting = batch[...]
        do throws(DatabaseError) {
            try connection.control("BEGIN IMMEDIATE")
            while let job = waiting.first {
                try connection.control("SAVEPOINT job")
                connection.perform(job)
                guard connection.isInTransaction else {
                    // The disk is full or failing and SQLite has undone everything. The neighbours are not to blame.
                    for job in batch { commitAlone(job) }
                    return
                }
                if job.failure == nil { succeeded.append(job) } else { try connection.control("ROLLBACK TO job") }
                waiting.removeFirst()
                try connection.control("RELEASE job")
            }
            try connection.control("COMMIT")
        } catch {
            // Who failed by himself keeps his own reason.
            for job in succeeded + waiting { job.fail(error) }
        }
        rollBackRest()
    }

    private func rollBackRest() {
        // If even this fails, the next BEGIN fails too and says why.
        if connection.isInTransaction { try? connection.control("ROLLBACK") }
    }

    /// - Returns: whether it is worth trying again later.
    private func emptyLog() -> Bool {
        guard logBytes >= Self.largeLogBytes else { return false }
        connection.checkpoint()
        connection.setLockTimeout(options.lockTimeout.milliseconds)
        return logBytes >= Self.largeLogBytes
    }

    private var logBytes: Int {
        var status = stat()
        return stat(path + "-wal", &status) == 0 ? Int(status.st_size) : 0
    }
}
