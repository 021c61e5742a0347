import Desk
import Ground
import Storage

/// Counts of matters by place, category and period, and by reporter and period: kept with every act, so that a list of
/// what comes up again and again is a walk along an index.
enum RepeatStore {
    static let migrations = [
        Migration(
            "cases.0021-repeats",
            """
            CREATE TABLE case_place_counts (
                period TEXT NOT NULL,
                area TEXT NOT NULL,
                category TEXT NOT NULL,
                street TEXT NOT NULL,
                total BIGINT NOT NULL,
                PRIMARY KEY (period, area, category)
            )
            """,
            "CREATE INDEX case_place_counts_by_total ON case_place_counts (period, total, area, category)",
            "CREATE INDEX case_place_counts_by_street ON case_place_counts (period, street, total, area, category)",
            // The reporter is a blind index; no number and no name stands here.
            """
            CREATE TABLE case_reporter_counts (
                period TEXT NOT NULL,
                street TEXT NOT NULL,
                reporter TEXT NOT NULL,
                total BIGINT NOT NULL,
                PRIMARY KEY (period, street, reporter)
            )
            """,
            "CREATE INDEX case_reporter_counts_by_total ON case_reporter_counts (period, total, street, reporter)",
            "CREATE INDEX case_reporter_counts_by_street ON case_reporter_counts (period, street, total, reporter)")
    ]

    // MARK: Hot spots

    struct HotSpot: Sendable {
        var area: AreaPrefix
        var category: String
        var total: Int64
    }

    /// The most first. Departments see their own matters only, so there is no such list for them.
    static func hotSpots(
        _ period: RepeatPeriod, least: Int64, for scope: Scope, after: String?, limit: Int,
        in transaction: any Transaction
    ) throws -> [HotSpot] {
        guard scope.line == nil else { return [] }
        return try transaction.query(
            hotSpotsQuery(period, least: least, for: scope, after: after, limit: limit)
        ).map {
            HotSpot(
                area: AreaPrefix(try $0.text(0)) ?? .everywhere, category: try $0.text(1), total: try $0.int(2))
        }
    }

    static func hotSpotsQuery(
        _ period: RepeatPeriod, least: Int64, for scope: Scope, after: String?, limit: Int
    ) -> SQL {
        var conditions = within(scope.area, period)
        conditions.append("total >= \(least)")
        let key = after?.split(separator: "-").map(String.init) ?? []
        if key.count == 3, let total = Int64(key[0]) {
            conditions.append("(total, area, category) < (\(total), \(key[1]), \(key[2]))")
        }
        return """
            SELECT area, category, total FROM case_place_counts WHERE \(SQL.all(conditions))
            ORDER BY total DESC, area DESC, category DESC LIMIT \(limit)
            """
    }

    static func key(after spot: HotSpot) -> String { "\(spot.total)-\(spot.area.code)-\(spot.category)" }

    // MARK: Reporters

    struct Repeated: Sendable {
        var street: String
        var reporter: String
        var total: Int64
        /// `138****1234`, from one of the matters.
        var phone: String?
        var lastAt: Instant?
    }

    /// The most first. Only for somebody whose purpose is on the ledger already.
    static func reporters(
        _ period: RepeatPeriod, least: Int64, for scope: Scope, limit: Int, in transaction: any Transaction
    ) throws -> [Repeated] {
        guard scope.line == nil, scope.area.level <= .street else { return [] }
        return try transaction.query(reportersQuery(period, least: least, for: scope, limit: limit)).map { row in
            var found = Repeated(street: try row.text(0), reporter: try row.text(1), total: try row.int(2))
            let latest = try transaction.first(
                """
                SELECT phone_masked, received_at FROM cases WHERE phone_index = \(found.reporter)
                ORDER BY id DESC LIMIT 1
                """)
            found.phone = try latest?.textIfAny(0)
            found.lastAt = try latest?.instant(1)
            return found
        }
    }

