/// Exact redistribution of a few neighbouring grids: all connected groups of their nodes that could be a grid are listed
/// and the cheapest way to cover the nodes with them is taken. Works on up to 16 nodes, so on compounds and coarse nodes.
struct Windows: ~Copyable {
    static let mostNodes = 16
    private let nodes = Slab<Int32>(mostNodes, repeating: 0)
    private let adjacent = Slab<UInt32>(mostNodes, repeating: 0)
    private let ties = Slab<Int32>(mostNodes * mostNodes, repeating: 0)
    private let costOf = Slab<Float>(1 << mostNodes, repeating: .infinity)
    private let subsets: Slab<UInt32>
    private let starts = Slab<Int32>(mostNodes + 1, repeating: 0)
    private let placeOf: Slab<Int32>
    private var listed = 0
    private var count = 0
    private var floor = 0
    private var cap = 0
    private var bestSets: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    private var trialSets: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    private var bestCost: Float = 0
    private(set) var isFull = false
    private static let mostSubsets = 1 << 14

    init(nodesOfGraph: Int) {
        subsets = Slab(Self.mostSubsets, repeating: 0)
        placeOf = Slab(nodesOfGraph, repeating: -1)
    }

    /// Takes the nodes of the window; false if there are too many.
    mutating func begin() { count = 0 }

    mutating func add(_ node: Int32) -> Bool {
        if count == Self.mostNodes { return false }
        nodes[count] = node
        placeOf[node] = Int32(count)
        count += 1
        return true
    }

    mutating func end() {
        for index in 0..<count { placeOf[nodes[index]] = -1 }
    }

    var size: Int { count }

    func eachNode(_ body: (Int32) -> Void) {
        for index in 0..<count { body(nodes[index]) }
    }

