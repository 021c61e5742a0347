public import Desk
public import Ground
public import Storage

/// Which matters were open when a day ended. A matter is open from when the platform had it until its end, so they are
/// looked for by how long they lasted: of those that lasted a day, only the last day's can have been open.
enum PastMatterStore {
    /// How long a matter lasted: -1 while it is open, else 0 below a day, and one more for each four times as long.
    private static let lasting: StaticString = """
        (CASE WHEN ended_at IS NULL THEN -1 WHEN ended_at - received_at < 86400000 THEN 0 \
        WHEN ended_at - received_at < 345600000 THEN 1 WHEN ended_at - received_at < 1382400000 THEN 2 \
        WHEN ended_at - received_at < 5529600000 THEN 3 WHEN ended_at - received_at < 22118400000 THEN 4 ELSE 5 END)
        """

    /// The longest that a matter of the class lasted, in milliseconds; the last class has no bound, and few matters.
    private static let longest: [Int64] = [86_400_000, 345_600_000, 1_382_400_000, 5_529_600_000, 22_118_400_000]

    static let migration = Migration(
        "cases.0024-past",
        """
        CREATE INDEX cases_by_lasting ON cases ((CASE WHEN ended_at IS NULL THEN -1 \
        WHEN ended_at - received_at < 86400000 THEN 0 \
        WHEN ended_at - received_at < 345600000 THEN 1 WHEN ended_at - received_at < 1382400000 THEN 2 \
        WHEN ended_at - received_at < 5529600000 THEN 3 WHEN ended_at - received_at < 22118400000 THEN 4 ELSE 5 END), \
        received_at) WHERE kind = 'matter'
        """)

    /// The columns of ``MatterPlaceStore``, with state and deadline as the last step before the instant left them.
    private static func columns(before end: Instant) -> SQL {
        """
        cell, id, number, category, area,
        COALESCE((SELECT s.to_state FROM case_steps s WHERE s.case_id = cases.id AND s.at < \(end)
            ORDER BY s.version DESC LIMIT 1), state), body,
        (SELECT s.due_at FROM case_steps s WHERE s.case_id = cases.id AND s.at < \(end) ORDER BY s.version DESC LIMIT 1),
        longitude, latitude
        """
    }

    /// One query for each class; together they find each matter once.
    /// - Parameter end: the first instant after the day.
    static func queries(_ filter: CaseFilter, before end: Instant, limit: Int, for scope: Scope) -> [SQL] {
        let visible = filter.whichever(for: scope)
        let last = Int64(longest.count)
        return (-1...last).map { (lasted: Int64) in
            var conditions: [SQL] = ["kind = 'matter'", "\(trusted: lasting) = \(lasted)", "received_at < \(end)"]
            if lasted >= 0 {
                conditions.append("ended_at + 0 >= \(end)")
                if lasted < last {
                    conditions.append("received_at > \(end.milliseconds - longest[Int(lasted)])")
                }
            }
            conditions.append(visible)
            return "SELECT \(columns(before: end)) FROM cases WHERE \(SQL.all(conditions)) LIMIT \(limit)"
        }
    }
}

extension CaseFilter {
    /// Whether a matter as it stood then is wanted.
    fileprivate func takes(_ matter: PlacedMatter, at end: Instant) -> Bool {
        if !states.isEmpty, !states.contains(matter.state) { return false }
        if isOverdue { return matter.dueAt.map { $0 < end } ?? false }
        if isDueSoon { return matter.dueAt.map { $0 >= end && $0 < end + .hours(24) } ?? false }
        return true
    }
}

extension Cases {
    /// Residents' matters that were open when a day ended, as they stood then, in the order of their places; those
    /// without one come first, with the cell -1. Who may see a matter is judged by today's rights.
    /// - Parameter limit: at most so many are read.
    /// - Throws: a refusal where more were open.
    public func pastMatters(
        _ day: Day, _ filter: MatterFilter = .all, limit: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> [PlacedMatter] {
        try scope.require(.caseRead)
        let end = Instant(LocalTime(day: day + 1))
        let filter = filter.filter
        let found = try transaction.queries(
            PastMatterStore.queries(filter, before: end, limit: limit + 1, for: scope)
        ).joined().map(MatterPlaceStore.pastMatter)
        guard found.count <= limit else {
            throw Refusal(
                .ruleBroken, "map.past-too-much",
                LocalizedText("\(day) 在办的太多，无法一次显示", "Too much was open on \(day) to be shown at once"),
                wayOn: LocalizedText("请选择较小的区域或类别", "Choose a smaller area, or a category"), field: "day")
        }
        return found.filter { filter.takes($0, at: end) }.sorted { ($0.cell, $0.id.text) < ($1.cell, $1.id.text) }
    }
}
