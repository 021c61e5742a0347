/// Sweeping exact windows over a plan.
extension GridSearch {
    /// Redistributes pairs (and, if wished, threes) of neighbouring grids as long as something is gained.
    mutating func recombine(rounds: Int, threes: Bool) {
        guard grids > 1 else { return }
        var windows = Windows(nodesOfGraph: graph.count)
        // A node of each grid, from which the others are found: a grid is in one piece.
        let anchor = Slab<Int32>(grids, repeating: -1)
        let active = Slab<UInt8>(grids, repeating: 1)
        let nextActive = Slab<UInt8>(grids, repeating: 0)
        for node in 0..<graph.count { anchor[gridOf[node]] = Int32(node) }
        for _ in 0..<rounds {
            var gained = 0.0
            nextActive.fill(0)
            for grid in 0..<Int32(grids) where active[grid] != 0 {
                let around = neighbours(of: grid, from: anchor[grid])
                for (index, other) in around.enumerated() {
                    if active[other] != 0, other < grid, isInNorm(grid), isInNorm(other) { continue }
                    gained += recombine(&windows, anchor, nextActive, (grid, other, -1, -1), number: 2)
                    if threes || !isInNorm(grid) {
                        for third in around[(index + 1)...] {
                            gained += recombine(&windows, anchor, nextActive, (grid, other, third, -1), number: 3)
                        }
                    }
                }
            }
            if gained < 0.5 { return }
            for grid in 0..<grids { active[grid] = nextActive[grid] }
        }
    }

    private mutating func recombine(
        _ windows: inout Windows, _ anchor: borrowing Slab<Int32>, _ changed: borrowing Slab<UInt8>,
        _ window: (Int32, Int32, Int32, Int32), number: Int
    ) -> Double {
        windows.begin()
        var fits = gather(&windows, from: anchor[window.0])
        if fits { fits = gather(&windows, from: anchor[window.1]) }
        if fits, number > 2 { fits = gather(&windows, from: anchor[window.2]) }
        if fits, number > 3 { fits = gather(&windows, from: anchor[window.3]) }
        var gain = 0.0
        if fits {
            gain = windows.solve(&self, grids: window, number: number)
            if gain > 0 {
                windows.eachNode { node in anchor[gridOf[node]] = node }
                changed[window.0] = 1
                changed[window.1] = 1
                if number > 2 { changed[window.2] = 1 }
                if number > 3 { changed[window.3] = 1 }
            }
        }
        windows.end()
        return gain
    }

    private mutating func gather(_ windows: inout Windows, from start: Int32) -> Bool {
        let grid = gridOf[start]
        if Int(size[grid]) + windows.size > Windows.mostNodes { return false }
        currentStamp &+= 2
        let seen = currentStamp
        queue[0] = start
        stamp[start] = seen
        var head = 0
        var tail = 1
        while head < tail {
            let node = queue[head]
            head += 1
            if !windows.add(node) { return false }
            for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1]) {
                let other = graph.neighbours[edge]
                if gridOf[other] == grid, stamp[other] != seen {
                    stamp[other] = seen
                    queue[tail] = other
                    tail += 1
                }
            }
        }
        return true
    }

    /// The grids next to `grid`, the strongest border first.
    mutating func neighbours(of grid: Int32, from start: Int32) -> [Int32] {
        currentStamp &+= 2
        let seen = currentStamp
        queue[0] = start
        stamp[start] = seen
        var head = 0
        var tail = 1
        var found: [Int32] = []
        while head < tail {
            let node = queue[head]
            head += 1
            for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1]) {
                let other = graph.neighbours[edge]
                let home = gridOf[other]
                if home == grid {
                    if stamp[other] != seen {
                        stamp[other] = seen
                        queue[tail] = other
                        tail += 1
                    }
                } else {
                    if tie[home] == 0 { found.append(home) }
                    tie[home] += graph.affinities[edge]
                }
            }
        }
        found.sort { tie[$0] > tie[$1] || (tie[$0] == tie[$1] && $0 < $1) }
        for home in found { tie[home] = 0 }
        return found
    }
}
