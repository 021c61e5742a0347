/// A unified social credit code 统一社会信用代码 of 18 characters (GB 32100): department, category, 6 of division,
/// 9 of organisation with a check of their own, 1 check.
public struct CreditCode: Sendable, Hashable, CustomStringConvertible {
    /// The 18 characters, in capitals.
    public let text: String

    /// Takes what people type: full-width characters, spaces and small letters are brought to the one form.
    public init(_ input: some StringProtocol) throws(CreditCodeFault) {
        let text = CodeText.normalised(input)
        let bytes = Array(text.utf8)
        guard text.count == 18 else { throw .length }
        var values: [Int] = []
        for byte in bytes {
            guard let value = Self.alphabet.firstIndex(of: byte) else { throw .characters }
            values.append(value)
        }
        guard CodeText.isDigits(bytes[2..<8]) else { throw .division }
        guard bytes[16] == Self.organisationCheck(of: bytes[8..<16]) else { throw .organisationCheck }
        guard values[17] == Self.check(of: values[..<17]) else { throw .checkDigit }
        self.text = text
    }

    /// The code that completes 16 characters with both check characters.
    /// - Parameter body: department, category, division and the first 8 of the organisation.
    public init(completing body: some StringProtocol) throws(CreditCodeFault) {
        let bytes = Array(CodeText.normalised(body).utf8)
        guard bytes.count == 16 else { throw .length }
        let withOrganisation = bytes + [Self.organisationCheck(of: bytes[8...])]
        var values: [Int] = []
        for byte in withOrganisation {
            guard let value = Self.alphabet.firstIndex(of: byte) else { throw .characters }
            values.append(value)
        }
        let full = withOrganisation + [Self.alphabet[Self.check(of: values[...])]]
        try self.init(String(decoding: full, as: UTF8.self))
    }

    /// Where it was registered, 6 digits by the codes of that time.
    public var divisionText: String { String(text.dropFirst(2).prefix(6)) }

    /// The organisation code within (GB 11714), 9 characters.
    public var organisationCode: String { String(text.dropFirst(8).prefix(9)) }

    /// For lists that outsiders see; codes of sole traders lead to a person.
    public var masked: String { Mask.creditCode(text) }

    public var description: String { text }

    /// No I, O, S, V, Z, which are mistaken for digits or each other.
    static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

    private static func check(of values: ArraySlice<Int>) -> Int {
        var weight = 1
        var sum = 0
        for value in values {
            sum += value * weight
            weight = weight * 3 % 31
        }
        return (31 - sum % 31) % 31
    }

    /// GB 11714: letters count 10 to 35 over the whole alphabet; 10 is written X and 11 as 0.
    private static func organisationCheck(of body: ArraySlice<UInt8>) -> UInt8 {
        let weights = [3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(body, weights).reduce(0) { sum, pair in
            let value = pair.0 >= UInt8(ascii: "A") ? Int(pair.0) - 55 : Int(pair.0) - 0x30
            return sum + value * pair.1
        }
        return Array("0X987654321".utf8)[sum % 11]
    }
}
