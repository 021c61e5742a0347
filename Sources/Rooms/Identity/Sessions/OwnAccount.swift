import Cipher
import Desk
import Ground
import Ledger
import Storage

/// What somebody does with the own account, from its pages or over the interface: another post, another password, the
/// second step, the end of sessions. Only with a session; a machine has no account.
struct OwnAccount: Sendable {
    let house: House
    let keeper: SessionKeeper
    let logIn: LogIn
    let hasher: PasswordHasher

    /// - Throws: a refusal when a machine's token asks.
    func session(of staff: StaffVisit) throws(Refusal) -> SessionReference {
        guard let session = staff.visit.context.session, !staff.scope.isMachine else {
            throw Refusal(
                .forbidden, "identity.session-only",
                LocalizedText("只能由本人登录后办理，令牌不行", "Only somebody who is logged in does this; a token does not"),
                wayOn: LocalizedText(
                    "先以 POST /log-in 登录，并带上会话 Cookie", "Log in with POST /log-in and send the session's cookie"))
        }
        return session
    }

    /// To another of the own posts; takes effect with the next request.
    func switchPost(
        to wanted: PostID, _ session: SessionReference, _ scope: Scope, entry: Identifier<LedgerEntry>, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let posts = try PostStore.current(of: scope.staff, at: now, in: transaction)
        guard let post = posts.first(where: { $0.id == wanted }) else { throw Refusal.nothingHere }
        try SessionStore.setPost(session.id, post.id, in: transaction)
        try StaffStore.setLastPost(of: scope.staff, post.id, in: transaction)
        try Ledger.record(
            LedgerEntry(
                "staff.switched-post", on: "post", post.id, by: Actor(scope), at: now, id: entry, area: post.area.code),
            in: transaction)
    }

    func endSession(beginning: String, _ scope: Scope) async throws {
        guard beginning.count == 16 else { throw Refusal.nothingHere }
        try await house.database.write { try SessionStore.end(beginning: beginning, of: scope.staff, in: $0) }
        keeper.forget()
    }

    /// Ends all other sessions.
    func changePassword(from current: String, to new: String, keeping session: SessionReference?, _ scope: Scope)
        async throws
    {
        let record = try await checked(scope, password: current)
        guard new.utf8.count <= 256 else {
            throw Refusal(
                .ruleBroken, "identity.password-too-long",
                LocalizedText("密码超过 256 字节", "A password has at most 256 bytes"), field: "new")
        }
        if let refusal = keeper.rules.passwords.refusal(of: new, login: record.login) { throw refusal }
        let hash = try await hasher.hash(new)
        let kept = session?.id
        try await write("staff.password-changed", scope) { transaction in
            try StaffStore.setPassword(record.id, hash: hash, mustChange: false, in: transaction)
            try SessionStore.endAll(of: record.id, except: kept, in: transaction)
        }
        keeper.forget()
    }

    /// - Returns: false when a second step was enrolled before; it stays.
    func enrol(_ secret: [UInt8], code: String, password: String, _ scope: Scope) async throws -> Bool {
        let record = try await checked(scope, password: password)
        guard record.totpSecret == nil else { return false }
        guard let step = OneTimeCode.matchingStep(LogIn.digits(code), secret: secret, at: house.clock.now()) else {
            throw Self.codeWrong
        }
        let sealed = house.keys.vault.seal(secret.hexadecimal, for: StaffStore.secretPurpose)
        try await write("staff.second-step-enrolled", scope) {
            try StaffStore.setSecret(record.id, sealed: sealed, step: Int64(step), in: $0)
        }
        keeper.forget()
        return true
    }

    func removeSecondStep(code: String, password: String, _ scope: Scope) async throws {
        let record = try await checked(scope, password: password)
        guard try await logIn.isCodeRight(code, of: record, at: house.clock.now()) else { throw Self.codeWrong }
        try await write("staff.second-step-removed", scope) {
            try StaffStore.setSecret(record.id, sealed: nil, step: 0, in: $0)
        }
        keeper.forget()
    }

    static let codeWrong = Refusal(
        .ruleBroken, "identity.code-wrong", LocalizedText("口令不正确或已用过", "The code is wrong or was used before"),
        field: "code")

    /// The viewer's own record, after the password was given again; tries are throttled as at the door.
    private func checked(_ scope: Scope, password: String) async throws -> StaffRecord {
        let now = house.clock.now()
        let throttle = logIn.throttle("self", scope.staff.text, free: keeper.rules.logIn.triesPerAccount)
        let record = try await house.database.write { transaction in
            try throttle.count(at: now, in: transaction)
            return try StaffStore.staff(scope.staff, in: transaction)
        }
        guard let record, !scope.isMachine, password.utf8.count <= 256,
            try await hasher.verify(password, against: record.passwordHash)
        else {
            throw Refusal(
                .ruleBroken, "identity.password-wrong", LocalizedText("当前密码不正确", "The present password is wrong"),
                field: "current")
        }
        try await house.database.write { try throttle.reset(in: $0) }
        return record
    }

    private func write(
        _ act: String, _ scope: Scope, _ body: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws {
        let now = house.clock.now()
        let entry = try LedgerEntry(
            act, on: "staff", scope.staff, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
            area: scope.area.code)
        try await house.database.write { transaction in
            try body(transaction)
            try Ledger.record(entry, in: transaction)
        }
    }
}
