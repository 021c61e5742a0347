import Desk
import Ground
import Storage

/// How many matters are open, by area, body, kind and the day on which they are due: maintained with every act, so a wall
/// costs the same whether ten thousand or ten million matters were ever reported.
enum OpenCountStore {
    /// The day of matters that are open without a deadline: after every other.
    static let undated: Int64 = 1_000_000

    static let migrations = [
        Migration(
            "cases.0022-open-counts",
            """
            CREATE TABLE case_open_counts (
                area TEXT NOT NULL,
                body TEXT NOT NULL,
                kind TEXT NOT NULL,
                is_sensed BOOLEAN NOT NULL,
                due_day BIGINT NOT NULL,
                total BIGINT NOT NULL,
                PRIMARY KEY (area, due_day, kind, body, is_sensed)
            )
            """,
            "CREATE INDEX case_open_counts_by_body ON case_open_counts (body, due_day)",
            "CREATE INDEX case_open_counts_empty ON case_open_counts (due_day) WHERE total = 0",
            // 28,800,000 ms: the day is that of Beijing.
            """
            INSERT INTO case_open_counts (area, body, kind, is_sensed, due_day, total)
            SELECT COALESCE(community, area), COALESCE(body, ''), kind, kind = 'matter' AND channel = 'sensor',
                COALESCE((due_at + 28800000) / 86400000, 1000000), COUNT(*)
            FROM cases WHERE ended_at IS NULL GROUP BY 1, 2, 3, 4, 5
            """,
            // The lists that the figures lead to: only what is open, so their size is that of the work, not of the past.
            // Of the whole county, `cases_by_due` serves: most of what is due is a resident's matter.
            """
            CREATE INDEX cases_open_by_street ON cases (street, due_at, id)
            WHERE ended_at IS NULL AND kind = 'matter'
            """,
            "CREATE INDEX cases_open_others ON cases (kind, due_at, id) WHERE ended_at IS NULL AND kind <> 'matter'",
            """
            CREATE INDEX cases_open_sensed ON cases (due_at, id)
            WHERE ended_at IS NULL AND kind = 'matter' AND channel = 'sensor'
            """,
            "CREATE INDEX cases_open_undated ON cases (id) WHERE ended_at IS NULL AND due_at IS NULL")
    ]

    private struct Place: Hashable {
        var area: String
        var body: String
        var kind: String
        var isSensed: Bool
        var dueDay: Int64

        /// - Returns: nil for what has ended, which is counted nowhere.
        init?(_ record: CaseRecord?) {
            guard let record, record.endedAt == nil else { return nil }
            area = record.area.community ?? record.area.code
            body = record.body?.text ?? ""
            kind = record.kind
            isSensed = record.kind == Workflow.matter && record.channel == .sensor
            dueDay = record.due?.at.local().day.number ?? OpenCountStore.undated
        }
    }

    /// Moves a matter from where it was counted to where it counts now.
    static func move(from before: CaseRecord?, to after: CaseRecord?, in transaction: any Transaction)
        throws(DatabaseError)
    {
        let (old, new) = (Place(before), Place(after))
        guard old != new else { return }
        if let old { try add(-1, to: old, in: transaction) }
        if let new { try add(1, to: new, in: transaction) }
    }

    private static func add(_ change: Int64, to place: Place, in transaction: any Transaction) throws(DatabaseError) {
        try transaction.later(
            """
            INSERT INTO case_open_counts (area, body, kind, is_sensed, due_day, total)
            VALUES (\(place.area), \(place.body), \(place.kind), \(place.isSensed), \(place.dueDay), \(change))
            ON CONFLICT (area, due_day, kind, body, is_sensed)
                DO UPDATE SET total = case_open_counts.total + excluded.total
            """)
    }

    /// Days that are past and on which nothing is due any more are not kept.
    static func forgetEmpty(before day: Day, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM case_open_counts WHERE total = 0 AND due_day < \(day.number)")
    }

    // MARK: Reading

    struct Line {
        var area: AreaPrefix
        var kind: String
        var isSensed: Bool
        var pressure: OpenPressure
        var total: Int64
    }

    /// The maintained counts, by how the day they are due stands to today.
    static func countsQuery(_ area: AreaPrefix, for scope: Scope, at now: Instant) -> SQL {
        let today = now.local().day
        return """
            SELECT area, kind, is_sensed, CASE WHEN due_day < \(today.number) THEN 'overdue'
                WHEN due_day = \(today.number) THEN 'today' WHEN due_day <= \(today.endOfWeek.number) THEN 'week'
                WHEN due_day < \(undated) THEN 'later' ELSE 'undated' END AS pressure, CAST(SUM(total) AS BIGINT)
            FROM case_open_counts
            WHERE \(area.condition(on: "area")) AND \(ofBody(scope)) GROUP BY 1, 2, 3, 4
            """
    }

