import Desk
import Ground

/// The numbers of `Rules/suggestions.yaml`.
struct SuggestionRules: Sendable, Decodable {
    struct Thresholds: Sendable, Decodable {
        var category, area, body: Double
    }

    struct Dispatches: Sendable, Decodable {
        var elsewhere, line: Double
    }

    struct History: Sendable, Decodable {
        var most, fewest, comparison: Int
    }

    /// From which confidence on a field is filled in beforehand.
    var prefill: Thresholds
    /// What is less likely is not named.
    var mention: Double
    var candidates: Int
    var words: Int
    var dispatches: Dispatches
    var history: History
    /// Who has much already is not filled in beforehand.
    var fair: FairShare

    static let file = "suggestions.yaml"

    static func load(from rules: RuleFiles) throws(Refusal) -> SuggestionRules {
        let found = try rules.decode(SuggestionRules.self, from: file)
        let shares = [
            found.prefill.category, found.prefill.area, found.prefill.body, found.mention, found.dispatches.elsewhere,
        ]
        guard shares.allSatisfy({ (0...1).contains($0) }) else {
            throw RuleFiles.refusal(
                "prefill, mention and dispatches.elsewhere lie between 0 and 1",
                "prefill、mention、dispatches.elsewhere 须在 0 与 1 之间", in: try rules.file(file), line: nil)
        }
        guard (1...10).contains(found.candidates), (0...10).contains(found.words), found.dispatches.line >= 0,
            found.history.most >= found.history.fewest, found.history.fewest >= 2, found.history.comparison >= 1
        else {
            throw RuleFiles.refusal(
                "candidates is 1 to 10, words 0 to 10, history.most at least history.fewest",
                "candidates 须为 1–10，words 须为 0–10，history.most 不小于 history.fewest", in: try rules.file(file),
                line: nil)
        }
        guard found.fair.mostOpen > 0, found.fair.timesOfPeers >= 1, found.fair.mostSaturation > 0 else {
            throw RuleFiles.refusal(
                "fair.mostOpen, fair.timesOfPeers and fair.mostSaturation are at least 1",
                "fair.mostOpen、fair.timesOfPeers、fair.mostSaturation 至少为 1",
                in: try rules.file(file), line: nil)
        }
        return found
    }
}
