public import Storage

/// An area and everything below it, by the beginning of its code: 2 digits a province, 4 a prefecture, 6 a county,
/// 9 a street or town, 12 a community or village, 15 a grid. All levels have whole lengths, so a sibling whose code
/// begins alike is never inside.
public struct AreaPrefix: Sendable, Hashable, Codable, CustomStringConvertible {
    public let code: String

    /// - Returns: nil when the text is not 0, 2, 4, 6, 9, 12 or 15 digits. The empty prefix is the whole country.
    public init?(_ code: some StringProtocol) {
        guard [0, 2, 4, 6, 9, 12, 15].contains(code.utf8.count), code.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        self.code = String(code)
    }

    private init(whole: Void) { code = "" }

    public static let everywhere = AreaPrefix(whole: ())

    public func contains(_ other: AreaPrefix) -> Bool { other.code.hasPrefix(code) }
    public func contains(code other: String) -> Bool { other.hasPrefix(code) }

    public var level: AreaLevel {
        switch code.utf8.count {
        case 0: .country
        case 2: .province
        case 4: .prefecture
        case 6: .county
        case 9: .street
        case 12: .community
        default: .grid
        }
    }

    /// `column >= low AND column < high`: a range of the index, for any level.
    public func condition(on column: StaticString) -> SQL {
        code.isEmpty ? "TRUE" : "\(trusted: column) >= \(code) AND \(trusted: column) < \(upperBound)"
    }

    /// The first text after all codes that begin with this one: trailing nines go, the digit before them rises. (With the
    /// nines carried to zeros instead, `110199` would let in its own prefecture's neighbour `1102`.)
    public var upperBound: String {
        var digits = Array(code.utf8)
        while digits.last == UInt8(ascii: "9") { digits.removeLast() }
        // All nines: no division has such a code, and a colon sorts after every digit.
        guard let last = digits.popLast() else { return ":" }
        return String(decoding: digits + [last + 1], as: UTF8.self)
    }

    public var description: String { code }
}

/// The levels of places, from the country down.
public enum AreaLevel: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case country, province, prefecture, county, street, community, grid

    private var depth: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    public static func < (left: AreaLevel, right: AreaLevel) -> Bool { left.depth < right.depth }
}
