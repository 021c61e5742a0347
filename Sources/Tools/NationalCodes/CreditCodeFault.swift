public import Ground

public enum CreditCodeFault: CodeFault, CaseIterable {
    case length
    case characters
    case division
    case organisationCheck
    case checkDigit

    public var code: String {
        switch self {
        case .length: "codes.credit-code.length"
        case .characters: "codes.credit-code.characters"
        case .division: "codes.credit-code.division"
        case .organisationCheck: "codes.credit-code.organisation-check"
        case .checkDigit: "codes.credit-code.check-digit"
        }
    }

    public var text: LocalizedText {
        switch self {
        case .length: LocalizedText("统一社会信用代码应为 18 位", "A unified social credit code has 18 characters")
        case .characters:
            LocalizedText(
                "统一社会信用代码只含数字和大写字母,不用 I、O、S、V、Z",
                "A unified social credit code is digits and letters without I, O, S, V, Z")
        case .division: LocalizedText("第 3 至 8 位应为数字(登记地区划)", "Characters 3 to 8 should be digits (the division)")
        case .organisationCheck:
            LocalizedText(
                "第 9 至 17 位(组织机构代码)校验不符,请检查是否抄错",
                "Characters 9 to 17 (the organisation code) do not fit their check; look for a copying mistake")
        case .checkDigit:
            LocalizedText("末位校验码不符,请检查是否抄错", "The last character does not fit; look for a copying mistake")
        }
    }
}
