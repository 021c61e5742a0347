import Desk
import Ground
import Storage

/// One line of the list of staff: a person in a post, or a person without any.
struct StaffLine: Sendable {
    var staff: StaffID
    var name: String
    var login: String
    var phoneSealed: [UInt8]?
    var isActive: Bool
    var post: PostRecord?
    var body: BodyFacts?

    /// Where the next page begins.
    var key: String { post.map { "\($0.area.code).\($0.id.text)" } ?? staff.text }
}

/// What the list of staff is asked for; stands in the address.
struct StaffFilter: Sendable, Hashable {
    enum Holding: String, Sendable, CaseIterable { case current, ended, none }

    var body: BodyID?
    var role: String?
    /// The beginning of a name or of a log-in name.
    var text: String?
    var area: AreaPrefix?
    var holding = Holding.current
}

enum StaffList {
    /// Posts in the order of their areas, each with its person: a person with several posts stands there several times,
    /// which is how cross-appointments are seen.
    static func lines(
        _ filter: StaffFilter, scope: Scope, bodies: any BodyLookup, at now: Instant, after: String?, limit: Int,
        in transaction: any Transaction
    ) throws -> [StaffLine] {
        if filter.holding == .none {
            return try withoutPost(filter, scope: scope, at: now, after: after, limit: limit, in: transaction)
        }
        var conditions = [scope.area.condition(on: "p.area")]
        if let area = filter.area { conditions.append(area.condition(on: "p.area")) }
        if let body = filter.body { conditions.append("p.body = \(body)") }
        if let role = filter.role { conditions.append("p.role = \(role)") }
        if let text = filter.text {
            conditions.append("p.staff IN (\(list: try StaffStore.matching(text, in: transaction)))")
        }
        conditions.append(
            filter.holding == .current
                ? "p.from_at <= \(now) AND (p.until_at IS NULL OR p.until_at > \(now))" : "p.until_at <= \(now)")
        if let after, let point = after.firstIndex(of: ".") {
            let area = after[..<point]
            let post = after[after.index(after: point)...]
            conditions.append("p.area > \(area) OR (p.area = \(area) AND p.id > \(post))")
        }
        let rows = try transaction.query(
            """
            SELECT p.id, p.staff, p.body, p.role, p.area, p.title_zh, p.title_en, p.from_at, p.until_at,
                   s.name, s.login, s.phone_sealed, s.state
            FROM posts p JOIN staff s ON s.id = p.staff
            WHERE \(SQL.all(conditions)) ORDER BY p.area, p.id LIMIT \(limit)
            """)
        var known: [BodyID: BodyFacts] = [:]
        return try rows.map { row in
            let post = try PostStore.record(row)
            let body = try known[post.body] ?? bodies.body(post.body, in: transaction)
            known[post.body] = body
            return StaffLine(
                staff: post.staff, name: try row.text(9), login: try row.text(10), phoneSealed: try row.blobIfAny(11),
                isActive: try row.text(12) == StaffRecord.State.active.rawValue, post: post, body: body)
        }
    }

    private static func withoutPost(
        _ filter: StaffFilter, scope: Scope, at now: Instant, after: String?, limit: Int,
        in transaction: any Transaction
    ) throws -> [StaffLine] {
        var conditions: [SQL] = [
            scope.area.condition(on: "s.area"),
            """
            NOT EXISTS (SELECT 1 FROM posts p WHERE p.staff = s.id AND p.from_at <= \(now)
                        AND (p.until_at IS NULL OR p.until_at > \(now)))
            """,
        ]
        if let text = filter.text {
            conditions.append("s.id IN (\(list: try StaffStore.matching(text, in: transaction)))")
        }
        if let after { conditions.append("s.id > \(after)") }
        return try transaction.query(
            """
            SELECT s.id, s.name, s.login, s.phone_sealed, s.state FROM staff s
            WHERE \(SQL.all(conditions)) ORDER BY s.id LIMIT \(limit)
            """
        ).map { row in
            StaffLine(
                staff: try row.identifier(0), name: try row.text(1), login: try row.text(2),
                phoneSealed: try row.blobIfAny(3),
                isActive: try row.text(4) == StaffRecord.State.active.rawValue, post: nil, body: nil)
        }
    }
}
