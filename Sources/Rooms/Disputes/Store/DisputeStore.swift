import Cases
import Desk
import Ground
import Storage

/// Reads and writes disputes. What reads for a person wants the person's scope.
enum DisputeStore {
    private static let columns: StaticString = """
        id, kind, area, state, level, outcome, began_at, due_at, ended_at, end_by, origin, follows, mediator, version
        """

    static func insert(_ one: Dispute, wordsSealed: [UInt8], in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO disputes (id, kind, area, street, community, state, level, outcome, began_at, due_at, ended_at,
                                  end_by, origin, follows, mediator, words_sealed, version)
            VALUES (\(one.id), \(one.kind), \(one.area.code), \(one.area.part(9)), \(one.area.part(12)),
                    \(one.state.rawValue), \(one.level), \(one.outcome.rawValue), \(one.beganAt), \(one.dueAt),
                    \(one.endedAt), \(one.endBy), \(one.origin), \(one.follows), \(one.mediator), \(wordsSealed),
                    \(one.version))
            """)
        try count(one, by: 1, in: transaction)
    }

    static func update(_ after: Dispute, from before: Dispute, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE disputes SET state = \(after.state.rawValue), level = \(after.level),
                outcome = \(after.outcome.rawValue), due_at = \(after.dueAt), ended_at = \(after.endedAt),
                follows = \(after.follows), mediator = \(after.mediator), version = \(after.version)
            WHERE id = \(after.id)
            """)
        guard before.level != after.level || before.outcome != after.outcome else { return }
        try count(before, by: -1, in: transaction)
        try count(after, by: 1, in: transaction)
    }

    static func find(_ id: CaseID, in transaction: any Transaction) throws -> Dispute? {
        try transaction.first("SELECT \(trusted: columns) FROM disputes WHERE id = \(id)").map(record)
    }

    /// The dispute, if it lies in the area of this scope.
    static func find(_ id: CaseID, for scope: Scope, in transaction: any Transaction) throws -> Dispute {
        guard let one = try find(id, in: transaction), scope.line == nil, scope.area.contains(one.area) else {
            throw Refusal.nothingHere
        }
        return one
    }

    static func wordsSealed(of id: CaseID, in transaction: any Transaction) throws -> [UInt8]? {
        try transaction.first("SELECT words_sealed FROM disputes WHERE id = \(id)")?.blob(0)
    }

    /// A page of a list, the newest first; ids follow time.
    static func page(
        _ filter: DisputeFilter, for scope: Scope, limit: Int, in transaction: any Transaction
    ) throws -> [(dispute: Dispute, wordsSealed: [UInt8])] {
        guard scope.line == nil else { return [] }
        return try transaction.query(pageQuery(filter, for: scope, limit: limit)).map {
            (try record($0), try $0.blob(14))
        }
    }

    /// Each outcome gives its newest, and the newest of those are the page: the indexes are by outcome.
    static func pageQuery(_ filter: DisputeFilter, for scope: Scope, limit: Int) -> SQL {
        var conditions: [SQL] = []
        switch scope.area.level {
        case .street: conditions.append("street = \(scope.area.code)")
        case .community: conditions.append("community = \(scope.area.code)")
        case .grid:
            conditions.append("community = \(scope.area.part(12))")
            conditions.append("area = \(scope.area.code)")
        case .country, .province, .prefecture, .county: conditions.append(scope.area.condition(on: "area"))
        }
        if let kind = filter.kind { conditions.append("kind = \(kind)") }
        if let after = filter.after { conditions.append("id < \(after)") }
        let common = SQL.all(conditions)
        let pieces = (filter.outcome.map { [$0] } ?? Dispute.Outcome.allCases).map { outcome -> SQL in
            """
            SELECT id FROM (SELECT id FROM disputes WHERE \(common) AND outcome = \(outcome.rawValue)
                            ORDER BY id DESC LIMIT \(limit)) AS newest
            """
        }
        let all = pieces.dropFirst().reduce(pieces[0]) { "\($0) UNION ALL \($1)" }
        return """
            SELECT \(trusted: columns), words_sealed FROM disputes WHERE id IN (\(all)) ORDER BY id DESC LIMIT \(limit)
            """
    }

    /// The disputes that began because the agreement of this one did not hold.
    static func following(_ id: CaseID, in transaction: any Transaction) throws -> [CaseID] {
        try transaction.query("SELECT id FROM disputes WHERE follows = \(id) ORDER BY id LIMIT 20").map {
            try $0.identifier(0)
        }
    }

    private static func record(_ row: Row) throws -> Dispute {
        Dispute(
            id: try row.identifier(0), kind: try row.text(1), area: AreaPrefix(try row.text(2)) ?? .everywhere,
            state: StateName(rawValue: try row.text(3)), level: try row.text(4),
            outcome: Dispute.Outcome(rawValue: try row.text(5)) ?? .open, beganAt: try row.instant(6),
            dueAt: try row.instantIfAny(7), endedAt: try row.instantIfAny(8), endBy: try row.instant(9),
            origin: try row.identifierIfAny(10), follows: try row.identifierIfAny(11),
            mediator: try row.identifierIfAny(12), version: try row.int(13))
    }

    private static func count(_ one: Dispute, by change: Int, in transaction: any Transaction) throws {
        let area = one.area.part(12) ?? one.area.code
        try transaction.execute(
            """
            INSERT INTO dispute_figures (area, day, kind, level, outcome, total)
            VALUES (\(area), \(one.countedOn), \(one.kind), \(one.level), \(one.outcome.rawValue), \(change))
            ON CONFLICT (area, day, kind, level, outcome)
                DO UPDATE SET total = dispute_figures.total + excluded.total
            """)
    }
}

/// What a list of disputes shows.
struct DisputeFilter: Sendable, Hashable {
    var outcome: Dispute.Outcome?
    var kind: String?
    var after: CaseID?
}

extension AreaPrefix {
    /// The first so many digits; nil for wider areas.
    func part(_ digits: Int) -> String? { code.utf8.count >= digits ? String(code.prefix(digits)) : nil }
}
