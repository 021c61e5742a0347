import Desk
import Ground

/// `Rules/faults.yaml`: from which figures on a record is a fault.
struct FaultRules: Sendable, Hashable, Decodable {
    struct PowerScope: Sendable, Hashable, Decodable {
        var power: String
        var categories: [String]
    }

    /// 症状码: which of the three a street says it is, by the reason that it gave for an act.
    struct Symptom: Sendable, Hashable, Decodable {
        enum Key: String, Sendable, Hashable, CaseIterable, Decodable { case stuck, powerless, unable }

        var key: Key
        var zh: String
        var en: String
        /// Codes of `reasons.yaml`.
        var reasons: [String]

        var title: LocalizedText { LocalizedText(zh, en) }
    }

    /// Nil where a county's own file says nothing of them.
    var symptoms: [Symptom]?
    /// Acts whose reason is looked at.
    var symptomActs: [String]?
    /// Acts by which a street asks those above to decide.
    var approvalActs: [String]?

    func symptom(ofReason code: String) -> Symptom.Key? {
        symptoms?.first { $0.reasons.contains(code) }?.key
    }

    var windowDays: Int
    var fewest: Int
    /// Per mille.
    var decidedAbove: Int
    /// Per mille.
    var saturation: Int64
    var unpaidDays: Int
    var powers: [PowerScope]

    /// The power that decides a matter of a category; nil when none on the menu does.
    func power(ofCategory code: String) -> String? {
        powers.first { $0.categories.contains { code.hasPrefix($0) } }?.power
    }

    /// - Parameters:
    ///   - isPower: whether the menu has a power of that code.
    ///   - isCategory: whether there is a category of that code.
    static func load(
        from files: RuleFiles, isPower: (String) -> Bool, isCategory: (String) -> Bool,
        isReason: (String) -> Bool = { _ in true }
    ) throws(Refusal) -> FaultRules {
        let rules = try files.decode(FaultRules.self, from: "faults.yaml")
        let file = try files.file("faults.yaml")
        func wrong(_ chinese: String, _ english: String) -> Refusal {
            RuleFiles.refusal(english, chinese, in: file, line: nil)
        }
        guard (1...3_660).contains(rules.windowDays), rules.fewest >= 1, (0...1_000).contains(rules.decidedAbove),
            rules.saturation > 0, rules.unpaidDays >= 0
        else { throw wrong("数字超出范围", "a figure is out of range") }
        var reasons: Set<String> = []
        for symptom in rules.symptoms ?? [] {
            for code in symptom.reasons where !isReason(code) || !reasons.insert(code).inserted {
                throw wrong("没有原因 \(code)，或归了两种症状", "no reason \(code), or it is of two symptoms")
            }
        }
        var seen: Set<String> = []
        for scope in rules.powers {
            guard isPower(scope.power) else {
                throw wrong("powers.yaml 没有权力 \(scope.power)", "powers.yaml has no power \(scope.power)")
            }
            for code in scope.categories {
                guard isCategory(code) else {
                    throw wrong("categories.yaml 没有类别 \(code)", "categories.yaml has no category \(code)")
                }
                guard seen.insert(code).inserted else {
                    throw wrong("类别 \(code) 归了两项权力", "category \(code) belongs to two powers")
                }
            }
        }
        return rules
    }
}
