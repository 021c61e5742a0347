import Cases
import Desk
import Ground
import Places

/// Which area a place given from outside lies in. All from memory, no query.
struct PlaceFinding: Sendable {
    let places: Places
    let county: AreaPrefix

    /// - Parameters:
    ///   - location: counts first; a point that no grid is near to is refused, where grids have centres at all.
    ///   - named: an area code that the sender gave.
    ///   - address: what the sender wrote; names of streets and communities in it are understood.
    func area(location: Location?, named: AreaPrefix?, address: String?) throws(Refusal) -> AreaPrefix {
        if let named, !county.contains(named) || (named != county && places.name(of: named.code) == nil) {
            throw Refusal(
                .ruleBroken, "channels.unknown-area",
                LocalizedText("本平台没有区域 \(named.code)", "There is no area \(named.code) here"), field: "area")
        }
        if let location {
            if let grid = places.grid(longitude: location.longitude, latitude: location.latitude),
                let area = AreaPrefix(grid.code)
            {
                return named.map { $0.contains(area) ? area : $0 } ?? area
            }
            guard !places.hasGridCentres else { throw Self.elsewhere }
        }
        if let named { return named }
        return address.flatMap(area(namedIn:)) ?? county
    }

    /// The smallest division whose name stands in the text; nil when none does or two do.
    func area(namedIn text: String) -> AreaPrefix? {
        var found: (code: String, name: String)?
        for street in places.children(of: county.code) {
            let isNamed = Self.mentions(street.name, in: text)
            let below = places.children(of: street.code).filter { Self.mentions($0.name, in: text) }
            // The community says more than the street; two that bear the same name are told apart by their street.
            if let community = below.first, below.count == 1, isNamed || found == nil {
                found = community
                if isNamed { break }
            } else if isNamed {
                found = street
                break
            } else if !below.isEmpty {
                return nil
            }
        }
        return found.flatMap { AreaPrefix($0.code) }
    }

    /// A name of one or two characters says too little.
    private static func mentions(_ name: String, in text: String) -> Bool { name.count > 2 && text.contains(name) }

    static let elsewhere = Refusal(
        .ruleBroken, "channels.elsewhere",
        LocalizedText("该地点不在本平台服务的区域内", "That place is not in the area this platform serves"),
        wayOn: LocalizedText(
            "经纬度是否写反了？否则请向当地 12345 反映", "Are lat and long swapped? Else report it to the hotline of that place"),
        field: "lat")
}
