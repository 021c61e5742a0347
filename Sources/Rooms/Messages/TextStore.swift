import Desk
import Ground
import Storage

/// Where an outgoing text stands.
enum TextState: String, Sendable, CaseIterable {
    case waiting, sent, failed

    var name: LocalizedText {
        switch self {
        case .waiting: LocalizedText("待发送", "waiting")
        case .sent: LocalizedText("已发送", "sent")
        case .failed: LocalizedText("发送失败", "failed")
        }
    }
}

/// A text that this process has claimed, still sealed.
struct ClaimedText: Sendable {
    var id: String
    var phoneSealed: [UInt8]
    var text: String
    var codeSealed: [UInt8]?
    var at: Instant
    /// Attempts before this one.
    var tries: Int
}

/// A text as the list of outgoing ones shows it.
struct TextLine: Sendable {
    var id: String
    var phoneSealed: [UInt8]
    var text: String
    var subjectID: String
    var at: Instant
    var state: TextState
    var tries: Int
    var sentAt: Instant?
    var failure: String?
}

/// The outbox of texts to residents.
enum TextStore {
    static let migrations = [
        Migration(
            "messages.0002-texts",
            """
            CREATE TABLE texts (
                id TEXT PRIMARY KEY,
                phone_sealed BYTEA NOT NULL,
                phone_index TEXT NOT NULL,
                text TEXT NOT NULL,
                code_sealed BYTEA,
                subject_id TEXT NOT NULL,
                at BIGINT NOT NULL,
                state TEXT NOT NULL,
                due BIGINT NOT NULL,
                tries BIGINT NOT NULL,
                claimed_by TEXT,
                claimed_at BIGINT,
                sent_at BIGINT,
                failure TEXT
            )
            """,
            "CREATE INDEX texts_due ON texts (state, due)",
            "CREATE INDEX texts_by_state ON texts (state, id)",
            "CREATE INDEX texts_by_age ON texts (at)"),
        // Texts from before have no area: only those who answer for the whole installation see them.
        Migration(
            "messages.0003-text-areas",
            "ALTER TABLE texts ADD COLUMN area TEXT",
            "CREATE INDEX texts_by_street ON texts (state, substr(area, 1, 9), id)"),
    ]

    private static let identifiers = IdentifierSource()

    static func withdraw(about subjectID: String, dueAt due: Instant, in transaction: any Transaction) throws {
        try transaction.later(
            """
            DELETE FROM texts WHERE state = \(TextState.waiting.rawValue) AND due = \(due) AND subject_id = \(subjectID)
            """)
    }

