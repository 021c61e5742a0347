/// Cutting a large graph into territories that are solved each by itself: small enough for a processor's cache, and
/// the same whatever the number of threads.
enum Territories {
    /// About so many grids a territory.
    static let grids = 96

    /// A number for each node of a connected graph, each territory in one piece; returns how many there are.
    static func split(_ graph: Graph, into count: Int, dice: inout Dice) -> Slab<Int32> {
        let target = Double(graph.totalLoad) / Double(max(1, count))
        let norm = SearchNorm(low: target * 0.8, high: target * 1.2, target: target)
        var settings = SearchSettings()
        settings.nodesPerGrid = 24
        settings.coarsestCap = 0.04
        settings.rounds = 1
        settings.patience = 20
        settings.spread = 0.5
        settings.refinedUpTo = Double(count) * 400
        return Multilevel.divide(graph, into: count, norm: norm, settings, dice: &dice)
    }
}

/// Connected pieces.
enum Pieces {
    /// Numbers each node with its piece; with `within`, a piece also never crosses from one value to another.
    static func label(_ graph: Graph, into label: borrowing Slab<Int32>, same: (Int32, Int32) -> Bool) -> Int {
        label.fill(-1)
        let queue = Slab<Int32>(graph.count, repeating: 0)
        var pieces: Int32 = 0
        for start in 0..<graph.count where label[start] < 0 {
            var head = 0
            var tail = 1
            queue[0] = Int32(truncatingIfNeeded: start)
            label[start] = pieces
            while head < tail {
                let node = queue[head]
                head += 1
                for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1]) {
                    let other = graph.neighbours[edge]
                    if label[other] < 0, same(node, other) {
                        label[other] = pieces
                        queue[tail] = other
                        tail += 1
                    }
                }
            }
            pieces += 1
        }
        return Int(pieces)
    }
}
