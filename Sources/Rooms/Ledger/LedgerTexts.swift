import Ground

/// The texts of the ledger's pages.
enum LedgerTexts {
    static let ledger = LocalizedText("台账", "Ledger")
    static let check = LocalizedText("台账校验", "Check of the ledger")
    static let filter = LocalizedText("筛选", "Filter")
    static let reset = LocalizedText("重置", "Reset")
    static let area = LocalizedText("区划代码", "Area code")
    static let act = LocalizedText("操作", "Act")
    static func allOf(_ group: LocalizedText) -> LocalizedText {
        LocalizedText("全部“\(group.chinese)”", "All of “\(group.english)”")
    }
    static let actor = LocalizedText("操作人", "By whom")
    static let subject = LocalizedText("对象", "On what")
    static let subjectHint = LocalizedText("诉求编号等", "a matter's number …")
    static let from = LocalizedText("起始日期", "From")
    static let to = LocalizedText("截止日期", "To")
    static let none = LocalizedText("没有符合条件的记录。", "No entries match.")
    static let noneHint = LocalizedText("请放宽筛选条件。", "Widen the filter.")
    static let intact = LocalizedText("未发现改动", "No change to the past was found")
    static let altered = LocalizedText("发现改动", "The past was changed")
    static let neverChecked = LocalizedText("尚未校验。", "Not checked yet.")
    static let checkNow = LocalizedText("校验最近的区块", "Check the last blocks")
    static let wholeHint = LocalizedText(
        "每日自动全量校验；也可在服务器上运行 gewu audit verify。",
        "The whole ledger is checked daily, or by gewu audit verify on the server.")
    static let lastRoot = LocalizedText("最新根值", "Last root")
    static let keepRoot = LocalizedText(
        "请定期把最新根值抄存于他处（如纸质值班日志），日后以 gewu audit verify --expect-root 核对。",
        "Keep the last root elsewhere now and then (a paper log), and check it with gewu audit verify --expect-root.")
    static let checks = LocalizedText("历次校验", "Checks made")
    static let blocks = LocalizedText("最近的区块", "The last blocks")
    static let noBlocks = LocalizedText("还没有封存的区块。", "No block was sealed yet.")
}
