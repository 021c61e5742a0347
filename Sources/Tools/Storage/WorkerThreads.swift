import Glibc
import Synchronization

/// Threads of our own for calls that block, so that the few threads of Swift's concurrency never do.
final class WorkerThreads: Sendable {
    private struct State {
        var running = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// - Throws: `overloaded` when the system has no thread left.
    func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(DatabaseError) {
        state.withLock { $0.running += 1 }
        let start = Start(name: name) {
            body()
            self.ended()
        }
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 2 << 20)
        defer { pthread_attr_destroy(&attributes) }
        let box = Unmanaged.passRetained(start)
        let outcome = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                start.nameThread()
                start.body()
                return nil
            }, box.toOpaque())
        if outcome != 0 {
            box.release()
            ended()
            throw DatabaseError(.overloaded, "no thread could be started (\(outcome))")
        }
    }

    /// Returns when every thread has ended.
    func finished() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.running > 0 { state.waiters.append(continuation) }
                return state.running == 0
            }
            if isOver { continuation.resume() }
        }
    }

    private func ended() {
        let waiters = state.withLock { state in
            state.running -= 1
            guard state.running == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }

        /// For `top` and debuggers; that it may fail does not matter.
        func nameThread() {
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            _ = name.withCString { Glibc.write(file, $0, strlen($0)) }
            close(file)
        }
    }
}

/// A clock that never jumps, in milliseconds.
func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
