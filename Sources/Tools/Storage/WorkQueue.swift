import Glibc

/// A bounded line of jobs between many callers and the threads that own connections.
///
/// `@unchecked Sendable`: every stored property that changes is touched only while `lock` is held.
final class WorkQueue<Job: Sendable>: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var ring: [Job?]
    private var first = 0
    private var count = 0
    private var waiting = 0
    private var isClosed = false

    init(limit: Int) {
        ring = Array(repeating: nil, count: max(1, limit))
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // The wall clock may jump; a wait may not.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(arrival, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(arrival)
        pthread_mutex_destroy(lock)
        arrival.deallocate()
        lock.deallocate()
    }

    /// - Throws: `overloaded` when too many wait already; `connection` once the database is closed.
    func append(_ job: Job) throws(DatabaseError) {
        pthread_mutex_lock(lock)
        guard !isClosed else {
            pthread_mutex_unlock(lock)
            throw DatabaseError(.connection, "the database is closed")
        }
        guard count < ring.count else {
            pthread_mutex_unlock(lock)
            throw DatabaseError(.overloaded, "\(count) callers wait already")
        }
        ring[(first + count) % ring.count] = job
        count += 1
        let wakes = waiting > 0
        pthread_mutex_unlock(lock)
        // Waking costs a system call: only when someone sleeps.
        if wakes { pthread_cond_signal(arrival) }
    }

    /// Moves up to `limit` jobs into `batch`, sleeping until there is one, or for `milliseconds`.
    /// - Returns: false once the queue is closed and empty.
    func take(upTo limit: Int, into batch: inout [Job], waiting milliseconds: Int64? = nil) -> Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        var deadline = timespec()
        if let milliseconds {
            clock_gettime(CLOCK_MONOTONIC, &deadline)
            let nanoseconds = Int64(deadline.tv_nsec) + milliseconds % 1000 * 1_000_000
            deadline.tv_sec += Int(milliseconds / 1000 + nanoseconds / 1_000_000_000)
            deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
        }
        while count == 0 {
            if isClosed { return false }
            waiting += 1
            let outcome =
                milliseconds == nil
                ? pthread_cond_wait(arrival, lock) : pthread_cond_timedwait(arrival, lock, &deadline)
            waiting -= 1
            if outcome == ETIMEDOUT, count == 0, !isClosed { return true }
        }
        for _ in 0..<min(limit, count) {
            if let job = ring[first] { batch.append(job) }
            ring[first] = nil
            first = (first + 1) % ring.count
            count -= 1
        }
        return true
    }

    /// Lets nothing more in; what waits is still served.
    func close() {
        pthread_mutex_lock(lock)
        isClosed = true
        pthread_mutex_unlock(lock)
        pthread_cond_broadcast(arrival)
    }
}
