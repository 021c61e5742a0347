public import Ground

public enum DivisionCodeFault: CodeFault, CaseIterable {
    case length
    case characters
    case emptyLevel

    public var code: String {
        switch self {
        case .length: "codes.division-code.length"
        case .characters: "codes.division-code.characters"
        case .emptyLevel: "codes.division-code.empty-level"
        }
    }

    public var text: LocalizedText {
        switch self {
        case .length: LocalizedText("区划代码应为 2、4、6、9 或 12 位", "A division code has 2, 4, 6, 9 or 12 digits")
        case .characters: LocalizedText("区划代码只含数字", "A division code is digits only")
        case .emptyLevel:
            LocalizedText("区划代码中间缺少一级(为零)", "A level in the middle of the division code is empty (zeros)")
        }
    }
}
