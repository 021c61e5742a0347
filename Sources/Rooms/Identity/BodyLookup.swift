public import Desk
public import Ground
public import Storage

/// What this room needs to know of a body; Places holds the rest.
public struct BodyFacts: Sendable, Hashable {
    public var id: BodyID
    public var name: String
    /// nil where none was entered.
    public var englishName: String?
    /// The department's line (条); nil for bodies of an area.
    public var line: String?
    public var area: AreaPrefix

    public init(id: BodyID, name: String, englishName: String? = nil, line: String?, area: AreaPrefix) {
        self.id = id
        self.name = name
        self.englishName = englishName
        self.line = line
        self.area = area
    }

    public var title: LocalizedText { LocalizedText(name, englishName ?? name) }
}

/// Where bodies are looked up.
public protocol BodyLookup: Sendable {
    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts?
    /// Bodies of the area and below, for choosing one; ordered by area.
    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts]
    /// What people call an area; nil where no name is known.
    func areaName(_ area: AreaPrefix) -> String?
}

extension BodyLookup {
    public func areaName(_ area: AreaPrefix) -> String? { nil }
}
