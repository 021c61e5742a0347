import Desk
import Ground
import Storage

/// Figures that are maintained with every act and never recounted.
struct DisputeFigures: Sendable, Hashable {
    /// How many should have ended in the time asked for, whatever became of them.
    var due: Int64 = 0
    /// Of those: agreed, by the level that mediated.
    var agreed: [String: Int64] = [:]
    var unsettled: Int64 = 0
    var declined: Int64 = 0
    /// Should have ended and has not.
    var open: Int64 = 0
    /// Agreements whose last revisit was due in that time.
    var agreementsDue: Int64 = 0
    var kept: Int64 = 0
    var broken: Int64 = 0

    var agreedTotal: Int64 { agreed.values.reduce(0, +) }
    /// Agreed per hundred that should have ended; nil when none should have.
    var agreedShare: Double? { due == 0 ? nil : Double(agreedTotal) * 100 / Double(due) }
    /// Known to be kept per hundred whose last revisit was due: one nobody looked at does not count as kept.
    var keptShare: Double? { agreementsDue == 0 ? nil : Double(kept) * 100 / Double(agreementsDue) }
}

enum FigureStore {
    /// - Parameters:
    ///   - from, to: days, both included.
    static func figures(
        in area: AreaPrefix, from: Day, to: Day, kind: String?, _ transaction: any Transaction
    ) throws -> DisputeFigures {
        var figures = DisputeFigures()
        var conditions: [SQL] = ["day >= \(from)", "day <= \(to)", area.condition(on: "area")]
        let kept = SQL.all(conditions)
        if let kind { conditions.append("kind = \(kind)") }
        for row in try transaction.query(
            """
            SELECT level, outcome, CAST(SUM(total) AS BIGINT) FROM dispute_figures WHERE \(SQL.all(conditions))
            GROUP BY level, outcome
            """)
        {
            let total = try row.int(2)
            figures.due += total
            switch Dispute.Outcome(rawValue: try row.text(1)) ?? .open {
            case .open: figures.open += total
            case .agreed: figures.agreed[try row.text(0), default: 0] += total
            case .unsettled: figures.unsettled += total
            case .declined: figures.declined += total
            }
        }
        for row in try transaction.query(
            """
            SELECT outcome, CAST(SUM(total) AS BIGINT) FROM dispute_kept_figures WHERE \(kept) GROUP BY outcome
            """)
        {
            let total = try row.int(1)
            figures.agreementsDue += total
            switch try row.text(0) {
            case "kept": figures.kept += total
            case "broken": figures.broken += total
            default: break
            }
        }
        return figures
    }

    /// - Parameter isKept: nil as long as nobody knows.
    static func countKept(
        _ isKept: Bool?, of dispute: Dispute, lastRevisit: Instant, by change: Int, in transaction: any Transaction
    ) throws {
        let area = dispute.area.part(12) ?? dispute.area.code
        let outcome = isKept.map { $0 ? "kept" : "broken" } ?? "unknown"
        try transaction.execute(
            """
            INSERT INTO dispute_kept_figures (area, day, outcome, total)
            VALUES (\(area), \((lastRevisit - .minutes(1)).local().day), \(outcome), \(change))
            ON CONFLICT (area, day, outcome) DO UPDATE SET total = dispute_kept_figures.total + excluded.total
            """)
    }
}
