import Cipher
import Desk
public import Ground
import Storage

enum EntryStore {
    private static let columns: StaticString =
        "id, subject, area, known_since, seen_at, source, staff, post, voided_at, content"

    private static let sealing: StaticString = "registry.entry"

    static func insertion(_ entry: RegistryEntry, vault: Vault) -> SQL {
        let content = vault.seal(entry.content.bytes, for: sealing, of: entry.subject.text)
        let elements = entry.content.statements.keys.sorted().joined(separator: " ")
        return """
            INSERT INTO registry_entries (\(trusted: columns), elements)
            VALUES (\(entry.id), \(entry.subject), \(entry.area.code), \(entry.knownSince), \(entry.seenAt),
                    \(entry.source.rawValue), \(entry.staff), \(entry.post), \(entry.voidedAt), \(content), \(elements))
            """
    }

    /// Everything that was ever written about the subject, oldest first; the caller has checked that it may be seen.
    static func all(of subject: SubjectID, kind: SubjectKind, vault: Vault, in transaction: any Transaction) throws
        -> [RegistryEntry]
    {
        try transaction.query(
            "SELECT \(trusted: columns) FROM registry_entries WHERE subject = \(subject) ORDER BY id LIMIT 10000"
        ).map { try entry($0, kind, vault) }
    }

    /// Entries of all subjects in the order in which they were written: for whoever takes out everything.
    static func page(after cursor: RegistryEntry.ID?, limit: Int, vault: Vault, in transaction: any Transaction) throws
        -> [RegistryEntry]
    {
        let low = cursor?.text ?? ""
        return try transaction.query(
            """
            SELECT e.id, e.subject, e.area, e.known_since, e.seen_at, e.source, e.staff, e.post, e.voided_at, e.content,
                s.kind
            FROM registry_entries e JOIN registry_subjects s ON s.id = e.subject
            WHERE e.id > \(low) ORDER BY e.id LIMIT \(limit)
            """
        ).map { try entry($0, SubjectKind(rawValue: try $0.text(10)) ?? .person, vault) }
    }

    private static func entry(_ row: Row, _ kind: SubjectKind, _ vault: Vault) throws -> RegistryEntry {
        let subject: SubjectID = try row.identifier(1)
        let bytes = try vault.open(try row.blob(9), for: sealing, of: subject.text)
        return RegistryEntry(
            id: try row.identifier(0), subject: subject, area: AreaPrefix(try row.text(2)) ?? .everywhere,
            knownSince: try row.instant(3), seenAt: try row.instant(4),
            source: FactSource(rawValue: try row.text(5)) ?? .counter, staff: try row.identifierIfAny(6),
            post: try row.identifierIfAny(7), voidedAt: try row.instantIfAny(8),
            content: try SubjectRecord(kind: kind, bytes: bytes))
    }
}

/// What was believed of a subject at a moment of the past: the entries that were there and not yet voided.
extension SubjectRecord {
    public init(kind: SubjectKind, entries: [RegistryEntry], knownAt moment: Instant? = nil) {
        self.init(kind: kind)
        for entry in entries {
            let isThere = moment.map { entry.knownSince <= $0 } ?? true
            let isVoid = entry.voidedAt.map { voided in moment.map { voided <= $0 } ?? true } ?? false
            if isThere, !isVoid { join(entry.content) }
        }
    }
}
