import Cases
import Desk
import Ground
import Storage

/// Sums of matters by day, place (community) and category, and what follows from them: repeats, and what came after a
/// place was looked at. Only places are counted, never persons.
struct PlaceSums: Sendable {
    let day: GridDay

    private var house: House { day.house }
    private var rules: PatrolRules { day.patrols }

    /// Categories are decided hours or days after the report, so the last days are summed anew each time.
    static let daysSummedAnew: Int = 7
    static let furthestBack = 120
    private static let communityDigits = 12

    /// Sums the days that may have changed; with nothing there yet, all that later figures need.
    func refresh(at now: Instant) async throws {
        let today = now.local().day
        let last = try await house.database.query("SELECT MAX(day) FROM place_days").first?.intIfAny(0)
        let from = max(
            today - Self.furthestBack, (last.map { Day(number: $0) } ?? today - Self.furthestBack) - Self.daysSummedAnew
        )
        var date = from
        while date <= today {
            try await sum(date, at: now)
            date = date + 1
        }
        try await findRepeats(on: today, at: now)
        for back in 1...Self.daysSummedAnew { try await findEffects(of: today - rules.effectDays - back) }
    }

    /// The day's matters, from the indexes of their ids, which follow the time.
    private func sum(_ date: Day, at now: Instant) async throws {
        let low: CaseID = IdentifierSource.lowest(at: Instant(LocalTime(day: date)))
        let high: CaseID = IdentifierSource.lowest(at: Instant(LocalTime(day: date + 1)))
        let channels = rules.proactiveChannels.map(\.rawValue)
        // Whoever reports for a resident tells of a complaint, not of something found.
        let rows = try await house.database.query(
            """
            SELECT SUBSTR(area, 1, \(Self.communityDigits)), COALESCE(category, ''), COUNT(*),
                CAST(SUM(CASE WHEN channel IN (\(list: channels)) AND phone_index IS NULL THEN 1 ELSE 0 END) AS BIGINT)
            FROM cases WHERE id >= \(low) AND id < \(high) AND kind = 'matter' GROUP BY 1, 2
            """)
        let insertions = try rows.map { row -> SQL in
            let all = try row.int(2)
            let proactive = try row.int(3)
            return """
                INSERT INTO place_days (day, area, category, complained, proactive)
                VALUES (\(date.number), \(try row.text(0)), \(try row.text(1)), \(all - proactive), \(proactive))
                """
        }
        try await house.database.write { transaction in
            try transaction.execute("DELETE FROM place_days WHERE day = \(date.number)")
            try transaction.batch(insertions)
        }
    }

    /// The same kind of matter, again and again at one place, proposes a check there.
    private func findRepeats(on today: Day, at now: Instant) async throws {
        let since = today - rules.repeats.weeks * 7
        let found = try await house.database.query(
            """
            SELECT area, category, CAST(SUM(complained) AS BIGINT) FROM place_days
            WHERE day > \(since.number) AND day <= \(today.number) AND category <> '' AND LENGTH(area) >= 12
            GROUP BY area, category HAVING SUM(complained) >= \(rules.repeats.matters)
            ORDER BY area, category LIMIT 5000
            """)
        for row in found {
            let area = try row.text(0)
            let category = try row.text(1)
            let matters = try row.int(2)
            try await house.database.write { transaction in
                // Once within the time that is looked at, whatever was decided.
                let known = try transaction.first(
                    """
                    SELECT id, state FROM patrol_proposals
                    WHERE area = \(area) AND category = \(category) AND found_on > \(since.number) LIMIT 1
                    """)
                if let known {
                    if try known.text(1) == "open" {
                        try transaction.later(
                            "UPDATE patrol_proposals SET matters = \(matters) WHERE id = \(try known.text(0))")
                    }
                    return
                }
                let id: Identifier<PatrolProposal> = house.identifiers.next(at: now)
                try transaction.later(
                    """
                    INSERT INTO patrol_proposals (id, area, category, matters, found_on, state, plan)
                    VALUES (\(id), \(area), \(category), \(matters), \(today.number), 'open', NULL)
                    """)
            }
        }
    }

