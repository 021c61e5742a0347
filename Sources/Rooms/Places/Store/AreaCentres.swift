import Desk
import Foundation
import Ground

/// Where an area is, for want of an outline: the mean of the centres of its base grids, each by its households.
enum AreaCentres {
    private struct Sum {
        var longitude = 0.0
        var latitude = 0.0
        var weight = 0.0
    }

    static func of(_ grids: [Grid]) -> [String: Grid.Centre] {
        var sums: [String: Sum] = [:]
        for grid in grids where grid.kind == .base {
            guard let centre = grid.centre else { continue }
            let weight = Double(max(1, grid.households))
            for length in [6, 9, 12, 15] where grid.code.utf8.count >= length {
                var sum = sums[String(grid.code.prefix(length))] ?? Sum()
                sum.longitude += centre.longitude * weight
                sum.latitude += centre.latitude * weight
                sum.weight += weight
                sums[String(grid.code.prefix(length))] = sum
            }
        }
        return sums.mapValues { .init(longitude: $0.longitude / $0.weight, latitude: $0.latitude / $0.weight) }
    }
}

extension Places {
    /// The middle of an area, as its grids say; nil where none has a centre. No query.
    public func centre(of area: String) -> Grid.Centre? { index.centre(of: area) }
}

extension Grid.Centre {
    /// Metres as the crow flies, on a sphere of the earth's mean radius.
    public func metres(to other: Grid.Centre) -> Double {
        let radius = 6_371_000.0
        let narrowing = cos((latitude + other.latitude) / 2 * .pi / 180)
        let east = (other.longitude - longitude) * .pi / 180 * narrowing
        let north = (other.latitude - latitude) * .pi / 180
        return radius * (east * east + north * north).squareRoot()
    }
}
