import Desk
import Ground

/// `Rules/limits.yaml` (限权): who above may do what to which level below.
struct PowerLimits: Sendable, Decodable {
    enum Act: String, Sendable, Hashable, Decodable, CaseIterable {
        case assign, inspect
        case demandData = "demand-data"
        case setTargets = "set-targets"

        var title: LocalizedText {
            switch self {
            case .assign: LocalizedText("交办任务", "Assign work")
            case .inspect: LocalizedText("督查检查", "Inspect")
            case .demandData: LocalizedText("要数要表", "Demand data")
            case .setTargets: LocalizedText("下指标", "Set targets")
            }
        }

        /// What a demand of a kind does.
        init(_ kind: DemandKind) {
            switch kind {
            case .inspection, .visit, .assessment: self = .inspect
            case .form: self = .demandData
            case .task, .meeting, .paper, .app, .group, .plaque: self = .assign
            }
        }
    }

    enum Sender: String, Sendable, Hashable, Decodable, CaseIterable {
        case department, coordination

        init(line: String?) { self = line == nil ? .coordination : .department }

        var title: LocalizedText {
            switch self {
            case .department: LocalizedText("部门（条）", "Departments")
            case .coordination: LocalizedText("县统筹机构（块）", "County coordination")
            }
        }
    }

    enum Answer: String, Sendable, Hashable, Decodable, CaseIterable {
        case yes, through, no

        var title: LocalizedText {
            switch self {
            case .yes: LocalizedText("可以", "may")
            case .through: LocalizedText("须经", "only through")
            case .no: LocalizedText("不可以", "may not")
            }
        }
    }

    struct Limit: Sendable, Hashable, Decodable {
        var act: Act
        var from: Sender
        var to: AreaLevel
        var allow: Answer
        var via: LocalizedText?
        var rule: String
    }

    var limits: [Limit]
    var targetWords: [String]

    static let levels: [AreaLevel] = [.street, .community, .grid]

    /// What is not in the file is not allowed.
    func limit(_ act: Act, from sender: Sender, to level: AreaLevel) -> Limit {
        limits.first { $0.act == act && $0.from == sender && $0.to == level }
            ?? Limit(act: act, from: sender, to: level, allow: .no, via: nil, rule: Self.unlisted)
    }

    private static let unlisted = "限权清单（limits.yaml）未列的不得为"

    /// All that a demand does: what its kind does, and setting targets when its words say so.
    func acts(_ content: DemandContent) -> [Act] {
        let text = content.title + content.purpose
        return [Act(content.kind)] + (targetWords.contains { text.contains($0) } ? [.setTargets] : [])
    }

    static func load(from files: RuleFiles) throws(Refusal) -> PowerLimits {
        let read = try files.decode(PowerLimits.self, from: "limits.yaml")
        let file = try files.file("limits.yaml")
        var seen: Set<[String]> = []
        for limit in read.limits {
            let name = "\(limit.act.rawValue), \(limit.from.rawValue) → \(limit.to.rawValue)"
            guard seen.insert([limit.act.rawValue, limit.from.rawValue, limit.to.rawValue]).inserted else {
                throw RuleFiles.refusal("\(name) stands twice", "\(name) 重复", in: file, line: nil)
            }
            guard levels.contains(limit.to), !limit.rule.isBlank, (limit.via != nil) == (limit.allow == .through) else {
                throw RuleFiles.refusal(
                    "\(name): it needs a rule, a level below the county, and `via` exactly when it is `through`",
                    "\(name)：须写规则、县以下层级；allow 为 through 时（且仅此时）写 via", in: file, line: nil)
            }
        }
        return read
    }
}
