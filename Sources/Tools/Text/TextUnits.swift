/// The units that a text is compared by: a Han character is one; a run of letters and digits of another script is one
/// ("A3", "wifi"). Upper case and full-width forms are folded; white space says nothing, since segmented text has it
/// everywhere; punctuation and symbols are a boundary.
struct TextUnits {
    /// Stands where punctuation was.
    static let boundary: UInt32 = 0

    /// How much of a text is read: what comes after decides nothing, and the work stays bounded.
    static let maximumCount = 4_096
    static let maximumBytes = 65_536

    /// Calls `take` with each unit and the bytes of the text it stands in.
    @inline(__always)
    static func forEach(in text: String, _ take: (_ unit: UInt32, _ bytes: Range<Int>) -> Void) {
        var text = text
        text.withUTF8 { bytes in forEach(in: bytes, take) }
    }

    @inline(__always)
    static func forEach(
        in bytes: UnsafeBufferPointer<UInt8>, _ take: (_ unit: UInt32, _ bytes: Range<Int>) -> Void
    ) {
        let end = min(bytes.count, maximumBytes)
        var position = 0
        var count = 0
        var run: UInt32 = 0
        var runStart = -1
        var isAfterBoundary = true
        while position < end, count < maximumCount {
            let start = position
            let scalar = fold(decode(bytes, &position))
            let kind = kind(of: scalar)
            if kind == .runLetter {
                if runStart < 0 {
                    runStart = start
                    run = 0x811C_9DC5
                }
                run = (run ^ scalar) &* 0x0100_0193
                continue
            }
            if runStart >= 0 {
                take(run | 0x8000_0000, runStart..<start)
                runStart = -1
                count += 1
                isAfterBoundary = false
            }
            switch kind {
            case .character:
                take(scalar, start..<position)
                count += 1
                isAfterBoundary = false
            case .boundary:
                if !isAfterBoundary { take(boundary, start..<start) }
                isAfterBoundary = true
            case .space, .runLetter: break
            }
        }
        if runStart >= 0 { take(run | 0x8000_0000, runStart..<min(position, bytes.count)) }
    }

    private enum Kind { case character, runLetter, space, boundary }

    @inline(__always)
    private static func kind(of scalar: UInt32) -> Kind {
        switch scalar {
        case 0x4E00...0x9FFF: .character
        case 0x30...0x39, 0x61...0x7A: .runLetter
        case 0x20, 0x09, 0x0A, 0x0D, 0xA0, 0x3000: .space
        case 0..<0xC0: .boundary
        case 0x0F08...0x0F14: .boundary  // between the syllables of Tibetan
        case 0xD7, 0xF7: .boundary
        case 0xC0..<0x2000: .runLetter
        case 0x2000..<0x2C00: .boundary  // punctuation, arrows, boxes, symbols
        case 0x2C00..<0x2E00: .runLetter
        case 0x3005, 0x3007: .character
        case 0x2E00..<0x3040: .boundary  // radicals, CJK punctuation
        case 0x3040..<0xD800: .character  // kana, extension A, Yi, Hangul
        case 0xF900..<0xFB00: .character
        case 0xFB50..<0xFE00, 0xFE70..<0xFEFF: .runLetter  // presentation forms of Arabic letters
        case 0x20000..<0x40000: .character
        default: .boundary
        }
    }

    @inline(__always)
    private static func fold(_ scalar: UInt32) -> UInt32 {
        var folded = scalar
        if folded >= 0xFF01, folded <= 0xFF5E { folded -= 0xFEE0 }
        if folded >= 0x41, folded <= 0x5A { folded += 0x20 }
        return folded
    }

    /// Strings hold valid UTF-8, so only the end needs care: the text may have been cut.
    @inline(__always)
    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> UInt32 {
        let first = UInt32(bytes[position])
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard position + length <= bytes.count else {
            position = bytes.count
            return 0
        }
        defer { position += length }
        switch length {
        case 1: return first
        case 2: return (first & 0x1F) << 6 | UInt32(bytes[position + 1] & 0x3F)
        case 3:
            return (first & 0x0F) << 12 | UInt32(bytes[position + 1] & 0x3F) << 6
                | UInt32(bytes[position + 2] & 0x3F)
        default:
            return (first & 0x07) << 18 | UInt32(bytes[position + 1] & 0x3F) << 12
                | UInt32(bytes[position + 2] & 0x3F) << 6 | UInt32(bytes[position + 3] & 0x3F)
        }
    }
}
