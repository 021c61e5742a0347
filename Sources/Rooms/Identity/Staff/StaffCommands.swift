import Cipher
import Desk
import Ground
import Ledger
import Messages
import Storage
import Web

/// What is done to accounts and posts. Pages and the interface for programs both come here, so both have one rule.
struct StaffCommands: Sendable {
    let house: House
    let bodies: any BodyLookup
    let keeper: SessionKeeper
    let hasher: PasswordHasher
    let directory: Directory
    let authority: StaffAuthority

    struct Entering: Sendable, Decodable {
        var name: String
        var login: String
        var phone: String?
        /// Where the first post stands; posts can also be given later.
        var body: BodyID
        var role: String
        var area: String?
        var titleZh: String?
        var titleEn: String?
    }

    struct Giving: Sendable, Decodable {
        var staff: StaffID
        var body: BodyID
        var role: String
        /// The body's own area when it is not said.
        var area: String?
        var titleZh: String?
        var titleEn: String?
    }

    // MARK: Accounts

    /// Enters a person with a first post. They log in with the one-time password and choose their own.
    func enter(_ entering: Entering, by scope: Scope, hash: String, once: Once) async throws -> Shown<Answer> {
        let now = house.clock.now()
        let name = entering.name.trimmingSpaces()
        let login = entering.login.trimmingSpaces()
        guard (1...60).contains(name.count) else {
            throw Self.wrong("name", "姓名须为 1–60 字", "A name has 1 to 60 characters")
        }
        guard (2...60).contains(login.count) else {
            throw Self.wrong("login", "登录名须为 2–60 字", "A log-in name has 2 to 60 characters")
        }
        let phone = entering.phone.flatMap { $0.isEmpty ? nil : $0 }
        if let phone, PhoneNumber(phone) == nil { throw Self.wrong("phone", "电话号码无法识别", "That is no telephone number") }
        let id: StaffID = house.identifiers.next(at: now)
        let postID: PostID = house.identifiers.next(at: now)
        let entries: [Identifier<LedgerEntry>] = [house.identifiers.next(at: now), house.identifiers.next(at: now)]
        let giving = Giving(
            staff: id, body: entering.body, role: entering.role, area: entering.area, titleZh: entering.titleZh,
            titleEn: entering.titleEn)
        let vault = house.keys.vault
        let shown = try await write(once, at: now) { transaction in
            let post = try self.post(giving, id: postID, by: scope, at: now, in: transaction)
            guard try StaffStore.staff(login: login, in: transaction) == nil else {
                throw Refusal(
                    .conflict, "identity.login-taken",
                    LocalizedText("登录名“\(login)”已被使用", "The log-in name “\(login)” is taken"),
                    field: "login")
            }
            let staff = NewStaff(
                id: id, name: name, login: login, phone: phone, passwordHash: hash, mustChangePassword: true,
                area: post.area)
            try transaction.execute(StaffStore.insertion(staff, vault: vault, at: now))
            try transaction.execute(PostStore.insertion(post))
            try Self.record("staff.entered", "staff", id.text, scope, now, entries[0], post.area, in: transaction)
            try Self.record("staff.post-given", "post", postID.text, scope, now, entries[1], post.area, in: transaction)
            {
                $0.member("staff", id)
                $0.member("role", post.role)
                $0.member("body", post.body)
            }
            return .json(
                JSONWriter.object {
                    $0.member("id", id)
                    $0.member("post", postID)
                }, status: 201, location: "/api/v1/staff/\(id)")
        }
        return shown
    }

    /// - Returns: the one-time password too; nil when the request is a repeat.
    func enterWithPassword(_ entering: Entering, by scope: Scope, once: Once) async throws -> (Answer, String?) {
        let password = Self.oneTimePassword()
        let shown = try await enter(entering, by: scope, hash: try await hasher.hash(password), once: once)
        return (shown.value, shown.isFirst ? password : nil)
    }

    func change(
        _ id: StaffID, name: String, phone: String?, language: Language?, seen version: Int64?, by scope: Scope,
        once: Once
    ) async throws -> Answer {
        let now = house.clock.now()
        let name = name.trimmingSpaces()
        guard (1...60).contains(name.count) else {
            throw Self.wrong("name", "姓名须为 1–60 字", "A name has 1 to 60 characters")
        }
        // Empty leaves the number as it is; a dash takes it away.
        let number: PhoneNumber??
        switch phone?.trimmingSpaces() ?? "" {
        case "": number = nil
        case "-": number = .some(nil)
        case let text:
            guard let parsed = PhoneNumber(text) else {
                throw Self.wrong("phone", "电话号码无法识别", "That is no telephone number")
            }
            number = parsed
        }
        let vault = house.keys.vault
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        let answer = try await write(once, at: now) { transaction in
            let staff = try self.manageable(id, by: scope, at: now, in: transaction)
            guard
                try StaffStore.update(
                    id, name: name, phone: number, language: language, vault: vault, seen: version, in: transaction)
            else { throw Self.changedMeanwhile }
            try Self.record("staff.changed", "staff", id.text, scope, now, entry, staff.area, in: transaction)
            return .seeOther("/staff/\(id)")
        }.value
        forget()
        return answer
    }

