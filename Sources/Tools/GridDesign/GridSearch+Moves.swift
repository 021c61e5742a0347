/// Moving single nodes between two grids: a search may go through worse plans, moves each node once and keeps the best
/// plan it saw (Fiduccia & Mattheyses 1982). No grid ever falls apart on the way.
extension GridSearch {
    /// Puts `node` into the heap if it stands at the border of the two grids.
    @inline(__always)
    mutating func offer(_ node: Int32, between a: Int32, and b: Int32) {
        let home = gridOf[node]
        let across = home == a ? b : a
        var inside: Int32 = 0
        var outside: Int32 = 0
        for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1]) {
            let grid = gridOf[graph.neighbours[edge]]
            if grid == home {
                inside &+= graph.affinities[edge]
            } else if grid == across {
                outside &+= graph.affinities[edge]
            }
        }
        if outside == 0 {
            if heap.contains(node) { heap.remove(node) }
            return
        }
        let soft = Float(softGain(node, from: home, to: across))
        heap.set(node, gain: Float(outside &- inside) + soft, target: across)
    }

    /// From what is in the heap on; returns what was gained. Ends after `patience` moves without a better plan.
    mutating func search(between a: Int32, and b: Int32, patience: Int) -> Double {
        currentMove &+= 1
        let mark = currentMove
        var length = 0
        var best = 0
        var sum = 0.0
        var bestSum = 0.0
        while heap.count > 0 {
            let node = heap.removeTop()
            let expected = heap.gain(node)
            let home = gridOf[node]
            let across = home == a ? b : a
            var inside: Int32 = 0
            var outside: Int32 = 0
            for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1]) {
                let grid = gridOf[graph.neighbours[edge]]
                if grid == home {
                    inside &+= graph.affinities[edge]
                } else if grid == across {
                    outside &+= graph.affinities[edge]
                }
            }
            if outside == 0 { continue }
            let gain = Double(outside &- inside) + softGain(node, from: home, to: across)
            let now = Float(gain)
            if now < expected - 0.01, heap.count > 0, now < heap.gain(heap.top) {
                heap.set(node, gain: now, target: across)
                continue
            }
            if !canLeave(node) { continue }
            trail[length] = node
            trailFrom[length] = home
            length += 1
            moved[node] = mark
            move(node, to: across)
            sum += gain
            if sum > bestSum + 1e-6 {
                bestSum = sum
                best = length
            } else if length - best >= patience {
                break
            }
            for edge in Int(graph.offsets[node])..<Int(graph.offsets[node + 1]) {
                let other = graph.neighbours[edge]
                if moved[other] == mark { continue }
                let grid = gridOf[other]
                if grid == home {
                    if heap.contains(other) {
                        heap.set(other, gain: heap.gain(other) + 2 * Float(graph.affinities[edge]), target: across)
                    } else {
                        offer(other, between: a, and: b)
                    }
                } else if grid == across, heap.contains(other) {
                    heap.set(other, gain: heap.gain(other) - 2 * Float(graph.affinities[edge]), target: home)
                }
            }
        }
        heap.clear()
        while length > best {
            length -= 1
            move(trail[length], to: trailFrom[length])
        }
        return bestSum
    }
}
