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

    /// Columns up to which the whole is asked at once: a county of some streets. GLPK finds nothing in time in one of 1,100.
    private static let mostAtOnce = 400

    /// A small program is asked at once. A larger one, and a small one that is not answered well in half the time, is asked
    /// place by place, with prices for the people and the money that places share. There is always an answer: at worst that
    /// nothing is done, with its bound.
    /// - Parameter milliseconds: for everything together, but for what is asked about obstacles.
    /// - Throws: a fault when the case is larger than the solver takes.
    static func solve(_ given: StaffingCase, within milliseconds: Int32, gap: Double) throws -> StaffingAnswer {
        let one = given.merged
        let program = StaffingProgram(one)
        let isSmall = program.program.columnCount <= mostAtOnce
        let whole = isSmall ? try atOnce(program, within: max(1, milliseconds / 4), gap: gap) : nil
        var answer: StaffingAnswer
        if let whole, whole.isClearedAsFarAsCanBe, whole.gap <= gap {
            answer = whole
        } else {
            answer = try byPlaces(program, within: max(1, isSmall ? milliseconds / 2 : milliseconds), gap: gap)
            if let whole { answer = better(answer, whole) }
        }
        if answer.count.missingMinutes > 0 {
            for obstacle in StaffingCase.Obstacle.allCases {
                let free = StaffingProgram(one.without([obstacle]).merged)
                let asked = free.leastMissing
                let found =
                    isSmall
                    ? try asked.solve(within: milliseconds)
                    : try asked.solveByBlocks(linking: free.shared, within: milliseconds / 4, gap: gap)
                if let best = found.solution {
                    let rest = Int64((best.objective - 1e-4).rounded(.up))
                    if rest < answer.count.missingMinutes { answer.freed[obstacle] = rest }
                }
            }
        }
        return answer
    }

    private static func better(_ parts: StaffingAnswer, _ whole: StaffingAnswer) -> StaffingAnswer {
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
    static func atOnce(
        _ program: StaffingProgram, within milliseconds: Int32, gap: Double
    ) throws -> StaffingAnswer? {
        guard let first = try program.leastMissing.solve(within: milliseconds).solution else { return nil }
        let least = Int64((first.objective - 1e-4).rounded(.up))
        let second = try program.leastCost(missing: least).program.solve(within: milliseconds, gap: gap).solution
        return StaffingAnswer(
            program, program.plan(second ?? first), missingBound: first.bound, yuanBound: second?.bound ?? 0,
            isProved: first.isOptimal && (second?.isOptimal ?? false))
    }

    /// The same two questions, each place alone with prices for what places share (`LinearProgram.solveByBlocks`).
    static func byPlaces(
        _ program: StaffingProgram, within milliseconds: Int32, gap: Double
    ) throws -> StaffingAnswer {
        let one = program.one
        var answer = StaffingAnswer(program, StaffingPlan(), missingBound: 0, yuanBound: 0, isProved: false)
        // Everything in fractions: fewer minutes can go missing in no plan.
        guard let parts = try program.leastMissing.inParts.solve(within: milliseconds).solution else { return answer }
        var bound = max(0, parts.objective)
        var most = Int64((bound - 1e-4).rounded(.up))
        var isBounded = false
        func keep(_ solution: LinearSolution, yuanBound: Double?) {
            let plan = program.plan(solution)
            let count = StaffingCount(plan, of: one)
            guard count.faults.isEmpty,
                (count.missingMinutes, count.yuan) <= (answer.count.missingMinutes, answer.count.yuan)
            else { return }
            answer.plan = plan
            answer.count = count
            answer.yuanBound = yuanBound ?? 0
            isBounded = yuanBound != nil
        }
        if most > 0 {
            let asked = try program.leastMissing.solveByBlocks(
                linking: program.shared, within: max(1, milliseconds / 3), gap: gap)
            if let first = asked.solution {
                bound = max(bound, first.bound)
                keep(first, yuanBound: nil)
            }
            most = answer.count.missingMinutes
        }
        let (asked, shared) = program.leastCost(missing: most)
        let left = bound > 0 ? milliseconds / 3 * 2 : milliseconds
        if let second = try asked.solveByBlocks(linking: shared, within: max(1, left), gap: gap).solution {
            keep(second, yuanBound: second.bound)
        }
        answer.missingBound = bound
        answer.isProved =
            answer.isClearedAsFarAsCanBe && isBounded
            && Double(answer.count.yuan) <= answer.yuanBound + 0.5
        return answer
    }

    private init(
        _ program: StaffingProgram, _ plan: StaffingPlan, missingBound: Double, yuanBound: Double, isProved: Bool
    ) {
        one = program.one
        self.plan = plan
        count = StaffingCount(plan, of: program.one)
        self.missingBound = missingBound
        self.yuanBound = yuanBound
        self.isProved = isProved
        columns = program.program.columnCount
        rows = program.program.rowCount
    }
}
