/// Outlines for groups of units that do not touch: each unit gets the ground that is nearest to it, and a group's outline is
/// its units' ground joined. The outlines neither overlap nor leave gaps between each other. Coordinates are metres.
public struct Tessellation {
    private let engine: GEOS

    public init(engine: GEOS = GEOS()) { self.engine = engine }

    /// - Parameters:
    ///   - units: where each unit stands, with its shape where known.
    ///   - groupOf: the group of each unit, from 0 to `groups` - 1; below 0 for none.
    ///   - ground: what is divided; nil for everything up to `reach` around the units.
    /// - Returns: an outline per group; nil for a group that has no ground.
    public func outlines(
        of units: [Neighbours.Unit], groupOf: [Int32], groups: Int, within ground: Geometry? = nil, reach: Double = 60
    ) -> [Geometry?] {
        var sites: [Position] = []
        var groupOfSite: [Position: Int32] = [:]
        for (number, unit) in units.enumerated() where groupOf[number] >= 0 {
            for site in Self.sites(of: unit) where groupOfSite[site] == nil {
                groupOfSite[site] = groupOf[number]
                sites.append(site)
            }
        }
        guard !sites.isEmpty, let box = Box(sites) else { return Array(repeating: nil, count: groups) }
        let limits = ground ?? engine.buffered(.points(units.map(\.middle)), by: reach).flatMap { engine.filled($0) }
        var parts: [[Geometry]] = Array(repeating: [], count: groups)
        if sites.count == 1, let group = groupOfSite[sites[0]], let limits {
            parts[Int(group)] = [limits]
        }
        let index = BoxIndex(sites.map { Box($0) })
        let around = box.grown(by: max(reach * 4, max(box.width, box.height)))
        for cell in engine.voronoi(sites, around: around) {
            guard let cellBox = cell.box else { continue }
            // A cell is convex and holds exactly one site; on its border lies none.
            let held = index.touching(cellBox).filter { Self.holds(cell.outer, sites[$0]) }
            guard let site = held.first, let group = groupOfSite[sites[site]] else { continue }
            parts[Int(group)].append(.polygon(cell))
        }
        return parts.map { cells in
            guard let whole = engine.union(cells) else { return nil }
            guard let limits else { return whole }
            return engine.intersection(whole, limits)
        }
    }

    /// The corners of a unit's shape, walls longer than 8 metres in steps, so that a neighbour's ground does not cut a
    /// building; or just its middle.
    private static func sites(of unit: Neighbours.Unit) -> [Position] {
        guard let shape = unit.shape else { return [unit.middle] }
        var sites: [Position] = []
        for ring in shape.areas.map(\.outer) {
            for (a, b) in zip(ring.positions, ring.positions.dropFirst()) {
                let length = ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
                let steps = max(1, min(200, Int((length / 8).rounded(.up))))
                for step in 0..<steps {
                    let share = Double(step) / Double(steps)
                    sites.append(Position(x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share))
                }
            }
        }
        return sites.isEmpty ? [unit.middle] : sites
    }

    /// Whether a convex ring holds a place strictly inside.
    private static func holds(_ ring: Ring, _ place: Position) -> Bool {
        var side = 0.0
        for (a, b) in zip(ring.positions, ring.positions.dropFirst()) {
            let cross = (b.x - a.x) * (place.y - a.y) - (b.y - a.y) * (place.x - a.x)
            if cross == 0 || cross * side < 0 { return false }
            side = cross
        }
        return side != 0
    }
}

extension GEOS {
    /// Without holes: lakes and courtyards belong to what lies around them.
    public func filled(_ geometry: Geometry) -> Geometry? {
        union(geometry.areas.map { .polygon(Polygon(outer: $0.outer)) })
    }
}
