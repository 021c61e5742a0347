extension LinearProgram {
    /// Solves a program that falls into many parts once some rows are left out, far larger ones than ``solve(within:gap:)``
    /// can: GLPK sees a few parts at a time. The answer keeps every row; its bound is proved, with no whole at once.
    ///
    /// The better, the fewer rows link and the more parts there are: with whole numbers what is lost grows with the number
    /// of linking rows and not with that of the parts. The same program gives the same answer, unless time ends a step.
    /// - Parameters:
    ///   - linking: the rows that hold the parts together.
    ///   - milliseconds: the longest it may take; up to twice as long when what was found does not fit together yet, as on
    ///     a busy machine.
    ///   - gap: how far from the best is good enough, as a part of it.
    /// - Returns: `.noneInTime` also when parts were found and could not be fitted together; that proves nothing.
    /// - Throws: ``LinearProgramFault`` for what the solver must not see.
    public func solveByBlocks(
        linking: [Row], within milliseconds: Int32 = 30_000, gap: Double = 0.01
    ) throws(LinearProgramFault) -> LinearProgramOutcome {
        guard milliseconds > 0, gap >= 0, gap.isFinite else { throw .limits }
        try check()
        let deadline = ContinuousClock.now + .milliseconds(Int(milliseconds))
        let positions = Set(linking.map(\.position)).filter { rows.indices.contains($0) }.sorted()
        var least = self
        if direction == .greatest {
            least.setObjective(.least, columns.indices.map { (Column(position: $0), -columns[$0].objective) })
        }
        let parts = LinearBlocks(least, linking: positions)
        guard parts.blocks.count > 1, integerCount > 0 else { return try solve(within: milliseconds, gap: gap) }
        let relaxation = try least.inParts.solve(within: milliseconds)
        guard let relaxed = relaxation.solution else { return relaxation }
        var search = LinearBlockSearch(parts, prices: positions.map { relaxed.duals[$0] }, gap: gap, deadline: deadline)
        guard try search.findPrices(), let chosen = try search.findWhole() else { return .noneInTime }
        var values = Array(repeating: 0.0, count: columns.count)
        for (block, choice) in zip(parts.blocks, chosen) {
            for (column, value) in zip(block.columns, choice.values) { values[column] = value }
        }
        let sum = least.objective(of: values)
        let bound = min(sum, max(search.bound, relaxed.objective))
        let sign = direction == .greatest ? -1.0 : 1.0
        return .solved(
            LinearSolution(
                values: values, objective: sign * sum, bound: sign * bound,
                isOptimal: sum - bound <= 1e-9 * max(1, abs(sum))))
    }
}
