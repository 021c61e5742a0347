import Cipher
import Desk
import Ground
import Storage

enum SubjectStore {
    static let columns: StaticString =
        "id, kind, area, registered_area, standing, merged_into, record, version, changed_at"

    static let sealing: StaticString = "registry.record"

    /// The subject, if this scope may see it. What was merged away is found, too, so that old addresses still lead on.
    static func find(_ id: SubjectID, for scope: Scope, vault: Vault, in transaction: any Transaction) throws
        -> StoredSubject?
    {
        try find(id, vault: vault, in: transaction).flatMap { $0.isVisible(in: scope) ? $0 : nil }
    }

    /// Without a scope: for what follows from one subject to another inside a write.
    static func find(_ id: SubjectID, vault: Vault, in transaction: any Transaction) throws -> StoredSubject? {
        try transaction.first("SELECT \(trusted: columns) FROM registry_subjects WHERE id = \(id)").map {
            try subject($0, vault)
        }
    }

    static func find(_ ids: [SubjectID], vault: Vault, in transaction: any Transaction) throws
        -> [SubjectID: StoredSubject]
    {
        var found: [SubjectID: StoredSubject] = [:]
        for start in stride(from: 0, to: ids.count, by: 500) {
            let some = ids[start..<min(start + 500, ids.count)]
            for row in try transaction.query(
                "SELECT \(trusted: columns) FROM registry_subjects WHERE id IN (\(list: some))")
            {
                let one = try subject(row, vault)
                found[one.id] = one
            }
        }
        return found
    }

    /// Those of a kind in an area, by id.
    static func page(
        _ kind: SubjectKind, in area: AreaPrefix, for scope: Scope, after: (area: String, id: SubjectID)?, limit: Int,
        vault: Vault, in transaction: any Transaction
    ) throws -> [StoredSubject] {
        guard scope.area.contains(area) else { return [] }
        var query: SQL = """
            SELECT \(trusted: columns) FROM registry_subjects
            WHERE kind = \(kind.rawValue) AND \(area.condition(on: "area")) AND standing = 'present'
            """
        if let after { query += " AND (area, id) > (\(after.area), \(after.id))" }
        query += " ORDER BY kind, area, id LIMIT \(limit)"
        return try transaction.query(query).map { try subject($0, vault) }
    }

    static func writing(_ one: StoredSubject, vault: Vault) -> SQL {
        let record = vault.seal(one.record.bytes, for: sealing, of: one.id.text)
        return """
            INSERT INTO registry_subjects (\(trusted: columns))
            VALUES (\(one.id), \(one.kind.rawValue), \(one.area.code), \(one.registeredArea?.code),
                    \(one.standing.rawValue), \(one.mergedInto), \(record), \(one.version), \(one.changedAt))
            ON CONFLICT (id) DO UPDATE SET area = excluded.area, registered_area = excluded.registered_area,
                standing = excluded.standing, merged_into = excluded.merged_into, record = excluded.record,
                version = excluded.version, changed_at = excluded.changed_at
            """
    }

    /// Those that ever referred to one of the targets by the element.
    static func referring(toAny targets: [SubjectID], by element: String, in transaction: any Transaction) throws
        -> [SubjectID]
    {
        var found: Set<SubjectID> = []
        for start in stride(from: 0, to: targets.count, by: 500) {
            let some = targets[start..<min(start + 500, targets.count)]
            for row in try transaction.query(
                "SELECT subject FROM registry_links WHERE target IN (\(list: some)) AND element = \(element) LIMIT 20000"
            ) {
                found.insert(try row.identifier(0))
            }
        }
        return found.sorted()
    }

    static func subject(_ row: Row, _ vault: Vault) throws -> StoredSubject {
        let id: SubjectID = try row.identifier(0)
        let kind = SubjectKind(rawValue: try row.text(1)) ?? .person
        return StoredSubject(
            id: id, kind: kind, area: AreaPrefix(try row.text(2)) ?? .everywhere,
            registeredArea: try row.textIfAny(3).flatMap { AreaPrefix($0) },
            standing: StoredSubject.Standing(rawValue: try row.text(4)) ?? .present,
            mergedInto: try row.identifierIfAny(5),
            record: try SubjectRecord(kind: kind, bytes: vault.open(try row.blob(6), for: sealing, of: id.text)),
            version: try row.int(7), changedAt: try row.instant(8))
    }
}
