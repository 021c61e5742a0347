public import Ground

/// A grid 网格: the smallest area, within one community.
public struct Grid: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Covers households 基础网格.
        case base
        /// For a school, a park, a market, a firm 专属网格.
        case exclusive
        /// Laid over others for a task 功能性网格.
        case functional

        public var text: LocalizedText {
            switch self {
            case .base: LocalizedText("基础网格", "base grid")
            case .exclusive: LocalizedText("专属网格", "exclusive grid")
            case .functional: LocalizedText("功能性网格", "functional grid")
            }
        }
    }

    /// A point in degrees of WGS 84.
    public struct Centre: Sendable, Hashable {
        public var longitude: Double
        public var latitude: Double

        public init(longitude: Double, latitude: Double) {
            self.longitude = longitude
            self.latitude = latitude
        }
    }

    /// 15 digits: the community's 12 and a number within it.
    public var code: String
    public var community: String
    public var name: String
    public var kind: Kind
    public var households: Int64
    public var centre: Centre?
    public var validFrom: Day
    public var validTo: Day?

    public init(
        code: String, community: String, name: String, kind: Kind, households: Int64 = 0, centre: Centre? = nil,
        validFrom: Day, validTo: Day? = nil
    ) {
        self.code = code
        self.community = community
        self.name = name
        self.kind = kind
        self.households = households
        self.centre = centre
        self.validFrom = validFrom
        self.validTo = validTo
    }
}
