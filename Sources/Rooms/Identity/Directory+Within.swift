public import Desk
import Ground
public import Storage

extension Directory {
    /// Who holds a post of one of these roles now inside an area, at most 5,000: for calling everybody below.
    public func postHolders(within area: AreaPrefix, roles: [String], in transaction: any Transaction) throws
        -> [PostHolder]
    {
        try PostStore.holders(within: area, roles: roles, at: clock.now(), limit: 5_000, in: transaction)
    }
}

extension PostStore {
    static func holders(
        within area: AreaPrefix, roles: [String], at now: Instant, limit: Int, in transaction: any Transaction
    ) throws -> [PostHolder] {
        try transaction.query(
            """
            SELECT p.id, p.staff, p.body, p.role, p.area, p.title_zh, p.title_en, p.from_at, p.until_at, s.name
            FROM posts p JOIN staff s ON s.id = p.staff
            WHERE \(area.condition(on: "p.area")) AND p.role IN (\(list: roles)) AND p.from_at <= \(now)
                AND (p.until_at IS NULL OR p.until_at > \(now)) AND s.state = 'active'
            ORDER BY p.area, p.id LIMIT \(limit)
            """
        ).map { PostHolder(post: try record($0), staffName: try $0.text(9)) }
    }
}
