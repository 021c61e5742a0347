import Desk
import Ground

enum MandateTexts {
    static let lists = LocalizedText("权责清单", "Duty lists")
    static let gate = LocalizedText("准入", "Gate")
    static let differences = LocalizedText("版本差异", "Differences")
    static let history = LocalizedText("历次版本", "Revisions")
    static let none = LocalizedText("全部", "All")
    static let contracts = LocalizedText("购买服务", "Bought work")
    static let powers = LocalizedText("赋权菜单", "Menu of powers")
    static let year = LocalizedText("年度总量", "The year’s totals")
    static let asked = LocalizedText("提出的事项及结果", "What was asked for, and what came of it")
    static let standings = LocalizedText("对照上限", "Against the caps")
    static let grants = LocalizedText("赋权情况", "Powers of the street")
    static let boundaries = LocalizedText("限权与边界", "Limits and boundaries")
    static let burdenKinds = LocalizedText("三类负担", "Three kinds of burden")
    static let newDemand = LocalizedText("提出事项", "Ask for something")

    static func title(_ level: AreaLevel) -> LocalizedText {
        switch level {
        case .country: LocalizedText("全国", "country")
        case .province: LocalizedText("省", "province")
        case .prefecture: LocalizedText("市", "prefecture")
        case .county: LocalizedText("县", "county")
        case .street: LocalizedText("街道", "street")
        case .community: LocalizedText("社区", "community")
        case .grid: LocalizedText("网格", "grid")
        }
    }

    static func title(_ answer: Hearing.Answer?) -> LocalizedText {
        switch answer {
        case .agrees: LocalizedText("同意", "Agrees")
        case .objects: LocalizedText("不同意", "Objects")
        case nil: LocalizedText("未表态（不视为同意）", "Silent: no consent")
        }
    }

    static func tone(_ weight: GateAnswer.Weight) -> StaticString {
        switch weight {
        case .fine: "ok"
        case .note: "caution"
        case .change, .price: "warn"
        case .bar: "danger"
        }
    }

    static func title(_ weight: GateAnswer.Weight) -> LocalizedText {
        switch weight {
        case .fine: LocalizedText("通过", "Fine")
        case .note: LocalizedText("提示", "Note")
        case .change: LocalizedText("须调整", "Change")
        case .price: LocalizedText("须付费", "Price")
        case .bar: LocalizedText("不允许", "Barred")
        }
    }

    static func title(_ kind: BurdenKind) -> LocalizedText {
        switch kind {
        case .formalism: LocalizedText("形式主义", "Formalism")
        case .necessaryForm: LocalizedText("必要形式", "Necessary form")
        case .tooMuch: LocalizedText("过量工作", "Too much work")
        case .ordinary: LocalizedText("正常工作", "Ordinary work")
        }
    }

    static func tone(_ kind: BurdenKind) -> StaticString {
        switch kind {
        case .formalism: "danger"
        case .necessaryForm: "caution"
        case .tooMuch: "warn"
        case .ordinary: ""
        }
    }

    static func tone(_ stage: DemandStage) -> StaticString {
        switch stage {
        case .hearing, .deciding, .offered, .appealed: "warn"
        case .admitted: "ok"
        case .refused: "danger"
        case .withdrawn, .expired, .cut: ""
        }
    }

    static func title(_ act: DemandCourse.Act) -> LocalizedText {
        switch act {
        case .heard: LocalizedText("各街道均已表态", "All streets were heard")
        case .hearingLapses: LocalizedText("征求意见到期", "The hearing ended by its limit")
        case .admit: LocalizedText("决定准入", "Admitted")
        case .offer: LocalizedText("提出价格或调整", "Offered with its conditions")
        case .refuse: LocalizedText("决定不予准入", "Refused")
        case .decidingLapses: LocalizedText("逾期未决定，不准入", "Not decided in time: not admitted")
        case .accept: LocalizedText("接受条件", "Conditions accepted")
        case .offerLapses: LocalizedText("逾期未接受条件", "Conditions not accepted in time")
        case .appeal: LocalizedText("申请复核", "Appealed")
        case .uphold: LocalizedText("复核：不予准入", "On appeal: refused")
        case .overturn: LocalizedText("复核：准入", "On appeal: admitted")
        case .appealLapses: LocalizedText("逾期未复核，不准入", "Appeal not decided in time: not admitted")
        case .withdraw: LocalizedText("撤回", "Withdrawn")
        case .cut: LocalizedText("核减", "Cut")
        case .expire: LocalizedText("到期失效", "Expired")
        }
    }

    static func title(_ act: ContractCourse.Act) -> LocalizedText {
        switch act {
        case .agree: LocalizedText("街道接受合同", "The street agreed")
        case .decline: LocalizedText("街道不接受", "The street declined")
        case .offerLapses: LocalizedText("逾期未表态，视为未接受", "Not answered in time: declined")
        case .deliver: LocalizedText("报告完成", "Reported as done")
        case .deliveryLapses: LocalizedText("期满未报告，终止", "Not reported in time: ended")
        case .accept: LocalizedText("验收", "Accepted")
        case .contest: LocalizedText("对完成数量有异议", "Contested")
        case .acceptanceLapses: LocalizedText("逾期未验收，转裁定", "Not accepted in time: to be settled")
        case .settle: LocalizedText("裁定完成数量", "Settled")
        case .settlingLapses: LocalizedText("逾期未裁定，按报告数量", "Not settled in time: as reported")
        case .pay: LocalizedText("付款", "Paid")
        case .end: LocalizedText("街道终止合同", "Ended by the street")
        }
    }

    static func tone(_ stage: ContractStage) -> StaticString {
        switch stage {
        case .offered, .delivered, .disputed, .accepted: "warn"
        case .agreed, .paid: "ok"
        case .declined, .ended: ""
        }
    }

    static func title(_ act: PowerCourse.Act) -> LocalizedText {
        switch act {
        case .prepare: LocalizedText("同意准备承接", "Getting ready")
        case .refuse: LocalizedText("不予赋权", "Refused")
        case .lapse: LocalizedText("逾期失效", "Lapsed")
        case .trial: LocalizedText("批准试行", "On trial")
        case .grant: LocalizedText("正式赋权", "Granted")
        case .trialEnds: LocalizedText("试行期满未转正，失效", "The trial ended without a grant")
        case .giveBack: LocalizedText("退回", "Returned")
        case .exchange: LocalizedText("换为另一项", "Exchanged")
        case .withdraw: LocalizedText("县级收回", "Withdrawn")
        }
    }
}
