/// One statement and who waits for its rows.
struct PostgresSingle: Sendable {
    var sql: SQL
    var continuation: CheckedContinuation<[Row], any Error>
}

/// A thread's work: whatever single statements wait go out in one pack.
struct PostgresPipe: Sendable {
    let line: PostgresLine

    private static let packSize = 64

    func serve(_ queue: WorkQueue<PostgresSingle>) {
        var batch: [PostgresSingle] = []
        while queue.take(upTo: Self.packSize, into: &batch) {
            send(batch)
            batch.removeAll(keepingCapacity: true)
        }
    }

    private func send(_ batch: [PostgresSingle]) {
        var open = batch
        var failure = DatabaseError(.connection, "the connection to the server is lost")
        for _ in 1...2 where !open.isEmpty {
            do throws(DatabaseError) {
                let connection = try line.connection()
                var isAnswered = [Bool](repeating: false, count: open.count)
                connection.independent(open.map(\.sql)) { index, outcome in
                    // Reads may be asked again, so what a lost connection or a forgotten plan spoilt stays open.
                    if case .failure(let error) = outcome, error.code == .connection || error.isForgottenPlan {
                        failure = error
                        return
                    }
                    isAnswered[index] = true
                    open[index].continuation.resume(with: outcome.mapError { $0 as any Error })
                }
                open = zip(open, isAnswered).filter { !$0.1 }.map(\.0)
                if !open.isEmpty { line.discard() }
            } catch {
                failure = error
                break
            }
        }
        for single in open { single.continuation.resume(throwing: failure) }
    }
}

extension DatabaseError {
    /// A plan that no longer fits its table, or a prepared statement that a pooler has lost: preparing anew mends it.
    var isForgottenPlan: Bool { sqlState == "0A000" || sqlState == "26000" }
}
