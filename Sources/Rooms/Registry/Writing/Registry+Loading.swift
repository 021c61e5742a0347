import Cipher
public import Desk
public import Ground
public import Storage

/// One subject with all that is known of it, for generators and for loading what another system knew.
public struct LoadedSubject: Sendable {
    public var id: SubjectID
    public var record: SubjectRecord
    public var seenAt: Instant
    public var source: FactSource

    public init(id: SubjectID, record: SubjectRecord, seenAt: Instant, source: FactSource) {
        self.id = id
        self.record = record
        self.seenAt = seenAt
        self.source = source
    }
}

extension Registry {
    public var database: any Database { house.database }
    public var identifiers: IdentifierSource { house.identifiers }

    /// Enters new subjects as they are, without a check of rights or values and without telling who follows: forms find them
    /// when they are computed. Those that are referred to come first, in the same call.
    public func load(_ subjects: [LoadedSubject], in area: AreaPrefix, at now: Instant, in transaction: any Transaction)
        throws
    {
        let vault = house.keys.vault
        let day = now.local().day
        var records: [SubjectID: SubjectRecord] = [:]
        var statements: [SQL] = []
        for one in subjects {
            var record = one.record
            record.derivePlacement { records[$0] }
            records[one.id] = record
            let subject = standing(
                StoredSubject(
                    id: one.id, kind: record.kind, area: area, registeredArea: nil, standing: .present, mergedInto: nil,
                    record: record, version: 1, changedAt: now))
            statements.append(SubjectStore.writing(subject, vault: vault))
            statements.append(
                EntryStore.insertion(
                    RegistryEntry(
                        id: house.identifiers.next(at: now), subject: one.id, area: subject.area, knownSince: now,
                        seenAt: one.seenAt, source: one.source, staff: nil, post: nil, voidedAt: nil,
                        content: one.record),
                    vault: vault))
            statements += searchKeys.keys(of: record, at: day).map {
                "INSERT INTO registry_keys (search_key, area, subject) VALUES (\($0), \(subject.area.code), \(one.id))"
            }
            if let number = record.value(CoreElement.citizenNumber, at: day) {
                let key = searchKeys.identityKey(number)
                statements.append("INSERT INTO registry_identities (number_key, subject) VALUES (\(key), \(one.id))")
            }
            statements += links(of: one.record, from: one.id)
        }
        try transaction.batch(statements)
    }

    /// Whom a content refers to.
    func links(of content: SubjectRecord, from id: SubjectID) -> [SQL] {
        content.statements.sorted { $0.key < $1.key }.flatMap { element, all -> [SQL] in
            guard case .reference? = dictionary[element]?.type else { return [] }
            return Set(all.compactMap(\.value)).sorted().map { target in
                """
                INSERT INTO registry_links (target, element, subject) VALUES (\(target), \(element), \(id))
                ON CONFLICT DO NOTHING
                """
            }
        }
    }
}
