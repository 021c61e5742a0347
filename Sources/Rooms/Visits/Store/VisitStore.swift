import Desk
import Ground
import Registry
import Storage

/// Who was not at home, and what somebody would rather not say.
enum VisitStore {
    struct Call: Sendable, Hashable {
        var seenAt: Instant
        var nobodyThere: Bool
    }

    private static let mostInGrid = 20_000

    static func calls(in area: AreaPrefix, for scope: Scope, in transaction: any Transaction) throws
        -> [SubjectID: Call]
    {
        guard scope.area.contains(area) else { return [:] }
        var calls: [SubjectID: Call] = [:]
        for row in try transaction.query(callsQuery(in: area)) {
            calls[try row.identifier(0)] = Call(seenAt: try row.instant(1), nobodyThere: try row.bool(2))
        }
        return calls
    }

    /// When somebody was last at a home.
    static func call(at home: SubjectID, in transaction: any Transaction) throws -> Call? {
        try transaction.first("SELECT seen_at, nobody_there FROM visit_calls WHERE home = \(home)").map {
            Call(seenAt: try $0.instant(0), nobodyThere: try $0.bool(1))
        }
    }

    static func callsQuery(in area: AreaPrefix) -> SQL {
        """
        SELECT home, seen_at, nobody_there FROM visit_calls
        WHERE \(area.condition(on: "area")) ORDER BY area, home LIMIT \(mostInGrid)
        """
    }

    /// A call that was made before another one that arrived earlier changes nothing.
    static func noteCall(_ home: StoredSubject, _ call: Call, in transaction: any Transaction) throws {
        try transaction.later(
            """
            INSERT INTO visit_calls (home, area, seen_at, nobody_there)
            VALUES (\(home.id), \(home.area.code), \(call.seenAt), \(call.nobodyThere))
            ON CONFLICT (home) DO UPDATE SET area = excluded.area, seen_at = excluded.seen_at,
                nobody_there = excluded.nobody_there
            WHERE visit_calls.seen_at <= excluded.seen_at
            """)
    }

    static func declined(in area: AreaPrefix, after day: Day, for scope: Scope, in transaction: any Transaction) throws
        -> Set<AskedElement>
    {
        guard scope.area.contains(area) else { return [] }
        let rows = try transaction.query(declinedQuery(in: area, after: day))
        return Set(try rows.map { AskedElement(subject: try $0.identifier(0), element: try $0.text(1)) })
    }

    static func declinedQuery(in area: AreaPrefix, after day: Day) -> SQL {
        """
        SELECT subject, element FROM visit_declined
        WHERE \(area.condition(on: "area")) AND until_day >= \(day)
        ORDER BY area, subject, element LIMIT \(mostInGrid)
        """
    }

    static func noteDeclined(
        _ subject: StoredSubject, _ element: String, until day: Day, in transaction: any Transaction
    ) throws {
        try transaction.later(
            """
            INSERT INTO visit_declined (subject, element, area, until_day)
            VALUES (\(subject.id), \(element), \(subject.area.code), \(day))
            ON CONFLICT (subject, element) DO UPDATE SET area = excluded.area, until_day = excluded.until_day
            """)
    }
}
