import Cases
import Desk
import Geo
import Ground
import Web

/// What of the map stands in its address: where it looks, and which part of that was chosen.
struct MapView: Sendable {
    var longitude: Double
    var latitude: Double
    var zoom: Double

    /// `at=120.155,30.274,13`.
    init(_ text: String) throws(Refusal) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
        guard parts.count == 3, (-180...180).contains(parts[0]), (-90...90).contains(parts[1]),
            (0...24).contains(parts[2])
        else {
            throw QueryParameters.unreadable(
                "at", text, because: LocalizedText("格式为 经度,纬度,级别", "longitude,latitude,zoom are meant"))
        }
        (longitude, latitude, zoom) = (parts[0], parts[1], parts[2])
    }
}

extension Box {
    /// `west,south,east,north` in degrees of CGCS2000.
    init(reading text: String, field: String) throws(Refusal) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
        guard parts.count == 4, parts.allSatisfy(\.isFinite),
            case let box = Box(west: parts[0], south: parts[1], east: parts[2], north: parts[3]), box.isOnEarth
        else {
            throw QueryParameters.unreadable(
                field, text, because: LocalizedText("格式为 西,南,东,北（度）", "west,south,east,north in degrees are meant"))
        }
        self = box
    }
}
