public import Ground
import Synchronization

/// How many streams a process keeps open at most, whatever they carry.
public final class StreamLimit: Sendable {
    public let most: Int
    private let count = Atomic(0)

    public init(most: Int) { self.most = most }

    public var open: Int { count.load(ordering: .relaxed) }

    /// - Throws: a refusal when there are as many already.
    fileprivate func take() throws(Refusal) {
        guard count.add(1, ordering: .relaxed).newValue <= most else {
            giveBack()
            throw Refusal(
                .unavailable, "web.too-many-streams",
                LocalizedText("实时连接已满（\(most)）", "All \(most) live connections are taken"),
                wayOn: LocalizedText("页面会改为定时刷新；请稍后再试", "The page reloads every now and then instead; try again later"),
                retryAfterSeconds: 30)
        }
    }

    fileprivate func giveBack() { count.subtract(1, ordering: .relaxed) }
}

/// The newest state of something, told to everybody who listens. Nothing is queued: who has not taken a state yet when the
/// next one comes gets only that one.
public final class Broadcast<State: Sendable>: Sendable {
    private struct Inside {
        var newest: State?
        var nextNumber: UInt64 = 0
        var listeners: [UInt64: AsyncStream<State>.Continuation] = [:]
    }

    private let inside = Mutex(Inside())
    private let limit: StreamLimit

    public init(limit: StreamLimit) { self.limit = limit }

    public var listenerCount: Int { inside.withLock { $0.listeners.count } }
    public var newest: State? { inside.withLock { $0.newest } }

    /// Begins with the newest state, if there is one.
    /// - Throws: a refusal when no more streams may be open.
    public func listen() throws(Refusal) -> AsyncStream<State> {
        try limit.take()
        let (stream, continuation) = AsyncStream.makeStream(of: State.self, bufferingPolicy: .bufferingNewest(1))
        inside.withLock { inside in
            let number = inside.nextNumber
            inside.nextNumber += 1
            inside.listeners[number] = continuation
            continuation.onTermination = { [weak self, limit] _ in
                limit.giveBack()
                self?.leave(number)
            }
            if let newest = inside.newest { continuation.yield(newest) }
        }
        return stream
    }

    /// The same state again is a sign of life.
    public func tell(_ state: State) {
        inside.withLock { inside in
            inside.newest = state
            for listener in inside.listeners.values { listener.yield(state) }
        }
    }

    /// Ends every stream.
    public func end() {
        let listeners = inside.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.finish() }
    }

    private func leave(_ number: UInt64) { inside.withLock { _ = $0.listeners.removeValue(forKey: number) } }
}
