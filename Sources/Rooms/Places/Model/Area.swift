public import Desk
public import Ground

/// A division 行政区划 as it was during one stretch of time.
public struct Area: Sendable, Hashable {
    /// Of its level's own length: `33`, `3301`, `330106`, `330106001`, `330106001001`.
    public var code: String
    public var name: String
    public var level: AreaLevel
    /// The code around it; nil for a province. Dongguan, Zhongshan and Danzhou have no counties: their streets lie straight
    /// below the prefecture.
    public var parent: String?
    public var validFrom: Day
    /// The first day on which it was no longer so; nil while it holds.
    public var validTo: Day?
    /// The list it was taken from.
    public var source: String

    public init(
        code: String, name: String, level: AreaLevel, parent: String?, validFrom: Day, validTo: Day? = nil,
        source: String
    ) {
        self.code = code
        self.name = name
        self.level = level
        self.parent = parent
        self.validFrom = validFrom
        self.validTo = validTo
        self.source = source
    }

    public func isValid(at day: Day) -> Bool { validFrom <= day && (validTo.map { day < $0 } ?? true) }
}

/// What became of a code that is no longer in use.
public struct Successor: Sendable, Hashable {
    public enum Standing: String, Sendable, Hashable, CaseIterable {
        /// Found by the import: same name below the same parent. A person may confirm it.
        case proposed
        case confirmed
    }

    public var code: String
    public var successor: String
    public var since: Day
    public var standing: Standing
}
