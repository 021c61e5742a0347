import Ground

enum FormTexts {
    static let forms = LocalizedText("一表通", "Forms")
    static let area = LocalizedText("区域", "Area")
    static let day = LocalizedText("日期", "On")
    static let total = LocalizedText("合计", "Total")
    static let age = LocalizedText("年龄", "Age")
    static let unassigned = LocalizedText("未划入下级", "In no part")
    static let list = LocalizedText("名单", "List")
    static let figures = LocalizedText("统计", "Figures")
}
