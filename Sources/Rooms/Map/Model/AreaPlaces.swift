import Desk
import Geo
import Places

/// Where each division and grid is, in the order of cells: the areas of a tile are found without looking at the others.
struct AreaPlaces: Sendable {
    struct Place: Sendable {
        var code: String
        var name: String
        var position: Position
        var cell: Int64
    }

    private let byLevel: [AreaLevel: [Place]]
    private let known: [String: Place]
    /// All, in the order of their codes.
    let byCode: [Place]

    init(_ places: [Place]) {
        byLevel = Dictionary(grouping: places) { AreaPrefix($0.code)?.level ?? .country }.mapValues { level in
            level.sorted { ($0.cell, $0.code) < ($1.cell, $1.code) }
        }
        known = Dictionary(places.map { ($0.code, $0) }) { first, _ in first }
        byCode = places.sorted { $0.code < $1.code }
    }

    subscript(code: String) -> Place? { known[code] }

    func all(_ level: AreaLevel) -> [Place] { byLevel[level] ?? [] }

    /// Those of a level whose cells lie in the range.
    func places(_ level: AreaLevel, in range: ClosedRange<Int64>) -> ArraySlice<Place> {
        let all = all(level)
        let first = Self.first(in: all) { $0.cell >= range.lowerBound }
        let end = Self.first(in: all) { $0.cell > range.upperBound }
        return all[first..<max(first, end)]
    }

    /// Those whose codes come after this one, in the order of codes.
    func after(_ code: String?) -> ArraySlice<Place> {
        guard let code else { return byCode[...] }
        return byCode[Self.first(in: byCode) { $0.code > code }...]
    }

    private static func first(in places: [Place], where condition: (Place) -> Bool) -> Int {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if condition(places[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// What `Places` has in memory, from an area down. No query.
    init(of places: Places, below area: AreaPrefix) {
        var found: [Place] = []
        var open = [area.code]
        while let code = open.popLast() {
            if !code.isEmpty, let name = places.name(of: code), let centre = places.centre(of: code),
                let cell = SpatialCell(longitude: centre.longitude, latitude: centre.latitude)
            {
                found.append(
                    Place(
                        code: code, name: name,
                        position: Position(longitude: centre.longitude, latitude: centre.latitude),
                        cell: cell.rawValue))
            }
            guard code.utf8.count < 15 else { continue }
            open += places.children(of: code).map(\.code).filter { $0 != code }
        }
        self.init(found)
    }
}
