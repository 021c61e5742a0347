import Desk
import Ground
import Storage

/// Rulings that hold as rules. A county has some dozens.
enum RoutingRuleStore {
    static let migrations = [
        Migration(
            "cases.0020-routing-rules",
            """
            CREATE TABLE case_routing_rules (
                id TEXT PRIMARY KEY,
                version BIGINT NOT NULL,
                category TEXT NOT NULL,
                area TEXT NOT NULL,
                words TEXT NOT NULL,
                body TEXT NOT NULL,
                case_id TEXT NOT NULL,
                number TEXT NOT NULL,
                ruled_at BIGINT NOT NULL,
                reason TEXT NOT NULL,
                from_day BIGINT NOT NULL,
                until_day BIGINT,
                adopted_by TEXT NOT NULL,
                adopted_at BIGINT NOT NULL,
                replaces TEXT,
                ended_at BIGINT,
                end_reason TEXT
            )
            """,
            "CREATE INDEX case_routing_rules_in_force ON case_routing_rules (category, id) WHERE ended_at IS NULL")
    ]

    /// More than this are no rules that anybody could keep in view.
    static let most = 2_000

    private static let columns: StaticString = """
        id, version, category, area, words, body, case_id, number, ruled_at, reason, from_day, until_day, adopted_by,
        adopted_at, replaces, ended_at, end_reason
        """

