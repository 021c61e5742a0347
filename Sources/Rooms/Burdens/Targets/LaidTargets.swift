public import Desk
public import Ground
import Identity
public import Storage

/// One figure that a body asks for, and what it laid on top of the level above.
public struct LaidTarget: Sendable, Hashable {
    /// The first of its chain.
    var root: TargetID
    public var indicator: String
    /// Who has to reach it.
    public var area: AreaPrefix
    /// As it is written, with its unit.
    public var value: String
    /// Against what it rests on, per mille; nil for the first of a chain.
    public var markUp: Int64?
}

extension Burdens {
    /// What a body asks for in figures in a year and has not taken back, by chain.
    public func laid(
        by body: BodyID, in year: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> [LaidTarget] {
        try scope.require(.readMandates)
        let own = try TargetStore.ids(of: body, in: year, for: scope, in: transaction)
        guard !own.isEmpty else { return [] }
        return TargetPages.chains(try TargetStore.ofYear(year, for: scope, in: transaction)).flatMap(\.links)
            .filter { own.contains($0.target.id) }.map { link in
                LaidTarget(
                    root: link.target.root, indicator: link.target.indicator, area: link.target.area,
                    value: link.target.valueText + link.target.unit, markUp: link.markUp)
            }
    }
}
