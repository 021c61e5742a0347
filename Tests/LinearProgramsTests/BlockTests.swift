import Ground
import Testing

@testable import LinearPrograms

@Suite("Programs of many parts")
struct BlockTests {
    /// Some parts of a few whole numbers each, held together by one row that balances and one that limits.
    private static func program(seed: UInt64) -> (program: LinearProgram, linking: [LinearProgram.Row]) {
        var random = SeededRandom(seed: seed)
        var program = LinearProgram(Bool.random(using: &random) ? .least : .greatest)
        let sign = program.direction == .least ? 1.0 : -1.0
        var balance: [(LinearProgram.Column, Double)] = []
        var budget: [(LinearProgram.Column, Double)] = []
        for _ in 0..<Int.random(in: 2...6, using: &random) {
            var covers: [(LinearProgram.Column, Double)] = []
            for place in 0..<Int.random(in: 2...4, using: &random) {
                let cost = Double(Int.random(in: 1...9, using: &random))
                let column = program.column(
                    upper: Double(Int.random(in: 1...4, using: &random)), objective: sign * cost, isInteger: true)
                covers.append((column, Double(Int.random(in: 1...5, using: &random))))
                budget.append((column, cost))
                if place < 2 { balance.append((column, place == 0 ? 1 : -1)) }
            }
            program.row(lower: Double(Int.random(in: 1...9, using: &random)), sum: covers)
        }
        let linking = [
            program.row(lower: -1, upper: 1, sum: balance),
            program.row(upper: Double(Int.random(in: 20...60, using: &random)), sum: budget),
        ]
        return (program, linking)
    }

    @Test("What is found part by part keeps every row, and its bound is never on the wrong side of the best")
    func bounds() throws {
        var found = 0
        var best = 0
        var none = 0
        for seed in 0..<400 as Range<UInt64> {
            let (program, linking) = Self.program(seed: seed)
            let whole = try program.solve()
            switch try program.solveByBlocks(linking: linking, within: 20_000, gap: 0) {
            case .solved(let parts):
                let exact = try #require(whole.solution, "seed \(seed): there is none, yet one was found")
                found += 1
                let sign = program.direction == .least ? 1.0 : -1.0
                #expect(program.violation(of: parts.values) < 1e-6, "seed \(seed)")
                #expect(abs(program.objective(of: parts.values) - parts.objective) < 1e-6)
                #expect(sign * parts.objective >= sign * exact.objective - 1e-6, "seed \(seed)")
                #expect(sign * parts.bound <= sign * exact.objective + 1e-6, "seed \(seed)")
                if abs(parts.objective - exact.objective) < 1e-6 { best += 1 }
            case .infeasible: #expect(whole == .infeasible, "seed \(seed)")
            case .noneInTime: if whole.solution != nil { none += 1 }
            case let other: Issue.record("seed \(seed): \(other)")
            }
        }
        // Most are found, and most of these are the best.
        #expect(found > 150 && best * 10 > found * 9 && none * 20 < found, "\(found) found, \(best) best, \(none) none")
    }

    @Test("Parts are what no row but the linking ones holds together, and with nothing between them all is exact")
    func parts() throws {
        var program = LinearProgram(.least)
        let columns = (0..<6).map { _ in program.column(upper: 9, objective: 1, isInteger: true) }
        program.row(lower: 3, sum: [(columns[0], 2), (columns[1], 1)])
        program.row(lower: 5, sum: [(columns[1], 1), (columns[2], 3)])
        program.row(lower: 7, sum: [(columns[3], 2), (columns[4], 2)])
        let link = program.row(upper: 100, sum: columns.map { ($0, 1) })
        let blocks = LinearBlocks(program, linking: [link.position]).blocks.map(\.columns)
        #expect(blocks == [[0, 1, 2], [3, 4], [5]])
        let found = try #require(try program.solveByBlocks(linking: [link], gap: 0).solution)
        #expect(found.objective == 8 && found.isOptimal)
        #expect(program.violation(of: found.values) == 0)
    }

    @Test("A program of one part is solved as it is; what may not be handed over is refused")
    func one() throws {
        var program = LinearProgram(.least)
        let column = program.column(objective: 1, isInteger: true)
        let row = program.row(lower: 2.5, sum: [(column, 1)])
        let found = try #require(try program.solveByBlocks(linking: []).solution)
        #expect(found.objective == 3)
        #expect(throws: LinearProgramFault.limits) { try program.solveByBlocks(linking: [row], within: 0) }
        _ = program.column(objective: .nan)
        #expect(throws: LinearProgramFault.self) { try program.solveByBlocks(linking: [row]) }
    }

    @Test("Prices of rows say by how much the best changes with their bounds")
    func duals() throws {
        for seed in 0..<100 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            func program(_ more: Double, _ random: inout SeededRandom) -> LinearProgram {
                var program = LinearProgram(.least)
                let costs = (0..<4).map { _ in Double.random(in: 1...5, using: &random) }
                let columns = costs.map { program.column(upper: 10, objective: $0) }
                for row in 0..<2 {
                    program.row(
                        lower: Double.random(in: 1...9, using: &random) + (row == 0 ? more : 0),
                        sum: columns.map { ($0, Double.random(in: 0.5...3, using: &random)) })
                }
                return program
            }
            var again = random
            let base = try #require(try program(0, &random).solve().solution)
            let more = try #require(try program(1e-4, &again).solve().solution)
            #expect(base.duals.count == 2)
            #expect(abs((more.objective - base.objective) - 1e-4 * base.duals[0]) < 1e-6, "seed \(seed)")
        }
    }
}
