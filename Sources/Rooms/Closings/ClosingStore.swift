import Cases
import Desk
import Ground
import Storage

/// One closing, as the lists of calls show it.
struct ClosingRecord: Sendable {
    var id: Identifier<Closing>
    var caseID: CaseID
    var closedAt: Instant
    var area: AreaPrefix
    var body: BodyID?
    var undoneAt: Instant?
    var ratedAt: Instant?
    var callAt: Instant?
    var attempts: Int
    var end: CallEnd?
    var endedAt: Instant?
    var post: PostID?
    var keptUntil: Instant?

    /// Whether a post has it on its list now.
    func isHeld(by post: PostID, at now: Instant) -> Bool {
        self.post == post && callAt != nil && (keptUntil.map { $0 > now } ?? false)
    }
}

/// Whom to call. Whoever reads a list gives a scope.
enum ClosingStore {
    private static let columns: StaticString = """
        id, case_id, closed_at, area, body, undone_at, rated_at, call_at, attempts, call_end, call_ended_at, post,
        kept_until
        """

    static func find(_ id: Identifier<Closing>, for scope: Scope, in transaction: any Transaction) throws
        -> ClosingRecord?
    {
        guard scope.line == nil else { return nil }
        return try transaction.first("SELECT \(trusted: columns) FROM closings WHERE id = \(id)").map(record).flatMap {
            scope.area.contains($0.area) ? $0 : nil
        }
    }

    /// Those that may be called now and that no post has on its list, the longest waiting first.
    static func waiting(for scope: Scope, at now: Instant, limit: Int, in transaction: any Transaction) throws
        -> [ClosingRecord]
    {
        guard scope.line == nil else { return [] }
        return try transaction.query(waitingQuery(for: scope, at: now, limit: limit)).map(record)
    }

    static func waitingQuery(for scope: Scope, at now: Instant, limit: Int) -> SQL {
        """
        SELECT \(trusted: columns) FROM closings
        WHERE \(within(scope.area)) AND call_at <= \(now) AND (post IS NULL OR kept_until <= \(now))
        ORDER BY call_at, id LIMIT \(limit)
        """
    }

    static func waitingCount(for scope: Scope, at now: Instant, most: Int, in transaction: any Transaction) throws
        -> Int
    {
        guard scope.line == nil else { return 0 }
        let row = try transaction.first(
            """
            SELECT COUNT(*) FROM (SELECT id FROM closings
                WHERE \(within(scope.area)) AND call_at <= \(now) AND (post IS NULL OR kept_until <= \(now))
                LIMIT \(most)) AS waiting
            """)
        return Int(try row?.int(0) ?? 0)
    }

    /// The list of one post: what may be called now first.
    static func list(of post: PostID, at now: Instant, limit: Int, in transaction: any Transaction) throws
        -> [ClosingRecord]
    {
        try transaction.query(listQuery(of: post, at: now, limit: limit)).map(record)
    }

    static func listQuery(of post: PostID, at now: Instant, limit: Int) -> SQL {
        """
        SELECT \(trusted: columns) FROM closings
        WHERE post = \(post) AND call_at IS NOT NULL AND kept_until > \(now) ORDER BY call_at, id LIMIT \(limit)
        """
    }

    private static func within(_ area: AreaPrefix) -> SQL {
        switch area.level {
        case .country, .province, .prefecture, .county: area.condition(on: "area")
        case .street: "street = \(area.code)"
        case .community, .grid: "street = \(String(area.code.prefix(9))) AND \(area.condition(on: "area"))"
        }
    }

    /// Puts them on a post's list, or takes them from every list.
    static func give(
        _ ids: [Identifier<Closing>], to post: PostID?, until: Instant?, in transaction: any Transaction
    ) throws(DatabaseError) {
        guard !ids.isEmpty else { return }
        try transaction.execute(
            "UPDATE closings SET post = \(post), kept_until = \(until) WHERE id IN (\(list: ids)) AND call_at IS NOT NULL"
        )
    }

    static func noteAttempt(_ record: ClosingRecord, next: Instant, in transaction: any Transaction)
        throws(DatabaseError)
    {
        try transaction.execute(
            "UPDATE closings SET attempts = \(record.attempts + 1), call_at = \(next) WHERE id = \(record.id)")
    }

    static func end(
        _ record: ClosingRecord, _ end: CallEnd, attempts: Int, at now: Instant, in transaction: any Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            UPDATE closings SET attempts = \(attempts), call_at = NULL, call_end = \(end.rawValue), call_ended_at = \(now)
            WHERE id = \(record.id)
            """)
    }

    /// Whom nobody called in time is not called any more.
    /// - Returns: how many.
    static func endLate(before: Instant, at now: Instant, in transaction: any Transaction) throws -> Int {
        let late = try transaction.query(
            "SELECT id FROM closings WHERE call_at < \(before) ORDER BY call_at, id LIMIT 500"
        ).map { try $0.identifier(0) as Identifier<Closing> }
        guard !late.isEmpty else { return 0 }
        try transaction.execute(
            """
            UPDATE closings SET call_at = NULL, call_end = \(CallEnd.late.rawValue), call_ended_at = \(now)
            WHERE id IN (\(list: late))
            """)
        return late.count
    }

    private static func record(_ row: Row) throws -> ClosingRecord {
        ClosingRecord(
            id: try row.identifier(0), caseID: try row.identifier(1), closedAt: try row.instant(2),
            area: AreaPrefix(try row.text(3)) ?? .everywhere, body: try row.identifierIfAny(4),
            undoneAt: try row.instantIfAny(5), ratedAt: try row.instantIfAny(6), callAt: try row.instantIfAny(7),
            attempts: Int(try row.int(8)), end: try row.textIfAny(9).flatMap(CallEnd.init),
            endedAt: try row.instantIfAny(10), post: try row.identifierIfAny(11), keptUntil: try row.instantIfAny(12))
    }
}
