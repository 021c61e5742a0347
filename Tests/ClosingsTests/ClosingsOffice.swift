import Cases
import Cipher
import Desk
import Foundation
import Ground
import Identity
import Ledger
import Messages
import Storage
import StorageTesting
import Synchronization
import Testing
import Web

@testable import Closings

/// A clock that the test moves.
final class TestClock: WallClock {
    private let at: Mutex<Instant>
    init(_ instant: Instant) { at = Mutex(instant) }
    func now() -> Instant { at.withLock { $0 } }
    func advance(_ span: Span) { at.withLock { $0 = $0 + span } }
    func set(_ instant: Instant) { at.withLock { $0 = instant } }
}

/// A street with a department above it, a verifier, a caller and the county's coordination.
struct ClosingsOffice {
    let house: House
    let clock: TestClock
    let cases: Cases
    let closings: Closings
    let department: BodyID
    let dispatcher: Scope
    let verifier: Scope
    let handler: Scope
    let coordinator: Scope
    let caller: Scope
    let elsewhere: Scope

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let county = AreaPrefix("330106") ?? .everywhere
    static let street = AreaPrefix("330106001") ?? .everywhere
    static let community = AreaPrefix("330106001001") ?? .everywhere
    /// A Monday morning.
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 11, day: 16) ?? Day(number: 0), hour: 9))

    struct Bodies: BodyLookup {
        var all: [BodyFacts]
        func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { all.first { $0.id == id } }
        func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] {
            Array(all.filter { area.contains($0.area) || $0.area.contains(area) }.prefix(limit))
        }
    }

    struct NoAreas: AreaLookup {
        func name(of area: AreaPrefix) -> String? { nil }
        func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] { [] }
        func area(at location: Location) -> AreaPrefix? { nil }
    }

    static let migrations =
        Once.migrations + Ledger.migrations + Messages.migrations + Identity.migrations + Cases.migrations
        + Closings.migrations

    static func with(_ engine: EngineCase, _ body: (ClosingsOffice) async throws -> Void) async throws {
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = TestClock(start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: RuleFiles(shipped: root + "/Rules"), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: county))
            try await body(try await founded(house, clock))
        }
    }

    private static func founded(_ house: House, _ clock: TestClock) async throws -> ClosingsOffice {
        let ids = (0..<3).map { _ in BodyID(house.identifiers.nextText(at: start)) }
        let bodies = Bodies(all: [
            BodyFacts(id: ids[0], name: "某街道办事处", line: nil, area: street),
            BodyFacts(id: ids[1], name: "县城管局", line: "city_management", area: county),
            BodyFacts(id: ids[2], name: "县统筹办", line: nil, area: county),
        ])
        struct Roles: Decodable {
            struct Role: Decodable { var rights: [String] }
            var roles: [Role]
        }
        let rights = Set(
            try house.rules.decode(Roles.self, from: "roles.yaml").roles.flatMap(\.rights).map { Right($0) })
        let identity = try Identity(house: house, knownRights: rights, bodies: bodies)
        let closed = try ClosedMatters(house: house)
        let cases = try Cases(
            house: house, identity: identity, bodies: bodies, areas: NoAreas(), followers: [closed])
        let closings = try Closings(house: house, identity: identity, cases: cases, closed: closed, bodies: bodies)
        func person(_ login: String, _ role: String, _ area: AreaPrefix, _ body: BodyID, _ line: String? = nil)
            async throws -> Scope
        {
            guard let known = identity.roles[role] else { throw Refusal.nothingHere }
            let post = PostRecord(
                id: house.identifiers.next(at: start), staff: house.identifiers.next(at: start), body: body, role: role,
                area: area, title: known.name, from: start - .days(1))
            let staff = NewStaff(id: post.staff, name: "测试·\(login)", login: login, passwordHash: nil, area: area)
            try await house.database.write {
                try Identity.register(staff: [staff], posts: [post], vault: house.keys.vault, at: start, in: $0)
            }
            return Scope(
                staff: post.staff, staffName: staff.name, post: post.id, postName: post.title, role: role,
                rights: known.rights, area: area, body: body, bodyName: "—", line: line)
        }
        return ClosingsOffice(
            house: house, clock: clock, cases: cases, closings: closings, department: ids[1],
            dispatcher: try await person("dispatcher", "street_dispatcher", street, ids[0]),
            verifier: try await person("verifier", "verifier", street, ids[0]),
            handler: try await person("handler", "department_handler", county, ids[1], "city_management"),
            coordinator: try await person("coordinator", "coordination_officer", county, ids[2]),
            caller: try await person("caller", "hotline_agent", county, ids[2]),
            elsewhere: try await person(
                "elsewhere", "verifier", AreaPrefix("330106002") ?? .everywhere, ids[0]))
    }

    var now: Instant { clock.now() }
    var checks: CheckWork { CheckWork(closings: closings) }
    var calls: CallWork { CallWork(closings: closings) }

    func act(_ id: CaseID, _ command: Command, by performer: Performer) async throws -> CaseRecord {
        let now = now
        let actor: Actor =
            switch performer {
            case .staff(let scope): Actor(scope)
            case .reporter, .system: .system
            }
        return try await house.database.write {
            try cases.act(id, command, by: performer, actor: actor, at: now, in: $0)
        }
    }

    /// A matter that the department has handled and the verifier has passed: it waits to be rated.
    func closed(_ detail: String = "路面有坑，已有三天。", phone: String? = "19900001234", bySelf: Bool = false) async throws
        -> CaseRecord
    {
        let now = now
        let leaf = try #require(cases.rules.categories.leaves.first).code
        let dispatcher = dispatcher
        let record = try await house.database.write { transaction in
            var report = Report(detail: detail, area: Self.community, channel: .hotline)
            report.reporterPhone = phone.flatMap { PhoneNumber($0) }
            return try cases.report(report, by: Actor(dispatcher), scope: dispatcher, at: now, in: transaction)
        }
        _ = try await act(record.id, Command("accept", category: leaf, area: Self.community), by: .staff(dispatcher))
        if bySelf {
            _ = try await act(record.id, Command("settle-directly", result: "已答复"), by: .staff(headOfStreet))
        } else {
            _ = try await act(record.id, Command("dispatch", body: department), by: .staff(dispatcher))
            _ = try await act(record.id, Command("sign"), by: .staff(handler))
            _ = try await act(record.id, Command("finish", result: "已修补"), by: .staff(handler))
        }
        return try await act(record.id, Command("pass"), by: .staff(verifier))
    }

    private var headOfStreet: Scope { dispatcher }

    func matter(_ id: CaseID) async throws -> CaseRecord {
        let scope = coordinator
        return try #require(try await house.database.read { try cases.matter(id, for: scope, in: $0) })
    }

    func seal() async throws {
        try await Sealing(database: house.database, key: house.keys.signing, clock: clock, chain: Self.county).run()
    }

    /// Moves on to after the end of the period, seals a block there, and draws.
    @discardableResult
    func drawAfterPeriod() async throws -> Int {
        let days = Int64(closings.rules.everyDays)
        let next = (now.local().day.number / days + 1) * days
        clock.set(Instant(LocalTime(day: Day(number: next), hour: 10)))
        // Something must have happened for a block to be sealed.
        let now = now
        let entry = LedgerEntry(
            id: house.identifiers.next(at: now), act: "cases.export", subjectKind: "export", subjectID: "x",
            actor: .system, happenedAt: now, receivedAt: now)
        try await house.database.write { try Ledger.record(entry, in: $0) }
        try await seal()
        return try await checks.drawDue(at: now)
    }

    func openChecks(_ scope: Scope) async throws -> [SiteCheck] {
        try await house.database.read {
            try CheckStore.page(isOpen: true, for: scope, after: nil, limit: 100, in: $0)
        }
    }

    func end(_ check: SiteCheck, _ outcome: CheckOutcome, _ words: String, by scope: Scope) async throws -> SiteCheck {
        let now = now
        return try await house.database.write {
            try checks.take(check.id, outcome, words: words, photos: [], by: scope, at: now, in: $0)
        }
    }

    func take(by scope: Scope) async throws -> Int {
        let now = now
        return try await house.database.write { try calls.take(by: scope, at: now, in: $0) }
    }

    func list(of scope: Scope) async throws -> [ClosingRecord] {
        let now = now
        return try await house.database.read {
            try ClosingStore.list(of: scope.post, at: now, limit: 100, in: $0)
        }
    }

    func call(_ closing: ClosingRecord, _ report: CallReport, by scope: Scope) async throws -> CallEnd? {
        let now = now
        return try await house.database.write {
            try calls.take(report, of: closing.id, by: scope, at: now, in: $0)
        }
    }

    func rows(_ query: SQL) async throws -> [Row] { try await house.database.query(query) }
}
