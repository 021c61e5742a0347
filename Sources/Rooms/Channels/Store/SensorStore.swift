import Cases
import Cipher
import Desk
import Ground
import Storage

/// The secret of one source, and in whose post its messages count.
struct SensorSecret: Sendable {
    var source: String
    var secrets: [WebhookSecret]
    var madeAt: Instant
    var staff: StaffID
    var post: PostID
    var body: BodyID
}

/// What one sensor has said.
struct SensorState: Sendable {
    var caseID: CaseID?
    var seenAt: Instant
    var remarkedAt: Instant
    var messages: Int64
}

enum SensorStore {
    static let purpose: StaticString = "channels.sensor.secret"

    static func secret(of source: String, _ vault: Vault, at now: Instant, in transaction: any Transaction) throws
        -> SensorSecret?
    {
        try transaction.first(
            """
            SELECT sealed, earlier_sealed, earlier_until, made_at, staff, post, body
            FROM channel_secrets WHERE source = \(source)
            """
        ).map { row in
            var secrets = [try vault.open(try row.blob(0), for: purpose)]
            if let earlier = try row.blobIfAny(1), let until = try row.instantIfAny(2), until > now {
                secrets.append(try vault.open(earlier, for: purpose))
            }
            return SensorSecret(
                source: source, secrets: secrets.compactMap { WebhookSecret($0) }, madeAt: try row.instant(3),
                staff: try row.identifier(4), post: try row.identifier(5), body: try row.identifier(6))
        }
    }

    /// The one before stays good for a while, so that nothing is lost while the sender is told the new one.
    static func keep(
        _ secret: WebhookSecret, of source: String, by scope: Scope, earlierUntil: Instant, _ vault: Vault,
        at now: Instant, in transaction: any Transaction
    ) throws {
        let sealed = vault.seal(secret.text, for: purpose)
        try transaction.execute(
            """
            INSERT INTO channel_secrets (source, sealed, made_at, staff, post, body)
            VALUES (\(source), \(sealed), \(now), \(scope.staff), \(scope.post), \(scope.body))
            ON CONFLICT (source) DO UPDATE SET earlier_sealed = channel_secrets.sealed, earlier_until = \(earlierUntil),
                sealed = excluded.sealed, made_at = excluded.made_at, staff = excluded.staff, post = excluded.post,
                body = excluded.body
            """)
    }

    static func forget(_ source: String, in transaction: any Transaction) throws -> Bool {
        try transaction.execute("DELETE FROM channel_secrets WHERE source = \(source)") > 0
    }

    /// When each source's secret was made.
    static func made(in transaction: any Transaction) throws -> [String: Instant] {
        try transaction.query("SELECT source, made_at FROM channel_secrets ORDER BY source LIMIT 1000")
            .reduce(into: [:]) { $0[try $1.text(0)] = try $1.instant(1) }
    }

    // MARK: Sensors

    static func state(_ source: String, _ device: String, in transaction: any Transaction) throws -> SensorState? {
        try transaction.first(
            """
            SELECT case_id, seen_at, remarked_at, messages FROM channel_sensors
            WHERE source = \(source) AND device = \(device)
            """
        ).map { row in
            SensorState(
                caseID: try row.identifierIfAny(0), seenAt: try row.instant(1), remarkedAt: try row.instant(2),
                messages: try row.int(3))
        }
    }

    static func keep(_ state: SensorState, _ source: String, _ device: String, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO channel_sensors (source, device, case_id, seen_at, remarked_at, messages)
            VALUES (\(source), \(device), \(state.caseID), \(state.seenAt), \(state.remarkedAt), \(state.messages))
            ON CONFLICT (source, device) DO UPDATE SET case_id = excluded.case_id, seen_at = excluded.seen_at,
                remarked_at = excluded.remarked_at, messages = excluded.messages
            """)
    }
}
