public import Ground

/// One cell to be written.
public enum SheetCell: Sendable, Hashable {
    /// Written as it is: never a formula, never a number, so that leading zeros and long numbers stay.
    case text(String)
    case integer(Int)
    case number(Double)
    /// A real date with time in Excel, in Beijing time.
    case instant(Instant)
    case day(Day)
    /// Only `http`, `https` and `mailto` become links; any other address is written as text.
    case link(text: String, address: String)
    case empty
}

/// A column of a sheet to be written.
public struct SheetColumn: Sendable, Hashable {
    /// What the cells of a column hold: decides its width.
    public enum Kind: Sendable, Hashable {
        case text, longText, number, instant, day, link

        /// In characters, two for a Chinese one.
        var width: Double {
            switch self {
            case .text: 18
            case .longText: 48
            case .number: 12
            case .instant: 20
            case .day: 12
            case .link: 30
            }
        }
    }

    public var title: String
    public var kind: Kind

    public init(_ title: String, _ kind: Kind = .text) {
        self.title = title
        self.kind = kind
    }

    /// Wide enough for the title and the filter's arrow.
    var width: Double {
        let title = title.unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 ? 1 : 2) }
        return min(60, max(kind.width, Double(title) + 4))
    }
}

/// What XML and Excel accept as text.
enum WorkbookText {
    /// Excel's limit of a cell, in UTF-16 units.
    static let cellLimit = 32_767

    /// Without the control characters that XML forbids, cut to `limit` UTF-16 units with an ellipsis.
    static func clean(_ text: String, limit: Int = cellLimit) -> (text: String, isCut: Bool) {
        var text = text
        if text.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D || $0 == 0xEF }) {
            text = String(String.UnicodeScalarView(text.unicodeScalars.filter(isAllowed)))
        }
        guard text.utf8.count > limit, text.utf16.count > limit else { return (text, false) }
        var cut = ""
        var length = 1
        for character in text {
            length += character.utf16.count
            if length > limit { break }
            cut.append(character)
        }
        return (cut + "…", true)
    }

    /// Text that by chance looks like `_x0041_` would be read as the character of that number: its first `_` is escaped
    /// itself, which the writing library leaves to its caller.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "_")) else { return text }
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "_"), ExtendedText.isEscape(bytes[index...].prefix(7)) {
                output.append(contentsOf: "_x005F".utf8)
            }
            output.append(byte)
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: true
        case 0..<0x20, 0xFFFE, 0xFFFF: false
        default: true
        }
    }

    /// A name Excel accepts and no other sheet of the workbook has: at most 31 UTF-16 units, none of `[]:*?/\`, no
    /// apostrophe at the ends.
    static func sheetName(_ wanted: String, number: Int, taken: Set<String>) -> String {
        let forbidden = Set<Character>("[]:*?/\\")
        var base = clean(wanted).text
        base = String(base.map { forbidden.contains($0) || $0.isNewline || $0 == "\t" ? "_" : $0 })
        while base.hasPrefix("'") || base.hasPrefix(" ") { base.removeFirst() }
        if base.lowercased() == "history" { base += "_" }
        var attempt = number
        while true {
            let suffix = attempt > 1 ? " (\(attempt))" : ""
            var name = base
            while name.utf16.count + suffix.utf16.count > 31 { name.removeLast() }
            while name.hasSuffix("'") || name.hasSuffix(" ") { name.removeLast() }
            if name.isEmpty { name = "Sheet" }
            name += suffix
            if !taken.contains(name.lowercased()) { return name }
            attempt += 1
        }
    }
}
