import Cipher
import Desk
import Foundation
import Ground
import Registry
import Storage

enum Queued {}

/// One answer that waits for a decision.
struct QueuedAnswer: Sendable, Hashable {
    typealias ID = Identifier<Queued>

    enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Two people saw it differently. Both entries stand in the registry; what was seen later holds by default.
        case conflict
        /// It could not become a fact; what was written is kept.
        case kept
    }

    enum Decision: String, Sendable, Hashable, CaseIterable {
        /// What was seen later stays.
        case later
        /// What was seen earlier is right after all.
        case earlier
        /// A kept answer is written, perhaps mended.
        case write
        /// A kept answer is let go.
        case discard
    }

    var id: ID
    var kind: Kind
    var area: AreaPrefix
    var home: SubjectID
    var subject: SubjectID
    var element: String
    /// Why it was kept.
    var code: String?
    var earlierEntry: RegistryEntry.ID?
    var laterEntry: RegistryEntry.ID?
    /// Who brought the answer that made it wait.
    var staff: StaffID
    var seenAt: Instant
    var receivedAt: Instant
    /// The answer as it was given, while it is kept.
    var answer: VisitReport.Answer?
    var decision: Decision?
}

enum QueueStore {
    private static let columns: StaticString =
        "id, kind, area, home, subject, element, code, earlier_entry, later_entry, staff, seen_at, received_at, content, decision"
    private static let sealing: StaticString = "visits.kept-answer"

    static func insert(_ one: QueuedAnswer, vault: Vault, in transaction: any Transaction) throws {
        let content = try one.answer.map { answer in
            vault.seal(Array(try JSONEncoder().encode(answer)), for: sealing, of: one.id.text)
        }
        try transaction.later(
            """
            INSERT INTO visit_queue (\(trusted: columns))
            VALUES (\(one.id), \(one.kind.rawValue), \(one.area.code), \(one.home), \(one.subject), \(one.element),
                    \(one.code), \(one.earlierEntry), \(one.laterEntry), \(one.staff), \(one.seenAt),
                    \(one.receivedAt), \(content), \(one.decision?.rawValue))
            """)
    }

    /// What waits in an area, oldest first.
    static func page(
        in area: AreaPrefix, for scope: Scope, after: QueuedAnswer?, limit: Int, vault: Vault,
        in transaction: any Transaction
    ) throws -> [QueuedAnswer] {
        guard scope.area.contains(area) else { return [] }
        return try transaction.query(pageQuery(in: area, after: after, limit: limit)).map { try answer($0, vault) }
    }

    static func pageQuery(in area: AreaPrefix, after: QueuedAnswer?, limit: Int) -> SQL {
        var query: SQL = """
            SELECT \(trusted: columns) FROM visit_queue
            WHERE \(area.condition(on: "area")) AND decided_at IS NULL
            """
        if let after { query += " AND (area, id) > (\(after.area.code), \(after.id))" }
        query += " ORDER BY area, id LIMIT \(limit)"
        return query
    }

    static func find(_ id: QueuedAnswer.ID, for scope: Scope, vault: Vault, in transaction: any Transaction) throws
        -> QueuedAnswer?
    {
        try transaction.first("SELECT \(trusted: columns) FROM visit_queue WHERE id = \(id)")
            .map { try answer($0, vault) }.flatMap { scope.area.contains($0.area) ? $0 : nil }
    }

    /// How many wait in an area; more than a hundred are not counted further.
    static func count(in area: AreaPrefix, for scope: Scope, in transaction: any Transaction) throws -> Int {
        guard scope.area.contains(area) else { return 0 }
        let row = try transaction.first(
            """
            SELECT COUNT(*) FROM (
                SELECT 1 FROM visit_queue WHERE \(area.condition(on: "area")) AND decided_at IS NULL LIMIT 100
            ) AS waiting
            """)
        return Int(try row?.int(0) ?? 0)
    }

    static func decide(
        _ id: QueuedAnswer.ID, _ decision: QueuedAnswer.Decision, by staff: StaffID, at now: Instant,
        in transaction: any Transaction
    ) throws {
        try transaction.later(
            """
            UPDATE visit_queue SET decision = \(decision.rawValue), decided_by = \(staff), decided_at = \(now),
                content = NULL
            WHERE id = \(id)
            """)
    }

    /// A conflict that waits about the same fact, if there is one.
    static func openConflict(of asked: AskedElement, in transaction: any Transaction) throws -> QueuedAnswer.ID? {
        try transaction.first(
            """
            SELECT id FROM visit_queue
            WHERE subject = \(asked.subject) AND element = \(asked.element) AND kind = 'conflict'
                AND decided_at IS NULL ORDER BY id LIMIT 1
            """)?.identifier(0)
    }

    private static func answer(_ row: Row, _ vault: Vault) throws -> QueuedAnswer {
        let id: QueuedAnswer.ID = try row.identifier(0)
        let content = try row.blobIfAny(12).map { try vault.open($0, for: sealing, of: id.text) }
        return QueuedAnswer(
            id: id, kind: QueuedAnswer.Kind(rawValue: try row.text(1)) ?? .kept,
            area: AreaPrefix(try row.text(2)) ?? .everywhere, home: try row.identifier(3),
            subject: try row.identifier(4), element: try row.text(5), code: try row.textIfAny(6),
            earlierEntry: try row.identifierIfAny(7), laterEntry: try row.identifierIfAny(8),
            staff: try row.identifier(9), seenAt: try row.instant(10), receivedAt: try row.instant(11),
            answer: try content.map { try JSONDecoder().decode(VisitReport.Answer.self, from: Data($0)) },
            decision: try row.textIfAny(13).flatMap { QueuedAnswer.Decision(rawValue: $0) })
    }
}
