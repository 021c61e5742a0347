/// Dividing one region into grids by halving it again and again.
extension GridSearch {
    /// Divides everything in grid 0 into `count` grids.
    mutating func divideAll(into count: Int) {
        guard count > 1 else { return }
        let members = Slab<Int32>(graph.count, repeating: 0)
        for node in 0..<graph.count { members[node] = Int32(node) }
        multiple[0] = Int32(count)
        divide(members, 0..<graph.count, grid: 0)
    }

    private mutating func divide(_ members: borrowing Slab<Int32>, _ range: Range<Int>, grid: Int32) {
        let times = Int(multiple[grid])
        if times <= 1 || range.count <= 1 {
            multiple[grid] = 1
            return
        }
        let other = addGrid()
        halve(members, range, grid: grid, other: other, times: times)
        // The two halves' nodes in two runs.
        var low = range.lowerBound
        var high = range.upperBound - 1
        while low <= high {
            if gridOf[members[low]] == grid {
                low += 1
            } else {
                let kept = members[low]
                members[low] = members[high]
                members[high] = kept
                high -= 1
            }
        }
        divide(members, range.lowerBound..<low, grid: grid)
        divide(members, low..<range.upperBound, grid: other)
    }

    /// The best of several tries to cut the region in two.
    private mutating func halve(
        _ members: borrowing Slab<Int32>, _ range: Range<Int>, grid: Int32, other: Int32, times: Int
    ) {
        let tries = times > 12 ? 2 : 4
        let turn = dice.fraction()
        var bestCost = Double.infinity
        let best = Slab<UInt8>(range.count, repeating: 0)
        var bestTimes: (Int32, Int32) = (1, 1)
        let total = load[grid]
        for attempt in 0..<tries {
            for index in range where gridOf[members[index]] != grid { move(members[index], to: grid) }
            let angle = (Double(attempt) + turn) * .pi / Double(tries)
            let wantedTimes = times / 2
            grow(members, range, grid: grid, other: other, until: total * wantedTimes / times, angle: angle)
            rejoin(members, range, grid: grid, other: other)
            var first = Int((Double(load[other]) * Double(times) / Double(max(1, total))).rounded())
            first = min(max(first, 1), times - 1)
            multiple[other] = Int32(first)
            multiple[grid] = Int32(times - first)
            for _ in 0..<2 {
                for index in range { offer(members[index], between: grid, and: other) }
                if search(between: grid, and: other, patience: 30 + range.count / 20) < 0.5 { break }
            }
            var cost = loadCost(grid, load[grid]) + loadCost(other, load[other])
            cost += weights.spread * (inertia(grid) + inertia(other))
            var cut = 0
            for index in range {
                let node = members[index]
                if gridOf[node] != grid { continue }
                for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1])
                where gridOf[graph.neighbours[edge]] == other {
                    cut += Int(graph.affinities[edge])
                }
            }
            cost += Double(cut)
            if cost < bestCost {
                bestCost = cost
                bestTimes = (multiple[grid], multiple[other])
                for index in range { best[index - range.lowerBound] = gridOf[members[index]] == grid ? 0 : 1 }
            }
        }
        for index in range {
            let node = members[index]
            let wanted = best[index - range.lowerBound] == 0 ? grid : other
            if gridOf[node] != wanted { move(node, to: wanted) }
        }
        multiple[grid] = bestTimes.0
        multiple[other] = bestTimes.1
    }

    /// Grows `other` out of `grid` from its outermost node in one direction, always by the node that is tied in most.
    private mutating func grow(
        _ members: borrowing Slab<Int32>, _ range: Range<Int>, grid: Int32, other: Int32, until wanted: Int,
        angle: Double
    ) {
        let directionX = Float(cosine(angle))
        let directionY = Float(cosine(angle - .pi / 2))
        var seed = members[range.lowerBound]
        var lowest = Float.infinity
        var highest = -Float.infinity
        for index in range {
            let node = members[index]
            let along = graph.xs[node] * directionX + graph.ys[node] * directionY
            if along < lowest {
                lowest = along
                seed = node
            }
            highest = max(highest, along)
        }
        let length = max(highest - lowest, 1)
        var node = seed
        while true {
            if heap.contains(node) { heap.remove(node) }
            let work = Int(graph.loads[node])
            if load[other] > 0, load[other] + work - wanted > wanted - load[other] { break }
            if size[grid] <= 1 { break }
            move(node, to: other)
            if load[other] >= wanted { break }
            for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1]) {
                let next = graph.neighbours[edge]
                if gridOf[next] != grid { continue }
                var inside: Float = 0
                var all: Float = 0
                for back in Int(graph.offsets[next])..<Int(graph.offsets[next + 1]) {
                    let home = gridOf[graph.neighbours[back]]
                    let affinity = Float(graph.affinities[back])
                    if home == other { inside += affinity }
                    if home == other || home == grid { all += affinity }
                }
                let along = graph.xs[next] * directionX + graph.ys[next] * directionY
                let depth = (along - lowest) / length
                heap.set(next, gain: inside / max(all, 1) - 2 * depth, target: other)
            }
            if heap.count == 0 { break }
            node = heap.top
        }
        heap.clear()
    }

    /// What the growing cut off from the larger rest goes over to the grown part, which it must touch.
    private mutating func rejoin(
        _ members: borrowing Slab<Int32>, _ range: Range<Int>, grid: Int32, other: Int32
    ) {
        currentStamp &+= 2
        let seen = currentStamp
        var bestStart = 0
        var bestSize = -1
        var tail = 0
        for index in range {
            let start = members[index]
            if gridOf[start] != grid || stamp[start] == seen { continue }
            let first = tail
            var head = tail
            queue[tail] = start
            tail += 1
            stamp[start] = seen
            var work = 0
            while head < tail {
                let at = queue[head]
                head += 1
                work += Int(graph.loads[at]) + 1
                for edge in Int(graph.offsets[at])..<Int(graph.offsets[at + 1]) {
                    let next = graph.neighbours[edge]
                    if gridOf[next] == grid, stamp[next] != seen {
                        stamp[next] = seen
                        queue[tail] = next
                        tail += 1
                    }
                }
            }
            if work > bestSize {
                if bestSize >= 0 {
                    // The former largest piece goes over.
                    for at in bestStart..<first where gridOf[queue[at]] == grid { move(queue[at], to: other) }
                }
                bestSize = work
                bestStart = first
            } else {
                for at in first..<tail { move(queue[at], to: other) }
            }
        }
    }
}

/// Cosine by its series after reduction: the library stays free of the system's mathematics, and every machine gets
/// the same bits.
func cosine(_ angle: Double) -> Double {
    let turns = (angle / (2 * .pi)).rounded()
    let x = angle - turns * 2 * .pi
    let square = x * x
    var term = 1.0
    var sum = 1.0
    for k in 1...12 {
        term *= -square / Double((2 * k - 1) * (2 * k))
        sum += term
    }
    return sum
}
