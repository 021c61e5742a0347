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

@testable import Emergencies

/// A county with two streets of two communities each, people in posts, and the routes of this room behind the same doors
/// as in the server.
struct EmergencyWorld: Sendable {
    let house: House
    let emergencies: Emergencies
    let identity: Identity
    let clock: ManualClock
    let people: [String: Scope]
    let client: any TestClientProtocol

    static let county = "330106"
    static let north = "330106001"
    static let south = "330106002"
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 7, day: 6) ?? Day(number: 0), hour: 9))

    private static let posts: [(name: String, role: String, area: String)] = [
        ("coordination", "coordination_officer", county), ("hotline", "hotline_agent", county),
        ("northhead", "street_leader", north), ("northduty", "street_dispatcher", north),
        ("northhand", "street_handler", north), ("southhead", "street_leader", south),
        ("southduty", "street_dispatcher", south), ("clerk", "community_clerk", north + "001"),
    ]

    static func with(
        _ engine: EngineCase, _ body: @escaping @Sendable (EmergencyWorld) async throws -> Void
    ) async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let migrations =
            Once.migrations + Ledger.migrations + Places.migrations + Messages.migrations + Identity.migrations
            + Emergencies.migrations
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: try rules(root), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: try #require(AreaPrefix(county)), secureCookies: false),
                grounds: AnyGround())
            let known = Set(Identity.rights + Ledger.rights + Places.rights + Messages.rights)
            let identity = try Identity(house: house, knownRights: known, bodies: TownHall())
            let places = Places(house: house)
            let emergencies = try Emergencies(house: house, identity: identity, places: places)
            try await enterPlaces(house)
            try await places.refresh()
            var people: [String: Scope] = [:]
            for post in posts {
                people[post.name] = try await person(post.name, post.role, post.area, house, identity)
            }
            let router = Router(context: DeskContext.self)
            let routes = Routes(router: router, house: house, menu: [], catalogue: APICatalogue())
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
            router.add(middleware: identity.sessions)
            emergencies.addRoutes(to: routes)
            let everybody = people
            try await Application(router: router, logger: logger).test(.router) { client in
                try await body(
                    EmergencyWorld(
                        house: house, emergencies: emergencies, identity: identity, clock: clock, people: everybody,
                        client: client))
            }
        }
    }

    /// The shipped rules, with the roles cut down to the rights of the rooms that are here.
    private static func rules(_ root: String) throws -> RuleFiles {
        let shipped = root + "/Rules"
        let text = try String(contentsOfFile: shipped + "/roles.yaml", encoding: .utf8)
        let known = Set((Identity.rights + Ledger.rights + Places.rights + Messages.rights).map(\.rawValue))
        let words = /[a-z]+\.[a-z.]+/
        let cut = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            if line.hasPrefix("#") { return "" }
            return String(line).replacing(words) { match in
                known.contains(String(match.output)) ? String(match.output) : "places.read"
            }
        }.joined(separator: "\n")
        let own = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        try cut.write(to: own.appendingPathComponent("roles.yaml"), atomically: true, encoding: .utf8)
        return RuleFiles(shipped: shipped, own: own.path)
    }

    private static func enterPlaces(_ house: House) async throws {
        let day = Day(number: 0)
        func area(_ code: String, _ name: String, _ level: AreaLevel, _ parent: String?) -> Area {
            Area(code: code, name: name, level: level, parent: parent, validFrom: day, source: "test")
        }
        let areas = [
            area(county, "西湖区", .county, nil), area(north, "北山街道", .street, county),
            area(south, "南山街道", .street, county), area(north + "001", "宝石社区", .community, north),
            area(north + "002", "曙光社区", .community, north), area(south + "001", "清波社区", .community, south),
        ]
        try await house.database.write { try Places.register(areas: areas, in: $0) }
    }

    private static func person(
        _ login: String, _ role: String, _ area: String, _ house: House, _ identity: Identity
    ) async throws -> Scope {
        let now = start - .days(1)
        let prefix = try #require(AreaPrefix(area))
        let known = try #require(identity.roles[role])
        let post = PostRecord(
            id: house.identifiers.next(at: now), staff: house.identifiers.next(at: now), body: TownHall.id, role: role,
            area: prefix, title: known.name, from: now)
        let staff = NewStaff(id: post.staff, name: login, login: login, passwordHash: nil, area: prefix)
        let vault = house.keys.vault
        try await house.database.write {
            try Identity.register(staff: [staff], posts: [post], vault: vault, at: now, in: $0)
        }
        return Scope(
            staff: post.staff, staffName: login, post: post.id, postName: post.title, role: role, rights: known.rights,
            area: prefix, body: post.body, bodyName: "—")
    }

    // MARK: Acts

    func scope(_ name: String) throws -> Scope { try #require(people[name]) }

    func write<Value: Sendable>(_ body: @escaping @Sendable (Emergencies, any Transaction) throws -> Value) async throws
        -> Value
    {
        let emergencies = emergencies
        return try await house.database.write { try body(emergencies, $0) }
    }

    func when(_ minutesAgo: Int64 = 0, paper: Bool = false) throws -> Occurrence {
        try Occurrence(clock.now() - .minutes(minutesAgo), at: clock.now(), fromPaper: paper)
    }

    func started(_ level: EmergencyLevel = .third, area: String = north, by name: String = "coordination") async throws
        -> EventRecord
    {
        let scope = try scope(name)
        let when = try when()
        let prefix = try #require(AreaPrefix(area))
        return try await write {
            try $0.start(
                plan: "storm", level: level, area: prefix, title: "台风演练", isExercise: true, when, by: scope, in: $1)
        }
    }

    struct Chain: Sendable {
        var event: EventRecord
        var here: SiteID
        var there: SiteID
        var lot: LotID
    }

    /// A running event, a community and a shelter in the other street, and thirty people at the first.
    func chain(_ count: Int64 = 30) async throws -> Chain {
        let event = try await started(area: Self.county)
        let coordination = try scope("coordination")
        let now = clock.now()
        let when = try when()
        let north = try #require(AreaPrefix(Self.north))
        let south = try #require(AreaPrefix(Self.south))
        return try await write { emergencies, transaction in
            let here = try emergencies.addSite(
                "河边社区", area: north, to: event.id, by: coordination, at: now, in: transaction)
            let there = try emergencies.addSite(
                "体育馆安置点", area: south, to: event.id, by: coordination, at: now, in: transaction)
            let lot = try emergencies.register(
                .people, label: "河边住户", unit: "人", count: count, at: here.id, of: event.id, when,
                by: coordination, in: transaction)
            return Chain(event: event, here: here.id, there: there.id, lot: lot.id)
        }
    }

    func take(_ report: HandOverReport, _ chain: Chain, by name: String, _ when: Occurrence? = nil) async throws
        -> ReportOutcome
    {
        let scope = try scope(name)
        let occurrence = try when ?? self.when()
        return try await write { try $0.take(report, of: chain.event.id, occurrence, by: scope, in: $1) }
    }

    func send(
        _ chain: Chain, _ count: Int64, slip: Int64? = nil, by name: String = "northduty", _ when: Occurrence? = nil
    )
        async throws -> ReportOutcome
    {
        try await take(
            HandOverReport(.send, slip: slip, lot: chain.lot, from: chain.here, to: chain.there, count: count), chain,
            by: name, when)
    }

    func state(_ event: EventID) async throws -> EventState {
        let (emergencies, scope) = (emergencies, try scope("coordination"))
        return try await house.database.read { try EventState.load(event, for: scope, emergencies, in: $0) }
    }

    func watch() async throws { try await Watch(emergencies: emergencies).run() }

    /// How many alarms of a kind ring on the county's wall.
    func ringing(_ kind: AlarmKind) async throws -> Int64 {
        let (emergencies, scope, now) = (emergencies, try scope("coordination"), clock.now())
        return try await house.database.read {
            try emergencies.commandFigures(in: scope.area, for: scope, at: now, in: $0).ringing[kind] ?? 0
        }
    }

    /// How many notices of a kind somebody got, of those whose text has these words.
    func notices(_ name: String, _ kind: String, about words: String = "") async throws -> Int {
        let key = "post:" + (try scope(name)).post.text
        return try await house.database.query(
            "SELECT text_zh FROM notices WHERE recipient = \(key) AND kind = \(kind)"
        ).filter { try words.isEmpty || $0.text(0).contains(words) }.count
    }

    // MARK: Requests

    func call(
        _ method: HTTPRequest.Method, _ address: String, _ json: String? = nil, as name: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> (status: Int, type: String, text: String) {
        var fields = HTTPFields()
        if json != nil { fields[.contentType] = "application/json" }
        if let name {
            fields[.authorization] =
                "Bearer "
                + (try await identity.issueToken(login: name, name: "test", days: 1).secret)
        }
        for (key, value) in headers { fields[try #require(HTTPField.Name(key))] = value }
        let response = try await client.execute(
            uri: address, method: method, headers: fields, body: json.map { ByteBuffer(string: $0) })
        return (response.status.code, response.headers[.contentType] ?? "", String(buffer: response.body))
    }
}

/// One body for everybody.
struct TownHall: BodyLookup {
    static let id = BodyID(IdentifierSource(seed: 7).nextText(at: EmergencyWorld.start))

    private var facts: BodyFacts {
        BodyFacts(id: Self.id, name: "区政府", line: nil, area: AreaPrefix(EmergencyWorld.county) ?? .everywhere)
    }

    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { id == Self.id ? facts : nil }
    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] { [facts] }
}
