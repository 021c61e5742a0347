public import Geo
public import GridDesign

/// Units of a file made ready for a design: on a plane, with their neighbours; and grids of a plan drawn from them.
public struct UnitCity: Sendable {
    public let units: Units
    public let adjacency: Adjacency
    public let neighbours: Neighbours
    private let places: [Neighbours.Unit]
    private let plane: LocalPlane?

    /// - Parameter barriers: in the coordinates of the units.
    public init(_ intake: UnitIntake, _ barriers: BarrierIntake?, rules: Neighbours.Rules = Neighbours.Rules()) {
        let box = Box(intake.units.map(\.place)) ?? Box(west: 0, south: 0, east: 0, north: 0)
        let plane = intake.isPlane ? nil : LocalPlane(around: box.middle)
        self.plane = plane
        let metres = { (position: Position) in plane?.metres(position) ?? position }
        var units = Units()
        var compounds: [String: Int32] = [:]
        places = intake.units.map { unit in
            var compound: Int32 = -1
            if let name = unit.compound {
                compound = compounds[name] ?? Int32(compounds.count)
                compounds[name] = compound
            }
            let middle = metres(unit.place)
            units.xs.append(middle.x)
            units.ys.append(middle.y)
            units.households.append(Int32(clamping: unit.households))
            units.workloads.append(unit.workload ?? Double(unit.households))
            units.compounds.append(compound)
            return Neighbours.Unit(middle: middle, shape: unit.shape?.mapped(metres), compound: compound)
        }
        self.units = units
        neighbours = Neighbours(
            of: places,
            barriers: (barriers?.barriers ?? []).map {
                Neighbours.Barrier(course: $0.course.map(metres), affinity: $0.affinity)
            }, bridges: (barriers?.bridges ?? []).map(metres), rules: rules)
        adjacency = Adjacency(
            from: neighbours.edges.map(\.from), to: neighbours.edges.map(\.to),
            affinities: neighbours.edges.map(\.affinity))
    }

    /// The ground of each grid, joined by GEOS: areas that tile the ground as they are, buildings with the ground nearest
    /// to them. In the coordinates of the file.
    public func outlines(_ gridOf: [Int32], grids: Int) -> [Geometry?] {
        let back = { (geometry: Geometry) -> Geometry in
            guard let plane else { return geometry }
            return geometry.mapped(plane.degrees)
        }
        guard neighbours.method == .walls else {
            return Tessellation().outlines(of: places, groupOf: gridOf, groups: grids).map { $0.map(back) }
        }
        let engine = GEOS()
        var shapes = [[Geometry]](repeating: [], count: grids)
        for (unit, grid) in gridOf.enumerated() where grid >= 0 {
            if let shape = places[unit].shape { shapes[Int(grid)].append(shape) }
        }
        return shapes.map { engine.union($0).map(back) }
    }
}
