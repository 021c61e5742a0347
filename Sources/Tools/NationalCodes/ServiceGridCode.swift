/// A community service grid's code of 20 digits (CJ/T 349-2010): 6 of object, 6 of division, 3 of street, 3 of
/// community, 2 of sequence. Sequence 00 is a community that is not divided; communities merged for service count from
/// 601.
public struct ServiceGridCode: Sendable, Hashable, CustomStringConvertible {
    /// What kind of object is coded, 6 digits; set by the city.
    public let objectCode: String
    public let community: DivisionCode
    /// 0 to 99; 0 when the community is one grid.
    public let sequence: Int

    public init(objectCode: String, community: DivisionCode, sequence: Int) throws(GridCodeFault) {
        guard objectCode.utf8.count == 6, CodeText.isDigits(objectCode.utf8) else { throw .objectCode }
        guard community.level == .community else { throw .community }
        guard (0...99).contains(sequence) else { throw .sequence }
        self.objectCode = objectCode
        self.community = community
        self.sequence = sequence
    }

    public init(_ input: some StringProtocol) throws(GridCodeFault) {
        let text = CodeText.normalised(input)
        guard CodeText.isDigits(text.utf8) else { throw .characters }
        guard text.utf8.count == 20 else { throw .length }
        guard let community = try? DivisionCode(text.dropFirst(6).prefix(12)) else { throw .community }
        try self.init(
            objectCode: String(text.prefix(6)), community: community, sequence: CodeText.number(text.utf8.suffix(2)))
    }

    /// The community is one grid.
    public var isWholeCommunity: Bool { sequence == 0 }

    /// Several communities were merged for service, so the division list does not know this one.
    public var isMergedCommunity: Bool { CodeText.number(community.text.utf8.suffix(3)) >= 601 }

    public var text: String { objectCode + community.text + CodeText.padded(sequence, 2) }
    public var description: String { text }
}
