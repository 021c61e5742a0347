import Glibc

/// A bounded line of jobs between many callers and the threads that own connections.
///
/// `@unchecked Sendable`: every stored property that changes is touched only while `lock` is held.
final class WorkQueue<Job: Sendable>: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// Counts the jobs, so that whoever waits is woken once for each. No condition variable: those of glibc 2.27 to 2.40
    /// (Debian 12, Ubuntu 24.04) can lose a signal when several threads wait (sourceware.org, bug 25847), and a job whose
    /// caller is the only one would then lie here for ever.
    private let arrivals = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    private var ring: [Job?]
    private var first = 0
    private var count = 0
    private var isClosed = false

    init(limit: Int) {
        ring = Array(repeating: nil, count: max(1, limit))
        pthread_mutex_init(lock, nil)
        sem_init(arrivals, 0, 0)
    }

    deinit {
        sem_destroy(arrivals)
        pthread_mutex_destroy(lock)
        arrivals.deallocate()
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
        pthread_mutex_unlock(lock)
        // A system call only when someone sleeps.
        sem_post(arrivals)
    }

    /// Moves up to `limit` jobs into `batch`, sleeping until there is one, or for `milliseconds`.
    /// - Returns: false once the queue is closed and empty.
    func take(upTo limit: Int, into batch: inout [Job], waiting milliseconds: Int64? = nil) -> Bool {
        let deadline = milliseconds.map(Self.deadline(in:))
        while true {
            guard wait(until: deadline) else { return true }
            pthread_mutex_lock(lock)
            let taken = min(limit, count)
            for _ in 0..<taken {
                if let job = ring[first] { batch.append(job) }
                ring[first] = nil
                first = (first + 1) % ring.count
                count -= 1
            }
            let isOver = taken == 0 && isClosed
            pthread_mutex_unlock(lock)
            // The others that were taken need nobody woken for them. One that is counted only after this finds the queue
            // empty, and its waiter sleeps on.
            for _ in 0..<max(0, taken - 1) { sem_trywait(arrivals) }
            if taken > 0 { return true }
            if isOver {
                // Whoever else waits is to see it, too.
                sem_post(arrivals)
                return false
            }
        }
    }

    /// By the wall clock, as semaphores want it. When that jumps, an idle worker looks up sooner or later than it would
    /// have; a job wakes it all the same.
    private static func deadline(in milliseconds: Int64) -> timespec {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        let nanoseconds = Int64(deadline.tv_nsec) + milliseconds % 1000 * 1_000_000
        deadline.tv_sec += Int(milliseconds / 1000 + nanoseconds / 1_000_000_000)
        deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
        return deadline
    }

    /// - Returns: false when the time is over.
    private func wait(until deadline: timespec?) -> Bool {
        while true {
            let outcome: Int32
            if var deadline {
                outcome = sem_timedwait(arrivals, &deadline)
            } else {
                outcome = sem_wait(arrivals)
            }
            if outcome == 0 { return true }
            // A signal that a handler took is no arrival.
            if errno != EINTR { return false }
        }
    }

    /// Lets nothing more in; what waits is still served.
    func close() {
        pthread_mutex_lock(lock)
        isClosed = true
        pthread_mutex_unlock(lock)
        sem_post(arrivals)
    }
}
