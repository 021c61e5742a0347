public import Desk
import Ground
public import Storage

extension Directory {
    /// Posts of these roles that are held now within an area, in the order of area and id, for summing them up. Whose they
    /// are is there only to see that one person's time is not counted twice.
    /// - Parameter after: the last post of the page before.
    public func heldPosts(
        within area: AreaPrefix, roles: [String], after: PostRecord? = nil, limit: Int, in transaction: any Transaction
    ) throws -> [PostRecord] {
        let now = clock.now()
        let (last, lastID) = (after?.area.code ?? "", after?.id.text ?? "")
        return try transaction.query(
            """
            SELECT p.id, p.staff, p.body, p.role, p.area, p.title_zh, p.title_en, p.from_at, p.until_at
            FROM posts p JOIN staff s ON s.id = p.staff
            WHERE \(area.condition(on: "p.area")) AND p.area >= \(last) AND (p.area > \(last) OR p.id > \(lastID))
                AND p.role IN (\(list: roles)) AND p.from_at <= \(now)
                AND (p.until_at IS NULL OR p.until_at > \(now)) AND s.state = 'active'
            ORDER BY p.area, p.id LIMIT \(limit)
            """
        ).map { try PostStore.record($0) }
    }
}
