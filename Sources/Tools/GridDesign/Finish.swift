/// The last stage, on the units themselves: grids outside the norm are mended, at the price of a needless compound cut
/// where compounds are kept.
struct Finish {
    let graph: Graph
    let norm: SearchNorm
    let settings: SearchSettings
    let options: DesignOptions
    /// Another number lays the districts out in another way.
    var round: UInt64 = 0
    /// With an earlier plan: what it costs to move a whole grid's workload, in borders; and whether grids inside the
    /// norm are bettered, too.
    var stay = 0.0
    var bettersAll = false

    func run(_ plan: [Int32]) async throws -> [Int32] {
        var joined = plan
        if stay == 0 { joinSmallPiecesToLargeUnits(&joined) }
        let plan = joined
        let grids = Int(plan.max() ?? 0) + 1
        let (districtOfGrid, count) = districts(of: plan, grids: grids)
        let graph = graph
        let norm = norm
        let settings = settings
        let seed = options.seed &+ round
        let keeping = options.compounds == .keep
        let stay = stay
        let bettersAll = bettersAll
        let touches = keeping ? CompoundTouches(graph, plan, norm).beyondNeed : []
        let districtOf = Slab<Int32>(graph.count, repeating: 0)
        for unit in 0..<graph.count { districtOf[unit] = districtOfGrid[Int(plan[unit])] }
        let districts = Grouping(districtOf, groups: count)
        let parts: [[Int32]?] = try await Parallel.map(count, threads: options.threads) { index in
            let range = districts.range(of: index)
            let (local, back) = LocalNumbers.of(range.map { plan[Int(districts.member($0))] })
            let spare = 8
            var search = GridSearch(
                districts.graph(of: index, in: graph), norm: norm, gridOf: Slab(local), grids: back.count,
                capacity: back.count + spare, compoundPrice: keeping ? 1 : 0, base: touches,
                dice: Dice(seed: seed &+ UInt64(index) &* 37))
            if !bettersAll, search.outOfNorm().isEmpty { return nil }
            search.setPrices(spread: settings.spread, inequality: settings.inequality)
            search.weights.compound = keeping ? search.weights.outside * settings.compoundPrice : 0
            search.weights.outside *= settings.outsidePrice
            if stay > 0 {
                search.former = local
                search.weights.stay = stay * search.weights.distance / 20 / norm.target
            }
            if bettersAll { search.refinePairs(rounds: Int(settings.rounds), patience: Int(settings.patience)) }
            search.refinePairs(rounds: 4, patience: 40, onlyOutOfNorm: true)
            search.resolve(settings, keepingCompounds: keeping, spareGrids: spare)
            // New grids are numbered below zero until all districts are known.
            return search.result().array().map { $0 < back.count ? back[Int($0)] : Int32(back.count - 1) - $0 }
        }
        var finished = plan
        var next = Int32(grids)
        for (index, part) in parts.enumerated() {
            guard let part else { continue }
            let range = districts.range(of: index)
            var new: Int32 = 0
            for (place, grid) in part.enumerated() {
                finished[Int(districts.member(range.lowerBound + place))] = grid >= 0 ? grid : next - 1 - grid
                new = max(new, -grid)
            }
            next += new
        }
        return finished
    }

    /// Whether some grid is outside the norm that might be mended: more than one unit, and not alone on an island.
    static func isUnfinished(_ plan: [Int32], _ graph: Graph, _ norm: SearchNorm) -> Bool {
        let grids = Int(plan.max() ?? -1) + 1
        var load = [Int](repeating: 0, count: grids)
        var largest = [Int32](repeating: 0, count: grids)
        var hasNeighbour = [Bool](repeating: false, count: grids)
        for unit in 0..<graph.count {
            let grid = Int(plan[unit])
            load[grid] += Int(graph.loads[unit])
            largest[grid] = max(largest[grid], graph.loads[unit])
            if hasNeighbour[grid] { continue }
            for edge in Int(graph.offsets[unit])..<Int(graph.offsets[unit + 1])
            where plan[Int(graph.neighbours[edge])] != plan[unit] {
                hasNeighbour[grid] = true
            }
        }
        return load.indices.contains { grid in
            load[grid] > 0 && hasNeighbour[grid] && Double(largest[grid]) <= norm.high
                && (Double(load[grid]) < norm.low || Double(load[grid]) > norm.high)
        }
    }

