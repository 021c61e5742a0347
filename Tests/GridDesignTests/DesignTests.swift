import Testing

@testable import GridDesign

@Suite("A design keeps what it promises")
struct DesignTests {
    static let norm = GridNorm(low: 300, high: 500, target: 400)

    @Test(
        "Every unit is in a grid, every grid in one piece and in the norm",
        arguments: [DesignOptions.Compounds.keep, .free], [1, 2, 3, 4, 5] as [UInt64])
    func promises(compounds: DesignOptions.Compounds, seed: UInt64) async throws {
        let city = City.lattice(40, 30, households: 0...30, seed: seed)
        var options = DesignOptions(norm: Self.norm)
        options.compounds = compounds
        options.seed = seed
        let plan = try await GridDesigner.design(city.units, city.adjacency, options)
        let figures = city.figures(plan.gridOf, Self.norm)
        #expect(plan.gridOf.count == city.units.count)
        #expect(figures.unitsLeftOut == 0)
        #expect(figures.broken == 0)
        #expect(figures.inNorm == figures.grids, "\(figures)")
    }

    @Test("The same seed gives the same plan on any number of threads, another seed may give another")
    func deterministic() async throws {
        let city = City.lattice(50, 40, households: 0...100, seed: 9)
        for compounds in DesignOptions.Compounds.allCases {
            var options = DesignOptions(norm: Self.norm)
            options.compounds = compounds
            let plan = try await GridDesigner.design(city.units, city.adjacency, options)
            for threads in [2, 5] {
                options.threads = threads
                #expect(try await GridDesigner.design(city.units, city.adjacency, options).gridOf == plan.gridOf)
            }
            options.seed = 2
            #expect(try await GridDesigner.design(city.units, city.adjacency, options).gridOf != plan.gridOf)
        }
    }

    @Test("A compound that fits into a grid is not cut without need")
    func compoundsKept() async throws {
        // 25 buildings of 13 to 17 households: each compound is a grid by itself.
        let city = City.lattice(50, 40, compoundSide: 5, households: 13...17, seed: 4)
        var options = DesignOptions(norm: Self.norm)
        let kept = try await GridDesigner.design(city.units, city.adjacency, options)
        #expect(city.figures(kept.gridOf, Self.norm).needlessCompoundCuts == 0)
        #expect(city.figures(kept.gridOf, Self.norm).inNorm == kept.grids)
        options.compounds = .free
        let free = try await GridDesigner.design(city.units, city.adjacency, options)
        #expect(city.figures(free.gridOf, Self.norm).inNorm == free.grids)
    }

    @Test("A compound above the norm is cut into as few grids as it needs")
    func largeCompound() async throws {
        // One compound of 1,200 households among small ones.
        var city = City.lattice(30, 20, compoundSide: 2, households: 3...5, seed: 5)
        for y in 5..<15 {
            for x in 10..<20 {
                city.units.workloads[y * 30 + x] = 12
                city.units.compounds[y * 30 + x] = 9_999
            }
        }
        let plan = try await GridDesigner.design(city.units, city.adjacency, DesignOptions(norm: Self.norm))
        let figures = city.figures(plan.gridOf, Self.norm)
        #expect(figures.broken == 0 && figures.inNorm == figures.grids)
        var touched: Set<Int32> = []
        for unit in city.units.compounds.indices where city.units.compounds[unit] == 9_999 {
            touched.insert(plan.gridOf[unit])
        }
        #expect(touched.count == 3)
    }

    @Test("A building of 3,000 households is a grid by itself, and the plan says so")
    func largeBuilding() async throws {
        for compounds in DesignOptions.Compounds.allCases {
            var city = City.lattice(30, 20, households: 5...15, seed: 6)
            city.units.workloads[315] = 3_000
            var options = DesignOptions(norm: Self.norm)
            options.compounds = compounds
            let plan = try await GridDesigner.design(city.units, city.adjacency, options)
            let figures = city.figures(plan.gridOf, Self.norm)
            #expect(figures.broken == 0)
            #expect(plan.exceptions.map(\.reason) == [.oneUnitAbove])
            #expect(plan.exceptions.first?.workload == 3_000)
            #expect(plan.gridOf.count { $0 == plan.gridOf[315] } == 1)
        }
    }

    @Test("An island too small for a grid is reported, and so is a size that no number of grids fits")
    func islands() async throws {
        var city = City.lattice(20, 20, households: 10...10, seed: 7)
        let land = city.units.count
        func island(_ households: [Double]) {
            for (index, many) in households.enumerated() {
                city.units.xs.append(10_000 + Double(index) * 20)
                city.units.ys.append(Double(city.units.count) * 20)
                city.units.households.append(Int32(many))
                city.units.workloads.append(many)
                city.units.compounds.append(-1)
                if index > 0 { city.join(city.units.count - 2, city.units.count - 1) }
            }
        }
        island([40, 50, 10])
        island([180, 190, 180])
        island([0])
        let plan = try await GridDesigner.design(city.units, city.adjacency, DesignOptions(norm: Self.norm))
        #expect(city.figures(plan.gridOf, Self.norm).broken == 0)
        let reasons = Dictionary(uniqueKeysWithValues: plan.exceptions.map { ($0.grid, $0.reason) })
        #expect(reasons[plan.gridOf[land]] == .islandBelow)
        #expect((3..<6).contains { reasons[plan.gridOf[land + $0]] == .noNumberFits })
        #expect(reasons[plan.gridOf[land + 6]] == .islandBelow)
        #expect(plan.exceptions.allSatisfy { $0.reason != .notFound })
    }

    @Test("Grids are numbered row by row from the north, in a row from the west")
    func order() {
        let numbers = GridOrder.numbers(xs: [0, 10, 0, 10], ys: [0, 0, 10, 10])
        #expect(numbers == [2, 3, 0, 1])
        #expect(GridCode.code(community: "110101001001", sequence: 7) == "110101001001007")
        #expect(GridCode.code(community: "110101", sequence: 7) == nil)
        #expect(GridCode.code(community: "110101001001", sequence: 1_000) == nil)
    }

    @Test("No units, one unit, no edges: a plan all the same")
    func degenerate() async throws {
        let options = DesignOptions(norm: Self.norm)
        #expect(try await GridDesigner.design(Units(), Adjacency(), options).grids == 0)
        var city = City.lattice(5, 1, households: 100...100, seed: 1)
        city.adjacency = Adjacency()
        let plan = try await GridDesigner.design(city.units, city.adjacency, options)
        #expect(plan.grids == 5)
        #expect(plan.exceptions.count == 5)
        let nothing = City.lattice(5, 5, households: 0...0, seed: 1)
        #expect(try await GridDesigner.design(nothing.units, nothing.adjacency, options).grids == 1)
    }

    @Test("A cancelled design stops")
    func cancelled() async throws {
        let city = City.lattice(20, 20, households: 0...40, seed: 9)
        let task = Task { () -> Bool in
            while !Task.isCancelled { await Task.yield() }
            do {
                _ = try await GridDesigner.design(city.units, city.adjacency, DesignOptions(norm: Self.norm))
                return false
            } catch is CancellationError {
                return true
            }
        }
        task.cancel()
        #expect(try await task.value)
    }
}
