import Ground

enum AccountTexts {
    static let year = LocalizedText("减负一年", "The burden year")
    static let pairs = LocalizedText("减负与成效成对", "Cuts and outcomes")
    static let flows = LocalizedText("工时流向", "Where hours come from")
    static let sources = LocalizedText("工时来源清单", "Sources of these hours")
    static let streets = LocalizedText("街道一本账", "Streets’ accounts")
    static let streetCard = LocalizedText("街道成绩单", "Report card of the street")
    static let departmentCard = LocalizedText("部门成绩单", "Report card of the department")
    static let before = LocalizedText("之前", "Before")
    static let after = LocalizedText("之后", "After")
}
