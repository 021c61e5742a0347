import Desk
import Ground
import Storage

/// What machines hold instead of a password.
enum MachineToken {}
typealias TokenID = Identifier<MachineToken>

/// A token as stored: its secret only as a hash.
struct TokenRecord: Sendable {
    var id: TokenID
    var name: String
    var post: PostID
    var rights: [Right]
    var area: AreaPrefix
    var created: Instant
    var expires: Instant
    var lastUsed: Instant?
    var revoked: Instant?
}

/// A token as it is used: with the post it acts in.
struct TokenInUse: Sendable {
    var token: TokenRecord
    var post: PostRecord
    var isStaffActive: Bool
}

enum TokenStore {
    private static let columns: StaticString =
        "t.id, t.name, t.post, t.rights, t.area, t.created, t.expires, t.last_used, t.revoked"

    static func insert(_ token: TokenRecord, secretHash: String, by staff: StaffID, in transaction: any Transaction)
        throws
    {
        try transaction.execute(
            """
            INSERT INTO tokens (id, name, secret_hash, post, rights, area, created_by, created, expires)
            VALUES (\(token.id), \(token.name), \(secretHash), \(token.post),
                    \(token.rights.map(\.rawValue).joined(separator: " ")), \(token.area.code), \(staff),
                    \(token.created), \(token.expires))
            """)
    }

    static func token(secretHash: String, in transaction: any Transaction) throws -> TokenInUse? {
        guard
            let row = try transaction.first(
                """
                SELECT \(trusted: columns), p.id, p.staff, p.body, p.role, p.area, p.title_zh, p.title_en, p.from_at,
                       p.until_at, s.state
                FROM tokens t JOIN posts p ON p.id = t.post JOIN staff s ON s.id = p.staff
                WHERE t.secret_hash = \(secretHash)
                """)
        else { return nil }
        return TokenInUse(
            token: try record(row), post: try PostStore.record(Row(Array(row.values[9...]))),
            isStaffActive: try row.text(18) == StaffRecord.State.active.rawValue)
    }

    static func token(_ id: TokenID, in transaction: any Transaction) throws -> TokenRecord? {
        try transaction.first("SELECT \(trusted: columns) FROM tokens t WHERE t.id = \(id)").map(record)
    }

    static func tokens(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [TokenRecord] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM tokens t
            WHERE \(area.condition(on: "t.area")) AND t.revoked IS NULL ORDER BY t.area, t.id LIMIT \(limit)
            """
        ).map(record)
    }

    static func touch(_ id: TokenID, at now: Instant, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE tokens SET last_used = \(now) WHERE id = \(id)")
    }

    static func revoke(_ id: TokenID, at now: Instant, in transaction: any Transaction) throws -> Bool {
        try transaction.execute("UPDATE tokens SET revoked = \(now) WHERE id = \(id) AND revoked IS NULL") > 0
    }

    private static func record(_ row: Row) throws -> TokenRecord {
        guard let area = AreaPrefix(try row.text(4)) else {
            throw DatabaseError(.wrongType, "tokens.area is no area code")
        }
        return TokenRecord(
            id: try row.identifier(0), name: try row.text(1), post: try row.identifier(2),
            rights: try row.text(3).split(separator: " ").map { Right(String($0)) }, area: area,
            created: try row.instant(5), expires: try row.instant(6), lastUsed: try row.instantIfAny(7),
            revoked: try row.instantIfAny(8))
    }
}
