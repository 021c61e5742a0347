import Desk
import Ground
import Mandates

enum WorkloadTexts {
    static let workload = LocalizedText("工作量", "Workload")
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

    static func title(_ kind: DemandKind) -> LocalizedText {
        switch kind {
        case .task: LocalizedText("工作任务", "Task")
        case .form: LocalizedText("报表台账", "Form")
        case .meeting: LocalizedText("会议", "Meeting")
        case .inspection: LocalizedText("督查检查考核", "Inspection")
        case .paper: LocalizedText("文件", "Paper")
        case .app: LocalizedText("应用程序", "App")
        case .group: LocalizedText("工作群", "Chat group")
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
