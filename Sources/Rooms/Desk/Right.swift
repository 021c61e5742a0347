/// One thing that a post may do. Each room names its own; `Rules/roles.yaml` gives them to roles.
public struct Right: RawRepresentable, Sendable, Hashable, Comparable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ name: String) { rawValue = name }

    /// Given by nobody who lacks it, administrators included, and never part of `all`: for what even those who make
    /// accounts must not read.
    public var isSealed: Bool { rawValue.hasPrefix("sealed.") }

    public static func < (left: Right, right: Right) -> Bool { left.rawValue < right.rawValue }
}
