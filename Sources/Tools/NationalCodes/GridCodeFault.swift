public import Ground

public enum GridCodeFault: CodeFault, CaseIterable {
    case length
    case characters
    case community
    case sequence
    case objectCode

    public var code: String {
        switch self {
        case .length: "codes.grid-code.length"
        case .characters: "codes.grid-code.characters"
        case .community: "codes.grid-code.community"
        case .sequence: "codes.grid-code.sequence"
        case .objectCode: "codes.grid-code.object-code"
        }
    }

    public var text: LocalizedText {
        switch self {
        case .length:
            LocalizedText(
                "网格代码应为 15 位(社区服务网格为 20 位)", "A grid code has 15 digits (20 for a community service grid)")
        case .characters: LocalizedText("网格代码只含数字", "A grid code is digits only")
        case .community:
            LocalizedText("网格代码中应有村(社区)的 12 位代码", "A grid code holds the 12 digits of its community")
        case .sequence: LocalizedText("网格顺序号超出范围", "The sequence number of the grid is out of range")
        case .objectCode: LocalizedText("对象代码应为 6 位数字", "The object code has 6 digits")
        }
    }
}
