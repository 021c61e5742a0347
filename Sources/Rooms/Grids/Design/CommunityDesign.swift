import Geo
import GridDesign
import Ground

/// The buildings of one community made into grids: neighbours computed, grids designed or redesigned, numbered by rule and
/// drawn. Knows no database.
struct CommunityDesign: Sendable {
    /// One grid of a choice.
    struct DesignedGrid: Sendable {
        /// From 1 within the community.
        var sequence: Int
        var isNew: Bool
        var members: [Int]
        var households: Int
        var workload: Double
        var middle: Position
        var reason: PlanException.Reason?
        var outline: Geometry?
        var squareMetres: Double
    }

    /// One way to do it.
    struct Choice: Sendable {
        var kind: Redesign.Choice.Kind
        var grids: [DesignedGrid]
        var figures: PlanFigures
        var householdsMoved: Int
    }

    let buildings: [Building]
    let norm: GridNorm
    var barriers: [Neighbours.Barrier] = []
    var bridges: [Position] = []
    var effort = DesignOptions.Effort.standard
    var seed: UInt64 = 1
    /// Numbers that grids of this community had once and that none may have again.
    var usedSequences: Set<Int> = []

    private let plane: LocalPlane
    private let neighbourUnits: [Neighbours.Unit]
    private let units: Units

    init(buildings: [Building], norm: GridNorm) {
        self.buildings = buildings
        self.norm = norm
        let box = Box(buildings.map(\.place)) ?? Box(west: 0, south: 0, east: 0, north: 0)
        let plane = LocalPlane(around: box.middle)
        self.plane = plane
        var compounds: [String: Int32] = [:]
        var units = Units()
        neighbourUnits = buildings.map { building in
            var compound: Int32 = -1
            if let name = building.compound {
                compound = compounds[name] ?? Int32(compounds.count)
                compounds[name] = compound
            }
            let middle = plane.metres(building.place)
            units.xs.append(middle.x)
            units.ys.append(middle.y)
            units.households.append(Int32(clamping: building.households))
            units.workloads.append(building.workload ?? Double(building.households))
            units.compounds.append(compound)
            return Neighbours.Unit(middle: middle, shape: building.outline?.mapped(plane.metres), compound: compound)
        }
        self.units = units
    }

    /// Square kilometres of the ground within 60 metres of a building.
    var squareKilometres: Double? {
        let engine = GEOS()
        return engine.buffered(.points(neighbourUnits.map(\.middle)), by: 60).map {
            $0.areas.reduce(0) { $0 + $1.area } / 1e6
        }
    }

    /// From the least change to a design from nothing; only the latter where there are no grids yet.
    func choices() async throws -> [Choice] {
        guard !buildings.isEmpty else { return [] }
        let plane = plane
        let found = Neighbours(
            of: neighbourUnits,
            barriers: barriers.map {
                Neighbours.Barrier(course: $0.course.map(plane.metres), affinity: $0.affinity)
            }, bridges: bridges.map(plane.metres))
        let adjacency = Adjacency(
            from: found.edges.map(\.from), to: found.edges.map(\.to), affinities: found.edges.map(\.affinity))
        var options = DesignOptions(norm: norm)
        options.effort = effort
        options.seed = seed
        options.threads = 1
        let former = Set(buildings.compactMap(\.grid)).sorted()
        guard !former.isEmpty else {
            let plan = try await GridDesigner.design(units, adjacency, options)
            return [choice(.designedAnew, plan.gridOf, moved: 0, former: [], adjacency)]
        }
        let numberOf = Dictionary(uniqueKeysWithValues: former.enumerated().map { ($1, Int32($0)) })
        let previous = buildings.map { $0.grid.flatMap { numberOf[$0] } ?? -1 }
        return try await Redesign.choices(units, adjacency, previous: previous, options).map {
            choice($0.kind, $0.gridOf, moved: $0.householdsMoved, former: former, adjacency)
        }
    }

    /// The whole community as one grid.
    func whole() -> Choice {
        let gridOf = [Int32](repeating: 0, count: buildings.count)
        let former = Set(buildings.compactMap(\.grid)).sorted()
        let kept = former.first
        let moved = buildings.reduce(0) { $0 + ($1.grid != nil && $1.grid != kept ? $1.households : 0) }
        return choice(.designedAnew, gridOf, moved: moved, former: Array(former.prefix(1)), Adjacency(), isWhole: true)
    }

    private func choice(
        _ kind: Redesign.Choice.Kind, _ gridOf: [Int32], moved: Int, former: [String], _ adjacency: Adjacency,
        isWhole: Bool = false
    ) -> Choice {
        let count = Int(gridOf.max() ?? -1) + 1
        var members = [[Int]](repeating: [], count: count)
        for (unit, grid) in gridOf.enumerated() { members[Int(grid)].append(unit) }
        var reasons: [Int32: PlanException.Reason] = [:]
        if !isWhole {
            for exception in PlanException.all(in: gridOf, units, adjacency, norm: norm) {
                reasons[exception.grid] = exception.reason
            }
        }
        let outlines = Tessellation().outlines(of: neighbourUnits, groupOf: gridOf, groups: count)
        let sequences = sequences(count, former: former)
        let plane = plane
        let grids = members.indices.filter { !members[$0].isEmpty }.map { grid -> DesignedGrid in
            let (x, y) = middle(of: members[grid])
            let outline = outlines[grid]
            return DesignedGrid(
                sequence: sequences[grid], isNew: grid >= former.count, members: members[grid],
                households: members[grid].reduce(0) { $0 + buildings[$1].households },
                workload: members[grid].reduce(0) { $0 + units.workloads[$1] },
                middle: plane.degrees(Position(x: x, y: y)), reason: reasons[Int32(grid)],
                outline: outline?.mapped(plane.degrees),
                squareMetres: outline?.areas.reduce(0) { $0 + $1.area } ?? 0)
        }
        let figures = PlanFigures(units, adjacency, plan: gridOf, norm: norm)
        return Choice(
            kind: kind, grids: grids.sorted { $0.sequence < $1.sequence }, figures: figures, householdsMoved: moved)
    }

    /// Grids that were there keep their number; new ones get the next that no grid of the community ever had.
    private func sequences(_ count: Int, former: [String]) -> [Int] {
        var used = usedSequences.union(former.compactMap { Int($0.suffix(3)) })
        var next = 1
        return (0..<count).map { grid in
            if grid < former.count, let number = Int(former[grid].suffix(3)) { return number }
            while used.contains(next) { next += 1 }
            used.insert(next)
            return next
        }
    }

    private func middle(of members: [Int]) -> (Double, Double) {
        var (weight, x, y) = (0.0, 0.0, 0.0)
        for unit in members {
            let heft = max(units.workloads[unit], 1e-6)
            weight += heft
            x += heft * units.xs[unit]
            y += heft * units.ys[unit]
        }
        return (x / weight, y / weight)
    }
}
