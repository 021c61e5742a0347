public import Cipher
import Web

/// A telephone number, in the one form in which it is compared and sealed: digits only, without the country's 86.
public struct PhoneNumber: Sendable, Hashable {
    public let digits: String

    /// Takes spaces, dashes, brackets, full-width digits and `+86`.
    /// - Returns: nil when it cannot be a number (5 to 15 digits).
    public init?(_ text: some StringProtocol) {
        var digits = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39: digits.unicodeScalars.append(scalar)
            case 0xFF10...0xFF19: digits += String(scalar.value - 0xFF10)
            case 0x20, 0x28, 0x29, 0x2B, 0x2D, 0x3000, 0xFF08, 0xFF09, 0xFF0D: continue
            default: return nil
            }
        }
        if digits.hasPrefix("0086") { digits = String(digits.dropFirst(4)) }
        if digits.count == 13, digits.hasPrefix("861") { digits = String(digits.dropFirst(2)) }
        guard (5...15).contains(digits.count) else { return nil }
        self.digits = digits
    }

    /// A mobile number of the mainland, which can take texts.
    public var isMobile: Bool {
        let bytes = Array(digits.utf8)
        return bytes.count == 11 && bytes[0] == UInt8(ascii: "1") && bytes[1] >= UInt8(ascii: "3")
    }

    /// `138****1234`.
    public var masked: String { maskedPhone(digits) }

    /// The blind index by which a resident is known in every room.
    public func index(_ vault: Vault) -> String { vault.blindIndex(digits, for: "resident.phone") }

    /// Sealed as `ResidentText.phoneSealed` wants it.
    public func sealedForTexts(_ vault: Vault) -> [UInt8] { vault.seal(digits, for: ResidentText.phonePurpose) }
}
