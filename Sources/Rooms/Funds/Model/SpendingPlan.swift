import Desk
import Ground

/// 用款计划: what the street means to spend of one line in each quarter of its year, in yuan.
struct SpendingPlan: Sendable, Hashable {
    /// Four, the first quarter first.
    var quarters: [Int64]

    var total: Int64 { quarters.reduce(0, +) }

    /// Planned to be spent by the end of a day: whole quarters, and of the running one as much as of it has passed.
    func planned(by day: Day, of year: Int) -> Int64 {
        let starts = Self.starts(of: year)
        guard starts.count == 5 else { return 0 }
        return quarters.indices.reduce(0) { sum, quarter in
            let (from, until) = (starts[quarter], starts[quarter + 1])
            if day >= until - 1 { return sum + quarters[quarter] }
            guard day >= from else { return sum }
            return sum + quarters[quarter] * Int64(day - from + 1) / Int64(until - from)
        }
    }

    /// The first days of the quarters, and of the next year.
    private static func starts(of year: Int) -> [Day] {
        [(year, 1), (year, 4), (year, 7), (year, 10), (year + 1, 1)].compactMap {
            Day(year: $0.0, month: $0.1, day: 1)
        }
    }
}

/// How a line stands to its plan.
enum PlanStanding: String, Sendable, Hashable, CaseIterable {
    case unplanned, onPlan = "on-plan", behind, ahead

    var title: LocalizedText {
        switch self {
        case .unplanned: LocalizedText("未编用款计划", "No plan")
        case .onPlan: LocalizedText("与计划相符", "As planned")
        case .behind: LocalizedText("明显慢于计划", "Far behind the plan")
        case .ahead: LocalizedText("明显快于计划", "Far ahead of the plan")
        }
    }

    var tone: StaticString {
        switch self {
        case .onPlan: "ok"
        case .unplanned: "caution"
        case .behind, .ahead: "warn"
        }
    }
}

extension BudgetLine {
    /// Whether use is far from plan on a day. What is committed counts as on its way: it keeps a line from being behind, and
    /// only what was spent puts it ahead. Pure.
    func standing(_ rules: FundRules.Plan, on day: Day) -> PlanStanding {
        guard let plan else { return .unplanned }
        let planned = plan.planned(by: day, of: Int(year))
        let far = plan.total * rules.farPerMille / 1000
        if planned - spent - committed > far { return .behind }
        return spent - planned > far ? .ahead : .onPlan
    }
}
