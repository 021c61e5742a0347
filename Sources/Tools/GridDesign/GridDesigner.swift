/// Designs grids.
public enum GridDesigner {
    /// - Throws: `CancellationError` when the task is cancelled; nothing else.
    public static func design(
        _ units: Units, _ adjacency: Adjacency, _ options: DesignOptions
    ) async throws -> Plan {
        if units.count == 0 { return Plan(gridOf: [], grids: 0, exceptions: []) }
        let scale = Scale(units, options.norm)
        let graph = scale.graph(units, adjacency)
        let norm = scale.norm(options.norm)
        let gridOf = try await design(graph, norm: norm, options)
        return PlanWriter(graph: graph, norm: norm, scale: scale).plan(gridOf)
    }

    /// With compounds free, a few whole designs of one community differ by up to seven per cent of the cut, and which is
    /// the best shows only when all is finished; so they are finished, and the best is taken.
    static func design(_ graph: Graph, norm: SearchNorm, _ options: DesignOptions) async throws -> [Int32] {
        guard options.compounds == .free, options.effort == .best, graph.count < 20_000 else {
            return try await designOnce(graph, norm: norm, options)
        }
        var best: (outside: Int, cut: Int, plan: [Int32])?
        let tries = SearchSettings.wholeDesigns
        for number in 0..<tries {
            var own = options
            own.seed = options.seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15
            own.progress = { share in options.progress?((Double(number) + share) / Double(tries)) }
            let plan = try await designOnce(graph, norm: norm, own)
            let (outside, cut) = worth(of: plan, graph, norm)
            if best.map({ (outside, cut) < ($0.outside, $0.cut) }) ?? true { best = (outside, cut, plan) }
        }
        return best?.plan ?? []
    }

    /// Grids outside the norm, and the affinity cut.
    private static func worth(of plan: [Int32], _ graph: Graph, _ norm: SearchNorm) -> (outside: Int, cut: Int) {
        var loads = [Int](repeating: 0, count: Int(plan.max() ?? -1) + 1)
        var cut = 0
        for unit in 0..<graph.count {
            loads[Int(plan[unit])] += Int(graph.loads[unit])
            for edge in Int(graph.offsets[unit])..<Int(graph.offsets[unit + 1])
            where plan[Int(graph.neighbours[edge])] != plan[unit] {
                cut += Int(graph.affinities[edge])
            }
        }
        return (loads.count { $0 > 0 && (Double($0) < norm.low || Double($0) > norm.high) }, cut / 2)
    }

    private static func designOnce(_ graph: Graph, norm: SearchNorm, _ options: DesignOptions) async throws -> [Int32] {
        let settings = SearchSettings(options.effort)
        var base = graph
        var atomOf: [Int32]?
        if options.compounds == .keep {
            let (labels, count) = try await Atoms.label(
                graph, norm: norm, settings: settings, seed: options.seed, threads: options.threads)
            base = graph.contracted(by: Slab(labels), groups: count)
            atomOf = labels
            options.progress?(0.1)
        }
        var plan = try await Builder(graph: base, norm: norm, settings: settings, options: options).run()
        if let atomOf { plan = atomOf.map { plan[Int($0)] } }
        options.progress?(0.8)
        var finish = Finish(graph: graph, norm: norm, settings: settings, options: options)
        plan = try await finish.run(plan)
        // What stood at the edge of a district stands inside one the next time.
        while finish.round < 2, Finish.isUnfinished(plan, graph, norm) {
            finish.round += 1
            plan = try await finish.run(plan)
        }
        options.progress?(1)
        return plan
    }
}

/// Workload in whole numbers, as the search wants it.
struct Scale {
    /// How many steps a unit of workload has: 1 if all are whole numbers.
    let factor: Double

    init(_ units: Units, _ norm: GridNorm) {
        let whole = units.workloads.allSatisfy { $0 == $0.rounded() }
        var total = 0.0
        var largest = 0.0
        for workload in units.workloads {
            total += workload
            largest = max(largest, workload)
        }
        // Fractions to a ten-thousandth of a grid, as long as every unit fits 31 bits.
        factor = whole && norm.target >= 20 ? 1 : min(10_000 / max(norm.target, 1e-9), 2e9 / max(largest, 1e-9))
    }

    func norm(_ norm: GridNorm) -> SearchNorm {
        // Rounded inwards, so that what is in the norm here is in it there.
        let low = factor == 1 ? norm.low : (norm.low * factor).rounded(.up)
        let high = factor == 1 ? norm.high : (norm.high * factor).rounded(.down)
        return SearchNorm(low: low, high: high, target: norm.target * factor)
    }

