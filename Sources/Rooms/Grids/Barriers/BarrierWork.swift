import Desk
import Ground
import Identity
import Ledger
import Storage

/// What is done with barriers that are here: taking out one or a whole file, and putting back.
struct BarrierWork: Sendable {
    /// What was taken out can be put back for so long.
    static let kept = Span.days(30)

    let grids: Grids

    func remove(
        _ part: BarrierSourceStore.Part, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> Removal {
        try grids.requireBarriers(scope)
        let name: String?
        switch part {
        case .one(let id):
            let barrier = try BarrierSourceStore.find(id, in: transaction)
            name = barrier.map { $0.name ?? $0.kind }
        case .source(let id): name = try BarrierSourceStore.source(id, in: transaction)?.name
        case .named, .all: name = nil
        }
        guard let name else { throw Refusal.nothingHere }
        var removal = Removal(
            id: grids.house.identifiers.next(at: now), name: name, by: scope.staffName, at: now, barriers: 0)
        removal.barriers = try BarrierSourceStore.remove(part, as: removal, in: transaction)
        guard removal.barriers > 0 else { throw Refusal.nothingHere }
        let (count, called) = (removal.barriers, removal.name)
        try Ledger.record(
            entry("grids.barriers-removed", by: Actor(scope), at: now) { writer in
                writer.member("file", called)
                writer.member("rows", count)
            }, in: transaction)
        return removal
    }

    /// Puts back what was taken out; a file that had come in its place is taken out.
    /// - Returns: how many came back.
    func restore(
        _ id: Removal.ID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> Int {
        try grids.requireBarriers(scope)
        guard let removal = try BarrierSourceStore.removal(id, in: transaction) else { throw Refusal.nothingHere }
        guard try !BarrierSourceStore.isReplacedSince(removal, in: transaction) else {
            throw Refusal(
                .conflict, "grids.barriers.replaced-since",
                LocalizedText(
                    "之后又导入了同名的文件，恢复会重复", "A later file of the same name is in force: it would all be there twice"),
                wayOn: LocalizedText("请先取出那个文件，再恢复", "Take that file out first, then put this back"))
        }
        if let successor = removal.successor, let source = try BarrierSourceStore.source(successor, in: transaction) {
            let instead = Removal(
                id: grids.house.identifiers.next(at: now), name: source.name, by: scope.staffName, at: now, barriers: 0)
            _ = try BarrierSourceStore.remove(.source(successor), as: instead, in: transaction)
        }
        let back = try BarrierSourceStore.restore(id, in: transaction)
        try Ledger.record(
            entry("grids.barriers-restored", by: Actor(scope), at: now) { writer in
                writer.member("file", removal.name)
                writer.member("rows", back.count)
            }, in: transaction)
        return back.count
    }

    func forget(at now: Instant) async throws {
        try await grids.house.database.write { try BarrierSourceStore.forget(before: now - Self.kept, in: $0) }
    }

    func entry(
        _ act: String, by actor: Actor, at now: Instant, _ facts: (inout JSONWriter) -> Void
    ) -> LedgerEntry {
        let area = grids.house.settings.area.code
        return LedgerEntry(
            id: grids.house.identifiers.next(at: now), act: act, subjectKind: "barriers", subjectID: area,
            actor: actor, happenedAt: now, receivedAt: now, area: area, facts: JSONWriter.object(facts))
    }
}

extension Grids {
    /// Barriers are those of the whole county: a street's river is its neighbour's, too.
    func requireBarriers(_ scope: Scope) throws(Refusal) {
        try scope.require(.gridsBuildings)
        guard scope.area.contains(house.settings.area) else {
            throw Refusal(
                .forbidden, "grids.barriers-area",
                LocalizedText(
                    "障碍按全县导入，须由县级岗位办理", "Barriers are those of the whole county: a post of the county brings them in"))
        }
    }
}
