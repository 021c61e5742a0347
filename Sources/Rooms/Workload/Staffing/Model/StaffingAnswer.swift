import LinearPrograms

/// The answer to a staffing case: the plan, recounted, and how sure it is.
struct StaffingAnswer: Sendable {
    /// The case that was solved, with people who are alike in one group: what positions of the plan are in.
    var one: StaffingCase
    var plan: StaffingPlan
    var count: StaffingCount
    /// No plan leaves fewer minutes missing than this.
    var missingBound: Double
    /// With so few missing, no plan costs less than this.
    var yuanBound: Double
    var isProved: Bool
    /// What would be missing if an obstacle were not there; only for obstacles that matter, and only when minutes are missing.
    var freed: [StaffingCase.Obstacle: Int64] = [:]
    var columns: Int
    var rows: Int

    /// As a part of the cost.
    var gap: Double { isProved ? 0 : max(0, Double(count.yuan) - yuanBound) / max(1, Double(count.yuan)) }

    private var isClearedAsFarAsCanBe: Bool { Double(count.missingMinutes) <= missingBound + 0.5 }

    /// First in parts: who moves is decided for the whole county with contracts and items in fractions, then each place
    /// decides on its own contracts and items. What everything in fractions costs is a bound, so it is known how good that is. Only when it
    /// is not good enough, the whole is asked at once, and the better of both answers holds.
    /// - Parameter milliseconds: for each of the solver's steps.
    /// - Throws: a fault when the case is larger than the solver takes.
    /// - Returns: nil when not even a first plan was found in the time.
    static func solve(_ given: StaffingCase, within milliseconds: Int32, gap: Double) throws -> StaffingAnswer? {
        let one = given.merged
        var answer = try inParts(one, within: milliseconds, gap: gap)
        let isGood = answer.map { $0.isClearedAsFarAsCanBe && $0.gap <= gap } ?? false
        if !isGood, let whole = try atOnce(one, within: milliseconds, gap: gap) {
            answer = better(answer, whole)
        }
        guard var answer else { return nil }
        if answer.count.missingMinutes > 0 {
            for obstacle in StaffingCase.Obstacle.allCases {
                let free = StaffingProgram(one.without([obstacle]).merged)
                if let best = try free.leastMissing.solve(within: milliseconds).solution {
                    let rest = Int64((best.objective - 1e-4).rounded(.up))
                    if rest < answer.count.missingMinutes { answer.freed[obstacle] = rest }
                }
            }
        }
        return answer
    }

    private static func better(_ parts: StaffingAnswer?, _ whole: StaffingAnswer) -> StaffingAnswer {
        guard let parts else { return whole }
        let isWhole =
            (whole.count.missingMinutes, whole.count.yuan) <= (parts.count.missingMinutes, parts.count.yuan)
        var best = isWhole ? whole : parts
        best.missingBound = max(parts.missingBound, whole.missingBound)
        // A bound on the cost holds for the same number of minutes missing.
        if parts.count.missingMinutes == whole.count.missingMinutes {
            best.yuanBound = max(parts.yuanBound, whole.yuanBound)
        }
        return best
    }

    /// Everything in one program, in two questions: how few minutes must go missing, and what is cheapest with so few.
    static func atOnce(_ one: StaffingCase, within milliseconds: Int32, gap: Double) throws -> StaffingAnswer? {
        let program = StaffingProgram(one)
        guard let first = try program.leastMissing.solve(within: milliseconds).solution else { return nil }
        let least = Int64((first.objective - 1e-4).rounded(.up))
        let second = try program.leastCost(missing: least).solve(within: milliseconds, gap: gap).solution
        let plan = program.plan(second ?? first)
        return StaffingAnswer(
            one: one, plan: plan, count: StaffingCount(plan, of: one), missingBound: first.bound,
            yuanBound: second?.bound ?? 0, isProved: first.isOptimal && (second?.isOptimal ?? false),
            columns: program.program.columnCount, rows: program.program.rowCount)
    }

    static func inParts(_ one: StaffingCase, within milliseconds: Int32, gap: Double) throws -> StaffingAnswer? {
        let program = StaffingProgram(one, isRelaxed: true)
        guard let first = try program.leastMissing.solve(within: milliseconds).solution else { return nil }
        let least = Int64((first.objective - 1e-4).rounded(.up))
        guard let second = try program.leastCost(missing: least).solve(within: milliseconds).solution else {
            return nil
        }
        let near = program.withWholePeople(near: second).leastCost(missing: least)
        guard let third = try near.solve(within: milliseconds, gap: gap / 2).solution else { return nil }
        let moves = program.moves(third)
        let spent = program.spent(third)
        let whole = max(1, spent.reduce(0, +))
        var plan = StaffingPlan(moves: moves)
        for place in one.places.indices {
            let budget = Int64(Double(one.hireBudget) * spent[place] / whole)
            let part = one.after(moves, in: place, budget: max(0, budget))
            guard let own = try atOnce(part.one, within: max(500, milliseconds / 10), gap: gap / 4) else { return nil }
            plan.contracts += own.plan.contracts.map { .init(hire: part.hires[$0.hire], count: $0.count) }
            plan.reliefs += own.plan.reliefs.map { part.reliefs[$0] }
        }
        let count = StaffingCount(plan, of: one)
        guard count.faults.isEmpty else { return nil }
        return StaffingAnswer(
            one: one, plan: plan, count: count, missingBound: first.bound,
            yuanBound: count.missingMinutes <= least ? second.bound : 0,
            isProved: count.missingMinutes <= least && Double(count.yuan) <= second.bound + 0.5,
            columns: StaffingProgram(one).program.columnCount, rows: program.program.rowCount)
    }
}
