public import Desk
import Ground
public import Storage

extension Directory {
    /// Who holds a post of one of these roles now inside an area, at most 5,000: for calling everybody below.
    public func postHolders(within area: AreaPrefix, roles: [String], in transaction: any Transaction) throws
        -> [PostHolder]
    {
        try PostStore.holders(
            within: area, roles: roles, after: nil, at: clock.now(), limit: Self.mostAtOnce, in: transaction)
    }

    /// All of them, however many; so many in one query.
    public func allPostHolders(
        within area: AreaPrefix, roles: [String], atOnce limit: Int = mostAtOnce, in transaction: any Transaction
    ) throws -> [PostHolder] {
        let now = clock.now()
        var all: [PostHolder] = []
        while true {
            let some = try PostStore.holders(
                within: area, roles: roles, after: all.last?.post, at: now, limit: limit, in: transaction)
            all += some
            guard some.count == limit else { return all }
        }
    }

    public static let mostAtOnce = 5_000
}

extension PostStore {
    static func holders(
        within area: AreaPrefix, roles: [String], after last: PostRecord?, at now: Instant, limit: Int,
        in transaction: any Transaction
    ) throws -> [PostHolder] {
        let rest: SQL = last.map { "(p.area, p.id) > (\($0.area.code), \($0.id))" } ?? "TRUE"
        return try transaction.query(
            """
            SELECT p.id, p.staff, p.body, p.role, p.area, p.title_zh, p.title_en, p.from_at, p.until_at, s.name
            FROM posts p JOIN staff s ON s.id = p.staff
            WHERE \(area.condition(on: "p.area")) AND p.role IN (\(list: roles)) AND p.from_at <= \(now)
                AND (p.until_at IS NULL OR p.until_at > \(now)) AND s.state = 'active' AND \(rest)
            ORDER BY p.area, p.id LIMIT \(limit)
            """
        ).map { PostHolder(post: try record($0), staffName: try $0.text(9)) }
    }
}
