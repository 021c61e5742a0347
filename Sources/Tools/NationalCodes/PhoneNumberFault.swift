public import Ground

public enum PhoneNumberFault: CodeFault, CaseIterable {
    case length
    case characters
    case notMobile
    case notLandline
    case `extension`
    case foreign

    public var code: String {
        switch self {
        case .length: "codes.phone-number.length"
        case .characters: "codes.phone-number.characters"
        case .notMobile: "codes.phone-number.not-mobile"
        case .notLandline: "codes.phone-number.not-landline"
        case .extension: "codes.phone-number.extension"
        case .foreign: "codes.phone-number.foreign"
        }
    }

    public var text: LocalizedText {
        switch self {
        case .length:
            LocalizedText(
                "电话号码位数不对:手机 11 位,固话 7 或 8 位加区号",
                "The number of digits is wrong: 11 for a mobile, 7 or 8 and an area code for a landline")
        case .characters: LocalizedText("电话号码含有不认识的字符", "The phone number has characters that cannot be read")
        case .notMobile: LocalizedText("手机号应以 13 至 19 开头", "A mobile number begins with 13 to 19")
        case .notLandline: LocalizedText("固话号码应以 2 至 8 开头", "A landline number begins with 2 to 8")
        case .extension: LocalizedText("分机号应为 1 至 6 位数字", "An extension has 1 to 6 digits")
        case .foreign: LocalizedText("只支持中国大陆的号码(+86)", "Only numbers of the Chinese mainland (+86) are taken")
        }
    }
}
