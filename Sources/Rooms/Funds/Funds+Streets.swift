public import Desk
import Ground
public import Storage

/// Money that a street holds in a year, as it is seen beside its duties.
public struct StreetFunds: Sendable, Hashable {
    public var street: AreaPrefix
    /// Yuan that were paid in, and that were spent of it.
    public var allotted: Int64
    public var spent: Int64
    /// Yuan set aside and not spent yet.
    public var committed: Int64
    /// How many lines.
    public var lines: Int64

    public init(street: AreaPrefix, allotted: Int64, spent: Int64, committed: Int64 = 0, lines: Int64 = 0) {
        self.street = street
        self.allotted = allotted
        self.spent = spent
        self.committed = committed
        self.lines = lines
    }
}

extension Funds {
    /// What a street and its communities have on their list of assets as equipment; nil when none was entered.
    public static func equipment(in street: AreaPrefix, in transaction: any Transaction) throws -> [String]? {
        try AssetStore.titles(of: "equipment", in: street, in: transaction)
    }

    /// The lines of a year by street, as far as the scope sees them.
    public func streets(
        year: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> [StreetFunds] {
        try transaction.query(
            """
            SELECT street, CAST(SUM(allotted) AS BIGINT), CAST(SUM(spent) AS BIGINT),
                CAST(SUM(committed) AS BIGINT), COUNT(*) FROM budget_lines
            WHERE year = \(Int64(year)) AND \(BudgetStore.visible(scope)) GROUP BY street ORDER BY street LIMIT 2000
            """
        ).compactMap { row in
            guard let street = AreaPrefix(try row.text(0)) else { return nil }
            return StreetFunds(
                street: street, allotted: try row.int(1), spent: try row.int(2), committed: try row.int(3),
                lines: try row.int(4))
        }
    }
}
