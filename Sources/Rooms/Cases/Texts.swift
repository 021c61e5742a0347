import Ground

/// What the pages of this room say in more than one place, in both languages.
enum CaseTexts {
    static let home = LocalizedText("我的待办", "My work")
    static let cases = LocalizedText("诉求", "Matters")
    static let newReport = LocalizedText("上报", "Report")
    static let mine = LocalizedText("我的诉求", "My matters")
    static let complaint = LocalizedText("给本平台提意见", "Complain about this platform")
    static let residentReport = LocalizedText("我要反映", "Report a matter")

    static let number = LocalizedText("编号", "Number")
    static let title = LocalizedText("标题", "Title")
    static let state = LocalizedText("状态", "State")
    static let category = LocalizedText("类别", "Category")
    static let area = LocalizedText("区域", "Area")
    static let address = LocalizedText("详细地址", "Address")
    static let body = LocalizedText("承办单位", "Handled by")
    static let due = LocalizedText("时限", "Due")
    static let opinion = LocalizedText("意见", "Opinion")
    static let result = LocalizedText("办理结果", "What was done")
    static let reason = LocalizedText("原因", "Reason")
    static let workdays = LocalizedText("申请延长（工作日）", "Working days more")
    static let photos = LocalizedText("照片", "Photos")
    static let photoHint = LocalizedText(
        "JPEG 或 PNG，最多 9 张，每张不超过 5 MB；拍摄位置等信息会自动去除",
        "JPEG or PNG, at most 9 of 5 MB each; where and when they were taken is removed")
    static let all = LocalizedText("全部", "All")
    static let choose = LocalizedText("请选择", "Please choose")
    static let provisional = LocalizedText("暂定", "provisional")
    static let provisionalHint = LocalizedText(
        "该年度放假安排尚未公布，日期暂按周一至周五推算", "That year's holidays are not published yet; counted by Monday to Friday")
    static let overdue = LocalizedText("已超时", "Overdue")
    static let dueSoon = LocalizedText("将超时", "Due within 24 hours")
    static let finishedToday = LocalizedText("今日办结", "Reported done today")
    static let supervised = LocalizedText("督办", "supervised")
    static let bound = LocalizedText("裁定主办", "ruled")
    static let anonymous = LocalizedText("未留联系方式", "no contact given")
    static let timeline = LocalizedText("流转记录", "What was done when")
    static let rating = LocalizedText("满意程度", "How satisfied")

    /// 1 to 5, as a resident chooses.
    static let satisfaction: [LocalizedText] = [
        LocalizedText("很不满意", "Very dissatisfied"), LocalizedText("不满意", "Dissatisfied"),
        LocalizedText("一般", "So-so"), LocalizedText("满意", "Satisfied"),
        LocalizedText("很满意", "Very satisfied"),
    ]

    static func satisfaction(_ stars: Int) -> LocalizedText {
        satisfaction.indices.contains(stars - 1) ? satisfaction[stars - 1] : LocalizedText("—", "—")
    }

    /// The step that begins every matter; all other steps have the title of their act.
    static let reported = LocalizedText("上报", "Reported")
}
