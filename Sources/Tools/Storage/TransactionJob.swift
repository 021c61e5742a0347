import Synchronization

/// A closure that waits for a connection, whatever it returns.
protocol TransactionJob: AnyObject, Sendable {
    /// Whoever asked has given up; nothing need be done any more.
    var isAbandoned: Bool { get }
    /// Why the last run, or the last verdict, was no success.
    var failure: (any Error)? { get }
    /// Runs the closure and keeps its outcome; may be called again.
    func run(in transaction: any Transaction)
    /// Replaces the outcome.
    func fail(_ error: any Error)
    /// Tells the caller the outcome. Called once, last.
    func answer()
}

/// `@unchecked Sendable`: `outcome` and `continuation` are touched by the caller before the job is queued, then only by
/// the thread that took it from the queue; the queue's lock orders the two.
private final class WaitingTransaction<Value: Sendable>: TransactionJob, @unchecked Sendable {
    private let body: @Sendable (any Transaction) throws -> Value
    private let abandoned = Atomic(false)
    private var outcome: Result<Value, any Error>?
    private var continuation: CheckedContinuation<Value, any Error>?

    init(_ body: @escaping @Sendable (any Transaction) throws -> Value) { self.body = body }

    func abandon() { abandoned.store(true, ordering: .relaxed) }

    var isAbandoned: Bool { abandoned.load(ordering: .relaxed) }

    var failure: (any Error)? {
        switch outcome {
        case .failure(let error): error
        case .success: nil
        case nil: DatabaseError(.other, "the transaction has not run")
        }
    }

    func run(in transaction: any Transaction) { outcome = Result { try body(transaction) } }

    func fail(_ error: any Error) { outcome = .failure(error) }

    func wait(_ continuation: CheckedContinuation<Value, any Error>) { self.continuation = continuation }

    func answer() {
        continuation?.resume(with: outcome ?? .failure(DatabaseError(.other, "the transaction has not run")))
        continuation = nil
    }
}

/// Hands the closure to `append` and waits for its outcome. A caller cancelled while waiting is dropped from the line; one
/// whose closure runs already gets its outcome.
func outcome<Value: Sendable>(
    of body: @escaping @Sendable (any Transaction) throws -> Value,
    append: (any TransactionJob) throws(DatabaseError) -> Void
) async throws -> Value {
    let job = WaitingTransaction(body)
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            job.wait(continuation)
            do throws(DatabaseError) { try append(job) } catch {
                job.fail(error)
                job.answer()
            }
        }
    } onCancel: {
        job.abandon()
    }
}

extension WorkQueue where Job == any TransactionJob {
    func perform<Value: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> Value) async throws -> Value {
        try await outcome(of: body) { job throws(DatabaseError) in try append(job) }
    }
}

extension TransactionJob {
    /// - Returns: true when nobody waits any more; the caller has then been told.
    func droppedIfAbandoned() -> Bool {
        guard isAbandoned else { return false }
        fail(DatabaseError(.cancelled, "the caller gave up waiting"))
        answer()
        return true
    }
}
