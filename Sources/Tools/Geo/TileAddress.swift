import Foundation

/// Web Mercator (EPSG:3857) on the unit square: 0, 0 is the north-west corner of the world, 1, 1 the south-east one.
public enum WebMercator {
    /// Where the square ends; further north or south nothing is drawn.
    public static let furthestLatitude = 85.051_128_779_806_59

    public static func unit(longitude: Double, latitude: Double) -> SIMD2<Double> {
        let bounded = max(-furthestLatitude, min(furthestLatitude, latitude))
        let sine = sin(bounded * .pi / 180)
        return SIMD2((longitude + 180) / 360, 0.5 - log((1 + sine) / (1 - sine)) / (4 * .pi))
    }

    public static func unit(_ position: Position) -> SIMD2<Double> {
        unit(longitude: position.x, latitude: position.y)
    }

    public static func degrees(_ unit: SIMD2<Double>) -> (longitude: Double, latitude: Double) {
        (unit.x * 360 - 180, atan(sinh(.pi * (1 - 2 * unit.y))) * 180 / .pi)
    }
}

extension Box {
    /// Whether it can be degrees of longitude and latitude: west of east, south of north, all on the globe.
    public var isOnEarth: Bool {
        west <= east && south <= north && Position(x: west, y: south).isOnEarth
            && Position(x: east, y: north).isOnEarth
    }
}

/// One tile of the usual pyramid: z/x/y counted from the north-west.
public struct TileAddress: Sendable, Hashable {
    public static let deepestZoom = 22

    public let zoom: Int
    public let column: Int
    public let row: Int

    /// - Returns: nil for a tile that the pyramid does not have.
    public init?(zoom: Int, column: Int, row: Int) {
        guard (0...Self.deepestZoom).contains(zoom), (0..<(1 << zoom)).contains(column), (0..<(1 << zoom)).contains(row)
        else { return nil }
        self.zoom = zoom
        self.column = column
        self.row = row
    }

    /// The tile in which a point lies; nil for a zoom that there is not.
    public init?(zoom: Int, longitude: Double, latitude: Double) {
        guard (0...Self.deepestZoom).contains(zoom), longitude.isFinite, latitude.isFinite else { return nil }
        let unit = WebMercator.unit(longitude: longitude, latitude: latitude)
        let size = Double(1 << zoom)
        func part(_ value: Double) -> Int { Int(max(0, min(size - 1, (value * size).rounded(.down)))) }
        self.zoom = zoom
        column = part(unit.x)
        row = part(unit.y)
    }

    /// Its edge, where the world's is 1.
    public var side: Double { 1 / Double(1 << zoom) }
    /// Its north-west corner on the unit square.
    public var origin: SIMD2<Double> { SIMD2(Double(column), Double(row)) * side }

    /// What it shows, in degrees, widened on each side by a part of its edge.
    public func box(margin: Double = 0) -> Box {
        let northWest = WebMercator.degrees(origin - SIMD2(repeating: margin * side))
        let southEast = WebMercator.degrees(origin + SIMD2(repeating: (1 + margin) * side))
        return Box(
            west: max(-180, northWest.longitude), south: southEast.latitude, east: min(180, southEast.longitude),
            north: northWest.latitude)
    }
}
