import Cases
import Ground

enum CommandTexts {
    static let command = LocalizedText("统一指挥", "Command")
    static let area = LocalizedText("区域", "Area")
    static let total = LocalizedText("合计", "Total")
    static let matters = LocalizedText("在办诉求", "Open matters")
    static let whistles = LocalizedText("在办吹哨", "Whistles")
    static let reportIns = LocalizedText("部门报到", "Report-ins")
    static let alarms = LocalizedText("报警", "Alarms")
    static let sensed = LocalizedText("感知报警", "Sensor alarms")
    static let ringing = LocalizedText("正在报警", "Alarms that ring")
    static let handOvers = LocalizedText("未签收交接", "Open hand-overs")
    static let late = LocalizedText("逾期未签收", "Late")
    static let differences = LocalizedText("数量不符", "Differences")
    static let emergencies = LocalizedText("应急响应", "Emergencies")
    static let running = LocalizedText("运行中", "Running")
    static let exercise = LocalizedText("演练", "Exercise")
    static let onShift = LocalizedText("现在在岗", "On shift now")
    static let nearest = LocalizedText("就近力量", "Nearest units")
    static let state = LocalizedText("状态", "State")
    static let due = LocalizedText("时限", "Due")
    static let number = LocalizedText("编号", "Number")
    static let body = LocalizedText("单位", "Body")
    static let post = LocalizedText("岗位", "Post")
    static let asOf = LocalizedText("数据更新于", "As of")
    static let stale = LocalizedText("连接中断，以下不是最新数据", "The connection is cut: what stands here is not the latest")
}

extension OpenPressure {
    var title: LocalizedText {
        switch self {
        case .overdue: LocalizedText("已逾期", "Overdue")
        case .today: LocalizedText("今日到期", "Due today")
        case .week: LocalizedText("本周到期", "Due this week")
        case .later: LocalizedText("以后到期", "Due later")
        case .undated: LocalizedText("无时限", "No deadline")
        }
    }

    /// Where room is narrow.
    var shortTitle: LocalizedText {
        switch self {
        case .overdue: LocalizedText("逾期", "Late")
        case .today: LocalizedText("今日", "Today")
        case .week: LocalizedText("本周", "Week")
        case .later: LocalizedText("以后", "Later")
        case .undated: LocalizedText("无时限", "None")
        }
    }

    var tone: String? {
        switch self {
        case .overdue: "danger"
        case .today: "warn"
        case .week, .later, .undated: nil
        }
    }
}
