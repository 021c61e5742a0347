import Ground

enum EmergencyTexts {
    static let emergencies = LocalizedText("应急", "Emergencies")
    static let scene = LocalizedText("现场", "On the spot")
    static let duty = LocalizedText("值班", "Duty")
    static let plans = LocalizedText("预案", "Plans")
    static let level = LocalizedText("级别", "Level")
    static let area = LocalizedText("区域", "Area")
    static let exercise = LocalizedText("演练", "Exercise")
    static let started = LocalizedText("启动", "Started")
    static let ended = LocalizedText("已结束", "Ended")
    static let running = LocalizedText("进行中", "Running")
    static let choose = LocalizedText("请选择", "Choose")
    static let count = LocalizedText("数量", "Count")
    static let number = LocalizedText("编号", "Number")
    static let from = LocalizedText("移出点", "From")
    static let to = LocalizedText("接收点", "To")
    static let state = LocalizedText("状态", "State")
    static let happenedAt = LocalizedText("发生时间", "When it happened")
    static let happenedHint = LocalizedText(
        "如 2026-11-21 08:30；现在发生的留空", "Such as 2026-11-21 08:30; empty for now")

    static func title(_ state: ContactRecord.State) -> LocalizedText {
        switch state {
        case .waiting: LocalizedText("待确认", "Waiting")
        case .reached: LocalizedText("已联系上", "Reached")
        case .unreached: LocalizedText("未联系上", "Not reached")
        case .settled: LocalizedText("已另行安排", "Arranged otherwise")
        case .closed: LocalizedText("随事件结束", "Closed with the event")
        }
    }

    static func title(_ kind: LotRecord.Kind) -> LocalizedText {
        switch kind {
        case .people: LocalizedText("人员", "People")
        case .goods: LocalizedText("物资", "Goods")
        }
    }

    static func title(_ kind: HandOverReport.Kind) -> LocalizedText {
        switch kind {
        case .send: LocalizedText("交出", "Sent")
        case .receive: LocalizedText("签收", "Received")
        case .giveBack: LocalizedText("退回", "Given back")
        }
    }

    static func conflict(_ state: String) -> LocalizedText {
        switch state {
        case "kept": LocalizedText("维持现状", "What stands was kept")
        case "taken": LocalizedText("采纳迟到记录", "The late account was taken")
        case "matched": LocalizedText("已与交出记录对上", "Matched with its sending")
        default: LocalizedText("待核定", "To be decided")
        }
    }
}
