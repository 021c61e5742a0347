import Ground

enum BurdenTexts {
    static let pulse = LocalizedText("匿名问卷", "Pulse")
    static let targets = LocalizedText("层层加码", "Targets down the chain")
}
