import Testing

@testable import GridDesign

@Suite("A redesign starts from today's grids")
struct RedesignTests {
    static let norm = GridNorm(low: 300, high: 500, target: 400)

    @Test("Where all grids are in the norm, nobody moves")
    func nothingToDo() async throws {
        let city = City.lattice(30, 20, households: 5...15, seed: 1)
        let options = DesignOptions(norm: Self.norm)
        let plan = try await GridDesigner.design(city.units, city.adjacency, options)
        let choices = try await Redesign.choices(city.units, city.adjacency, previous: plan.gridOf, options)
        #expect(choices.map(\.kind) == Redesign.Choice.Kind.allCases)
        #expect(choices[0].gridOf == plan.gridOf && choices[0].householdsMoved == 0)
    }

    @Test("After a new compound the norm holds again and few households move", arguments: [1, 2, 3] as [UInt64])
    func newCompound(seed: UInt64) async throws {
        var city = City.lattice(40, 30, households: 5...15, seed: seed)
        var options = DesignOptions(norm: Self.norm)
        options.compounds = .free
        options.seed = seed
        let plan = try await GridDesigner.design(city.units, city.adjacency, options)
        for y in 10..<16 {
            for x in 10..<16 {
                city.units.workloads[y * 40 + x] *= 2
                city.units.households[y * 40 + x] *= 2
            }
        }
        var previous = plan.gridOf
        for unit in [0, 1, 2] { previous[unit] = -1 }
        let choices = try await Redesign.choices(city.units, city.adjacency, previous: previous, options)
        let total = city.units.households.reduce(0) { $0 + Int($1) }
        for choice in choices {
            let figures = city.figures(choice.gridOf, Self.norm)
            #expect(figures.broken == 0 && figures.unitsLeftOut == 0)
            #expect(figures.inNorm == figures.grids, "\(choice.kind) \(figures)")
        }
        #expect(choices[0].householdsMoved * 10 < total)
        #expect(choices[0].householdsMoved < choices[3].householdsMoved)
    }

    @Test("A piece cut off from its grid joins its neighbours")
    func pieces() {
        let city = City.lattice(4, 1, households: 1...1, seed: 1)
        let graph = Scale(city.units, Self.norm).graph(city.units, city.adjacency)
        #expect(Redesign.completed([0, 1, 0, 0], graph) == [1, 1, 0, 0])
        #expect(Redesign.completed([-1, -1, -1, -1], graph) == [0, 0, 0, 0])
    }
}
