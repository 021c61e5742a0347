import Cases
import Desk
import Ground
import Storage

/// Plans, checks and proposals. Whoever reads a list gives a scope.
enum PatrolStore {
    // MARK: Plans

    private static let planColumns: StaticString = """
        id, origin, origin_key, title_zh, title_en, look_zh, look_en, area, place, category, role, every_days, next_on,
        until, made_by_body, at
        """

    /// - Returns: false when one of the same origin is already there.
    @discardableResult
    static func insert(_ plan: PatrolPlan, in transaction: any Transaction) throws(DatabaseError) -> Bool {
        try transaction.execute(insertion(of: plan)) == 1
    }

    static func insertion(of plan: PatrolPlan) -> SQL {
        """
        INSERT INTO patrol_plans (id, origin, origin_key, title_zh, title_en, look_zh, look_en, area, place, category,
            role, every_days, next_on, until, is_active, made_by_body, at)
        VALUES (\(plan.id), \(plan.origin.rawValue), \(plan.originKey), \(plan.title.chinese), \(plan.title.english),
            \(plan.look.chinese), \(plan.look.english), \(plan.area.code), \(plan.place), \(plan.category), \(plan.role),
            \(plan.everyDays), \(plan.nextOn.number), \(plan.until?.number), \(true), \(plan.madeByBody), \(plan.at))
        ON CONFLICT (origin, origin_key) DO NOTHING
        """
    }

    static func plan(_ id: Identifier<PatrolPlan>, in transaction: any Transaction) throws -> PatrolPlan? {
        try transaction.first("SELECT \(trusted: planColumns) FROM patrol_plans WHERE id = \(id)").map(plan)
    }

    /// Plans of the scope's area, by area.
    static func plans(for scope: Scope, after: String?, limit: Int, in transaction: any Transaction) throws
        -> [PatrolPlan]
    {
        let key = after?.split(separator: "-", maxSplits: 1).map(String.init)
        let from: SQL =
            key.flatMap { $0.count == 2 ? "(area, id) > (\($0[0]), \($0[1]))" : nil } ?? "TRUE"
        return try transaction.query(
            """
            SELECT \(trusted: planColumns) FROM patrol_plans
            WHERE is_active AND \(scope.area.condition(on: "area")) AND \(from) ORDER BY area, id LIMIT \(limit)
            """
        ).map(plan)
    }

    /// Plans of which a check falls due.
    static func due(on day: Day, limit: Int, in transaction: any Transaction) throws -> [PatrolPlan] {
        try transaction.query(
            """
            SELECT \(trusted: planColumns) FROM patrol_plans
            WHERE is_active AND next_on <= \(day.number) ORDER BY next_on, id LIMIT \(limit)
            """
        ).map(plan)
    }

    static func setNext(_ day: Day?, of plan: Identifier<PatrolPlan>, in transaction: any Transaction)
        throws(DatabaseError)
    {
        if let day {
            try transaction.later("UPDATE patrol_plans SET next_on = \(day.number) WHERE id = \(plan)")
        } else {
            try transaction.later("UPDATE patrol_plans SET is_active = \(false) WHERE id = \(plan)")
        }
    }

    private static func plan(_ row: Row) throws -> PatrolPlan {
        PatrolPlan(
            id: try row.identifier(0), origin: PatrolPlan.Origin(rawValue: try row.text(1)) ?? .made,
            originKey: try row.text(2), title: LocalizedText(try row.text(3), try row.text(4)),
            look: LocalizedText(try row.text(5), try row.text(6)), area: AreaPrefix(try row.text(7)) ?? .everywhere,
            place: try row.textIfAny(8), category: try row.textIfAny(9), role: try row.textIfAny(10),
            everyDays: Int(try row.int(11)), nextOn: Day(number: try row.int(12)),
            until: try row.intIfAny(13).map { Day(number: $0) }, madeByBody: try row.identifierIfAny(14),
            at: try row.instant(15))
    }

    // MARK: Checks

    static func insert(_ check: PatrolCheck, in transaction: any Transaction) throws(DatabaseError) {
        try transaction.later(
            """
            INSERT INTO patrol_checks (id, plan, area, category, due_on, outcome, done_on, case_id)
            VALUES (\(check.id), \(check.plan), \(check.area.code), \(check.category), \(check.dueOn.number), NULL, NULL,
                NULL)
            ON CONFLICT (plan, due_on) DO NOTHING
            """)
    }

