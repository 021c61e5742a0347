import Desk
import Ground
import WorkCalendar

/// `Rules/gate.yaml`: what the gate asks, its prices and limits.
struct GateRules: Sendable, Decodable {
    struct Kind: Sendable, Decodable {
        var kind: DemandKind
        var zh: String
        var en: String
        /// The rule that binds work of this kind, as it is cited.
        var rule: String
        /// More than so many pieces of evidence each time are cut down to it.
        var mostEvidence: Int64

        var title: LocalizedText { LocalizedText(zh, en) }
    }

    struct Limits: Sendable, Decodable {
        var hearing: String
        var deciding: String
        var offered: String
        var appealing: String
        var appealed: String
    }

    struct Roles: Sendable, Decodable {
        var street: [String]
        var community: [String]
        var grid: [String]

        func at(_ level: AreaLevel) -> [String] {
            switch level {
            case .street: street
            case .community: community
            default: grid
            }
        }
    }

    var kinds: [Kind]
    var limits: Limits
    var roles: Roles
    /// What an hour of bought work costs, in yuan.
    var yuanPerHour: Int64
    /// No work is admitted for longer; then it is asked for anew.
    var longestMonths: Int
    /// Working days between the decision and the first day of the work.
    var noticeWorkdays: Int
    /// Days after a contract's last one in which the seller may still say what was delivered.
    var deliveryGraceDays: Int
    /// From which similarity of texts two pieces of work count as the same, 0…1.
    var similarity: Double

    func kind(_ kind: DemandKind) -> Kind? { kinds.first { $0.kind == kind } }

    func limit(_ stage: DemandStage) throws(Refusal) -> TimeLimit? {
        switch stage {
        case .hearing: try TimeLimit(parsing: limits.hearing)
        case .deciding: try TimeLimit(parsing: limits.deciding)
        case .offered: try TimeLimit(parsing: limits.offered)
        case .refused, .admitted: try TimeLimit(parsing: limits.appealing)
        case .appealed: try TimeLimit(parsing: limits.appealed)
        case .withdrawn, .expired, .cut: nil
        }
    }

    static func load(from files: RuleFiles, isRole: (String) -> Bool) throws(Refusal) -> GateRules {
        let rules = try files.decode(GateRules.self, from: "gate.yaml")
        let file = try files.file("gate.yaml")
        func wrong(_ chinese: String, _ english: String) -> Refusal {
            RuleFiles.refusal(english, chinese, in: file, line: nil)
        }
        for kind in DemandKind.allCases where rules.kind(kind) == nil {
            throw wrong("缺少种类 \(kind.rawValue)", "the kind \(kind.rawValue) is missing")
        }
        for role in rules.roles.street + rules.roles.community + rules.roles.grid where !isRole(role) {
            throw wrong("roles.yaml 没有角色“\(role)”", "role “\(role)” is not in roles.yaml")
        }
        guard rules.yuanPerHour > 0, (1...36).contains(rules.longestMonths), (0...60).contains(rules.noticeWorkdays),
            (0.3...1).contains(rules.similarity),
            (0...90).contains(rules.deliveryGraceDays)
        else { throw wrong("价格、期限或相似度超出范围", "a price, a term or the similarity is out of range") }
        for stage in DemandStage.allCases { _ = try rules.limit(stage) }
        return rules
    }
}
