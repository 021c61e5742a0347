import Desk
import Ground
import Storage

enum DemandStore {
    private static let columns: StaticString =
        "id, number, body, body_name, line, sender, filed_at, stage, content, terms, answer, due_at, decider, appeals, version"

    /// The next number of a series of a year: 准入2026-0007.
    static func number(_ prefix: String, year: Int, in transaction: any Transaction) throws -> String {
        let series = "\(prefix)\(year)"
        let rows = try transaction.query(
            """
            INSERT INTO mandate_numbers (series, last) VALUES (\(series), 1)
            ON CONFLICT (series) DO UPDATE SET last = mandate_numbers.last + 1 RETURNING last
            """)
        let digits = String(try rows[0].int(0))
        return series + "-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    static func insert(_ demand: Demand, _ areas: [AreaPrefix], in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO demands (\(trusted: columns), kind, title, area, begins_on, ends_on)
            VALUES (\(demand.id), \(demand.number), \(demand.body), \(demand.bodyName), \(demand.line),
                    \(demand.sender), \(demand.filedAt), \(demand.stage.rawValue), \(try encoded(demand.content)),
                    \(try encoded(demand.terms)), \(try encoded(demand.answer)), \(demand.dueAt), \(demand.decider),
                    \(demand.appeals), \(demand.version), \(demand.content.kind.rawValue), \(demand.content.title),
                    \(demand.terms.area), \(demand.terms.from), \(demand.terms.until))
            """)
        try transaction.batch(
            areas.map { "INSERT INTO demand_hearings (demand, area, words) VALUES (\(demand.id), \($0.code), '')" })
    }

    /// - Returns: false when it changed since it was read.
    static func update(_ demand: inout Demand, in transaction: any Transaction) throws -> Bool {
        let seen = demand.version
        demand.version += 1
        return try transaction.execute(
            """
            UPDATE demands SET stage = \(demand.stage.rawValue), terms = \(try encoded(demand.terms)),
                due_at = \(demand.dueAt), decider = \(demand.decider), appeals = \(demand.appeals),
                version = \(demand.version), begins_on = \(demand.terms.from), ends_on = \(demand.terms.until)
            WHERE id = \(demand.id) AND version = \(seen)
            """) == 1
    }

    static func noteWithdrawal(_ id: DemandID, on day: Day, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE demands SET withdrawn_on = \(day) WHERE id = \(id)")
    }

    /// Whoever stands at the county or in the sending body sees a demand; a street those on which it is heard.
    static func visible(_ scope: Scope) -> SQL {
        // A department's area is the whole county, but what others ask for is none of its business.
        if scope.line != nil { return "body = \(scope.body)" }
        if scope.area.level <= .county { return "TRUE" }
        let street = String(scope.area.code.prefix(9))
        return """
            (body = \(scope.body) OR EXISTS (
                SELECT 1 FROM demand_hearings h WHERE h.demand = demands.id AND h.area = \(street)))
            """
    }

    static func find(_ id: DemandID, for scope: Scope, in transaction: any Transaction) throws -> Demand? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM demands WHERE id = \(id) AND \(visible(scope))"
        ).map(demand)
    }

    static func numbered(_ number: String, in transaction: any Transaction) throws -> Demand? {
        try transaction.first("SELECT \(trusted: columns) FROM demands WHERE number = \(number)").map(demand)
    }

    static func demand(_ id: DemandID, in transaction: any Transaction) throws -> Demand? {
        try transaction.first("SELECT \(trusted: columns) FROM demands WHERE id = \(id)").map(demand)
    }

    /// Whether it counts towards the cap of its year: what was taken back before it began was never sent, what was taken back
    /// after is not made undone by that.
    static let isCounted: SQL = """
        (stage NOT IN ('refused', 'withdrawn') OR stage = 'withdrawn' AND withdrawn_on >= begins_on)
        """

    /// Numbers of admissions, and of contracts that came of them, that count as a kind.
    static func counted(_ numbers: [String], as kind: DemandKind, in transaction: any Transaction) throws -> [String] {
        guard !numbers.isEmpty else { return [] }
        return try transaction.query(
            """
            SELECT number FROM demands
            WHERE number IN (\(list: numbers)) AND kind = \(kind.rawValue) AND \(isCounted)
            UNION ALL
            SELECT number FROM contracts
            WHERE number IN (\(list: numbers))
                AND demand IN (SELECT id FROM demands WHERE kind = \(kind.rawValue) AND \(isCounted))
            """
        ).map { try $0.text(0) }
    }

    static func page(
        for scope: Scope, stages: [DemandStage], after: String?, limit: Int, in transaction: any Transaction
    ) throws -> [Demand] {
        let before = after ?? afterAll
        let isWanted: SQL = stages.isEmpty ? "TRUE" : "stage IN (\(list: stages.map(\.rawValue)))"
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM demands WHERE id < \(before) AND \(isWanted) AND \(visible(scope))
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(demand)
    }

    /// Demands that are admitted or on their way: of what a new one may be a duplicate, and what makes load.
    static func alive(_ stages: [DemandStage], limit: Int, in transaction: any Transaction) throws -> [Demand] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM demands WHERE stage IN (\(list: stages.map(\.rawValue)))
            ORDER BY stage, id LIMIT \(limit)
            """
        ).map(demand)
    }

    /// Demands that were admitted, over by now or not, whose period touches these days.
    static func admitted(from: Day, until: Day, limit: Int, in transaction: any Transaction) throws -> [Demand] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM demands
            WHERE stage IN ('admitted', 'expired') AND begins_on <= \(until) AND ends_on >= \(from)
            ORDER BY stage, id LIMIT \(limit)
            """
        ).map(demand)
    }

    /// How many of some kinds a department has sent in the year of a day, or has on the way.
    static func sent(_ kinds: [DemandKind], by line: String?, inYearOf day: Day, in transaction: any Transaction) throws
        -> Int64
    {
        guard let line else { return 0 }
        let (from, until) = year(day.parts.year)
        return try transaction.first(
            """
            SELECT COUNT(*) FROM demands
            WHERE line = \(line) AND kind IN (\(list: kinds.map(\.rawValue))) AND filed_at >= \(from)
                AND filed_at < \(until) AND \(isCounted)
            """)?.int(0) ?? 0
    }

    private static func year(_ year: Int) -> (from: Instant, until: Instant) {
        func first(_ year: Int) -> Instant {
            Instant(LocalTime(day: Day(year: year, month: 1, day: 1) ?? Day(number: 0)))
        }
        return (first(year), first(year + 1))
    }

    /// One demand of a year, as its totals need it.
    struct Counted: Sendable {
        var line: String?
        var kind: DemandKind
        var month: Int
        var stage: DemandStage
        /// Towards the cap.
        var counts: Bool
        var minutes: Int64
    }

    /// - Parameters:
    ///   - street: only what this street was heard on.
    ///   - body: only what this body sent.
    static func ofYear(
        _ year: Int, heardIn street: AreaPrefix? = nil, by body: BodyID? = nil, for scope: Scope,
        in transaction: any Transaction
    ) throws -> [Counted] {
        let (from, until) = self.year(year)
        let isHeard: SQL =
            street.map {
                "EXISTS (SELECT 1 FROM demand_hearings w WHERE w.demand = demands.id AND w.area = \($0.code))"
            } ?? "TRUE"
        let isSender: SQL = body.map { "body = \($0)" } ?? "TRUE"
        return try transaction.query(
            """
            SELECT line, kind, filed_at, stage, answer, CASE WHEN \(isCounted) THEN 1 ELSE 0 END FROM demands
            WHERE filed_at >= \(from) AND filed_at < \(until) AND \(isHeard) AND \(isSender) AND \(visible(scope))
            ORDER BY filed_at LIMIT 20000
            """
        ).compactMap { row in
            guard let kind = DemandKind(rawValue: try row.text(1)), let stage = DemandStage(rawValue: try row.text(3))
            else { return nil }
            let answer: GateAnswer = try decoded(row.text(4))
            return Counted(
                line: try row.textIfAny(0), kind: kind, month: try row.instant(2).local().day.parts.month, stage: stage,
                counts: try row.int(5) == 1, minutes: answer.load?.minutes ?? 0)
        }
    }

    /// What was admitted at some time and whose period reaches into the days: the newest first.
    static func inForce(
        _ days: ClosedRange<Day>, for scope: Scope, limit: Int, in transaction: any Transaction
    ) throws -> [Demand] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM demands
            WHERE stage IN ('admitted', 'expired', 'cut', 'withdrawn') AND begins_on <= \(days.upperBound)
                AND ends_on >= \(days.lowerBound) AND \(visible(scope))
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(demand)
    }

    /// What a body asked for in a time, whatever became of it: the oldest first.
    static func asked(
        by body: BodyID, from: Instant, until: Instant, for scope: Scope, limit: Int, in transaction: any Transaction
    ) throws -> [Demand] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM demands
            WHERE body = \(body) AND filed_at >= \(from) AND filed_at < \(until) AND \(visible(scope))
            ORDER BY filed_at, id LIMIT \(limit)
            """
        ).map(demand)
    }

    /// How many streets agreed, objected or said nothing (nil), by demand.
    static func hearingCounts(
        of demands: [DemandID], in transaction: any Transaction
    ) throws -> [DemandID: [Hearing.Answer?: Int64]] {
        var counts: [DemandID: [Hearing.Answer?: Int64]] = [:]
        for start in stride(from: 0, to: demands.count, by: 500) {
            let some = demands[start..<min(start + 500, demands.count)].map(\.text)
            for row in try transaction.query(
                """
                SELECT demand, answer, COUNT(*) FROM demand_hearings WHERE demand IN (\(list: some))
                GROUP BY demand, answer
                """)
            {
                let answer = try row.textIfAny(1).flatMap(Hearing.Answer.init(rawValue:))
                counts[try row.identifier(0), default: [:]][answer, default: 0] += try row.int(2)
            }
        }
        return counts
    }

    static func due(at now: Instant, in transaction: any Transaction) throws -> [Demand] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM demands WHERE due_at IS NOT NULL AND due_at < \(now)
            ORDER BY due_at LIMIT 200
            """
        ).map(demand)
    }

    static func hearings(of id: DemandID, in transaction: any Transaction) throws -> [Hearing] {
        try transaction.query(
            """
            SELECT area, answer, words, at, post FROM demand_hearings WHERE demand = \(id) ORDER BY area LIMIT 1000
            """
        ).map { row in
            Hearing(
                area: AreaPrefix(try row.text(0)) ?? .everywhere,
                answer: try row.textIfAny(1).flatMap(Hearing.Answer.init(rawValue:)), words: try row.text(2),
                at: try row.instantIfAny(3), post: try row.identifierIfAny(4))
        }
    }

    static func hear(_ hearing: Hearing, of id: DemandID, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE demand_hearings SET answer = \(hearing.answer?.rawValue), words = \(hearing.words),
                at = \(hearing.at), post = \(hearing.post)
            WHERE demand = \(id) AND area = \(hearing.area.code)
            """)
    }

    private static func demand(_ row: Row) throws -> Demand {
        Demand(
            id: try row.identifier(0), number: try row.text(1), content: try decoded(row.text(8)),
            body: try row.identifier(2), bodyName: try row.text(3), line: try row.textIfAny(4),
            sender: try row.identifier(5), filedAt: try row.instant(6),
            stage: DemandStage(rawValue: try row.text(7)) ?? .withdrawn, answer: try decoded(row.text(10)),
            terms: try decoded(row.text(9)), dueAt: try row.instantIfAny(11), decider: try row.identifierIfAny(12),
            appeals: try row.int(13), version: try row.int(14))
    }
}
