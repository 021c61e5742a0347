import Cipher
import Desk
import Ground
import Messages
import Storage

/// A member of staff as stored; the number stays sealed.
struct StaffRecord: Sendable {
    enum State: String, Sendable { case active, left }

    var id: StaffID
    var name: String
    var login: String
    var phoneSealed: [UInt8]?
    var passwordHash: String?
    var mustChangePassword: Bool
    var totpSecret: [UInt8]?
    /// The step of the last one-time code that was used; none is taken twice.
    var totpStep: Int64
    var state: State
    var area: AreaPrefix
    /// The one that the person chose; nil while the browser decides.
    var language: Language?
    var version: Int64
}

enum StaffStore {
    static let phonePurpose: StaticString = "identity.staff.phone"
    static let secretPurpose: StaticString = "identity.staff.totp"

    private static let columns: StaticString = """
        id, name, login, phone_sealed, password_hash, must_change, totp_secret, totp_step, state, area, chosen_language,
        version
        """

    /// Logins differ by more than case and width.
    static func folded(_ login: String) -> String {
        String(
            String.UnicodeScalarView(
                login.unicodeScalars.filter { $0 != " " && $0.value != 0x3000 }.map { scalar in
                    (0xFF01...0xFF5E).contains(scalar.value)
                        ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
                })
        ).lowercased()
    }

    static func insertion(_ staff: NewStaff, vault: Vault, at now: Instant) -> SQL {
        let phone = staff.phone.flatMap { PhoneNumber($0) }
        return """
            INSERT INTO staff (id, name, login, login_folded, phone_sealed, phone_index, password_hash, must_change,
                               totp_step, state, area, language, chosen_language, created, version)
            VALUES (\(staff.id), \(staff.name), \(staff.login), \(folded(staff.login)),
                    \(phone.map { vault.seal($0.text, for: phonePurpose) }), \(phone.map { $0.index(vault) }),
                    \(staff.passwordHash), \(staff.mustChangePassword), 0, 'active', \(staff.area.code),
                    \((staff.language ?? .chinese).rawValue), \(staff.language?.rawValue), \(now), 1)
            """
    }

    static func staff(_ id: StaffID, in transaction: any Transaction) throws -> StaffRecord? {
        try transaction.first("SELECT \(trusted: columns) FROM staff WHERE id = \(id)").map(record)
    }

    static func staff(login: String, in transaction: any Transaction) throws -> StaffRecord? {
        try transaction.first("SELECT \(trusted: columns) FROM staff WHERE login_folded = \(folded(login))").map(record)
    }

    /// Those whose name or login begins so, at most 200.
    static func matching(_ text: String, in transaction: any Transaction) throws -> [StaffID] {
        let login = folded(text)
        return try transaction.query(
            """
            SELECT id FROM staff WHERE (name >= \(text) AND name < \(text + "\u{10FFFF}"))
               OR (login_folded >= \(login) AND login_folded < \(login + "\u{10FFFF}")) LIMIT 200
            """
        ).map { try $0.identifier(0) }
    }

    /// - Returns: false when someone else changed it meanwhile.
    static func update(
        _ id: StaffID, name: String, phone: PhoneNumber??, language: Language?, vault: Vault, seen version: Int64?,
        in transaction: any Transaction
    ) throws -> Bool {
        let unchanged: SQL = version.map { "version = \($0)" } ?? "TRUE"
        let changed = try transaction.execute(
            """
            UPDATE staff SET name = \(name), chosen_language = \(language?.rawValue), version = version + 1
            WHERE id = \(id) AND \(unchanged)
            """)
        if changed > 0, let phone {
            try transaction.execute(
                """
                UPDATE staff SET phone_sealed = \(phone.map { vault.seal($0.text, for: phonePurpose) }),
                                 phone_index = \(phone.map { $0.index(vault) }) WHERE id = \(id)
                """)
        }
        return changed > 0
    }

    static func setPassword(_ id: StaffID, hash: String, mustChange: Bool, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE staff SET password_hash = \(hash), must_change = \(mustChange), version = version + 1
            WHERE id = \(id)
            """)
    }

    static func setSecret(_ id: StaffID, sealed: [UInt8]?, step: Int64, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE staff SET totp_secret = \(sealed), totp_step = \(step), version = version + 1 WHERE id = \(id)
            """)
    }

    /// - Returns: false when this step, or a later one, was used before.
    static func useStep(_ id: StaffID, step: Int64, in transaction: any Transaction) throws -> Bool {
        try transaction.execute("UPDATE staff SET totp_step = \(step) WHERE id = \(id) AND totp_step < \(step)") > 0
    }

    static func setLanguage(_ id: StaffID, _ language: Language, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE staff SET chosen_language = \(language.rawValue) WHERE id = \(id)")
    }

    static func setState(_ id: StaffID, _ state: StaffRecord.State, in transaction: any Transaction) throws {
        try transaction.execute(
            "UPDATE staff SET state = \(state.rawValue), version = version + 1 WHERE id = \(id)")
    }

    static func setArea(_ id: StaffID, _ area: AreaPrefix, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE staff SET area = \(area.code) WHERE id = \(id)")
    }

    private static func record(_ row: Row) throws -> StaffRecord {
        guard let area = AreaPrefix(try row.text(9)) else {
            throw DatabaseError(.wrongType, "staff.area is no area code")
        }
        return StaffRecord(
            id: try row.identifier(0), name: try row.text(1), login: try row.text(2),
            phoneSealed: try row.blobIfAny(3), passwordHash: try row.textIfAny(4),
            mustChangePassword: try row.bool(5), totpSecret: try row.blobIfAny(6), totpStep: try row.int(7),
            state: StaffRecord.State(rawValue: try row.text(8)) ?? .left, area: area,
            language: try row.textIfAny(10).flatMap(Language.init(rawValue:)), version: try row.int(11))
    }
}

extension StaffStore {
    /// The post in which the person last acted, so that the next log-in begins there.
    static func lastPost(of id: StaffID, in transaction: any Transaction) throws -> PostID? {
        try transaction.first("SELECT last_post FROM staff WHERE id = \(id)")?.identifierIfAny(0)
    }

    static func setLastPost(of id: StaffID, _ post: PostID, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE staff SET last_post = \(post) WHERE id = \(id)")
    }
}
