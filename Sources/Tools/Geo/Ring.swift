/// A closed line around an area. The first position comes again as the last, as in GeoJSON and OGC Simple Features.
public struct Ring: Hashable, Sendable {
    public var positions: [Position]

    /// As given; `isClosed` tells whether it can be a ring.
    public init(_ positions: [Position]) { self.positions = positions }

    /// The corners, without the first one's repetition, become a closed ring.
    public init(corners: [Position]) {
        positions = corners
        if let first = corners.first, corners.last != first || corners.count == 1 { positions.append(first) }
    }

    /// At least three corners, and the end where it began.
    public var isClosed: Bool { positions.count >= 4 && positions.first == positions.last }

    /// The area on the plane of the coordinates, in their unit squared: above zero counter-clockwise, below clockwise.
    public var signedArea: Double {
        guard let origin = positions.first else { return 0 }
        var sum = 0.0
        for index in positions.indices.dropLast() {
            // From the first corner, so that far from the origin no digits are lost.
            let (a, b) = (positions[index], positions[index + 1])
            sum += (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y)
        }
        return sum / 2
    }

    public var isCounterClockwise: Bool { signedArea > 0 }

    public var box: Box? { Box(positions) }
}

/// An area with holes.
public struct Polygon: Hashable, Sendable {
    public var outer: Ring
    public var holes: [Ring]

    public init(outer: Ring, holes: [Ring] = []) {
        self.outer = outer
        self.holes = holes
    }

    /// Outer ring less holes, in the unit of the coordinates squared, on their plane.
    public var area: Double { holes.reduce(abs(outer.signedArea)) { $0 - abs($1.signedArea) } }

    public var box: Box? { outer.box }

    /// Outer ring counter-clockwise, holes clockwise, as RFC 7946 asks.
    public var wound: Polygon {
        Polygon(
            outer: outer.signedArea < 0 ? Ring(outer.positions.reversed()) : outer,
            holes: holes.map { $0.signedArea > 0 ? Ring($0.positions.reversed()) : $0 })
    }
}
