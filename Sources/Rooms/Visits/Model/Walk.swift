import Foundation

/// A way on foot past some places: first always to the nearest one, then mended by turning stretches round as long as that
/// makes it shorter (2-opt). It begins at the first place and need not come back. Pure.
struct Walk: Sendable, Hashable {
    /// A place on a plane, in metres.
    struct Place: Sendable, Hashable {
        var east: Double
        var north: Double

        func distance(to other: Place) -> Double {
            let (x, y) = (east - other.east, north - other.north)
            return (x * x + y * y).squareRoot()
        }
    }

    /// The numbers of the places in the order of the walk.
    let order: [Int]
    /// In metres, as the crow flies from place to place.
    let length: Double

    /// More than a walk ever needs; a bound all the same.
    private static let mostRounds = 200

    init(past places: [Place]) {
        var order = Self.nearestNext(places)
        for _ in 0..<Self.mostRounds where Self.turnStretches(&order, places) {}
        self.order = order
        length = Self.length(order, places)
    }

    static func length(_ order: [Int], _ places: [Place]) -> Double {
        zip(order, order.dropFirst()).reduce(0) { $0 + places[$1.0].distance(to: places[$1.1]) }
    }

    static func nearestNext(_ places: [Place]) -> [Int] {
        guard !places.isEmpty else { return [] }
        var left = Array(1..<places.count)
        var order = [0]
        var here = 0
        while !left.isEmpty {
            var nearest = 0
            var least = Double.infinity
            for (index, candidate) in left.enumerated() {
                let distance = places[here].distance(to: places[candidate])
                if distance < least { (nearest, least) = (index, distance) }
            }
            here = left.remove(at: nearest)
            order.append(here)
        }
        return order
    }

    /// Turns round every stretch whose turning makes the way shorter by more than rounding.
    /// - Returns: whether any was turned.
    private static func turnStretches(_ order: inout [Int], _ places: [Place]) -> Bool {
        guard order.count > 2 else { return false }
        var isShorter = false
        for first in 1..<order.count - 1 {
            for last in first + 1..<order.count where gain(of: first, last, order, places) > 1e-6 {
                order[first...last].reverse()
                isShorter = true
            }
        }
        return isShorter
    }

    /// By how many metres the way is shorter when the stretch is turned round.
    static func gain(of first: Int, _ last: Int, _ order: [Int], _ places: [Place]) -> Double {
        let (before, start, end) = (places[order[first - 1]], places[order[first]], places[order[last]])
        var gain = before.distance(to: start) - before.distance(to: end)
        if last + 1 < order.count {
            let after = places[order[last + 1]]
            gain += end.distance(to: after) - start.distance(to: after)
        }
        return gain
    }
}

extension Walk.Place {
    /// Degrees on the plane around a point: right to a metre within a street.
    init(longitude: Double, latitude: Double, around middle: (longitude: Double, latitude: Double)) {
        let metresPerDegree = 111_320.0
        self.init(
            east: (longitude - middle.longitude) * metresPerDegree * cos(middle.latitude * .pi / 180),
            north: (latitude - middle.latitude) * metresPerDegree)
    }
}
