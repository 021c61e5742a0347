/// JSON itself: values, strings and numbers, as strictly as RFC 8259 asks.
extension GeoJSONParser {
    mutating func skipBlanks() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    /// The next byte that is no blank; 0 at the end.
    mutating func peek() -> UInt8 {
        skipBlanks()
        return index < bytes.count ? bytes[index] : 0
    }

    mutating func expect(_ byte: UInt8) throws(FeatureProblem) {
        if peek() != byte { throw problem(.notJSON) }
        index += 1
    }

    /// Steps over a comma, or over `end`: whether there is more.
    mutating func more(_ end: UInt8) throws(FeatureProblem) -> Bool {
        let byte = peek()
        if byte == UInt8(ascii: ",") {
            index += 1
            return true
        }
        try expect(end)
        return false
    }

    mutating func members(
        _ body: (inout GeoJSONParser, String) throws(FeatureProblem) -> Void
    ) throws(FeatureProblem) {
        try expect(UInt8(ascii: "{"))
        if peek() == UInt8(ascii: "}") {
            index += 1
            return
        }
        repeat {
            if peek() != UInt8(ascii: "\"") { throw problem(.notJSON) }
            let key = try string()
            try expect(UInt8(ascii: ":"))
            try body(&self, key)
        } while try more(UInt8(ascii: "}"))
    }

    mutating func elements(
        _ body: (inout GeoJSONParser) throws(FeatureProblem) -> Void
    ) throws(FeatureProblem) {
        try expect(UInt8(ascii: "["))
        if peek() == UInt8(ascii: "]") {
            index += 1
            return
        }
        repeat { try body(&self) } while try more(UInt8(ascii: "]"))
    }

    mutating func value(_ depth: Int) throws(FeatureProblem) -> FeatureValue {
        switch peek() {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let start = index
            try skipValue(depth)
            guard let text = String(validating: bytes[start..<index], as: UTF8.self) else {
                throw problem(.notUTF8)
            }
            return .json(text)
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            for (word, value) in [("true", FeatureValue.flag(true)), ("false", .flag(false)), ("null", .nothing)]
            where bytes[index...].starts(with: word.utf8) {
                index += word.utf8.count
                return value
            }
            throw problem(.notJSON)
        default:
            guard let value = number() else { throw problem(.notJSON) }
            return .number(value)
        }
    }

    mutating func skipValue(_ depth: Int) throws(FeatureProblem) {
        if depth > Self.deepest { throw problem(.notJSON) }
        switch peek() {
        case UInt8(ascii: "{"):
            try members { parser, _ throws(FeatureProblem) in try parser.skipValue(depth + 1) }
        case UInt8(ascii: "["):
            try elements { parser throws(FeatureProblem) in try parser.skipValue(depth + 1) }
        default: _ = try value(depth)
        }
    }

    mutating func number() -> Double? {
        let start = index
        var digits: UInt64 = 0
        var count = 0
        var places = 0
        var isPlain = true
        let negative = index < bytes.count && bytes[index] == UInt8(ascii: "-")
        if negative { index += 1 }
        var afterPoint = false
        scan: while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 48...57:
                if count < 19 {
                    digits = digits &* 10 &+ UInt64(byte - 48)
                    if count > 0 || byte != 48 { count += 1 }
                    if afterPoint { places += 1 }
                } else {
                    isPlain = false
                }
            case UInt8(ascii: "."):
                if afterPoint { isPlain = false }
                afterPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"): isPlain = false
            default: break scan
            }
            index += 1
        }
        // Exact: both numbers are, and one division rounds once (Clinger 1990).
        if isPlain, index > start + (negative ? 1 : 0), digits < 1 << 53, places <= 22 {
            let value = Double(digits) / Self.powers[places]
            return negative ? -value : value
        }
        return Double(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The string that begins here.
    mutating func string() throws(FeatureProblem) -> String {
        index += 1
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") { index += 1 }
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
            guard let text = String(validating: bytes[start..<index], as: UTF8.self) else { throw problem(.notUTF8) }
            index += 1
            return text
        }
        var text = Array(bytes[start..<index])
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            if bytes[index] == UInt8(ascii: "\\") {
                try escape(into: &text)
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        if index >= bytes.count { throw problem(.notJSON) }
        index += 1
        guard let text = String(validating: text, as: UTF8.self) else { throw problem(.notUTF8) }
        return text
    }

    mutating func escape(into text: inout [UInt8]) throws(FeatureProblem) {
        guard index + 1 < bytes.count else { throw problem(.notJSON) }
        let sign = bytes[index + 1]
        index += 2
        switch sign {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(sign)
        case UInt8(ascii: "u"):
            var code = try hex()
            if (0xD800..<0xDC00).contains(code) {
                guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
                else { throw problem(.notJSON) }
                index += 2
                let low = try hex()
                guard (0xDC00..<0xE000).contains(low) else { throw problem(.notJSON) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw problem(.notJSON) }
            text.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: throw problem(.notJSON)
        }
    }

    mutating func hex() throws(FeatureProblem) -> UInt32 {
        guard index + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
        else { throw problem(.notJSON) }
        index += 4
        return code
    }
}
