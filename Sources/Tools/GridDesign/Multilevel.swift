/// Solves one territory: coarsen, divide, and refine on the way back (Karypis & Kumar 1998).
enum Multilevel {
    /// A grid number (0 ..< `grids`) for each node of a connected graph.
    static func divide(_ graph: Graph, into grids: Int, norm: SearchNorm, _ settings: SearchSettings, dice: inout Dice)
        -> Slab<Int32>
    {
        if grids <= 1 || graph.count <= 1 { return Slab(graph.count, repeating: 0) }
        if Double(graph.count) > settings.nodesPerGrid * Double(grids) + 8 {
            let group = Slab<Int32>(graph.count, repeating: -1)
            let groups = Coarsening.match(
                graph, cap: Int(norm.target * settings.coarsestCap), into: group, dice: &dice)
            if groups < graph.count * 19 / 20 {
                let coarse = graph.contracted(by: group, groups: groups)
                let coarsePlan = divide(coarse, into: grids, norm: norm, settings, dice: &dice)
                let plan = Slab<Int32>(graph.count, repeating: 0)
                for node in 0..<graph.count { plan[node] = coarsePlan[group[node]] }
                if Double(graph.count) > settings.refinedUpTo { return plan }
                var search = GridSearch(
                    graph, norm: norm, gridOf: plan, grids: grids, capacity: grids, dice: dice)
                search.setPrices(spread: settings.spread, inequality: settings.inequality)
                search.refinePairs(rounds: Int(settings.rounds), patience: Int(settings.patience))
                dice = search.dice
                return search.result()
            }
        }
        var search = GridSearch(
            graph, norm: norm, gridOf: Slab(graph.count, repeating: 0), grids: 1, capacity: grids, dice: dice)
        var total = 0
        for edge in 0..<graph.affinities.count { total += Int(graph.affinities[edge]) }
        let perNode = Double(total) / Double(graph.count)
        let typical = perNode * (Double(graph.count) / Double(grids)).squareRoot()
        search.setPrices(spread: 0, inequality: settings.inequality, typicalBorder: typical)
        search.divideAll(into: grids)
        search.setPrices(spread: settings.spread, inequality: settings.inequality)
        search.refinePairs(rounds: Int(settings.rounds), patience: Int(settings.patience))
        search.recombine(rounds: Int(settings.windowRounds), threes: settings.threes > 0)
        search.refinePairs(rounds: Int(settings.rounds), patience: Int(settings.patience))
        dice = search.dice
        return search.result()
    }
}
