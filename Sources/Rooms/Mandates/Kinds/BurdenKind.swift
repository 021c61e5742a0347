import Desk
public import Ground

/// 三类负担, by what helps against each.
public enum BurdenKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// 形式主义: nothing would be missed.
    case formalism
    /// 必要形式: needed, and made anew rather than cut.
    case necessaryForm = "necessary_form"
    /// 过量工作: real work, more than the posts can bear.
    case tooMuch = "too_much"
    case ordinary

    /// What burdens; ordinary work does not.
    public var isBurden: Bool { self != .ordinary }
}

/// What is done about a source of burden.
public enum BurdenMeasure: String, Sendable, Hashable, Codable, CaseIterable {
    case cut, merge, redesign, reduce
    /// The sender took it back itself.
    case withdrawn

    /// Measures that the coordination office takes.
    static let taken: [BurdenMeasure] = [.cut, .merge, .redesign, .reduce]

    public var title: LocalizedText {
        switch self {
        case .cut: LocalizedText("取消", "Cut")
        case .merge: LocalizedText("并入", "Merged")
        case .redesign: LocalizedText("重新设计", "Made anew")
        case .reduce: LocalizedText("减少次数", "Fewer times")
        case .withdrawn: LocalizedText("提出单位撤回", "Taken back by its sender")
        }
    }
}

/// `Rules/burden-kinds.yaml`: which source of burden is of which kind, and what may be done about it.
struct BurdenKindRules: Sendable, Decodable {
    struct Kind: Sendable, Decodable {
        var kind: BurdenKind
        var zh: String
        var en: String
        var remedyZh: String
        var remedyEn: String
        var measures: [BurdenMeasure]

        var title: LocalizedText { LocalizedText(zh, en) }
        var remedy: LocalizedText { LocalizedText(remedyZh, remedyEn) }
    }

    struct Rule: Sendable, Decodable {
        var kind: BurdenKind
        var sources: [DemandKind]?
        var finding: GateAnswer.Question?
        var weight: GateAnswer.Weight?
        var evidenceAbove: Int64?
        var monthlyTimesAbove: Int64?
        var zh: String
        var en: String

        /// Why it is of the kind.
        var reason: LocalizedText { LocalizedText(zh, en) }
        var isWithoutCondition: Bool {
            sources == nil && finding == nil && evidenceAbove == nil && monthlyTimesAbove == nil
        }

        func fits(_ terms: DemandContent, _ answer: GateAnswer) -> Bool {
            if let sources, !sources.contains(terms.kind) { return false }
            if let evidenceAbove, terms.evidence <= evidenceAbove { return false }
            if let monthlyTimesAbove {
                let days = Int64(terms.until.map { max(1, $0.number - terms.from.number + 1) } ?? 365)
                // Short periods are no months: four times in four days are four times, and not thirty.
                guard terms.times * 30 > monthlyTimesAbove * max(days, 30) else { return false }
            }
            if let finding {
                let found = answer.findings.filter { $0.question == finding }.map(\.weight).max() ?? .fine
                if found < weight ?? .note { return false }
            }
            return true
        }
    }

    var kinds: [Kind]
    var rules: [Rule]

    func kind(_ kind: BurdenKind) -> Kind? { kinds.first { $0.kind == kind } }

    /// The first rule that fits. The last one fits everything, which is checked when the file is read.
    func rule(_ terms: DemandContent, _ answer: GateAnswer) -> Rule? { rules.first { $0.fits(terms, answer) } }

    static func load(from files: RuleFiles) throws(Refusal) -> BurdenKindRules {
        let rules = try files.decode(BurdenKindRules.self, from: "burden-kinds.yaml")
        let file = try files.file("burden-kinds.yaml")
        func wrong(_ chinese: String, _ english: String) -> Refusal {
            RuleFiles.refusal(english, chinese, in: file, line: nil)
        }
        for kind in BurdenKind.allCases where rules.kind(kind) == nil {
            throw wrong("缺少类别 \(kind.rawValue)", "the kind \(kind.rawValue) is missing")
        }
        for kind in rules.kinds where kind.measures.contains(.withdrawn) {
            throw wrong("withdrawn 不是统筹办的措施", "withdrawn is the sender’s own act")
        }
        if rules.kind(.necessaryForm)?.measures.contains(.cut) == true {
            throw wrong("必要形式只能重新设计，不能取消", "necessary form is made anew, not cut")
        }
        guard rules.rules.last?.isWithoutCondition == true,
            !rules.rules.dropLast().contains(where: \.isWithoutCondition)
        else { throw wrong("最后一条须无条件，其余各条须有条件", "the last rule, and no other, has no condition") }
        return rules
    }
}
