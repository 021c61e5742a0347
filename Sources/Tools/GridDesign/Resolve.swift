/// The last resort for a grid outside the norm: it and a few neighbours are dissolved and divided anew, into as many
/// grids as their workload allows.
extension GridSearch {
    /// Grids that are outside the norm although they could be divided or joined.
    func outOfNorm() -> [Int32] {
        (0..<Int32(grids)).filter { grid in
            size[grid] > 0 && !isInNorm(grid) && !(size[grid] == 1 && Double(load[grid]) > norm.high)
        }
    }

    mutating func resolve(_ settings: SearchSettings, keepingCompounds: Bool, spareGrids: Int) {
        var spare = spareGrids
        for _ in 0..<2 {
            let troubled = outOfNorm()
            if troubled.isEmpty { return }
            for grid in troubled where size[grid] > 0 && !isInNorm(grid) {
                guard let start = (0..<graph.count).first(where: { gridOf[$0] == grid }) else { continue }
                let around = neighbours(of: grid, from: Int32(start)).filter { other in
                    !(size[other] == 1 && Double(load[other]) > norm.high)
                }
                var windows: [[Int32]] = [[grid]]
                var near = Array(around.prefix(6))
                // At the end of a peninsula: what lies behind the neighbours, too.
                for other in around.prefix(2) where near.count < 5 {
                    guard let place = (0..<graph.count).first(where: { gridOf[$0] == other }) else { continue }
                    for beyond in neighbours(of: other, from: Int32(place)).prefix(3)
                    where beyond != grid && !near.contains(beyond) {
                        near.append(beyond)
                    }
                }
                for (index, a) in near.enumerated() {
                    windows.append([grid, a])
                    for (place, b) in near.enumerated().dropFirst(index + 1) {
                        windows.append([grid, a, b])
                        for c in near.dropFirst(place + 1) { windows.append([grid, a, b, c]) }
                    }
                }
                windows.sort { $0.count < $1.count }
                for window in windows where divideAnew(window, settings, keepingCompounds, spare: &spare) { break }
            }
        }
    }

    /// Whether the window could be divided into grids that are all in the norm; then it is.
    private mutating func divideAnew(
        _ window: [Int32], _ settings: SearchSettings, _ keepingCompounds: Bool, spare: inout Int
    ) -> Bool {
        let total = window.reduce(0) { $0 + load[$1] }
        let least = Int((Double(total) / norm.high).rounded(.up))
        let most = Int((Double(total) / norm.low).rounded(.down))
        if least > most || least == 0 { return false }
        let usual = min(max(window.count, least), most)
        let numbers = (least...most).filter { $0 <= window.count + spare }
            .sorted { (abs($0 - usual), $0) < (abs($1 - usual), $1) }.prefix(3)
        let label = Slab<Int32>(graph.count, repeating: 0)
        var tooLarge = false
        for node in 0..<graph.count where window.contains(gridOf[node]) {
            label[node] = 1
            if Double(graph.loads[node]) > norm.high { tooLarge = true }
        }
        if tooLarge { return false }
        let grouping = Grouping(label, groups: 2)
        let own = grouping.graph(of: 1, in: graph)
        if Pieces.label(own, into: Slab(own.count, repeating: -1), same: { _, _ in true }) != 1 { return false }
        var found: [Int32]?
        search: for attempt in 0..<3 {
            for wanted in numbers {
                if attempt == 0, keepingCompounds {
                    found = divideCompounds(own, into: wanted, settings)
                    if found != nil { break search }
                }
                found = divideUnits(own, into: wanted, settings)
                if found != nil { break search }
            }
        }
        guard let chosen = found, let wanted = chosen.max().map({ Int($0) + 1 }) else { return false }
        // A new grid takes the number of the one it has most in common with, so that little changes hands.
        let range = grouping.range(of: 1)
        var common = [[Int32: Int]](repeating: [:], count: wanted)
        for (place, part) in chosen.enumerated() {
            let node = grouping.member(range.lowerBound + place)
            common[Int(part)][gridOf[node], default: 0] += Int(graph.loads[node]) + 1
        }
        var targets = [Int32](repeating: -1, count: wanted)
        var free = Set(window)
        let pairs = common.enumerated().flatMap { part, shares in shares.map { (part, $0.key, $0.value) } }
            .sorted { ($1.2, $0.0, $0.1) < ($0.2, $1.0, $1.1) }
        for (part, grid, _) in pairs where targets[part] < 0 && free.contains(grid) {
            targets[part] = grid
            free.remove(grid)
        }
        for part in 0..<wanted where targets[part] < 0 {
            if let grid = free.min() {
                targets[part] = grid
                free.remove(grid)
            } else {
                targets[part] = addGrid()
                spare -= 1
            }
        }
        for (place, part) in chosen.enumerated() {
            let node = grouping.member(range.lowerBound + place)
            if gridOf[node] != targets[Int(part)] { move(node, to: targets[Int(part)]) }
        }
        return true
    }

    private mutating func divideCompounds(_ own: Graph, into wanted: Int, _ settings: SearchSettings) -> [Int32]? {
        let (atoms, count) = Atoms.label(own, norm: norm, settings: settings, dice: &dice)
        let coarse = own.contracted(by: Slab(atoms), groups: count)
        let plan = Multilevel.divide(coarse, into: wanted, norm: norm, settings, dice: &dice)
        var search = GridSearch(
            own, norm: norm, gridOf: Slab(atoms.map { plan[$0] }), grids: wanted, capacity: wanted, compoundPrice: 1,
            dice: dice)
        search.weights = weights
        search.weights.stay = 0
        search.refinePairs(rounds: 6, patience: 60, onlyOutOfNorm: true)
        return search.allInNorm(wanted) ? search.result().array() : nil
    }

    private mutating func divideUnits(_ own: Graph, into wanted: Int, _ settings: SearchSettings) -> [Int32]? {
        let plan = Multilevel.divide(own, into: wanted, norm: norm, settings, dice: &dice)
        let search = GridSearch(own, norm: norm, gridOf: plan, grids: wanted, capacity: wanted, dice: dice)
        return search.allInNorm(wanted) ? search.result().array() : nil
    }

    private func allInNorm(_ number: Int) -> Bool {
        (0..<Int32(number)).allSatisfy { isInNorm($0) }
    }
}
