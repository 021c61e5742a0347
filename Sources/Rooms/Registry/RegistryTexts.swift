import Ground

enum RegistryTexts {
    static let registry = LocalizedText("人房数据", "People and homes")
    static let dictionary = LocalizedText("数据字典", "Data dictionary")
    static let element = LocalizedText("数据项", "Element")
    static let value = LocalizedText("内容", "Value")
    static let since = LocalizedText("起始日期", "True since")
    static let seen = LocalizedText("最近核实", "Last seen")
    static let source = LocalizedText("来源", "Source")
    static let history = LocalizedText("变更记录", "History")
    static let hidden = LocalizedText("（需用途）", "(needs a purpose)")
    static let unknown = LocalizedText("未采集", "not known")
    static let stale = LocalizedText("待核实", "to be checked")
    static let purpose = LocalizedText("用途", "Purpose")
    static let household = LocalizedText("家户", "Household")
    static let dwelling = LocalizedText("房屋", "Dwelling")
    static let person = LocalizedText("人员", "Person")
    static let members = LocalizedText("家庭成员", "Members")
    static let write = LocalizedText("登记", "Write")
}
