import Desk
import Identity
public import Ledger

extension Burdens {
    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("pulse.", BurdenTexts.pulse), .init("targets.", BurdenTexts.targets)]
        words.acts = [
            .init("pulse.opened", "开展匿名问卷", "A pulse was opened"),
            .init("targets.set", "登记指标要求", "A target was registered"),
            .init("targets.withdrawn", "撤销指标要求", "A target was taken back"),
        ]
        words.subjects = [
            "pulse": .init("匿名问卷", "Pulse", right: .readWorkload) { "/pulse/\($0)" },
            "target": .init("指标要求", "Target", right: .readMandates) { "/targets/\($0)" },
        ]
        words.facts = [
            .init("groups", "组数", "Groups"), .init("slips", "纸条数", "Slips"), .init("indicator", "指标", "Indicator"),
            .init("value", "要求", "Value"), .init("markUp", "加码（千分比）", "Mark-up (per mille)"),
        ]
        return words
    }
}
