import Desk
import Geo
import GridDesign
import Ground
import Places

typealias GridPlanID = Identifier<GridPlan>

/// A plan of grids for an area 网格划分方案: several ways to do it, of which one may be accepted for a day.
struct GridPlan: Sendable {
    enum State: String, Sendable, CaseIterable {
        /// Made; nobody decided.
        case draft
        /// One way was chosen and waits for its day.
        case accepted
        /// Its grids are in force.
        case effective
        /// Not to be carried out.
        case dropped

        var text: LocalizedText {
            switch self {
            case .draft: LocalizedText("待定", "To be decided")
            case .accepted: LocalizedText("已采纳，待生效", "Accepted, not yet in force")
            case .effective: LocalizedText("已生效", "In force")
            case .dropped: LocalizedText("已作废", "Dropped")
            }
        }
    }

    var id: GridPlanID
    var area: AreaPrefix
    var title: String
    var state = State.draft
    var chosen: Redesign.Choice.Kind?
    var effectiveOn: Day?
    var madeBy: StaffID
    var madeAt: Instant
    /// What each community was found to need.
    var verdicts: [Line]
    var version: Int64 = 1

    /// The verdict on one community, as it was when the plan was made.
    struct Line: Sendable, Hashable, Codable {
        var community: String
        var kind: String
        var chinese: String
        var english: String
        /// Why nothing was planned for it though its verdict asks for grids; nil when something was.
        var leftOut: String?
    }

    /// One way to do it, in figures.
    struct Choice: Sendable, Hashable {
        var kind: Redesign.Choice.Kind
        var grids: Int
        var inNorm: Int
        var householdsMoved: Int
        var unevenness: Double
        var walk: Double
        var cut: Int
        var compoundCuts: Int
    }

    /// One grid of one way.
    struct PlannedGrid: Sendable, Hashable {
        var code: String
        var name: String
        var isNew: Bool
        var households: Int
        var workload: Double
        var centre: Position
        var reason: PlanException.Reason?
        var outline: Geometry?
        /// Ids of its buildings.
        var members: [String]
    }
}

extension Redesign.Choice.Kind {
    var text: LocalizedText {
        switch self {
        case .leastChange: LocalizedText("最少变动", "Least change")
        case .someChange: LocalizedText("少量变动", "Some change")
        case .moreChange: LocalizedText("较多变动", "More change")
        case .designedAnew: LocalizedText("重新划分", "Designed anew")
        }
    }
}

extension PlanException.Reason {
    var text: LocalizedText {
        switch self {
        case .oneUnitAbove: LocalizedText("单栋已超上限，不可拆分", "one building alone is above the norm")
        case .islandBelow: LocalizedText("被屏障隔开，不足一个网格", "cut off by barriers with too little for a grid")
        case .noNumberFits:
            LocalizedText("连片户数不适合任何网格数", "no number of grids fits the households that hang together")
        case .besideLargeUnit: LocalizedText("被超限单栋隔开", "cut off by a building above the norm")
        case .notFound: LocalizedText("未找到更好的划分", "nothing better was found")
        }
    }
}
