import Ground

enum VisitTexts {
    static let visits = LocalizedText("一次上门", "Visits")
    static let queue = LocalizedText("待核定的回答", "Answers to decide on")
    static let care = LocalizedText("关怀群体", "Care")
    static let missing = LocalizedText("未登记", "not known")
    static let stale = LocalizedText("待核实", "to be checked")
    static let questions = LocalizedText("要问的", "To ask")
    static let element = LocalizedText("数据项", "Element")
    static let home = LocalizedText("住址", "Home")

    static func title(of decision: QueuedAnswer.Decision) -> LocalizedText {
        switch decision {
        case .later: LocalizedText("以后见为准", "What was seen later holds")
        case .earlier: LocalizedText("以先见为准", "What was seen earlier is right")
        case .write: LocalizedText("改正后登记", "Write it")
        case .discard: LocalizedText("放弃", "Let it go")
        }
    }

    /// Why an answer could not become a fact.
    static func reason(_ code: String?) -> LocalizedText {
        code.flatMap { reasons[$0] } ?? LocalizedText("未能登记，内容已保留", "It could not be written; all of it is kept")
    }

    private static let reasons: [String: LocalizedText] = [
        "visits.nothing-known": LocalizedText(
            "选了“仍如此”，但当时没有已登记的值", "“Still so” was chosen, but nothing was known then"),
        "registry.value": LocalizedText("填写的值不符合该数据项的规定", "The value is not one of this element"),
        "registry.unknown-element": LocalizedText("该对象没有此数据项", "There is no such element of this subject"),
        "registry.no-basis": LocalizedText("该项未录入法律依据，不得采集", "It has no legal basis and may not be collected"),
        "registry.contradicts-number": LocalizedText("与公民身份号码不符", "It contradicts the identity number"),
        "registry.number-taken": LocalizedText("该公民身份号码已登记在另一人名下", "The identity number is another person's"),
        "registry.future": LocalizedText("起始日期晚于走访当天", "It would begin after the visit"),
        "registry.merged": LocalizedText("此人档案已并入另一档案", "The record was joined with another"),
        "registry.death-before-birth": LocalizedText("死亡日期早于出生日期", "The day of death lies before the day of birth"),
        "registry.incomplete": LocalizedText("缺少必填的项目", "Something that is needed is missing"),
        "desk.nothing-here": LocalizedText("此人或此处已不在您的辖区", "It is no longer in your area"),
    ]
}
