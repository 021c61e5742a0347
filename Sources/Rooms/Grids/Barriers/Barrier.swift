import Geo
import Ground

/// A river, a railway, a road, or a bridge over them, as a file brought it in.
struct Barrier: Sendable, Hashable {
    typealias ID = Identifier<Barrier>

    var id: ID
    var source: BarrierSource.ID
    /// The class of `Rules/grid-norms.yaml`, or a bridge.
    var kind: String
    var name: String?
    /// How long it is; nil of a bridge.
    var metres: Double?
    /// CGCS2000 degrees; of a bridge the one place where it is.
    var courses: [[Position]]

    var isBridge: Bool { kind == GroundBarrier.bridge }

    var shape: Geometry {
        if isBridge, let place = courses.first?.first { return .point(place) }
        return courses.count == 1 ? .line(courses[0]) : .lines(courses)
    }

    /// Somewhere on it: for a link to the map.
    var place: Position? { courses.first.flatMap { $0.isEmpty ? nil : $0[$0.count / 2] } }

    static func courses(of shape: Geometry) -> [[Position]] {
        if case .point(let place) = shape { return [[place]] }
        return shape.courses
    }

    /// Along the ground, in metres.
    static func length(of courses: [[Position]]) -> Double {
        courses.reduce(0) { sum, course in
            zip(course, course.dropFirst()).reduce(sum) { sum, ends in
                let plane = LocalPlane(
                    around: Position(x: (ends.0.x + ends.1.x) / 2, y: (ends.0.y + ends.1.y) / 2))
                let (from, to) = (plane.metres(ends.0), plane.metres(ends.1))
                return sum + ((to.x - from.x) * (to.x - from.x) + (to.y - from.y) * (to.y - from.y)).squareRoot()
            }
        }
    }
}

/// One file of barriers that was brought in.
struct BarrierSource: Sendable, Hashable {
    typealias ID = Identifier<BarrierSource>

    var id: ID
    /// What people call the file.
    var name: String
    /// Who brought it in.
    var by: String
    var broughtAt: Instant
    /// Of those that are in force.
    var barriers = 0
    var bridges = 0
    var metres = 0.0
}

/// Barriers that were taken out at once, for as long as that can be undone.
struct Removal: Sendable, Hashable {
    typealias ID = Identifier<Removal>

    var id: ID
    /// The file or the barrier that was taken out.
    var name: String
    var by: String
    var at: Instant
    /// The file that came in their place; taken out again when this is undone.
    var successor: BarrierSource.ID?
    var barriers: Int
}

/// What there is of one class.
struct BarrierSum: Sendable, Hashable {
    var kind: String
    var count: Int
    var metres: Double
}
