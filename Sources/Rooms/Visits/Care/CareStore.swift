import Cipher
import Desk
import Ground
import Registry
import Storage

enum CareStore {
    static let migrations = [
        Migration(
            "visits.0002-care",
            """
            CREATE TABLE care_members (
                id TEXT NOT NULL PRIMARY KEY,
                care_group TEXT NOT NULL,
                subject TEXT NOT NULL,
                area TEXT NOT NULL,
                post TEXT NOT NULL,
                staff TEXT NOT NULL,
                since_day TEXT NOT NULL,
                last_seen_at BIGINT,
                due_on TEXT NOT NULL,
                missed_on TEXT NOT NULL,
                task TEXT,
                ended_on TEXT
            )
            """,
            "CREATE UNIQUE INDEX care_members_once ON care_members (subject, care_group) WHERE ended_on IS NULL",
            "CREATE INDEX care_members_by_area ON care_members (area, id) WHERE ended_on IS NULL",
            "CREATE INDEX care_members_missed ON care_members (missed_on, id) WHERE ended_on IS NULL AND task IS NULL",
            "CREATE INDEX care_members_by_task ON care_members (task) WHERE task IS NOT NULL",
            """
            CREATE TABLE care_visits (
                id TEXT NOT NULL PRIMARY KEY,
                member TEXT NOT NULL REFERENCES care_members (id),
                seen_at BIGINT NOT NULL,
                received_at BIGINT NOT NULL,
                staff TEXT NOT NULL,
                outcome TEXT NOT NULL,
                note BYTEA
            )
            """,
            "CREATE INDEX care_visits_by_member ON care_visits (member, id)")
    ]

    private static let columns: StaticString =
        "id, care_group, subject, area, post, staff, since_day, last_seen_at, due_on, missed_on, task, ended_on"
    private static let sealing: StaticString = "visits.care-note"

    static func write(_ one: CareMember, in transaction: any Transaction) throws {
        try transaction.later(
            """
            INSERT INTO care_members (\(trusted: columns))
            VALUES (\(one.id), \(one.group), \(one.subject), \(one.area.code), \(one.post), \(one.staff), \(one.since),
                    \(one.lastSeenAt), \(one.dueOn), \(one.missedOn), \(one.task), \(one.endedOn))
            ON CONFLICT (id) DO UPDATE SET area = excluded.area, post = excluded.post, staff = excluded.staff,
                last_seen_at = excluded.last_seen_at, due_on = excluded.due_on, missed_on = excluded.missed_on,
                task = excluded.task, ended_on = excluded.ended_on
            """)
    }

    static func find(_ id: CareMember.ID, for scope: Scope, in transaction: any Transaction) throws -> CareMember? {
        try transaction.first("SELECT \(trusted: columns) FROM care_members WHERE id = \(id)").map(member)
            .flatMap { scope.area.contains($0.area) ? $0 : nil }
    }

    static func find(task: Identifier<CareTask>, for scope: Scope, in transaction: any Transaction) throws
        -> CareMember?
    {
        try transaction.first("SELECT \(trusted: columns) FROM care_members WHERE task = \(task)").map(member)
            .flatMap { scope.area.contains($0.area) ? $0 : nil }
    }

    /// In which groups these people are now.
    static func members(of subjects: [SubjectID], for scope: Scope, in transaction: any Transaction) throws
        -> [CareMember]
    {
        guard !subjects.isEmpty else { return [] }
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM care_members
            WHERE subject IN (\(list: subjects.prefix(500))) AND ended_on IS NULL ORDER BY subject, care_group LIMIT 2000
            """
        ).map(member).filter { scope.area.contains($0.area) }
    }

    static func pageQuery(in area: AreaPrefix, after: CareMember?, limit: Int) -> SQL {
        var query: SQL = """
            SELECT \(trusted: columns) FROM care_members
            WHERE \(area.condition(on: "area")) AND ended_on IS NULL
            """
        if let after { query += " AND (area, id) > (\(after.area.code), \(after.id))" }
        query += " ORDER BY area, id LIMIT \(limit)"
        return query
    }

    static func page(
        in area: AreaPrefix, for scope: Scope, after: CareMember?, limit: Int, in transaction: any Transaction
    ) throws -> [CareMember] {
        guard scope.area.contains(area) else { return [] }
        return try transaction.query(pageQuery(in: area, after: after, limit: limit)).map(member)
    }

    static func missedQuery(on day: Day, limit: Int) -> SQL {
        """
        SELECT \(trusted: columns) FROM care_members
        WHERE missed_on <= \(day) AND ended_on IS NULL AND task IS NULL ORDER BY missed_on, id LIMIT \(limit)
        """
    }

    /// Whose visit counts as missed and is no task yet: without a scope, for the platform itself.
    static func missed(on day: Day, limit: Int, in transaction: any Transaction) throws -> [CareMember] {
        try transaction.query(missedQuery(on: day, limit: limit)).map(member)
    }

    static func insert(
        _ visit: CareVisit, of member: CareMember.ID, id: Identifier<CareVisit>, receivedAt now: Instant, vault: Vault,
        in transaction: any Transaction
    ) throws {
        let note = visit.note.map { vault.seal(Array($0.utf8), for: sealing, of: id.text) }
        try transaction.later(
            """
            INSERT INTO care_visits (id, member, seen_at, received_at, staff, outcome, note)
            VALUES (\(id), \(member), \(visit.seenAt), \(now), \(visit.staff), \(visit.outcome.rawValue), \(note))
            """)
    }

    /// The last visits to somebody, newest first; the caller has checked that they may be seen.
    static func visits(of member: CareMember.ID, limit: Int, vault: Vault, in transaction: any Transaction) throws
        -> [CareVisit]
    {
        try transaction.query(
            """
            SELECT id, seen_at, staff, outcome, note FROM care_visits WHERE member = \(member)
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map { row in
            let id = try row.text(0)
            return CareVisit(
                seenAt: try row.instant(1), staff: try row.identifier(2),
                outcome: CareOutcome(rawValue: try row.text(3)) ?? .absent,
                note: try row.blobIfAny(4).map {
                    String(decoding: try vault.open($0, for: sealing, of: id), as: UTF8.self)
                })
        }
    }

    private static func member(_ row: Row) throws -> CareMember {
        CareMember(
            id: try row.identifier(0), group: try row.text(1), subject: try row.identifier(2),
            area: AreaPrefix(try row.text(3)) ?? .everywhere, post: try row.identifier(4), staff: try row.identifier(5),
            since: try day(row, 6), lastSeenAt: try row.instantIfAny(7), dueOn: try day(row, 8),
            missedOn: try day(row, 9), task: try row.identifierIfAny(10),
            endedOn: try row.textIfAny(11).flatMap { Day($0) })
    }

    private static func day(_ row: Row, _ column: Int) throws -> Day {
        Day(try row.text(column)) ?? Statement.always
    }
}
