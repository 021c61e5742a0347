import Desk
import Ground
import Storage

enum EmergencyAlarm {}

/// An alarm as pages and CAP show it. It rings until what it is about is done.
struct AlarmRecord: Sendable {
    var id: Identifier<EmergencyAlarm>
    var event: EventID?
    var area: AreaPrefix
    /// What it is about: `hand-over:…`, `contact:…`.
    var subject: String
    var level: Int64
    var text: LocalizedText
    var at: Instant
    var endedAt: Instant?
}

enum AlarmStore {
    static func insert(_ alarm: AlarmRecord, in transaction: any Transaction) throws {
        try transaction.later(
            """
            INSERT INTO emergency_alarms (id, event, area, subject, level, text_zh, text_en, at, ended_at)
            VALUES (\(alarm.id), \(alarm.event), \(alarm.area.code), \(alarm.subject), \(alarm.level),
                    \(alarm.text.chinese), \(alarm.text.english), \(alarm.at), NULL)
            """)
    }

    static func end(_ subject: String, at now: Instant, in transaction: any Transaction) throws {
        try transaction.later(
            "UPDATE emergency_alarms SET ended_at = \(now) WHERE subject = \(subject) AND ended_at IS NULL")
    }

    static func endAll(of event: EventID, at now: Instant, in transaction: any Transaction) throws {
        try transaction.later(
            "UPDATE emergency_alarms SET ended_at = \(now) WHERE event = \(event) AND ended_at IS NULL")
    }

    /// The newest first.
    static func all(of event: EventID, limit: Int = 200, in transaction: any Transaction) throws -> [AlarmRecord] {
        try transaction.query(
            """
            SELECT id, event, area, subject, level, text_zh, text_en, at, ended_at FROM emergency_alarms
            WHERE event = \(event) ORDER BY id DESC LIMIT \(limit)
            """
        ).map { row in
            AlarmRecord(
                id: try row.identifier(0), event: try row.identifierIfAny(1),
                area: AreaPrefix(try row.text(2)) ?? .everywhere, subject: try row.text(3), level: try row.int(4),
                text: LocalizedText(try row.text(5), try row.text(6)), at: try row.instant(7),
                endedAt: try row.instantIfAny(8))
        }
    }
}
