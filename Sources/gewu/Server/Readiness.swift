import Desk
import Ground
import Hummingbird
import ServiceLifecycle
import Storage
import Synchronization

/// Whether this server can take work: its database answers a read and a write, and it is not about to stop.
final class Readiness: Service {
    enum State: Sendable, Hashable {
        case ready
        case stopping
        case databaseSilent
        case diskFull
        case readOnly
    }

    static let migrations = [
        Migration(
            "gewu.0001-readiness", "CREATE TABLE readiness_probe (id BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)")
    ]

    private let house: House
    /// How long the database may take to answer before it counts as silent.
    private let patience: Duration
    private let isStopping = Mutex(false)
    private let latest = Mutex<(at: ContinuousClock.Instant, state: State)?>(nil)
    private let lastFull = Mutex<ContinuousClock.Instant?>(nil)

    init(house: House, patience: Duration = .seconds(3)) {
        self.house = house
        self.patience = patience
    }

    /// An answer is good for a second, so watchers cost the database nothing.
    func state() async -> State {
        if isStopping.withLock({ $0 }) { return .stopping }
        let now = ContinuousClock.now
        // PostgreSQL finds room for the probe's one row where a report finds none.
        if let full = lastFull.withLock({ $0 }), now - full < .seconds(5) { return .diskFull }
        if let latest = latest.withLock({ $0 }), now - latest.at < .seconds(1) { return latest.state }
        let state = await probe()
        latest.withLock { $0 = (now, state) }
        return state
    }

    /// A request has found the disk full.
    func noteFullDisk() { lastFull.withLock { $0 = ContinuousClock.now } }

    private func probe() async -> State {
        let now = house.clock.now()
        let patience = patience
        let database = house.database
        return await withTaskGroup(of: State.self) { group in
            group.addTask {
                do {
                    _ = try await database.query("SELECT id FROM readiness_probe WHERE id = 1")
                    _ = try await database.write { transaction in
                        try transaction.execute(
                            """
                            INSERT INTO readiness_probe (id, at) VALUES (1, \(now))
                            ON CONFLICT (id) DO UPDATE SET at = excluded.at
                            """)
                    }
                    return .ready
                } catch {
                    return Self.state(after: error)
                }
            }
            group.addTask {
                try? await Task.sleep(for: patience)
                return .databaseSilent
            }
            defer { group.cancelAll() }
            return await group.next() ?? .databaseSilent
        }
    }

    private static func state(after error: any Error) -> State {
        switch (error as? DatabaseError)?.code {
        case .full: .diskFull
        case .readOnly: .readOnly
        default: .databaseSilent
        }
    }

    /// Ends when the server is asked to stop; from then on a balancer sends new work elsewhere.
    func run() async throws {
        try? await gracefulShutdown()
        isStopping.withLock { $0 = true }
    }
}

/// Tells the readiness when a request finds the disk full.
struct FullDiskNotice: RouterMiddleware {
    let readiness: Readiness

    func handle(
        _ request: Request, context: DeskContext, next: (Request, DeskContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as DatabaseError where error.code == .full {
            readiness.noteFullDisk()
            throw error
        }
    }
}
