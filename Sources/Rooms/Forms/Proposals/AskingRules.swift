import Desk
import Ground

/// `Rules/asking.yaml`: what it costs the grassroots to be asked.
struct AskingRules: Sendable, Decodable {
    /// To ask for and write down one fact about one subject, in minutes.
    var minutesAFact: Double
    /// How many subjects are looked at to tell how fresh the facts are.
    var sample: Int
    /// Columns of one form.
    var mostColumns: Int

    static func load(from files: RuleFiles) throws(Refusal) -> AskingRules {
        let rules = try files.decode(AskingRules.self, from: "asking.yaml")
        guard rules.minutesAFact > 0, (1...5_000).contains(rules.sample), (1...500).contains(rules.mostColumns) else {
            throw RuleFiles.refusal(
                "minutesAFact is above 0, sample from 1 to 5000, mostColumns from 1 to 500",
                "minutesAFact 须大于 0，sample 为 1–5000，mostColumns 为 1–500", in: try files.file("asking.yaml"), line: nil)
        }
        return rules
    }
}
