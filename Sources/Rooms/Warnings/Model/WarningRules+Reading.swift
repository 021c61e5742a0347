import Desk
import Ground

extension WarningRules {
    static let file = "warnings.yaml"

    static func load(from files: RuleFiles) throws(Refusal) -> WarningRules {
        let rules = try files.decode(WarningRules.self, from: file)
        let isFit =
            (1...14).contains(rules.windowDays) && (28...400).contains(rules.historyDays) && rules.halfLifeDays >= 1
            && rules.priorDays > 0 && rules.least >= 1 && rules.falseAlarmsPerThousand > 0
            && rules.falseAlarmsPerThousand < 500 && rules.quietDays >= 1 && (1...31).contains(rules.horizonDays)
            && rules.interval > 0 && rules.interval < 1 && (7...120).contains(rules.trialDays)
            && rules.checks.everyDays >= 1 && (1...20).contains(rules.checks.times)
        guard isFit else {
            throw RuleFiles.refusal(
                "a value lies outside what it can mean", "有数值超出合理范围", in: try files.file(file), line: nil)
        }
        return rules
    }
}
