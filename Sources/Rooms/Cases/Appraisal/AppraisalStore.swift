import Desk
import Ground
import Storage

/// What stands behind the figures of a department: lists, each served by one index.
enum AppraisalStore {
    static let reportIn = "report-in"
    /// A period holds no more; giving back is rare by nature.
    static let mostGivenBack = 20_000

    static let migrations = [
        Migration(
            "cases.0040-appraisals",
            """
            CREATE INDEX cases_by_body_final ON cases (body, final_due_at, id)
            WHERE body IS NOT NULL AND final_due_at IS NOT NULL
            """,
            """
            CREATE INDEX case_steps_given_back ON case_steps (at, staff_body)
            WHERE act IN ('return', 'contest-whistle')
            """)
    ]

    /// The same matters as ``Outcome`` counts, told to the database.
    static func matters(
        _ figure: MatterFigure, of body: BodyID, _ days: ClosedRange<Day>, _ rates: RateRules, for scope: Scope,
        after: (due: Instant, id: CaseID)?, limit: Int
    ) -> SQL {
        let from = Instant(LocalTime(day: days.lowerBound))
        let until = Instant(LocalTime(day: days.upperBound + 1))
        var conditions: [SQL] = [
            "body = \(body)", "final_due_at >= \(from) AND final_due_at < \(until)", "kind = 'matter'",
            "joined_to IS NULL", CaseFilter.visibility(scope, narrowing: false), counts(figure, rates),
        ]
        if let after { conditions.append("(final_due_at, id) > (\(after.due), \(after.id))") }
        return """
            SELECT \(trusted: CaseStore.columns) FROM cases WHERE \(SQL.all(conditions))
            ORDER BY final_due_at, id LIMIT \(limit)
            """
    }

    private static func counts(_ figure: MatterFigure, _ rates: RateRules) -> SQL {
        let pleased = (1...5).filter { rates.halves(ofSatisfaction: $0) > 0 }
        switch figure {
        case .due: return "NOT is_excluded"
        case .closed: return "NOT is_excluded AND ended_at IS NOT NULL"
        case .closedOnTime:
            return "NOT is_excluded AND ended_at IS NOT NULL AND COALESCE(finished_at, ended_at) <= final_due_at"
        case .contactedInTime: return "NOT is_excluded AND contacted_in_time"
        case .followedUp: return "NOT is_excluded AND is_solved IS NOT NULL AND satisfaction IS NOT NULL"
        case .solved: return "NOT is_excluded AND is_solved AND satisfaction IS NOT NULL"
        case .satisfied:
            return "NOT is_excluded AND is_solved IS NOT NULL AND satisfaction IN (\(list: pleased.map { Int64($0) }))"
        case .excluded: return "is_excluded"
        }
    }

    static func givenBackQuery(_ days: ClosedRange<Day>, _ body: BodyID?, for scope: Scope) -> SQL {
        let from = Instant(LocalTime(day: days.lowerBound))
        let until = Instant(LocalTime(day: days.upperBound + 1))
        var conditions: [SQL] = [
            "s.act IN ('return', 'contest-whistle')", "s.at >= \(from) AND s.at < \(until)",
        ]
        if let body {
            conditions.append("s.staff_body = \(body)")
        } else {
            conditions.append("s.staff_body IS NOT NULL")
        }
        // What a department gave back stays in its record, whoever has the matter by now.
        if scope.line == nil, scope.area.level <= .county {
            conditions.append(scope.area.condition(on: "c.area"))
        } else {
            conditions.append("s.staff_body = \(scope.body)")
        }
        return """
            SELECT s.case_id, c.number, s.staff_body, s.at, c.body, s.version,
                (SELECT COUNT(*) FROM case_steps r WHERE r.case_id = s.case_id AND r.version > s.version
                    AND ((r.act = 'rule' AND r.given_to = s.staff_body) OR r.act = 'uphold-whistle'))
            FROM case_steps s JOIN cases c ON c.id = s.case_id
            WHERE \(SQL.all(conditions)) ORDER BY s.at, s.case_id, s.version LIMIT \(mostGivenBack)
            """
    }

    static func givenBack(
        _ days: ClosedRange<Day>, _ body: BodyID?, for scope: Scope, in transaction: any Transaction
    ) throws -> [GivenBack] {
        try transaction.query(givenBackQuery(days, body, for: scope)).map { row in
            let matter: CaseID = try row.identifier(0)
            let body: BodyID? = try row.identifierIfAny(4)
            return GivenBack(
                matter: matter, number: try row.text(1), body: try row.identifier(2), at: try row.instant(3),
                isRuledItsOwn: try row.int(6) > 0, mayOpen: scope.line == nil || body == scope.body,
                key: "\(matter)-\(try row.int(5))")
        }
    }
}
