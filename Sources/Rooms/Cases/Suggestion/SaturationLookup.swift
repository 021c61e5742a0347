public import Desk

/// How full the posts of an area are, as the load sheet has it: asked while a matter is dispatched, so answered from memory.
public protocol SaturationLookup: Sendable {
    /// Per mille of the time that the posts of exactly this area have this month; nil where no such posts are known.
    func saturation(of area: AreaPrefix) -> Int64?
}

/// Where there is no load sheet.
public struct NoSaturation: SaturationLookup {
    public init() {}

    public func saturation(of area: AreaPrefix) -> Int64? { nil }
}
