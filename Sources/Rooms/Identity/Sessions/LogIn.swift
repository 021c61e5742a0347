import Cipher
import Desk
import Ground
import Ledger
import Storage

/// Proving who one is, by password and one-time code.
struct LogIn: Sendable {
    let house: House
    let keeper: SessionKeeper
    let hasher: PasswordHasher

    private var rules: SessionRules { keeper.rules }

    enum Outcome: Sendable {
        /// The cookie of the new session, and the language that the person once chose.
        case entered(cookie: String, language: Language?)
        /// The password was right; the ticket goes with the code.
        case codeWanted(ticket: String)
    }

    /// The same answer, after the same time, for a wrong password, an unknown name and a closed account.
    static let refused = Refusal(
        .unauthenticated, "identity.log-in-refused",
        LocalizedText("登录名或密码不正确", "The log-in name or the password is wrong"),
        wayOn: LocalizedText("忘记密码请联系本单位管理员重置", "If you forgot the password, ask your administrator to reset it"))

    private static let codeRefused = Refusal(
        .unauthenticated, "identity.code-refused",
        LocalizedText("动态口令不正确或已用过", "The code is wrong or was used before"),
        wayOn: LocalizedText("等待下一个口令后再试；手机时间应准确", "Wait for the next code; the phone's clock must be right"))

    // MARK: The two steps

    func enter(login: String, password: String, client: Client) async throws -> Outcome {
        let now = house.clock.now()
        let account = accountThrottle(login)
        let address = addressThrottle(client.address)
        let staff = try await house.database.write { transaction -> StaffRecord? in
            try address.count(at: now, in: transaction)
            try account.count(at: now, in: transaction)
            return try StaffStore.staff(login: login, in: transaction)
        }
        let isActive = staff?.state == .active
        let isRight = try await hasher.verify(password, against: isActive ? staff?.passwordHash : nil)
        guard isRight, let staff else {
            if let staff { try await note("staff.log-in-refused", staff, by: .system) }
            throw Self.refused
        }
        if staff.totpSecret != nil { return .codeWanted(ticket: ticket(for: staff.id, at: now)) }
        return try await begin(staff, client: client, forgiving: [account, address])
    }

    func enter(ticket: String, code: String, client: Client) async throws -> Outcome {
        let now = house.clock.now()
        guard let id = staff(ofTicket: ticket, at: now) else {
            throw Refusal(
                .unauthenticated, "identity.ticket-old",
                LocalizedText("登录已超时，请重新登录", "That took too long; log in again"))
        }
        let throttle = codeThrottle(id)
        let staff = try await house.database.write { transaction -> StaffRecord? in
            try throttle.count(at: now, in: transaction)
            guard let staff = try StaffStore.staff(id, in: transaction), staff.state == .active else { return nil }
            return staff
        }
        guard let staff, try await isCodeRight(code, of: staff, at: now) else {
            if let staff { try await note("staff.code-refused", staff, by: .system) }
            throw Self.codeRefused
        }
        return try await begin(
            staff, client: client, forgiving: [throttle, accountThrottle(staff.login), addressThrottle(client.address)])
    }

    /// Whether the code is right and was never used; it is used up by the question.
    func isCodeRight(_ code: String, of staff: StaffRecord, at now: Instant) async throws -> Bool {
        guard let sealed = staff.totpSecret,
            let secret = [UInt8](hexadecimal: try house.keys.vault.open(sealed, for: StaffStore.secretPurpose)),
            let step = OneTimeCode.matchingStep(Self.digits(code), secret: secret, at: now)
        else { return false }
        return try await house.database.write {
            try StaffStore.useStep(staff.id, step: Int64(step), in: $0)
        }
    }

    /// Apps show `123 456`.
    static func digits(_ code: String) -> String { code.filter { !$0.isWhitespace } }

    private func begin(_ staff: StaffRecord, client: Client, forgiving throttles: [Throttle]) async throws -> Outcome {
        let now = house.clock.now()
        let cookie = SecureRandom.token()
        let keeper = keeper
        let entry = house.identifiers.next(at: now) as Identifier<LedgerEntry>
        try await house.database.write { transaction in
            let posts = try PostStore.current(of: staff.id, at: now, in: transaction)
            let last = try StaffStore.lastPost(of: staff.id, in: transaction)
            guard let post = posts.first(where: { $0.id == last }) ?? posts.first else {
                throw Refusal(
                    .forbidden, "identity.no-post", LocalizedText("您目前没有在任岗位，不能登录", "You hold no post at present"),
                    wayOn: LocalizedText("请联系本单位管理员", "Ask your administrator"))
            }
            for throttle in throttles { try throttle.forgive(in: transaction) }
            try throttles.first?.reset(in: transaction)
            try keeper.begin(
                cookie: cookie, staff: staff.id, post: post.id, resident: nil, client: client, at: now, in: transaction)
            try Ledger.record(
                LedgerEntry(
                    "staff.logged-in", on: "staff", staff.id,
                    by: Actor(kind: .staff, id: staff.id.text, post: post.id.text, name: staff.name), at: now,
                    id: entry, area: post.area.code), in: transaction)
        }
        if let earlier = client.cookie { keeper.forget(SessionKeeper.id(of: earlier)) }
        return .entered(cookie: cookie, language: staff.language)
    }

    func leave(_ session: SessionReference) async throws {
        try await house.database.write { try SessionStore.end(session.id, in: $0) }
        keeper.forget(session.id)
    }

    private func note(_ act: String, _ staff: StaffRecord, by actor: Actor) async throws {
        let now = house.clock.now()
        let entry = try LedgerEntry(
            act, on: "staff", staff.id, by: actor, at: now, id: house.identifiers.next(at: now), area: staff.area.code)
        try await house.database.write { try Ledger.record(entry, in: $0) }
    }

    // MARK: The ticket between the two steps

    /// Says that this person gave the right password, for five minutes; nobody else can write one.
    private func ticket(for staff: StaffID, at now: Instant) -> String {
        let content = "\(staff.text).\((now + .minutes(5)).milliseconds)"
        return content + "." + signature(content)
    }

    private func staff(ofTicket ticket: String, at now: Instant) -> StaffID? {
        let parts = ticket.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let until = Int64(parts[1]), now.milliseconds < until,
            Digest.equal(Array(signature(parts[0] + "." + parts[1]).utf8), Array(parts[2].utf8))
        else { return nil }
        return StaffID(parsing: parts[0])
    }

    private func signature(_ content: String) -> String {
        Digest.authentication(of: Array(("log-in " + content).utf8), key: house.keys.session).base64URL
    }

    // MARK: Throttles

    private func accountThrottle(_ login: String) -> Throttle {
        throttle("account", StaffStore.folded(login), free: rules.logIn.triesPerAccount)
    }

    private func codeThrottle(_ staff: StaffID) -> Throttle {
        throttle("code", staff.text, free: rules.logIn.triesPerAccount)
    }

    private func addressThrottle(_ address: String) -> Throttle {
        throttle("address", address, free: rules.logIn.triesPerAddress)
    }

    /// Keys are blind: neither names that someone tried nor addresses lie in the table.
    func throttle(_ kind: String, _ value: String, free: Int64) -> Throttle {
        Throttle(
            key: kind + ":" + house.keys.vault.blindIndex(value, for: "identity.throttle"), freeTries: free,
            window: .minutes(rules.logIn.windowMinutes), firstWait: .seconds(rules.logIn.firstWaitSeconds),
            longestWait: .seconds(rules.logIn.longestWaitSeconds))
    }
}
