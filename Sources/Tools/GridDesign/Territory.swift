/// One territory.
enum Territory {
    /// Nodes are whole compounds. Where grids end outside the norm, the compounds' own sizes may want another
    /// number of grids, as in an estate of compounds of 375 each: that number is tried, too.
    private static func divideCompounds(
        _ graph: Graph, into grids: Int, norm: SearchNorm, _ settings: SearchSettings, dice: inout Dice
    ) -> Slab<Int32> {
        let plan = Multilevel.divide(graph, into: grids, norm: norm, settings, dice: &dice)
        let outside = countOutside(graph, plan, grids: grids, norm)
        if outside == 0 { return plan }
        var alone = 0
        var rest = 0
        for node in 0..<graph.count {
            if Double(graph.loads[node]) >= norm.low { alone += 1 } else { rest += Int(graph.loads[node]) }
        }
        // Only where most workload is in compounds that could be grids by themselves.
        if outside * 4 <= grids, rest * 4 > graph.totalLoad { return plan }
        let least = Int((Double(graph.totalLoad) / norm.high).rounded(.up))
        let most = Int((Double(graph.totalLoad) / norm.low).rounded(.down))
        let natural = alone + Int((Double(rest) / norm.target).rounded())
        if natural == grids || natural < max(1, least) || natural > most { return plan }
        let other = Multilevel.divide(graph, into: natural, norm: norm, settings, dice: &dice)
        return countOutside(graph, other, grids: natural, norm) * 2 < outside ? other : plan
    }

    private static func countOutside(
        _ graph: Graph, _ plan: borrowing Slab<Int32>, grids: Int, _ norm: SearchNorm
    ) -> Int {
        var load = [Int](repeating: 0, count: grids)
        for node in 0..<graph.count { load[Int(plan[node])] += Int(graph.loads[node]) }
        return load.count { Double($0) < norm.low || Double($0) > norm.high }
    }

    /// The best of several starts.
    static func divide(
        _ graph: Graph, into grids: Int, norm: SearchNorm, _ settings: SearchSettings, compoundsFree: Bool,
        dice: inout Dice
    ) -> Slab<Int32> {
        var best = divideOnce(graph, into: grids, norm: norm, settings, compoundsFree, dice: &dice)
        var weights: GridSearch.Weights?
        var bestCost = Double.infinity
        for _ in 1..<max(1, Int(settings.starts)) {
            let other = divideOnce(graph, into: grids, norm: norm, settings, compoundsFree, dice: &dice)
            if weights == nil {
                var search = GridSearch(graph, norm: norm, plan: best, dice: dice)
                search.setPrices(spread: settings.spread, inequality: settings.inequality)
                search.weights.outside *= settings.outsidePrice
                weights = search.weights
                bestCost = search.cost
            }
            var search = GridSearch(graph, norm: norm, plan: other, dice: dice)
            if let weights { search.weights = weights }
            if search.cost < bestCost {
                bestCost = search.cost
                best = other
            }
        }
        return best
    }

    private static func divideOnce(
        _ graph: Graph, into grids: Int, norm: SearchNorm, _ settings: SearchSettings, _ compoundsFree: Bool,
        dice: inout Dice
    ) -> Slab<Int32> {
        compoundsFree
            ? divideFreely(graph, into: grids, norm: norm, settings, dice: &dice)
            : divideCompounds(graph, into: grids, norm: norm, settings, dice: &dice)
    }

    /// Nodes are units, compounds free. The better of two ways: from the buildings up, and from whole compounds down. Where compounds are small beside
    /// a grid the second wins by far, where they are large the first does.
    private static func divideFreely(
        _ graph: Graph, into grids: Int, norm: SearchNorm, _ settings: SearchSettings, dice: inout Dice
    ) -> Slab<Int32> {
        let (atoms, count) = Atoms.label(graph, norm: norm, settings: settings, dice: &dice)
        let both = settings.bothWays > 0
        let compoundsAreSmall = Double(count) >= 2.2 * Double(grids) && count < graph.count * 3 / 4
        if !both, !compoundsAreSmall {
            return Multilevel.divide(graph, into: grids, norm: norm, settings, dice: &dice)
        }
        let group = Slab(atoms)
        let coarse = graph.contracted(by: group, groups: count)
        let coarsePlan = Multilevel.divide(coarse, into: grids, norm: norm, settings, dice: &dice)
        let plan = Slab<Int32>(graph.count, repeating: 0)
        for unit in 0..<graph.count { plan[unit] = coarsePlan[group[unit]] }
        var search = GridSearch(graph, norm: norm, gridOf: plan, grids: grids, capacity: grids, dice: dice)
        search.setPrices(spread: settings.spread, inequality: settings.inequality)
        search.refinePairs(rounds: Int(settings.rounds) + 1, patience: Int(settings.patience))
        dice = search.dice
        if !both { return search.result() }
        var other = GridSearch(
            graph, norm: norm, gridOf: Multilevel.divide(graph, into: grids, norm: norm, settings, dice: &dice),
            grids: grids, capacity: grids, dice: dice)
        other.weights = search.weights
        return search.cost <= other.cost ? search.result() : other.result()
    }
}
