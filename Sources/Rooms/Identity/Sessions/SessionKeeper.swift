import Cipher
import Desk
import Ground
import Storage
import Synchronization

/// Who a request comes from, as its cookie or token proves it.
struct Visitor: Sendable {
    /// What must be done before anything else.
    enum Duty: Sendable, Hashable { case nothing, choosePassword, enrolSecondStep }

    var session: SessionReference?
    var scope: Scope?
    var resident: ResidentReference?
    var duty = Duty.nothing
}

/// Begins, finds and ends sessions, and finds tokens. What it found it remembers for five seconds, so that a busy
/// client costs one indexed read in that time; what this process ends is forgotten at once, what another one ends
/// within the five seconds.
final class SessionKeeper: Sendable {
    private struct Remembered: Sendable {
        var visitor: Visitor?
        var until: Instant
    }

    let house: House
    let rules: SessionRules
    private let roles: Roles
    private let bodies: any BodyLookup
    private let visitors = Mutex<[String: Remembered]>([:])

    private static let rememberedFor = Span.seconds(5)
    private static let most = 20_000
    /// How exactly the last use is known; finer would be a write for every request.
    private static let usePrecision = Span.minutes(5)

    init(house: House, rules: SessionRules, roles: Roles, bodies: any BodyLookup) {
        self.house = house
        self.rules = rules
        self.roles = roles
        self.bodies = bodies
    }

    // MARK: Beginning and ending

    /// The id under which a cookie's session is stored.
    static func id(of cookie: String) -> String { Digest.sha256(cookie).hexadecimal }

    /// The token that forms of a session carry.
    func formToken(_ id: String) -> String {
        Digest.authentication(of: Array(("form " + id).utf8), key: house.keys.session).base64URL
    }

    func addressIndex(_ address: String) -> String { house.keys.vault.blindIndex(address, for: "identity.address") }

    /// Stores a new session, always under a new secret; the one that the browser had before ends.
    /// - Parameter cookie: from `SecureRandom.token()`, made before the transaction.
    func begin(
        cookie: String, staff: StaffID?, post: PostID?, resident: ResidentReference?, client: Client, at now: Instant,
        in transaction: any Transaction
    ) throws {
        if let earlier = client.cookie { try SessionStore.end(Self.id(of: earlier), in: transaction) }
        let longest =
            staff == nil ? rules.sessions.residentLongestMinutes : rules.sessions.staffLongestMinutes
        try SessionStore.insert(
            Self.id(of: cookie), staff: staff, post: post, resident: resident, at: now,
            expires: now + .minutes(longest), addressIndex: addressIndex(client.address), device: client.device,
            in: transaction)
    }

    /// Forgets what was remembered of one session, or of all.
    func forget(_ id: String? = nil) {
        visitors.withLock { visitors in
            if let id { visitors[id] = nil } else { visitors.removeAll(keepingCapacity: true) }
        }
    }

    // MARK: Finding

    /// - Returns: nil when there is no such session, or it has ended.
    func visitor(cookie: String) async throws -> Visitor? {
        // A cookie of ours has 43 characters; others need no look.
        guard cookie.utf8.count == 43 else { return nil }
        let id = Self.id(of: cookie)
        return try await remembered(id) { now in try await self.findSession(id, at: now) }
    }

    /// - Returns: nil when there is no such token, or it ended, was revoked, or its post ended.
    func visitor(bearer: String) async throws -> Visitor? {
        guard bearer.hasPrefix(Self.tokenBeginning), bearer.utf8.count == Self.tokenBeginning.utf8.count + 43 else {
            return nil
        }
        let hash = Self.id(of: bearer)
        return try await remembered(hash) { now in try await self.findToken(hash, at: now) }
    }

    /// Tokens are told from other secrets by this beginning, also by scanners of code and logs.
    static let tokenBeginning = "gewu_"

    private func remembered(_ key: String, _ find: (Instant) async throws -> Visitor?) async throws -> Visitor? {
        let now = house.clock.now()
        if let known = visitors.withLock({ $0[key] }), known.until > now { return known.visitor }
        let visitor = try await find(now)
        visitors.withLock { visitors in
            if visitors.count >= Self.most { visitors.removeAll(keepingCapacity: true) }
            visitors[key] = Remembered(visitor: visitor, until: now + Self.rememberedFor)
        }
        return visitor
    }

    private func findSession(_ id: String, at now: Instant) async throws -> Visitor? {
        let found = try await house.database.read { [bodies] transaction -> (StoredSession, PostRecord?, BodyFacts?)? in
            guard let session = try SessionStore.session(id, in: transaction) else { return nil }
            var post = session.post.flatMap { $0.isCurrent(at: now) ? $0 : nil }
            if post == nil, let staff = session.staff {
                post = try PostStore.current(of: staff.id, at: now, in: transaction).first
            }
            return (session, post, try post.flatMap { try bodies.body($0.body, in: transaction) })
        }
        guard let (session, post, body) = found, session.expires > now else { return nil }
        let idle =
            session.staff == nil ? rules.sessions.residentIdleMinutes : rules.sessions.staffIdleMinutes
        guard session.lastSeen + .minutes(idle) > now else { return nil }
        let reference = SessionReference(id: id, formToken: formToken(id))
        var visitor = Visitor(session: reference, resident: session.resident)
        if let staff = session.staff {
            guard staff.isActive, let post, let role = roles[post.role] else { return nil }
            visitor.scope = scope(
                staff: staff.id, name: staff.name, post: post, rights: role.rights, area: post.area, body: body,
                isMachine: false)
            if staff.mustChangePassword {
                visitor.duty = .choosePassword
            } else if role.decides, !staff.hasSecondStep, !house.settings.isDemonstration {
                visitor.duty = .enrolSecondStep
            }
        }
        if now - session.lastSeen > Self.usePrecision {
            try await house.database.write { try SessionStore.touch(id, at: now, in: $0) }
        }
        return visitor
    }

    private func findToken(_ hash: String, at now: Instant) async throws -> Visitor? {
        let found = try await house.database.read { [bodies] transaction -> (TokenInUse, BodyFacts?)? in
            guard let token = try TokenStore.token(secretHash: hash, in: transaction) else { return nil }
            return (token, try bodies.body(token.post.body, in: transaction))
        }
        guard let (use, body) = found, use.token.revoked == nil, use.token.expires > now, use.isStaffActive,
            use.post.isCurrent(at: now), let role = roles[use.post.role], use.post.area.contains(use.token.area)
        else { return nil }
        // The role may have lost rights since the token was made: it has what both have.
        let rights = role.rights.intersection(use.token.rights)
        if now - (use.token.lastUsed ?? Instant(milliseconds: 0)) > Self.usePrecision {
            try await house.database.write { try TokenStore.touch(use.token.id, at: now, in: $0) }
        }
        return Visitor(
            scope: scope(
                staff: use.post.staff, name: use.token.name, post: use.post, rights: rights, area: use.token.area,
                body: body, isMachine: true))
    }

    func scope(
        staff: StaffID, name: String, post: PostRecord, rights: Set<Right>, area: AreaPrefix, body: BodyFacts?,
        isMachine: Bool
    ) -> Scope {
        Scope(
            staff: staff, staffName: name, post: post.id, postName: post.title, role: post.role, rights: rights,
            area: area, body: post.body, bodyName: body?.name ?? "—", line: body?.line, isMachine: isMachine)
    }
}

/// Where a request comes from, as far as sessions care.
struct Client: Sendable {
    var address: String
    /// What the browser calls itself; shown to the person beside their sessions.
    var device: String
    /// The session cookie that came along.
    var cookie: String?
}
