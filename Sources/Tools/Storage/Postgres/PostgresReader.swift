/// A thread's work: reading transactions, one after another.
struct PostgresReader: Sendable {
    let line: PostgresLine

    private static let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    func serve(_ queue: WorkQueue<any TransactionJob>) {
        var batch: [any TransactionJob] = []
        while queue.take(upTo: 1, into: &batch) {
            for job in batch where !job.droppedIfAbandoned() { run(job) }
            batch.removeAll(keepingCapacity: true)
        }
    }

    private func run(_ job: any TransactionJob) {
        for attempt in 1...3 {
            do throws(DatabaseError) {
                let connection = try line.connection()
                connection.prefix(Self.begin)
                connection.perform(job)
                if attempt < 3, job.hasTransientFailure { continue }
                job.answer()
                // The caller has what was read; only the connection still has to leave the transaction.
                if !connection.isLost { try? connection.rollBack() }
                return
            } catch {
                job.fail(error)
                job.answer()
                return
            }
        }
    }
}

extension TransactionJob {
    /// Running the closure again may succeed.
    var hasTransientFailure: Bool {
        guard let error = failure as? DatabaseError else { return false }
        // The server says that it cuts the connection before libpq notices.
        return error.code == .serialization || error.code == .connection || error.isForgottenPlan
    }
}
