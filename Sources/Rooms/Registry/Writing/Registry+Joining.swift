import Cipher
public import Desk
public import Ground
import Identity
import Ledger
public import Storage

/// Duplicates and mistakes: records are joined and parted, entries are taken back; nothing that was written is lost.
extension Registry {
    /// The same person (household, dwelling) was entered twice: what is known of `duplicate` is known of `kept` from now on.
    /// The entries stay where they are, so parting them again gives both as they would be without it.
    /// - Returns: the kept one.
    public func join(
        _ duplicate: SubjectID, into kept: SubjectID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> StoredSubject {
        try scope.require(.registryManage)
        var gone = try subject(duplicate, for: scope, in: transaction)
        let stays = try subject(kept, for: scope, in: transaction)
        guard gone.kind == stays.kind, gone.id != stays.id, gone.standing == .present, stays.standing == .present
        else {
            throw Refusal(
                .conflict, "registry.cannot-join",
                LocalizedText("只能合并两份同类的现行档案", "Only two present records of one kind can be joined"))
        }
        let day = now.local().day
        let numbers = [gone, stays].compactMap { $0.record.value(CoreElement.citizenNumber, at: day) }
        guard Set(numbers).count < 2 else {
            throw Refusal(
                .conflict, "registry.two-numbers",
                LocalizedText("两份档案的公民身份号码不同，不是同一人", "They have different identity numbers: these are two people"),
                wayOn: LocalizedText("若其中一个号码有误，先更正再合并", "Where one number is wrong, correct it first"),
                rule: "GB 11643")
        }
        let before = gone
        gone.standing = .merged
        gone.mergedInto = kept
        gone.version += 1
        gone.changedAt = now
        try store(gone, insteadOf: before, content: nil, in: transaction)
        let parted = SubjectChange(id: gone.id, kind: gone.kind, before: before.record, after: nil)
        let result = try refold(kept, also: [parted], at: now, in: transaction)
        try note("registry.joined", on: result, other: duplicate, by: scope, at: now, in: transaction)
        return result
    }

    /// Parts what was joined.
    /// - Returns: the one that stands on its own again.
    public func part(
        _ duplicate: SubjectID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> StoredSubject {
        try scope.require(.registryManage)
        var gone = try subject(duplicate, for: scope, in: transaction)
        guard let kept = gone.mergedInto, gone.standing == .merged else {
            throw Refusal(
                .conflict, "registry.not-joined", LocalizedText("此档案没有被合并", "This record was not joined with another"))
        }
        let before = gone
        gone.standing = .present
        gone.mergedInto = nil
        gone.version += 1
        gone.changedAt = now
        try store(gone, insteadOf: before, content: nil, in: transaction)
        // The kept one first, so that a number that only the other knew is free again.
        _ = try refold(try root(of: kept, in: transaction), at: now, in: transaction)
        let result = try refold(duplicate, isBack: true, at: now, in: transaction)
        try note("registry.parted", on: result, other: kept, by: scope, at: now, in: transaction)
        return result
    }

    /// Takes one entry back: from now on nobody believes it, but that it was believed stays known.
    public func void(
        _ entry: RegistryEntry.ID, of id: SubjectID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> StoredSubject {
        let found = try subject(id, for: scope, in: transaction)
        guard
            let row = try transaction.first(
                "SELECT staff, voided_at FROM registry_entries WHERE id = \(entry) AND subject = \(id)")
        else { throw Refusal.nothingHere }
        let isOwn = try row.textIfAny(0) == scope.staff.text
        if !(isOwn && scope.may(.registryWrite)) { try scope.require(.registryManage) }
        guard row.isNull(1) else { return found }
        try transaction.execute(
            "UPDATE registry_entries SET voided_at = \(now), voided_by = \(scope.staff) WHERE id = \(entry)")
        let result = try refold(try root(of: found.id, in: transaction), at: now, in: transaction)
        try Ledger.record(
            LedgerEntry(
                "registry.voided", on: result.kind.rawValue, result.id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: result.area.code
            ) { $0.member("entry", entry) }, in: transaction)
        return result
    }

    /// Those that could be the same as this one: of the same name, and not born on another day.
    public func lookAlikes(of subject: StoredSubject, for scope: Scope, in transaction: any Transaction) throws
        -> [StoredSubject]
    {
        let day = today
        guard subject.kind == .person, let name = subject.record.value(CoreElement.name, at: day) else { return [] }
        let birth = subject.record.value(CoreElement.birthDay, at: day)
        let number = subject.record.value(CoreElement.citizenNumber, at: day)
        return try search(name, for: scope, at: house.clock.now(), in: transaction).filter { other in
            guard other.id != subject.id, other.kind == .person else { return false }
            let (otherBirth, otherNumber) = (
                other.record.value(CoreElement.birthDay, at: day),
                other.record.value(CoreElement.citizenNumber, at: day)
            )
            if let number, let otherNumber, number != otherNumber { return false }
            if let birth, let otherBirth { return birth == otherBirth }
            return true
        }
    }

    // MARK: From the entries

    /// Puts a subject together again from its entries and those of all that were joined into it, and tells who follows.
    /// - Parameters:
    ///   - also: what changed before in the same act.
    ///   - isBack: it counted nowhere until now.
    func refold(
        _ id: SubjectID, also: [SubjectChange] = [], isBack: Bool = false, at now: Instant,
        in transaction: any Transaction
    ) throws -> StoredSubject {
        let vault = house.keys.vault
        guard let before = try SubjectStore.find(id, vault: vault, in: transaction) else { throw Refusal.nothingHere }
        var after = before
        var record = SubjectRecord(
            kind: before.kind, entries: try groupEntries(of: id, kind: before.kind, in: transaction))
        try EntryChecking(dictionary: dictionary, now: now).check(record)
        try record.derivePlacement { try placed($0, in: transaction) }
        after.record = record
        after.version += 1
        after.changedAt = now
        after = standing(after)
        try takeNumber(record, of: id, at: now, in: transaction)
        try store(after, insteadOf: before, content: nil, in: transaction)
        let change = SubjectChange(
            id: id, kind: before.kind, before: isBack ? nil : before.record, after: record)
        // Whoever referred to any of them may be elsewhere now.
        let changes = also + [change] + (try followPlacement(of: change, always: true, at: now, in: transaction))
        for follower in followers { try follower.follow(changes, at: now, in: transaction) }
        return after
    }

    /// The one in which this one counts.
    func root(of id: SubjectID, in transaction: any Transaction) throws -> SubjectID {
        var root = id
        for _ in 0..<50 {
            let row = try transaction.first("SELECT merged_into FROM registry_subjects WHERE id = \(root)")
            guard let next: SubjectID = try row?.identifierIfAny(0) else { return root }
            root = next
        }
        return root
    }

    /// The subject and all that were joined into it, however many steps away.
    func group(of id: SubjectID, in transaction: any Transaction) throws -> [SubjectID] {
        var group = [id]
        var next = [id]
        while !next.isEmpty {
            let rows = try transaction.query(
                "SELECT id FROM registry_subjects WHERE merged_into IN (\(list: next)) ORDER BY id LIMIT 1000")
            next = try rows.map { try $0.identifier(0) }.filter { !group.contains($0) }
            group += next
        }
        return group
    }

    func groupEntries(of id: SubjectID, kind: SubjectKind, in transaction: any Transaction) throws -> [RegistryEntry] {
        try group(of: id, in: transaction).flatMap {
            try EntryStore.all(of: $0, kind: kind, vault: house.keys.vault, in: transaction)
        }
    }

    /// The record by which others are placed: of the one that it was joined into, where it was.
    func placed(_ id: SubjectID, in transaction: any Transaction) throws -> SubjectRecord? {
        try standing(id, in: transaction)?.record
    }

    /// The subject, or the one that it was joined into.
    func standing(_ id: SubjectID, in transaction: any Transaction) throws -> StoredSubject? {
        var found = try SubjectStore.find(id, vault: house.keys.vault, in: transaction)
        var steps = 0
        while let other = found?.mergedInto, steps < 20 {
            found = try SubjectStore.find(other, vault: house.keys.vault, in: transaction)
            steps += 1
        }
        return found
    }

    /// Who refers, or ever referred, to one of the targets, as they stand: what was joined stands in the other one.
    func referrers(toAny targets: [SubjectID], by element: String, in transaction: any Transaction) throws
        -> [StoredSubject]
    {
        let ids = try SubjectStore.referring(toAny: targets, by: element, in: transaction)
        var found = try SubjectStore.find(ids, vault: house.keys.vault, in: transaction)
        for (id, one) in found where one.standing == .merged {
            found[id] = nil
            if let root = try standing(id, in: transaction) { found[root.id] = root }
        }
        return found.values.filter { $0.standing == .present }.sorted { $0.id < $1.id }
    }

    private func note(
        _ act: String, on subject: StoredSubject, other: SubjectID, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: subject.kind.rawValue, subject.id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: subject.area.code
            ) { $0.member("other", other) }, in: transaction)
    }
}
