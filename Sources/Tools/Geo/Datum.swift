import Foundation

/// In which frame degrees were given. Everything is kept in CGCS2000, which at this scale is WGS 84; what comes in another
/// frame is converted at the door.
///
/// Surveying Law of the PRC, article 40, and GB 20263; the offset of public maps is not published and stands here as
/// geoChina, coord-convert and others compute it.
public enum Datum: String, Sendable, Hashable, Codable, CaseIterable {
    /// EPSG:4490, the national frame.
    case cgcs2000 = "CGCS2000"
    /// EPSG:4326 as satellites give it; within centimetres of CGCS2000.
    case wgs84 = "WGS84"
    /// The frame of public maps: 高德, 腾讯, WeChat. Up to some 700 m off.
    case gcj02 = "GCJ-02"
    /// The frame of 百度, on top of GCJ-02.
    case bd09 = "BD-09"

    /// Degrees of this frame in CGCS2000. The way back from GCJ-02 and BD-09 is found by iteration, to 1e-9 degrees.
    public func toCGCS2000(longitude: Double, latitude: Double) -> (longitude: Double, latitude: Double) {
        let given = SIMD2(longitude, latitude)
        let found: SIMD2<Double> =
            switch self {
            case .cgcs2000, .wgs84: given
            case .gcj02: PublicMapOffset.inverse(of: given, PublicMapOffset.gcj02)
            case .bd09: PublicMapOffset.inverse(of: given) { PublicMapOffset.bd09(PublicMapOffset.gcj02($0)) }
            }
        return (found.x, found.y)
    }

    /// Degrees of CGCS2000 in this frame: for links into public maps.
    public func fromCGCS2000(longitude: Double, latitude: Double) -> (longitude: Double, latitude: Double) {
        let given = SIMD2(longitude, latitude)
        let found: SIMD2<Double> =
            switch self {
            case .cgcs2000, .wgs84: given
            case .gcj02: PublicMapOffset.gcj02(given)
            case .bd09: PublicMapOffset.bd09(PublicMapOffset.gcj02(given))
            }
        return (found.x, found.y)
    }
}

private enum PublicMapOffset {
    /// Krasovsky 1940, on which the offset is laid.
    private static let semiMajorAxis = 6_378_245.0
    private static let eccentricitySquared = 0.006_693_421_622_965_943

    /// Outside this rectangle nothing is offset.
    private static func isOffset(_ point: SIMD2<Double>) -> Bool {
        (72.004...137.8347).contains(point.x) && (0.8293...55.8271).contains(point.y)
    }

    static func gcj02(_ point: SIMD2<Double>) -> SIMD2<Double> {
        guard isOffset(point) else { return point }
        let (x, y) = (point.x - 105, point.y - 35)
        let common = (20 * sin(6 * x * .pi) + 20 * sin(2 * x * .pi)) * 2 / 3
        let root = abs(x).squareRoot()
        var east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
        east += (20 * sin(x * .pi) + 40 * sin(x / 3 * .pi)) * 2 / 3
        east += (150 * sin(x / 12 * .pi) + 300 * sin(x / 30 * .pi)) * 2 / 3
        var north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
        north += (20 * sin(y * .pi) + 40 * sin(y / 3 * .pi)) * 2 / 3
        north += (160 * sin(y / 12 * .pi) + 320 * sin(y * .pi / 30)) * 2 / 3

        let latitude = point.y * .pi / 180
        let curvature = 1 - eccentricitySquared * sin(latitude) * sin(latitude)
        let meridian = semiMajorAxis * (1 - eccentricitySquared) / (curvature * curvature.squareRoot())
        let parallel = semiMajorAxis / curvature.squareRoot() * cos(latitude)
        return point + SIMD2(east / parallel, north / meridian) * (180 / .pi)
    }

    static func bd09(_ point: SIMD2<Double>) -> SIMD2<Double> {
        let turn = Double.pi * 3000 / 180
        let radius = (point.x * point.x + point.y * point.y).squareRoot() + 0.000_02 * sin(point.y * turn)
        let angle = atan2(point.y, point.x) + 0.000_003 * cos(point.x * turn)
        return SIMD2(radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006)
    }

    /// The offset changes slowly, so what it moved is found by moving back by what it moves there.
    static func inverse(
        of shifted: SIMD2<Double>, _ shift: (SIMD2<Double>) -> SIMD2<Double>
    ) -> SIMD2<Double> {
        var point = shifted
        for _ in 0..<12 {
            let error = shift(point) - shifted
            point -= error
            if abs(error.x) < 1e-10, abs(error.y) < 1e-10 { break }
        }
        return point
    }
}
