import Ground

enum BurdenTexts {
    static let pulse = LocalizedText("匿名问卷", "Pulse")
    static let plaques = LocalizedText("挂牌登记", "Plaques")
    static let assessments = LocalizedText("考核登记", "Assessments")
    static let laid = LocalizedText("提出的数字要求", "Targets of a body")
    static let targets = LocalizedText("层层加码", "Targets down the chain")
}
