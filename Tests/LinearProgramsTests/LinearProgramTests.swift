import Ground
import Testing

@testable import LinearPrograms

/// A small program of integers within a box, so that trying all values is the truth.
private struct SmallProgram {
    var direction: LinearProgram.Direction
    var lower: [Int]
    var upper: [Int]
    var objective: [Int]
    var rows: [(factors: [Int], lower: Int?, upper: Int?)]

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let count = Int.random(in: 1...4, using: &random)
        direction = Bool.random(using: &random) ? .least : .greatest
        let lower = (0..<count).map { _ in Int.random(in: -3...2, using: &random) }
        self.lower = lower
        upper = lower.map { $0 + Int.random(in: 0...4, using: &random) }
        objective = (0..<count).map { _ in Int.random(in: -9...9, using: &random) }
        rows = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            let factors = (0..<count).map { _ in Int.random(in: -5...5, using: &random) }
            let side = Int.random(in: -12...12, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: return (factors, side, nil)
            case 1: return (factors, nil, side)
            case 2: return (factors, side, side)
            default: return (factors, side, side + Int.random(in: 0...6, using: &random))
            }
        }
    }

    var program: LinearProgram {
        var program = LinearProgram(direction)
        let columns = objective.indices.map { position in
            program.column(
                lower: Double(lower[position]), upper: Double(upper[position]), objective: Double(objective[position]),
                isInteger: true)
        }
        for row in rows {
            program.row(
                lower: row.lower.map(Double.init) ?? -.infinity, upper: row.upper.map(Double.init) ?? .infinity,
                sum: zip(columns, row.factors).map { ($0, Double($1)) })
        }
        return program
    }

    /// The best value of all that fit; nil when none does.
    var best: Int? {
        var best: Int?
        var values = lower
        while true {
            let fits = rows.allSatisfy { row in
                let sum = zip(row.factors, values).reduce(0) { $0 + $1.0 * $1.1 }
                return (row.lower.map { $0 <= sum } ?? true) && (row.upper.map { sum <= $0 } ?? true)
            }
            if fits {
                let value = zip(objective, values).reduce(0) { $0 + $1.0 * $1.1 }
                best = best.map { direction == .least ? min($0, value) : max($0, value) } ?? value
            }
            var position = 0
            while position < values.count, values[position] == upper[position] {
                values[position] = lower[position]
                position += 1
            }
            if position == values.count { return best }
            values[position] += 1
        }
    }
}

@Suite("Linear programs")
struct LinearProgramTests {
    @Test("The best of a small program of integers is the best of all values that were tried one by one")
    func bruteForce() throws {
        var infeasible = 0
        for seed in 0..<1_500 as Range<UInt64> {
            let small = SmallProgram(seed: seed)
            let program = small.program
            let outcome = try program.solve()
            guard let best = small.best else {
                infeasible += 1
                #expect(outcome == .infeasible, "seed \(seed)")
                continue
            }
            let solution = try #require(outcome.solution, "seed \(seed): \(outcome)")
            #expect(solution.isOptimal && solution.gap == 0)
            #expect(abs(solution.objective - Double(best)) < 1e-6, "seed \(seed)")
            #expect(program.violation(of: solution.values) < 1e-6, "seed \(seed)")
        }
        // Both kinds are met, or the test would say nothing.
        #expect(infeasible > 100 && infeasible < 1_000)
    }

    @Test("Without integers the best lies at a corner: a diet calculated by hand")
    func byHand() throws {
        var program = LinearProgram(.least)
        let bread = program.column("bread", objective: 2)
        let beans = program.column("beans", objective: 3)
        program.row(lower: 8, sum: [(bread, 1), (beans, 2)])
        program.row(lower: 6, sum: [(bread, 2), (beans, 1)])
        let solution = try #require(try program.solve().solution)
        // Where both rows are tight: bread 4/3, beans 10/3.
        #expect(abs(solution.objective - (2 * 4 + 3 * 10) / 3.0) < 1e-9)
        #expect(abs(solution[bread] - 4 / 3.0) < 1e-9 && abs(solution[beans] - 10 / 3.0) < 1e-9)
    }

