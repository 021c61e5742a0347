import Desk
import Foundation
import Ground
import Storage

/// What somebody said happened, kept because it contradicts what stands.
struct ConflictRecord: Sendable {
    var id: ConflictID
    var event: EventID
    var slip: Int64?
    var said: HandOverReport
    var reason: LocalizedText
    var staff: StaffID
    var post: PostID
    var happenedAt: Instant
    var receivedAt: Instant
    /// `waiting`, `kept`, `taken`, `matched`.
    var state: String
    var why: String?
}

enum ConflictStore {
    private static let columns: StaticString =
        "id, event, slip, said, reason_zh, reason_en, staff, post, happened_at, received_at, state, why"

    static func insert(_ one: ConflictRecord, alarmAt: Instant, in transaction: any Transaction) throws {
        let said = String(decoding: try JSONEncoder().encode(one.said), as: UTF8.self)
        try transaction.execute(
            """
            INSERT INTO emergency_conflicts (\(trusted: columns), decided_at, alarm_at, alarm_level)
            VALUES (\(one.id), \(one.event), \(one.slip), \(said), \(one.reason.chinese), \(one.reason.english),
                    \(one.staff), \(one.post), \(one.happenedAt), \(one.receivedAt), \(one.state), NULL, NULL,
                    \(alarmAt), 0)
            """)
    }

    static func all(of event: EventID, in transaction: any Transaction) throws -> [ConflictRecord] {
        try transaction.query(
            "SELECT \(trusted: columns) FROM emergency_conflicts WHERE event = \(event) ORDER BY id DESC LIMIT 500"
        ).map(record)
    }

    static func find(_ id: ConflictID, of event: EventID, in transaction: any Transaction) throws -> ConflictRecord? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM emergency_conflicts WHERE id = \(id) AND event = \(event)"
        ).map(record)
    }

    static func due(at now: Instant, in transaction: any Transaction) throws -> [(ConflictRecord, level: Int64)] {
        try transaction.query(
            """
            SELECT \(trusted: columns), alarm_level FROM emergency_conflicts
            WHERE alarm_at IS NOT NULL AND alarm_at <= \(now) ORDER BY alarm_at LIMIT 200
            """
        ).map { (try record($0), try $0.int(12)) }
    }

    static func decide(
        _ id: ConflictID, _ state: String, why: String?, at now: Instant, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE emergency_conflicts SET state = \(state), why = \(why), decided_at = \(now), alarm_at = NULL
            WHERE id = \(id)
            """)
    }

    private static func record(_ row: Row) throws -> ConflictRecord {
        ConflictRecord(
            id: try row.identifier(0), event: try row.identifier(1), slip: try row.intIfAny(2),
            said: try JSONDecoder().decode(HandOverReport.self, from: Data(try row.text(3).utf8)),
            reason: LocalizedText(try row.text(4), try row.text(5)), staff: try row.identifier(6),
            post: try row.identifier(7), happenedAt: try row.instant(8), receivedAt: try row.instant(9),
            state: try row.text(10), why: try row.textIfAny(11))
    }
}