    static func blank(
        about subjectID: String, since: Instant, as words: String, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            DELETE FROM texts
            WHERE at >= \(since) AND subject_id = \(subjectID) AND state = \(TextState.waiting.rawValue)
            """)
        try transaction.execute(
            "UPDATE texts SET text = \(words) WHERE at >= \(since) AND subject_id = \(subjectID)")
    }

    static func insert(_ text: ResidentText, in transaction: any Transaction) throws {
        try transaction.later(
            """
            INSERT INTO texts (id, phone_sealed, phone_index, text, code_sealed, subject_id, area, at, state, due, tries)
            VALUES (\(identifiers.nextText(at: text.at)), \(text.phoneSealed), \(text.phoneIndex), \(text.text),
                    \(text.codeSealed), \(text.subjectID), \(text.area?.code), \(text.at),
                    \(TextState.waiting.rawValue), \(text.at), 0)
            """)
    }

    /// Takes texts for sending, so that no other server does: whoever moves `due` first has them until then.
    static func claim(
        as claim: String, at now: Instant, until: Instant, limit: Int, in transaction: any Transaction
    ) throws -> [ClaimedText] {
        let waiting = TextState.waiting.rawValue
        let taken = try transaction.execute(
            """
            UPDATE texts SET claimed_by = \(claim), claimed_at = \(now), due = \(until), tries = tries + 1
            WHERE state = \(waiting) AND due <= \(now) AND id IN (
                SELECT id FROM texts WHERE state = \(waiting) AND due <= \(now) ORDER BY due LIMIT \(limit))
            """)
        guard taken > 0 else { return [] }
        return try transaction.query(
            """
            SELECT id, phone_sealed, text, code_sealed, at, tries FROM texts
            WHERE state = \(waiting) AND due = \(until) AND claimed_by = \(claim) ORDER BY id
            """
        ).map { row in
            ClaimedText(
                id: try row.text(0), phoneSealed: try row.blob(1), text: try row.text(2),
                codeSealed: try row.blobIfAny(3), at: try row.instant(4), tries: Int(try row.int(5)) - 1)
        }
    }

    /// A code is of no use any more once it is on its way.
    static func markSent(_ id: String, claim: String, at now: Instant, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE texts SET state = \(TextState.sent.rawValue), sent_at = \(now), code_sealed = NULL, failure = NULL
            WHERE id = \(id) AND claimed_by = \(claim) AND state = \(TextState.waiting.rawValue)
            """)
    }

    static func markFailed(
        _ id: String, claim: String, reason: String, retryAt: Instant?, in transaction: any Transaction
    ) throws {
        let state = retryAt == nil ? TextState.failed : .waiting
        try transaction.execute(
            """
            UPDATE texts SET state = \(state.rawValue), failure = \(reason), due = COALESCE(\(retryAt), due)
            WHERE id = \(id) AND claimed_by = \(claim) AND state = \(TextState.waiting.rawValue)
            """)
    }

    /// What a scope may see: the texts of its area. Those of no area (codes for log-ins) only with the whole installation's.
    private static func visibility(_ scope: Scope, in whole: AreaPrefix) -> SQL {
        guard !scope.area.contains(whole) else { return "TRUE" }
        let within = scope.area.condition(on: "area")
        guard scope.area.level >= .street else { return within }
        // By the index of streets: a street without texts does not read through those of the others.
        return "substr(area, 1, 9) = \(String(scope.area.code.prefix(9))) AND \(within)"
    }

    /// Newest first.
    static func query(_ state: TextState, for scope: Scope, in whole: AreaPrefix, after: String?, limit: Int) -> SQL {
        var conditions: [SQL] = ["state = \(state.rawValue)", visibility(scope, in: whole)]
        if let after { conditions.append("id < \(after)") }
        return """
            SELECT id, phone_sealed, text, subject_id, at, state, tries, sent_at, failure FROM texts
            WHERE \(SQL.all(conditions)) ORDER BY id DESC LIMIT \(limit)
            """
    }

    /// Newest first, within what the scope may see.
    /// - Parameter whole: the area of the installation.
    static func lines(
        _ state: TextState, for scope: Scope, in whole: AreaPrefix, after: String?, limit: Int,
        transaction: any Transaction
    ) throws -> [TextLine] {
        try transaction.query(query(state, for: scope, in: whole, after: after, limit: limit)).map { row in
            TextLine(
                id: try row.text(0), phoneSealed: try row.blob(1), text: try row.text(2), subjectID: try row.text(3),
                at: try row.instant(4), state: TextState(rawValue: try row.text(5)) ?? .failed,
                tries: Int(try row.int(6)), sentAt: try row.instantIfAny(7), failure: try row.textIfAny(8))
        }
    }

    /// - Returns: false when no failed text of this id lies within what the scope may see.
    static func retry(
        _ id: String, for scope: Scope, in whole: AreaPrefix, at now: Instant, transaction: any Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            UPDATE texts SET state = \(TextState.waiting.rawValue), tries = 0, due = \(now)
            WHERE id = \(id) AND state = \(TextState.failed.rawValue) AND \(visibility(scope, in: whole))
            """) > 0
    }

    /// Texts of a generated past: they stand as sent when they were due, and go to nobody.
    static func closeWaiting(in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE texts SET state = \(TextState.sent.rawValue), sent_at = due, tries = 1
            WHERE state = \(TextState.waiting.rawValue)
            """)
    }

    static func forget(before limit: Instant, in transaction: any Transaction) throws {
        try transaction.execute(
            "DELETE FROM texts WHERE at < \(limit) AND state <> \(TextState.waiting.rawValue)")
    }
}
