import Desk
import Ground
import Mandates

/// `Rules/staffing.yaml`.
struct StaffingRules: Sendable, Decodable {
    struct Kind: Sendable, Decodable {
        var key: String
        var zh: String
        var en: String
        var roles: [String]
        var grade: Int
        var qualifications: [String]
        /// Of each station's people, per mille, who stay at least.
        var keep: Int
        /// Posts of county departments: they give, and take nobody.
        var county: Bool?

        var title: LocalizedText { LocalizedText(zh, en) }
        var isCounty: Bool { county ?? false }
    }

    struct Move: Sendable, Decodable {
        var from: String
        var to: String
        var yuan: Int64
    }

    struct Hire: Sendable, Decodable {
        var kind: String
        /// A month.
        var yuan: Int64
        /// Lengths of a contract.
        var months: [Int]
    }

    struct Qualification: Sendable, Decodable {
        var key: String
        var zh: String
        var en: String

        var title: LocalizedText { LocalizedText(zh, en) }
    }

    struct Relief: Sendable, Decodable {
        var lists: [MandateList]
        /// An hour.
        var yuan: Int64
    }

    var kinds: [Kind]
    var unknownGrade: [String: Int]
    var grades: Int
    var qualifications: [Qualification]
    var moves: [Move]
    var ceilingPerMille: Int
    var ceilings: [String: Int]
    var hires: [Hire]
    var mostHires: Int
    var hireBudget: Int64
    var bought: Relief
    var returned: Relief
    var mostItems: Int
    var seconds: Int
    var gapPerMille: Int

    func kind(_ key: String) -> Int? { kinds.firstIndex { $0.key == key } }
    func kind(ofRole role: String) -> Int? { kinds.firstIndex { $0.roles.contains(role) } }

    static func load(from files: RuleFiles, isRole: (String) -> Bool) throws(Refusal) -> StaffingRules {
        let rules = try files.decode(StaffingRules.self, from: "staffing.yaml")
        let file = try files.file("staffing.yaml")
        func wrong(_ chinese: String, _ english: String) -> Refusal {
            RuleFiles.refusal(english, chinese, in: file, line: nil)
        }
        let known = Set(rules.qualifications.map(\.key))
        var roles: Set<String> = []
        for kind in rules.kinds {
            for role in kind.roles where !isRole(role) || !roles.insert(role).inserted {
                throw wrong("\(kind.key)：没有角色 \(role)，或属于两类", "\(kind.key): no role \(role), or it is of two kinds")
            }
            guard (1...rules.grades).contains(kind.grade), (0...1000).contains(kind.keep),
                known.isSuperset(of: kind.qualifications)
            else { throw wrong("\(kind.key)：等级、资格或 keep 有误", "\(kind.key): grade, qualifications or keep") }
        }
        for key in rules.moves.flatMap({ [$0.from, $0.to] }) + rules.hires.map(\.kind) where rules.kind(key) == nil {
            throw wrong("没有岗位类别 \(key)", "no kind of post \(key)")
        }
        let numbers =
            rules.moves.map(\.yuan) + rules.hires.map(\.yuan) + [
                rules.bought.yuan, rules.returned.yuan, rules.hireBudget,
            ]
        guard numbers.allSatisfy({ (0...1_000_000_000).contains($0) }), (1...20).contains(rules.grades),
            rules.hires.allSatisfy({ $0.months.allSatisfy { (1...12).contains($0) } }),
            (0...10_000).contains(rules.mostHires), (0...100_000).contains(rules.ceilingPerMille),
            (0...200).contains(rules.mostItems), (1...300).contains(rules.seconds),
            (0...500).contains(rules.gapPerMille)
        else { throw wrong("数字超出范围", "a figure is out of range") }
        return rules
    }
}
