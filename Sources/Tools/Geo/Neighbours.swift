/// Which units adjoin, found from where they lie: areas that share a wall, or the Delaunay edges between places; less what
/// a barrier parts, and at a lower price of parting where a road does. Coordinates are metres.
public struct Neighbours: Sendable {
    public struct Unit: Sendable {
        public var middle: Position
        /// Nil when only the place is known.
        public var shape: Geometry?
        /// Units of one compound belong together; -1 for none.
        public var compound: Int32

        public init(middle: Position, shape: Geometry? = nil, compound: Int32 = -1) {
            self.middle = middle
            self.shape = shape
            self.compound = compound
        }
    }

    /// A river, a railway, a road.
    public struct Barrier: Sendable {
        public var course: [Position]
        /// How much units on either side still belong together; nil when only a bridge joins them.
        public var affinity: Int32?

        public init(course: [Position], affinity: Int32?) {
            self.course = course
            self.affinity = affinity
        }
    }

    public enum Method: String, Sendable, CaseIterable {
        /// Areas that tile the ground: those that share a wall.
        case walls
        /// Buildings or points: Delaunay edges between their middles.
        case delaunay
    }

    public struct Rules: Sendable {
        /// Nil: walls where areas cover at least half of the ground and hang together by walls, else Delaunay.
        public var method: Method?
        /// Affinity inside a compound, and between units that nothing parts.
        public var inCompound: Int32 = 8
        public var open: Int32 = 3
        /// Affinity over a bridge.
        public var overBridge: Int32 = 1
        /// A bridge joins units whose connection crosses the barrier so near to it, in metres.
        public var bridgeReach = 60.0
        /// Walls no further apart are one, and a shared wall is at least so long, in metres.
        public var wallGap = 0.5
        public var shortestWall = 2.0
        /// A Delaunay edge longer than so many times the usual length is kept only where nothing else joins its ends.
        public var longest = 6.0

        public init() {}
    }

    public struct Edge: Sendable, Hashable {
        public var from: Int32
        public var to: Int32
        public var affinity: Int32
    }

    /// In rising order of `from`, then `to`; `from` is the lower number.
    public private(set) var edges: [Edge] = []
    public private(set) var method: Method
    /// Connections that a barrier cut, and those of them that a bridge joined again.
    public private(set) var cut = 0
    public private(set) var bridged = 0
    /// Parts of the whole that nothing joins; 1 when all hang together.
    public private(set) var parts = 0

    private let units: [Unit]
    private let rules: Rules

    /// - Parameter bridges: places where a barrier can be crossed.
    public init(of units: [Unit], barriers: [Barrier] = [], bridges: [Position] = [], rules: Rules = Rules()) {
        self.units = units
        self.rules = rules
        let engine = GEOS()
        var candidates: [(Int, Int)] = []
        method = rules.method ?? (Self.coverTheGround(units, engine) ? .walls : .delaunay)
        if method == .walls {
            candidates = Self.walls(units, rules, engine)
            // Houses that stand close cover much ground and share few walls.
            let parts = Joined(units.count, candidates.map { (Int32($0.0), Int32($0.1)) }).count
            if rules.method == nil, parts > max(1, units.count / 10) { method = .delaunay }
        }
        if method == .delaunay { candidates = Self.delaunay(units, engine) }
        var open = part(candidates, by: barriers, bridges: bridges, engine)
        if method == .delaunay { open = withoutLong(open) }
        edges = open.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
        parts = Joined(units.count, edges.map { ($0.from, $0.to) }).count
    }

    // MARK: Candidates

    private static func coverTheGround(_ units: [Unit], _ engine: GEOS) -> Bool {
        let shapes = units.compactMap(\.shape)
        guard shapes.count * 2 > units.count else { return false }
        var corners: [Position] = []
        for shape in shapes { shape.forEachPosition { corners.append($0) } }
        guard let hull = engine.hull(.points(corners)) else { return false }
        let covered = shapes.reduce(0.0) { $0 + $1.areas.reduce(0) { $0 + $1.area } }
        return covered * 2 > hull.areas.reduce(0) { $0 + $1.area }
    }

    private static func delaunay(_ units: [Unit], _ engine: GEOS) -> [(Int, Int)] {
        var edges = engine.delaunay(units.map(\.middle))
        // Units at one place hang together; the triangulation knows only the first.
        var first: [Position: Int] = [:]
        first.reserveCapacity(units.count)
        var places: [Position] = []
        for (number, unit) in units.enumerated() {
            if let known = first[unit.middle] {
                edges.append((known, number))
            } else {
                first[unit.middle] = number
                places.append(unit.middle)
            }
        }
        // On one straight line there is no triangle.
        if edges.isEmpty, places.count > 1 {
            let line = places.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
            for (a, b) in zip(line, line.dropFirst()) {
                if let a = first[a], let b = first[b] { edges.append((min(a, b), max(a, b))) }
            }
        }
        return edges
    }

    private static func walls(_ units: [Unit], _ rules: Rules, _ engine: GEOS) -> [(Int, Int)] {
        let boxes = units.map { ($0.shape?.box ?? Box($0.middle)).grown(by: rules.wallGap) }
        let index = BoxIndex(boxes)
        var edges: [(Int, Int)] = []
        for (number, unit) in units.enumerated() {
            guard let shape = unit.shape, let prepared = PreparedShape(shape, engine) else { continue }
            for other in index.touching(boxes[number]) where other > number {
                guard let shape = units[other].shape else { continue }
                // The border runs in the strip from both sides: what only touches at a corner stays below.
                let length = prepared.sharedBorder(with: shape, tolerance: rules.wallGap)
                if length >= rules.shortestWall + 2 * rules.wallGap { edges.append((number, other)) }
            }
        }
        return edges
    }

