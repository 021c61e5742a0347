import Cipher
import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import Ledger
import Logging
import Messages
import NIOCore
import Places
import Storage
import StorageTesting
import Testing
import Web

@testable import Appraisals
@testable import Cases
@testable import Mandates

/// A county with two streets and two departments, and what streets and residents ask of them.
struct AppraisalCounty: Sendable {
    let house: House
    let appraisals: Appraisals
    let cases: Cases
    let mandates: Mandates
    let identity: Identity
    let clock: ManualClock
    let people: [String: Scope]
    let bodies: [String: BodyID]
    let client: any TestClientProtocol

    static let county = AreaPrefix("330106") ?? .everywhere
    static let north = AreaPrefix("330106001") ?? .everywhere
    static let south = AreaPrefix("330106002") ?? .everywhere
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 3, day: 2) ?? Day(number: 0), hour: 9))
    static let period = AppraisalPeriod(.year, of: start.local().day)

    /// By name the fire brigade would stand first; by line it does not.
    private static let places: [(name: String, area: AreaPrefix, line: String?)] = [
        ("coordination", county, nil), ("north", north, nil), ("south", south, nil),
        ("z-city", county, "city_management"), ("a-fire", county, "fire"),
    ]
    private static let posts: [(name: String, role: String, body: String)] = [
        ("coordinator", "coordination_officer", "coordination"), ("second", "coordination_officer", "coordination"),
        ("northhead", "street_leader", "north"), ("northduty", "street_dispatcher", "north"),
        ("southhead", "street_leader", "south"), ("verifier", "verifier", "north"),
        ("cityhand", "department_handler", "z-city"), ("firehand", "department_handler", "a-fire"),
    ]

    /// - Parameter fewest: figures over fewer than so many do not count.
    static func with(
        _ engine: EngineCase, fewest: Int = 5, _ body: @escaping @Sendable (AppraisalCounty) async throws -> Void
    ) async throws {
        let migrations =
            Once.migrations + Ledger.migrations + Places.migrations + Messages.migrations + Identity.migrations
            + Cases.migrations + Mandates.migrations
        let own = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: own) }
        let text = try String(contentsOfFile: shipped + "/appraisals.yaml", encoding: .utf8)
        try text.replacing("fewest: 5", with: "fewest: \(fewest)").write(
            to: own.appendingPathComponent("appraisals.yaml"), atomically: true, encoding: .utf8)
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: RuleFiles(shipped: shipped, own: own.path), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: county, secureCookies: false, outboxFile: own.path + "/outbox.jsonl"))
            try await founded(house, clock, body)
        }
    }

    static var shipped: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/Rules"
    }

    private static func founded(
        _ house: House, _ clock: ManualClock, _ body: @escaping @Sendable (AppraisalCounty) async throws -> Void
    ) async throws {
        let places = Places(house: house)
        let lookup = Lookup(clock: clock)
        let ids = Dictionary(
            uniqueKeysWithValues: Self.places.map { ($0.name, house.identifiers.next(at: start) as BodyID) })
        try await enterPlaces(house, ids)
        try await places.refresh()
        struct Roles: Decodable {
            struct Role: Decodable { var rights: [String] }
            var roles: [Role]
        }
        let rights = try house.rules.decode(Roles.self, from: "roles.yaml").roles.flatMap(\.rights).map { Right($0) }
        let identity = try Identity(house: house, knownRights: Set(rights), bodies: lookup)
        let cases = try Cases(house: house, identity: identity, bodies: lookup, areas: NoAreas())
        let mandates = try Mandates(house: house, identity: identity, places: places, forecast: Harmless())
        let appraisals = try Appraisals(house: house, cases: cases, mandates: mandates)
        var people: [String: Scope] = [:]
        for post in posts {
            let place = try #require(Self.places.first { $0.name == post.body })
            people[post.name] = try await person(
                post.name, post.role, place.area, try #require(ids[post.body]), place.line, house, identity)
        }
        let router = Router(context: DeskContext.self)
        let routes = Routes(router: router, house: house, menu: [], catalogue: APICatalogue())
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
        router.add(middleware: identity.sessions)
        appraisals.addRoutes(to: routes)
        let known = people
        try await Application(router: router, logger: logger).test(.router) { client in
            try await body(
                AppraisalCounty(
                    house: house, appraisals: appraisals, cases: cases, mandates: mandates, identity: identity,
                    clock: clock, people: known, bodies: ids, client: client))
        }
    }

    private static func enterPlaces(_ house: House, _ ids: [String: BodyID]) async throws {
        let day = Day(number: 0)
        let records = try places.map { place in
            BodyRecord(
                id: try #require(ids[place.name]), name: place.name,
                kind: place.line == nil ? .government : .department, level: place.area.level, area: place.area,
                line: place.line, validFrom: day)
        }
        try await house.database.write { transaction in
            func area(_ area: AreaPrefix, _ name: String, _ level: AreaLevel, _ parent: String?) -> Area {
                Area(code: area.code, name: name, level: level, parent: parent, validFrom: day, source: "test")
            }
            try Places.register(
                areas: [
                    area(county, "西湖区", .county, nil), area(north, "北山街道", .street, county.code),
                    area(south, "南山街道", .street, county.code),
                ], in: transaction)
            try Places.register(bodies: records, in: transaction)
        }
    }

    private struct Lookup: BodyLookup {
        let clock: ManualClock

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
    }

    private struct NoAreas: AreaLookup {
        func name(of area: AreaPrefix) -> String? { nil }
        func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] { [] }
        func area(at location: Location) -> AreaPrefix? { nil }
    }

    /// What is asked for goes over nobody's hours.
    private struct Harmless: LoadForecast {
        func effect(of work: PlannedWork, at now: Instant) async throws -> LoadEffect {
            LoadEffect(
                minutes: 600, unstaffedMinutes: 0, posts: 10, overBefore: 0, overAfter: 0, before: 700, after: 710,
                offsetMinutes: 0, bearable: 1000,
                areas: [AppraisalCounty.north.code: 6, AppraisalCounty.south.code: 4])
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
            area: area, body: body, bodyName: login, line: line)
    }

    // MARK: What happens in it

    func scope(_ name: String) throws -> Scope { try #require(people[name]) }
    func body(_ name: String) throws -> BodyID { try #require(bodies[name]) }

    @discardableResult
    func act(_ id: CaseID, _ command: Command, by name: String) async throws -> CaseRecord {
        let (cases, now, scope) = (cases, clock.now(), try scope(name))
        return try await house.database.write {
            try cases.act(id, command, by: .staff(scope), actor: Actor(scope), at: now, in: $0)
        }
    }

    func reported() async throws -> CaseID {
        let (cases, now) = (cases, clock.now())
        return try await house.database.write { transaction in
            try cases.report(
                Report(detail: "占道摆摊，行人难行。", area: Self.north, channel: .resident),
                by: Actor(kind: .resident, id: "r", post: nil, name: "居民"), scope: nil, at: now, in: transaction
            ).id
        }
    }

    /// Reported, accepted and given to a department.
    func given(to name: String = "z-city") async throws -> CaseID {
        let id = try await reported()
        let category = try #require(cases.rules.categories.leaves.first).code
        try await act(id, Command("accept", category: category, area: Self.north), by: "northduty")
        try await act(id, Command("dispatch", body: try body(name)), by: "northduty")
        return id
    }

    /// Done and verified: the resident is asked.
    func handled(by name: String = "cityhand") async throws -> CaseID {
        let id = try await given()
        try await act(id, Command("sign"), by: name)
        try await act(id, Command("finish", result: "已清理"), by: name)
        try await act(id, Command("pass"), by: "verifier")
        return id
    }

    func rate(_ id: CaseID, isSolved: Bool, satisfaction: Int) async throws {
        let (cases, now) = (cases, clock.now())
        let actor = Actor(kind: .resident, id: "r", post: nil, name: "居民")
        _ = try await house.database.write {
            try cases.act(
                id, Command("rate", isSolved: isSolved, satisfaction: satisfaction), by: .reporter, actor: actor,
                at: now, in: $0)
        }
    }

    /// A whistle of the north, approved: the call of the department.
    func called(_ name: String = "z-city") async throws -> CaseID {
        let (cases, now, scope) = (cases, clock.now(), try scope("northduty"))
        let whistle = try await house.database.write {
            try cases.begin(
                Beginning(kind: "whistle", variant: "alone", title: "占道经营", detail: "请到场", area: Self.north),
                by: scope, at: now, in: $0
            ).id
        }
        var approve = Command("approve-whistle", opinion: "同意")
        approve.bodies = [try body(name)]
        try await act(whistle, approve, by: "northhead")
        return try await house.database.query("SELECT id FROM cases WHERE parent = \(whistle)")[0].identifier(0)
    }

    // MARK: Looking

    func card(_ name: String = "z-city", as viewer: String = "coordinator") async throws -> AppraisalCard {
        let (appraisals, now, scope, body) = (appraisals, clock.now(), try scope(viewer), try body(name))
        return try await house.database.read {
            try appraisals.card(of: body, Self.period, for: scope, at: now, in: $0)
        }
    }

    func cards(as viewer: String) async throws -> [AppraisalCard] {
        let (appraisals, now, scope) = (appraisals, clock.now(), try scope(viewer))
        return try await house.database.read {
            try appraisals.cards(Self.period, for: scope, at: now, in: $0)
        }
    }

    /// - Parameter page: how many lines are asked for at once.
    func trace(
        _ figure: Figure, of name: String = "z-city", as viewer: String = "coordinator", page: Int = 1_000
    ) async throws -> [TraceLine] {
        let (appraisals, now, scope, body) = (appraisals, clock.now(), try scope(viewer), try body(name))
        var found: [TraceLine] = []
        while true {
            let after = found.last?.key
            let some = try await house.database.read {
                try appraisals.trace(
                    figure, of: body, Self.period, for: scope, at: now, after: after, limit: page, in: $0)
            }
            found += some
            if some.count < page { return found }
        }
    }

    func get(_ address: String, as name: String) async throws -> (status: Int, text: String, type: String) {
        let token = try await identity.issueToken(login: name, name: "test", days: 1).secret
        let response = try await client.execute(
            uri: address, method: .get, headers: [.authorization: "Bearer " + token])
        return (response.status.code, String(buffer: response.body), response.headers[.contentType] ?? "")
    }
}
