/// What a plan is worth, counted anew from the units and edges.
public struct PlanFigures: Sendable {
    public var grids = 0
    public var unitsLeftOut = 0
    public var inNorm = 0
    public var above = 0
    public var below = 0
    public var largest = 0.0
    public var smallest = 0.0
    /// Standard deviation over mean of the grids' workload.
    public var unevenness = 0.0
    /// Grids that are not in one piece.
    public var broken = 0
    public var cutEdges = 0
    public var cutAffinity = 0
    /// Compounds × grids touched more than their size demands.
    public var needlessCompoundCuts = 0
    /// Mean distance of the workload from its grid's centre, metres.
    public var walk = 0.0

    public var shareInNorm: Double { grids == 0 ? 0 : Double(inNorm) / Double(grids) }

    public init(_ units: Units, _ adjacency: Adjacency, plan: [Int32], norm: GridNorm) {
        let count = Int(plan.max() ?? -1) + 1
        var loads = [Double](repeating: 0, count: count)
        var sizes = [Int](repeating: 0, count: count)
        var weight = [Double](repeating: 0, count: count)
        var middleX = [Double](repeating: 0, count: count)
        var middleY = [Double](repeating: 0, count: count)
        for (unit, grid) in plan.enumerated() {
            guard grid >= 0 else {
                unitsLeftOut += 1
                continue
            }
            let grid = Int(grid)
            loads[grid] += units.workloads[unit]
            sizes[grid] += 1
            let heft = max(units.workloads[unit], 1e-9)
            weight[grid] += heft
            middleX[grid] += heft * units.xs[unit]
            middleY[grid] += heft * units.ys[unit]
        }
        let used = loads.indices.filter { sizes[$0] > 0 }
        grids = used.count
        let mean = used.reduce(0) { $0 + loads[$1] } / Double(max(1, grids))
        var squares = 0.0
        smallest = .infinity
        for grid in used {
            let load = loads[grid]
            if load > norm.high { above += 1 } else if load < norm.low { below += 1 } else { inNorm += 1 }
            largest = max(largest, load)
            smallest = min(smallest, load)
            squares += (load - mean) * (load - mean)
        }
        if grids == 0 { smallest = 0 }
        unevenness = mean > 0 ? (squares / Double(max(1, grids))).squareRoot() / mean : 0
        var total = 0.0
        for (unit, grid) in plan.enumerated() where grid >= 0 {
            let grid = Int(grid)
            let dx = units.xs[unit] - middleX[grid] / weight[grid]
            let dy = units.ys[unit] - middleY[grid] / weight[grid]
            walk += units.workloads[unit] * (dx * dx + dy * dy).squareRoot()
            total += units.workloads[unit]
        }
        walk = total > 0 ? walk / total : 0
        countCuts(adjacency, plan, grids: count)
        countCompounds(units, plan, norm)
    }

    private mutating func countCuts(_ adjacency: Adjacency, _ plan: [Int32], grids: Int) {
        var root = Array(0..<Int32(plan.count))
        func find(_ start: Int32) -> Int32 {
            var node = start
            while root[Int(node)] != node {
                root[Int(node)] = root[Int(root[Int(node)])]
                node = root[Int(node)]
            }
            return node
        }
        for edge in adjacency.from.indices {
            let from = adjacency.from[edge]
            let to = adjacency.to[edge]
            if plan[Int(from)] == plan[Int(to)], plan[Int(from)] >= 0 {
                let a = find(from)
                let b = find(to)
                if a != b { root[Int(max(a, b))] = min(a, b) }
            } else {
                cutEdges += 1
                cutAffinity += Int(adjacency.affinities[edge])
            }
        }
        var pieces = [Int32](repeating: 0, count: grids)
        for unit in plan.indices where plan[unit] >= 0 && root[unit] == Int32(unit) { pieces[Int(plan[unit])] += 1 }
        broken = pieces.count { $0 > 1 }
    }

    private mutating func countCompounds(_ units: Units, _ plan: [Int32], _ norm: GridNorm) {
        var loadOf: [Int32: Double] = [:]
        var touched: [Int32: Set<Int32>] = [:]
        for unit in plan.indices where units.compounds[unit] >= 0 {
            loadOf[units.compounds[unit], default: 0] += units.workloads[unit]
            if plan[unit] >= 0 { touched[units.compounds[unit], default: []].insert(plan[unit]) }
        }
        for (compound, grids) in touched {
            let need = max(1, ((loadOf[compound] ?? 0) / norm.high - 1e-9).rounded(.up))
            needlessCompoundCuts += max(0, grids.count - Int(need))
        }
    }
}
