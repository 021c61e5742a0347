import Cases
import Cipher
import Desk
import Foundation
import Ground
import Identity
import Ledger
import Messages
import Places
import Storage
import StorageTesting
import Synchronization
import Testing
import Web

@testable import GridDay

/// A clock that the test moves.
final class TestClock: WallClock {
    private let at: Mutex<Instant>
    init(_ instant: Instant) { at = Mutex(instant) }
    func now() -> Instant { at.withLock { $0 } }
    func advance(_ span: Span) { at.withLock { $0 = $0 + span } }
}

/// One grid with its worker, its community's head, the street above them, and a department.
struct GridOffice {
    let house: House
    let clock: TestClock
    let day: GridDay
    let cases: Cases
    let places: Places
    let worker: Scope
    let colleague: Scope
    let head: Scope
    let dispatcher: Scope
    let department: Scope

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let county = AreaPrefix("330106") ?? .everywhere
    static let street = AreaPrefix("330106001") ?? .everywhere
    static let community = AreaPrefix("330106001001") ?? .everywhere
    static let grid = AreaPrefix("330106001001001") ?? .everywhere
    /// A Monday morning in November 2026, after the first of the month: the fire season runs.
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 11, day: 16) ?? Day(number: 0), hour: 9))

    struct Bodies: BodyLookup {
        var all: [BodyFacts]
        func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { all.first { $0.id == id } }
        func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] {
            Array(all.filter { area.contains($0.area) || $0.area.contains(area) }.prefix(limit))
        }
    }

    struct Areas: AreaLookup {
        let places: Places
        func name(of area: AreaPrefix) -> String? { places.name(of: area.code) }
        func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] {
            places.children(of: area.code).compactMap { child in AreaPrefix(child.code).map { ($0, child.name) } }
        }
        func area(at location: Location) -> AreaPrefix? { nil }
    }

    static let migrations =
        Once.migrations + Ledger.migrations + Places.migrations + Messages.migrations + Identity.migrations
        + Cases.migrations + GridDay.migrations

    static func with(
        _ engine: EngineCase, _ body: (GridOffice) async throws -> Void
    ) async throws {
        try await engine.withDatabase(migrations: migrations) { database in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let clock = TestClock(start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: RuleFiles(shipped: root + "/Rules"), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: county, outboxFile: folder.path + "/outbox.jsonl"),
                grounds: AnyGround())
            try await body(try await founded(house, clock))
        }
    }

    private static func founded(_ house: House, _ clock: TestClock) async throws -> GridOffice {
        let names = ["street", "community", "department"]
        let ids = names.map { _ in BodyID(house.identifiers.nextText(at: start)) }
        let bodies = Bodies(all: [
            BodyFacts(id: ids[0], name: "某街道办事处", line: nil, area: street),
            BodyFacts(id: ids[1], name: "某社区居委会", line: nil, area: community),
            BodyFacts(id: ids[2], name: "县城管局", line: "city_management", area: county),
        ])
        let places = Places(house: house)
        let valid = Day(year: 2020, month: 1, day: 1) ?? Day(number: 0)
        try await house.database.write { transaction in
            try Places.register(
                areas: [
                    Area(
                        code: county.code, name: "某县", level: .county, parent: nil, validFrom: valid, source: "test"),
                    Area(
                        code: street.code, name: "某街道", level: .street, parent: county.code, validFrom: valid,
                        source: "test"),
                    Area(
                        code: community.code, name: "某社区", level: .community, parent: street.code, validFrom: valid,
                        source: "test"),
                ], in: transaction)
            try Places.register(
                grids: [
                    Grid(
                        code: grid.code, community: community.code, name: "第一网格", kind: .base,
                        centre: .init(longitude: 120.15, latitude: 30.27), validFrom: valid),
                    Grid(
                        code: community.code + "002", community: community.code, name: "第二网格", kind: .base,
                        centre: .init(longitude: 120.16, latitude: 30.27), validFrom: valid),
                ], in: transaction)
        }
        try await places.refresh()
        // Other rooms' rights stand in the same file of roles.
        struct Roles: Decodable {
            struct Role: Decodable { var rights: [String] }
            var roles: [Role]
        }
        let rights = Set(
            try house.rules.decode(Roles.self, from: "roles.yaml").roles.flatMap(\.rights).map { Right($0) })
        let identity = try Identity(house: house, knownRights: rights, bodies: bodies)
        let cases = try Cases(house: house, identity: identity, bodies: bodies, areas: Areas(places: places))
        let day = try GridDay(house: house, identity: identity, cases: cases, places: places, bodies: bodies)
        func person(_ login: String, _ role: String, _ area: AreaPrefix, _ body: BodyID, _ line: String? = nil)
            async throws -> Scope
        {
            guard let known = identity.roles[role] else { throw Refusal.nothingHere }
            let post = PostRecord(
                id: house.identifiers.next(at: start), staff: house.identifiers.next(at: start), body: body, role: role,
                area: area, title: known.name, from: start - .days(1))
            let staff = NewStaff(
                id: post.staff, name: "测试·\(login)", login: login, passwordHash: nil, area: area)
            try await house.database.write {
                try Identity.register(staff: [staff], posts: [post], vault: house.keys.vault, at: start, in: $0)
            }
            return Scope(
                staff: post.staff, staffName: staff.name, post: post.id, postName: post.title, role: role,
                rights: known.rights, area: area, body: body, bodyName: "—", line: line)
        }
        return GridOffice(
            house: house, clock: clock, day: day, cases: cases, places: places,
            worker: try await person("worker", "grid_worker", grid, ids[1]),
            colleague: try await person("colleague", "grid_worker", grid, ids[1]),
            head: try await person("head", "grid_lead", community, ids[1]),
            dispatcher: try await person("dispatcher", "street_dispatcher", street, ids[0]),
            department: try await person("department", "department_handler", county, ids[2], "city_management"))
    }

    var work: EntryWork { EntryWork(day: day) }
    var now: Instant { clock.now() }

    // MARK: Steps

    /// A matter of the grid that waits to be taken by the community.
    func dispatched(_ detail: String = "楼道堆物，影响通行。") async throws -> CaseRecord {
        let now = now
        let category = try #require(cases.rules.categories.leaves.first).code
        return try await house.database.write { transaction in
            let report = Report(detail: detail, area: Self.grid, channel: .resident)
            let record = try cases.report(
                report, by: Actor(kind: .resident, id: "r", post: nil, name: "居民"), scope: nil, at: now, in: transaction
            )
            _ = try cases.act(
                record.id, Command("accept", category: category, area: Self.grid), by: .staff(dispatcher),
                actor: Actor(dispatcher), at: now, in: transaction)
            return try cases.act(
                record.id, Command("dispatch", body: worker.body), by: .staff(dispatcher), actor: Actor(dispatcher),
                at: now, in: transaction)
        }
    }

    func act(_ id: CaseID, _ command: Command, by scope: Scope) async throws -> CaseRecord {
        let now = now
        return try await house.database.write {
            try cases.act(id, command, by: .staff(scope), actor: Actor(scope), at: now, in: $0)
        }
    }

    func matter(_ id: CaseID) async throws -> CaseRecord {
        let scope = dispatcher
        return try #require(try await house.database.read { try cases.matter(id, for: scope, in: $0) })
    }

    func send(_ entry: DayEntry, key: String, by scope: Scope? = nil) async throws -> EntryOutcome {
        try await work.take(
            entry, key: key, content: Array(try DayEntry.json(entry).utf8), by: scope ?? worker, at: now)
    }

    func rows(_ query: SQL) async throws -> [Row] { try await house.database.query(query) }

    /// An entry on a matter as the phone saw it.
    func entry(_ act: String, on matter: CaseRecord, follows: String? = nil) -> DayEntry {
        var entry = DayEntry(.act)
        entry.act = act
        entry.matter = matter.id
        entry.seenVersion = matter.version
        entry.follows = follows
        return entry
    }

    static let pixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
}
