public import Desk
public import Ground
public import Storage

/// How many matters came in at a place in a month, of one kind or of all.
public struct MatterCount: Sendable, Hashable {
    public var area: String
    /// Empty for all kinds together.
    public var category: String
    public var count: Int64

    public init(area: String, category: String, count: Int64) {
        self.area = area
        self.category = category
        self.count = count
    }
}

/// Where matters are counted. The room of matters is not known here.
public protocol MatterCounts: Sendable {
    /// The first day of the month in which the first matter came in; months before it say nothing.
    func firstMonth(in transaction: any Transaction) throws -> Day?

    /// By places of so many digits within an area, all kinds together; one answer for each month.
    func byPlace(
        _ months: [Day], within area: AreaPrefix, digits: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> [[MatterCount]]

    /// By kind, of a whole area; one answer for each month.
    func byCategory(
        _ months: [Day], within area: AreaPrefix, for scope: Scope, in transaction: any Transaction
    ) throws -> [[MatterCount]]
}

/// A house without matters.
public struct NoMatterCounts: MatterCounts {
    public init() {}
    public func firstMonth(in transaction: any Transaction) throws -> Day? { nil }
    public func byPlace(
        _ months: [Day], within area: AreaPrefix, digits: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> [[MatterCount]] { months.map { _ in [] } }
    public func byCategory(
        _ months: [Day], within area: AreaPrefix, for scope: Scope, in transaction: any Transaction
    ) throws -> [[MatterCount]] { months.map { _ in [] } }
}
