/// The working state of one search: which grid each node is in, and what every grid holds.
///
/// The cost it lowers, in the unit of the edges' affinities:
/// cut edges + price of a needless compound cut + being outside the norm + unequal workload + spread (moment of inertia).
/// A move is only made if the grid that is left stays in one piece.
struct GridSearch: ~Copyable {
    let graph: Graph
    let norm: SearchNorm
    private(set) var grids: Int
    /// The grid of each node.
    let gridOf: Slab<Int32>
    let load: Slab<Int>
    /// How many nodes a grid holds.
    let size: Slab<Int32>
    /// Bounds of each grid: during division a grid may still stand for several.
    let multiple: Slab<Int32>
    let sumX: Slab<Double>
    let sumY: Slab<Double>
    let mass: Slab<Double>
    /// Nodes of compound c in grid g at `touching[c * capacity + g]`; empty when compounds do not matter.
    let touching: Slab<Int32>
    let compoundOf: Slab<Int32>
    /// What a compound touches elsewhere, less what it must touch anyway.
    let touchBase: Slab<Int32>
    let touched: Slab<Int32>
    /// The grid each node was in before; empty without an earlier plan.
    var former: [Int32] = []
    let capacity: Int
    let compounds: Int
    /// Price of each, in affinity.
    var weights: Weights
    var dice: Dice
    // Scratch of the searches.
    let tie: Slab<Int32>
    var heap: MoveHeap
    let stamp: Slab<Int32>
    var currentStamp: Int32 = 0
    let queue: Slab<Int32>
    let moved: Slab<Int32>
    var currentMove: Int32 = 0
    let trail: Slab<Int32>
    let trailFrom: Slab<Int32>

    struct Weights {
        /// A grid that is outside the norm at all.
        var outside = 0.0
        /// Each whole target outside the norm.
        var distance = 0.0
        /// Square of the relative difference from the target.
        var inequality = 0.0
        /// Moment of inertia, per mass and square metre.
        var spread = 0.0
        /// A needless compound cut.
        var compound = 0.0
        /// Workload that leaves the grid it was in before.
        var stay = 0.0
    }

    init(
        _ graph: Graph, norm: SearchNorm, gridOf: consuming Slab<Int32>, grids: Int, capacity: Int,
        compoundPrice: Double = 0, base: [Int32] = [], dice: Dice
    ) {
        self.graph = graph
        self.norm = norm
        self.grids = grids
        self.capacity = capacity
        self.dice = dice
        let count = graph.count
        load = Slab(capacity, repeating: 0)
        size = Slab(capacity, repeating: 0)
        multiple = Slab(capacity, repeating: 1)
        sumX = Slab(capacity, repeating: 0)
        sumY = Slab(capacity, repeating: 0)
        mass = Slab(capacity, repeating: 0)
        weights = Weights(compound: compoundPrice)
        tie = Slab(capacity, repeating: 0)
        heap = MoveHeap(count)
        stamp = Slab(count, repeating: 0)
        queue = Slab(count, repeating: 0)
        moved = Slab(count, repeating: 0)
        trail = Slab(count, repeating: 0)
        trailFrom = Slab(count, repeating: 0)
        compoundOf = Slab(compoundPrice > 0 ? count : 0, repeating: -1)
        if compoundPrice > 0 {
            var numbers: [Int32: Int32] = [:]
            var ids: [Int32] = []
            for node in 0..<count where graph.compounds[node] >= 0 {
                let id = graph.compounds[node]
                if let number = numbers[id] {
                    compoundOf[node] = number
                } else {
                    compoundOf[node] = Int32(ids.count)
                    numbers[id] = Int32(ids.count)
                    ids.append(id)
                }
            }
            compounds = ids.count
            touchBase = Slab(ids.map { Int($0) < base.count ? base[Int($0)] : -1 })
        } else {
            compounds = 0
            touchBase = Slab(0, repeating: 0)
        }
        touched = Slab(compounds, repeating: 0)
        touching = Slab(compounds * capacity, repeating: 0)
        self.gridOf = gridOf
        for node in 0..<count {
            let grid = self.gridOf[node]
            load[grid] += Int(graph.loads[node])
            size[grid] += 1
            let heft = Double(graph.masses[node])
            mass[grid] += heft
            sumX[grid] += heft * Double(graph.xs[node])
            sumY[grid] += heft * Double(graph.ys[node])
            if compounds > 0, compoundOf[node] >= 0 {
                let slot = Int(compoundOf[node]) * capacity + Int(grid)
                if touching[slot] == 0 { touched[compoundOf[node]] += 1 }
                touching[slot] += 1
            }
        }
        // What was given counts all grids; what is touched here is counted apart.
        for compound in 0..<compounds where !base.isEmpty { touchBase[compound] -= touched[compound] }
    }

