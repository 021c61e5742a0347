/// The encodings in which tables arrive here.
public enum TextEncoding: String, Sendable, Hashable, CaseIterable {
    case utf8 = "UTF-8"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    /// GB 18030, which contains GBK and GB 2312.
    case gb18030 = "GB18030"
}

/// Finds the encoding of a file from its bytes, fed in pieces. Depends on nothing, so that a fuzzer can drive it alone.
///
/// A byte order mark decides; else valid UTF-8; else what has the form of GB 18030. Where both are broken, the one that
/// is broken in less than one character of a hundred wins, so that a single bad byte costs a row and not the file.
public struct TextEncodingDetector {
    public enum Verdict: Sendable, Hashable {
        /// - skip: the bytes of the byte order mark.
        case text(TextEncoding, skip: Int)
        /// No encoding fits; the offset is that of the first byte that is neither UTF-8 nor GB 18030.
        case unknown(byteOffset: Int)
        /// A zero byte: a program's file, or UTF-16 without a mark.
        case binary(byteOffset: Int)
    }

    /// After so many characters beyond ASCII the rest of the file cannot change the verdict sensibly.
    private static let enoughCharacters = 4096

    private var head: [UInt8] = []
    private var offset = 0
    private var utf8 = UTF8Form()
    private var gb18030 = GB18030Form()
    private var zeroOffset: Int?

    public init() {}

    /// - Returns: true once enough was seen; further bytes are not needed.
    public mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if head.count < 3 { head.append(contentsOf: bytes.prefix(3 - head.count)) }
        if mark != nil { return true }
        var index = 0
        while index < bytes.count {
            if utf8.isBetweenCharacters, gb18030.isBetweenCharacters {
                let plain = Self.plainPrefix(of: bytes, from: index)
                index += plain
                offset += plain
                guard index < bytes.count else { break }
            }
            let byte = bytes[index]
            index += 1
            if byte == 0, zeroOffset == nil { zeroOffset = offset }
            utf8.feed(byte, at: offset)
            gb18030.feed(byte, at: offset)
            offset += 1
        }
        return zeroOffset != nil || utf8.characters + utf8.errors >= Self.enoughCharacters
    }

    /// How many bytes from `start` are ASCII and not zero, in steps of eight.
    private static func plainPrefix(of bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let raw = UnsafeRawBufferPointer(bytes)
        var index = start
        while index + 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let hasZero = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0
            guard word & 0x8080_8080_8080_8080 == 0, !hasZero else { break }
            index += 8
        }
        return index - start
    }

    private var mark: (TextEncoding, Int)? {
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if head.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
        if head.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
        return nil
    }

    /// - Parameter isWholeFile: false when reading stopped early, so a character cut at the end is no error.
    public func verdict(isWholeFile: Bool) -> Verdict {
        if let (encoding, skip) = mark { return .text(encoding, skip: skip) }
        if let zeroOffset { return .binary(byteOffset: zeroOffset) }
        var utf8 = utf8
        var gb18030 = gb18030
        if isWholeFile {
            utf8.finish(at: offset)
            gb18030.finish(at: offset)
        }
        if utf8.errors == 0 { return .text(.utf8, skip: 0) }
        if gb18030.errors == 0 { return .text(.gb18030, skip: 0) }
        if utf8.errors * 100 <= utf8.characters { return .text(.utf8, skip: 0) }
        if gb18030.errors * 100 <= gb18030.characters { return .text(.gb18030, skip: 0) }
        return .unknown(byteOffset: max(utf8.firstError ?? 0, gb18030.firstError ?? 0))
    }
}

/// Counts well-formed UTF-8 characters beyond ASCII, and breaches of the form.
struct UTF8Form {
    private(set) var characters = 0
    private(set) var errors = 0
    private(set) var firstError: Int?
    private var missing = 0
    private var start = 0
    var isBetweenCharacters: Bool { missing == 0 }
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    mutating func feed(_ byte: UInt8, at offset: Int) {
        if missing > 0 {
            if byte >= lowest, byte <= highest {
                missing -= 1
                (lowest, highest) = (0x80, 0xBF)
                if missing == 0 { characters += 1 }
                return
            }
            fail(at: start)
        }
        guard byte >= 0x80 else { return }
        start = offset
        (lowest, highest) = (0x80, 0xBF)
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, lowest) = (2, 0xA0)
        case 0xED: (missing, highest) = (2, 0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, lowest) = (3, 0x90)
        case 0xF1...0xF3: missing = 3
        case 0xF4: (missing, highest) = (3, 0x8F)
        default: fail(at: offset)
        }
    }

    mutating func finish(at offset: Int) {
        if missing > 0 { fail(at: start) }
    }

    private mutating func fail(at offset: Int) {
        errors += 1
        if firstError == nil { firstError = offset }
        missing = 0
    }
}

/// Counts characters beyond ASCII that have the form of GB 18030, and breaches of it.
struct GB18030Form {
    private(set) var characters = 0
    private(set) var errors = 0
    private(set) var firstError: Int?
    private var length = 0
    private var start = 0
    var isBetweenCharacters: Bool { length == 0 }

    mutating func feed(_ byte: UInt8, at offset: Int) {
        switch length {
        case 0: break
        case 1 where (0x40...0x7E).contains(byte) || (0x80...0xFE).contains(byte):
            characters += 1
            length = 0
            return
        case 1 where (0x30...0x39).contains(byte), 2 where (0x81...0xFE).contains(byte):
            length += 1
            return
        case 3 where (0x30...0x39).contains(byte):
            characters += 1
            length = 0
            return
        default: fail(at: start)
        }
        if byte >= 0x80 {
            start = offset
            if byte == 0x80 || byte == 0xFF { fail(at: offset) } else { length = 1 }
        }
    }

    mutating func finish(at offset: Int) {
        if length > 0 { fail(at: start) }
    }

    private mutating func fail(at offset: Int) {
        errors += 1
        if firstError == nil { firstError = offset }
        length = 0
    }
}
