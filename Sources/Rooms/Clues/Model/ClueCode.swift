import Cipher
import Ground

/// What a sender gets, and all that opens the way back: 96 bits, in four groups of six.
struct ClueCode: Sendable, Hashable {
    let text: String

    /// A new one that nobody can guess.
    static func random() -> ClueCode { ClueCode(SecureRandom.bytes(12).hexadecimal) }

    /// The same for the same sending, so that a second click is no second clue, and no answer has to be stored anywhere.
    static func of(sending key: String, content: String, _ vault: Vault) -> ClueCode {
        ClueCode(String(vault.blindIndex(key + "\u{1}" + content, for: "clues.sending").prefix(24)))
    }

    private init(_ text: String) { self.text = text }

    /// As people type it: with or without dashes and spaces, in either case.
    init?(typed: some StringProtocol) {
        let plain = typed.lowercased().filter { $0 != "-" && !$0.isWhitespace }
        guard plain.utf8.count == 24, plain.allSatisfy(\.isHexDigit), plain.allSatisfy(\.isASCII) else { return nil }
        text = plain
    }

    /// `3f2a9c-…`.
    var shown: String {
        stride(from: 0, to: 24, by: 6).map { offset in
            let start = text.index(text.startIndex, offsetBy: offset)
            return String(text[start..<text.index(start, offsetBy: 6)])
        }.joined(separator: "-")
    }

    func index(_ vault: Vault) -> String { vault.blindIndex(text, for: "clues.code") }
}
