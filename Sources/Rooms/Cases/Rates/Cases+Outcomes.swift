public import Desk
public import Ground
public import Storage

/// What came of matters in some days, as those see it who ask whether less burden became less work.
public struct OutcomesOfDays: Sendable, Hashable {
    /// Sums of matters by the day on which they should have been closed; what was left out of the rates is not in them.
    public var figures = OutcomeFigures()
    /// Matters of the whole months that the days touch.
    public var matters: Int64 = 0
    /// Of these, matters where the same kind came up in the same community so often in a month that it counts as repeated.
    public var repeated: Int64 = 0

    public init() {}

    public var rates: Rates { Rates(figures) }
    /// 重复率
    public var repeats: Share { Share(repeated, of: matters) }
}

extension Cases {
    /// The outcomes within an area. A department sees those of its own matters, and no repeats, which are places' figures.
    public func outcomes(
        _ days: ClosedRange<Day>, within area: AreaPrefix, for scope: Scope, in transaction: any Transaction
    ) throws -> OutcomesOfDays {
        var found = OutcomesOfDays()
        let lines =
            scope.line == nil
            ? try OutcomeStore.byArea(days, within: area, digits: 6, for: scope, in: transaction)
            : try OutcomeStore.byBody(days, for: scope, in: transaction)
        found.figures = lines.map(\.counted).reduce(OutcomeFigures(), +)
        guard scope.line == nil else { return found }
        let (first, last) = (RepeatPeriod.month(of: days.lowerBound), RepeatPeriod.month(of: days.upperBound))
        let least = repeatRules.hotSpots.month
        // Months sort before the quarters of their year, so both ends are months of one form.
        let row = try transaction.first(
            """
            SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN total >= \(least) THEN total ELSE 0 END), 0) AS BIGINT)
            FROM case_place_counts
            WHERE period >= \(first.text) AND period <= \(last.text) AND SUBSTR(period, 6, 1) <> 'Q'
                AND \(scope.area.condition(on: "area || ''")) AND \(area.condition(on: "area || ''"))
            """)
        found.matters = try row?.int(0) ?? 0
        found.repeated = try row?.int(1) ?? 0
        return found
    }
}