    @Test("A program without end, one without a solution and one without columns are told apart")
    func ends() throws {
        var endless = LinearProgram(.greatest)
        _ = endless.column(objective: 1)
        #expect(try endless.solve() == .unbounded)
        var impossible = LinearProgram()
        let column = impossible.column(upper: 1)
        impossible.row(lower: 2, sum: [(column, 1)])
        #expect(try impossible.solve() == .infeasible)
        var empty = LinearProgram()
        #expect(try empty.solve().solution?.objective == 0)
        empty.row(lower: 1, sum: [])
        #expect(try empty.solve() == .infeasible)
    }

    @Test("What GLPK would end the process for is refused before it sees it")
    func faults() {
        var program = LinearProgram()
        let column = program.column("hours", upper: 3)
        var crossed = program
        _ = crossed.column("crossed", lower: 2, upper: 1)
        #expect(throws: LinearProgramFault.crossedBounds("crossed")) { try crossed.solve() }
        // Between two whole numbers there is none.
        var between = program
        _ = between.column("between", lower: 1.2, upper: 1.8, isInteger: true)
        #expect(throws: LinearProgramFault.crossedBounds("between")) { try between.solve() }
        var wild = program
        wild.row(sum: [(column, .nan)])
        #expect(throws: LinearProgramFault.notFinite("row 0")) { try wild.solve() }
        var huge = program
        _ = huge.column("huge", objective: 1e30)
        #expect(throws: LinearProgramFault.notFinite("huge")) { try huge.solve() }
        var other = LinearProgram()
        other.row(sum: [(column, 1)])
        #expect(throws: LinearProgramFault.unknownColumn("row 0")) { try other.solve() }
        #expect(throws: LinearProgramFault.limits) { try program.solve(within: 0) }
        #expect(throws: LinearProgramFault.limits) { try program.solve(gap: .nan) }
    }

    @Test("An error within GLPK is an answer and not the end of the process; the next program is solved as ever")
    func survives() throws {
        for _ in 0..<20 { #expect(LinearProgram.survivesAnError()) }
        let small = SmallProgram(seed: 1)
        #expect(try small.program.solve().solution.map { Int($0.objective.rounded()) } == small.best)
    }

    @Test("Many tasks may solve at once, and each gets the answer of its own program")
    func together() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in 0..<200 as Range<UInt64> {
                group.addTask {
                    let small = SmallProgram(seed: seed)
                    let outcome = try await small.program.solution()
                    #expect(outcome.solution.map { Int($0.objective.rounded()) } == small.best)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("A gap is within what was asked for, and the bound never lies on the wrong side")
    func gap() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<20 {
            var program = LinearProgram(.greatest)
            var terms: [[(LinearProgram.Column, Double)]] = [[], [], []]
            for _ in 0..<30 {
                let column = program.column(
                    upper: 1, objective: Double(Int.random(in: 10...99, using: &random)), isInteger: true)
                for row in terms.indices { terms[row].append((column, Double(Int.random(in: 5...60, using: &random)))) }
            }
            for row in terms { program.row(upper: 400, sum: row) }
            let best = try #require(try program.solve().solution)
            let near = try #require(try program.solve(gap: 0.05).solution)
            #expect(near.gap <= 0.05 + 1e-9)
            #expect(near.bound >= best.objective - 1e-6 && near.objective <= best.objective + 1e-6)
            #expect(program.violation(of: near.values) < 1e-6)
        }
    }

    @Test("Another objective over the same rows; and a file that names each column, row and bound")
    func another() throws {
        var program = LinearProgram(.least)
        let first = program.column(upper: 4, objective: 1, isInteger: true)
        let second = program.column(lower: -.infinity, upper: 5, objective: -1)
        program.row(lower: 1, upper: 6, sum: [(first, 1), (second, 1), (first, 1)])
        #expect(try program.solve().solution?.objective == -5)
        program.setObjective(.greatest, [(first, 3)])
        #expect(try program.solve().solution?.objective == 12)
        let text = program.mps(named: "small")
        for line in [
            "NAME small", " L R0", " C0 COST -3.0", " C0 R0 2.0", " M0 'MARKER' 'INTORG'", " M1 'MARKER' 'INTEND'",
            " RHS R0 6.0", " RNG R0 5.0", " UP BND C0 4.0", " MI BND C1", "ENDATA",
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
    }
}
