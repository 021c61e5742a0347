import Cases
import Cipher
import Desk
import Emergencies
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import Ledger
import Logging
import Messages
import Places
import Storage
import StorageTesting
import Synchronization
import Testing
import Web

@testable import Command

/// A clock that the test moves.
final class TestClock: WallClock {
    private let at: Mutex<Instant>
    init(_ instant: Instant) { at = Mutex(instant) }
    func now() -> Instant { at.withLock { $0 } }
    func advance(_ span: Span) { at.withLock { $0 = $0 + span } }
}

/// A county with two streets of two communities each, bodies with lines, and people in posts.
struct CommandWorld: Sendable {
    let house: House
    let clock: TestClock
    let identity: Identity
    let places: Places
    let cases: Cases
    let emergencies: Emergencies
    let command: UnifiedCommand
    let people: [String: Scope]
    let bodies: [String: BodyID]

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let county = AreaPrefix("330106") ?? .everywhere
    static let north = AreaPrefix("330106001") ?? .everywhere
    static let south = AreaPrefix("330106002") ?? .everywhere
    static let community = AreaPrefix("330106001001") ?? .everywhere
    static let grid = AreaPrefix("330106001001001") ?? .everywhere
    /// A Wednesday morning: there is a today, a rest of the week, and a later.
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 7, day: 8) ?? Day(number: 0), hour: 9))

    static let migrations =
        Once.migrations + Ledger.migrations + Places.migrations + Messages.migrations + Identity.migrations
        + Cases.migrations + Emergencies.migrations + UnifiedCommand.migrations

    private static let bodyFacts: [(name: String, area: AreaPrefix, line: String?)] = [
        ("coordination", county, nil), ("northstreet", north, nil), ("southstreet", south, nil),
        ("committee", community, nil), ("city", county, "city_management"), ("fire", county, "fire"),
        ("firepost", south, "fire"),
    ]

    private static let posts: [(name: String, role: String, area: AreaPrefix, body: String)] = [
        ("coordinator", "coordination_officer", county, "coordination"),
        ("northhead", "street_leader", north, "northstreet"),
        ("northduty", "street_dispatcher", north, "northstreet"),
        ("southhead", "street_leader", south, "southstreet"),
        ("southduty", "street_dispatcher", south, "southstreet"),
        ("clerk", "community_clerk", community, "committee"),
        ("worker", "grid_worker", grid, "committee"),
        ("cityhand", "department_handler", county, "city"),
        ("firehand", "department_handler", county, "fire"),
        ("firepost", "department_handler", south, "firepost"),
        ("verifier", "verifier", north, "northstreet"),
    ]

    static func with(
        _ engine: EngineCase, _ body: (CommandWorld) async throws -> Void
    ) async throws {
        try await engine.withDatabase(migrations: migrations) { database in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try await body(try await founded(database, outbox: folder.path + "/outbox.jsonl"))
        }
    }

    private static func founded(_ database: any Database, outbox: String) async throws -> CommandWorld {
        let clock = TestClock(start)
        let house = House(
            database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
            rules: RuleFiles(shipped: root + "/Rules"), assets: try StaticFiles(folders: []),
            settings: House.Settings(area: county, secureCookies: false, outboxFile: outbox))
        let places = Places(house: house)
        let lookup = Bodies(places: places, clock: clock)
        let bodies = Dictionary(
            uniqueKeysWithValues: bodyFacts.map { ($0.name, house.identifiers.next(at: start) as BodyID) })
        try await enterPlaces(house, bodies)
        try await places.refresh()
        struct Roles: Decodable {
            struct Role: Decodable { var rights: [String] }
            var roles: [Role]
        }
        let rights = Set(
            try house.rules.decode(Roles.self, from: "roles.yaml").roles.flatMap(\.rights).map { Right($0) })
        let identity = try Identity(house: house, knownRights: rights, bodies: lookup)
        let cases = try Cases(house: house, identity: identity, bodies: lookup, areas: Areas(places: places))
        let emergencies = try Emergencies(house: house, identity: identity, places: places)
        var people: [String: Scope] = [:]
        for post in posts {
            let body = try #require(bodies[post.body])
            let line = bodyFacts.first { $0.name == post.body }?.line
            people[post.name] = try await person(post.name, post.role, post.area, body, line, house, identity)
        }
        return CommandWorld(
            house: house, clock: clock, identity: identity, places: places, cases: cases, emergencies: emergencies,
            command: try UnifiedCommand(
                house: house, identity: identity, cases: cases, emergencies: emergencies, places: places),
            people: people, bodies: bodies)
    }

    struct Bodies: BodyLookup {
        let places: Places
        let clock: TestClock

        func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? {
            try Places.body(id, in: transaction).map(Self.facts)
        }
        func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] {
            try Places.bodies(within: area, at: clock.now().local().day, limit: limit, in: transaction)
                .map(Self.facts)
        }
        private static func facts(_ body: BodyRecord) -> BodyFacts {
            BodyFacts(id: body.id, name: body.name, line: body.line, area: body.area)
        }
        func areaName(_ area: AreaPrefix) -> String? { places.name(of: area.code) }
    }

    struct Areas: AreaLookup {
        let places: Places
        func name(of area: AreaPrefix) -> String? { places.name(of: area.code) }
        func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] {
            places.children(of: area.code).compactMap { child in AreaPrefix(child.code).map { ($0, child.name) } }
        }
        func area(at location: Location) -> AreaPrefix? {
            places.nearestGrid(longitude: location.longitude, latitude: location.latitude)
                .flatMap { AreaPrefix($0.code) }
        }
    }

    private static func enterPlaces(_ house: House, _ bodies: [String: BodyID]) async throws {
        let day = Day(number: 0)
        func area(_ code: String, _ name: String, _ level: AreaLevel, _ parent: String?) -> Area {
            Area(code: code, name: name, level: level, parent: parent, validFrom: day, source: "test")
        }
        let (north, south) = (north.code, south.code)
        let areas = [
            area(county.code, "西湖区", .county, nil), area(north, "北山街道", .street, county.code),
            area(south, "南山街道", .street, county.code), area(north + "001", "宝石社区", .community, north),
            area(north + "002", "曙光社区", .community, north), area(south + "001", "清波社区", .community, south),
            area(south + "002", "涌金社区", .community, south),
        ]
        // One grid each, a thousandth of a degree of latitude (111 m) apart from the next.
        let grids = [north + "001", north + "002", south + "001", south + "002"].enumerated().map { index, community in
            Grid(
                code: community + "001", community: community, name: "第一网格", kind: .base,
                centre: .init(longitude: 120.15, latitude: 30.25 + Double(index) * 0.01), validFrom: day)
        }
        let records = try bodyFacts.map { facts in
            BodyRecord(
                id: try #require(bodies[facts.name]), name: facts.name,
                kind: facts.line == nil ? .government : .department, level: facts.area.level, area: facts.area,
                line: facts.line, validFrom: day)
        }
        try await house.database.write {
            try Places.register(areas: areas, in: $0)
            try Places.register(grids: grids, in: $0)
            try Places.register(bodies: records, in: $0)
        }
    }

    private static func person(
        _ login: String, _ role: String, _ area: AreaPrefix, _ body: BodyID, _ line: String?, _ house: House,
        _ identity: Identity
    ) async throws -> Scope {
        let now = start - .days(1)
        let known = try #require(identity.roles[role])
        let post = PostRecord(
            id: house.identifiers.next(at: now), staff: house.identifiers.next(at: now), body: body, role: role,
            area: area, title: known.name, from: now)
        let staff = NewStaff(id: post.staff, name: login, login: login, passwordHash: nil, area: area)
        let vault = house.keys.vault
        try await house.database.write {
            try Identity.register(staff: [staff], posts: [post], vault: vault, at: now, in: $0)
        }
        return Scope(
            staff: post.staff, staffName: login, post: post.id, postName: post.title, role: role, rights: known.rights,
            area: area, body: body, bodyName: "—", line: line)
    }

    // MARK: Acts

    var now: Instant { clock.now() }

    func scope(_ name: String) throws -> Scope { try #require(people[name]) }
    func body(_ name: String) throws -> BodyID { try #require(bodies[name]) }

    func reported(_ area: AreaPrefix = community, channel: Channel = .resident) async throws -> CaseRecord {
        let (cases, now) = (cases, now)
        return try await house.database.write { transaction in
            try cases.report(
                Report(detail: "楼道堆物，影响通行。", area: area, channel: channel),
                by: Actor(kind: .resident, id: "r", post: nil, name: "居民"), scope: nil, at: now, in: transaction)
        }
    }

    @discardableResult
    func act(_ id: CaseID, _ command: Command, by name: String) async throws -> CaseRecord {
        let (cases, now, scope) = (cases, now, try scope(name))
        return try await house.database.write {
            try cases.act(id, command, by: .staff(scope), actor: Actor(scope), at: now, in: $0)
        }
    }

    func figures(_ name: String, in area: AreaPrefix? = nil) async throws -> WallFigures {
        let (command, now, scope) = (command, now, try scope(name))
        return try await house.database.read { try command.figures(in: area, for: scope, at: now, in: $0) }
    }

    func recount(_ name: String, in area: AreaPrefix? = nil) async throws -> WallFigures {
        let (rules, now, scope) = (cases.rules, now, try scope(name))
        return try await house.database.read {
            try LedgerRecount.figures(in: area, for: scope, at: now, rules: rules, in: $0)
        }
    }

    /// Looks once for what was not done in time, as the server does by itself.
    func watch() async throws {
        for job in emergencies.jobs { try await job.run() }
    }

    func alarms(_ kind: AlarmKind, _ name: String) async throws -> [RingingAlarm] {
        let (emergencies, scope) = (emergencies, try scope(name))
        return try await house.database.read {
            try emergencies.ringing(kind, in: scope.area, for: scope, limit: 100, in: $0)
        }
    }

    /// The number on paper of the branch that an alarm rings for.
    func number(ofContact alarm: RingingAlarm) async throws -> Int64 {
        let id = alarm.id
        return try await house.database.query(
            """
            SELECT c.number FROM emergency_contacts c JOIN emergency_alarms a ON a.subject = 'contact:' || c.id
            WHERE a.id = \(id)
            """)[0].int(0)
    }

    func started(_ area: AreaPrefix = county, isExercise: Bool = false) async throws -> EventRecord {
        let (emergencies, now, scope) = (emergencies, now, try scope("coordinator"))
        return try await house.database.write {
            try emergencies.start(
                plan: "storm", level: .third, area: area, title: "台风防御", isExercise: isExercise,
                try Occurrence(nil, at: now), by: scope, in: $0)
        }
    }
}
