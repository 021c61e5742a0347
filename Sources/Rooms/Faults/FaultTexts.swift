import Ground

enum FaultTexts {
    static let title = LocalizedText("三不问题", "The three faults")
    static let symptoms = LocalizedText("症状码分布", "Symptoms")
    static let evidence = LocalizedText("依据的记录", "Records")

    static func kind(_ kind: Evidence.Kind) -> LocalizedText {
        switch kind {
        case .matter: LocalizedText("事项", "Matter")
        case .power: LocalizedText("赋权", "Power")
        case .contract: LocalizedText("合同", "Contract")
        case .load: LocalizedText("工作量", "Load")
        case .item: LocalizedText("清单事项", "Item of a list")
        }
    }
}
