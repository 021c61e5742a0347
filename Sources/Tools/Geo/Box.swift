/// A rectangle along the axes, borders included.
public struct Box: Hashable, Sendable {
    public var west: Double
    public var south: Double
    public var east: Double
    public var north: Double

    public init(west: Double, south: Double, east: Double, north: Double) {
        self.west = west
        self.south = south
        self.east = east
        self.north = north
    }

    public init(_ position: Position) {
        self.init(west: position.x, south: position.y, east: position.x, north: position.y)
    }

    /// The least box around all positions; nil for none.
    public init?(_ positions: some Sequence<Position>) {
        var iterator = positions.makeIterator()
        guard let first = iterator.next() else { return nil }
        self.init(first)
        while let next = iterator.next() { enclose(next) }
    }

    public var width: Double { east - west }
    public var height: Double { north - south }
    public var middle: Position { Position(x: (west + east) / 2, y: (south + north) / 2) }

    public mutating func enclose(_ position: Position) {
        west = min(west, position.x)
        south = min(south, position.y)
        east = max(east, position.x)
        north = max(north, position.y)
    }

    public mutating func enclose(_ other: Box) {
        west = min(west, other.west)
        south = min(south, other.south)
        east = max(east, other.east)
        north = max(north, other.north)
    }

    public func contains(_ position: Position) -> Bool {
        position.x >= west && position.x <= east && position.y >= south && position.y <= north
    }

    public func touches(_ other: Box) -> Bool {
        west <= other.east && other.west <= east && south <= other.north && other.south <= north
    }

    /// The same box, `distance` wider on each side.
    public func grown(by distance: Double) -> Box {
        Box(west: west - distance, south: south - distance, east: east + distance, north: north + distance)
    }
}
