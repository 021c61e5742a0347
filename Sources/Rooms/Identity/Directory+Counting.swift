public import Desk
import Ground
public import Storage

extension Directory {
    /// How many posts of these roles are held now in an area.
    public func postCount(
        within area: AreaPrefix, roles: [String], in transaction: any Transaction
    ) throws -> Int64 {
        let now = clock.now()
        return try transaction.first(
            """
            SELECT COUNT(*) FROM posts p JOIN staff s ON s.id = p.staff
            WHERE \(area.condition(on: "p.area")) AND p.role IN (\(list: roles)) AND p.from_at <= \(now)
                AND (p.until_at IS NULL OR p.until_at > \(now)) AND s.state = 'active'
            """)?.int(0) ?? 0
    }
}
