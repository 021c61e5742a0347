import Glibc

/// A thread's work: writing transactions, those that wait together committed together.
///
/// Serializable, so that what a closure read still holds when it commits, as it does with SQLite's single writer.
struct PostgresWriter: Sendable {
    let line: PostgresLine
    let groupLimit: Int

    private static let begin = "BEGIN ISOLATION LEVEL SERIALIZABLE"
    private static let savepoint = "SAVEPOINT job"
    private static let attempts = 6

    func serve(_ queue: WorkQueue<any TransactionJob>) {
        var batch: [any TransactionJob] = []
        while queue.take(upTo: groupLimit, into: &batch) {
            batch.removeAll { $0.droppedIfAbandoned() }
            if batch.count == 1 { commitAlone(batch[0]) } else if !batch.isEmpty { commitTogether(batch) }
            for job in batch { job.answer() }
            batch.removeAll(keepingCapacity: true)
        }
    }

    private func commitAlone(_ job: any TransactionJob) {
        for attempt in 1...Self.attempts {
            var mayHaveCommitted = false
            do throws(DatabaseError) {
                let connection = try line.connection()
                connection.prefix(Self.begin)
                connection.perform(job)
                if job.failure == nil {
                    // Nothing was sent, so there is nothing to commit.
                    if connection.withdraw(Self.begin) { return }
                    mayHaveCommitted = true
                    try connection.commit()
                    return
                }
                let isTransient = job.hasTransientFailure
                try? connection.rollBack()
                guard attempt < Self.attempts, isTransient else { return }
            } catch {
                job.fail(error)
                // A lost COMMIT may have succeeded; running the closure again could do everything twice.
                let isUnknown = error.code == .connection && mayHaveCommitted
                guard attempt < Self.attempts, mayHaveCommitted, !isUnknown, job.hasTransientFailure else { return }
            }
            usleep(UInt32.random(in: 500...4000) * UInt32(attempt))
        }
    }

    /// Answers every job, whatever happens.
    private func commitTogether(_ batch: [any TransactionJob]) {
        var mayHaveCommitted = false
        var succeeded: [any TransactionJob] = []
        do throws(DatabaseError) {
            let connection = try line.connection()
            connection.prefix(Self.begin)
            for job in batch {
                connection.prefix(Self.savepoint)
                connection.perform(job)
                if job.hasTransientFailure {
                    // The whole transaction is gone with it. Each for itself, then.
                    try? connection.rollBack()
                    for job in batch { commitAlone(job) }
                    return
                }
                let wasSent = !connection.withdraw(Self.savepoint)
                if job.failure == nil { succeeded.append(job) }
                if wasSent {
                    if job.failure != nil { connection.prefix("ROLLBACK TO SAVEPOINT job") }
                    connection.prefix("RELEASE SAVEPOINT job")
                }
            }
            if connection.withdraw(Self.begin) { return }
            mayHaveCommitted = true
            try connection.commit()
        } catch {
            guard mayHaveCommitted else {
                for job in batch { job.fail(error) }
                return
            }
            if error.code == .serialization {
                for job in batch { commitAlone(job) }
            } else {
                for job in succeeded { job.fail(error) }
            }
        }
    }
}
