import Desk
import Identity
public import Ledger

extension Burdens {
    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [
            .init("pulse.", BurdenTexts.pulse), .init("targets.", BurdenTexts.targets),
            .init("plaques.", BurdenTexts.plaques), .init("assessments.", BurdenTexts.assessments),
        ]
        words.acts = [
            .init("pulse.opened", "开展匿名问卷", "A pulse was opened"),
            .init("targets.set", "登记指标要求", "A target was registered"),
            .init("plaques.hung", "登记挂牌", "A plaque was registered"),
            .init("plaques.down", "摘牌", "A plaque was taken down"),
            .init("assessments.set", "登记考核", "An assessment was registered"),
            .init("assessments.ended", "取消考核", "An assessment was ended"),
            .init("targets.withdrawn", "撤销指标要求", "A target was taken back"),
        ]
        words.subjects = [
            "pulse": .init("匿名问卷", "Pulse", right: .readWorkload) { "/pulse/\($0)" },
            "plaque": .init("牌子", "Plaque", right: .readMandates) { "/plaques/\($0)" },
            "assessment": .init("考核", "Assessment", right: .readMandates) { "/assessments/\($0)" },
            "target": .init("指标要求", "Target", right: .readMandates) { "/targets/\($0)" },
        ]
        words.facts = [
            .init("askedBy", "谁要求的", "Asked by"), .init("indicators", "指标（权重）", "Indicators (weight)"),
            .init("areas", "区域", "Areas"),
            .init("groups", "组数", "Groups"), .init("slips", "纸条数", "Slips"), .init("indicator", "指标", "Indicator"),
            .init("value", "要求", "Value"), .init("markUp", "加码（千分比）", "Mark-up (per mille)"),
        ]
        return words
    }
}
