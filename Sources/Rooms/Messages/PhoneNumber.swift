public import Cipher
import NationalCodes

/// The number of a person, as the rooms keep it: in the one form of the national codes, found by its blind index and
/// stored only sealed. Printing it shows the mask.
public struct PhoneNumber: Sendable, Hashable, CustomStringConvertible {
    private let number: NationalCodes.PhoneNumber

    /// Takes what people type.
    /// - Returns: nil when it is no telephone number of the mainland.
    public init?(_ input: some StringProtocol) {
        guard let number = try? NationalCodes.PhoneNumber(input) else { return nil }
        self.number = number
    }

    /// The number in clear: `13800000000`, `010-12345678`.
    public var text: String { number.text }

    /// Whether it can take texts.
    public var isMobile: Bool {
        switch number {
        case .mobile: true
        case .landline: false
        }
    }

    /// `138****1234`.
    public var masked: String { number.masked }
    public var description: String { masked }

    /// The blind index by which a resident is known in every room.
    public func index(_ vault: Vault) -> String { vault.blindIndex(text, for: "resident.phone") }

    /// Sealed as `ResidentText.phoneSealed` wants it.
    public func sealedForTexts(_ vault: Vault) -> [UInt8] { vault.seal(text, for: ResidentText.phonePurpose) }
}
