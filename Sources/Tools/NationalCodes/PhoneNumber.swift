/// A number at which somebody can be called: mobile or landline.
///
/// Printing it shows the mask; only `text` gives the number away.
public enum PhoneNumber: Sendable, Hashable {
    case mobile(MobileNumber)
    /// Area code with its 0 (nil when called locally), then 7 or 8 digits; an extension where one is given.
    case landline(areaCode: String?, number: String, extension: String?)

    /// Takes `010-12345678`, `(0571)8765 4321`, `87654321`, with an extension after `-`, `转` or `ext`, or a mobile number.
    public init(_ input: some StringProtocol) throws(PhoneNumberFault) {
        if let mobile = try? MobileNumber(input) {
            self = .mobile(mobile)
            return
        }
        let text = CodeText.normalised(input)
        if let (main, tail) = Self.markedExtension(text) {
            self = try Self.landline(main, extension: Self.checkedExtension(tail))
            return
        }
        do {
            self = try Self.landline(text, extension: nil)
        } catch .length {
            // Too long: `010-12345678-801` ends in an extension.
            guard let hyphen = text.lastIndex(of: "-"), text.last != "-" else { throw .length }
            let tail = text[text.index(after: hyphen)...]
            self = try Self.landline(text[..<hyphen], extension: Self.checkedExtension(tail))
        }
    }

    private static func landline(
        _ input: some StringProtocol, extension: String?
    ) throws(PhoneNumberFault) -> PhoneNumber {
        var digits = try Self.digits(of: input)
        var areaCode: String?
        if digits.first == UInt8(ascii: "0"), digits.count > 4 {
            // 010 and 02x have three digits, all others four.
            let isShort = digits[1] == UInt8(ascii: "1") || digits[1] == UInt8(ascii: "2")
            let length = isShort ? 3 : 4
            areaCode = String(decoding: digits.prefix(length), as: UTF8.self)
            digits.removeFirst(length)
        }
        guard digits.count == 7 || digits.count == 8 else { throw .length }
        guard (UInt8(ascii: "2")...UInt8(ascii: "8")).contains(digits[0]) else { throw .notLandline }
        return .landline(areaCode: areaCode, number: String(decoding: digits, as: UTF8.self), extension: `extension`)
    }

    /// `13800000000` or `010-12345678-801`.
    public var text: String {
        switch self {
        case .mobile(let number): number.text
        case .landline(let areaCode, let number, let `extension`):
            [areaCode, number, `extension`].compactMap { $0 }.joined(separator: "-")
        }
    }

    public var masked: String { Mask.phoneNumber(text) }

    /// The digits, without separators and without the code of China before them.
    static func digits(of input: some StringProtocol) throws(PhoneNumberFault) -> [UInt8] {
        var isInternational = false
        var digits: [UInt8] = []
        for byte in CodeText.normalised(input).utf8 {
            switch byte {
            case 0x30...0x39: digits.append(byte)
            case UInt8(ascii: "+") where digits.isEmpty: isInternational = true
            case UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "."): continue
            default: throw .characters
            }
        }
        if digits.starts(with: "0086".utf8) {
            digits.removeFirst(4)
            isInternational = true
        } else if digits.starts(with: "86".utf8), isInternational || digits.count == 13 {
            digits.removeFirst(2)
            isInternational = true
        } else if isInternational {
            throw .foreign
        }
        // From abroad a landline is called without its 0.
        let isMobile = digits.count == 11 && digits.first == UInt8(ascii: "1")
        if isInternational, !isMobile, digits.count >= 9, digits.first != UInt8(ascii: "0") {
            digits.insert(UInt8(ascii: "0"), at: 0)
        }
        return digits
    }

    private static func markedExtension(_ text: String) -> (main: Substring, tail: Substring)? {
        for mark in ["转", "EXT.", "EXT"] {
            let parts = text.split(separator: mark, omittingEmptySubsequences: false)
            if parts.count == 2 { return (parts[0], parts[1]) }
        }
        return nil
    }

    private static func checkedExtension(_ text: Substring) throws(PhoneNumberFault) -> String {
        guard (1...6).contains(text.utf8.count), CodeText.isDigits(text.utf8) else { throw .extension }
        return String(text)
    }
}

extension PhoneNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { masked }
    public var debugDescription: String { masked }
    public var customMirror: Mirror { Mirror(self, children: ["masked": masked]) }
}