    static func insert(_ rule: RoutingRule, in transaction: any Transaction) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO case_routing_rules (id, version, category, area, words, body, case_id, number, ruled_at, reason,
                from_day, until_day, adopted_by, adopted_at, replaces)
            VALUES (\(rule.id), \(rule.version), \(rule.category), \(rule.area.code),
                \(rule.words.joined(separator: "\n")), \(rule.body), \(rule.matter), \(rule.number), \(rule.ruledAt),
                \(rule.reason), \(rule.from.number), \(rule.until?.number), \(rule.adoptedBy), \(rule.adoptedAt),
                \(rule.replaces))
            """)
    }

    static func find(_ id: Identifier<RoutingRule>, in transaction: any Transaction) throws -> RoutingRule? {
        try transaction.first("SELECT \(trusted: columns) FROM case_routing_rules WHERE id = \(id)").map(rule)
    }

    /// Those that may decide a leaf: written for it or for one of the branches above.
    static func inForce(for category: String, in transaction: any Transaction) throws -> [RoutingRule] {
        try transaction.query(inForceQuery(for: category)).map(rule)
    }

    static func inForceQuery(for category: String) -> SQL {
        let above = [2, 4, 6].filter { $0 <= category.utf8.count }.map { String(category.prefix($0)) }
        return """
            SELECT \(trusted: columns) FROM case_routing_rules
            WHERE category IN (\(list: above)) AND ended_at IS NULL ORDER BY category, id LIMIT \(most)
            """
    }

    static func inForce(in transaction: any Transaction) throws -> [RoutingRule] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM case_routing_rules WHERE ended_at IS NULL ORDER BY category, id LIMIT \(most)
            """
        ).map(rule)
    }

    /// The latest adopted first, ended ones too.
    static func page(after: Identifier<RoutingRule>?, limit: Int, in transaction: any Transaction) throws
        -> [RoutingRule]
    {
        let condition: SQL
        if let after { condition = "id < \(after)" } else { condition = "TRUE" }
        return try transaction.query(
            "SELECT \(trusted: columns) FROM case_routing_rules WHERE \(condition) ORDER BY id DESC LIMIT \(limit)"
        ).map(rule)
    }

    static func end(
        _ id: Identifier<RoutingRule>, reason: String, at now: Instant, in transaction: any Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            UPDATE case_routing_rules SET ended_at = \(now), end_reason = \(reason)
            WHERE id = \(id) AND ended_at IS NULL
            """)
    }

    static func revive(_ id: Identifier<RoutingRule>, in transaction: any Transaction) throws(DatabaseError) {
        try transaction.execute(
            "UPDATE case_routing_rules SET ended_at = NULL, end_reason = NULL WHERE id = \(id)")
    }

    private static func rule(_ row: Row) throws -> RoutingRule {
        RoutingRule(
            id: try row.identifier(0), version: Int(try row.int(1)), category: try row.text(2),
            area: AreaPrefix(try row.text(3)) ?? .everywhere,
            words: try row.text(4).split(separator: "\n").map(String.init), body: try row.identifier(5),
            matter: try row.identifier(6), number: try row.text(7), ruledAt: try row.instant(8),
            reason: try row.text(9), from: Day(number: try row.int(10)),
            until: try row.intIfAny(11).map { Day(number: $0) }, adoptedBy: try row.identifier(12),
            adoptedAt: try row.instant(13), replaces: try row.identifierIfAny(14), endedAt: try row.instantIfAny(15),
            endReason: try row.textIfAny(16))
    }

    // MARK: What it would have changed

    /// No further back than this is anything counted or listed.
    static let looksBack = Span.days(90)

    /// Matters of the last while that went to another body than the rule says, newest first.
    static func changed(
        by rule: RoutingRule, leaves: [String], at now: Instant, for scope: Scope, after: CaseID?, limit: Int,
        in transaction: any Transaction
    ) throws -> [CaseRecord] {
        guard
            let query = changedQuery(
                CaseStore.columns, by: rule, leaves: leaves, at: now, for: scope, after: after, limit: limit)
        else { return [] }
        return try transaction.query(query).map(CaseStore.record)
    }

    static func changedCount(
        by rule: RoutingRule, leaves: [String], at now: Instant, for scope: Scope, most: Int,
        in transaction: any Transaction
    ) throws -> Int {
        guard
            let query = changedQuery(
                "id", by: rule, leaves: leaves, at: now, for: scope, after: nil, limit: most)
        else { return 0 }
        let row = try transaction.first("SELECT COUNT(*) FROM (\(query)) AS changed")
        return Int(try row?.int(0) ?? 0)
    }

    /// The index is by category and id, and ids begin with the time: each leaf gives its newest, and the newest of those
    /// are the page.
    static func changedQuery(
        _ columns: StaticString, by rule: RoutingRule, leaves: [String], at now: Instant, for scope: Scope,
        after: CaseID?, limit: Int
    ) -> SQL? {
        guard !leaves.isEmpty else { return nil }
        let oldest: CaseID = IdentifierSource.lowest(at: now - looksBack)
        var conditions: [SQL] = [
            CaseFilter.visibility(scope, narrowing: false), rule.area.condition(on: "area"),
            "kind = \(Workflow.matter)", "body IS NOT NULL", "body || '' <> \(rule.body)",
        ]
        if !rule.words.isEmpty {
            let any = rule.words.map { word -> SQL in
                let pattern = "%" + escaped(word) + "%"
                return "title LIKE \(pattern) ESCAPE '!' OR detail LIKE \(pattern) ESCAPE '!'"
            }
            let joined = any.dropFirst().reduce(any[0]) { "\($0) OR \($1)" }
            conditions.append("(\(joined))")
        }
        let common = SQL.all(conditions)
        let key: SQL
        if let after { key = "id >= \(oldest) AND id < \(after)" } else { key = "id >= \(oldest)" }
        let newest = leaves.map { leaf -> SQL in
            """
            SELECT id FROM (SELECT id FROM cases WHERE category = \(leaf) AND \(key) AND \(common)
                            ORDER BY id DESC LIMIT \(limit)) AS newest
            """
        }
        let all = newest.dropFirst().reduce(newest[0]) { "\($0) UNION ALL \($1)" }
        return "SELECT \(trusted: columns) FROM cases WHERE id IN (\(all)) ORDER BY id DESC LIMIT \(limit)"
    }

    private static func escaped(_ word: String) -> String {
        word.reduce(into: "") { text, character in
            if character == "%" || character == "_" || character == "!" { text.append("!") }
            text.append(character)
        }
    }
}
