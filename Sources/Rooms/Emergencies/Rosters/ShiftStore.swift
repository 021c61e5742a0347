import Cipher
import Desk
import Ground
import Storage

/// A key to one's own roster, as its owner sees it.
struct CalendarKey: Sendable {
    typealias ID = Identifier<CalendarKey>

    var id: ID
    var madeAt: Instant
}

enum ShiftStore {
    private static let columns: StaticString =
        "id, area, kind, staff, post, from_at, until_at, state, offered_to, offered_at, taken_at"
    /// No shift is longer: so one that covers a moment began at most so long before.
    static let longest = Span.days(7)

    /// Writes a shift down, or gives the one that stands for the same person, area, kind and beginning another end.
    /// - Returns: the shift as it stands now, under the id under which it stands.
    static func plan(_ shift: ShiftRecord, in transaction: any Transaction) throws -> ShiftRecord {
        try transaction.first(
            """
            INSERT INTO duty_shifts (\(trusted: columns), note_sealed, alarm_at, alarm_level)
            VALUES (\(shift.id), \(shift.area.code), \(shift.kind), \(shift.staff), \(shift.post), \(shift.from),
                    \(shift.until), \(shift.state.rawValue), \(shift.offeredTo), \(shift.offeredAt), \(shift.takenAt),
                    NULL, \(shift.closesAt), 0)
            ON CONFLICT (area, from_at, kind, staff) DO UPDATE SET until_at = excluded.until_at, post = excluded.post,
                alarm_at = CASE WHEN duty_shifts.state = 'planned' THEN excluded.alarm_at ELSE duty_shifts.alarm_at END
            RETURNING \(trusted: columns)
            """
        ).map(record) ?? shift
    }

    /// The shift that stands for the same person, area, kind and beginning.
    static func standing(for shift: ShiftRecord, in transaction: any Transaction) throws -> ShiftRecord? {
        try transaction.first(
            """
            SELECT \(trusted: columns) FROM duty_shifts
            WHERE area = \(shift.area.code) AND from_at = \(shift.from) AND kind = \(shift.kind) AND staff = \(shift.staff)
            """
        ).map(record)
    }

    static func find(_ id: ShiftID, in transaction: any Transaction) throws -> ShiftRecord? {
        try transaction.first("SELECT \(trusted: columns) FROM duty_shifts WHERE id = \(id)").map(record)
    }

