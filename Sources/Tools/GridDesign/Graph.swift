/// Units and their neighbours, in compressed rows: the neighbours of node `v` stand at `offsets[v] ..< offsets[v + 1]`.
///
/// The same type serves the units of a city, the compounds made of them, and the ever coarser graphs of the search.
/// It never changes once built, so that all threads read the same one.
final class Graph: Sendable {
    let count: Int
    let offsets: Column<Int32>
    let neighbours: Column<Int32>
    /// What it costs to cut the edge; 8 inside a compound, 3 over a minor road, 1 over an arterial in the usual data.
    let affinities: Column<Int32>
    /// Workload in fixed point.
    let loads: Column<Int32>
    /// Weight for compactness: the workload and a little more, so that units without workload do not drift.
    let masses: Column<Float>
    /// Metres from the middle of the data.
    let xs: Column<Float>
    let ys: Column<Float>
    /// The compound of a node, or -1 where it is of no consequence.
    let compounds: Column<Int32>
    let totalLoad: Int

    init(
        offsets: consuming Column<Int32>, neighbours: consuming Column<Int32>, affinities: consuming Column<Int32>,
        loads: consuming Column<Int32>, masses: consuming Column<Float>, xs: consuming Column<Float>,
        ys: consuming Column<Float>, compounds: consuming Column<Int32>
    ) {
        count = offsets.count - 1
        var total = 0
        for node in 0..<count { total += Int(loads[node]) }
        totalLoad = total
        self.offsets = offsets
        self.neighbours = neighbours
        self.affinities = affinities
        self.loads = loads
        self.masses = masses
        self.xs = xs
        self.ys = ys
        self.compounds = compounds
    }

    /// From nodes and a list of edges; loops and edges to unknown nodes must have been taken out, doubles are merged.
    convenience init(
        loads: consuming Column<Int32>, masses: consuming Column<Float>, xs: consuming Column<Float>,
        ys: consuming Column<Float>, compounds: consuming Column<Int32>, from: [Int32], to: [Int32], weights: [Int32]
    ) {
        let count = loads.count
        let starts = Slab<Int32>(count + 1, repeating: 0)
        for edge in from.indices {
            starts[from[edge]] += 1
            starts[to[edge]] += 1
        }
        var sum: Int32 = 0
        for node in 0...count {
            let degree = starts[node]
            starts[node] = sum
            sum += degree
        }
        let ends = Slab<Int32>(count, repeating: 0)
        for node in 0..<count { ends[node] = starts[node] }
        let neighbours = Slab<Int32>(Int(sum), repeating: 0)
        let affinities = Slab<Int32>(Int(sum), repeating: 0)
        for edge in from.indices {
            let a = from[edge]
            let b = to[edge]
            neighbours[ends[a]] = b
            affinities[ends[a]] = weights[edge]
            ends[a] += 1
            neighbours[ends[b]] = a
            affinities[ends[b]] = weights[edge]
            ends[b] += 1
        }
        // Doubles: keep the first place, add the weights.
        let place = Slab<Int32>(count, repeating: -1)
        var out: Int32 = 0
        for node in 0..<count {
            let first = starts[node]
            let end = node + 1 <= count ? starts[node + 1] : sum
            let base = out
            var at = first
            while at < end {
                let other = neighbours[at]
                if place[other] >= base {
                    affinities[place[other]] += affinities[at]
                } else {
                    place[other] = out
                    neighbours[out] = other
                    affinities[out] = affinities[at]
                    out += 1
                }
                at += 1
            }
            starts[node] = base
        }
        starts[count] = out
        self.init(
            offsets: starts.frozen(), neighbours: neighbours.frozen(first: Int(out)),
            affinities: affinities.frozen(first: Int(out)), loads: loads, masses: masses, xs: xs, ys: ys,
            compounds: compounds)
    }

