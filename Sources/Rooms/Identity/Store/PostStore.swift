import Desk
import Ground
import Storage

/// The posts of staff.
enum PostStore {
    static let columns: StaticString =
        "p.id, p.staff, p.body, p.role, p.area, p.title_zh, p.title_en, p.from_at, p.until_at"

    static func insertion(_ post: PostRecord) -> SQL {
        """
        INSERT INTO posts (id, staff, body, role, area, title_zh, title_en, from_at, until_at)
        VALUES (\(post.id), \(post.staff), \(post.body), \(post.role), \(post.area.code), \(post.title.chinese),
                \(post.title.english), \(post.from), \(post.until))
        """
    }

    static func post(_ id: PostID, in transaction: any Transaction) throws -> PostRecord? {
        try transaction.first("SELECT \(trusted: columns) FROM posts p WHERE p.id = \(id)").map(record)
    }

    /// All, ended ones too, oldest first.
    static func posts(of staff: StaffID, in transaction: any Transaction) throws -> [PostRecord] {
        try transaction.query(
            "SELECT \(trusted: columns) FROM posts p WHERE p.staff = \(staff) ORDER BY p.id LIMIT 200"
        ).map(record)
    }

    static func current(of staff: StaffID, at now: Instant, in transaction: any Transaction) throws -> [PostRecord] {
        try posts(of: staff, in: transaction).filter { $0.isCurrent(at: now) }
    }

    /// Holders of current posts, the nearest area first.
    /// - Parameter areas: the codes of the areas in which the posts may stand; nil for any.
    static func holders(
        body: BodyID?, roles: [String]?, areas: [String]?, at now: Instant, limit: Int,
        in transaction: any Transaction
    ) throws -> [PostHolder] {
        var conditions: [SQL] = [
            "p.from_at <= \(now)", "p.until_at IS NULL OR p.until_at > \(now)", "s.state = 'active'",
        ]
        if let body { conditions.append("p.body = \(body)") }
        if let roles { conditions.append("p.role IN (\(list: roles))") }
        if let areas { conditions.append("p.area IN (\(list: areas))") }
        return try transaction.query(
            """
            SELECT \(trusted: columns), s.name FROM posts p JOIN staff s ON s.id = p.staff
            WHERE \(SQL.all(conditions)) ORDER BY length(p.area) DESC, p.id LIMIT \(limit)
            """
        ).map { PostHolder(post: try record($0), staffName: try $0.text(9)) }
    }

    static func end(_ id: PostID, at now: Instant, in transaction: any Transaction) throws -> Bool {
        try transaction.execute(
            "UPDATE posts SET until_at = \(now) WHERE id = \(id) AND (until_at IS NULL OR until_at > \(now))") > 0
    }

    static func record(_ row: Row) throws -> PostRecord {
        guard let area = AreaPrefix(try row.text(4)) else {
            throw DatabaseError(.wrongType, "posts.area is no area code")
        }
        return PostRecord(
            id: try row.identifier(0), staff: try row.identifier(1), body: try row.identifier(2), role: try row.text(3),
            area: area, title: LocalizedText(try row.text(5), try row.text(6)), from: try row.instant(7),
            until: try row.instantIfAny(8))
    }
}
