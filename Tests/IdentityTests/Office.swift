import Cipher
import Desk
import Foundation
import Ground
import Ledger
import Messages
import Storage
import StorageTesting
import Testing
import Web

@testable import Identity

/// A county's office of a few people, on a database of its own.
struct Office {
    let database: any Database
    let clock = ManualClock(Instant(milliseconds: 1_800_000_000_000))
    let house: House
    let identity: Identity

    static let county = "990101"
    static let street = "990101001"
    static let sibling = "990101002"
    static let password = "correct horse battery"
    static let phone = "13800001234"

    static let migrations = Once.migrations + Ledger.migrations + Messages.migrations + Identity.migrations

    static let roles = """
        - { key: administrator, zh: 系统管理员, en: Administrator, level: any, rights: [all], decides: true }
        - { key: head, zh: 街道负责人, en: Street head, level: street, rights: [staff.manage, case.accept], decides: true }
        - { key: clerk, zh: 受理员, en: Clerk, level: street, rights: [case.accept] }
        - { key: judge, zh: 裁定员, en: Coordinator, level: any, rights: [case.rule], decides: true }
        """

    static let knownRights = Set(Identity.rights + [Right("case.accept"), Right("case.rule")])

    init(_ database: any Database, isDemonstration: Bool = true) throws {
        self.database = database
        let folder = try RulesFolder(roles: Self.roles)
        house = House(
            database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
            rules: RuleFiles(shipped: RulesFolder.shipped, own: folder.path), assets: try StaticFiles(folders: []),
            settings: House.Settings(
                area: AreaPrefix(Self.county) ?? .everywhere, secureCookies: false, isDemonstration: isDemonstration))
        identity = try Identity(house: house, knownRights: Self.knownRights, bodies: Bodies())
        folder.remove()
    }

    static func with(
        _ engine: EngineCase, isDemonstration: Bool = true, _ body: (Office) async throws -> Void
    ) async throws {
        try await engine.withDatabase(migrations: migrations) {
            try await body(try Office($0, isDemonstration: isDemonstration))
        }
    }

    // MARK: People

    struct Person: Sendable {
        var id: StaffID
        var login: String
        var posts: [PostID]
    }

    /// Enters a person with posts, each a role for an area.
    @discardableResult
    func person(
        _ login: String, _ posts: [(role: String, area: String)], password: String = Office.password,
        phone: String? = nil
    ) async throws -> Person {
        let now = clock.now()
        let hash = try await Self.hash(password, identity)
        let id: StaffID = house.identifiers.next(at: now)
        let records = try posts.map { role, area in
            PostRecord(
                id: house.identifiers.next(at: now), staff: id, body: Bodies.id(of: area), role: role,
                area: try #require(AreaPrefix(area)), title: identity.roles[role]?.name ?? LocalizedText(role, role),
                from: now)
        }
        let staff = NewStaff(
            id: id, name: "测试·\(login)", login: login, phone: phone, passwordHash: hash,
            area: try #require(AreaPrefix(posts.first?.area ?? Self.county)))
        let vault = house.keys.vault
        try await database.write {
            try Identity.register(staff: [staff], posts: records, vault: vault, at: now, in: $0)
        }
        return Person(id: id, login: login, posts: records.map(\.id))
    }

    /// Hashing takes its time on purpose; the common password is hashed once.
    private static let common = Task { try await PasswordHasher().hash(password) }
    private static func hash(_ password: String, _ identity: Identity) async throws -> String {
        password == Self.password ? try await common.value : try await identity.hash(password: password)
    }

    // MARK: Doors

    var logIn: LogIn { LogIn(house: house, keeper: identity.keeper, hasher: identity.hasher) }
    var door: ResidentDoor { ResidentDoor(house: house, keeper: identity.keeper) }

    func client(_ address: String = "10.0.0.1", cookie: String? = nil) -> Client {
        Client(address: address, device: "test", cookie: cookie)
    }

    func enter(_ login: String, _ password: String = Office.password, from client: Client? = nil) async throws
        -> String
    {
        let outcome = try await logIn.enter(login: login, password: password, client: client ?? self.client())
        guard case .entered(let cookie, _) = outcome else { throw CodeWanted() }
        return cookie
    }

    struct CodeWanted: Error {}

    func scope(_ login: String) async throws -> Scope {
        let cookie = try await enter(login)
        return try #require(try await identity.keeper.visitor(cookie: cookie)?.scope)
    }

    /// The code of a refusal, or nil when there was none.
    func refusal<Value>(_ body: () async throws -> Value) async -> String? {
        do {
            _ = try await body()
            return nil
        } catch {
            return (error as? Refusal)?.code ?? "\(error)"
        }
    }

    /// A request without an idempotency key.
    var once: Once { Once(owner: "test", key: nil, content: []) }
}

/// Bodies that exist because their area does: one for each.
struct Bodies: BodyLookup {
    static let areas = [Office.county, Office.street, Office.sibling]

    static func id(of area: String) -> BodyID { BodyID(String(repeating: "b", count: 26 - area.count) + area) }

    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? {
        Self.areas.first { Self.id(of: $0) == id }.flatMap(facts)
    }

    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] {
        Self.areas.filter { area.contains(code: $0) }.compactMap(facts)
    }

    private func facts(_ area: String) -> BodyFacts? {
        AreaPrefix(area).map { BodyFacts(id: Self.id(of: area), name: "单位 \(area)", line: nil, area: $0) }
    }
}

/// A county's folder of rules with its own roles.
struct RulesFolder {
    let path: String

    static let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Rules").path

    init(roles: String) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("rules-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try roles.write(toFile: path + "/roles.yaml", atomically: true, encoding: .utf8)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