    /// For judging a plan.
    init(_ graph: Graph, norm: SearchNorm, plan: borrowing Slab<Int32>, dice: Dice) {
        let copy = Slab(plan.array())
        var most: Int32 = 0
        for node in 0..<copy.count { most = max(most, copy[node]) }
        self.init(
            graph, norm: norm, gridOf: copy, grids: Int(most) + 1, capacity: Int(most) + 1, dice: dice)
    }

    mutating func addGrid() -> Int32 {
        grids += 1
        return Int32(grids - 1)
    }

    consuming func result() -> Slab<Int32> { gridOf }

    // MARK: cost

    @inline(__always)
    func loadCost(_ grid: Int32, _ load: Int) -> Double {
        let many = grid < 0 ? 1 : multiple[grid]
        let times = Double(many)
        let target = norm.target * times
        let value = Double(load)
        // A grid that stands for several keeps some slack for its own division.
        let tight = many > 1 ? 0.35 : 0
        let low = norm.low * times + (target - norm.low * times) * tight
        let high = norm.high * times - (norm.high * times - target) * tight
        let off = (value - target) / norm.target
        var cost = weights.inequality * off * off
        if value < low {
            cost += weights.outside + weights.distance * (low - value) / norm.target
        } else if value > high {
            cost += weights.outside + weights.distance * (value - high) / norm.target
        }
        return cost
    }

    func isInNorm(_ grid: Int32) -> Bool {
        Double(load[grid]) >= norm.low && Double(load[grid]) <= norm.high
    }

    func inertia(_ grid: Int32) -> Double {
        guard mass[grid] > 0 else { return 0 }
        return -(sumX[grid] * sumX[grid] + sumY[grid] * sumY[grid]) / mass[grid]
    }

    /// What would be gained by giving `node` to `grid`, apart from the cut edges.
    @inline(__always)
    func softGain(_ node: Int32, from home: Int32, to grid: Int32) -> Double {
        let work = Int(graph.loads[node])
        var gain = loadCost(home, load[home]) - loadCost(home, load[home] - work)
        gain += loadCost(grid, load[grid]) - loadCost(grid, load[grid] + work)
        if weights.spread > 0 {
            let heft = Double(graph.masses[node])
            let x = Double(graph.xs[node])
            let y = Double(graph.ys[node])
            let left = mass[home]
            let joined = mass[grid]
            if left > heft && joined > 0 {
                let leftX = x - sumX[home] / left
                let leftY = y - sumY[home] / left
                let joinX = x - sumX[grid] / joined
                let joinY = y - sumY[grid] / joined
                gain +=
                    weights.spread
                    * (heft * left / (left - heft) * (leftX * leftX + leftY * leftY)
                        - heft * joined / (joined + heft) * (joinX * joinX + joinY * joinY))
            }
        }
        if weights.stay > 0 {
            let before = former[Int(node)]
            if before == home { gain -= weights.stay * Double(work) }
            if before == grid { gain += weights.stay * Double(work) }
        }
        if compounds > 0 {
            let compound = compoundOf[node]
            if compound >= 0 {
                let row = Int(compound) * capacity
                let before = touched[compound] + touchBase[compound]
                var after = before
                if touching[row + Int(home)] == 1 { after -= 1 }
                if touching[row + Int(grid)] == 0 { after += 1 }
                gain += weights.compound * Double(max(0, before) - max(0, after))
            }
        }
        return gain
    }

