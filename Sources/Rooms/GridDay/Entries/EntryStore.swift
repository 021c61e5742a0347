import Cases
import Desk
import Ground
import Storage

/// Reads and writes what phones sent. Every function wants whose it is.
enum EntryStore {
    private static let columns: StaticString = """
        id, owner, key, fingerprint, kind, case_id, seen_version, follows, happened_at, received_at, state, code, content,
        result_case, result_version
        """

    static func find(key: String, of owner: StaffID, in transaction: any Transaction) throws -> EntryRecord? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM day_entries WHERE owner = \(owner) AND key = \(key)"
        ).map(record)
    }

    static func find(_ id: Identifier<EntryRecord>, of owner: StaffID, in transaction: any Transaction) throws
        -> EntryRecord?
    {
        try transaction.first(
            "SELECT \(trusted: columns) FROM day_entries WHERE id = \(id) AND owner = \(owner)"
        ).map(record)
    }

    /// Newest first.
    static func page(
        _ state: EntryRecord.State, of owner: StaffID, after: String?, limit: Int, in transaction: any Transaction
    ) throws -> [EntryRecord] {
        let before: SQL = after.map { "id < \($0)" } ?? "TRUE"
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM day_entries
            WHERE owner = \(owner) AND state = \(state.rawValue) AND \(before) ORDER BY id DESC LIMIT \(limit)
            """
        ).map(record)
    }

    static func count(_ state: EntryRecord.State, of owner: StaffID, in transaction: any Transaction) throws -> Int {
        let row = try transaction.first(
            """
            SELECT COUNT(*) FROM (SELECT id FROM day_entries WHERE owner = \(owner) AND state = \(state.rawValue)
                                  LIMIT 100) AS counted
            """)
        return Int(try row?.int(0) ?? 0)
    }

    /// Those that wait for this one.
    static func followers(of key: String, of owner: StaffID, in transaction: any Transaction) throws -> [EntryRecord] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM day_entries
            WHERE owner = \(owner) AND state = 'waiting' AND follows = \(key) ORDER BY id LIMIT 100
            """
        ).map(record)
    }

    /// Entries that have waited a while, of anybody: for the job that tries them again.
    static func waiting(receivedBefore limit: Instant, most: Int, in transaction: any Transaction) throws
        -> [EntryRecord]
    {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM day_entries
            WHERE state = 'waiting' AND received_at < \(limit) ORDER BY received_at LIMIT \(most)
            """
        ).map(record)
    }

    /// The versions of a matter that this person's own entries made.
    static func ownVersions(
        of matter: CaseID, by owner: StaffID, among versions: [Int64], in transaction: any Transaction
    )
        throws -> Set<Int64>
    {
        guard !versions.isEmpty else { return [] }
        let rows = try transaction.query(
            """
            SELECT result_version FROM day_entries
            WHERE owner = \(owner) AND state = 'done' AND result_case = \(matter)
                AND result_version IN (\(list: versions))
            LIMIT 500
            """)
        return Set(try rows.map { try $0.int(0) })
    }

    static func insert(_ entry: EntryRecord, at now: Instant, in transaction: any Transaction) throws(DatabaseError) {
        let endedAt = entry.state == .done || entry.state == .discarded ? now : nil
        try transaction.later(
            """
            INSERT INTO day_entries (id, owner, key, fingerprint, kind, case_id, seen_version, follows, happened_at,
                received_at, state, code, content, result_case, result_version, ended_at)
            VALUES (\(entry.id), \(entry.owner), \(entry.key), \(entry.fingerprint), \(entry.kind.rawValue),
                \(entry.matter), \(entry.seenVersion), \(entry.follows), \(entry.happenedAt), \(entry.receivedAt),
                \(entry.state.rawValue), \(entry.code), \(entry.content), \(entry.resultCase), \(entry.resultVersion),
                \(endedAt))
            """)
    }

    static func update(_ entry: EntryRecord, at now: Instant, in transaction: any Transaction) throws(DatabaseError) {
        let endedAt = entry.state == .done || entry.state == .discarded ? now : nil
        try transaction.later(
            """
            UPDATE day_entries SET state = \(entry.state.rawValue), code = \(entry.code), content = \(entry.content),
                case_id = \(entry.matter), result_case = \(entry.resultCase),
                result_version = \(entry.resultVersion), ended_at = \(endedAt)
            WHERE id = \(entry.id)
            """)
    }

    /// A key that came again after this is a new one; a phone may lie in a drawer for long.
    static let keptAfterEnd = Span.days(90)

    static func forget(endedBefore limit: Instant, in transaction: any Transaction) throws(DatabaseError) {
        try transaction.execute("DELETE FROM day_entries WHERE ended_at < \(limit)")
    }

    private static func record(_ row: Row) throws -> EntryRecord {
        EntryRecord(
            id: try row.identifier(0), owner: try row.identifier(1), key: try row.text(2),
            fingerprint: try row.blob(3), kind: DayEntry.Kind(rawValue: try row.text(4)) ?? .act,
            matter: try row.identifierIfAny(5), seenVersion: try row.intIfAny(6), follows: try row.textIfAny(7),
            happenedAt: try row.instant(8), receivedAt: try row.instant(9),
            state: EntryRecord.State(rawValue: try row.text(10)) ?? .kept, code: try row.textIfAny(11),
            content: try row.blobIfAny(12), resultCase: try row.identifierIfAny(13),
            resultVersion: try row.intIfAny(14))
    }
}
