import Cipher
import Desk
import Ground
import Ledger
import Storage

/// Another system that is told what happens to the matters of an area.
struct Destination: Sendable {
    typealias ID = Identifier<Destination>

    enum State: String, Sendable, Hashable { case active, paused }

    var id: ID
    var name: String
    var url: String
    var area: AreaPrefix
    /// `cases.accept` and so on; empty for all.
    var acts: [String]
    var madeAt: Instant
    /// The post of whoever entered it: it is told when the destination is paused.
    var post: PostID
    var state: State
    /// How far it was told.
    var position: LedgerPosition
    var delivered: Int64 = 0
    var deliveredAt: Instant?
    /// In a row.
    var failures: Int64 = 0
    var failedAt: Instant?
    var failure: String?
    var nextAt: Instant
}

enum DestinationStore {
    static let purpose: StaticString = "channels.destination.secret"

    private static let columns: StaticString = """
        id, name, url, area, acts, made_at, post, state, block, entry, delivered, delivered_at, failures, failed_at,
        failure, next_at
        """

    static func insert(
        _ destination: Destination, _ secret: WebhookSecret, _ vault: Vault, in transaction: any Transaction
    ) throws {
        let sealed = vault.seal(secret.text, for: purpose)
        try transaction.execute(
            """
            INSERT INTO channel_destinations (id, name, url, area, acts, sealed, made_at, post, state, block, entry,
                delivered, failures, next_at, claimed_until)
            VALUES (\(destination.id), \(destination.name), \(destination.url), \(destination.area.code),
                \(destination.acts.joined(separator: " ")), \(sealed), \(destination.madeAt), \(destination.post),
                \(destination.state.rawValue), \(destination.position.block), \(destination.position.entry), 0, 0,
                \(destination.nextAt), 0)
            """)
    }

    static func find(_ id: Destination.ID, for scope: Scope, in transaction: any Transaction) throws -> Destination? {
        try transaction.first("SELECT \(trusted: columns) FROM channel_destinations WHERE id = \(id)")
            .map(destination).flatMap { scope.area.contains($0.area) ? $0 : nil }
    }

    static func all(for scope: Scope, in transaction: any Transaction) throws -> [Destination] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM channel_destinations
            WHERE \(scope.area.condition(on: "area")) ORDER BY area, id LIMIT 500
            """
        ).map(destination)
    }

    static func setState(
        _ state: Destination.State, of id: Destination.ID, nextAt: Instant, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE channel_destinations SET state = \(state.rawValue), next_at = \(nextAt), claimed_until = 0
            WHERE id = \(id)
            """)
    }

    /// Leaves out what it was not told yet.
    static func skip(_ id: Destination.ID, to position: LedgerPosition, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE channel_destinations SET block = \(position.block), entry = \(position.entry) WHERE id = \(id)
            """)
    }

    static func remove(_ id: Destination.ID, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM channel_destinations WHERE id = \(id)")
    }

    // MARK: Telling

    /// Those whose time has come and who were not told everything up to the end of the ledger.
    static func due(at now: Instant, end: LedgerPosition, limit: Int, in transaction: any Transaction) throws
        -> [Destination.ID]
    {
        try transaction.query(
            """
            SELECT id FROM channel_destinations
            WHERE state = 'active' AND next_at <= \(now) AND claimed_until <= \(now)
                AND (block, entry) < (\(end.block), \(end.entry))
            ORDER BY next_at, id LIMIT \(limit)
            """
        ).map { try $0.identifier(0) }
    }

    /// - Returns: the destination and its secret, for whoever holds it until then; nil when another server does.
    static func claim(
        _ id: Destination.ID, until: Instant, at now: Instant, _ vault: Vault, in transaction: any Transaction
    ) throws -> (Destination, WebhookSecret)? {
        let isClaimed =
            try transaction.execute(
                """
                UPDATE channel_destinations SET claimed_until = \(until)
                WHERE id = \(id) AND state = 'active' AND claimed_until <= \(now)
                """) == 1
        guard isClaimed,
            let row = try transaction.first(
                "SELECT \(trusted: columns), sealed FROM channel_destinations WHERE id = \(id)"),
            let secret = WebhookSecret(try vault.open(try row.blob(16), for: purpose))
        else { return nil }
        return (try destination(row), secret)
    }

    /// Keeps how far it was told and how that went.
    /// - Returns: whether it still stands as active; else somebody paused it meanwhile, or took it away.
    static func keep(_ destination: Destination, claimedUntil: Instant, in transaction: any Transaction) throws -> Bool
    {
        try transaction.execute(
            """
            UPDATE channel_destinations SET block = \(destination.position.block),
                entry = \(destination.position.entry), delivered = \(destination.delivered),
                delivered_at = \(destination.deliveredAt), failures = \(destination.failures),
                failed_at = \(destination.failedAt), failure = \(destination.failure), next_at = \(destination.nextAt),
                claimed_until = \(claimedUntil)
            WHERE id = \(destination.id) AND state = 'active'
            """) == 1
    }

    private static func destination(_ row: Row) throws -> Destination {
        guard let area = AreaPrefix(try row.text(3)) else {
            throw DatabaseError(.wrongType, "channel_destinations.area is no area code")
        }
        var result = Destination(
            id: try row.identifier(0), name: try row.text(1), url: try row.text(2), area: area,
            acts: try row.text(4).split(separator: " ").map(String.init), madeAt: try row.instant(5),
            post: try row.identifier(6), state: Destination.State(rawValue: try row.text(7)) ?? .paused,
            position: LedgerPosition(block: try row.int(8), entry: try row.text(9)), nextAt: try row.instant(15))
        result.delivered = try row.int(10)
        result.deliveredAt = try row.instantIfAny(11)
        result.failures = try row.int(12)
        result.failedAt = try row.instantIfAny(13)
        result.failure = try row.textIfAny(14)
        return result
    }
}