    /// What came after the places that were looked at on a day, once enough days have passed.
    private func findEffects(of date: Day) async throws {
        let span = rules.effectDays
        let looked = try await house.database.query(
            """
            SELECT area, category FROM place_days
            WHERE day = \(date.number) AND proactive > 0 AND category <> '' AND LENGTH(area) >= 12
            UNION SELECT SUBSTR(area, 1, \(Self.communityDigits)), category FROM patrol_checks
            WHERE done_on = \(date.number) AND category IS NOT NULL
            """)
        var sums: [String: (lookedAt: Int64, before: Int64, after: Int64)] = [:]
        for row in looked {
            let area = try row.text(0)
            let category = try row.text(1)
            let around = try await house.database.query(
                """
                SELECT CAST(COALESCE(SUM(CASE WHEN day < \(date.number) THEN complained ELSE 0 END), 0) AS BIGINT),
                    CAST(COALESCE(SUM(CASE WHEN day > \(date.number) THEN complained ELSE 0 END), 0) AS BIGINT)
                FROM place_days WHERE area = \(area) AND category = \(category)
                    AND day >= \((date - span).number) AND day <= \((date + span).number)
                """)
            var sum = sums[area] ?? (0, 0, 0)
            sum.lookedAt += 1
            sum.before += try around.first?.int(0) ?? 0
            sum.after += try around.first?.int(1) ?? 0
            sums[area] = sum
        }
        let insertions = sums.map { area, sum -> SQL in
            """
            INSERT INTO place_effects (day, area, looked_at, before_it, after_it)
            VALUES (\(date.number), \(area), \(sum.lookedAt), \(sum.before), \(sum.after))
            """
        }
        try await house.database.write { transaction in
            try transaction.execute("DELETE FROM place_effects WHERE day = \(date.number)")
            try transaction.batch(insertions)
        }
    }

    // MARK: Figures

    /// One place and its figures. In the order of places: it shows where help is needed, not who is better.
    struct Line: Sendable {
        var place: String
        var matters: Int64 = 0
        var proactive: Int64 = 0
        var lookedAt: Int64 = 0
        var before: Int64 = 0
        var after: Int64 = 0

        /// In hundredths of a per cent; nil when nothing came in.
        var share: Int64? { matters == 0 ? nil : proactive * 10_000 / matters }
    }

    /// - Parameter digits: of the codes to sum by: 9 street, 12 community.
    static func lines(
        _ days: ClosedRange<Day>, within area: AreaPrefix, digits: Int, for scope: Scope,
        in transaction: any Transaction
    ) throws -> [Line] {
        var found: [String: Line] = [:]
        let condition = SQL.all([
            "day >= \(days.lowerBound.number) AND day <= \(days.upperBound.number)",
            scope.area.condition(on: "area"), area.condition(on: "area"),
        ])
        for row in try transaction.query(
            """
            SELECT SUBSTR(area, 1, \(digits)), CAST(SUM(complained) AS BIGINT), CAST(SUM(proactive) AS BIGINT)
            FROM place_days WHERE \(condition) GROUP BY 1
            """)
        {
            let place = try row.text(0)
            let proactive = try row.int(2)
            found[place] = Line(place: place, matters: try row.int(1) + proactive, proactive: proactive)
        }
        for row in try transaction.query(
            """
            SELECT SUBSTR(area, 1, \(digits)), CAST(SUM(looked_at) AS BIGINT), CAST(SUM(before_it) AS BIGINT),
                CAST(SUM(after_it) AS BIGINT)
            FROM place_effects WHERE \(condition) GROUP BY 1
            """)
        {
            let place = try row.text(0)
            var line = found[place] ?? Line(place: place)
            line.lookedAt = try row.int(1)
            line.before = try row.int(2)
            line.after = try row.int(3)
            found[place] = line
        }
        return found.values.sorted { $0.place < $1.place }
    }
}