    // MARK: Barriers

    private mutating func part(
        _ candidates: [(Int, Int)], by barriers: [Barrier], bridges: [Position], _ engine: GEOS
    ) -> [Edge] {
        let pieces = Pieces(barriers, engine)
        var open: [Edge] = []
        open.reserveCapacity(candidates.count)
        var crossings: [(edge: Edge, at: Position)] = []
        for (a, b) in candidates {
            let (from, to) = (units[a].middle, units[b].middle)
            let isInside = units[a].compound >= 0 && units[a].compound == units[b].compound
            var affinity = isInside ? rules.inCompound : rules.open
            var crossing: Position?
            if !pieces.isEmpty {
                for piece in pieces.meeting(from, to) {
                    if let price = pieces.affinity(piece) {
                        if !isInside { affinity = min(affinity, price) }
                    } else if crossing == nil {
                        crossing = pieces.crossing(piece, from, to)
                    }
                }
            }
            let edge = Edge(from: Int32(min(a, b)), to: Int32(max(a, b)), affinity: affinity)
            if let crossing { crossings.append((edge, crossing)) } else { open.append(edge) }
        }
        cut = crossings.count
        let joined = joined(crossings, over: bridges)
        bridged = joined.count
        return open + joined
    }

    /// The connections that a bridge restores: those that cross near it, or the nearest one where none does.
    private func joined(_ crossings: [(edge: Edge, at: Position)], over bridges: [Position]) -> [Edge] {
        guard !crossings.isEmpty, !bridges.isEmpty else { return [] }
        let index = BoxIndex(crossings.map { Box($0.at) })
        var chosen: Set<Int> = []
        for bridge in bridges {
            var near = index.touching(Box(bridge).grown(by: rules.bridgeReach))
            if near.isEmpty {
                let wide = index.touching(Box(bridge).grown(by: rules.bridgeReach * 5))
                near =
                    wide.min { Self.square(crossings[$0].at, bridge) < Self.square(crossings[$1].at, bridge) }
                    .map { [$0] } ?? []
            }
            chosen.formUnion(near)
        }
        return chosen.sorted().map { number in
            var edge = crossings[number].edge
            edge.affinity = min(edge.affinity, rules.overBridge)
            return edge
        }
    }

    // MARK: Lengths

    /// Drops edges that leap, unless nothing shorter joins their ends (a minimum spanning forest is always kept).
    private func withoutLong(_ edges: [Edge]) -> [Edge] {
        guard edges.count > units.count else { return edges }
        let lengths = edges.map { Self.square(units[Int($0.from)].middle, units[Int($0.to)].middle) }
        let order = edges.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
        let usual = lengths[order[order.count / 2]]
        let limit = max(usual, 1) * rules.longest * rules.longest
        var forest = Joined(units.count)
        return order.compactMap { number in
            let joins = forest.join(edges[number].from, edges[number].to)
            return joins || lengths[number] <= limit ? edges[number] : nil
        }
    }

    private static func square(_ a: Position, _ b: Position) -> Double {
        (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)
    }
}

/// Barriers in short pieces, so that a connection is compared with few.
private struct Pieces {
    private static let segments = 8
    private var shapes: [PreparedShape] = []
    private var affinities: [Int32?] = []
    private let index: BoxIndex

    init(_ barriers: [Neighbours.Barrier], _ engine: GEOS) {
        for barrier in barriers {
            var start = 0
            while start + 1 < barrier.course.count {
                let end = min(start + Self.segments, barrier.course.count - 1)
                if let shape = PreparedShape(.line(Array(barrier.course[start...end])), engine) {
                    shapes.append(shape)
                    affinities.append(barrier.affinity)
                }
                start = end
            }
        }
        index = BoxIndex(shapes.map(\.box))
    }

    var isEmpty: Bool { shapes.isEmpty }

    func meeting(_ a: Position, _ b: Position) -> [Int] {
        var box = Box(a)
        box.enclose(b)
        return index.touching(box).filter { shapes[$0].meetsLine(from: a, to: b) }
    }

    func affinity(_ piece: Int) -> Int32? { affinities[piece] }

    func crossing(_ piece: Int, _ a: Position, _ b: Position) -> Position {
        shapes[piece].firstMeeting(from: a, to: b) ?? Position(x: (a.x + b.x) / 2, y: (a.y + b.y) / 2)
    }
}

/// Which of a number of things hang together.
public struct Joined: Sendable {
    private var parents: [Int32]
    /// How many parts there are.
    public private(set) var count: Int

    public init(_ count: Int, _ pairs: [(Int32, Int32)] = []) {
        parents = Array(0..<Int32(count))
        self.count = count
        for (a, b) in pairs { join(a, b) }
    }

    /// - Returns: whether they were apart before.
    @discardableResult
    public mutating func join(_ a: Int32, _ b: Int32) -> Bool {
        let (a, b) = (root(of: a), root(of: b))
        if a == b { return false }
        parents[Int(max(a, b))] = min(a, b)
        count -= 1
        return true
    }

    /// The lowest number that hangs together with this one.
    public mutating func root(of start: Int32) -> Int32 {
        var node = start
        while parents[Int(node)] != node {
            parents[Int(node)] = parents[Int(parents[Int(node)])]
            node = parents[Int(node)]
        }
        return node
    }
}
