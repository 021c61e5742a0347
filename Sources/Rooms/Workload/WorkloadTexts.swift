import Desk
import Ground
import Mandates

enum WorkloadTexts {
    static let workload = LocalizedText("工作量", "Workload")
    static let staffing = LocalizedText("用人调配", "Staffing")
    static let details = LocalizedText("岗位等级与资格", "Grades and qualifications")
    static let consent = LocalizedText("我的调配意愿", "Where I would go")
    static let capacity = LocalizedText("可用工时", "Time that there is")
    static let standardTimes = LocalizedText("标准工时与记录", "Standard times and records")
    static let volumes = LocalizedText("诉求量预测", "Forecast of matters")
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

    static func title(_ reading: RecordedTime.Reading) -> LocalizedText {
        switch reading {
        case .tooLong:
            LocalizedText(
                "四分之三的记录连等候在内都短于标准：标准偏长",
                "Three of four records, waiting and all, are shorter than the standard: it is too long")
        case .maybeTooLong:
            LocalizedText(
                "一半以上的记录连等候在内都短于标准：可能偏长",
                "More than half of the records, waiting and all, are shorter: it may be too long")
        case .noObjection:
            LocalizedText("看不出标准偏长；记录含等候，不能据此调高", "Nothing says that it is too long; waiting is in the records")
        case .longer:
            LocalizedText(
                "四分之三的记录长于标准：是等候还是标准偏短，记录分不清，请实地了解",
                "Three of four records are longer: waiting or too short a standard, records cannot tell; ask those who do it"
            )
        }
    }

    /// Why there are no figures; nil where there are.
    static func reason(_ recorded: RecordedTime, _ rules: RecordRules?) -> LocalizedText? {
        switch recorded {
        case .figures: nil
        case .unrecorded:
            LocalizedText("系统中没有标志其起止的操作，不可比", "Not comparable: no acts in the system begin and end it")
        case .fewPeople:
            LocalizedText(
                "有记录的不足 \(rules?.fewestPeople ?? 5) 人，不显示",
                "Not shown: records of fewer than \(rules?.fewestPeople ?? 5) people")
        case .fewRecords:
            LocalizedText(
                "记录不足 \(rules?.fewestRecords ?? 0) 件，不显示", "Not shown: fewer than \(rules?.fewestRecords ?? 0) records")
        case .onePerson:
            LocalizedText("记录过于集中在一人，不显示", "Not shown: too many of the records are one person’s")
        case .afterwards(let share):
            LocalizedText(
                "不可比：\(permille(share)) 的记录是事后一并补录的",
                "Not comparable: \(permille(share)) were entered at once, afterwards")
        case .waiting(let share):
            LocalizedText(
                "不可比：\(permille(share)) 隔日才办结，量到的是等候",
                "Not comparable: \(permille(share)) ended on a later day; what is measured is waiting")
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
