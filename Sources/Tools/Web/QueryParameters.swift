public import Ground

/// The names and values of an address or of a form, in their order. A name may come several times.
public struct QueryParameters: Sendable, Hashable {
    public private(set) var pairs: [Pair]

    public struct Pair: Sendable, Hashable {
        public var name: String
        public var value: String
    }

    public init(_ pairs: [(String, String)] = []) { self.pairs = pairs.map { Pair(name: $0.0, value: $0.1) } }

    /// Reads `a=1&b=%E4%B8%AD`. Bytes that are no UTF-8 become replacement characters; more than 2,000 pairs are cut.
    public init(parsing text: some StringProtocol) {
        pairs = text.split(separator: "&", maxSplits: 2_000, omittingEmptySubsequences: true).prefix(2_000).map {
            item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return Pair(name: Self.decoded(parts[0]), value: parts.count > 1 ? Self.decoded(parts[1]) : "")
        }
    }

    /// Reads what someone sent (the query of an address, or a form), and takes only text: what is no UTF-8, or holds the
    /// character U+0000, would be cut off or refused by a database far from here.
    /// - Throws: a refusal (malformed) naming the field.
    public init(readingSent bytes: some Sequence<UInt8>) throws(Refusal) {
        let sent = Array(bytes)
        for item in sent.split(separator: UInt8(ascii: "&")) {
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decodedBytes(parts[0])
            try Refusal.requireText(name, field: String(decoding: name, as: UTF8.self))
            if parts.count > 1 {
                try Refusal.requireText(Self.decodedBytes(parts[1]), field: String(decoding: name, as: UTF8.self))
            }
        }
        self.init(parsing: String(decoding: sent, as: UTF8.self))
    }

    public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// The value without spaces around it, or nil when there is none or nothing to be seen in it.
    public func filled(_ name: String) -> String? {
        guard let value = self[name], !value.isBlank else { return nil }
        return value.trimmingSpaces()
    }

    public func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
    public var isEmpty: Bool { pairs.isEmpty }

    public mutating func append(_ name: String, _ value: String) { pairs.append(Pair(name: name, value: value)) }

    /// With one value for the name; without any when it is nil.
    public func setting(_ name: String, _ value: String?) -> QueryParameters {
        var result = self
        result.pairs.removeAll { $0.name == name }
        if let value { result.append(name, value) }
        return result
    }

    /// The form in which it stands in an address, without `?`.
    public var text: String {
        pairs.map { Self.encoded($0.name) + "=" + Self.encoded($0.value) }.joined(separator: "&")
    }

    /// `path?a=1`, or the path alone.
    public func address(_ path: String) -> String { pairs.isEmpty ? path : path + "?" + text }

    public static func encoded(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
            default: result += [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    public static func decoded(_ text: some StringProtocol) -> String {
        String(decoding: decodedBytes(Array(text.utf8)[...]), as: UTF8.self)
    }

    private static func decodedBytes(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var bytes = text
        while let byte = bytes.popFirst() {
            if byte == 0x2B {
                result.append(0x20)
            } else if byte == 0x25, let high = bytes.first.flatMap(nibble),
                let low = bytes.dropFirst().first.flatMap(nibble)
            {
                result.append(high << 4 | low)
                bytes = bytes.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x57
        case 0x41...0x46: byte - 0x37
        default: nil
        }
    }
}

extension String {
    /// Without white space at both ends, the full-width space included.
    public func trimmingSpaces() -> String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