    @inline(__always)
    func move(_ node: Int32, to grid: Int32) {
        let home = gridOf[node]
        let work = Int(graph.loads[node])
        let heft = Double(graph.masses[node])
        let x = heft * Double(graph.xs[node])
        let y = heft * Double(graph.ys[node])
        load[home] -= work
        load[grid] += work
        size[home] -= 1
        size[grid] += 1
        mass[home] -= heft
        mass[grid] += heft
        sumX[home] -= x
        sumX[grid] += x
        sumY[home] -= y
        sumY[grid] += y
        if compounds > 0, compoundOf[node] >= 0 {
            let compound = compoundOf[node]
            let row = Int(compound) * capacity
            touching[row + Int(home)] -= 1
            if touching[row + Int(home)] == 0 { touched[compound] -= 1 }
            if touching[row + Int(grid)] == 0 { touched[compound] += 1 }
            touching[row + Int(grid)] += 1
        }
        gridOf[node] = grid
    }

    /// Whether the grid of `node` stays in one piece without it.
    mutating func canLeave(_ node: Int32) -> Bool {
        let home = gridOf[node]
        if size[home] <= 1 { return false }
        var first: Int32 = -1
        var wanted = 0
        currentStamp &+= 2
        let seen = currentStamp
        let sought = currentStamp &- 1
        for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1]) {
            let other = graph.neighbours[edge]
            if gridOf[other] == home {
                if first < 0 { first = other }
                stamp[other] = sought
                wanted += 1
            }
        }
        if wanted <= 1 { return wanted == 1 }
        stamp[node] = seen
        stamp[first] = seen
        wanted -= 1
        queue[0] = first
        var head = 0
        var tail = 1
        while head < tail {
            let at = queue[head]
            head += 1
            for edge in Int(graph.offsets[at])..<Int(graph.offsets[at + 1]) {
                let other = graph.neighbours[edge]
                if gridOf[other] != home || stamp[other] == seen { continue }
                if stamp[other] == sought {
                    wanted -= 1
                    if wanted == 0 { return true }
                }
                stamp[other] = seen
                queue[tail] = other
                tail += 1
            }
        }
        return false
    }

    var cut: Int {
        var sum = 0
        for node in 0..<graph.count {
            let home = gridOf[node]
            for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1])
            where gridOf[graph.neighbours[edge]] != home {
                sum += Int(graph.affinities[edge])
            }
        }
        return sum / 2
    }

    /// All of it: less is better. Comparable between plans of the same graph with the same prices.
    var cost: Double {
        var sum = Double(cut)
        for grid in 0..<Int32(grids) { sum += loadCost(grid, load[grid]) + weights.spread * inertia(grid) }
        for compound in 0..<compounds {
            sum += weights.compound * Double(max(0, touched[compound] + touchBase[compound]))
        }
        return sum
    }

    /// Prices follow the plan's own scale: what a grid's border costs on average.
    mutating func setPrices(spread: Double, inequality: Double, typicalBorder: Double? = nil) {
        let border = typicalBorder ?? max(1, 2 * Double(cut) / Double(max(1, grids)))
        weights.outside = border
        weights.distance = 20 * border
        weights.inequality = inequality * border
        var total = 0.0
        for node in 0..<graph.count {
            let heft = Double(graph.masses[node])
            let x = Double(graph.xs[node])
            let y = Double(graph.ys[node])
            total += heft * (x * x + y * y)
        }
        for grid in 0..<grids { total += inertia(Int32(grid)) }
        weights.spread = total > 0 ? spread * border * Double(grids) / total : 0
    }
}

/// The norm of a search in fixed point.
struct SearchNorm: Sendable {
    var low: Double
    var high: Double
    var target: Double
}
