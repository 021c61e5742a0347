import Testing

@testable import GridDesign

@Suite("On small graphs the design is compared with every possible plan")
struct SmallOptimumTests {
    /// The least cut of all plans with connected grids in the norm; nil if there is none.
    static func optimum(_ city: City, low: Double, high: Double) -> Int? {
        let count = city.units.count
        var adjacent = [UInt32](repeating: 0, count: count)
        for edge in city.adjacency.from.indices {
            adjacent[Int(city.adjacency.from[edge])] |= 1 << UInt32(city.adjacency.to[edge])
            adjacent[Int(city.adjacency.to[edge])] |= 1 << UInt32(city.adjacency.from[edge])
        }
        func isConnected(_ set: UInt32) -> Bool {
            var reached = set & (~set &+ 1)
            while true {
                var next = reached
                for node in 0..<count where reached & (1 << UInt32(node)) != 0 { next |= adjacent[node] & set }
                if next == reached { return reached == set }
                reached = next
            }
        }
        var inside = [Int: Int]()
        for set in 1..<(1 << count) {
            let bits = UInt32(set)
            var load = 0.0
            for node in 0..<count where bits & (1 << UInt32(node)) != 0 { load += city.units.workloads[node] }
            guard load >= low, load <= high, isConnected(bits) else { continue }
            var sum = 0
            for edge in city.adjacency.from.indices {
                let both = UInt32(1) << UInt32(city.adjacency.from[edge]) | 1 << UInt32(city.adjacency.to[edge])
                if bits & both == both { sum += Int(city.adjacency.affinities[edge]) }
            }
            inside[set] = sum
        }
        let byLowest = Dictionary(grouping: inside.keys) { $0.trailingZeroBitCount }
        var best = [Int: Int?]()
        best[0] = .some(0)
        func most(_ mask: Int) -> Int? {
            if let known = best[mask] { return known }
            var result: Int?
            for set in byLowest[mask.trailingZeroBitCount] ?? [] where set & ~mask == 0 {
                if let rest = most(mask & ~set), let own = inside[set] { result = max(result ?? 0, rest + own) }
            }
            best[mask] = .some(result)
            return result
        }
        return most((1 << count) - 1).map { city.adjacency.affinities.reduce(0) { $0 + Int($1) } - $0 }
    }

    @Test("In the norm whenever some plan is, and near the least cut", arguments: DesignOptions.Compounds.allCases)
    func feasible(compounds: DesignOptions.Compounds) async throws {
        var feasible = 0
        var found = 0
        var cut = 0
        var least = 0
        for seed in 1...60 as ClosedRange<UInt64> {
            let city = City.lattice(5, 3, compoundSide: 2, households: 20...120, seed: seed)
            guard let optimum = Self.optimum(city, low: 300, high: 500) else { continue }
            feasible += 1
            var options = DesignOptions(norm: GridNorm(low: 300, high: 500, target: 400))
            options.compounds = compounds
            options.effort = .best
            let plan = try await GridDesigner.design(city.units, city.adjacency, options)
            let figures = city.figures(plan.gridOf, options.norm)
            #expect(figures.broken == 0)
            if figures.inNorm == figures.grids {
                found += 1
                #expect(figures.cutAffinity >= optimum, "no plan can be better than the best")
                if compounds == .free {
                    cut += figures.cutAffinity
                    least += optimum
                }
            }
        }
        #expect(feasible > 40)
        #expect(found == feasible, "\(found) of \(feasible)")
        #expect(Double(cut) <= 1.1 * Double(least), "\(cut) against \(least)")
    }
}
