import Desk
import Ground

/// `Rules/appraisals.yaml`: in what departments are appraised, how much each counts, and over which time.
struct AppraisalRules: Sendable, Hashable, Decodable {
    struct Weighed: Sendable, Hashable, Decodable {
        var measure: Measure
        /// Of 100.
        var weight: Int64
    }

    var period: AppraisalPeriod.Kind
    var fewest: Int64
    var measures: [Weighed]

    /// - Throws: a refusal naming the file when weights do not add up or a measure stands there twice.
    static func load(from files: RuleFiles) throws(Refusal) -> AppraisalRules {
        let rules = try files.decode(AppraisalRules.self, from: "appraisals.yaml")
        let file = try files.file("appraisals.yaml")
        guard Set(rules.measures.map(\.measure)).count == rules.measures.count else {
            throw RuleFiles.refusal("a measure stands there twice", "指标重复", in: file, line: nil)
        }
        guard rules.measures.allSatisfy({ $0.weight > 0 }), rules.measures.reduce(0, { $0 + $1.weight }) == 100 else {
            throw RuleFiles.refusal("weights add up to 100", "权重合计须为 100", in: file, line: nil)
        }
        guard rules.fewest >= 1 else {
            throw RuleFiles.refusal("fewest is at least 1", "fewest 至少为 1", in: file, line: nil)
        }
        return rules
    }
}