    /// Redistributes the nodes among `grids` (two to four of them) if that lowers the cost; returns what was gained.
    mutating func solve(_ search: inout GridSearch, grids: (Int32, Int32, Int32, Int32), number: Int) -> Double {
        let graph = search.graph
        for index in 0..<count {
            adjacent[index] = 0
            for other in 0..<count { ties[index * Self.mostNodes + other] = 0 }
        }
        for index in 0..<count {
            let node = nodes[index]
            for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1]) {
                let place = placeOf[graph.neighbours[edge]]
                if place < 0 { continue }
                adjacent[index] |= 1 << UInt32(place)
                ties[index * Self.mostNodes + Int(place)] += graph.affinities[edge]
            }
        }
        // What it costs now.
        var smallest = Int.max
        var largest = 0
        var now: Float = 0
        for order in 0..<number {
            let grid = Self.element(grids, order)
            smallest = min(smallest, search.load[grid])
            largest = max(largest, search.load[grid])
            var set: UInt32 = 0
            for index in 0..<count where search.gridOf[nodes[index]] == grid { set |= 1 << UInt32(index) }
            now += cost(of: set, search)
        }
        floor = min(smallest, Int(search.norm.low.rounded(.up)))
        cap = max(largest, Int(search.norm.high))
        listed = 0
        isFull = false
        for low in 0..<count {
            starts[low] = Int32(listed)
            let bit: UInt32 = 1 << UInt32(low)
            let allowed = ~(bit | (bit - 1))
            extend(
                search, set: bit, frontier: adjacent[low] & allowed, allowed: allowed,
                load: Int(graph.loads[nodes[low]]), inside: 0)
        }
        starts[count] = Int32(listed)
        bestCost = now - 0.01
        bestSets = (0, 0, 0, 0)
        if !isFull {
            cover(mask: (1 << UInt32(count)) - 1, left: number, depth: 0, cost: 0)
        }
        for index in 0..<listed { costOf[Int(subsets[index])] = .infinity }
        if bestSets.0 == 0 { return 0 }
        // Each new group takes the number of the grid it shares most workload with, so that little is renumbered.
        var taken = (false, false, false, false)
        for order in 0..<number {
            let set = Self.element(bestSets, order)
            var bestGrid = -1
            var bestShare = -1
            for candidate in 0..<number where !Self.element(taken, candidate) {
                let grid = Self.element(grids, candidate)
                var share = 0
                for index in 0..<count
                where set & (1 << UInt32(index)) != 0 && search.gridOf[nodes[index]] == grid {
                    share += Int(graph.loads[nodes[index]]) + 1
                }
                if share > bestShare {
                    bestShare = share
                    bestGrid = candidate
                }
            }
            switch bestGrid {
            case 0: taken.0 = true
            case 1: taken.1 = true
            case 2: taken.2 = true
            default: taken.3 = true
            }
            let grid = Self.element(grids, bestGrid)
            // Marked by a negative place first: moving must not disturb the shares counted for the next group.
            for index in 0..<count where set & (1 << UInt32(index)) != 0 { destination[index] = grid }
        }
        for index in 0..<count where search.gridOf[nodes[index]] != destination[index] {
            search.move(nodes[index], to: destination[index])
        }
        return Double(now - bestCost)
    }

    private let destination = Slab<Int32>(mostNodes, repeating: 0)

    private static func element<T>(_ tuple: (T, T, T, T), _ index: Int) -> T {
        switch index {
        case 0: tuple.0
        case 1: tuple.1
        case 2: tuple.2
        default: tuple.3
        }
    }

    private func cost(of set: UInt32, _ search: borrowing GridSearch) -> Float {
        var load = 0
        var inside: Int32 = 0
        var rest = set
        while rest != 0 {
            let index = rest.trailingZeroBitCount
            rest &= rest - 1
            load += Int(search.graph.loads[nodes[index]])
            var others = rest & adjacent[index]
            while others != 0 {
                inside += ties[index * Self.mostNodes + others.trailingZeroBitCount]
                others &= others - 1
            }
        }
        return price(of: set, load: load, inside: inside, search)
    }

    private func price(of set: UInt32, load: Int, inside: Int32, _ search: borrowing GridSearch) -> Float {
        var cost = search.loadCost(-1, load) - Double(inside)
        if search.weights.spread > 0 {
            var mass: Float = 0
            var x: Float = 0
            var y: Float = 0
            var rest = set
            let graph = search.graph
            let originX = graph.xs[nodes[0]]
            let originY = graph.ys[nodes[0]]
            var own: Float = 0
            while rest != 0 {
                let node = nodes[rest.trailingZeroBitCount]
                rest &= rest - 1
                let heft = graph.masses[node]
                let dx = graph.xs[node] - originX
                let dy = graph.ys[node] - originY
                mass += heft
                x += heft * dx
                y += heft * dy
                own += heft * (dx * dx + dy * dy)
            }
            if mass > 0 { cost += search.weights.spread * Double(own - (x * x + y * y) / mass) }
        }
        return Float(cost)
    }

    private mutating func extend(
        _ search: borrowing GridSearch, set: UInt32, frontier: UInt32, allowed: UInt32, load: Int, inside: Int32
    ) {
        if load > cap || isFull { return }
        if load >= floor {
            if listed == Self.mostSubsets {
                isFull = true
                return
            }
            subsets[listed] = set
            listed += 1
            costOf[Int(set)] = price(of: set, load: load, inside: inside, search)
        }
        var open = frontier
        var permitted = allowed
        while open != 0 {
            let index = open.trailingZeroBitCount
            let bit: UInt32 = 1 << UInt32(index)
            open &= ~bit
            permitted &= ~bit
            var tie: Int32 = 0
            var others = set & adjacent[index]
            while others != 0 {
                tie += ties[index * Self.mostNodes + others.trailingZeroBitCount]
                others &= others - 1
            }
            extend(
                search, set: set | bit, frontier: (open | adjacent[index]) & permitted & ~set, allowed: permitted,
                load: load + Int(search.graph.loads[nodes[index]]), inside: inside + tie)
        }
    }

    private mutating func cover(mask: UInt32, left: Int, depth: Int, cost: Float) {
        if left == 1 {
            let total = cost + costOf[Int(mask)]
            if total < bestCost {
                bestCost = total
                put(mask, at: depth)
                bestSets = trialSets
            }
            return
        }
        if mask == 0 { return }
        let low = mask.trailingZeroBitCount
        for index in Int(starts[low])..<Int(starts[low + 1]) {
            let set = subsets[index]
            if set & ~mask != 0 || set == mask { continue }
            put(set, at: depth)
            cover(mask: mask & ~set, left: left - 1, depth: depth + 1, cost: cost + costOf[Int(set)])
        }
    }

    private mutating func put(_ set: UInt32, at depth: Int) {
        switch depth {
        case 0: trialSets.0 = set
        case 1: trialSets.1 = set
        case 2: trialSets.2 = set
        default: trialSets.3 = set
        }
    }
}
