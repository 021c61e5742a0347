public import Desk
public import Ground

/// An organisation that acts in an area. An area is not an organisation: many bodies act in one area, whichever level they
/// belong to (空间的基层与组织的基层).
public struct BodyRecord: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
        case government
        case department
        /// Coordinates between lines and areas at the county 综合协调机构.
        case coordination
        case communityCommittee = "community_committee"
        case partyBranch = "party_branch"
        case propertyFirm = "property_firm"
        case ownersCommittee = "owners_committee"
        case volunteers
        case police
        case school
        case health
        case enterprise
        case other
    }

    public var id: BodyID
    public var name: String
    /// nil where nobody translated it.
    public var englishName: String?
    public var kind: Kind
    /// Of the level to which it belongs, which may be above the area in which it acts.
    public var level: AreaLevel
    /// Where it acts: this area and all below.
    public var area: AreaPrefix
    /// The department's line (条); nil for bodies of an area (块).
    public var line: String?
    /// The body above it in the area's order (块).
    public var parent: BodyID?
    /// The body above it in its line (条).
    public var functionalParent: BodyID?
    /// A number that is public, such as a duty desk; never a person's own.
    public var phone: String?
    public var validFrom: Day
    public var validTo: Day?
    /// Rises with each change; whoever changes it says which one was seen.
    public var version: Int64

    public init(
        id: BodyID, name: String, englishName: String? = nil, kind: Kind, level: AreaLevel, area: AreaPrefix,
        line: String? = nil, parent: BodyID? = nil, functionalParent: BodyID? = nil, phone: String? = nil,
        validFrom: Day, validTo: Day? = nil, version: Int64 = 1
    ) {
        self.id = id
        self.name = name
        self.englishName = englishName
        self.kind = kind
        self.level = level
        self.area = area
        self.line = line
        self.parent = parent
        self.functionalParent = functionalParent
        self.phone = phone
        self.validFrom = validFrom
        self.validTo = validTo
        self.version = version
    }

    public func name(_ language: Language) -> String { language == .english ? englishName ?? name : name }
}

/// The two orders in which a body has others above it.
public enum BodyChain: String, Sendable, Hashable, CaseIterable {
    /// By area (块): building group, grid branch, community, street.
    case area
    /// By line (条): the community's police post, the station, the bureau.
    case line
}
