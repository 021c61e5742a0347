import Cases
import Desk
import Ground
import Ledger
import Logging
import Storage
import Synchronization
import Web

/// Looks whether anything was recorded while maps are open, and tells each kind of viewer what of it they may see. Reading
/// is by what changed, not by who looks where: a hundred open maps of one street cost what one does.
final class MapWatch: Sendable {
    /// What of a viewer decides what they are told.
    struct Audience: Sendable, Hashable {
        var scope: Scope

        init(_ scope: Scope) {
            self.scope = Scope(
                staff: StaffID(""), staffName: "", post: PostID(""), postName: LocalizedText("", ""), role: "",
                rights: scope.rights, area: scope.area, body: scope.line == nil ? BodyID("") : scope.body,
                bodyName: "", line: scope.line)
        }
    }

    private struct Told {
        var broadcast: Broadcast<MapChanges>
        var figures: AreaFigures?
    }

    private struct Inside {
        var audiences: [Audience: Told] = [:]
        var isLooking = false
    }

    private static let mostAtOnce = 2_000

    private let map: OneMap
    private let limit: StreamLimit
    private let inside = Mutex(Inside())

    init(_ map: OneMap) {
        self.map = map
        limit = StreamLimit(most: map.rules.stream.most)
    }

    /// - Throws: a refusal when there are as many open maps as may be.
    func listen(_ audience: Audience) throws(Refusal) -> AsyncStream<MapChanges> {
        let (states, begins) = try inside.withLock {
            (inside: inout Inside) throws(Refusal) -> (AsyncStream<MapChanges>, Bool) in
            let told = inside.audiences[audience] ?? Told(broadcast: Broadcast<MapChanges>(limit: limit))
            let states = try told.broadcast.listen()
            inside.audiences[audience] = told
            defer { inside.isLooking = true }
            return (states, !inside.isLooking)
        }
        if begins { Task { await look() } }
        return states
    }

    // MARK: Looking

    /// How far the ledger was read.
    private struct Reached {
        var position: LedgerPosition
        /// Told of while they were not sealed.
        var seen: Set<String>
    }

    private func look() async {
        var (head, reached): (LedgerHead?, Reached?) = (nil, nil)
        var lived = ContinuousClock.now
        while let audiences = present() {
            let begun = ContinuousClock.now
            do {
                let now = try await Ledger.head(of: map.house.database)
                let isNew = audiences.values.contains { $0.broadcast.newest == nil }
                if now != head || now.isCrowded || isNew {
                    let matters = try await changed(&reached)
                    try await tell(audiences, matters)
                    (head, lived) = (now, begun)
                } else if begun - lived > .seconds(map.rules.stream.aliveSeconds) {
                    for told in audiences.values { if let state = told.broadcast.newest { told.broadcast.tell(state) } }
                    lived = begun
                }
            } catch {
                // No sign of life goes out, so open maps say themselves that they are stale; it is tried again.
                head = nil
                map.logger.error("changes on the map cannot be read", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
            // Looking takes at most a quarter of the time, however much is written.
            let pause = max(.milliseconds(map.rules.stream.lookMilliseconds), (ContinuousClock.now - begun) * 3)
            try? await Task.sleep(for: min(pause, .seconds(2)))
        }
    }

    private func present() -> [Audience: Told]? {
        inside.withLock { inside in
            inside.audiences = inside.audiences.filter { $0.value.broadcast.listenerCount > 0 }
            inside.isLooking = !inside.audiences.isEmpty
            return inside.isLooking ? inside.audiences : nil
        }
    }

    /// The matters on which something was recorded since the last look.
    private func changed(_ reached: inout Reached?) async throws -> [CaseID] {
        let from = reached
        let (sealed, fresh, end) = try await map.house.database.read { transaction in
            let fresh = try Ledger.unsealed(limit: Self.mostAtOnce, in: transaction)
            guard let from else { return ([SealedEntry](), fresh, try Ledger.end(in: transaction)) }
            let sealed = try Ledger.sealed(after: from.position, limit: Self.mostAtOnce, in: transaction)
            return (sealed, fresh, sealed.last?.position ?? from.position)
        }
        // At the first look everything is as the tiles show it.
        let entries =
            from == nil ? [] : (sealed.map(\.entry) + fresh).filter { !(from?.seen.contains($0.id.text) ?? false) }
        reached = Reached(position: end, seen: Set(fresh.map(\.id.text)))
        var found: [CaseID] = []
        for entry in entries where entry.subjectKind == "case" {
            if let id = CaseID(parsing: entry.subjectID), !found.contains(id) { found.append(id) }
        }
        return found
    }

    private func tell(_ audiences: [Audience: Told], _ matters: [CaseID]) async throws {
        let map = map
        for (audience, told) in audiences {
            let now = map.house.clock.now()
            let question = MapQuestion(scope: audience.scope, filter: .all, now: now)
            let (figures, placed) = try await map.house.database.read { transaction in
                (
                    try map.figures(for: question, in: transaction),
                    try map.cases.placedMatters(
                        Array(matters.prefix(map.rules.stream.changes)), for: audience.scope, in: transaction)
                )
            }
            var state =
                told.broadcast.newest
                ?? MapChanges(
                    series: map.house.identifiers.nextText(at: now), at: now, most: map.rules.stream.changes)
            var news = placed.compactMap { ChangeJSON.matter($0.matter, isOpen: $0.isOpen) }
            // More than is kept is as good as everything: whoever follows loads anew.
            if matters.count > map.rules.stream.changes {
                state = MapChanges(
                    series: map.house.identifiers.nextText(at: now), at: now, most: map.rules.stream.changes)
            }
            if let before = told.figures {
                news += figures.changed(since: before).map { ChangeJSON.area($0, figures[$0]) }
            }
            state.add(news, at: now)
            inside.withLock { $0.audiences[audience]?.figures = figures }
            told.broadcast.tell(state)
        }
    }
}

/// A change as a page and a program see it.
enum ChangeJSON {
    static func matter(_ matter: PlacedMatter, isOpen: Bool) -> [UInt8]? {
        guard let location = matter.location else { return nil }
        return JSONWriter.object { writer in
            writer.member("layer", "matters")
            writer.member("feature", FeatureNumber.of(matter.id.text))
            writer.member("id", matter.id)
            writer.member("number", matter.number)
            writer.member("state", matter.state.rawValue)
            writer.member("isOpen", isOpen)
            writer.key("due")
            if let due = matter.dueAt { writer.value(due.milliseconds / 1000) } else { writer.null() }
            writer.member("longitude", location.longitude)
            writer.member("latitude", location.latitude)
        }
    }

    static func area(_ code: String, _ count: OpenCount) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("layer", "areas")
            writer.member("feature", FeatureNumber.of(code))
            writer.member("id", code)
            writer.member("open", count.total)
            writer.member("overdue", count[.overdue])
        }
    }
}
