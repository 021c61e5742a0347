public import Desk

/// What this room needs to know of places; the room Places answers it.
public protocol AreaLookup: Sendable {
    /// The present name of a division or grid; nil when there is none of that code.
    func name(of area: AreaPrefix) -> String?
    /// The divisions (or grids) right below, for choosing one.
    func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)]
    /// The smallest area known at a place, if any.
    func area(at location: Location) -> AreaPrefix?
    /// Whether a place surely lies outside of what this platform serves. False where that cannot be known.
    func isElsewhere(_ location: Location) -> Bool
}

extension AreaLookup {
    public func isElsewhere(_ location: Location) -> Bool { false }
}
