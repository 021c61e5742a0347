public import Ground

public enum CitizenNumberFault: CodeFault, CaseIterable {
    case length
    /// An old number of 15 digits: `CitizenNumber(fromFifteenDigits:today:)` converts it.
    case oldForm
    case characters
    case area
    case birthDay
    case birthInFuture
    case checkDigit

    public var code: String {
        switch self {
        case .length: "codes.citizen-number.length"
        case .oldForm: "codes.citizen-number.old-form"
        case .characters: "codes.citizen-number.characters"
        case .area: "codes.citizen-number.area"
        case .birthDay: "codes.citizen-number.birth-day"
        case .birthInFuture: "codes.citizen-number.birth-in-future"
        case .checkDigit: "codes.citizen-number.check-digit"
        }
    }

    public var text: LocalizedText {
        switch self {
        case .length: LocalizedText("身份证号应为 18 位", "A citizen number has 18 characters")
        case .oldForm:
            LocalizedText("这是 15 位的旧号码,请改用 18 位号码", "This is an old number of 15 digits; use the one of 18")
        case .characters:
            LocalizedText("身份证号只含数字,末位可为 X", "A citizen number is digits only; the last may be X")
        case .area: LocalizedText("身份证号前两位不是已知的省份", "The first two digits name no known province")
        case .birthDay: LocalizedText("身份证号中的出生日期不存在", "The birth date in the citizen number does not exist")
        case .birthInFuture:
            LocalizedText("身份证号中的出生日期晚于今天", "The birth date in the citizen number lies after today")
        case .checkDigit:
            LocalizedText("身份证号校验位不符,请检查是否抄错", "The check digit does not fit; look for a copying mistake")
        }
    }
}