    static func reportersQuery(_ period: RepeatPeriod, least: Int64, for scope: Scope, limit: Int) -> SQL {
        var conditions: [SQL] = ["period = \(period.text)"]
        switch scope.area.level {
        case .country: break
        case .province, .prefecture, .county: conditions.append(scope.area.condition(on: "street || ''"))
        case .street, .community, .grid: conditions.append("street = \(String(scope.area.code.prefix(9)))")
        }
        conditions.append("total >= \(least)")
        return """
            SELECT street, reporter, total FROM case_reporter_counts WHERE \(SQL.all(conditions))
            ORDER BY total DESC, street DESC, reporter DESC LIMIT \(limit)
            """
    }

    /// A wide area is written so that neither engine leaves the order of the list for it.
    private static func within(_ area: AreaPrefix, _ period: RepeatPeriod) -> [SQL] {
        switch area.level {
        case .country: ["period = \(period.text)"]
        case .province, .prefecture, .county: ["period = \(period.text)", area.condition(on: "area || ''")]
        case .street: ["period = \(period.text)", "street = \(area.code)"]
        case .community, .grid:
            [
                "period = \(period.text)", "street = \(String(area.code.prefix(9)))",
                "area = \(String(area.code.prefix(12)))",
            ]
        }
    }

    /// Periods that are kept no longer.
    static func forget(before period: RepeatPeriod, in transaction: any Transaction) throws(DatabaseError) {
        // `2026-Q4` sorts after every month of 2026, so quarters are kept to the end of their year.
        try transaction.execute("DELETE FROM case_place_counts WHERE period < \(period.text)")
        try transaction.execute("DELETE FROM case_reporter_counts WHERE period < \(period.text)")
    }
}

/// What matters add to the counts, gathered and written at once: an import of thousands touches each count once.
struct RepeatSums: Sendable {
    private struct Place: Hashable {
        var period: RepeatPeriod
        var area: String
        var category: String
        var street: String
    }

    private struct Reporter: Hashable {
        var period: RepeatPeriod
        var street: String
        var reporter: String
    }

    private var places: [Place: Int64] = [:]
    private var reporters: [Reporter: Int64] = [:]

    /// What a matter adds now and no longer adds.
    /// - Parameter before: nil for a matter that is new.
    mutating func move(from before: CaseRecord?, to after: CaseRecord) {
        // Most acts move nothing.
        if let before, before.category == after.category, before.area == after.area { return }
        for (record, change) in [(before, Int64(-1)), (after, 1)] {
            // Parts are the work of one matter; what was joined is another report of it, and so a repeat as well.
            guard let record, record.kind == Workflow.matter else { continue }
            let street = record.area.street ?? ""
            for period in RepeatPeriod.both(record.reportedAt.local().day) {
                if let category = record.category {
                    places[
                        Place(
                            period: period, area: record.area.community ?? record.area.code, category: category,
                            street: street), default: 0] += change
                }
                if let reporter = record.reporter.phoneIndex {
                    reporters[Reporter(period: period, street: street, reporter: reporter), default: 0] += change
                }
            }
        }
    }

    func write(in transaction: any Transaction) throws(DatabaseError) {
        // In one order, so that two servers do not wait for each other crosswise.
        for (key, change) in places.sorted(by: {
            ($0.key.period, $0.key.area, $0.key.category) < ($1.key.period, $1.key.area, $1.key.category)
        })
        where change != 0 {
            try transaction.later(
                """
                INSERT INTO case_place_counts (period, area, category, street, total)
                VALUES (\(key.period.text), \(key.area), \(key.category), \(key.street), \(change))
                ON CONFLICT (period, area, category)
                DO UPDATE SET total = case_place_counts.total + excluded.total
                """)
        }
        for (key, change) in reporters.sorted(by: {
            ($0.key.period, $0.key.street, $0.key.reporter) < ($1.key.period, $1.key.street, $1.key.reporter)
        })
        where change != 0 {
            try transaction.later(
                """
                INSERT INTO case_reporter_counts (period, street, reporter, total)
                VALUES (\(key.period.text), \(key.street), \(key.reporter), \(change))
                ON CONFLICT (period, street, reporter)
                DO UPDATE SET total = case_reporter_counts.total + excluded.total
                """)
        }
    }

    static func move(from before: CaseRecord?, to after: CaseRecord, in transaction: any Transaction)
        throws(DatabaseError)
    {
        var sums = RepeatSums()
        sums.move(from: before, to: after)
        try sums.write(in: transaction)
    }
}
