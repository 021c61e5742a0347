public import Desk
import Ground
public import Storage

extension Directory {
    /// The areas below one in which somebody holds a post with a right now, at most 5,000. Who stands at the top itself
    /// may do it everywhere and is not counted.
    public func staffedAreas(
        below top: AreaPrefix, right: Right, in transaction: any Transaction
    ) throws -> Set<AreaPrefix> {
        let keys = roles.all.filter { $0.rights.contains(right) }.map(\.key).sorted()
        guard !keys.isEmpty else { return [] }
        let now = clock.now()
        let rows = try transaction.query(
            """
            SELECT DISTINCT p.area FROM posts p JOIN staff s ON s.id = p.staff
            WHERE \(top.condition(on: "p.area")) AND p.area <> \(top.code) AND p.role IN (\(list: keys))
                AND p.from_at <= \(now) AND (p.until_at IS NULL OR p.until_at > \(now)) AND s.state = 'active'
            ORDER BY p.area LIMIT 5000
            """)
        return Set(try rows.compactMap { AreaPrefix(try $0.text(0)) })
    }
}
