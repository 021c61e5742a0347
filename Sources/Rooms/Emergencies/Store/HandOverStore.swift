import Ground
import Storage

enum HandOverStore {
    private static let columns: StaticString =
        """
        id, event, slip, lot, from_site, to_site, giver, giver_staff, receiver, sent_at, expected_by, received_at, state,
        sent, received, returned, written_off, surplus, reason, alarm_at, alarm_level
        """

    static func insert(_ one: HandOver, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO emergency_hand_overs (\(trusted: columns))
            VALUES (\(one.id), \(one.event), \(one.slip), \(one.lot), \(one.from), \(one.to), \(one.giver),
                    \(one.giverStaff), \(one.receiver), \(one.sentAt), \(one.expectedBy), \(one.receivedAt),
                    \(one.state.rawValue), \(one.sent), \(one.received), \(one.returned), \(one.writtenOff),
                    \(one.surplus), \(one.reason), \(one.alarmAt), \(one.alarmLevel))
            """)
    }

    static func update(_ one: HandOver, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE emergency_hand_overs SET receiver = \(one.receiver), received_at = \(one.receivedAt),
                state = \(one.state.rawValue), received = \(one.received), returned = \(one.returned),
                written_off = \(one.writtenOff), surplus = \(one.surplus), reason = \(one.reason),
                alarm_at = \(one.alarmAt), alarm_level = \(one.alarmLevel)
            WHERE id = \(one.id)
            """)
    }

    static func find(slip: Int64, of event: EventID, in transaction: any Transaction) throws -> HandOver? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM emergency_hand_overs WHERE event = \(event) AND slip = \(slip)"
        ).map(record)
    }

    static func all(of event: EventID, limit: Int = 2000, in transaction: any Transaction) throws -> [HandOver] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM emergency_hand_overs WHERE event = \(event) ORDER BY slip LIMIT \(limit)
            """
        ).map(record)
    }

    static func openCount(of event: EventID, in transaction: any Transaction) throws -> Int64 {
        try transaction.first(
            """
            SELECT COUNT(*) FROM emergency_hand_overs
            WHERE event = \(event) AND state IN ('open', 'difference')
            """)?.int(0) ?? 0
    }

    /// What should have been acknowledged by now.
    static func due(at now: Instant, in transaction: any Transaction) throws -> [HandOver] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM emergency_hand_overs WHERE alarm_at IS NOT NULL AND alarm_at <= \(now)
            ORDER BY alarm_at LIMIT 200
            """
        ).map(record)
    }

    static func handOver(_ row: Row) throws -> HandOver { try record(row) }

    private static func record(_ row: Row) throws -> HandOver {
        HandOver(
            id: try row.identifier(0), event: try row.identifier(1), slip: try row.int(2), lot: try row.identifier(3),
            from: try row.identifier(4), to: try row.identifier(5), giver: try row.identifier(6),
            giverStaff: try row.identifier(7), receiver: try row.identifierIfAny(8), sentAt: try row.instant(9),
            expectedBy: try row.instant(10), receivedAt: try row.instantIfAny(11),
            state: HandOver.State(rawValue: try row.text(12)) ?? .open, sent: try row.int(13),
            received: try row.int(14), returned: try row.int(15), writtenOff: try row.int(16), surplus: try row.int(17),
            reason: try row.textIfAny(18), alarmAt: try row.instantIfAny(19), alarmLevel: try row.int(20))
    }
}
