/// What grids are made of: buildings or small areas, in parallel columns.
public struct Units: Sendable {
    /// Metres, in any plane system.
    public var xs: [Double]
    public var ys: [Double]
    public var households: [Int32]
    /// What a grid is measured by; households unless weighted.
    public var workloads: [Double]
    /// The compound (小区) each unit belongs to, numbered from 0; -1 for none.
    public var compounds: [Int32]

    public var count: Int { workloads.count }

    public init(
        xs: [Double] = [], ys: [Double] = [], households: [Int32] = [], workloads: [Double] = [],
        compounds: [Int32] = []
    ) {
        self.xs = xs
        self.ys = ys
        self.households = households
        self.workloads = workloads
        self.compounds = compounds
    }
}

/// Which units adjoin, and what it costs to part them.
public struct Adjacency: Sendable {
    public var from: [Int32]
    public var to: [Int32]
    public var affinities: [Int32]

    public var count: Int { from.count }

    public init(from: [Int32] = [], to: [Int32] = [], affinities: [Int32] = []) {
        self.from = from
        self.to = to
        self.affinities = affinities
    }
}

/// How large a grid may be, in workload.
public struct GridNorm: Sendable, Equatable {
    public var low: Double
    public var high: Double
    public var target: Double

    public init(low: Double, high: Double, target: Double) {
        self.low = low
        self.high = high
        self.target = target
    }
}

/// How a design is to be made.
public struct DesignOptions: Sendable {
    public enum Compounds: String, Sendable, CaseIterable {
        /// A compound is one piece wherever it fits into a grid.
        case keep
        /// Compounds count only through the affinity of their edges.
        case free
    }

    public enum Effort: String, Sendable, CaseIterable {
        case fast, standard, best
    }

    public var norm: GridNorm
    public var compounds = Compounds.keep
    public var effort = Effort.standard
    public var seed: UInt64 = 1
    /// At most this many threads; the plan is the same for any number.
    public var threads = 1

    /// Told now and then how much of the work is done, from 0 to 1.
    public var progress: (@Sendable (Double) -> Void)?

    public init(norm: GridNorm) { self.norm = norm }
}