    /// - Returns: a password for one log-in; shown once and stored only as its hash.
    func resetPassword(
        _ id: StaffID, alsoSecondStep: Bool, seen version: Int64? = nil, by scope: Scope, once: Once
    ) async throws -> Shown<String> {
        let now = house.clock.now()
        let password = Self.oneTimePassword()
        let hash = try await hasher.hash(password)
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        let shown = try await write(once, at: now) { transaction in
            let staff = try self.manageable(id, by: scope, at: now, in: transaction)
            if let version, version != staff.version { throw Self.changedMeanwhile }
            try StaffStore.setPassword(id, hash: hash, mustChange: true, in: transaction)
            if alsoSecondStep { try StaffStore.setSecret(id, sealed: nil, step: 0, in: transaction) }
            try SessionStore.endAll(of: id, except: nil, in: transaction)
            try Self.record("staff.password-reset", "staff", id.text, scope, now, entry, staff.area, in: transaction) {
                $0.member("secondStep", alsoSecondStep)
            }
            return .seeOther("/staff/\(id)")
        }
        keeper.forget()
        return Shown(value: password, isFirst: shown.isFirst)
    }

    /// The person left: posts and sessions end; what they did stays under their name.
    func leave(_ id: StaffID, seen version: Int64? = nil, by scope: Scope, once: Once) async throws -> Answer {
        let now = house.clock.now()
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        let answer = try await write(once, at: now) { transaction in
            guard id != scope.staff else { throw Self.notOneself }
            let staff = try self.manageable(id, by: scope, at: now, in: transaction)
            if let version, version != staff.version { throw Self.changedMeanwhile }
            for post in try PostStore.current(of: id, at: now, in: transaction) {
                _ = try PostStore.end(post.id, at: now, in: transaction)
            }
            try StaffStore.setState(id, .left, in: transaction)
            try SessionStore.endAll(of: id, except: nil, in: transaction)
            try Self.record("staff.left", "staff", id.text, scope, now, entry, staff.area, in: transaction)
            return .seeOther("/staff/\(id)")
        }.value
        forget()
        return answer
    }

    /// The number in clear, for a stated purpose that the ledger keeps.
    func reveal(_ id: StaffID, purpose: String, by scope: Scope) async throws -> String {
        let purpose = purpose.trimmingSpaces()
        guard (2...200).contains(purpose.count) else {
            throw Self.wrong("purpose", "请写明查看目的（2–200 字）", "Say what for (2 to 200 characters)")
        }
        let now = house.clock.now()
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        let sealed = try await house.database.write { transaction in
            guard let staff = try StaffStore.staff(id, in: transaction), let sealed = staff.phoneSealed,
                try self.isSeen(staff, by: scope, at: now, in: transaction)
            else { throw Refusal.nothingHere }
            try Ledger.record(
                LedgerEntry(
                    "personal.revealed", on: "staff", id, by: Actor(scope), at: now, id: entry, area: staff.area.code,
                    purpose: purpose
                ) { $0.member("element", "phone") }, in: transaction)
            return sealed
        }
        return try house.keys.vault.open(sealed, for: StaffStore.phonePurpose)
    }

    // MARK: Posts

    func give(_ giving: Giving, by scope: Scope, once: Once) async throws -> Answer {
        let now = house.clock.now()
        let id: PostID = house.identifiers.next(at: now)
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        let answer = try await write(once, at: now) { transaction in
            guard let staff = try StaffStore.staff(giving.staff, in: transaction), staff.state == .active else {
                throw Refusal.nothingHere
            }
            // A cross-appointment: the person may belong elsewhere, only the post must be ours to give.
            let post = try self.post(giving, id: id, by: scope, at: now, in: transaction)
            let held = try PostStore.current(of: staff.id, at: now, in: transaction)
            guard !held.contains(where: { $0.body == post.body && $0.role == post.role && $0.area == post.area }) else {
                throw Refusal(
                    .conflict, "identity.post-held", LocalizedText("此人已任该岗位", "The person holds this post already"))
            }
            try transaction.execute(PostStore.insertion(post))
            if held.isEmpty { try StaffStore.setArea(staff.id, post.area, in: transaction) }
            try Self.record("staff.post-given", "post", id.text, scope, now, entry, post.area, in: transaction) {
                $0.member("staff", staff.id)
                $0.member("role", post.role)
                $0.member("body", post.body)
            }
            return .json(JSONWriter.object { $0.member("id", id) }, status: 201, location: "/api/v1/staff/\(staff.id)")
        }.value
        forget()
        return answer
    }