    /// Shifts of an area and below that touch a span of time, by area and time.
    static func shifts(
        in area: AreaPrefix, from: Instant, until: Instant, limit: Int = 5_000, in transaction: any Transaction
    ) throws -> [ShiftRecord] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM duty_shifts
            WHERE \(area.condition(on: "area")) AND from_at >= \(from - longest) AND from_at < \(until)
                AND until_at > \(from)
            ORDER BY area, from_at, kind, staff LIMIT \(limit)
            """
        ).map(record)
    }

    static func present(in area: AreaPrefix, at now: Instant, in transaction: any Transaction) throws
        -> [ShiftRecord]
    {
        try shifts(in: area, from: now, until: now + Span(milliseconds: 1), in: transaction)
    }

    static func shifts(of staff: StaffID, from: Instant, in transaction: any Transaction) throws -> [ShiftRecord] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM duty_shifts WHERE staff = \(staff) AND from_at >= \(from)
            ORDER BY from_at LIMIT 1000
            """
        ).map(record)
    }

    static func remove(_ id: ShiftID, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM duty_shifts WHERE id = \(id)")
    }

    /// - Parameter lapsesAt: when there is nothing left to take over.
    static func offer(
        _ shift: ShiftRecord, noteSealed: [UInt8], alarmAt: Instant, lapsesAt: Instant,
        in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE duty_shifts SET state = \(shift.state.rawValue), offered_to = \(shift.offeredTo),
                offered_at = \(shift.offeredAt), note_sealed = \(noteSealed), alarm_at = \(alarmAt), alarm_level = 0,
                lapses_at = \(lapsesAt)
            WHERE id = \(shift.id)
            """)
    }

    static func close(_ shift: ShiftRecord, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE duty_shifts SET state = \(shift.state.rawValue), taken_at = \(shift.takenAt), alarm_at = NULL
            WHERE id = \(shift.id)
            """)
    }

    static func note(of id: ShiftID, in transaction: any Transaction) throws -> [UInt8]? {
        try transaction.first("SELECT note_sealed FROM duty_shifts WHERE id = \(id)").flatMap { try $0.blobIfAny(0) }
    }

    /// A shift that was to be taken over by now, or that ended without being handed over.
    struct Due: Sendable {
        var shift: ShiftRecord
        /// How often it has rung.
        var level: Int64
        /// When there is nothing left to take over.
        var lapsesAt: Instant
    }

    static func due(at now: Instant, in transaction: any Transaction) throws -> [Due] {
        try transaction.query(
            """
            SELECT \(trusted: columns), alarm_level, lapses_at FROM duty_shifts
            WHERE alarm_at IS NOT NULL AND alarm_at <= \(now)
            ORDER BY CASE WHEN state = 'offered' THEN 0 ELSE 1 END, alarm_at LIMIT 200
            """
        ).map { row in
            let shift = try record(row)
            return Due(shift: shift, level: try row.int(11), lapsesAt: try row.instantIfAny(12) ?? shift.until)
        }
    }

    static func ringAgain(_ id: ShiftID, at next: Instant, level: Int64, in transaction: any Transaction) throws {
        try transaction.execute(
            "UPDATE duty_shifts SET alarm_at = \(next), alarm_level = \(level) WHERE id = \(id)")
    }

    private static func record(_ row: Row) throws -> ShiftRecord {
        var shift = ShiftRecord(
            id: try row.identifier(0), area: AreaPrefix(try row.text(1)) ?? .everywhere, kind: try row.text(2),
            staff: try row.identifier(3), post: try row.identifier(4), from: try row.instant(5),
            until: try row.instant(6))
        shift.state = ShiftRecord.State(rawValue: try row.text(7)) ?? .planned
        shift.offeredTo = try row.identifierIfAny(8)
        shift.offeredAt = try row.instantIfAny(9)
        shift.takenAt = try row.instantIfAny(10)
        return shift
    }

    // MARK: Keys to one's own roster

    static let secretBeginning = "gewuduty_"

    static func insert(_ key: CalendarKey, of staff: StaffID, secret: String, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO duty_calendars (id, staff, key_hash, made_at)
            VALUES (\(key.id), \(staff), \(Digest.sha256(secret).hexadecimal), \(key.madeAt))
            """)
    }

    /// - Returns: nil when there is no such key, or it was revoked.
    static func staff(ofSecret secret: String, in transaction: any Transaction) throws -> StaffID? {
        guard secret.hasPrefix(secretBeginning) else { return nil }
        return try transaction.first(
            """
            SELECT staff FROM duty_calendars
            WHERE key_hash = \(Digest.sha256(secret).hexadecimal) AND revoked_at IS NULL
            """
        ).map { try $0.identifier(0) }
    }

    static func keys(of staff: StaffID, in transaction: any Transaction) throws -> [CalendarKey] {
        try transaction.query(
            """
            SELECT id, made_at FROM duty_calendars WHERE staff = \(staff) AND revoked_at IS NULL ORDER BY id LIMIT 50
            """
        ).map { CalendarKey(id: try $0.identifier(0), madeAt: try $0.instant(1)) }
    }

    static func revoke(_ id: CalendarKey.ID, of staff: StaffID, at now: Instant, in transaction: any Transaction)
        throws -> Bool
    {
        try transaction.execute(
            """
            UPDATE duty_calendars SET revoked_at = \(now) WHERE id = \(id) AND staff = \(staff) AND revoked_at IS NULL
            """) == 1
    }
}

extension EmergencySchema {
    static let lapsingMigrations = [
        Migration(
            "emergencies.0006-shifts-that-lapse",
            // When there is nothing left to take over: the end of the shift of whom it was offered to.
            "ALTER TABLE duty_shifts ADD COLUMN lapses_at BIGINT",
            // Whom it was offered to began at most a day after its end.
            "UPDATE duty_shifts SET lapses_at = until_at + 86400000 WHERE state = 'offered'"),
        Migration(
            "emergencies.0007-shifts-that-end",
            // A shift that nobody hands over is looked at once more, when it can be handed to nobody any more.
            "UPDATE duty_shifts SET alarm_at = until_at + 86400000 WHERE state = 'planned'"),
    ]
}
