import Foundation

/// A plane in metres around a place, for degrees: equirectangular, true along the middle latitude. Within 50 km of the
/// middle a length is off by less than one part in a hundred, within 10 km by two in a thousand.
public struct LocalPlane: Sendable, Hashable {
    public let origin: Position
    private let metresPerDegreeEast: Double
    private let metresPerDegreeNorth: Double

    /// - Parameter origin: its middle, in degrees.
    public init(around origin: Position) {
        self.origin = origin
        let latitude = origin.latitude * .pi / 180
        // Series of the WGS 84 ellipsoid for the length of a degree.
        metresPerDegreeNorth = 111_132.954 - 559.822 * cos(2 * latitude) + 1.175 * cos(4 * latitude)
        metresPerDegreeEast =
            111_412.84 * cos(latitude) - 93.5 * cos(3 * latitude) + 0.118 * cos(5 * latitude)
    }

    /// Degrees in metres east and north of the middle.
    public func metres(_ degrees: Position) -> Position {
        Position(
            x: (degrees.x - origin.x) * metresPerDegreeEast, y: (degrees.y - origin.y) * metresPerDegreeNorth)
    }

    public func degrees(_ metres: Position) -> Position {
        Position(x: origin.x + metres.x / metresPerDegreeEast, y: origin.y + metres.y / metresPerDegreeNorth)
    }
}
