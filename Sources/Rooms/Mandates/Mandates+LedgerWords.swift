import Desk
import Identity
public import Ledger

extension Mandates {
    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [
            .init("mandates.", MandateTexts.lists), .init("demands.", MandateTexts.gate),
            .init("contracts.", MandateTexts.contracts),
        ]
        words.acts =
            [
                .init("mandates.published", "发布清单版本", "A revision of the lists was published"),
                .init("demands.filed", "提出事项", "A demand was filed"),
                .init("demands.said", "街道表态", "A street was heard"),
                .init("contracts.offered", "购买合同提交街道", "A contract was offered to a street"),
                .init("demands.classified", "更正负担类别", "The kind of a burden was corrected"),
                .init("demands.measure", "采取减负措施", "A measure against a burden"),
                .init("demands.rise", "减后反弹，已通知", "A rise after a cut was told"),
                .init("demands.rise-over", "反弹已回落", "A rise after a cut is over"),
                .init("contracts.unpaid", "已验收未付款提醒", "Reminded of a debt"),
            ] + DemandCourse.Act.allCases.map { .init("demands.\($0.rawValue)", MandateTexts.title($0)) }
            + ContractCourse.Act.allCases.map { .init("contracts.\($0.rawValue)", MandateTexts.title($0)) }
            + PowerCourse.Act.allCases.map { .init("powers.\($0.rawValue)", MandateTexts.title($0)) }
            + [
                .init("powers.order", "点单", "A power was ordered"),
                .init("powers.ready", "填报承接条件", "Readiness was told"),
                .init("powers.ask-help", "求助", "Help was asked for"),
                .init("powers.answer-help", "答复求助", "A question for help was answered"),
                .init("powers.take-back-help", "撤回求助", "A question for help was taken back"),
                .init("powers.help-late", "求助逾期未答复", "A question for help was not answered in time"),
            ]
        words.subjects = [
            "demand": .init("准入事项", "Demand", right: .readMandates) { "/demands/\($0)" },
            "demand-rise": .init("减后反弹", "Rise after a cut", right: .readMandates) { _ in "/demands/year" },
            "power-grant": .init("赋权", "Power", right: .readMandates) { _ in "/powers" },
            "contract": .init("购买合同", "Contract", right: .readMandates) { "/contracts/\($0)" },
            "mandate-revision": .init("清单版本", "Revision of the lists", right: .readMandates) {
                "/mandates/differences?to=\($0)"
            },
        ]
        words.facts = [
            .init("revision", "版本", "Revision"), .init("added", "新增", "Added"), .init("changed", "修改", "Changed"),
            .init("removed", "删除", "Removed"), .init("verdict", "审查结论", "The gate says"),
            .init("ground", "依据", "Ground"), .init("minutes", "合计分钟", "Minutes in all"),
            .init("stage", "环节", "Stage"), .init("answer", "意见", "Answer"), .init("street", "街道", "Street"),
            .init("power", "权力", "Power"), .init("number", "编号", "Number"), .init("yuan", "金额（元）", "Yuan"),
            .init("quantity", "数量", "Quantity"),
            .init("delivered", "已完成", "Done"), .init("accepted", "已验收", "Accepted"),
            .init("burdenKind", "负担类别", "Kind of burden"),
            .init("burdenKindBefore", "原类别", "Kind before"), .init("measure", "措施", "Measure"),
            .init("minutesBefore", "之前分钟", "Minutes before"), .init("minutesAfter", "之后分钟", "Minutes after"),
            .init("joined", "并入", "Joined to"),
            .init("threeMonths", "近三个月次数", "Times in three months"),
            .init("threeMonthsLeast", "减后最低三个月", "Lowest three months"),
            .init("threeMonthsBefore", "减之前三个月", "Three months before the cut"),
            .init("paid", "已付（元）", "Paid (yuan)"), .init("why", "理由", "Reason"),
        ]
        words.value = { fact, code in
            switch fact {
            case "verdict": GateAnswer.Verdict(rawValue: code)?.title
            case "stage":
                DemandStage(rawValue: code)?.title ?? ContractStage(rawValue: code)?.title
                    ?? PowerStage(rawValue: code)?.title
            case "burdenKind", "burdenKindBefore": BurdenKind(rawValue: code).map(MandateTexts.title)
            case "measure": BurdenMeasure(rawValue: code)?.title
            case "answer": Hearing.Answer(rawValue: code).map { MandateTexts.title($0) }
            default: nil
            }
        }
        return words
    }
}
