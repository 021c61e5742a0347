/// A new design that starts from today's grids.
public enum Redesign {
    /// One point between changing as little as possible and designing anew.
    public struct Choice: Sendable {
        /// The grid of each unit, numbered as in the earlier plan; grids that are new come after its last.
        public var gridOf: [Int32]
        /// Workload and households whose grid is another than before.
        public var workloadMoved: Double
        public var householdsMoved: Int
        public var kind: Kind

        public enum Kind: String, Sendable, CaseIterable {
            /// Only what is outside the norm is mended.
            case leastChange
            /// Borders are bettered where that is worth the moving.
            case someChange
            case moreChange
            /// As if there had been no grids.
            case designedAnew
        }
    }

    /// - Parameter previous: the grid of each unit, -1 for units that are new.
    /// - Returns: from the least change to the largest.
    public static func choices(
        _ units: Units, _ adjacency: Adjacency, previous: [Int32], _ options: DesignOptions
    ) async throws -> [Choice] {
        let scale = Scale(units, options.norm)
        let graph = scale.graph(units, adjacency)
        let norm = scale.norm(options.norm)
        let settings = SearchSettings(options.effort)
        let start = completed(previous, graph)
        var choices: [Choice] = []
        for (kind, stay) in [(Choice.Kind.leastChange, 8.0), (.someChange, 4), (.moreChange, 1)] {
            let finish = Finish(
                graph: graph, norm: norm, settings: settings, options: options, stay: stay,
                bettersAll: kind != .leastChange)
            choices.append(choice(kind, try await finish.run(start), previous, units))
        }
        let anew = try await GridDesigner.design(graph, norm: norm, options)
        choices.append(choice(.designedAnew, renumbered(anew, like: previous, units), previous, units))
        return choices
    }

    private static func choice(
        _ kind: Choice.Kind, _ plan: [Int32], _ previous: [Int32], _ units: Units
    ) -> Choice {
        var choice = Choice(gridOf: plan, workloadMoved: 0, householdsMoved: 0, kind: kind)
        for unit in plan.indices where previous[unit] >= 0 && previous[unit] != plan[unit] {
            choice.workloadMoved += units.workloads[unit]
            choice.householdsMoved += Int(units.households[unit])
        }
        return choice
    }

    /// Units without a grid, and pieces that hang on to none, join the neighbour they are tied to most.
    static func completed(_ previous: [Int32], _ graph: Graph) -> [Int32] {
        var plan = previous
        let label = Slab<Int32>(graph.count, repeating: -1)
        let pieces = Pieces.label(graph, into: label) { plan[Int($0)] == plan[Int($1)] }
        var load = [Int](repeating: 0, count: pieces)
        for unit in 0..<graph.count { load[Int(label[unit])] += Int(graph.loads[unit]) + 1 }
        var largest: [Int32: Int32] = [:]
        for unit in 0..<graph.count where plan[unit] >= 0 {
            if let known = largest[plan[unit]], load[Int(known)] >= load[Int(label[unit])] { continue }
            largest[plan[unit]] = label[unit]
        }
        for unit in 0..<graph.count where plan[unit] >= 0 && largest[plan[unit]] != label[unit] { plan[unit] = -1 }
        var waiting = plan.indices.filter { plan[$0] < 0 }
        var next = (plan.max() ?? -1) + 1
        while !waiting.isEmpty {
            var still: [Int] = []
            for unit in waiting {
                var ties: [Int32: Int] = [:]
                for edge in Int(graph.offsets[unit])..<Int(graph.offsets[unit + 1]) {
                    let grid = plan[Int(graph.neighbours[edge])]
                    if grid >= 0 { ties[grid, default: 0] += Int(graph.affinities[edge]) }
                }
                if let best = ties.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
                    plan[unit] = best.key
                } else {
                    still.append(unit)
                }
            }
            if still.count == waiting.count {
                // Nobody near has a grid: a new one begins here.
                plan[still[0]] = next
                next += 1
                still.removeFirst()
            }
            waiting = still
        }
        return plan
    }

    /// The new plan's grids get the numbers of those they share most workload with.
    private static func renumbered(_ plan: [Int32], like previous: [Int32], _ units: Units) -> [Int32] {
        struct Pair: Hashable {
            var new: Int32
            var old: Int32
        }
        var shared: [Pair: Double] = [:]
        for unit in plan.indices where previous[unit] >= 0 {
            shared[Pair(new: plan[unit], old: previous[unit]), default: 0] += units.workloads[unit]
        }
        var numberOf: [Int32: Int32] = [:]
        var taken: Set<Int32> = []
        let order = shared.sorted { a, b in
            a.value != b.value ? a.value > b.value : (a.key.new, a.key.old) < (b.key.new, b.key.old)
        }
        for (pair, _) in order where numberOf[pair.new] == nil && !taken.contains(pair.old) {
            numberOf[pair.new] = pair.old
            taken.insert(pair.old)
        }
        var next = (previous.max() ?? -1) + 1
        return plan.map { grid in
            if let number = numberOf[grid] { return number }
            numberOf[grid] = next
            next += 1
            return next - 1
        }
    }
}
