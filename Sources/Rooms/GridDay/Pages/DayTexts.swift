import Ground

/// What the pages of this room say in more than one place.
enum DayTexts {
    static let day = LocalizedText("今日", "Today")
    static let patrols = LocalizedText("巡查计划", "Patrols")
    static let figures = LocalizedText("主动发现", "Found by ourselves")
    static let burden = LocalizedText("不做新负担", "No new burden")
    static let conflicts = LocalizedText("等您决定的离线记录", "Offline entries to decide on")
    static let report = LocalizedText("上报", "Report")
    static let help = LocalizedText("请求支援", "Ask for help")
    static let refuse = LocalizedText("不在清单，请街道把关", "Not on the list: to the street")
    static let nothing = LocalizedText("整段无异常", "Nothing found")
    static let found = LocalizedText("有发现", "Something found")
    static let photos = LocalizedText("照片（可选）", "Photos (optional)")

    static let kinds: [DayEntry.Kind: LocalizedText] = [
        .report: LocalizedText("上报", "Report"), .act: LocalizedText("办理", "Act"),
        .check: LocalizedText("巡查", "Patrol"), .help: LocalizedText("求助", "Call for help"),
        .refuse: LocalizedText("清单外任务", "Task off the list"),
    ]
}
