import Cipher
import Desk
import Ground
import Storage

/// A key with which the news of one area can be read.
struct FeedKey: Sendable {
    typealias ID = Identifier<FeedKey>

    var id: ID
    var name: String
    var area: AreaPrefix
    var madeAt: Instant
}

enum FeedStore {
    /// Told from other secrets by this beginning.
    static let beginning = "gewufeed_"

    static func insert(_ key: FeedKey, secret: String, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO channel_feeds (id, name, area, key_hash, made_at)
            VALUES (\(key.id), \(key.name), \(key.area.code), \(Digest.sha256(secret).hexadecimal), \(key.madeAt))
            """)
    }

    /// - Returns: nil when there is no such key, or it was revoked.
    static func area(ofSecret secret: String, in transaction: any Transaction) throws -> AreaPrefix? {
        guard secret.hasPrefix(beginning) else { return nil }
        return try transaction.first(
            """
            SELECT area FROM channel_feeds
            WHERE key_hash = \(Digest.sha256(secret).hexadecimal) AND revoked_at IS NULL
            """
        ).flatMap { AreaPrefix(try $0.text(0)) }
    }

    static func all(for scope: Scope, in transaction: any Transaction) throws -> [FeedKey] {
        try transaction.query(
            """
            SELECT id, name, area, made_at FROM channel_feeds
            WHERE \(scope.area.condition(on: "area")) AND revoked_at IS NULL ORDER BY area, id LIMIT 500
            """
        ).map { row in
            FeedKey(
                id: try row.identifier(0), name: try row.text(1), area: AreaPrefix(try row.text(2)) ?? .everywhere,
                madeAt: try row.instant(3))
        }
    }

    static func revoke(_ id: FeedKey.ID, for scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> Bool
    {
        try transaction.execute(
            """
            UPDATE channel_feeds SET revoked_at = \(now)
            WHERE id = \(id) AND revoked_at IS NULL AND \(scope.area.condition(on: "area"))
            """) == 1
    }
}
