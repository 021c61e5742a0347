import Desk
import Ground
import Storage

/// 预警: more came in of one kind at one place than is usual there.
struct EarlyWarning: Sendable {
    enum State: String, Sendable, CaseIterable {
        /// Nobody has said yet what to do.
        case open
        /// A look was arranged.
        case planned
        /// Somebody knows why, and that no look is needed.
        case dismissed
        /// Its time is over.
        case past
    }

    /// What came after it.
    enum Outcome: String, Sendable, CaseIterable {
        case came, calm
    }

    var id: Identifier<EarlyWarning>
    var area: AreaPrefix
    var category: String
    var raisedOn: Day
    /// How many days were summed.
    var window: Int
    var seen: Int
    var expected: Double
    /// What more than which counts as having come, in the days after.
    var usualAfter: Int
    var state: State
    var note: String?
    var outcome: Outcome?
}

enum WarningStore {
    static let migrations = [
        Migration(
            "warnings.0001-warnings",
            """
            CREATE TABLE early_warnings (
                id TEXT PRIMARY KEY,
                area TEXT NOT NULL,
                category TEXT NOT NULL,
                raised_on BIGINT NOT NULL,
                window_days BIGINT NOT NULL,
                seen BIGINT NOT NULL,
                expected DOUBLE PRECISION NOT NULL,
                usual_after BIGINT NOT NULL,
                state TEXT NOT NULL,
                note TEXT,
                plan TEXT,
                outcome TEXT
            )
            """,
            "CREATE UNIQUE INDEX early_warnings_by_place ON early_warnings (area, category, raised_on)",
            "CREATE INDEX early_warnings_by_state ON early_warnings (state, area, id)",
            "CREATE INDEX early_warnings_to_judge ON early_warnings (raised_on) WHERE outcome IS NULL",
            """
            CREATE TABLE warning_forecasts (
                street TEXT NOT NULL,
                category TEXT NOT NULL,
                made_on BIGINT NOT NULL,
                expected DOUBLE PRECISION NOT NULL,
                low BIGINT NOT NULL,
                high BIGINT NOT NULL,
                PRIMARY KEY (street, category)
            )
            """,
            """
            CREATE TABLE warning_trials (
                county TEXT PRIMARY KEY,
                made_on BIGINT NOT NULL,
                watched BIGINT NOT NULL,
                warned BIGINT NOT NULL,
                judged BIGINT NOT NULL,
                calm BIGINT NOT NULL,
                forecast BIGINT NOT NULL,
                held BIGINT NOT NULL
            )
            """),
        Migration(
            "warnings.0002-days",
            // What stood on a day, for the map.
            "CREATE INDEX early_warnings_by_day ON early_warnings (raised_on, area, id)"),
    ]

    static let columns: StaticString =
        "id, area, category, raised_on, window_days, seen, expected, usual_after, state, note, outcome"

    // MARK: Warnings

