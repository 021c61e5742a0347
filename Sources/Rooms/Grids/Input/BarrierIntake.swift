public import Geo

/// Takes roads, rivers, railways and bridges feature by feature, by the classes of `Rules/grid-norms.yaml`.
public struct BarrierIntake: Sendable {
    public private(set) var barriers: [Neighbours.Barrier] = []
    /// The class of each of them, in their order.
    public private(set) var kinds: [String] = []
    public private(set) var bridges: [Position] = []
    /// Features of no class that is known; they part nothing.
    public private(set) var unknown = 0

    private let norms: GridNorms
    private static let columns: Set<String> = [
        "class", "type", "kind", "fclass", "highway", "railway", "waterway", "bridge", "类型",
    ]

    public init(_ norms: GridNorms) { self.norms = norms }

    public mutating func take(_ feature: Feature) {
        guard let geometry = feature.geometry else { return }
        let words = feature.properties.filter { Self.columns.contains($0.key.lowercased()) }.flatMap { member in
            // A way tagged bridge=yes is a bridge whatever else it is.
            member.key.lowercased() == "bridge" && ["yes", "true", "1", "T"].contains(member.value.text ?? "")
                ? ["bridge"] : [member.value.text?.lowercased() ?? ""]
        }
        if words.contains(where: norms.bridgeWords.contains) {
            if let middle = geometry.middle { bridges.append(middle) }
            return
        }
        guard let known = norms.barriers.first(where: { !$0.words.isDisjoint(with: words) }) else {
            unknown += 1
            return
        }
        // The banks of a river that is drawn as an area part as its line does.
        let courses = geometry.courses + geometry.areas.map(\.outer.positions)
        for course in courses {
            barriers.append(Neighbours.Barrier(course: course, affinity: known.affinity))
            kinds.append(known.key)
        }
    }
}
