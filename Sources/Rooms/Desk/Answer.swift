import Cipher
public import Ground
public import Hummingbird
public import Storage
public import Web

/// What a write answers, in a form that can be stored: a repeat of the same request gets the same answer.
public struct Answer: Sendable, Hashable {
    public var status: Int
    public var contentType: String?
    public var location: String?
    public var entityTag: String?
    public var body: [UInt8]

    public init(
        status: Int, contentType: String? = nil, location: String? = nil, entityTag: String? = nil, body: [UInt8] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.location = location
        self.entityTag = entityTag
        self.body = body
    }

    public static func json(_ body: [UInt8], status: Int = 200, location: String? = nil, version: Int64? = nil)
        -> Answer
    {
        Answer(
            status: status, contentType: "application/json", location: location, entityTag: version.map(entityTag(_:)),
            body: body)
    }

    public static func seeOther(_ address: String) -> Answer { Answer(status: 303, location: address) }

    /// The `ETag` of a version number.
    public static func entityTag(_ version: Int64) -> String { "\"\(version)\"" }

    public var response: Response {
        var headers: HTTPFields = [.cacheControl: "private, no-store"]
        if let contentType { headers[.contentType] = contentType }
        if let location { headers[.location] = location }
        if let entityTag { headers[.eTag] = entityTag }
        return Response(
            status: HTTPResponse.Status(code: status), headers: headers,
            body: body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}

/// A write that happens once, however often it is sent: the answer is stored in the same transaction as its effect, under
/// the sender and the key that the sender chose.
public struct Once: Sendable, Hashable {
    /// Who chose the key; keys of different senders never meet.
    public var owner: String
    /// nil when the sender chose none: then every sending counts.
    public var key: String?
    /// Tells another request from the same one sent again.
    public var fingerprint: [UInt8]

    public init(owner: String, key: String?, content: [UInt8]) {
        self.owner = owner
        self.key = key
        fingerprint = key == nil ? [] : Digest.sha256(content)
    }

    /// How long an answer is kept: a phone may lie in a drawer.
    public static let kept = Span.days(30)

    /// Runs the write, or gives the answer of its first run. Call it inside the transaction.
    public func perform(
        in transaction: any Transaction, at now: Instant, _ write: (any Transaction) throws -> Answer
    ) throws -> Answer {
        guard let key else { return try write(transaction) }
        if let earlier = try earlier(in: transaction) { return earlier }
        let answer = try write(transaction)
        try transaction.later(
            """
            INSERT INTO answers (owner, key, fingerprint, status, content_type, location, entity_tag, body, at)
            VALUES (\(owner), \(key), \(fingerprint), \(answer.status), \(answer.contentType), \(answer.location),
                    \(answer.entityTag), \(answer.body), \(now))
            """)
        return answer
    }

    /// What the first sending was answered. For writes that are more than one transaction: ask before, perform at the end.
    /// - Throws: a refusal when the key was used for another content.
    public func earlier(in transaction: any Transaction) throws -> Answer? {
        guard let key else { return nil }
        let row = try transaction.first(
            """
            SELECT fingerprint, status, content_type, location, entity_tag, body
            FROM answers WHERE owner = \(owner) AND key = \(key)
            """)
        guard let row else { return nil }
        guard try row.blob(0) == fingerprint else { throw Self.keyReused }
        return Answer(
            status: Int(try row.int(1)), contentType: try row.textIfAny(2), location: try row.textIfAny(3),
            entityTag: try row.textIfAny(4), body: try row.blob(5))
    }

    /// A key that was used for another content, also where a room keeps no answers of its own (clues).
    public static let keyReused = Refusal(
        .ruleBroken, "desk.key-reused",
        LocalizedText("同一幂等键（Idempotency-Key）已用于另一内容", "This Idempotency-Key was used for another content"),
        wayOn: LocalizedText("请为新的内容换一个键", "Choose a new key for new content"))

    public static let migrations = [
        Migration(
            "desk.0001-answers",
            """
            CREATE TABLE answers (
                owner TEXT NOT NULL,
                key TEXT NOT NULL,
                fingerprint BYTEA NOT NULL,
                status BIGINT NOT NULL,
                content_type TEXT,
                location TEXT,
                entity_tag TEXT,
                body BYTEA NOT NULL,
                at BIGINT NOT NULL,
                PRIMARY KEY (owner, key)
            )
            """,
            "CREATE INDEX answers_by_age ON answers (at)")
    ]

    /// Forgets answers that are older than they are kept.
    public static func forgetOld(in house: House) -> Job {
        Job("forget-old-answers", every: .hours(1)) {
            let limit = house.clock.now() - kept
            _ = try await house.database.write { try $0.execute("DELETE FROM answers WHERE at < \(limit)") }
        }
    }
}

extension Visit {
    /// Who sends, for idempotency keys.
    var sender: String {
        if let scope = context.scope { return scope.staff.text }
        if let resident = context.resident { return "resident:" + resident.phoneIndex }
        return "open"
    }

    /// One write: its effect and its answer are durable together when this returns.
    public func write(
        _ submission: Submission, _ write: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Response {
        let once = submission.once
        let now = now
        return try await house.database.write { try once.perform(in: $0, at: now, write) }.response
    }
}

/// The content of a request that changes something.
public struct Submission: Sendable {
    public var bytes: [UInt8]
    public var fields: QueryParameters
    public var files: [Multipart.File]
    public var once: Once

    public func decode<Value: Decodable>(_ type: Value.Type) throws(Refusal) -> Value {
        try Request.decode(type, from: bytes.isEmpty ? Array("{}".utf8) : bytes)
    }

    /// The version the sender saw last, from `If-Match` or the form's `_version`.
    public var seenVersion: Int64?
}
