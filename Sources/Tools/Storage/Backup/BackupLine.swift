/// One line of a backup: a letter for what it is, then fields parted by tabs. A field begins with the letter of its type,
/// so a value comes back as exactly what it was, whatever either engine declares.
enum BackupLine {
    /// `gewu-backup 1`, the engine, and when it was made in UTC milliseconds.
    static let format = "gewu-backup 1"

    static func append(_ value: SQLValue, to line: inout [UInt8]) {
        switch value {
        case .null: line.append(UInt8(ascii: "n"))
        case .int(let number): line += Array("i\(number)".utf8)
        case .double(let number): line += Array("d\(number)".utf8)
        case .bool(let flag): line += Array(flag ? "b1".utf8 : "b0".utf8)
        case .text(let text):
            line.append(UInt8(ascii: "t"))
            append(escaping: text, to: &line)
        case .blob(let bytes):
            line.append(UInt8(ascii: "x"))
            for byte in bytes {
                line.append(digits[Int(byte >> 4)])
                line.append(digits[Int(byte & 15)])
            }
        }
    }

    static func append(escaping text: String, to line: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\t"): line += Array("\\t".utf8)
            case UInt8(ascii: "\n"): line += Array("\\n".utf8)
            case UInt8(ascii: "\\"): line += Array("\\\\".utf8)
            default: line.append(byte)
            }
        }
    }

    /// - Returns: nil when the field has no such form.
    static func value(_ field: ArraySlice<UInt8>) -> SQLValue? {
        guard let kind = field.first else { return nil }
        let rest = field.dropFirst()
        switch kind {
        case UInt8(ascii: "n"): return rest.isEmpty ? .null : nil
        case UInt8(ascii: "i"): return Int64(String(decoding: rest, as: UTF8.self)).map(SQLValue.int)
        case UInt8(ascii: "d"): return Double(String(decoding: rest, as: UTF8.self)).map(SQLValue.double)
        case UInt8(ascii: "b"): return rest.count == 1 ? .bool(rest.first == UInt8(ascii: "1")) : nil
        case UInt8(ascii: "t"): return unescaped(rest).map(SQLValue.text)
        case UInt8(ascii: "x"): return bytes(rest).map(SQLValue.blob)
        default: return nil
        }
    }

    static func unescaped(_ field: ArraySlice<UInt8>) -> String? {
        guard field.contains(UInt8(ascii: "\\")) else { return String(decoding: field, as: UTF8.self) }
        var result: [UInt8] = []
        result.reserveCapacity(field.count)
        var isEscaped = false
        for byte in field {
            if isEscaped {
                switch byte {
                case UInt8(ascii: "t"): result.append(UInt8(ascii: "\t"))
                case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
                case UInt8(ascii: "\\"): result.append(byte)
                default: return nil
                }
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                result.append(byte)
            }
        }
        return isEscaped ? nil : String(decoding: result, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func bytes(_ field: ArraySlice<UInt8>) -> [UInt8]? {
        guard field.count % 2 == 0 else { return nil }
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x57
            default: nil
            }
        }
        var result: [UInt8] = []
        result.reserveCapacity(field.count / 2)
        for index in stride(from: field.startIndex, to: field.endIndex, by: 2) {
            guard let high = digit(field[index]), let low = digit(field[index + 1]) else { return nil }
            result.append(high << 4 | low)
        }
        return result
    }
}
