import Desk
import Ground
import Identity
import Storage

enum CapacityEntryEntity {}
typealias CapacityEntryID = Identifier<CapacityEntryEntity>

/// An entry as it is kept.
struct KeptCapacity: Sendable, Hashable {
    var id: CapacityEntryID
    var entry: CapacityEntry
    var at: Instant
}

enum CapacityStore {
    /// A county with more entries than this enters persons, not posts.
    private static let most = 5_000

    static func insert(_ one: KeptCapacity, by scope: Scope, in transaction: any Transaction) throws {
        let entry = one.entry
        try transaction.execute(
            """
            INSERT INTO capacity_entries (id, area, kind, role, people, from_on, until_on, post, at)
            VALUES (\(one.id), \(entry.area.code), \(entry.kind.rawValue), \(entry.role), \(entry.people), \(entry.from),
                    \(entry.until), \(scope.post), \(one.at))
            """)
    }

    static func find(
        _ id: CapacityEntryID, for scope: Scope, in transaction: any Transaction
    ) throws -> KeptCapacity? {
        try transaction.first(
            """
            SELECT id, area, kind, role, people, from_on, until_on, at FROM capacity_entries
            WHERE id = \(id) AND withdrawn_at IS NULL AND \(scope.area.condition(on: "area"))
            """
        ).flatMap(kept)
    }

    /// Taken back, not deleted: the ledger speaks of it.
    static func withdraw(_ id: CapacityEntryID, at now: Instant, in transaction: any Transaction) throws {
        try transaction.execute(
            "UPDATE capacity_entries SET withdrawn_at = \(now) WHERE id = \(id) AND withdrawn_at IS NULL")
    }

    static func pageQuery(
        within area: AreaPrefix, for scope: Scope, after: KeptCapacity?, limit: Int
    ) -> SQL {
        let narrow = scope.area.contains(area) ? area : scope.area
        let (code, id) = (after?.entry.area.code ?? "", after?.id.text ?? "")
        return """
            SELECT id, area, kind, role, people, from_on, until_on, at FROM capacity_entries
            WHERE \(narrow.condition(on: "area")) AND area >= \(code) AND (area > \(code) OR id > \(id))
                AND withdrawn_at IS NULL
            ORDER BY area, id LIMIT \(limit)
            """
    }

    static func page(
        within area: AreaPrefix, for scope: Scope, after: KeptCapacity?, limit: Int,
        in transaction: any Transaction
    ) throws -> [KeptCapacity] {
        try transaction.query(pageQuery(within: area, for: scope, after: after, limit: limit)).compactMap(kept)
    }

    static func entriesQuery(within area: AreaPrefix, from: Day, until: Day) -> SQL {
        """
        SELECT id, area, kind, role, people, from_on, until_on, at FROM capacity_entries
        WHERE \(area.condition(on: "area")) AND until_on >= \(from) AND from_on <= \(until) AND withdrawn_at IS NULL
        ORDER BY area, id LIMIT \(most)
        """
    }

    /// Of all posts in an area, what touches these days.
    static func entries(
        within area: AreaPrefix, from: Day, until: Day, in transaction: any Transaction
    ) throws -> [CapacityEntry] {
        try transaction.query(entriesQuery(within: area, from: from, until: until)).compactMap { try kept($0)?.entry }
    }

    private static func kept(_ row: Row) throws -> KeptCapacity? {
        guard let area = AreaPrefix(try row.text(1)), let kind = CapacityEntry.Kind(rawValue: try row.text(2)),
            let from = Day(try row.text(5)), let until = Day(try row.text(6))
        else { return nil }
        return KeptCapacity(
            id: try row.identifier(0),
            entry: CapacityEntry(
                kind: kind, area: area, role: try row.text(3), people: try row.int(4), from: from, until: until),
            at: try row.instant(7))
    }
}
