import CGLPK
import Dispatch
import Synchronization

/// What the solver found.
public enum LinearProgramOutcome: Sendable, Hashable {
    case solved(LinearSolution)
    /// No values meet all rows and bounds.
    case infeasible
    /// The objective has no end.
    case unbounded
    /// The time was up before any solution was found.
    case noneInTime
    /// The solver gave up: numerical trouble, or no memory.
    case failed

    public var solution: LinearSolution? {
        if case .solved(let solution) = self { solution } else { nil }
    }
}

/// Values of the columns, with how good they are proved to be.
public struct LinearSolution: Sendable, Hashable {
    public var values: [Double]
    public var objective: Double
    /// No solution is better than this.
    public var bound: Double
    /// Proved: none is better.
    public var isOptimal: Bool
    /// By how much the objective changes for each unit by which a row's bound does (its price); of programs without
    /// integers, else empty.
    public var duals: [Double] = []

    public subscript(_ column: LinearProgram.Column) -> Double { values[column.position] }

    /// How far from the best at most, as a part of the objective: 0 when it is the best.
    public var gap: Double { isOptimal ? 0 : abs(objective - bound) / max(abs(objective), 1e-9) }
}

extension LinearProgram {
    /// GLPK keeps one environment for all problems of a thread, or, built without thread-local storage, of the process.
    /// So one thread at a time is inside, and the environment is freed before it leaves: nothing is shared in either case.
    private static let door = Mutex<Void>(())
    /// Solving takes seconds; threads of Swift's pool are not kept that long.
    private static let queue = DispatchQueue(label: "linear-programs")

    /// Solves on the calling thread. The same program gives the same answer, unless the time ends first.
    /// - Parameters:
    ///   - milliseconds: the longest it may take; one step of the simplex method more at the very end.
    ///   - gap: how far from the best a solution with integers may be, as a part of it.
    /// - Throws: ``LinearProgramFault`` for what the solver must not see; it never ends the process.
    public func solve(
        within milliseconds: Int32 = 30_000, gap: Double = 0
    ) throws(LinearProgramFault) -> LinearProgramOutcome {
        guard milliseconds > 0, gap >= 0, gap.isFinite else { throw .limits }
        try check()
        return Self.door.withLock { _ in
            let outcome = run(milliseconds, gap, hasCoverCuts: true)
            // GLPK 5.0 breaks off on some programs with all of its cuts; without them it does not.
            return outcome == .failed ? run(milliseconds, gap, hasCoverCuts: false) : outcome
        }
    }

    /// Solves on a thread of its own, one program after the other.
    public func solution(
        within milliseconds: Int32 = 30_000, gap: Double = 0
    ) async throws -> LinearProgramOutcome {
        try await withCheckedThrowingContinuation { continuation in
            Self.queue.async {
                continuation.resume(
                    with: Result { () throws -> LinearProgramOutcome in
                        try solve(within: milliseconds, gap: gap)
                    })
            }
        }
    }

    private func run(_ milliseconds: Int32, _ gap: Double, hasCoverCuts: Bool) -> LinearProgramOutcome {
        if columns.isEmpty {
            // GLPK refuses a problem without columns; the rows alone say whether nothing is a solution.
            let holds = rows.allSatisfy { $0.lower <= 0 && $0.upper >= 0 }
            return holds
                ? .solved(LinearSolution(values: [], objective: 0, bound: 0, isOptimal: true)) : .infeasible
        }
        func bound(_ value: Double) -> Double {
            value.isInfinite ? (value < 0 ? -.greatestFiniteMagnitude : .greatestFiniteMagnitude) : value
        }
        var values = Array(repeating: 0.0, count: columns.count)
        var duals = Array(repeating: 0.0, count: max(1, rows.count))
        var found = gewu_solution()
        gewu_glpk_solve(
            Int32(columns.count), Int32(rows.count), Int32(elements.count), direction == .greatest ? 1 : 0,
            milliseconds,
            gap, hasCoverCuts ? 1 : 0, columns.map(\.objective), columns.map { bound($0.lower) },
            columns.map { bound($0.upper) },
            columns.map { $0.isInteger ? 1 : 0 }, rows.map { bound($0.lower) }, rows.map { bound($0.upper) },
            [0] + elements.map { Int32($0.row + 1) }, [0] + elements.map { Int32($0.column + 1) },
            [0] + elements.map(\.value), &found, &values, &duals)
        switch found.outcome {
        case 0:
            for position in columns.indices where columns[position].isInteger {
                values[position] = values[position].rounded()
            }
            return .solved(
                LinearSolution(
                    values: values, objective: found.objective,
                    bound: found.hasBound == 1 ? found.bound : found.objective,
                    isOptimal: found.isOptimal == 1,
                    duals: integerCount == 0 ? Array(duals.prefix(rows.count)) : []))
        case 1: return .infeasible
        case 2: return .unbounded
        case 3: return .noneInTime
        default: return .failed
        }
    }

    /// Whether the process outlives an error within GLPK. For tests.
    static func survivesAnError() -> Bool {
        door.withLock { _ in
            var found = gewu_solution()
            gewu_glpk_solve_wrongly(&found)
            return found.outcome == 4
        }
    }
}