    func graph(_ units: Units, _ adjacency: Adjacency) -> Graph {
        let count = units.count
        let loads = Slab<Int32>(count, repeating: 0)
        let masses = Slab<Float>(count, repeating: 0)
        let xs = Slab<Float>(count, repeating: 0)
        let ys = Slab<Float>(count, repeating: 0)
        let compounds = Slab<Int32>(count, repeating: -1)
        var middleX = 0.0
        var middleY = 0.0
        var total = 0.0
        for unit in 0..<count {
            middleX += units.xs[unit]
            middleY += units.ys[unit]
            total += units.workloads[unit]
        }
        middleX /= Double(count)
        middleY /= Double(count)
        let least = Float(max(total * factor, 1) / Double(count) * 0.02)
        for unit in 0..<count {
            loads[unit] = Int32((units.workloads[unit] * factor).rounded())
            masses[unit] = Float(units.workloads[unit] * factor) + least
            xs[unit] = Float(units.xs[unit] - middleX)
            ys[unit] = Float(units.ys[unit] - middleY)
            compounds[unit] = units.compounds[unit]
        }
        return Graph(
            loads: loads.frozen(), masses: masses.frozen(), xs: xs.frozen(), ys: ys.frozen(),
            compounds: compounds.frozen(), from: adjacency.from, to: adjacency.to, weights: adjacency.affinities)
    }
}

/// Numbers the grids and says why some are outside the norm.
struct PlanWriter {
    let graph: Graph
    let norm: SearchNorm
    let scale: Scale

    func plan(_ gridOf: [Int32]) -> Plan {
        let (compact, back) = LocalNumbers.of(gridOf)
        let count = back.count
        var load = [Int](repeating: 0, count: count)
        var size = [Int](repeating: 0, count: count)
        var heft = [Double](repeating: 0, count: count)
        var xs = [Double](repeating: 0, count: count)
        var ys = [Double](repeating: 0, count: count)
        for unit in 0..<graph.count {
            let grid = Int(compact[unit])
            let mass = Double(graph.masses[unit])
            load[grid] += Int(graph.loads[unit])
            size[grid] += 1
            heft[grid] += mass
            xs[grid] += mass * Double(graph.xs[unit])
            ys[grid] += mass * Double(graph.ys[unit])
        }
        for grid in 0..<count {
            xs[grid] /= heft[grid]
            ys[grid] /= heft[grid]
        }
        let numbers = GridOrder.numbers(xs: xs, ys: ys)
        let exceptions = exceptions(compact, load, names: numbers)
        return Plan(gridOf: compact.map { numbers[Int($0)] }, grids: count, exceptions: exceptions)
    }

    /// Each grid outside the norm, with the reason.
    /// - Parameters:
    ///   - compact: the grid of each unit, from 0.
    ///   - names: what each grid is called outside.
    func exceptions(_ compact: [Int32], _ load: [Int], names: [Int32]) -> [PlanException] {
        var exceptions: [PlanException] = []
        let troubled = load.indices.filter { Double(load[$0]) < norm.low || Double(load[$0]) > norm.high }
        if !troubled.isEmpty {
            let label = Slab<Int32>(graph.count, repeating: -1)
            let pieces = Pieces.label(graph, into: label) { _, _ in true }
            var pieceLoad = [Int](repeating: 0, count: pieces)
            for unit in 0..<graph.count { pieceLoad[Int(label[unit])] += Int(graph.loads[unit]) }
            var pieceOf = [Int](repeating: -1, count: load.count)
            var largestUnit = [Double](repeating: 0, count: load.count)
            var besideLarge = [Bool](repeating: false, count: load.count)
            for unit in 0..<graph.count {
                let grid = Int(compact[unit])
                pieceOf[grid] = Int(label[unit])
                largestUnit[grid] = max(largestUnit[grid], Double(graph.loads[unit]))
                for edge in Int(graph.offsets[unit])..<Int(graph.offsets[unit + 1])
                where Double(graph.loads[graph.neighbours[edge]]) > norm.high {
                    besideLarge[grid] = true
                }
            }
            for grid in troubled {
                let piece = pieceLoad[pieceOf[grid]]
                let reason: PlanException.Reason
                if largestUnit[grid] > norm.high {
                    reason = .oneUnitAbove
                } else if Double(piece) < norm.low {
                    reason = .islandBelow
                } else if (Double(piece) / norm.high).rounded(.up) > (Double(piece) / norm.low).rounded(.down) {
                    reason = .noNumberFits
                } else {
                    reason = besideLarge[grid] ? .besideLargeUnit : .notFound
                }
                exceptions.append(
                    PlanException(
                        grid: names[grid], workload: Double(load[grid]) / scale.factor, reason: reason))
            }
            exceptions.sort { $0.grid < $1.grid }
        }
        return exceptions
    }
}

extension PlanException {
    /// Why grids of any plan are outside the norm, also of one that was not designed here.
    /// - Parameter plan: the grid of each unit, all in some grid; grids keep the numbers they have.
    public static func all(
        in plan: [Int32], _ units: Units, _ adjacency: Adjacency, norm: GridNorm
    ) -> [PlanException] {
        if units.count == 0 { return [] }
        let scale = Scale(units, norm)
        let graph = scale.graph(units, adjacency)
        let (compact, back) = LocalNumbers.of(plan)
        var load = [Int](repeating: 0, count: back.count)
        for unit in 0..<graph.count { load[Int(compact[unit])] += Int(graph.loads[unit]) }
        return PlanWriter(graph: graph, norm: scale.norm(norm), scale: scale).exceptions(compact, load, names: back)
    }
}
