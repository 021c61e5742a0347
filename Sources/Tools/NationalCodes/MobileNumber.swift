/// A Chinese mobile number: 11 digits beginning with 13 to 19.
///
/// Printing it shows the mask; only `text` gives the number away.
public struct MobileNumber: Sendable, Hashable {
    /// The 11 digits.
    public let text: String

    /// Takes what people type: `+86`, `0086` or `86` before it, separators and full-width digits are brought to the one
    /// form.
    public init(_ input: some StringProtocol) throws(PhoneNumberFault) {
        let digits = try PhoneNumber.digits(of: input)
        guard digits.count == 11 else { throw .length }
        guard digits[0] == UInt8(ascii: "1"), (UInt8(ascii: "3")...UInt8(ascii: "9")).contains(digits[1]) else {
            throw .notMobile
        }
        text = String(decoding: digits, as: UTF8.self)
    }

    /// `138****1234`.
    public var masked: String { Mask.phoneNumber(text) }
}

extension MobileNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { masked }
    public var debugDescription: String { masked }
    public var customMirror: Mirror { Mirror(self, children: ["masked": masked]) }
}
