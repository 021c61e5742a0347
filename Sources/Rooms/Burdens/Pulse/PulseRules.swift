import Desk
import Ground

/// `Rules/pulse.yaml`.
struct PulseRules: Sendable, Decodable {
    struct Choice: Sendable, Decodable {
        var key: String
        var zh: String
        var en: String

        var title: LocalizedText { LocalizedText(zh, en) }
    }

    struct Question: Sendable, Decodable {
        var key: String
        var zh: String
        var en: String
        var choices: [Choice]

        var title: LocalizedText { LocalizedText(zh, en) }
    }

    var smallest: Int
    var days: Int
    var questions: [Question]

    /// Groups below this could tell on single people, whatever a county writes.
    static let leastSmallest = 8

    static func load(from files: RuleFiles) throws(Refusal) -> PulseRules {
        let rules = try files.decode(PulseRules.self, from: "pulse.yaml")
        let file = try files.file("pulse.yaml")
        func wrong(_ chinese: String, _ english: String) -> Refusal {
            RuleFiles.refusal(english, chinese, in: file, line: nil)
        }
        guard rules.smallest >= leastSmallest, rules.smallest <= 1000 else {
            throw wrong("smallest 不得少于 \(leastSmallest)", "smallest is at least \(leastSmallest)")
        }
        guard (1...60).contains(rules.days), (1...12).contains(rules.questions.count),
            Set(rules.questions.map(\.key)).count == rules.questions.count
        else { throw wrong("days 或题目数量有误", "days or the number of questions") }
        for question in rules.questions {
            guard (2...8).contains(question.choices.count),
                Set(question.choices.map(\.key)).count == question.choices.count
            else { throw wrong("\(question.key)：选项数量有误", "\(question.key): its choices") }
        }
        return rules
    }
}
