import Desk
import Forms
import Ground
import Identity
import Ledger
import Registry
import Storage

/// Somebody who is looked after, as far as one viewer may see it.
struct CareView: Sendable {
    var member: CareMember
    /// nil: a mask.
    var group: CareGroup?
    /// As masks show it, or in clear for the purpose; nil: a mask.
    var name: String?
    var responsible: String
    var isMine: Bool
}

extension Visits {
    /// A page of those who are looked after in an area.
    func cared(
        in area: AreaPrefix, for scope: Scope, purpose: String?, after: CareMember.ID?, limit: Int, language: Language,
        in transaction: any Transaction
    ) throws -> (items: [CareView], next: CareMember.ID?) {
        let last = try after.flatMap { try CareStore.find($0, for: scope, in: transaction) }
        if after != nil, last == nil { throw Refusal.nothingHere }
        let page = try CareStore.page(in: area, for: scope, after: last, limit: limit + 1, in: transaction)
        let views = try views(
            Array(page.prefix(limit)), for: scope, purpose: purpose, language: language, in: transaction)
        return (views, page.count > limit ? views.last?.member.id : nil)
    }

    func views(
        _ members: [CareMember], for scope: Scope, purpose: String?, language: Language, in transaction: any Transaction
    ) throws -> [CareView] {
        let subjects = try registry.subjects(members.map(\.subject), for: scope, in: transaction)
        let names = try identity.directory.staffNames(members.map(\.staff), in: transaction)
        return members.map { member in
            let isMine = member.staff == scope.staff
            let group = care[member.group].flatMap {
                $0.isShown(to: scope, for: purpose, isResponsible: isMine) ? $0 : nil
            }
            return CareView(
                member: member, group: group,
                name: group == nil ? nil : subjects[member.subject].map { name($0, for: purpose, language) },
                responsible: names[member.staff] ?? "—", isMine: isMine)
        }
    }

    private func name(_ subject: StoredSubject, for purpose: String?, _ language: Language) -> String {
        guard let element = registry.dictionary[CoreElement.name] else { return "—" }
        let value = subject.record.value(CoreElement.name, at: house.clock.now().local().day)
        let shown = registry.dictionary.shown(value, of: element, for: purpose).text(language)
        return shown.isEmpty ? "—" : shown
    }

    /// Notes on the ledger that labels and names of an area are looked at, and for what; before they are shown.
    func noteCareLook(
        in area: AreaPrefix, purpose: String, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        try scope.require(.registryReveal)
        let purpose = try registry.checkedPurpose(purpose)
        try Ledger.record(
            LedgerEntry(
                id: house.identifiers.next(at: now), act: "visits.care-shown", subjectKind: "care-list",
                subjectID: area.code, actor: Actor(scope), happenedAt: now, receivedAt: now, area: area.code,
                purpose: purpose.key), in: transaction)
    }

    /// People whom the form of a group lists and who are not in it yet: proposals, nothing more.
    func proposals(
        for group: CareGroup, in area: AreaPrefix, limit: Int, for scope: Scope, at day: Day,
        in transaction: any Transaction
    ) throws -> [StoredSubject] {
        guard let form = group.form, !group.isOff, group.isKnown(to: scope) else { return [] }
        let listed = try forms.listed(by: form, in: area, at: day, limit: 200, for: scope, in: transaction)
        let known = Set(
            try CareStore.members(of: listed, for: scope, in: transaction).filter { $0.group == group.key }
                .map(\.subject))
        let wanted = listed.filter { !known.contains($0) }.prefix(limit)
        let found = try registry.subjects(Array(wanted), for: scope, in: transaction)
        return wanted.compactMap { found[$0] }
    }
}
