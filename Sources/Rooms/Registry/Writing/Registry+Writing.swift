import Cipher
public import Desk
public import Ground
import Identity
import Ledger
import NationalCodes
import Places
public import Storage

extension Registry {
    /// Writes one entry: the facts, the record, what it is found by, the places of others that follow from it, every form
    /// that depends on any of it, and the ledger, in the caller's transaction.
    /// - Returns: the subject as it stands afterwards.
    /// - Throws: a refusal that names the element, when anything of the entry does not hold; then nothing is written.
    public func write(
        _ entry: NewEntry, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> StoredSubject {
        try write(entry, by: scope, isSystem: false, at: now, in: transaction)
    }

    /// - Parameter isSystem: nobody in a post writes, but whoever runs the installation.
    func write(
        _ entry: NewEntry, by scope: Scope, isSystem: Bool, at now: Instant, in transaction: any Transaction
    ) throws -> StoredSubject {
        let (subject, changes) = try writeUntold(entry, by: scope, isSystem: isSystem, at: now, in: transaction)
        try tell(changes, at: now, in: transaction)
        return subject
    }

    /// Who follows learns what was changed.
    func tell(_ changes: [SubjectChange], at now: Instant, in transaction: any Transaction) throws {
        guard !changes.isEmpty else { return }
        for follower in followers { try follower.follow(changes, at: now, in: transaction) }
    }

    /// What whoever writes has looked up in the same transaction, so that it is not looked up again.
    struct Foreknown {
        /// As they stand.
        var subjects: [SubjectID: StoredSubject] = [:]
        /// Nobody has the identity number that is written.
        var isNumberFree = false
    }

    /// As `write`, but who follows is not told yet: for whoever writes much in one transaction and tells all of it at its
    /// end, so that a hundred people in the same cell of a form are one step of it.
    func writeUntold(
        _ entry: NewEntry, by scope: Scope, isSystem: Bool, knowing foreknown: Foreknown = Foreknown(),
        at now: Instant, in transaction: any Transaction
    ) throws -> (subject: StoredSubject, changes: [SubjectChange]) {
        try scope.require(.registryWrite)
        let checking = EntryChecking(dictionary: dictionary, now: now)
        let content = try checking.content(of: entry)
        let before = try entry.subject.map { try writable($0, entry, for: scope, in: transaction) }
        let id = before?.id ?? house.identifiers.next(at: now)
        var record = before?.record ?? SubjectRecord(kind: entry.kind)
        record.join(content)
        try checking.check(record)
        try checkReferences(content, of: id, for: scope, foreknown.subjects, in: transaction)
        try checkCompleteness(record, at: now)
        try takeNumber(
            record, of: id, isNew: before == nil, isFree: foreknown.isNumberFree, at: now, in: transaction)
        let vault = house.keys.vault
        try record.derivePlacement { try foreknown.subjects[$0]?.record ?? placed($0, in: transaction) }
        let subject = standing(
            StoredSubject(
                id: id, kind: entry.kind, area: before?.area ?? scope.area, registeredArea: nil, standing: .present,
                mergedInto: nil, record: record, version: (before?.version ?? 0) + 1, changedAt: now))
        if before == nil, !subject.isVisible(in: scope) { throw Self.elsewhere }
        let stored = RegistryEntry(
            id: house.identifiers.next(at: now), subject: id, area: subject.area, knownSince: now,
            seenAt: entry.seenAt, source: entry.source, staff: isSystem ? nil : scope.staff,
            post: isSystem ? nil : scope.post,
            voidedAt: nil,
            content: content)
        try transaction.later(EntryStore.insertion(stored, vault: vault))
        try store(subject, insteadOf: before, content: content, in: transaction)
        let change = SubjectChange(id: id, kind: entry.kind, before: before?.record, after: record)
        // Nobody refers yet to what is new.
        let others = before == nil ? [] : try followPlacement(of: change, at: now, in: transaction)
        try Ledger.record(
            LedgerEntry(
                before == nil ? "registry.registered" : entry.isCorrection ? "registry.corrected" : "registry.written",
                on: entry.kind.rawValue, id, by: isSystem ? .system : Actor(scope), at: now,
                id: house.identifiers.next(at: now),
                area: subject.area.code
            ) { writer in
                writer.member("elements", content.statements.keys.sorted().joined(separator: " "))
                writer.member("source", entry.source.rawValue)
                writer.member("seenAt", entry.seenAt)
                writer.member("entry", stored.id)
            }, in: transaction)
        return (subject, [change] + others)
    }

    private func writable(
        _ id: SubjectID, _ entry: NewEntry, for scope: Scope, in transaction: any Transaction
    ) throws -> StoredSubject {
        guard
            let found = try SubjectStore.find(id, for: scope, vault: house.keys.vault, in: transaction),
            found.kind == entry.kind
        else { throw Refusal.nothingHere }
        guard found.standing == .present else {
            throw Refusal(
                .conflict, "registry.merged",
                LocalizedText("此档案已并入另一档案", "This record was joined with another"),
                wayOn: LocalizedText("请打开合并后的档案再登记", "Open the one it was joined with, and write there"))
        }
        if let seen = entry.seenVersion, seen != found.version {
            throw Refusal(
                .changedMeanwhile, "registry.changed",
                LocalizedText("此档案已被他人更新", "Somebody else has changed this record"),
                wayOn: LocalizedText("请刷新后再登记", "Load it again, then write"))
        }
        return found
    }

    /// What is named must be there, of the right kind, and within the writer's reach: nobody moves people into homes that
    /// they cannot see.
    private func checkReferences(
        _ content: SubjectRecord, of id: SubjectID, for scope: Scope, _ known: [SubjectID: StoredSubject],
        in transaction: any Transaction
    ) throws {
        func referred(_ id: SubjectID) throws -> StoredSubject? {
            if let one = known[id], one.isVisible(in: scope) { return one }
            return try SubjectStore.find(id, for: scope, vault: house.keys.vault, in: transaction)
        }
        for (key, statements) in content.statements {
            guard let element = dictionary[key] else { continue }
            for value in statements.compactMap(\.value) {
                switch element.type {
                case .reference(let kind):
                    let target = try SubjectID(parsing: value).flatMap { try referred($0) }
                    guard let target, target.kind == kind, target.standing == .present, target.id != id else {
                        throw DataDictionary.unfit(
                            element, "指向的\(kind.title.chinese)不存在或不在您的辖区",
                            "names a \(kind.rawValue) that is not there, or not in your area")
                    }
                case .area where CoreElement.grids.contains(key):
                    guard let area = AreaPrefix(value), scope.area.contains(area), places.name(of: value) != nil else {
                        throw DataDictionary.unfit(element, "不存在或不在您的辖区", "is not there, or not in your area")
                    }
                default: break
                }
            }
        }
    }

    /// Without these a subject could not be found or counted again.
    private func checkCompleteness(_ record: SubjectRecord, at now: Instant) throws(Refusal) {
        let needed: [String] =
            switch record.kind {
            case .person: [CoreElement.name]
            case .household: [CoreElement.dwelling]
            case .dwelling: [CoreElement.address, CoreElement.grid]
            case .building: [CoreElement.buildingName, CoreElement.buildingGrid]
            case .organisation: [CoreElement.organisationName, CoreElement.organisationGrid]
            }
        let day = now.local().day
        for key in needed where record.value(key, at: day) == nil {
            let name = dictionary[key]?.name ?? LocalizedText(key, key)
            throw Refusal(
                .ruleBroken, "registry.incomplete",
                LocalizedText("请填写“\(name.chinese)”", "“\(name.english)” is needed"), field: key)
        }
    }

    /// One number, one person; one credit code, one organisation.
    /// - Parameters:
    ///   - isNew: it had none before.
    ///   - isFree: nobody has it, as the caller has found in this transaction.
    func takeNumber(
        _ record: SubjectRecord, of id: SubjectID, isNew: Bool = false, isFree: Bool = false, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let element: String
        switch record.kind {
        case .person: element = CoreElement.citizenNumber
        case .organisation: element = CoreElement.creditCode
        case .household, .dwelling, .building: return
        }
        guard let number = record.value(element, at: now.local().day) else {
            if !isNew { try transaction.later("DELETE FROM registry_identities WHERE subject = \(id)") }
            return
        }
        let key = record.kind == .person ? searchKeys.identityKey(number) : searchKeys.creditKey(number)
        let holder =
            try isFree ? nil : transaction.first("SELECT subject FROM registry_identities WHERE number_key = \(key)")
        if let holder {
            let other: SubjectID = try holder.identifier(0)
            if other == id { return }
            guard try group(of: id, in: transaction).contains(other) else {
                throw record.kind == .person ? Self.taken : Self.codeTaken
            }
            try transaction.later("DELETE FROM registry_identities WHERE number_key = \(key)")
        }
        if !isNew { try transaction.later("DELETE FROM registry_identities WHERE subject = \(id)") }
        try transaction.later("INSERT INTO registry_identities (number_key, subject) VALUES (\(key), \(id))")
    }

    /// The areas of the row, from the record.
    func standing(_ subject: StoredSubject) -> StoredSubject {
        var subject = subject
        let latest = subject.record[DerivedElement.livesIn].last { $0.value != nil }
        let registered = subject.record[DerivedElement.registeredIn].last { $0.value != nil }?.value
        subject.registeredArea = registered.flatMap { AreaPrefix($0) }
        if let area = latest?.value.flatMap({ AreaPrefix($0) }) ?? subject.registeredArea { subject.area = area }
        return subject
    }

    /// The row, its links and what it is found by.
    func store(
        _ subject: StoredSubject, insteadOf before: StoredSubject?, content: SubjectRecord?,
        in transaction: any Transaction
    ) throws {
        var statements = [SubjectStore.writing(subject, vault: house.keys.vault)]
        let day = subject.changedAt.local().day
        let keys = subject.standing == .present ? searchKeys.keys(of: subject.record, at: day) : []
        let oldKeys = before.map { $0.standing == .present ? searchKeys.keys(of: $0.record, at: day) : [] } ?? []
        if keys != oldKeys || before?.area != subject.area {
            if before != nil { statements.append("DELETE FROM registry_keys WHERE subject = \(subject.id)") }
            statements += keys.map {
                "INSERT INTO registry_keys (search_key, area, subject) VALUES (\($0), \(subject.area.code), \(subject.id))"
            }
        }
        if let content { statements += links(of: content, from: subject.id) }
        try transaction.batch(statements)
    }

    /// Where others are may follow from this subject: those are written anew, and told as changes.
    /// - Parameter always: also where its own place is the same; after joining and parting, references lead elsewhere.
    func followPlacement(
        of change: SubjectChange, always: Bool = false, at now: Instant, in transaction: any Transaction
    ) throws -> [SubjectChange] {
        let (old, new) = (change.before?[DerivedElement.livesIn] ?? [], change.after?[DerivedElement.livesIn] ?? [])
        guard change.kind != .person, always || old != new else { return [] }
        let elements =
            change.kind == .household ? [CoreElement.household] : [CoreElement.dwelling, CoreElement.registeredAt]
        var changes: [SubjectChange] = []
        let targets = try group(of: change.id, in: transaction)
        for element in elements {
            for before in try referrers(toAny: targets, by: element, in: transaction) {
                let id = before.id
                var after = before
                try after.record.derivePlacement { try placed($0, in: transaction) }
                guard after.record != before.record else { continue }
                after.version += 1
                after.changedAt = now
                after = standing(after)
                try store(after, insteadOf: before, content: nil, in: transaction)
                let next = SubjectChange(id: id, kind: after.kind, before: before.record, after: after.record)
                changes.append(next)
                changes += try followPlacement(of: next, at: now, in: transaction)
            }
        }
        return changes
    }

    private static let elsewhere = Refusal(
        .forbidden, "registry.elsewhere",
        LocalizedText("不能在辖区之外登记", "It lies outside your area"),
        wayOn: LocalizedText("请由当地网格或社区登记", "Those who work there can enter it"))

    static let codeTaken = Refusal(
        .conflict, "registry.credit-code-taken",
        LocalizedText("此统一社会信用代码已登记", "This credit code is registered already"),
        wayOn: LocalizedText("请按代码查找后更新", "Look it up by the code and write there"), rule: "GB 32100",
        field: CoreElement.creditCode)

    static let taken = Refusal(
        .conflict, "registry.number-taken",
        LocalizedText("此公民身份号码已登记", "This identity number is registered already"),
        wayOn: LocalizedText(
            "请按号码查找后更新；若是同一人重复建档，由社区合并",
            "Look it up by the number and write there; duplicates are joined by the community"),
        rule: "GB 11643", field: CoreElement.citizenNumber)
}