    /// Neighbouring grids together, for one thread each.
    private func districts(of plan: [Int32], grids: Int) -> ([Int32], Int) {
        if grids < 2 * Territories.grids { return ([Int32](repeating: 0, count: grids), 1) }
        let gridGraph = graph.contracted(by: Slab(plan), groups: grids)
        let label = Slab<Int32>(grids, repeating: -1)
        let pieces = Pieces.label(gridGraph, into: label) { _, _ in true }
        let grouping = Grouping(label, groups: pieces)
        var districtOf = [Int32](repeating: 0, count: grids)
        var count: Int32 = 0
        var dice = Dice(seed: options.seed &+ 99 &+ round &* 1_000)
        for piece in 0..<pieces {
            let range = grouping.range(of: piece)
            let number = max(1, range.count / Territories.grids)
            let own = pieces == 1 ? gridGraph : grouping.graph(of: piece, in: gridGraph)
            let split = Territories.split(own, into: number, dice: &dice)
            for place in 0..<range.count {
                districtOf[Int(grouping.member(range.lowerBound + place))] = count + split[place]
            }
            count += Int32(number)
        }
        return (districtOf, Int(count))
    }

    /// A piece too small for a grid beside a unit that is a grid of its own, and nothing else, joins that one.
    private func joinSmallPiecesToLargeUnits(_ plan: inout [Int32]) {
        guard (0..<graph.count).contains(where: { Double(graph.loads[$0]) > norm.high }) else { return }
        var load: [Int32: Int] = [:]
        var beside: [Int32: Int32] = [:]
        for unit in 0..<graph.count {
            load[plan[unit], default: 0] += Int(graph.loads[unit])
        }
        var hasOther: Set<Int32> = []
        for unit in 0..<graph.count where Double(load[plan[unit]] ?? 0) < norm.low {
            let own = plan[unit]
            for edge in Int(graph.offsets[unit])..<Int(graph.offsets[unit + 1]) {
                let other = graph.neighbours[edge]
                let home = plan[Int(other)]
                if home == own { continue }
                if Double(graph.loads[other]) > norm.high {
                    if beside[own] == nil { beside[own] = home }
                } else {
                    hasOther.insert(own)
                }
            }
        }
        for unit in 0..<graph.count {
            if let home = beside[plan[unit]], !hasOther.contains(plan[unit]) { plan[unit] = home }
        }
    }
}

/// Small numbers for the grids that occur, in order of appearance.
enum LocalNumbers {
    static func of(_ values: [Int32]) -> (numbers: [Int32], back: [Int32]) {
        var numberOf: [Int32: Int32] = [:]
        var back: [Int32] = []
        var numbers: [Int32] = []
        numbers.reserveCapacity(values.count)
        for value in values {
            if let number = numberOf[value] {
                numbers.append(number)
            } else {
                numberOf[value] = Int32(back.count)
                numbers.append(Int32(back.count))
                back.append(value)
            }
        }
        return (numbers, back)
    }
}

/// How many more grids each compound touches than it must.
struct CompoundTouches: Sendable {
    private(set) var beyondNeed: [Int32]

    init(_ graph: Graph, _ plan: [Int32], _ norm: SearchNorm) {
        var most: Int32 = -1
        for unit in 0..<graph.count { most = max(most, graph.compounds[unit]) }
        var loads = [Int](repeating: 0, count: Int(most) + 1)
        beyondNeed = [Int32](repeating: 0, count: Int(most) + 1)
        let label = Slab<Int32>(graph.count, repeating: 0)
        for unit in 0..<graph.count {
            label[unit] = graph.compounds[unit] + 1
            if graph.compounds[unit] >= 0 { loads[Int(graph.compounds[unit])] += Int(graph.loads[unit]) }
        }
        let grouping = Grouping(label, groups: Int(most) + 2)
        var seen = [Int32](repeating: -1, count: Int(plan.max() ?? 0) + 1)
        for compound in 0..<loads.count {
            var touched: Int32 = 0
            for at in grouping.range(of: compound + 1) {
                let grid = Int(plan[Int(grouping.member(at))])
                if seen[grid] != Int32(compound) {
                    seen[grid] = Int32(compound)
                    touched += 1
                }
            }
            beyondNeed[compound] = touched - Int32(max(1, (Double(loads[compound]) / norm.high).rounded(.up)))
        }
    }
}
