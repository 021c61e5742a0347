import Cases
import Desk
import Ground

/// `Rules/disputes.yaml`: what differs from place to place in mediation.
struct DisputeRules: Sendable, Decodable {
    struct Named: Sendable, Decodable {
        var zh: String
        var en: String

        var title: LocalizedText { LocalizedText(zh, en) }
    }

    struct Level: Sendable, Decodable {
        var state: String
        /// The act that leads up from it; at the last level, the one that ends mediation.
        var up: String
        var key: String
        var zh: String
        var en: String

        var title: LocalizedText { LocalizedText(zh, en) }
    }

    struct Confirmation: Sendable, Decodable {
        var withinDays: Int64
        var basis: Named
    }

    struct Revisit: Sendable, Decodable {
        var withinDays: Int64
        var zh: String
        var en: String

        var title: LocalizedText { LocalizedText(zh, en) }
    }

    /// A way that parties may go instead of mediation, or after it.
    struct Way: Sendable, Decodable {
        var zh: String
        var en: String
        var `where`: Named

        var title: LocalizedText { LocalizedText(zh, en) }
    }

    struct Kind: Sendable, Decodable {
        /// What a mediator should know, the most wanted first.
        var fields: [String]
        var ways: [String]
    }

    struct Matching: Sendable, Decodable {
        var proposed: Int
        var mostOpen: Int64
    }

    var levels: [Level]
    var endWithinDays: Int64
    var confirmation: Confirmation
    var revisits: [Revisit]
    var ways: [String: Way]
    var kinds: [String: Kind]
    var fields: [String: Named]
    var languages: [String: Named]
    var matching: Matching

    static let file = "disputes.yaml"

    func level(_ state: StateName) -> Level? { levels.first { $0.state == state.rawValue } }
    func level(key: String) -> Level? { levels.first { $0.key == key } }

    /// The ways that stay open for a kind, whatever becomes of the mediation.
    func ways(of kind: String) -> [Way] { (kinds[kind]?.ways ?? []).compactMap { ways[$0] } }

    /// - Throws: a refusal naming the file when the ladder is not the workflow's, or a kind has no way on.
    static func load(from files: RuleFiles, for workflow: Workflow?) throws(Refusal) -> DisputeRules {
        let rules = try files.decode(DisputeRules.self, from: file)
        let text = try files.file(file)
        func wrong(_ english: String, _ chinese: String, near: String) -> Refusal {
            let line = text.text.split(separator: "\n", omittingEmptySubsequences: false)
                .firstIndex { $0.contains(near) }
            return RuleFiles.refusal(english, chinese, in: text, line: line.map { $0 + 1 })
        }
        guard let workflow else {
            throw wrong("there is no workflows/dispute.yaml", "缺少 workflows/dispute.yaml", near: "levels:")
        }
        for level in rules.levels {
            guard workflow[StateName(rawValue: level.state)]?.isEnd == false,
                let up = workflow[ActName(rawValue: level.up)], up.from == [StateName(rawValue: level.state)]
            else {
                throw wrong(
                    "level \(level.key): its state and the act up are not those of workflows/dispute.yaml",
                    "层级 \(level.key) 的 state、up 与 workflows/dispute.yaml 不符", near: level.state)
            }
        }
        let open = workflow.states.filter { !$0.isEnd }.map(\.name.rawValue)
        guard open == rules.levels.map(\.state) else {
            throw wrong(
                "the levels are not the open states of workflows/dispute.yaml, from the lowest up",
                "levels 须与 workflows/dispute.yaml 的未结状态逐级对应", near: "levels:")
        }
        for variant in workflow.variants {
            guard let kind = rules.kinds[variant.code], !rules.ways(of: variant.code).isEmpty,
                kind.ways.allSatisfy({ rules.ways[$0] != nil }), kind.fields.allSatisfy({ rules.fields[$0] != nil })
            else {
                throw wrong(
                    "kind \(variant.code): it needs known fields and at least one way on (court, arbitration …)",
                    "类型 \(variant.code) 须写明已定义的 fields，并至少有一条去向（ways）", near: "kinds:")
            }
        }
        let numbers = [rules.endWithinDays, rules.confirmation.withinDays, rules.matching.mostOpen]
        guard numbers.allSatisfy({ $0 > 0 }), rules.matching.proposed > 0, !rules.revisits.isEmpty,
            rules.revisits.allSatisfy({ $0.withinDays > 0 }),
            rules.revisits.map(\.withinDays) == rules.revisits.map(\.withinDays).sorted()
        else {
            throw wrong(
                "numbers of days are whole and from 1, and revisits stand in order",
                "天数须为 1 以上的整数，回访按先后排列", near: "revisits:")
        }
        return rules
    }
}
