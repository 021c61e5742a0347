/// A code of an administrative division 行政区划代码 (GB/T 2260, GB/T 10114, 统计用区划代码): 2 digits of province, then
/// 2 of prefecture, 2 of county, 3 of township and 3 of community.
///
/// `text` has no trailing zero groups, so a division's code is a prefix of those within it. A few prefectures have no
/// counties (Dongguan 4419, Zhongshan 4420, Danzhou 4604): their townships have `00` there, and the prefecture is their
/// parent.
public struct DivisionCode: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// 2, 4, 6, 9 or 12 digits.
    public let text: String

    /// How deep a division lies.
    public enum Level: Int, Sendable, Hashable, Comparable, CaseIterable, Codable {
        case province = 2
        case prefecture = 4
        case county = 6
        /// Town, township or street.
        case township = 9
        /// Village or residents' community.
        case community = 12

        /// The number of digits of its codes.
        public var digits: Int { rawValue }

        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// What the last three digits say of a community.
    public enum CommunityKind: String, Sendable, Hashable, CaseIterable, Codable {
        /// 001 to 199: under a residents' committee 居委会.
        case residentsCommittee
        /// 200 to 399: under a villagers' committee 村委会.
        case villageCommittee
        /// Others 类似居(村)委会, such as development zones and farms.
        case similar
    }

    /// Takes 2, 4, 6, 9 or 12 digits, shorter codes also filled up with zeros: `110000` is Beijing.
    public init(_ input: some StringProtocol) throws(DivisionCodeFault) {
        let text = CodeText.normalised(input)
        var digits = Array(text.utf8)[...]
        guard CodeText.isDigits(digits) else { throw .characters }
        guard var level = Level(rawValue: digits.count) else { throw .length }
        while let above = level.above, digits[above.digits...].allSatisfy({ $0 == 0x30 }) {
            digits = digits[..<above.digits]
            level = above
        }
        // Only the county may be missing in between.
        let isGiven = { (range: Range<Int>) in digits.count < range.upperBound || digits[range] != "00".utf8Bytes }
        guard isGiven(0..<2), isGiven(2..<4) else { throw .emptyLevel }
        if digits.count == 12, digits[6..<9].allSatisfy({ $0 == 0x30 }) { throw .emptyLevel }
        self.text = String(decoding: digits, as: UTF8.self)
    }

    private init(known text: Substring) { self.text = String(text) }

    public init(from decoder: any Decoder) throws {
        self = try DivisionCode(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    public var level: Level { Level(rawValue: text.utf8.count) ?? .community }

    /// The division around this one; nil for a province.
    public var parent: DivisionCode? {
        guard let above = level.above else { return nil }
        // A township straight under its prefecture has an empty county.
        if above == .county, skipsCounty { return DivisionCode(known: text.prefix(Level.prefecture.digits)) }
        return DivisionCode(known: text.prefix(above.digits))
    }

    /// This division and those around it, the province last.
    public var lineage: [DivisionCode] { Array(sequence(first: self) { $0.parent }) }

    /// The division of that level around this one, or itself; nil when it lies above, or has no county.
    public func ancestor(at level: Level) -> DivisionCode? { lineage.first { $0.level == level } }

    /// Whether it lies below a prefecture without counties.
    public var skipsCounty: Bool {
        level > .county && Array(text.utf8)[4..<6] == "00".utf8Bytes
    }

    /// The 12-digit form, filled up with zeros.
    public var padded: String { text + String(repeating: "0", count: 12 - text.utf8.count) }

    /// Bounds for a query: a stored code, filled up or not, lies within this division exactly when
    /// `low <= code AND code < high`, compared byte by byte.
    public var queryRange: (low: String, high: String) {
        // The least text after all that begin so: nines go, or the bound would let in the division they carry into.
        var bytes = Array(text.utf8)
        while bytes.count > 1, bytes.last == 0x39 { bytes.removeLast() }
        // After 9 comes a colon, which no code has; so even province 99 has a bound.
        bytes[bytes.count - 1] += 1
        return (text, String(decoding: bytes, as: UTF8.self))
    }

    /// Whether `other` is this division or lies within it.
    public func contains(_ other: DivisionCode) -> Bool { other.text.hasPrefix(text) }

    /// nil above the community.
    public var communityKind: CommunityKind? {
        guard level == .community else { return nil }
        return switch CodeText.number(text.utf8.suffix(3)) {
        case 1...199: .residentsCommittee
        case 200...399: .villageCommittee
        default: .similar
        }
    }

    public var description: String { text }
    public static func < (left: DivisionCode, right: DivisionCode) -> Bool { left.text < right.text }
}

extension DivisionCode.Level {
    /// The next level up; nil for the province.
    public var above: DivisionCode.Level? {
        switch self {
        case .province: nil
        case .prefecture: .province
        case .county: .prefecture
        case .township: .county
        case .community: .township
        }
    }
}

extension String {
    fileprivate var utf8Bytes: ArraySlice<UInt8> { Array(utf8)[...] }
}
