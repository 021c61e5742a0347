import Desk
import Ground
import Storage

public enum EmergencyAlarm {}

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
    /// When it rings again by itself, one level higher; nil where what it is about has a limit of its own.
    var againAt: Instant?

    /// How the subject of an alarm begins that a person raised.
    static let raisedOnTheSpot = "raised:"
}

enum AlarmStore {
    static func insert(_ alarm: AlarmRecord, in transaction: any Transaction) throws {
        try transaction.later(
            """
            INSERT INTO emergency_alarms (id, event, area, subject, level, text_zh, text_en, at, ended_at,
                                          again_at)
            VALUES (\(alarm.id), \(alarm.event), \(alarm.area.code), \(alarm.subject), \(alarm.level),
                    \(alarm.text.chinese), \(alarm.text.english), \(alarm.at), \(alarm.endedAt),
                    \(alarm.againAt))
            """)
    }

    static func end(_ subject: String, at now: Instant, in transaction: any Transaction) throws {
        try transaction.later(
            """
            UPDATE emergency_alarms SET ended_at = \(now), again_at = NULL
            WHERE subject = \(subject) AND ended_at IS NULL
            """)
    }

    static func endAll(of event: EventID, at now: Instant, in transaction: any Transaction) throws {
        try transaction.later(
            """
            UPDATE emergency_alarms SET ended_at = \(now), again_at = NULL WHERE event = \(event) AND ended_at IS NULL
            """)
    }

    private static let columns: StaticString =
        "id, event, area, subject, level, text_zh, text_en, at, ended_at, again_at"

    /// The newest first.
    static func all(of event: EventID, limit: Int = 200, in transaction: any Transaction) throws -> [AlarmRecord] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM emergency_alarms WHERE event = \(event) ORDER BY id DESC LIMIT \(limit)
            """
        ).map(record)
    }

    static func find(_ id: Identifier<EmergencyAlarm>, of event: EventID, in transaction: any Transaction) throws
        -> AlarmRecord?
    {
        try transaction.first(
            "SELECT \(trusted: columns) FROM emergency_alarms WHERE id = \(id) AND event = \(event)"
        ).map(record)
    }

    /// Those that nobody answered in time.
    static func due(at now: Instant, in transaction: any Transaction) throws -> [AlarmRecord] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM emergency_alarms
            WHERE again_at IS NOT NULL AND again_at <= \(now) ORDER BY again_at LIMIT 200
            """
        ).map(record)
    }

    /// The alarm that rings on in its place carries the limit from now on.
    static func passOn(_ id: Identifier<EmergencyAlarm>, in transaction: any Transaction) throws {
        try transaction.later("UPDATE emergency_alarms SET again_at = NULL WHERE id = \(id)")
    }

    private static func record(_ row: Row) throws -> AlarmRecord {
        AlarmRecord(
            id: try row.identifier(0), event: try row.identifierIfAny(1),
            area: AreaPrefix(try row.text(2)) ?? .everywhere, subject: try row.text(3), level: try row.int(4),
            text: LocalizedText(try row.text(5), try row.text(6)), at: try row.instant(7),
            endedAt: try row.instantIfAny(8), againAt: try row.instantIfAny(9))
    }
}