    /// What was due today and is overdue by now: no more than one day's work.
    static func sinceMidnightQuery(_ area: AreaPrefix, for scope: Scope, at now: Instant) -> SQL {
        let visible = SQL.all([
            CaseFilter.visibility(scope, narrowing: false), area.condition(on: "area"), "ended_at IS NULL",
        ])
        return """
            SELECT COALESCE(community, area), kind, kind = 'matter' AND channel = 'sensor', COUNT(*) FROM cases
            WHERE due_at >= \(now.startOfDay) AND due_at < \(now) AND \(visible) GROUP BY 1, 2, 3
            """
    }

    static func lines(_ area: AreaPrefix, for scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> [Line]
    {
        let answers = try transaction.queries([
            countsQuery(area, for: scope, at: now), sinceMidnightQuery(area, for: scope, at: now),
        ])
        var lines = try answers[0].map { row in
            Line(
                area: AreaPrefix(try row.text(0)) ?? .everywhere, kind: try row.text(1), isSensed: try row.bool(2),
                pressure: OpenPressure(rawValue: try row.text(3)) ?? .undated, total: try row.int(4))
        }
        for row in answers[1] {
            let place = AreaPrefix(try row.text(0)) ?? .everywhere
            let (kind, isSensed, count) = (try row.text(1), try row.bool(2), try row.int(3))
            lines.append(Line(area: place, kind: kind, isSensed: isSensed, pressure: .today, total: -count))
            lines.append(Line(area: place, kind: kind, isSensed: isSensed, pressure: .overdue, total: count))
        }
        return lines
    }

    /// A department's own matters; a body of an area has those of its area.
    private static func ofBody(_ scope: Scope) -> SQL {
        guard scope.line != nil else { return "TRUE" }
        return "body = \(scope.body)"
    }
}

extension CaseStore {
    /// Open matters, most pressing first; those without a deadline by their age.
    static func openQuery(_ question: OpenQuestion, for scope: Scope, at now: Instant) -> SQL {
        var conditions: [SQL] = ["ended_at IS NULL"]
        // Written out, not bound: an index of only these is found by these words.
        let isMatter = question.kind == Workflow.matter
        if isMatter {
            conditions.append("kind = 'matter'")
        } else {
            conditions += ["kind <> 'matter'", "kind = \(question.kind)"]
        }
        switch question.area.level {
        case .street: conditions.append("street = \(question.area.code)")
        case .community:
            conditions.append(
                "street = \(String(question.area.code.prefix(9))) AND community = \(question.area.code)")
        case .country, .province, .prefecture, .county, .grid: conditions.append(question.area.condition(on: "area"))
        }
        // Beyond its area, which the caller has cut to the scope, a department sees only what it was given. Never by the
        // index of bodies: that one holds all that a body ever had.
        if scope.line != nil { conditions.append("body || '' = \(scope.body)") }
        if question.isSensed { conditions.append("channel = 'sensor'") }
        if question.isUnplaced { conditions.append("area = \(question.area.code)") }
        if let pressure = question.pressure { conditions.append(pressure.condition(at: now)) }
        if let after = question.after {
            conditions.append(
                after.due.map { "(due_at, id) > (\($0), \(after.id))" } ?? "due_at IS NULL AND id > \(after.id)")
        }
        let isDated = question.pressure != .undated
        if isDated { conditions.append("due_at IS NOT NULL") }
        let order: SQL = isDated ? "due_at, id" : "id"
        return """
            SELECT \(openColumns) FROM cases WHERE \(SQL.all(conditions)) ORDER BY \(order) LIMIT \(question.limit)
            """
    }
}

extension OpenPressure {
    fileprivate func condition(at now: Instant) -> SQL {
        let today = now.local().day
        let tomorrow = Instant(LocalTime(day: today + 1))
        let nextWeek = Instant(LocalTime(day: today.endOfWeek + 1))
        return switch self {
        case .overdue: "due_at < \(now)"
        case .today: "due_at >= \(now) AND due_at < \(tomorrow)"
        case .week: "due_at >= \(tomorrow) AND due_at < \(nextWeek)"
        case .later: "due_at >= \(max(tomorrow, nextWeek))"
        case .undated: "due_at IS NULL"
        }
    }
}

extension Day {
    /// The Sunday of its week, which begins on Monday.
    var endOfWeek: Day { self + (7 - weekday) }
}
