import Desk
import Ground

/// `Rules/taking.yaml`: how often a department may take a list in clear.
struct TakingRules: Sendable, Decodable {
    struct Limit: Sendable, Hashable, Decodable {
        /// What is counted together.
        enum Whole: String, Sendable, Hashable, Decodable {
            case form, purpose
        }

        var of: Whole
        var days: Int64
        var times: Int?
        /// Times what the form states a year.
        var perStated: Int?
        var atLeast: Int?

        /// How often at most.
        func most(statedTimesAYear: Int) -> Int {
            times ?? max(atLeast ?? 1, statedTimesAYear * (perStated ?? 1))
        }

        fileprivate var makesSense: Bool {
            (1...366).contains(days) && (times != nil) != (perStated != nil)
                && [times, perStated, atLeast].allSatisfy { $0.map { (1...100_000).contains($0) } ?? true }
                && (perStated == nil || of == .form)
        }
    }

    var limits: [Limit]
    /// Further pages of one taking.
    var pagesWithinMinutes: Int64

    static let file = "taking.yaml"

    static func load(from files: RuleFiles) throws(Refusal) -> TakingRules {
        let rules = try files.decode(TakingRules.self, from: file)
        guard rules.limits.allSatisfy(\.makesSense), (1...1_440).contains(rules.pagesWithinMinutes) else {
            throw RuleFiles.refusal(
                "a limit has days from 1 to 366 and either times or, for a form, perStated; pagesWithinMinutes is 1 to 1440",
                "每条须有 days（1–366），times 与 perStated（仅限 form）二选一；pagesWithinMinutes 为 1–1440",
                in: try files.file(file), line: nil)
        }
        return rules
    }
}
