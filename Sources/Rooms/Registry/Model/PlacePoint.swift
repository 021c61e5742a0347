/// A point in degrees of CGCS 2000, as it stands in a stored fact: five decimals, about a metre.
public struct PlacePoint: Sendable, Hashable {
    public var longitude: Double
    public var latitude: Double

    public init(longitude: Double, latitude: Double) {
        self.longitude = longitude
        self.latitude = latitude
    }

    /// - Returns: nil when the text is no pair of numbers, or the point lies far outside the country.
    public init?(_ text: String) {
        let parts = text.split(whereSeparator: { $0 == "," || $0 == "，" || $0.isWhitespace })
        guard parts.count == 2, let longitude = Double(parts[0]), let latitude = Double(parts[1]),
            (70.0...140.0).contains(longitude), (0.0...60.0).contains(latitude)
        else { return nil }
        self.init(longitude: longitude, latitude: latitude)
    }

    public var text: String { Self.rounded(longitude) + "," + Self.rounded(latitude) }

    private static func rounded(_ degrees: Double) -> String {
        let whole = Int((degrees * 100_000).rounded())
        let rest = String(whole % 100_000)
        return "\(whole / 100_000)." + String(repeating: "0", count: 5 - rest.utf8.count) + rest
    }
}
