import Glibc

/// Turns a file's bytes, piece by piece, into UTF-8. Bytes that are no text in the encoding become one 0xFF each, which
/// `CSVParser` reports with the row that holds them; the rest of the file is read on.
struct TextDecoding {
    /// Not part of any UTF-8: the mark for what could not be decoded.
    static let undecodable: UInt8 = 0xFF

    private enum Converter {
        case utf8
        case utf16(isBigEndian: Bool)
        case gb18030(GB18030Converter)
    }

    private var converter: Converter
    /// The beginning of a character whose end is in the next piece.
    private var carried: [UInt8] = []
    /// How many bytes could not be decoded so far.
    private(set) var undecodableCount = 0

    /// - Returns: nil when the system has no table for the encoding.
    init?(_ encoding: TextEncoding) {
        switch encoding {
        case .utf8: converter = .utf8
        case .utf16LittleEndian: converter = .utf16(isBigEndian: false)
        case .utf16BigEndian: converter = .utf16(isBigEndian: true)
        case .gb18030:
            guard let gb18030 = GB18030Converter() else { return nil }
            converter = .gb18030(gb18030)
        }
    }

    /// Appends the text of `bytes` to `output`; with `isLast`, an unfinished character counts as undecodable.
    mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool, into output: inout [UInt8]) {
        guard !carried.isEmpty else { return decodeJoined(bytes, isLast: isLast, into: &output) }
        var joined = carried
        joined.append(contentsOf: bytes)
        carried = []
        joined.withUnsafeBufferPointer { decodeJoined($0, isLast: isLast, into: &output) }
    }

    private mutating func decodeJoined(
        _ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool, into output: inout [UInt8]
    ) {
        let before = undecodableCount
        let used: Int
        switch converter {
        case .utf8: used = decodeUTF8(bytes, into: &output)
        case .utf16(let isBigEndian): used = decodeUTF16(bytes, isBigEndian: isBigEndian, into: &output)
        case .gb18030(let gb18030):
            used = gb18030.convert(bytes, into: &output) { count in undecodableCount = before + count }
        }
        let rest = bytes[used...]
        if isLast {
            output.append(contentsOf: repeatElement(Self.undecodable, count: rest.count))
            undecodableCount += rest.count
        } else {
            carried = Array(rest)
        }
    }

    private mutating func decodeUTF8(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Int {
        var goodStart = 0
        var index = 0
        while index < bytes.count {
            if bytes[index] < 0x80 {
                index += 1
                continue
            }
            switch UTF8Form.characterLength(bytes, at: index) {
            case .complete(let length): index += length
            case .cut:
                output.append(contentsOf: bytes[goodStart..<index])
                return index
            case .broken:
                output.append(contentsOf: bytes[goodStart..<index])
                output.append(Self.undecodable)
                undecodableCount += 1
                index += 1
                goodStart = index
            }
        }
        output.append(contentsOf: bytes[goodStart..<index])
        return index
    }

    private mutating func decodeUTF16(
        _ bytes: UnsafeBufferPointer<UInt8>, isBigEndian: Bool, into output: inout [UInt8]
    ) -> Int {
        func unit(_ index: Int) -> UInt32 {
            let (first, second) = (UInt32(bytes[index]), UInt32(bytes[index + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        var index = 0
        while index + 1 < bytes.count {
            var value = unit(index)
            var length = 2
            if (0xD800...0xDBFF).contains(value) {
                guard index + 3 < bytes.count else { return index }
                let low = unit(index + 2)
                if (0xDC00...0xDFFF).contains(low) {
                    value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
                    length = 4
                }
            }
            index += length
            if let scalar = Unicode.Scalar(value) {
                output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            } else {
                output.append(Self.undecodable)
                undecodableCount += 1
            }
        }
        return index
    }
}

/// The C library's GB 18030 table.
private final class GB18030Converter {
    private let handle: iconv_t

    init?() {
        guard let opened = iconv_open("UTF-8", "GB18030"), Int(bitPattern: opened) != -1 else { return nil }
        handle = opened
    }

    deinit { iconv_close(handle) }

    /// - Returns: how many bytes were used; fewer than given when the last character is cut.
    func convert(
        _ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8], undecodable: (Int) -> Void
    ) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var input: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(mutating: base).assumingMemoryBound(
            to: CChar.self)
        var inputLeft = bytes.count
        var failures = 0
        while inputLeft > 0 {
            // Two bytes become at most three, four at most four.
            let room = inputLeft * 2 + 16
            var reason: Int32 = 0
            let converted = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                buffer.withMemoryRebound(to: CChar.self) { characters in
                    var target = characters.baseAddress
                    var targetLeft = room
                    if iconv(handle, &input, &inputLeft, &target, &targetLeft) == -1 { reason = errno }
                    count = room - targetLeft
                }
            }
            output.append(contentsOf: converted)
            if reason == EINVAL { break }
            if reason == EILSEQ, inputLeft > 0 {
                output.append(TextDecoding.undecodable)
                failures += 1
                input = input.map { $0 + 1 }
                inputLeft -= 1
            }
        }
        undecodable(failures)
        return bytes.count - inputLeft
    }
}

extension UTF8Form {
    enum CharacterLength { case complete(Int), cut, broken }

    /// The length of the character that begins at `index`, by table 3-7 of the Unicode standard.
    static func characterLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> CharacterLength {
        var range: ClosedRange<UInt8> = 0x80...0xBF
        let length: Int
        switch bytes[index] {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, range) = (3, 0xA0...0xBF)
        case 0xED: (length, range) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, range) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, range) = (4, 0x80...0x8F)
        default: return .broken
        }
        for position in 1..<length {
            guard index + position < bytes.count else { return .cut }
            let allowed = position == 1 ? range : 0x80...0xBF
            guard allowed.contains(bytes[index + position]) else { return .broken }
        }
        return .complete(length)
    }
}