    /// - Returns: false when the same was warned of that day, by another server or before.
    static func insert(_ warning: EarlyWarning, in transaction: any Transaction) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            INSERT INTO early_warnings (id, area, category, raised_on, window_days, seen, expected, usual_after, state)
            VALUES (\(warning.id), \(warning.area.code), \(warning.category), \(warning.raisedOn.number),
                \(warning.window), \(warning.seen), \(warning.expected), \(warning.usualAfter),
                \(warning.state.rawValue))
            ON CONFLICT (area, category, raised_on) DO NOTHING
            """) == 1
    }

    /// What was warned of since a day, by place and kind.
    static func warned(since day: Day, in transaction: any Transaction) throws -> Set<DailySeries.Key> {
        Set(
            try transaction.query(
                "SELECT area, category FROM early_warnings WHERE raised_on > \(day.number) LIMIT 100000"
            ).map { DailySeries.Key(area: try $0.text(0), category: try $0.text(1)) })
    }

    /// Of one state, by place; departments see the figures of no place.
    static func list(
        _ state: EarlyWarning.State, for scope: Scope, after: String?, limit: Int, in transaction: any Transaction
    ) throws -> [EarlyWarning] {
        guard scope.line == nil else { return [] }
        return try transaction.query(listQuery(state, for: scope, after: after, limit: limit)).map(warning)
    }

    static func listQuery(_ state: EarlyWarning.State, for scope: Scope, after: String?, limit: Int) -> SQL {
        let key = after?.split(separator: "-", maxSplits: 1).map(String.init) ?? []
        var conditions: [SQL] = ["state = \(state.rawValue)", scope.area.condition(on: "area")]
        if key.count == 2 { conditions.append("(area, id) > (\(key[0]), \(key[1]))") }
        return """
            SELECT \(trusted: columns) FROM early_warnings WHERE \(SQL.all(conditions)) ORDER BY area, id LIMIT \(limit)
            """
    }

    static func key(after warning: EarlyWarning) -> String { "\(warning.area.code)-\(warning.id)" }

    static func find(_ id: Identifier<EarlyWarning>, for scope: Scope, in transaction: any Transaction) throws
        -> EarlyWarning?
    {
        guard scope.line == nil else { return nil }
        return try transaction.first(
            "SELECT \(trusted: columns) FROM early_warnings WHERE id = \(id) AND \(scope.area.condition(on: "area"))"
        ).map(warning)
    }

    static func decide(
        _ id: Identifier<EarlyWarning>, _ state: EarlyWarning.State, note: String?, plan: String?,
        in transaction: any Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            UPDATE early_warnings SET state = \(state.rawValue), note = \(note), plan = \(plan)
            WHERE id = \(id) AND state = \(EarlyWarning.State.open.rawValue)
            """) == 1
    }

    /// Warnings whose days after are over, so that what came can be said.
    static func toJudge(until day: Day, limit: Int, in transaction: any Transaction) throws -> [EarlyWarning] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM early_warnings WHERE outcome IS NULL AND raised_on <= \(day.number)
            ORDER BY raised_on LIMIT \(limit)
            """
        ).map(warning)
    }

    /// Says what came; what nobody decided about is past.
    static func judge(_ id: Identifier<EarlyWarning>, _ outcome: EarlyWarning.Outcome, in transaction: any Transaction)
        throws(DatabaseError)
    {
        try transaction.execute("UPDATE early_warnings SET outcome = \(outcome.rawValue) WHERE id = \(id)")
        try transaction.execute(
            """
            UPDATE early_warnings SET state = \(EarlyWarning.State.past.rawValue)
            WHERE id = \(id) AND state = \(EarlyWarning.State.open.rawValue)
            """)
    }

    static func warning(_ row: Row) throws -> EarlyWarning {
        EarlyWarning(
            id: try row.identifier(0), area: AreaPrefix(try row.text(1)) ?? .everywhere, category: try row.text(2),
            raisedOn: Day(number: try row.int(3)), window: Int(try row.int(4)), seen: Int(try row.int(5)),
            expected: try row.double(6), usualAfter: Int(try row.int(7)),
            state: EarlyWarning.State(rawValue: try row.text(8)) ?? .past, note: try row.textIfAny(9),
            outcome: try row.textIfAny(10).flatMap(EarlyWarning.Outcome.init(rawValue:)))
    }

    // MARK: Forecasts and trials

    static func keep(_ forecasts: [Watching.Forecast], madeOn day: Day, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM warning_forecasts")
        try transaction.batch(
            forecasts.map { forecast in
                """
                INSERT INTO warning_forecasts (street, category, made_on, expected, low, high)
                VALUES (\(forecast.key.area), \(forecast.key.category), \(day.number), \(forecast.expected),
                    \(forecast.low), \(forecast.high))
                """
            })
    }

    struct Kept: Sendable {
        var forecast: Watching.Forecast
        var madeOn: Day
    }

    static func forecasts(for scope: Scope, in transaction: any Transaction) throws -> [Kept] {
        guard scope.line == nil, scope.area.level <= .street else { return [] }
        return try transaction.query(
            """
            SELECT street, category, made_on, expected, low, high FROM warning_forecasts
            WHERE \(scope.area.condition(on: "street")) ORDER BY street, category LIMIT 5000
            """
        ).map {
            Kept(
                forecast: Watching.Forecast(
                    key: DailySeries.Key(area: try $0.text(0), category: try $0.text(1)), expected: try $0.double(3),
                    low: Int(try $0.int(4)), high: Int(try $0.int(5))), madeOn: Day(number: try $0.int(2)))
        }
    }

    static func keep(_ trial: WarningTrial, of county: AreaPrefix, madeOn day: Day, in transaction: any Transaction)
        throws(DatabaseError)
    {
        try transaction.execute("DELETE FROM warning_trials WHERE county = \(county.code)")
        try transaction.execute(
            """
            INSERT INTO warning_trials (county, made_on, watched, warned, judged, calm, forecast, held)
            VALUES (\(county.code), \(day.number), \(trial.watched), \(trial.warned), \(trial.judged), \(trial.calm),
                \(trial.forecast), \(trial.held))
            """)
    }

    static func trial(of county: AreaPrefix, in transaction: any Transaction) throws -> (WarningTrial, Day)? {
        try transaction.first(
            """
            SELECT made_on, watched, warned, judged, calm, forecast, held FROM warning_trials
            WHERE county = \(county.code)
            """
        ).map { row in
            var trial = WarningTrial()
            trial.watched = Int(try row.int(1))
            trial.warned = Int(try row.int(2))
            trial.judged = Int(try row.int(3))
            trial.calm = Int(try row.int(4))
            trial.forecast = Int(try row.int(5))
            trial.held = Int(try row.int(6))
            return (trial, Day(number: try row.int(0)))
        }
    }
}
