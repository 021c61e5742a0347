import Desk
import Foundation
import Ground
import Storage

enum ContactStore {
    private static let columns: StaticString =
        """
        id, event, number, parent, role, area, candidates, turn, minutes, state, called_at, reached_at, reached_post
        """

    static func insertion(_ one: ContactRecord, alarmAt: Instant) throws -> SQL {
        let candidates = String(decoding: try JSONEncoder().encode(one.candidates), as: UTF8.self)
        return """
            INSERT INTO emergency_contacts (\(trusted: columns), alarm_at, alarm_level)
            VALUES (\(one.id), \(one.event), \(one.number), \(one.parent), \(one.role), \(one.area.code), \(candidates),
                    \(one.turn), \(one.minutes), \(one.state.rawValue), \(one.calledAt), \(one.reachedAt),
                    \(one.reachedPost), \(alarmAt), 0)
            """
    }

    static func update(_ one: ContactRecord, alarmAt: Instant?, alarmLevel: Int64, in transaction: any Transaction)
        throws
    {
        try transaction.execute(
            """
            UPDATE emergency_contacts SET turn = \(one.turn), state = \(one.state.rawValue),
                called_at = \(one.calledAt), reached_at = \(one.reachedAt), reached_post = \(one.reachedPost),
                alarm_at = \(alarmAt), alarm_level = \(alarmLevel)
            WHERE id = \(one.id)
            """)
    }

    static func all(of event: EventID, in transaction: any Transaction) throws -> [ContactRecord] {
        try transaction.query(
            "SELECT \(trusted: columns) FROM emergency_contacts WHERE event = \(event) ORDER BY number LIMIT 5000"
        ).map { try record($0) }
    }

    static func find(number: Int64, of event: EventID, in transaction: any Transaction) throws -> ContactRecord? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM emergency_contacts WHERE event = \(event) AND number = \(number)"
        ).map { try record($0) }
    }

    static func due(at now: Instant, in transaction: any Transaction) throws -> [(ContactRecord, level: Int64)] {
        try transaction.query(
            """
            SELECT \(trusted: columns), alarm_level FROM emergency_contacts
            WHERE alarm_at IS NOT NULL AND alarm_at <= \(now) ORDER BY alarm_at LIMIT 200
            """
        ).map { (try record($0), try $0.int(13)) }
    }

    static func close(of event: EventID, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE emergency_contacts SET state = 'closed', alarm_at = NULL
            WHERE event = \(event) AND state IN ('waiting', 'unreached')
            """)
    }

    private static func record(_ row: Row) throws -> ContactRecord {
        let candidates = try JSONDecoder().decode(
            [ContactRecord.Candidate].self, from: Data(try row.text(6).utf8))
        return ContactRecord(
            id: try row.identifier(0), event: try row.identifier(1), number: try row.int(2),
            parent: try row.intIfAny(3), role: try row.text(4), area: AreaPrefix(try row.text(5)) ?? .everywhere,
            candidates: candidates, turn: Int(try row.int(7)), minutes: try row.int(8),
            state: ContactRecord.State(rawValue: try row.text(9)) ?? .waiting, calledAt: try row.instant(10),
            reachedAt: try row.instantIfAny(11), reachedPost: try row.identifierIfAny(12))
    }
}
