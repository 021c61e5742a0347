import Desk
import Ground
import Registry
import Storage

/// One decision about a system.
struct SystemDecision: Sendable, Hashable {
    typealias ID = Identifier<SystemDecision>

    var id: ID
    var system: String
    var standing: Standing
    var since: Day
    var reason: String?
    var staffName: String
    var decidedAt: Instant
}

enum SystemStore {
    private static let columns: StaticString = "id, system, standing, since, reason, staff_name, decided_at"

    static func insert(_ one: SystemDecision, in transaction: any Transaction) throws {
        try transaction.later(
            """
            INSERT INTO system_standings (\(trusted: columns))
            VALUES (\(one.id), \(one.system), \(one.standing.rawValue), \(one.since), \(one.reason), \(one.staffName),
                    \(one.decidedAt))
            """)
    }

    /// All decisions that hold from a day on or before, the latest of each system last.
    static func decisions(until day: Day, in transaction: any Transaction) throws -> [SystemDecision] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM system_standings WHERE since <= \(day)
            ORDER BY system, since, id LIMIT 20000
            """
        ).map { try decision($0) }
    }

    static func decisions(about system: String, in transaction: any Transaction) throws -> [SystemDecision] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM system_standings WHERE system = \(system)
            ORDER BY since DESC, id DESC LIMIT 200
            """
        ).map { try decision($0) }
    }

    private static func decision(_ row: Row) throws -> SystemDecision {
        SystemDecision(
            id: try row.identifier(0), system: try row.text(1),
            standing: Standing(rawValue: try row.text(2)) ?? .typed,
            since: Day(try row.text(3)) ?? Statement.always, reason: try row.textIfAny(4),
            staffName: try row.text(5), decidedAt: try row.instant(6))
    }

    // MARK: Entries

    static func cursor(in transaction: any Transaction) throws -> Identifier<RegistryEntry>? {
        try transaction.first("SELECT entry FROM system_cursor WHERE id = 1")?.identifierIfAny(0)
    }

    static func add(
        _ counts: [EntryCount: Int], upTo entry: Identifier<RegistryEntry>, in transaction: any Transaction
    ) throws {
        var statements = counts.sorted { $0.key < $1.key }.map { key, count -> SQL in
            """
            INSERT INTO system_entries (month, area, element, entries)
            VALUES (\(key.month), \(key.area), \(key.element), \(count))
            ON CONFLICT (month, area, element) DO UPDATE SET entries = system_entries.entries + excluded.entries
            """
        }
        statements.append("UPDATE system_cursor SET entry = \(entry) WHERE id = 1")
        try transaction.batch(statements)
    }

    /// Facts written in a month within an area, by element. Counted by streets: a smaller area is told its street's.
    static func entries(month: String, in area: AreaPrefix, for scope: Scope, in transaction: any Transaction) throws
        -> [String: Int]
    {
        guard scope.area.contains(area) || area.contains(scope.area) else { return [:] }
        let rows = try transaction.query(
            """
            SELECT element, CAST(SUM(entries) AS BIGINT) FROM system_entries
            WHERE month = \(month) AND \(area.condition(on: "area")) GROUP BY element
            """)
        return Dictionary(try rows.map { (try $0.text(0), Int(try $0.int(1))) }) { first, _ in first }
    }
}

/// What is counted together.
struct EntryCount: Sendable, Hashable, Comparable {
    var month: String
    var area: String
    var element: String

    static func < (left: EntryCount, right: EntryCount) -> Bool {
        (left.month, left.area, left.element) < (right.month, right.area, right.element)
    }
}
