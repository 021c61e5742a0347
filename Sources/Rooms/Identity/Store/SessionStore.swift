import Desk
import Ground
import Storage

/// A session as a list of one's own sessions shows it.
struct SessionLine: Sendable {
    var id: String
    var created: Instant
    var lastSeen: Instant
    var device: String
}

/// What one look at the session table tells, with the person and the post.
struct StoredSession: Sendable {
    struct Staff: Sendable {
        var id: StaffID
        var name: String
        var isActive: Bool
        var mustChangePassword: Bool
        var hasSecondStep: Bool
    }

    var id: String
    var staff: Staff?
    var post: PostRecord?
    var resident: ResidentReference?
    var lastSeen: Instant
    var expires: Instant
}

enum SessionStore {
    static func insert(
        _ id: String, staff: StaffID?, post: PostID?, resident: ResidentReference?, at now: Instant, expires: Instant,
        addressIndex: String, device: String, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO sessions (id, staff, post, phone_index, masked_phone, phone_sealed, created, last_seen, expires,
                                  address_index, device)
            VALUES (\(id), \(staff), \(post), \(resident?.phoneIndex), \(resident?.maskedPhone),
                    \(resident?.phoneSealed), \(now), \(now),
                    \(expires), \(addressIndex), \(String(device.prefix(200))))
            """)
    }

    static func session(_ id: String, in transaction: any Transaction) throws -> StoredSession? {
        guard
            let row = try transaction.first(
                """
                SELECT p.id, p.staff, p.body, p.role, p.area, p.title_zh, p.title_en, p.from_at, p.until_at,
                       s.id, s.staff, s.phone_index, s.masked_phone, s.last_seen, s.expires,
                       m.name, m.state, m.must_change, m.totp_secret IS NOT NULL, s.phone_sealed
                FROM sessions s LEFT JOIN staff m ON m.id = s.staff LEFT JOIN posts p ON p.id = s.post
                WHERE s.id = \(id)
                """)
        else { return nil }
        var staff: StoredSession.Staff?
        if !row.isNull(10), !row.isNull(15) {
            staff = StoredSession.Staff(
                id: try row.identifier(10), name: try row.text(15),
                isActive: try row.text(16) == StaffRecord.State.active.rawValue, mustChangePassword: try row.bool(17),
                hasSecondStep: try row.bool(18))
        }
        var resident: ResidentReference?
        if let index = try row.textIfAny(11), let masked = try row.textIfAny(12), let sealed = try row.blobIfAny(19) {
            resident = ResidentReference(phoneIndex: index, maskedPhone: masked, phoneSealed: sealed)
        }
        return StoredSession(
            id: try row.text(9), staff: staff, post: row.isNull(0) ? nil : try PostStore.record(row),
            resident: resident, lastSeen: try row.instant(13), expires: try row.instant(14))
    }

    static func touch(_ id: String, at now: Instant, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE sessions SET last_seen = \(now) WHERE id = \(id) AND last_seen < \(now)")
    }

    static func setPost(_ id: String, _ post: PostID, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE sessions SET post = \(post) WHERE id = \(id)")
    }

    /// Newest first.
    static func sessions(of staff: StaffID, after now: Instant, in transaction: any Transaction) throws
        -> [SessionLine]
    {
        try transaction.query(
            """
            SELECT id, created, last_seen, device FROM sessions WHERE staff = \(staff) AND expires > \(now)
            ORDER BY last_seen DESC LIMIT 100
            """
        ).map {
            SessionLine(
                id: try $0.text(0), created: try $0.instant(1), lastSeen: try $0.instant(2), device: try $0.text(3))
        }
    }

    static func end(_ id: String, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM sessions WHERE id = \(id)")
    }

    static func endAll(of staff: StaffID, except kept: String?, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM sessions WHERE staff = \(staff) AND id <> \(kept ?? "")")
    }

    /// Ends the session that begins so, of this person.
    static func end(beginning: String, of staff: StaffID, in transaction: any Transaction) throws {
        try transaction.execute(
            "DELETE FROM sessions WHERE staff = \(staff) AND substr(id, 1, 16) = \(beginning)")
    }

    static func forget(before now: Instant, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM sessions WHERE expires < \(now)")
        try transaction.execute("DELETE FROM resident_codes WHERE expires < \(now - .days(1))")
        try transaction.execute("DELETE FROM throttle WHERE last_at < \(now - .days(2))")
    }
}
