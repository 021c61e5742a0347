import Desk
import Ground

/// `Rules/registers.yaml`: how many plaques and assessments a place bears.
struct RegisterRules: Sendable, Decodable {
    struct Plaques: Sendable, Decodable {
        /// At once, in one place.
        var most: Int64
        var rule: String
    }

    struct Assessments: Sendable, Decodable {
        /// Of one place in a year.
        var most: Int64
        var mostIndicators: Int
        var rule: String
    }

    var plaques: Plaques
    var assessments: Assessments

    static func load(from files: RuleFiles) throws(Refusal) -> RegisterRules {
        let rules = try files.decode(RegisterRules.self, from: "registers.yaml")
        guard (0...1_000).contains(rules.plaques.most), (0...100).contains(rules.assessments.most),
            (1...100).contains(rules.assessments.mostIndicators), !rules.plaques.rule.isBlank,
            !rules.assessments.rule.isBlank
        else {
            throw RuleFiles.refusal(
                "plaques or assessments are out of range, or name no rule", "plaques、assessments 超出范围或没有写规则",
                in: try files.file("registers.yaml"), line: nil)
        }
        return rules
    }
}
