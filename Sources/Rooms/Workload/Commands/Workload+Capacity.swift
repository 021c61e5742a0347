import Desk
import Ground
import Identity
import Ledger
import Places
import Storage

extension Workload {
    /// A street or the county enters that people of a kind of post are away, or come to help.
    func enter(
        _ entry: CapacityEntry, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> KeptCapacity {
        try requireCapacityRight(scope)
        func wrong(_ field: String, _ chinese: String, _ english: String, wayOn: LocalizedText? = nil) -> Refusal {
            Refusal(
                .ruleBroken, "workload.capacity-\(field)", LocalizedText(chinese, english), wayOn: wayOn, field: field)
        }
        // Not of a grid: where one person works, an entry would be about that person.
        guard [.street, .community].contains(entry.area.level), scope.area.contains(entry.area),
            places.name(of: entry.area.code) != nil
        else { throw wrong("area", "请选择本辖区内的街道或社区", "A street or community of your area") }
        guard forecast.rules.share(of: entry.role) > 0 else {
            throw wrong("role", "这类岗位不计工时", "Posts of this kind are not counted")
        }
        guard entry.from <= entry.until, entry.until - entry.from <= 732 else {
            throw wrong("until", "到期须不早于开始，且不超过两年", "It ends after it begins, within two years")
        }
        let today = now.local().day
        guard entry.until >= today, entry.from - today <= 732 else {
            throw wrong("from", "须是今天以后、两年之内的日子", "Days from today on, within two years")
        }
        let posts = try identity.directory.heldPosts(
            within: entry.area, roles: [entry.role], limit: 1_000, in: transaction
        ).count
        guard posts > 0 else {
            throw wrong(
                "role", "这里没有这类在岗岗位", "Nobody holds such a post here",
                wayOn: LocalizedText("请选择上一级区域，或先登记岗位", "Choose the area above, or enter the posts first"))
        }
        guard entry.people > 0, entry.kind == .sentDown ? entry.people <= 1_000 : entry.people <= posts else {
            throw wrong("people", "人数须为 1–\(posts)", "From 1 to \(posts) people")
        }
        let kept = KeptCapacity(id: house.identifiers.next(at: now), entry: entry, at: now)
        try CapacityStore.insert(kept, by: scope, in: transaction)
        try record("workload.capacity", kept, scope, at: now, in: transaction)
        return kept
    }

    func withdraw(
        capacity id: CapacityEntryID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        try requireCapacityRight(scope)
        guard let kept = try CapacityStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        try CapacityStore.withdraw(id, at: now, in: transaction)
        try record("workload.capacity-withdrawn", kept, scope, at: now, in: transaction)
    }

    /// The street enters its own, the county all.
    private func requireCapacityRight(_ scope: Scope) throws {
        if !scope.may(.decideDemand) { try scope.require(.answerDemand) }
    }

    private func record(
        _ act: String, _ kept: KeptCapacity, _ scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let entry = kept.entry
        try Ledger.record(
            LedgerEntry(
                act, on: "capacity-entry", kept.id, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
                area: entry.area.code
            ) { writer in
                writer.member("capacityKind", entry.kind.title.chinese)
                writer.member("people", entry.people)
                writer.member("since", entry.from.description)
                writer.member("until", entry.until.description)
            }, in: transaction)
    }
}
