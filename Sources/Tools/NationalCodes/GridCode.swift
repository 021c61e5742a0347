/// A grid's code of 15 digits: the 12 of its community, then a sequence from 001, counted inside the community from west
/// to east and from north to south.
///
/// The form of unit grids 单元网格 in Beijing (DB11, as GB/T 30428.1). Gewu numbers its own grids the same way, with
/// segments of the sequence for the kinds of grid (`GridNumbering`) [M].
public struct GridCode: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    public let community: DivisionCode
    /// 1 to 999.
    public let sequence: Int

    public init(community: DivisionCode, sequence: Int) throws(GridCodeFault) {
        guard community.level == .community else { throw .community }
        guard (1...999).contains(sequence) else { throw .sequence }
        self.community = community
        self.sequence = sequence
    }

    public init(_ input: some StringProtocol) throws(GridCodeFault) {
        let text = CodeText.normalised(input)
        guard CodeText.isDigits(text.utf8) else { throw .characters }
        guard text.utf8.count == 15 else { throw .length }
        guard let community = try? DivisionCode(text.prefix(12)) else { throw .community }
        try self.init(community: community, sequence: CodeText.number(text.utf8.suffix(3)))
    }

    public init(from decoder: any Decoder) throws {
        self = try GridCode(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    public var text: String { community.text + CodeText.padded(sequence, 3) }
    public var description: String { text }
    public static func < (left: GridCode, right: GridCode) -> Bool { left.text < right.text }
}
