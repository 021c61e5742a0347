/// Straightening the border of two neighbouring grids, pair by pair (Fiduccia & Mattheyses 1982, kept in one piece).
extension GridSearch {
    /// Goes over all pairs of neighbouring grids, then again over those with a grid that changed.
    mutating func refinePairs(rounds: Int, patience: Int, onlyOutOfNorm: Bool = false) {
        guard grids > 1 else { return }
        var changed = [Bool](repeating: true, count: grids)
        if onlyOutOfNorm { for grid in 0..<grids { changed[grid] = !isInNorm(Int32(grid)) } }
        var entries: [UInt64] = []
        for _ in 0..<rounds {
            entries.removeAll(keepingCapacity: true)
            for node in 0..<Int32(graph.count) {
                let home = gridOf[node]
                var last: Int32 = -1
                for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1]) {
                    let other = gridOf[graph.neighbours[edge]]
                    if other == home || other == last || !(changed[Int(home)] || changed[Int(other)]) { continue }
                    last = other
                    let low = UInt64(min(home, other))
                    let high = UInt64(max(home, other))
                    entries.append((low &* UInt64(grids) &+ high) << 32 | UInt64(UInt32(bitPattern: node)))
                }
            }
            if entries.isEmpty { break }
            entries.sort()
            var next = [Bool](repeating: false, count: grids)
            var starts: [Int] = []
            for index in entries.indices where index == 0 || entries[index] >> 32 != entries[index - 1] >> 32 {
                starts.append(index)
            }
            starts.append(entries.count)
            var order = Array(0..<(starts.count - 1))
            order.shuffle(using: &dice)
            var gained = 0.0
            for pair in order {
                let key = entries[starts[pair]] >> 32
                let low = Int32(key / UInt64(grids))
                let high = Int32(key % UInt64(grids))
                for index in starts[pair]..<starts[pair + 1] {
                    let node = Int32(bitPattern: UInt32(truncatingIfNeeded: entries[index]))
                    // It may have gone to a third grid meanwhile.
                    if gridOf[node] == low || gridOf[node] == high { offer(node, between: low, and: high) }
                }
                let won = search(between: low, and: high, patience: patience)
                if won > 0 {
                    gained += won
                    next[Int(low)] = true
                    next[Int(high)] = true
                }
            }
            if gained < 0.5 { break }
            changed = next
        }
    }
}
