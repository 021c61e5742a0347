import Ground

enum MapTexts {
    static let map = LocalizedText("一张图", "Map")
    static let layers = LocalizedText("图层", "Layers")
    static let legend = LocalizedText("图例", "Legend")
    static let matters = LocalizedText("在办诉求", "Open matters")
    static let overdue = LocalizedText("逾期", "Overdue")
    static let soon = LocalizedText("24 小时内到期", "Due within 24 hours")
    static let inTime = LocalizedText("未到期", "In time")
    static let undated = LocalizedText("无时限", "No deadline")
    static let area = LocalizedText("区域", "Area")
    static let category = LocalizedText("类别", "Category")
    static let due = LocalizedText("时限", "Due")
    static let number = LocalizedText("编号", "Number")
    static let state = LocalizedText("状态", "State")
    static let all = LocalizedText("全部", "All")
}
