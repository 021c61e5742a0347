public import Geo
public import Ground

/// A building 楼栋 as grids and the map need it: where it stands, who lives there as a number, which grid it is in.
public struct Building: Sendable, Hashable {
    public var id: String
    /// 12 digits.
    public var community: String
    /// 15 digits; nil before the community has grids.
    public var grid: String?
    public var name: String
    /// The compound 小区 it belongs to; nil for none.
    public var compound: String?
    public var households: Int
    /// Workload where it differs from the households; nil where they are the same.
    public var workload: Double?
    /// CGCS2000.
    public var place: Position
    /// In CGCS2000 degrees; nil when only the place is known.
    public var outline: Geometry?
    /// Since when files of its community leave it out; nil while they have it.
    public var missingSince: Instant?

    public init(
        id: String, community: String, grid: String? = nil, name: String, compound: String? = nil, households: Int,
        workload: Double? = nil, place: Position, outline: Geometry? = nil, missingSince: Instant? = nil
    ) {
        self.id = id
        self.community = community
        self.grid = grid
        self.name = name
        self.compound = compound
        self.households = households
        self.workload = workload
        self.place = place
        self.outline = outline
        self.missingSince = missingSince
    }
}

/// The ground of one grid as it is today.
public struct GridOutline: Sendable, Hashable {
    public var grid: String
    public var shape: Geometry
    public var squareMetres: Double
    public var households: Int
    public var buildings: Int
}
