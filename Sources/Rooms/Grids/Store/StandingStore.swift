import Desk
import Ground
import Storage

/// What the community office states of itself, for the verdict.
struct CommunityStanding: Sendable, Hashable {
    var community: String
    /// A key of `Rules/grid-norms.yaml`; nil for the usual one.
    var type: String?
    var selfGovernance: Int?
    var oneOwnerShare: Double
    var version: Int64

    static func find(_ community: String, in transaction: any Transaction) throws -> CommunityStanding {
        try transaction.first(
            """
            SELECT community, type, self_governance, one_owner_share, version FROM community_standings
            WHERE community = \(community)
            """
        ).map(standing) ?? CommunityStanding(community: community, oneOwnerShare: 0, version: 0)
    }

    static func all(in area: AreaPrefix, _ transaction: any Transaction) throws -> [String: CommunityStanding] {
        try transaction.query(
            """
            SELECT community, type, self_governance, one_owner_share, version FROM community_standings
            WHERE \(area.condition(on: "community")) ORDER BY community LIMIT 20000
            """
        ).map(standing).reduce(into: [:]) { $0[$1.community] = $1 }
    }

    func store(in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO community_standings (community, type, self_governance, one_owner_share, version)
            VALUES (\(community), \(type), \(selfGovernance), \(oneOwnerShare), \(version))
            ON CONFLICT (community) DO UPDATE SET type = excluded.type, self_governance = excluded.self_governance,
                one_owner_share = excluded.one_owner_share, version = excluded.version
            """)
    }

    private static func standing(_ row: Row) throws -> CommunityStanding {
        CommunityStanding(
            community: try row.text(0), type: try row.textIfAny(1), selfGovernance: try row.intIfAny(2).map(Int.init),
            oneOwnerShare: try row.double(3), version: try row.int(4))
    }
}
