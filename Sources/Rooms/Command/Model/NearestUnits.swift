import Desk
import Ground

/// A body that could go, as far as it matters here.
struct CapableUnit: Sendable, Hashable {
    /// Why it is on the list.
    enum Power: Int, Sendable, Hashable, Comparable {
        /// Its line is the one that such matters belong to 职责对口.
        case line
        /// The body of the area itself, which goes first to everything 属地.
        case area

        static func < (left: Power, right: Power) -> Bool { left.rawValue < right.rawValue }
    }

    var body: BodyID
    var name: LocalizedText
    var line: String?
    var area: AreaPrefix
    /// A public number, such as a duty desk; never a person's own.
    var phone: String?
    var power = Power.area
    /// Who of it is on shift now, by post.
    var onShift: [LocalizedText] = []
    /// From the place that is kept for the body's area to that of the matter, as the crow flies; nil where neither the
    /// grids of its area say where it is, nor it is smaller than the county. Where its people are, nobody keeps.
    var metres: Double?
}

/// Which units can help with something at a place, the nearest able one first.
enum NearestUnits {
    /// - Parameters:
    ///   - line: the line that such matters belong to; nil for any.
    ///   - place: the smallest area known.
    static func order(_ units: [CapableUnit], line: String?, place: AreaPrefix, most: Int) -> [CapableUnit] {
        let able = units.compactMap { unit -> CapableUnit? in
            guard unit.area.contains(place) || place.contains(unit.area) else { return nil }
            var unit = unit
            switch unit.line {
            case nil: unit.power = .area
            case let own?:
                guard own == line else { return nil }
                unit.power = .line
            }
            return unit
        }
        return Array(able.sorted { isBefore($0, $1) }.prefix(most))
    }

    /// Able by its line, then on shift, then near, then responsible for less, so that it knows the place better.
    private static func isBefore(_ left: CapableUnit, _ right: CapableUnit) -> Bool {
        if left.power != right.power { return left.power < right.power }
        if left.onShift.isEmpty != right.onShift.isEmpty { return !left.onShift.isEmpty }
        let (here, there) = (left.metres ?? .infinity, right.metres ?? .infinity)
        if here != there { return here < there }
        if left.area.level != right.area.level { return left.area.level > right.area.level }
        return left.body < right.body
    }
}
