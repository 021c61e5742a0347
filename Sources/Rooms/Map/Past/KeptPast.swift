import Cases
import Desk
import Ground
import Storage
import Synchronization
import Web

/// Past days as they were read last, for whoever may see the same. Within a minute what was withheld or moved since is gone
/// from them, too.
final class KeptPast: Sendable {
    struct Key: Hashable, Sendable {
        var view: TileCache.View
        var filter: String
        var day: Day
        var minute: Int64
    }

    /// Days in memory at once: somebody who drags the slider comes back to a few.
    private static let most = 24

    private let kept = Mutex<[Key: Task<PastState, any Error>]>([:])

    func state(_ key: Key, read: @escaping @Sendable () async throws -> PastState) async throws -> PastState {
        let reading = kept.withLock { kept in
            if let known = kept[key] { return known }
            kept = kept.filter { $0.key.minute == key.minute }
            if kept.count >= Self.most { kept.removeAll(keepingCapacity: true) }
            let reading = Task { try await read() }
            kept[key] = reading
            return reading
        }
        do {
            return try await reading.value
        } catch {
            kept.withLock { if $0[key] == reading { $0[key] = nil } }
            throw error
        }
    }
}

extension OneMap {
    /// The past day that an address names; nil for now, and for today.
    /// - Throws: a refusal for what is no day, lies ahead, or too far back.
    func day(_ query: QueryParameters, now: Instant) throws(Refusal) -> Day? {
        guard let text = query.filled("day") else { return nil }
        let today = now.local().day
        guard let day = Day(text), day <= today, day >= today - rules.past.days else {
            throw QueryParameters.unreadable(
                "day", text,
                because: LocalizedText(
                    "须为今天以前 \(rules.past.days) 天之内的日期，如 \(today - 1)",
                    "it must be a day of the last \(rules.past.days), such as \(today - 1)"))
        }
        return day == today ? nil : day
    }

    /// What a layer is asked, with the past read where one is asked for.
    /// - Parameter text: the filter as the address says it.
    func question(
        _ staff: StaffVisit, _ layer: any MapLayer, _ filter: MatterFilter, _ text: String
    ) async throws -> MapQuestion {
        let day = layer.isDated ? try day(staff.visit.query, now: staff.visit.now) : nil
        var question = MapQuestion(scope: staff.scope, filter: filter, now: staff.visit.now, day: day)
        guard let day, !(layer is ThemeLayer) else { return question }
        question.past = try await past(
            day, filter, text, isOwn: staff.visit.query.filled("mine") != nil, for: staff.scope, at: staff.visit.now)
        return question
    }

    /// How matters stood when a day ended, as far as the scope may see them.
    func past(_ day: Day, _ filter: MatterFilter, _ text: String, isOwn: Bool, for scope: Scope, at now: Instant)
        async throws -> PastState
    {
        let end = Instant(LocalTime(day: day + 1))
        guard scope.may(.readMatters) else { return PastState([], end: end) }
        let key = KeptPast.Key(
            view: TileCache.View(scope, isOwn: isOwn), filter: text, day: day, minute: now.milliseconds / 60_000)
        let (cases, database, most) = (cases, house.database, rules.past.most)
        return try await keptPast.state(key) {
            try await database.read { transaction in
                PastState(
                    try cases.pastMatters(day, filter, limit: most, for: scope, in: transaction), end: end)
            }
        }
    }

    /// What stands behind the address of a layer's tiles: the filter, and a past day.
    func tileQuery(_ layer: any MapLayer, _ query: QueryParameters, now: Instant) throws(Refusal) -> String {
        let day = layer.isDated ? try day(query, now: now) : nil
        let parts = [layer.isFiltered ? TileRoutes.filterText(query) : "", day.map { "day=\($0)" } ?? ""]
        return parts.filter { !$0.isEmpty }.joined(separator: "&")
    }
}