    /// The graph whose nodes are the groups of `group` (each 0 ..< groups); edges inside a group vanish, parallel ones
    /// add up. A group keeps its compound if all its members share one.
    func contracted(by group: borrowing Slab<Int32>, groups: Int) -> Graph {
        let starts = Slab<Int32>(groups + 1, repeating: 0)
        for node in 0..<count { starts[group[node] + 1] += 1 }
        for index in 0..<groups { starts[index + 1] += starts[index] }
        let cursor = Slab<Int32>(groups, repeating: 0)
        for index in 0..<groups { cursor[index] = starts[index] }
        let members = Slab<Int32>(count, repeating: 0)
        for node in 0..<count {
            let home = group[node]
            members[cursor[home]] = Int32(truncatingIfNeeded: node)
            cursor[home] += 1
        }
        let rows = Slab<Int32>(groups + 1, repeating: 0)
        let targets = Slab<Int32>(neighbours.count, repeating: 0)
        let weights = Slab<Int32>(neighbours.count, repeating: 0)
        let place = Slab<Int32>(groups, repeating: -1)
        let load = Slab<Int32>(groups, repeating: 0)
        let mass = Slab<Float>(groups, repeating: 0)
        let x = Slab<Float>(groups, repeating: 0)
        let y = Slab<Float>(groups, repeating: 0)
        let compound = Slab<Int32>(groups, repeating: -1)
        var out: Int32 = 0
        for home in 0..<groups {
            let base = out
            var sum: Int32 = 0
            var heft: Float = 0
            var sumX: Float = 0
            var sumY: Float = 0
            var shared: Int32 = -2
            for at in Int(starts[home])..<Int(starts[home + 1]) {
                let node = members[at]
                sum &+= loads[node]
                heft += masses[node]
                sumX += masses[node] * xs[node]
                sumY += masses[node] * ys[node]
                shared = shared == -2 || shared == compounds[node] ? compounds[node] : -1
                for edge in Int(offsets[node])..<Int(offsets[node + 1]) {
                    let target = group[neighbours[edge]]
                    if target == home { continue }
                    if place[target] >= base {
                        weights[place[target]] &+= affinities[edge]
                    } else {
                        place[target] = out
                        targets[out] = target
                        weights[out] = affinities[edge]
                        out += 1
                    }
                }
            }
            rows[home] = base
            load[home] = sum
            mass[home] = heft
            x[home] = heft > 0 ? sumX / heft : 0
            y[home] = heft > 0 ? sumY / heft : 0
            compound[home] = shared
        }
        rows[groups] = out
        return Graph(
            offsets: rows.frozen(), neighbours: targets.frozen(first: Int(out)),
            affinities: weights.frozen(first: Int(out)), loads: load.frozen(), masses: mass.frozen(), xs: x.frozen(),
            ys: y.frozen(), compounds: compound.frozen())
    }
}

extension Graph {
    /// The same graph with other prices on its edges.
    func withAffinities(_ price: (Int32, Int32, Int32) -> Int32) -> Graph {
        let weights = Slab<Int32>(affinities.count, repeating: 0)
        for node in 0..<Int32(count) {
            for edge in Int(offsets[node])..<Int(offsets[node + 1]) {
                weights[edge] = price(node, neighbours[edge], affinities[edge])
            }
        }
        return Graph(
            offsets: Column(offsets.array()), neighbours: Column(neighbours.array()), affinities: weights.frozen(),
            loads: Column(loads.array()), masses: Column(masses.array()), xs: Column(xs.array()),
            ys: Column(ys.array()), compounds: Column(compounds.array()))
    }
}

/// The nodes of a graph in groups, each group's nodes in one run, in rising order.
final class Grouping: Sendable {
    let groups: Int
    let groupOf: Column<Int32>
    let placeInGroup: Column<Int32>
    private let starts: Column<Int32>
    private let members: Column<Int32>

    init(_ group: consuming Slab<Int32>, groups: Int) {
        let count = group.count
        let starts = Slab<Int32>(groups + 1, repeating: 0)
        let place = Slab<Int32>(count, repeating: 0)
        for node in 0..<count {
            place[node] = starts[group[node] + 1]
            starts[group[node] + 1] += 1
        }
        for index in 0..<groups { starts[index + 1] += starts[index] }
        let members = Slab<Int32>(count, repeating: 0)
        for node in 0..<count { members[starts[group[node]] + place[node]] = Int32(truncatingIfNeeded: node) }
        self.groups = groups
        self.groupOf = group.frozen()
        self.placeInGroup = place.frozen()
        self.starts = starts.frozen()
        self.members = members.frozen()
    }

    func range(of group: Int) -> Range<Int> { Int(starts[group])..<Int(starts[group + 1]) }

    func member(_ index: Int) -> Int32 { members[index] }

    /// One group as a graph of its own; edges that leave it are left out.
    func graph(of group: Int, in whole: Graph) -> Graph {
        let range = range(of: group)
        var edges = 0
        for index in range {
            let node = members[index]
            edges += Int(whole.offsets[node + 1] - whole.offsets[node])
        }
        let rows = Slab<Int32>(range.count + 1, repeating: 0)
        let targets = Slab<Int32>(edges, repeating: 0)
        let weights = Slab<Int32>(edges, repeating: 0)
        let load = Slab<Int32>(range.count, repeating: 0)
        let mass = Slab<Float>(range.count, repeating: 0)
        let x = Slab<Float>(range.count, repeating: 0)
        let y = Slab<Float>(range.count, repeating: 0)
        let compound = Slab<Int32>(range.count, repeating: 0)
        var out: Int32 = 0
        for index in range {
            let node = members[index]
            let place = index - range.lowerBound
            rows[place] = out
            load[place] = whole.loads[node]
            mass[place] = whole.masses[node]
            x[place] = whole.xs[node]
            y[place] = whole.ys[node]
            compound[place] = whole.compounds[node]
            for edge in Int(whole.offsets[node])..<Int(whole.offsets[node + 1]) {
                let other = whole.neighbours[edge]
                guard groupOf[other] == group else { continue }
                targets[out] = placeInGroup[other]
                weights[out] = whole.affinities[edge]
                out += 1
            }
        }
        rows[range.count] = out
        return Graph(
            offsets: rows.frozen(), neighbours: targets.frozen(first: Int(out)),
            affinities: weights.frozen(first: Int(out)), loads: load.frozen(), masses: mass.frozen(), xs: x.frozen(),
            ys: y.frozen(), compounds: compound.frozen())
    }
}
