public import Ground

/// A citizen identity number 公民身份号码 of 18 characters (GB 11643): 6 of area, 8 of birth, 3 of sequence, 1 check.
///
/// Printing it shows the mask; only `text` gives the number away.
public struct CitizenNumber: Sendable, Hashable {
    /// The 18 characters, the last one a digit or a capital X.
    public let text: String
    public let birthDay: Day

    /// The first two digits that numbers begin with: those of `Rules/codes/provinces.yaml`, and 83 of the residence
    /// permits for people from Taiwan [M].
    public static let nationalAreas: Set<Int> = [
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62,
        63, 64, 65, 71, 81, 82, 83,
    ]

    /// Takes what people type: full-width digits, spaces and a small x are brought to the one form.
    /// - Parameter today: births after it are refused.
    public init(
        _ input: some StringProtocol, today: Day, areas: Set<Int> = nationalAreas
    ) throws(CitizenNumberFault) {
        let text = CodeText.normalised(input)
        let bytes = Array(text.utf8)
        if bytes.count == 15, CodeText.isDigits(bytes) { throw .oldForm }
        guard text.count == 18 else { throw .length }
        guard bytes.count == 18, CodeText.isDigits(bytes[..<17]),
            CodeText.isDigits(bytes[17...]) || bytes[17] == UInt8(ascii: "X")
        else {
            throw .characters
        }
        guard areas.contains(CodeText.number(bytes[..<2])) else { throw .area }
        let birth = Day(
            year: CodeText.number(bytes[6..<10]), month: CodeText.number(bytes[10..<12]),
            day: CodeText.number(bytes[12..<14]))
        guard let birth else { throw .birthDay }
        guard birth <= today else { throw .birthInFuture }
        // Nobody is older than 150; such a year is a misprint.
        guard today.parts.year - birth.parts.year <= 150 else { throw .birthDay }
        guard bytes[17] == Self.checkCharacter(of: bytes[..<17]) else { throw .checkDigit }
        self.text = text
        birthDay = birth
    }

    /// The 18-character number of someone who gives an old one of 15 digits, whose birth year has only two (19..).
    public init(
        fromFifteenDigits input: some StringProtocol, today: Day, areas: Set<Int> = nationalAreas
    ) throws(CitizenNumberFault) {
        let bytes = Array(CodeText.normalised(input).utf8)
        guard bytes.count == 15 else { throw .length }
        guard CodeText.isDigits(bytes) else { throw .characters }
        let body = bytes[..<6] + "19".utf8 + bytes[6...]
        let full = String(decoding: body + [Self.checkCharacter(of: body)], as: UTF8.self)
        try self.init(full, today: today, areas: areas)
    }

    /// The whole number of which these are the first 17 digits; for generators and tests.
    /// - Returns: nil unless they are 17 digits.
    public static func completed(_ body: some StringProtocol) -> String? {
        let bytes = Array(body.utf8)
        guard bytes.count == 17, CodeText.isDigits(bytes) else { return nil }
        return String(decoding: bytes + [checkCharacter(of: bytes[...])], as: UTF8.self)
    }

    /// The 17th digit is odd for men, even for women.
    public var sex: Sex { Array(text.utf8)[16] % 2 == 1 ? .male : .female }

    /// Where the number was first given out, by the codes of that time: many are no longer in use.
    public var areaText: String { String(text.prefix(6)) }

    /// Only the last four characters, for lists.
    public var masked: String { Mask.citizenNumber(text) }

    /// Weights and remainders of GB 11643 (ISO 7064 MOD 11-2).
    private static func checkCharacter(of body: ArraySlice<UInt8>) -> UInt8 {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(body, weights).reduce(0) { $0 + (Int($1.0) - 0x30) * $1.1 }
        return Array("10X98765432".utf8)[sum % 11]
    }
}

extension CitizenNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { masked }
    public var debugDescription: String { masked }
    public var customMirror: Mirror { Mirror(self, children: ["masked": masked]) }
}
