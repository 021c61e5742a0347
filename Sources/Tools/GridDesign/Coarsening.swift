/// Makes a graph smaller by joining neighbours that belong together (heavy-edge matching, Karypis & Kumar 1998).
enum Coarsening {
    /// Groups of one or two nodes, none heavier than `cap`. The rating wants strong ties between light nodes.
    /// Writes each node's group and returns how many there are.
    static func match(_ graph: Graph, cap: Int, into group: borrowing Slab<Int32>, dice: inout Dice) -> Int {
        let count = graph.count
        group.fill(-1)
        let order = Slab<Int32>(count, repeating: 0)
        for node in 0..<count { order[node] = Int32(truncatingIfNeeded: node) }
        var index = count - 1
        while index > 0 {
            let other = dice.below(index + 1)
            let kept = order[index]
            order[index] = order[other]
            order[other] = kept
            index -= 1
        }
        let floor = Float(max(1, graph.totalLoad)) / Float(max(1, count)) * 0.5
        var groups: Int32 = 0
        for step in 0..<count {
            let node = order[step]
            if group[node] >= 0 { continue }
            let load = graph.loads[node]
            let own = 1 / (Float(load) + floor)
            var best: Int32 = -1
            var bestRating: Float = 0
            for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1]) {
                let other = graph.neighbours[edge]
                if group[other] >= 0 || Int(load) + Int(graph.loads[other]) > cap { continue }
                let tie = Float(graph.affinities[edge])
                let rating = tie * tie * own / (Float(graph.loads[other]) + floor)
                if rating > bestRating {
                    bestRating = rating
                    best = other
                }
            }
            group[node] = groups
            if best >= 0 { group[best] = groups }
            groups += 1
        }
        return Int(groups)
    }
}
