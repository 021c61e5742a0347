import Ground
public import Hummingbird
import HummingbirdCore
import Synchronization

/// Lets only so many requests in at once, and a few more wait; whoever comes after that is told at once to come back in
/// a second, before a byte of the body is read. So a spike costs the server little, and what it accepted stays quick.
public struct LoadShedding<Context: RequestContext>: RouterMiddleware {
    let gate: Gate
    let exempt: Set<String>

    /// - Parameter exempt: paths that are always let in, so that watchers see the server alive under load.
    public init(gate: Gate, exempt: Set<String> = []) {
        self.gate = gate
        self.exempt = exempt
    }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if exempt.contains(request.uri.path) { return try await next(request, context) }
        try await gate.enter()
        defer { gate.leave() }
        return try await next(request, context)
    }
}

/// A door with a waiting room, both of limited size.
public final class Gate: Sendable {
    private struct State {
        var inside = 0
        var nextNumber: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        /// Numbers in the order in which they came; some may have left meanwhile.
        var order: [UInt64] = []
        var first = 0
        var refused: UInt64 = 0
    }

    private let state = Mutex(State())
    private let limit: Int
    private let waitingLimit: Int
    private let patience: Duration

    /// - Parameter patience: how long somebody waits before being told to come back.
    public init(limit: Int, waiting: Int, patience: Duration = .seconds(2)) {
        self.limit = limit
        waitingLimit = waiting
        self.patience = patience
    }

    public var inside: Int { state.withLock { $0.inside } }
    public var waiting: Int { state.withLock { $0.waiting.count } }
    public var refused: UInt64 { state.withLock { $0.refused } }

    /// - Throws: a refusal when the waiting room is full or the patience ends.
    public func enter() async throws {
        enum Place { case inside, full, waiting(UInt64) }
        let place: Place = state.withLock { state in
            if state.inside < limit {
                state.inside += 1
                return .inside
            }
            guard state.waiting.count < waitingLimit else {
                state.refused += 1
                return .full
            }
            state.nextNumber += 1
            return .waiting(state.nextNumber)
        }
        switch place {
        case .inside: return
        case .full: throw Self.busy
        case .waiting(let number):
            let impatience = Task { [patience] in
                try await Task.sleep(for: patience)
                self.giveUp(number)
            }
            defer { impatience.cancel() }
            let isIn = await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in self.wait(number, continuation) }
            } onCancel: {
                self.giveUp(number)
            }
            guard isIn else { throw Self.busy }
        }
    }

    public func leave() {
        let next: CheckedContinuation<Bool, Never>? = state.withLock { state in
            while state.first < state.order.count {
                let number = state.order[state.first]
                state.first += 1
                if state.first > 1024 {
                    state.order.removeFirst(state.first)
                    state.first = 0
                }
                // The place is handed on, so the number inside stays.
                if let continuation = state.waiting.removeValue(forKey: number) { return continuation }
            }
            state.inside -= 1
            return nil
        }
        next?.resume(returning: true)
    }

    private func wait(_ number: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
        let answer: Bool? = state.withLock { state in
            // Cancelled before it began to wait.
            if Task.isCancelled { return false }
            // Somebody may have left meanwhile.
            if state.inside < limit {
                state.inside += 1
                return true
            }
            state.waiting[number] = continuation
            state.order.append(number)
            return nil
        }
        if let answer { continuation.resume(returning: answer) }
    }

    private func giveUp(_ number: UInt64) {
        let continuation = state.withLock { state in
            let continuation = state.waiting.removeValue(forKey: number)
            if continuation != nil { state.refused += 1 }
            return continuation
        }
        continuation?.resume(returning: false)
    }

    static let busy = Refusal(
        .unavailable, "web.busy",
        LocalizedText("系统繁忙，请稍后重试；本次内容未保存", "The server is busy; nothing of this was kept"),
        wayOn: LocalizedText("请在几秒后重试", "Try again in a few seconds"), retryAfterSeconds: 1)
}
