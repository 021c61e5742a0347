import Ground

enum FundTexts {
    static let funds = LocalizedText("街道资金", "Money of the street")
    static let assets = LocalizedText("资产台账", "Assets")
    static let newLine = LocalizedText("拨入资金", "Pay money in")
    static let plan = LocalizedText("用款计划", "Plan")
    static let disclosure = LocalizedText("资金公开", "Money, open to all")
    static let becomesPublic = LocalizedText(
        "用途、用款计划和使用情况向群众公开，不得写姓名、住址等能认出个人的内容",
        "What it is for, its plan and its use become public: name no person, no home, nothing that tells who is helped")
    static let newAsset = LocalizedText("登记资产", "Enter an asset")
}
