import Desk
import Ground
import Identity
public import Ledger

extension Disputes {
    /// What the entries of this room mean. What moves a dispute on stands with the acts of matters.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("disputes.", DisputeTexts.disputes)]
        words.acts = [
            .init("disputes.entered", "登记纠纷", "Dispute entered"), .init("disputes.party", "登记当事人", "Party entered"),
            .init("disputes.mediator", "确定调解员", "Mediator named"), .init("disputes.tie", "登记回避", "Tie declared"),
            .init("disputes.session", "记录调解", "Meeting recorded"),
            .init("disputes.agreement", "记录调解协议", "Agreement recorded"),
            .init("disputes.confirmation", "司法确认", "Judicial confirmation"),
            .init("disputes.duty", "履行情况", "Duty looked at"), .init("disputes.revisit", "回访", "Revisited"),
            .init("disputes.revisit-missed", "回访逾期转任务", "Missed revisit made a task"),
            .init("disputes.reveal", "查看当事人原文", "Parties shown in full"),
            .init("disputes.export", "导出纠纷列表", "List of disputes exported"),
            .init("disputes.mediator-entered", "登记调解员", "Mediator entered"),
            .init("disputes.mediator-changed", "修改调解员", "Mediator changed"),
        ]
        words.subjects = [
            "dispute": .init("纠纷", "Dispute", right: .readDisputes) { "/disputes/\($0)" },
            "mediator": .init("调解员", "Mediator", right: .readDisputes) { _ in "/mediators" },
        ]
        words.facts = [
            .init("disputeKind", DisputeTexts.kind), .init("level", DisputeTexts.level), .init("side", "一方", "Side"),
            .init("outcome", "结果", "Outcome"), .init("form", "形式", "Form"), .init("duties", "义务条数", "Duties"),
            .init("confirmBy", "确认申请截止", "Confirmation until"), .init("revisit", "第几次回访", "Which revisit"),
            .init("parties", "人数", "Persons"),
        ]
        return words
    }
}
