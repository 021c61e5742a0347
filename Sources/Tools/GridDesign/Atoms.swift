/// What must not be cut when compounds are kept: each compound that fits into a grid, and the parts of those that do not.
enum Atoms {
    /// Numbers each unit with its atom; returns how many there are.
    static func label(
        _ graph: Graph, norm: SearchNorm, settings: SearchSettings, seed: UInt64, threads: Int
    ) async throws -> (atoms: [Int32], count: Int) {
        let piece = Slab<Int32>(graph.count, repeating: -1)
        let pieces = Pieces.label(graph, into: piece) { a, b in
            graph.compounds[a] >= 0 && graph.compounds[a] == graph.compounds[b]
                && Double(graph.loads[a]) <= norm.high && Double(graph.loads[b]) <= norm.high
        }
        var loads = [Int](repeating: 0, count: pieces)
        var sizes = [Int](repeating: 0, count: pieces)
        for unit in 0..<graph.count {
            loads[Int(piece[unit])] += Int(graph.loads[unit])
            sizes[Int(piece[unit])] += 1
        }
        var labels = piece.array()
        let large = loads.indices.filter { Double(loads[$0]) > norm.high && sizes[$0] > 1 }
        if large.isEmpty { return (labels, pieces) }
        let grouping = Grouping(piece, groups: pieces)
        let batch = 32
        let batches = try await Parallel.map((large.count + batch - 1) / batch, threads: threads) { index in
            large[(index * batch)..<min(large.count, (index + 1) * batch)].map { piece in
                var dice = Dice(seed: seed &+ UInt64(piece) &* 7919)
                return divide(grouping.graph(of: piece, in: graph), norm: norm, settings: settings, dice: &dice)
            }
        }
        var count = pieces
        for (piece, parts) in zip(large, batches.joined()) {
            let range = grouping.range(of: piece)
            for (place, part) in parts.enumerated() where part > 0 {
                labels[Int(grouping.member(range.lowerBound + place))] = Int32(count) + part - 1
            }
            count += Int(parts.max() ?? 0)
        }
        return (labels, count)
    }

    /// The same for a small graph, at once and on this thread.
    static func label(_ graph: Graph, norm: SearchNorm, settings: SearchSettings, dice: inout Dice) -> (
        atoms: [Int32], count: Int
    ) {
        let piece = Slab<Int32>(graph.count, repeating: -1)
        var count = Pieces.label(graph, into: piece) { a, b in
            graph.compounds[a] >= 0 && graph.compounds[a] == graph.compounds[b]
                && Double(graph.loads[a]) <= norm.high && Double(graph.loads[b]) <= norm.high
        }
        var labels = piece.array()
        let grouping = Grouping(piece, groups: count)
        for home in 0..<count {
            let range = grouping.range(of: home)
            if range.count == 1 { continue }
            var load = 0
            for at in range { load += Int(graph.loads[grouping.member(at)]) }
            if Double(load) <= norm.high { continue }
            let parts = divide(grouping.graph(of: home, in: graph), norm: norm, settings: settings, dice: &dice)
            for (place, part) in parts.enumerated() where part > 0 {
                labels[Int(grouping.member(range.lowerBound + place))] = Int32(count) + part - 1
            }
            count += Int(parts.max() ?? 0)
        }
        return (labels, count)
    }

    /// A compound too large for one grid, in as few parts as the norm allows.
    private static func divide(
        _ graph: Graph, norm: SearchNorm, settings: SearchSettings, dice: inout Dice
    ) -> [Int32] {
        let load = Double(graph.totalLoad)
        var parts = Int((load / norm.high).rounded(.up))
        // So close to the upper bound that no cut along buildings would fit.
        if load > Double(parts) * norm.high * 0.98 { parts += 1 }
        let target = load / Double(parts)
        let own = SearchNorm(low: min(norm.low, target * 0.75), high: norm.high, target: target)
        return Multilevel.divide(graph, into: min(parts, graph.count), norm: own, settings, dice: &dice).array()
    }
}
