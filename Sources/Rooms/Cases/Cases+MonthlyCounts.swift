public import Desk
public import Ground
public import Storage

/// How many matters were reported in a month, of one place or of one kind.
public struct MonthlyCount: Sendable, Hashable {
    /// Code of an area or of a category.
    public var key: String
    public var count: Int64
}

/// By what months are counted.
public enum MonthlyCounting: Sendable, Hashable {
    /// 6 digits for counties, 9 for streets, 12 for communities.
    case place(digits: Int)
    case category
}

extension Cases {
    /// The first day of the first month of which counts are kept.
    public func firstCountedMonth(in transaction: any Transaction) throws -> Day? {
        try transaction.first("SELECT MIN(period) FROM case_place_counts")?.textIfAny(0).flatMap { Day($0 + "-01") }
    }

    /// Residents' matters of months that are named by any of their days. Departments see their own matters only, so there are
    /// no sums of places for them.
    public func monthlyCounts(
        _ months: [Day], within area: AreaPrefix, by counting: MonthlyCounting, for scope: Scope,
        in transaction: any Transaction
    ) throws -> [[MonthlyCount]] {
        guard scope.line == nil, scope.area.contains(area) else { return months.map { _ in [] } }
        return try transaction.queries(
            months.map { Self.monthlyCountsQuery(RepeatPeriod.month(of: $0), within: area, by: counting) }
        ).map { try $0.map { MonthlyCount(key: try $0.text(0), count: try $0.int(1)) } }
    }

    static func monthlyCountsQuery(
        _ period: RepeatPeriod, within area: AreaPrefix, by counting: MonthlyCounting
    ) -> SQL {
        let key: SQL =
            switch counting {
            case .place(let digits): "SUBSTR(area, 1, \(digits))"
            case .category: "category"
            }
        return """
            SELECT \(key), CAST(SUM(total) AS BIGINT) FROM case_place_counts
            WHERE period = \(period.text) AND \(area.condition(on: "area")) GROUP BY 1
            """
    }
}
