public import Ground

/// A piece of a page. Text enters through interpolation and is escaped by its type, so a page cannot be broken by what
/// someone typed; only literals of the program and other `HTML` are taken as they are.
///
///     let row: HTML = "<tr><td>\(case.number)</td><td class=\"t\">\(case.title)</td></tr>"
public struct HTML: Sendable, ExpressibleByStringInterpolation {
    public private(set) var bytes: [UInt8]

    public init() { bytes = [] }

    public init(stringLiteral text: String) { bytes = Array(text.utf8) }

    public init(stringInterpolation: Interpolation) { bytes = stringInterpolation.bytes }

    /// Text as it is to be read.
    public init(text: String) {
        bytes = []
        Self.escape(text, into: &bytes)
    }

    /// Markup that the program itself holds (an icon file, a rendered template); never anything a person typed.
    public init(trusted markup: String) { bytes = Array(markup.utf8) }

    public struct Interpolation: StringInterpolationProtocol, Sendable {
        var bytes: [UInt8] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 24)
        }

        public mutating func appendLiteral(_ literal: String) { bytes.append(contentsOf: literal.utf8) }
        public mutating func appendInterpolation(_ text: String) { HTML.escape(text, into: &bytes) }
        public mutating func appendInterpolation(_ text: Substring) { HTML.escape(String(text), into: &bytes) }
        public mutating func appendInterpolation(_ number: some BinaryInteger) {
            bytes.append(contentsOf: String(number).utf8)
        }
        public mutating func appendInterpolation(_ number: Double) { bytes.append(contentsOf: number.description.utf8) }
        public mutating func appendInterpolation<Entity>(_ identifier: Identifier<Entity>) {
            bytes.append(contentsOf: identifier.text.utf8)
        }
        public mutating func appendInterpolation(_ piece: HTML) { bytes.append(contentsOf: piece.bytes) }
        /// There is no such overload for `String?`, on purpose: beside it, `\(hint.map { "<p>\($0)</p>" })` would be taken
        /// for text, and its markup be shown instead of meant. Text that may be missing is written `\(text ?? "")`.
        public mutating func appendInterpolation(_ piece: HTML?) {
            if let piece { bytes.append(contentsOf: piece.bytes) }
        }
        public mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { bytes.append(contentsOf: piece.bytes) }
        }
        /// The piece, when the condition holds.
        public mutating func appendInterpolation(_ piece: @autoclosure () -> HTML, if condition: Bool) {
            if condition { bytes.append(contentsOf: piece().bytes) }
        }
        /// One value inside an address: percent-encoded.
        public mutating func appendInterpolation(address text: String) {
            bytes.append(contentsOf: QueryParameters.encoded(text).utf8)
        }
        /// ` name="value"`, or nothing when there is no value.
        public mutating func appendInterpolation(attribute name: StaticString, _ value: String?) {
            guard let value else { return }
            bytes.append(contentsOf: " \(name)=\"".utf8)
            HTML.escape(value, into: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        /// ` name`, when the condition holds.
        public mutating func appendInterpolation(flag name: StaticString, _ condition: Bool) {
            if condition { bytes.append(contentsOf: " \(name)".utf8) }
        }
    }

    public var isEmpty: Bool { bytes.isEmpty }

    public static func + (left: HTML, right: HTML) -> HTML {
        var result = left
        result.bytes.append(contentsOf: right.bytes)
        return result
    }

    public static func += (left: inout HTML, right: HTML) { left.bytes.append(contentsOf: right.bytes) }

    static func escape(_ text: String, into bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { source in
            var start = 0
            for index in 0..<source.count {
                let entity: StaticString
                switch source[index] {
                case UInt8(ascii: "&"): entity = "&amp;"
                case UInt8(ascii: "<"): entity = "&lt;"
                case UInt8(ascii: ">"): entity = "&gt;"
                case UInt8(ascii: "\""): entity = "&quot;"
                case UInt8(ascii: "'"): entity = "&#39;"
                // Control characters have no place in a page; some are not even allowed as references.
                case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F: entity = "\u{FFFD}"
                default: continue
                }
                bytes.append(contentsOf: source[start..<index])
                bytes.append(contentsOf: UnsafeBufferPointer(start: entity.utf8Start, count: entity.utf8CodeUnitCount))
                start = index + 1
            }
            bytes.append(contentsOf: source[start...])
        }
    }
}

extension Sequence<HTML> {
    public func joined(separator: HTML = HTML()) -> HTML {
        var result = HTML()
        for (position, piece) in enumerated() {
            if position > 0 { result += separator }
            result += piece
        }
        return result
    }
}

extension Sequence {
    /// One piece for each element, one after the other.
    public func html(_ piece: (Element) throws -> HTML) rethrows -> HTML {
        var result = HTML()
        for element in self { result += try piece(element) }
        return result
    }
}
