public import Desk
public import Ground
public import Storage

/// An early warning as other rooms may show it: of a place and a kind, never of a person.
public struct StandingWarning: Sendable, Hashable {
    public var id: String
    public var area: AreaPrefix
    public var category: LocalizedText
    public var raisedOn: Day
    /// Matters within so many days, and how many are usual.
    public var days: Int
    public var seen: Int
    public var expected: Double
}

extension Warnings {
    public static let readStanding = Right.warningDecide

    /// Warnings that stood on a day, the newest first: raised by then, and no longer ago than a warning looks ahead. Today's
    /// are only those on which nobody has decided; of a past day, whether it was decided by then is not asked.
    public func standing(
        on day: Day, today: Day, for scope: Scope, limit: Int, in transaction: any Transaction
    ) throws -> [StandingWarning] {
        try scope.require(.warningDecide)
        guard scope.line == nil else { return [] }
        return try transaction.query(
            WarningStore.standing(
                on: day, horizon: rules.horizonDays, onlyOpen: day >= today, for: scope, limit: limit)
        ).map(WarningStore.warning).map { warning in
            StandingWarning(
                id: warning.id.text, area: warning.area, category: categoryName(warning.category),
                raisedOn: warning.raisedOn, days: warning.window, seen: warning.seen, expected: warning.expected)
        }
    }
}

extension WarningStore {
    static func standing(on day: Day, horizon: Int, onlyOpen: Bool, for scope: Scope, limit: Int) -> SQL {
        var conditions: [SQL] = [
            "raised_on > \(day.number - Int64(horizon))", "raised_on <= \(day.number)",
            // Written so that no engine walks all warnings of an area, or all open ones, instead.
            scope.area.condition(on: "area || ''"),
        ]
        if onlyOpen { conditions.append("state || '' = \(EarlyWarning.State.open.rawValue)") }
        return """
            SELECT \(trusted: columns) FROM early_warnings WHERE \(SQL.all(conditions))
            ORDER BY raised_on DESC, area, id LIMIT \(limit)
            """
    }
}
