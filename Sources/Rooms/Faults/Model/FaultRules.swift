import Desk
import Ground

/// `Rules/faults.yaml`: from which figures on a record is a fault.
struct FaultRules: Sendable, Hashable, Decodable {
    struct PowerScope: Sendable, Hashable, Decodable {
        var power: String
        var categories: [String]
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
        from files: RuleFiles, isPower: (String) -> Bool, isCategory: (String) -> Bool
    ) throws(Refusal) -> FaultRules {
        let rules = try files.decode(FaultRules.self, from: "faults.yaml")
        let file = try files.file("faults.yaml")
        func wrong(_ chinese: String, _ english: String) -> Refusal {
            RuleFiles.refusal(english, chinese, in: file, line: nil)
        }
        guard (1...3_660).contains(rules.windowDays), rules.fewest >= 1, (0...1_000).contains(rules.decidedAbove),
            rules.saturation > 0, rules.unpaidDays >= 0
        else { throw wrong("数字超出范围", "a figure is out of range") }
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
