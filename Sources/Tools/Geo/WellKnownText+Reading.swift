extension Geometry {
    /// Reads OGC well-known text in two dimensions; further coordinates of a position (heights) are left out.
    /// - Returns: nil where it is none, or nested otherwise than its kind says.
    public init?(wellKnownText text: String) {
        var reader = WellKnownTextReader(text)
        guard let geometry = reader.geometry(depth: 0), reader.isAtEnd else { return nil }
        self = geometry
    }
}

private struct WellKnownTextReader {
    private let bytes: [UInt8]
    private var at = 0
    private static let deepest = 8

    init(_ text: String) {
        bytes = Array(text.utf8)
        skipSpaces()
        // PostGIS writes the system in front: `SRID=4490;POINT (…)`.
        if bytes[at...].starts(with: Array("SRID=".utf8)), let end = bytes[at...].firstIndex(of: UInt8(ascii: ";")) {
            at = end + 1
        }
    }

    var isAtEnd: Bool { bytes[at...].allSatisfy(Self.isSpace) }

    mutating func geometry(depth: Int) -> Geometry? {
        guard depth < Self.deepest else { return nil }
        let kind = word()
        switch kind {
        case "POINT": return isEmpty() ? .points([]) : list({ $0.position() })?.first.map { .point($0) }
        case "LINESTRING": return isEmpty() ? .line([]) : positions().map { .line($0) }
        case "POLYGON": return isEmpty() ? .polygons([]) : polygon().map { .polygon($0) }
        case "MULTIPOINT":
            return isEmpty()
                ? .points([]) : list { $0.isNext("(") ? $0.positions()?.first : $0.position() }.map { .points($0) }
        case "MULTILINESTRING": return isEmpty() ? .lines([]) : list { $0.positions() }.map { .lines($0) }
        case "MULTIPOLYGON": return isEmpty() ? .polygons([]) : list { $0.polygon() }.map { .polygons($0) }
        case "GEOMETRYCOLLECTION":
            return isEmpty() ? .collection([]) : list { $0.geometry(depth: depth + 1) }.map { .collection($0) }
        default: return nil
        }
    }

    private mutating func polygon() -> Polygon? {
        guard let rings = list({ $0.positions() }), let outer = rings.first else { return nil }
        return Polygon(outer: Ring(outer), holes: rings.dropFirst().map { Ring($0) })
    }

    private mutating func positions() -> [Position]? { list { $0.position() } }

    private mutating func list<Element>(_ element: (inout Self) -> Element?) -> [Element]? {
        guard take("(") else { return nil }
        var all: [Element] = []
        repeat {
            guard let one = element(&self) else { return nil }
            all.append(one)
        } while take(",")
        return take(")") ? all : nil
    }

    private mutating func position() -> Position? {
        var numbers: [Double] = []
        while let number = number() { numbers.append(number) }
        return (2...4).contains(numbers.count) ? Position(x: numbers[0], y: numbers[1]) : nil
    }

    private mutating func number() -> Double? {
        skipSpaces()
        let begin = at
        while at < bytes.count, Self.numeric.contains(bytes[at]) { at += 1 }
        guard at > begin, let number = Double(String(decoding: bytes[begin..<at], as: UTF8.self)), number.isFinite
        else { return nil }
        return number
    }

    /// A word in capitals, without what says how many dimensions there are.
    private mutating func word() -> String {
        skipSpaces()
        let begin = at
        while at < bytes.count, Self.isLetter(bytes[at]) { at += 1 }
        let found = String(decoding: bytes[begin..<at], as: UTF8.self).uppercased()
        let after = at
        if Self.dimensions.contains(peekWord()) { return found }
        at = after
        // Also written as one: `POINTZ`. No kind ends so by itself.
        return Self.dimensions.first(where: found.hasSuffix).map { String(found.dropLast($0.count)) } ?? found
    }

    private mutating func peekWord() -> String {
        skipSpaces()
        let begin = at
        while at < bytes.count, Self.isLetter(bytes[at]) { at += 1 }
        return String(decoding: bytes[begin..<at], as: UTF8.self).uppercased()
    }

    private mutating func isEmpty() -> Bool {
        let before = at
        if peekWord() == "EMPTY" { return true }
        at = before
        return false
    }

    private mutating func isNext(_ sign: Unicode.Scalar) -> Bool {
        skipSpaces()
        return at < bytes.count && bytes[at] == UInt8(ascii: sign)
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard isNext(sign) else { return false }
        at += 1
        return true
    }

    private mutating func skipSpaces() { while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 } }

    private static let dimensions = ["ZM", "Z", "M"]
    private static let numeric = Set("0123456789+-.eE".utf8)
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
}
