public import Desk
public import Storage

/// What this room needs to know of a body; Places holds the rest.
public struct BodyFacts: Sendable, Hashable {
    public var id: BodyID
    public var name: String
    /// The department's line (条); nil for bodies of an area.
    public var line: String?
    public var area: AreaPrefix

    public init(id: BodyID, name: String, line: String?, area: AreaPrefix) {
        self.id = id
        self.name = name
        self.line = line
        self.area = area
    }
}

/// Where bodies are looked up.
public protocol BodyLookup: Sendable {
    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts?
    /// Bodies of the area and below, for choosing one; ordered by area.
    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts]
}