    static func check(_ id: Identifier<PatrolCheck>, in transaction: any Transaction) throws -> PatrolCheck? {
        try transaction.first("SELECT id, plan, area, category, due_on, outcome FROM patrol_checks WHERE id = \(id)")
            .map(check)
    }

    /// What is due on the scope's stretch: its own area and below it, and the areas around it, oldest first.
    static func open(for scope: Scope, limit: Int, in transaction: any Transaction) throws -> [DueCheck] {
        let around = [9, 12].filter { $0 < scope.area.code.utf8.count }.map { String(scope.area.code.prefix($0)) }
        let areas: SQL =
            around.isEmpty
            ? scope.area.condition(on: "c.area")
            : "(\(scope.area.condition(on: "c.area"))) OR c.area IN (\(list: around))"
        return try transaction.query(
            """
            SELECT c.id, c.plan, c.area, c.category, c.due_on, c.outcome, p.title_zh, p.title_en, p.look_zh, p.look_en,
                p.place
            FROM patrol_checks c JOIN patrol_plans p ON p.id = c.plan
            WHERE c.outcome IS NULL AND (\(areas)) AND (p.role IS NULL OR p.role = \(scope.role))
            ORDER BY c.due_on, c.id LIMIT \(limit)
            """
        ).map { row in
            DueCheck(
                check: try check(row), title: LocalizedText(try row.text(6), try row.text(7)),
                look: LocalizedText(try row.text(8), try row.text(9)), place: try row.textIfAny(10))
        }
    }

    struct DueCheck: Sendable {
        var check: PatrolCheck
        var title: LocalizedText
        var look: LocalizedText
        var place: String?
    }

    /// Open checks of a plan: for the one after them.
    static func pass(openOf plan: Identifier<PatrolPlan>, in transaction: any Transaction) throws(DatabaseError) {
        try transaction.later(
            """
            UPDATE patrol_checks SET outcome = \(PatrolCheck.Outcome.passed.rawValue)
            WHERE plan = \(plan) AND outcome IS NULL
            """)
    }

    static func finish(
        _ check: PatrolCheck, _ outcome: PatrolCheck.Outcome, on day: Day, found: CaseID?,
        in transaction: any Transaction
    ) throws(DatabaseError) {
        try transaction.later(
            """
            UPDATE patrol_checks SET outcome = \(outcome.rawValue), done_on = \(day.number), case_id = \(found)
            WHERE id = \(check.id)
            """)
    }

    private static func check(_ row: Row) throws -> PatrolCheck {
        PatrolCheck(
            id: try row.identifier(0), plan: try row.identifier(1), area: AreaPrefix(try row.text(2)) ?? .everywhere,
            category: try row.textIfAny(3), dueOn: Day(number: try row.int(4)),
            outcome: try row.textIfAny(5).flatMap(PatrolCheck.Outcome.init))
    }

    // MARK: Proposals

    static func proposals(for scope: Scope, limit: Int, in transaction: any Transaction) throws -> [PatrolProposal] {
        try transaction.query(
            """
            SELECT id, area, category, matters, found_on FROM patrol_proposals
            WHERE state = 'open' AND \(scope.area.condition(on: "area")) ORDER BY area, id LIMIT \(limit)
            """
        ).map(proposal)
    }

    static func proposal(_ id: Identifier<PatrolProposal>, in transaction: any Transaction) throws -> PatrolProposal? {
        try transaction.first(
            "SELECT id, area, category, matters, found_on FROM patrol_proposals WHERE id = \(id) AND state = 'open'"
        ).map(proposal)
    }

    static func decide(
        _ id: Identifier<PatrolProposal>, plan: Identifier<PatrolPlan>?, in transaction: any Transaction
    ) throws(DatabaseError) {
        try transaction.later(
            """
            UPDATE patrol_proposals SET state = \(plan == nil ? "declined" : "adopted"), plan = \(plan) WHERE id = \(id)
            """)
    }

    private static func proposal(_ row: Row) throws -> PatrolProposal {
        PatrolProposal(
            id: try row.identifier(0), area: AreaPrefix(try row.text(1)) ?? .everywhere, category: try row.text(2),
            matters: Int(try row.int(3)), foundOn: Day(number: try row.int(4)))
    }
}
