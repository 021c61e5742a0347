import Cipher
public import Desk
public import Ground

/// A text for a resident. The number comes sealed and stays so until the sender has it.
public struct ResidentText: Sendable, Hashable {
    /// Sealed with the vault for `ResidentText.phonePurpose`.
    public var phoneSealed: [UInt8]
    /// The blind index by which the resident is known.
    public var phoneIndex: String
    /// What the resident reads. `{code}` stands for what `codeSealed` holds.
    public var text: String
    /// A one-time code, sealed for `ResidentText.codePurpose`, so that it never lies readable in a table.
    public var codeSealed: [UInt8]?
    /// What it is about (a case); empty when about nothing kept.
    public var subjectID: String
    /// Where that lies: only staff of this area see the text. Without one, only those of the whole installation do.
    public var area: AreaPrefix?
    public var at: Instant

    public init(
        phoneSealed: [UInt8], phoneIndex: String, text: String, codeSealed: [UInt8]? = nil, subjectID: String,
        area: AreaPrefix?, at: Instant
    ) {
        self.phoneSealed = phoneSealed
        self.phoneIndex = phoneIndex
        self.text = text
        self.codeSealed = codeSealed
        self.subjectID = subjectID
        self.area = area
        self.at = at
    }

    public static let phonePurpose: StaticString = "messages.phone"
    public static let codePurpose: StaticString = "messages.code"
}
