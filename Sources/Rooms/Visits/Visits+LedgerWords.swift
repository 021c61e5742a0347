import Desk
import Identity
public import Ledger

extension Visits {
    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("visits.", VisitTexts.visits)]
        words.acts = [
            .init("visits.made", "上门走访", "Visit made"), .init("visits.nobody", "上门无人", "Nobody at home"),
            .init("visits.care-entered", "列入关怀群体", "Entered in a group"),
            .init("visits.care-visited", "关怀走访", "Care visit"),
            .init("visits.care-missed", "关怀走访逾期", "Care visit missed"),
            .init("visits.care-handed", "更换关怀责任人", "Care handed over"),
            .init("visits.care-ended", "停止关怀", "Care ended"),
            .init("visits.care-shown", "按用途查看关怀群体", "Groups seen in clear"),
            .init("visits.decided", "核定回答", "Answer decided on"),
        ]
        words.subjects = [
            "visit-answer": .init("待核定的回答", "Answer to decide on", right: .registryWrite) { _ in "/visits/answers" },
            "care": .init("关怀对象", "Somebody looked after", right: .registryRead) { "/visits/care/members/\($0)" },
            "care-list": .init("关怀群体", "Care groups"),
        ]
        words.facts = [
            .init("answered", "已登记", "Written"), .init("declined", "不愿回答", "Not said"),
            .init("kept", "待改正", "Kept"), .init("conflicts", "所见不同", "Seen differently"),
            .init("decision", "决定", "Decision"),
        ]
        words.value = { fact, code in
            switch fact {
            case "decision": QueuedAnswer.Decision(rawValue: code).map(VisitTexts.title(of:))
            case "outcome": CareOutcome(rawValue: code)?.title
            default: nil
            }
        }
        return words
    }
}
