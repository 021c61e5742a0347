/// One run on a base graph: of units, or of compounds.
struct Builder {
    let graph: Graph
    let norm: SearchNorm
    let settings: SearchSettings
    let options: DesignOptions

    func run() async throws -> [Int32] {
        let (territories, counts) = firstTerritories()
        var plan = [Int32](repeating: 0, count: graph.count)
        let settings = settings
        let graph = graph
        let seed = options.seed
        let norm = norm
        let free = options.compounds == .free
        // A single community costs milliseconds: it is worth a few starts.
        var few = settings
        if options.effort == .standard { few.starts = max(few.starts, 3) }
        let small = few
        let parts = try await Parallel.map(counts.count, threads: options.threads) { index in
            var dice = Dice(seed: seed &+ UInt64(index) &* 0x9E37_79B9)
            let own = territories.graph(of: index, in: graph)
            return Territory.divide(
                own, into: counts[index], norm: norm, own.count < 20_000 && counts.count == 1 ? small : settings,
                compoundsFree: free, dice: &dice
            ).array()
        }
        var grids: Int32 = 0
        for (index, part) in parts.enumerated() {
            let range = territories.range(of: index)
            for (place, grid) in part.enumerated() {
                plan[Int(territories.member(range.lowerBound + place))] = grids + grid
            }
            grids += (part.max() ?? 0) + 1
        }
        if grids > Territories.grids {
            var around = territories
            for round in 0..<Int(settings.seamRounds) {
                options.progress?(0.6 + 0.1 * Double(round))
                around = try await refineSeams(&plan, grids: Int(grids), between: around, round: round)
            }
        }
        return plan
    }

    /// Territories of each connected piece, and how many grids each is to have.
    private func firstTerritories() -> (Grouping, [Int]) {
        let label = Slab<Int32>(graph.count, repeating: -1)
        // A unit above the norm is a grid by itself, so it separates what lies around it.
        let high = norm.high
        let pieces = Pieces.label(graph, into: label) { [graph] a, b in
            Double(graph.loads[a]) <= high && Double(graph.loads[b]) <= high
        }
        let grouping = Grouping(label, groups: pieces)
        let territory = Slab<Int32>(graph.count, repeating: 0)
        var counts: [Int] = []
        var dice = Dice(seed: options.seed &+ 17)
        for piece in 0..<pieces {
            let range = grouping.range(of: piece)
            let own = pieces == 1 ? graph : grouping.graph(of: piece, in: graph)
            let wanted = min(Self.gridCount(load: Double(own.totalLoad), norm), own.count)
            let number = min(max(1, wanted / Territories.grids), own.count)
            let split = Territories.split(own, into: number, dice: &dice)
            var loads = [Int](repeating: 0, count: number)
            for place in 0..<own.count {
                territory[grouping.member(range.lowerBound + place)] = Int32(counts.count) + split[place]
                loads[Int(split[place])] += Int(own.loads[place])
            }
            counts += Self.shares(of: wanted, loads: loads)
        }
        return (Grouping(territory, groups: counts.count), counts)
    }

    /// As near the target as the norm allows; one if even one is too many.
    static func gridCount(load: Double, _ norm: SearchNorm) -> Int {
        let wanted = Int((load / norm.target).rounded())
        let least = Int((load / norm.high).rounded(.up))
        let most = Int((load / norm.low).rounded(.down))
        return max(1, least <= most ? min(max(wanted, least), most) : least)
    }

    /// Grids in proportion to the workload, adding up exactly (largest remainders).
    static func shares(of total: Int, loads: [Int]) -> [Int] {
        let sum = Double(max(1, loads.reduce(0, +)))
        var shares = loads.map { max(1, Int(Double($0) * Double(total) / sum)) }
        var missing = total - shares.reduce(0, +)
        let order = loads.indices.sorted { a, b in
            let restA = Double(loads[a]) * Double(total) / sum - Double(shares[a])
            let restB = Double(loads[b]) * Double(total) / sum - Double(shares[b])
            return restA > restB || (restA == restB && a < b)
        }
        var at = 0
        while missing > 0 {
            shares[order[at % order.count]] += 1
            missing -= 1
            at += 1
        }
        return shares
    }

    /// Grids regrouped so that the former borders of territories lie inside, and refined there.
    private func refineSeams(
        _ plan: inout [Int32], grids: Int, between former: Grouping, round: Int
    ) async throws -> Grouping {
        let grouped = Slab(plan)
        let gridGraph = graph.contracted(by: grouped, groups: grids)
        // Where each grid was; borders between territories are made dear, so that the new ones do not run there.
        let home = Slab<Int32>(grids, repeating: 0)
        for node in 0..<graph.count { home[plan[node]] = former.groupOf[node] }
        let dear = gridGraph.withAffinities { node, other, affinity in
            home[node] == home[other] ? affinity : affinity &* 16
        }
        var dice = Dice(seed: options.seed &+ UInt64(round) &* 101 &+ 5)
        let number = max(1, grids / Territories.grids)
        let split = Territories.split(dear, into: number, dice: &dice)
        let districtOf = Slab<Int32>(graph.count, repeating: 0)
        for node in 0..<graph.count { districtOf[node] = split[plan[node]] }
        let districts = Grouping(districtOf, groups: number)
        let current = plan
        let settings = settings
        let graph = graph
        let seed = options.seed
        let norm = norm
        let parts = try await Parallel.map(number, threads: options.threads) { index in
            let range = districts.range(of: index)
            let own = districts.graph(of: index, in: graph)
            let (local, back) = LocalNumbers.of(range.map { current[Int(districts.member($0))] })
            var search = GridSearch(
                own, norm: norm, gridOf: Slab(local), grids: back.count, capacity: back.count,
                dice: Dice(seed: seed &+ UInt64(index) &* 31 &+ UInt64(round)))
            search.setPrices(spread: settings.spread, inequality: settings.inequality)
            search.refinePairs(rounds: Int(settings.rounds), patience: Int(settings.patience))
            search.recombine(rounds: Int(settings.windowRounds), threes: settings.threes > 0)
            let refined = search.result()
            return refined.array().map { back[Int($0)] }
        }
        for (index, part) in parts.enumerated() {
            let range = districts.range(of: index)
            for (place, grid) in part.enumerated() { plan[Int(districts.member(range.lowerBound + place))] = grid }
        }
        return districts
    }
}
