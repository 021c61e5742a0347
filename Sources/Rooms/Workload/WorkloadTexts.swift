import Desk
import Ground
import Mandates

enum WorkloadTexts {
    static let workload = LocalizedText("工作量", "Workload")
    static let staffing = LocalizedText("用人调配", "Staffing")
    static let consent = LocalizedText("我的调配意愿", "Where I would go")
    static let capacity = LocalizedText("可用工时", "Time that there is")
    static let whatIf = LocalizedText("推演", "What if")

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

    static func title(_ obstacle: StaffingCase.Obstacle) -> LocalizedText {
        switch obstacle {
        case .consent: LocalizedText("本人同意", "People’s consent")
        case .fitness: LocalizedText("等级与资格", "Grade and qualifications")
        case .ceiling: LocalizedText("编制上限", "The ceiling of posts")
        case .hires: LocalizedText("临时聘用名额与经费", "Temporary people and their money")
        }
    }

    static func title(_ how: StaffingCase.Relief.How) -> LocalizedText {
        switch how {
        case .bought: LocalizedText("购买服务", "Bought")
        case .returned: LocalizedText("退回牵头部门", "Back to its department")
        }
    }

    static func title(_ kind: DemandKind) -> LocalizedText {
        switch kind {
        case .task: LocalizedText("工作任务", "Task")
        case .form: LocalizedText("报表台账", "Form")
        case .meeting: LocalizedText("会议", "Meeting")
        case .inspection: LocalizedText("督查检查", "Inspection")
        case .visit: LocalizedText("调研走访", "Visit from above")
        case .assessment: LocalizedText("考核评比", "Assessment")
        case .paper: LocalizedText("文件", "Paper")
        case .app: LocalizedText("应用程序", "App")
        case .group: LocalizedText("工作群", "Chat group")
        case .plaque: LocalizedText("挂牌", "Plaque")
        }
    }
}

/// Hours with one decimal.
func hoursText(_ minutes: Int64) -> String {
    let tenths = (minutes * 10 + 30) / 60
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
}

/// Per mille as per cent with one decimal.
func permille(_ value: Int64) -> String {
    value % 10 == 0 ? "\(value / 10)%" : "\(value / 10).\(value % 10)%"
}
