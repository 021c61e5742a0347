/// Walks over the tags of an XML document that was read as well-formed before, without a copy of it, so that what is not
/// changed stays as it is to the byte.
struct TagScanner {
    struct Tag {
        enum Kind { case start, end, empty }

        var kind: Kind
        /// The whole tag with its brackets.
        var range: Range<Int>
        /// The name without its prefix.
        var name: Range<Int>
        /// With its prefix.
        var fullName: Range<Int>
    }

    let bytes: [UInt8]
    private var position: Int

    init(_ bytes: [UInt8], from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// The next tag; comments, instructions and character data are passed over.
    mutating func next() -> Tag? {
        while let open = find(0x3C, from: position) {
            if starts("<!--", at: open) {
                position = (end(of: "-->", from: open + 4) ?? bytes.count)
            } else if starts("<![CDATA[", at: open) {
                position = (end(of: "]]>", from: open + 9) ?? bytes.count)
            } else if starts("<?", at: open) {
                position = (end(of: "?>", from: open + 2) ?? bytes.count)
            } else {
                return tag(at: open)
            }
        }
        return nil
    }

    private mutating func tag(at open: Int) -> Tag? {
        let isEnd = open + 1 < bytes.count && bytes[open + 1] == 0x2F
        let start = open + (isEnd ? 2 : 1)
        var index = start
        var quote: UInt8?
        var nameEnd: Int?
        while index < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else {
                if nameEnd == nil, byte <= 0x20 || byte == 0x2F || byte == 0x3E { nameEnd = index }
                if byte == 0x22 || byte == 0x27 { quote = byte }
                if byte == 0x3E { break }
            }
            index += 1
        }
        guard index < bytes.count, let nameEnd else {
            position = bytes.count
            return nil
        }
        position = index + 1
        let colon = bytes[start..<nameEnd].lastIndex(of: 0x3A).map { $0 + 1 } ?? start
        let kind: Tag.Kind = isEnd ? .end : bytes[index - 1] == 0x2F ? .empty : .start
        return Tag(kind: kind, range: open..<index + 1, name: colon..<nameEnd, fullName: start..<nameEnd)
    }

    func `is`(_ tag: Tag, _ name: StaticString) -> Bool {
        guard tag.name.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { text in zip(tag.name, text).allSatisfy { bytes[$0] == $1 } }
    }

    /// The values of the attributes of a tag, and where they stand.
    func attributes(_ tag: Tag) -> [(name: String, value: Range<Int>)] {
        var found: [(String, Range<Int>)] = []
        var index = tag.fullName.upperBound
        while index < tag.range.upperBound {
            guard let equals = bytes[index..<tag.range.upperBound].firstIndex(of: 0x3D) else { break }
            let name = bytes[index..<equals].filter { $0 > 0x20 }
            var open = equals + 1
            while open < tag.range.upperBound, bytes[open] != 0x22, bytes[open] != 0x27 { open += 1 }
            guard open < tag.range.upperBound,
                let close = bytes[(open + 1)..<tag.range.upperBound].firstIndex(of: bytes[open])
            else { break }
            found.append((String(decoding: name, as: UTF8.self), open + 1..<close))
            index = close + 1
        }
        return found
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func find(_ byte: UInt8, from start: Int) -> Int? {
        start < bytes.count ? bytes[start...].firstIndex(of: byte) : nil
    }

    private func starts(_ text: StaticString, at index: Int) -> Bool {
        guard index + text.utf8CodeUnitCount <= bytes.count else { return false }
        return text.withUTF8Buffer { text in text.indices.allSatisfy { bytes[index + $0] == text[$0] } }
    }

    private func end(of text: StaticString, from start: Int) -> Int? {
        var index = start
        while index + text.utf8CodeUnitCount <= bytes.count {
            if starts(text, at: index) { return index + text.utf8CodeUnitCount }
            index += 1
        }
        return nil
    }
}

/// Text as XML writes it, and back.
enum XMLText {
    static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("&") else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            guard let end = rest.firstIndex(of: ";") else { break }
            let name = rest[rest.index(after: rest.startIndex)..<end]
            switch name {
            case "amp": result += "&"
            case "lt": result += "<"
            case "gt": result += ">"
            case "quot": result += "\""
            case "apos": result += "'"
            default:
                let number =
                    name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
                if let scalar = number.flatMap(Unicode.Scalar.init) { result.unicodeScalars.append(scalar) }
            }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    static func encode(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x26: bytes += "&amp;".utf8
            case 0x3C: bytes += "&lt;".utf8
            case 0x3E: bytes += "&gt;".utf8
            case 0x22: bytes += "&quot;".utf8
            default: bytes.append(byte)
            }
        }
        return bytes
    }
}
