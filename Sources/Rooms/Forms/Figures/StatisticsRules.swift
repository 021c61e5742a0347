import Desk
import Ground

/// `Rules/statistics.yaml`.
struct StatisticsRules: Sendable, Decodable {
    /// No figure of fewer people is shown to whoever may not open them one by one.
    var leastGroup: Int

    static func load(from files: RuleFiles) throws(Refusal) -> StatisticsRules {
        let rules = try files.decode(StatisticsRules.self, from: "statistics.yaml")
        guard (1...1_000).contains(rules.leastGroup) else {
            throw RuleFiles.refusal(
                "leastGroup lies between 1 and 1000", "leastGroup 应为 1–1000", in: try files.file("statistics.yaml"),
                line: nil)
        }
        return rules
    }
}