    func end(_ id: PostID, by scope: Scope, once: Once) async throws -> Answer {
        let now = house.clock.now()
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        let answer = try await write(once, at: now) { transaction in
            guard let post = try PostStore.post(id, in: transaction) else { throw Refusal.nothingHere }
            guard let body = try bodies.body(post.body, in: transaction) else { throw Refusal.nothingHere }
            guard scope.area.contains(post.area), scope.area.contains(body.area) else { throw Refusal.nothingHere }
            guard id != scope.post else { throw Self.notOneself }
            // Whoever may not give a post may not take it either; a level that changed since does not hold it up.
            try authority.requireMay(take: post.role, by: scope)
            guard try PostStore.end(id, at: now, in: transaction) else {
                throw Refusal(.conflict, "identity.post-ended", LocalizedText("该岗位已卸任", "The post has ended already"))
            }
            try Self.record("staff.post-ended", "post", id.text, scope, now, entry, post.area, in: transaction) {
                $0.member("staff", post.staff)
            }
            return .json(JSONWriter.object { $0.member("staff", post.staff) })
        }.value
        forget()
        return answer
    }

    // MARK: Parts

    private func post(_ giving: Giving, id: PostID, by scope: Scope, at now: Instant, in transaction: any Transaction)
        throws -> PostRecord
    {
        guard let body = try bodies.body(giving.body, in: transaction) else {
            throw Self.wrong("body", "没有这个单位", "There is no such body")
        }
        let area: AreaPrefix
        if let code = giving.area, !code.isEmpty {
            guard let parsed = AreaPrefix(code) else { throw Self.wrong("area", "区划代码不对", "That is no area code") }
            area = parsed
        } else {
            area = body.area
        }
        try authority.requireMay(give: giving.role, for: area, in: body, by: scope)
        let name = directory.role(giving.role)?.name ?? LocalizedText(giving.role, giving.role)
        func title(_ own: String?, _ usual: String) -> String {
            own.map { $0.trimmingSpaces() }.flatMap { $0.isEmpty ? nil : String($0.prefix(60)) } ?? usual
        }
        return PostRecord(
            id: id, staff: giving.staff, body: body.id, role: giving.role, area: area,
            title: LocalizedText(title(giving.titleZh, name.chinese), title(giving.titleEn, name.english)), from: now)
    }

    /// The person, when this scope may change the account; otherwise a refusal.
    private func manageable(_ id: StaffID, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> StaffRecord
    {
        guard let staff = try StaffStore.staff(id, in: transaction),
            try isSeen(staff, by: scope, at: now, in: transaction)
        else { throw Refusal.nothingHere }
        try authority.requireMay(
            manage: staff, holding: try PostStore.current(of: id, at: now, in: transaction), by: scope)
        return staff
    }

    /// Whoever stands in the area with the account or any post is seen there (交叉任职 shows on both sides).
    func isSeen(_ staff: StaffRecord, by scope: Scope, at now: Instant, in transaction: any Transaction) throws -> Bool
    {
        try scope.area.contains(staff.area)
            || PostStore.posts(of: staff.id, in: transaction).contains { scope.area.contains($0.area) }
    }

    /// What was done, and whether this sending of it was the first: only then secrets are shown.
    struct Shown<Value: Sendable>: Sendable {
        var value: Value
        var isFirst: Bool
    }

    func write(
        _ once: Once, at now: Instant, _ body: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Shown<Answer> {
        try await house.database.write { transaction in
            var isFirst = false
            let answer = try once.perform(in: transaction, at: now) { transaction in
                isFirst = true
                return try body(transaction)
            }
            return Shown(value: answer, isFirst: isFirst)
        }
    }

    static func record(
        _ act: String, _ kind: String, _ subject: String, _ scope: Scope, _ now: Instant, _ id: Identifier<LedgerEntry>,
        _ area: AreaPrefix, in transaction: any Transaction, facts: (inout JSONWriter) -> Void = { _ in }
    ) throws {
        try Ledger.record(
            LedgerEntry(
                id: id, act: act, subjectKind: kind, subjectID: subject, actor: Actor(scope), happenedAt: now,
                receivedAt: now, area: area.code, facts: JSONWriter.object(facts)), in: transaction)
    }

    private func forget() {
        directory.forget()
        keeper.forget()
    }

    /// Twelve characters that cannot be mistaken for one another when read out: 60 bits.
    static func oneTimePassword() -> String {
        let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789xy")
        let characters = SecureRandom.bytes(12).map { alphabet[Int($0) & 31] }
        return stride(from: 0, to: 12, by: 4).map { String(characters[$0..<$0 + 4]) }.joined(separator: "-")
    }

    static func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(.ruleBroken, "identity.wrong-\(field)", LocalizedText(chinese, english), field: field)
    }

    private static let changedMeanwhile = Refusal(
        .changedMeanwhile, "identity.staff-changed",
        LocalizedText("此人信息刚被他人修改", "Someone else changed this person meanwhile"),
        wayOn: LocalizedText("请刷新后再改", "Reload and change it again"))

    private static let notOneself = Refusal(
        .ruleBroken, "identity.not-oneself",
        LocalizedText("不能卸任自己当前的岗位或停用自己的账户", "Nobody ends their own present post or account"),
        wayOn: LocalizedText("请由其他管理员办理", "Ask another administrator"))
}
