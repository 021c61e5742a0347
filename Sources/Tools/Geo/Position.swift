/// A place: longitude and latitude in degrees, or east and north in metres, as its container says.
public struct Position: Hashable, Sendable {
    /// East: longitude in degrees, or metres.
    public var x: Double
    /// North: latitude in degrees, or metres.
    public var y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    public init(longitude: Double, latitude: Double) {
        x = longitude
        y = latitude
    }

    public var longitude: Double { x }
    public var latitude: Double { y }

    /// Whether it can be a longitude and a latitude at all.
    public var isOnEarth: Bool { x >= -180 && x <= 180 && y >= -90 && y <= 90 }
}
