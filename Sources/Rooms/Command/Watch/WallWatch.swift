import Desk
import Ground
import Ledger
import Logging
import Storage
import Synchronization
import Web

/// The one watcher of a process. While walls are open it looks at the head of the ledger, which also moves when another
/// server writes; when it has moved, it counts once for each view, writes each form of the wall once, and tells everybody
/// who looks at it. Walls that nobody looks at cost nothing.
final class WallWatch: Sendable {
    /// What is counted: two viewers with the same reach see the same figures.
    struct View: Sendable, Hashable {
        var scope: Scope
        var area: AreaPrefix

        /// - Parameter scope: of any viewer; who it is plays no part in the figures.
        init(_ scope: Scope, area: AreaPrefix?) {
            self.scope = Scope(
                staff: StaffID(""), staffName: "", post: PostID(""), postName: LocalizedText("", ""), role: "",
                rights: scope.rights, area: scope.area, body: scope.line == nil ? BodyID("") : scope.body,
                bodyName: "", line: scope.line)
            self.area = area ?? scope.area
        }
    }

    /// In which form somebody gets it.
    enum Form: Sendable, Hashable {
        case page(Language, isWall: Bool)
        case program
    }

    struct Audience: Sendable, Hashable {
        var view: View
        var form: Form
    }

    private struct Inside {
        var broadcasts: [Audience: Broadcast<WallState>] = [:]
        var isLooking = false
        /// Somebody came, whose wall was not written yet.
        var isNewcomerWaiting = false
    }

    private let command: UnifiedCommand
    private let limit: StreamLimit
    private let inside = Mutex(Inside())
    private var stream: WallRules.Stream { command.rules.stream }

    init(_ command: UnifiedCommand) {
        self.command = command
        limit = StreamLimit(most: command.rules.stream.most)
    }

    var openCount: Int { limit.open }

    /// The states of a wall from now on.
    /// - Throws: a refusal when there are as many walls as may be.
    func listen(_ audience: Audience) throws(Refusal) -> AsyncStream<WallState> {
        let (states, begins) = try inside.withLock {
            (inside: inout Inside) throws(Refusal) -> (AsyncStream<WallState>, Bool) in
            let broadcast = inside.broadcasts[audience] ?? Broadcast<WallState>(limit: limit)
            let states = try broadcast.listen()
            inside.broadcasts[audience] = broadcast
            inside.isNewcomerWaiting = inside.isNewcomerWaiting || broadcast.newest == nil
            defer { inside.isLooking = true }
            return (states, !inside.isLooking)
        }
        if begins { Task { await look() } }
        return states
    }

    // MARK: Looking

    private func look() async {
        var seen: LedgerHead?
        var counted: ContinuousClock.Instant?
        var lived = ContinuousClock.now
        while let audiences = present() {
            let begun = ContinuousClock.now
            do {
                let head = try await Ledger.head(of: command.house.database)
                let isDue = counted.map { begun - $0 > .seconds(stream.refreshSeconds) } ?? true
                let isNewcomerWaiting = inside.withLock { inside in
                    defer { inside.isNewcomerWaiting = false }
                    return inside.isNewcomerWaiting
                }
                if head != seen || head.isCrowded || isDue || isNewcomerWaiting {
                    try await tellAll(audiences)
                    (seen, counted, lived) = (head, begun, begun)
                } else if begun - lived > .seconds(stream.aliveSeconds) {
                    for broadcast in audiences.values { if let state = broadcast.newest { broadcast.tell(state) } }
                    lived = begun
                }
            } catch {
                // No sign of life goes out, so walls say themselves that they are stale; it is tried again.
                seen = nil
                command.logger.error("walls cannot be counted", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
            // Counting takes at most a quarter of the time, however much is written.
            let pause = max(.milliseconds(stream.lookMilliseconds), (ContinuousClock.now - begun) * 3)
            try? await Task.sleep(for: min(pause, .seconds(2)))
        }
    }

    /// Those who listen now; nil when nobody does, and then the looking ends.
    private func present() -> [Audience: Broadcast<WallState>]? {
        inside.withLock { inside in
            inside.broadcasts = inside.broadcasts.filter { $0.value.listenerCount > 0 }
            inside.isLooking = !inside.broadcasts.isEmpty
            return inside.isLooking ? inside.broadcasts : nil
        }
    }

    private func tellAll(_ audiences: [Audience: Broadcast<WallState>]) async throws {
        let command = command
        for (view, listeners) in Dictionary(grouping: audiences, by: \.key.view) {
            let now = command.house.clock.now()
            let model = try await command.house.database.read {
                try command.model(in: view.area, for: view.scope, at: now, in: $0)
            }
            for (audience, broadcast) in listeners {
                let contents = command.contents(model, for: audience.form)
                let state =
                    broadcast.newest?.followed(by: contents, at: now)
                    ?? WallState(series: command.house.identifiers.nextText(at: now), at: now, parts: contents)
                broadcast.tell(state)
            }
        }
    }
}

extension UnifiedCommand {
    /// What is written for one form of a wall.
    fileprivate func contents(_ model: WallModel, for form: WallWatch.Form) -> [(id: String, content: [UInt8])] {
        switch form {
        case .page(let language, let isWall):
            WallParts(command: self, language: language, isWall: isWall).all(model).map { ($0.id, $0.html.bytes) }
        case .program: [("figures", CommandJSON.figures(model.figures, self))]
        }
    }
}
