import Testing

@testable import GridDesign

@Suite("Exact redistribution")
struct WindowTests {
    @Test("Grids of a small graph end at the least cut when all three are redistributed at once")
    func exact() throws {
        for seed in 1...40 as ClosedRange<UInt64> {
            let city = City.lattice(4, 3, compoundSide: 2, households: 60...140, seed: seed)
            guard let optimum = SmallOptimumTests.optimum(city, low: 300, high: 500) else { continue }
            let norm = SearchNorm(low: 300, high: 500, target: 400)
            let graph = Scale(city.units, GridNorm(low: 300, high: 500, target: 400)).graph(city.units, city.adjacency)
            var dice = Dice(seed: seed)
            let start = Multilevel.divide(graph, into: 3, norm: norm, SearchSettings(), dice: &dice)
            var search = GridSearch(graph, norm: norm, gridOf: start, grids: 3, capacity: 3, dice: dice)
            search.weights.outside = 1e4
            search.weights.distance = 1e4
            search.recombine(rounds: 5, threes: true)
            let allInNorm = search.outOfNorm().isEmpty
            let cut = search.cut
            // The optimum may have two or four grids; with three it cannot be beaten.
            if allInNorm { #expect(cut >= optimum) }
            let plan = search.result().array()
            let pieces = Pieces.label(graph, into: Slab(graph.count, repeating: 0)) { a, b in
                plan[Int(a)] == plan[Int(b)]
            }
            #expect(pieces == 3)
        }
    }

    @Test("A node whose leaving would break its grid may not leave")
    func leaving() {
        let city = City.lattice(3, 2, households: 1...1, seed: 1)
        let graph = Scale(city.units, GridNorm(low: 1, high: 5, target: 3)).graph(city.units, city.adjacency)
        // Two rows of three; the middle of a row holds its ends together.
        var search = GridSearch(
            graph, norm: SearchNorm(low: 1, high: 5, target: 3), gridOf: Slab([0, 0, 0, 1, 1, 1]), grids: 2,
            capacity: 2, dice: Dice(seed: 1))
        let mayLeave = [0, 1, 5].map { search.canLeave($0) }
        #expect(mayLeave == [true, false, true])
    }
}
