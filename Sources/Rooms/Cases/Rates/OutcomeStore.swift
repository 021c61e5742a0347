import Desk
import Ground
import Storage

/// The sums of ``Outcome``s by day, for each area and for each body.
enum OutcomeStore {
    static let migrations = [
        Migration(
            "cases.0010-outcomes",
            "ALTER TABLE cases ADD COLUMN contacted_at BIGINT",
            "ALTER TABLE cases ADD COLUMN contacted_in_time BOOLEAN",
            "ALTER TABLE cases ADD COLUMN exclusion_asked TEXT",
            "ALTER TABLE cases ADD COLUMN is_excluded BOOLEAN NOT NULL DEFAULT FALSE",
            // place is a community (or the smallest area known), or a body; kind says which.
            """
            CREATE TABLE case_outcomes (
                kind TEXT NOT NULL,
                place TEXT NOT NULL,
                day BIGINT NOT NULL,
                is_excluded BOOLEAN NOT NULL,
                due BIGINT NOT NULL,
                closed BIGINT NOT NULL,
                closed_on_time BIGINT NOT NULL,
                contacted_in_time BIGINT NOT NULL,
                followed_up BIGINT NOT NULL,
                solved BIGINT NOT NULL,
                satisfied_halves BIGINT NOT NULL,
                PRIMARY KEY (kind, place, day, is_excluded)
            )
            """,
            "CREATE INDEX case_outcomes_by_day ON case_outcomes (kind, day, place)")
    ]

    private static let area = "area"
    private static let body = "body"

    /// A row of the table.
    private struct Key: Hashable {
        var kind: String
        var place: String
        var day: Int64
        var isExcluded: Bool
    }

    /// Moves the sums by what a matter adds now and no longer adds.
    /// - Parameter before: nil for a matter that is new.
    static func move(
        from before: CaseRecord?, to after: CaseRecord, _ rules: RateRules, in transaction: any Transaction
    ) throws(DatabaseError) {
        try move(from: before.flatMap { Outcome($0, rules) }, to: Outcome(after, rules), in: transaction)
    }

    private static func move(from before: Outcome?, to after: Outcome?, in transaction: any Transaction)
        throws(DatabaseError)
    {
        guard before != after else { return }
        var changes: [(key: Key, figures: OutcomeFigures)] = []
        for (outcome, isAdded) in [(before, false), (after, true)] {
            guard let outcome else { continue }
            for key in keys(of: outcome) {
                let figures = isAdded ? outcome.figures : OutcomeFigures() - outcome.figures
                if let index = changes.firstIndex(where: { $0.key == key }) {
                    changes[index].figures = changes[index].figures + figures
                } else {
                    changes.append((key, figures))
                }
            }
        }
        for (key, figures) in changes where !figures.isNothing {
            try transaction.later(
                """
                INSERT INTO case_outcomes (kind, place, day, is_excluded, due, closed, closed_on_time, contacted_in_time,
                    followed_up, solved, satisfied_halves)
                VALUES (\(key.kind), \(key.place), \(key.day), \(key.isExcluded), \(figures.due), \(figures.closed),
                    \(figures.closedOnTime), \(figures.contactedInTime), \(figures.followedUp), \(figures.solved),
                    \(figures.satisfiedHalves))
                ON CONFLICT (kind, place, day, is_excluded) DO UPDATE SET due = case_outcomes.due + excluded.due,
                    closed = case_outcomes.closed + excluded.closed,
                    closed_on_time = case_outcomes.closed_on_time + excluded.closed_on_time,
                    contacted_in_time = case_outcomes.contacted_in_time + excluded.contacted_in_time,
                    followed_up = case_outcomes.followed_up + excluded.followed_up,
                    solved = case_outcomes.solved + excluded.solved,
                    satisfied_halves = case_outcomes.satisfied_halves + excluded.satisfied_halves
                """)
        }
    }

    private static func keys(of outcome: Outcome) -> [Key] {
        let day = outcome.day.number
        let place = Key(kind: area, place: outcome.area.code, day: day, isExcluded: outcome.isExcluded)
        guard let body = outcome.body else { return [place] }
        return [place, Key(kind: Self.body, place: body.text, day: day, isExcluded: outcome.isExcluded)]
    }

    // MARK: Asking

    /// One line of a table of rates: a place, or all of them.
    struct Line: Sendable {
        /// Code of an area or id of a body.
        var place: String
        var counted = OutcomeFigures()
        /// Left out of `counted`.
        var excluded = OutcomeFigures()
    }

    /// The figures of each area of one level, as far as the scope reaches.
    /// - Parameter digits: of the codes to sum by: 6 county, 9 street, 12 community.
    static func byArea(
        _ days: ClosedRange<Day>, within area: AreaPrefix, digits: Int, for scope: Scope,
        in transaction: any Transaction
    ) throws -> [Line] {
        // The sums of areas hold the matters of all bodies, and a department sees its own only.
        guard scope.line == nil else { return [] }
        return try lines(
            """
            SELECT SUBSTR(place, 1, \(digits)), is_excluded, \(trusted: sums) FROM case_outcomes
            WHERE kind = 'area' AND day >= \(days.lowerBound.number) AND day <= \(days.upperBound.number)
                AND \(scope.area.condition(on: "place")) AND \(area.condition(on: "place"))
            GROUP BY 1, 2
            """, in: transaction)
    }

    /// The figures of each body. Bodies act in many areas, so only who may see the whole county sees them all; others see
    /// their own.
    static func byBody(_ days: ClosedRange<Day>, for scope: Scope, in transaction: any Transaction) throws -> [Line] {
        let seen: SQL =
            scope.line == nil && scope.area.level <= .county ? "place <> ''" : "place = \(scope.body)"
        return try lines(
            """
            SELECT place, is_excluded, \(trusted: sums) FROM case_outcomes
            WHERE kind = 'body' AND day >= \(days.lowerBound.number) AND day <= \(days.upperBound.number) AND \(seen)
            GROUP BY 1, 2
            """, in: transaction)
    }

    private static let sums: StaticString = """
        CAST(SUM(due) AS BIGINT), CAST(SUM(closed) AS BIGINT), CAST(SUM(closed_on_time) AS BIGINT),
        CAST(SUM(contacted_in_time) AS BIGINT), CAST(SUM(followed_up) AS BIGINT), CAST(SUM(solved) AS BIGINT),
        CAST(SUM(satisfied_halves) AS BIGINT)
        """

    private static func lines(_ query: SQL, in transaction: any Transaction) throws -> [Line] {
        var found: [String: Line] = [:]
        for row in try transaction.query(query) {
            let place = try row.text(0)
            var figures = OutcomeFigures()
            for (index, field) in OutcomeFigures.fields.enumerated() {
                figures[keyPath: field] = try row.int(index + 2)
            }
            var line = found[place] ?? Line(place: place)
            if try row.bool(1) {
                line.excluded = line.excluded + figures
            } else {
                line.counted = line.counted + figures
            }
            found[place] = line
        }
        return found.values.sorted { $0.place < $1.place }
    }
}
