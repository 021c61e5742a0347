import Desk
import Identity
public import Ledger

extension Emergencies {
    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("emergencies.", EmergencyTexts.emergencies), .init("duty.", EmergencyTexts.duty)]
        words.acts = acts
        words.subjects = [
            "emergency": .init("应急事件", "Emergency", right: .readEmergencies) { "/emergencies/\($0)" },
            "shift": .init("班次", "Shift", right: .readEmergencies) { _ in "/duty" },
            "calendar": .init("日历订阅", "Calendar", right: .readEmergencies) { _ in "/duty/mine" },
        ]
        words.facts = [
            .init("slip", "交接编号", "Number of the hand-over"), .init("fromSite", EmergencyTexts.from),
            .init("toSite", EmergencyTexts.to), .init("site", "点位", "Site"), .init("count", EmergencyTexts.count),
            .init("difference", "差异", "Difference"), .init("contact", "联络编号", "Branch"),
            .init("plan", "预案", "Plan"), .init("level", EmergencyTexts.level),
            .init("exercise", EmergencyTexts.exercise), .init("note", "说明", "Note"),
            .init("paper", "纸面补录", "From paper"), .init("siteArea", "点位区域", "Area of the site"),
            .init("corrects", "更正原签收数", "Corrects the count"), .init("alarm", "报警对象", "What it rings for"),
            .init("conflict", "矛盾编号", "Conflict"), .init("about", "报警内容", "About"),
            .init("alarmLevel", "报警层级", "Level of the alarm"),
            .init("alarmArea", "报警区域", "Area of the alarm"),
        ]
        words.references = ["receiver": "post"]
        return words
    }

    private static let acts: [LedgerWords.Word] = [
        .init("emergencies.started", "启动应急响应", "Started"), .init("emergencies.raised", "提高级别", "Raised"),
        .init("emergencies.lowered", "降低级别", "Lowered"), .init("emergencies.reported", "报告情况", "Reported"),
        .init("emergencies.ended", "结束应急响应", "Ended"), .init("emergencies.site", "设点位", "Site opened"),
        .init("emergencies.registered", "清点登记", "Counted in"), .init("emergencies.sent", "交出", "Sent"),
        .init("emergencies.received", "签收", "Received"), .init("emergencies.given-back", "退回", "Given back"),
        .init("emergencies.settled", "核定差异", "Difference explained"),
        .init("emergencies.queued", "迟到记录待核定", "Late account queued"),
        .init("emergencies.decided", "核定矛盾", "Conflict decided"),
        .init("emergencies.reached", "联络确认", "Reached"),
        .init("emergencies.passed-on", "转联下一人", "Passed on to the next person"),
        .init("emergencies.contact-settled", "另行安排联络", "Branch arranged otherwise"),
        .init("emergencies.alarm", "报警", "Alarm"),
        .init("emergencies.alarm-raised", "现场报警", "Alarm raised on the spot"),
        .init("emergencies.alarm-answered", "处理报警", "Alarm answered"),
        .init("emergencies.printed", "打印空白编号", "Numbers printed"),
        .init("duty.planned", "排班", "Shift planned"), .init("duty.removed", "撤销排班", "Shift removed"),
        .init("duty.offered", "交班", "Shift handed over"), .init("duty.taken", "接班", "Shift taken over"),
        .init("duty.alarm", "逾期未接班报警", "Alarm: shift not taken over"),
        .init("duty.not-taken", "无人接班", "Nobody took the shift over"),
        .init("duty.over", "班次结束", "Shift over"),
        .init("duty.exported", "导出值班表", "Roster exported"),
        .init("duty.calendar-made", "生成日历订阅地址", "Calendar address made"),
        .init("duty.calendar-revoked", "停用日历订阅地址", "Calendar address revoked"),
    ]
}
