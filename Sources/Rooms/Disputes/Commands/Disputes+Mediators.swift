import Cipher
import Desk
import Ground
import Identity
import Ledger
import Messages
import Storage

/// A mediator as typed in. The phone is kept only as a blind index: to see that nobody mediates their own dispute.
struct MediatorEntry: Sendable {
    var name: String
    var organisation: String
    var area: AreaPrefix
    var level: String
    var fields: Set<String>
    var languages: Set<String>
    var phone: String?
    var isActive = true
}

extension Disputes {
    func enter(_ entry: MediatorEntry, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> Mediator
    {
        try check(entry, scope)
        let one = Mediator(
            id: house.identifiers.next(at: now), name: entry.name.trimmedText,
            organisation: entry.organisation.trimmedText, area: entry.area, level: entry.level, fields: entry.fields,
            languages: entry.languages, phoneIndex: try phoneIndex(entry), isActive: entry.isActive, openCount: 0,
            version: 1)
        try MediatorStore.insert(one, in: transaction)
        try record("mediator-entered", one, by: scope, at: now, in: transaction)
        return one
    }

    /// Everything but the area, and the phone only when a new one is given.
    func change(
        _ id: MediatorID, to entry: MediatorEntry, seenVersion: Int64?, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> Mediator {
        guard var one = try MediatorStore.find(id, in: transaction), scope.area.contains(one.area) else {
            throw Refusal.nothingHere
        }
        var entry = entry
        entry.area = one.area
        try check(entry, scope)
        if let seenVersion, seenVersion != one.version { throw Refusal.disputeChanged }
        one.name = entry.name.trimmedText
        one.organisation = entry.organisation.trimmedText
        one.level = entry.level
        one.fields = entry.fields
        one.languages = entry.languages
        one.isActive = entry.isActive
        one.version += 1
        if let index = try phoneIndex(entry) { one.phoneIndex = index }
        try MediatorStore.update(one, in: transaction)
        try record("mediator-changed", one, by: scope, at: now, in: transaction)
        return one
    }

    private func check(_ entry: MediatorEntry, _ scope: Scope) throws {
        try scope.require(.manageMediators)
        guard scope.line == nil, scope.area.contains(entry.area) else {
            throw missing("area", "只能登记本辖区的调解员", "Only mediators of your own area")
        }
        guard (1...40).contains(entry.name.trimmedText.count) else {
            throw missing("name", "请填写姓名（不超过 40 字）", "A name of at most 40 characters")
        }
        guard (1...60).contains(entry.organisation.trimmedText.count) else {
            throw missing("organisation", "请填写所在调解组织（不超过 60 字）", "An organisation of at most 60 characters")
        }
        guard rules.level(key: entry.level) != nil else { throw missing("level", "请选择层级", "Choose the level") }
        guard entry.fields.allSatisfy({ rules.fields[$0] != nil }) else {
            throw missing("fields", "有未定义的专长", "A field is not known")
        }
        guard entry.languages.allSatisfy({ rules.languages[$0] != nil }) else {
            throw missing("languages", "有未定义的语言", "A language is not known")
        }
    }

    private func phoneIndex(_ entry: MediatorEntry) throws -> String? {
        let typed = (entry.phone ?? "").trimmedText
        guard !typed.isEmpty else { return nil }
        guard let number = PhoneNumber(typed) else {
            throw missing("phone", "电话号码不正确，可以留空", "That is no telephone number; it may stay empty")
        }
        return number.index(house.keys.vault)
    }

    private func record(
        _ act: String, _ one: Mediator, by scope: Scope, at now: Instant, in transaction: any Transaction
    )
        throws
    {
        try Ledger.record(
            LedgerEntry(
                "disputes.\(act)", on: "mediator", one.id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: one.area.code
            ) { writer in
                writer.member("level", one.level)
                writer.member("active", one.isActive)
            }, in: transaction)
    }
}
