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
import WorkCalendar

@testable import Mandates

/// A county with two streets, three departments and people in posts, and the routes of this room behind the same doors as
/// in the server. What the load would be is what a test says it is.
struct DutyWorld: Sendable {
    let house: House
    let mandates: Mandates
    let identity: Identity
    let clock: ManualClock
    let people: [String: Scope]
    let client: any TestClientProtocol

    static let county = "330106"
    static let north = "330106001"
    static let south = "330106002"
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 3, day: 2) ?? Day(number: 0), hour: 9))
    static var today: Day { start.local().day }

    static var root: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
    }

    private static let posts: [(name: String, role: String, area: String, line: String?)] = [
        ("coordination", "coordination_officer", county, nil), ("second", "coordination_officer", county, nil),
        ("fire", "department_leader", county, "fire"), ("health", "department_leader", county, "health"),
        ("city", "department_leader", county, "city_management"),
        ("northhead", "street_leader", north, nil), ("southhead", "street_leader", south, nil),
        ("worker", "grid_worker", north + "001001", nil),
    ]

    static func with(
        _ engine: EngineCase, load: LoadEffect = .harmless, means: any MeansLookup = NothingKnown(),
        _ body: @escaping @Sendable (DutyWorld) async throws -> Void
    ) async throws {
        let migrations =
            Once.migrations + Ledger.migrations + Places.migrations + Messages.migrations + Identity.migrations
            + Mandates.migrations
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: try rules(), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: try #require(AreaPrefix(county)), secureCookies: false))
            let known = Set(Identity.rights + Ledger.rights + Places.rights + Messages.rights)
            let identity = try Identity(house: house, knownRights: known, bodies: Departments())
            let places = Places(house: house)
            let mandates = try Mandates(
                house: house, identity: identity, places: places, forecast: FixedForecast(value: load), means: means)
            try await enterPlaces(house)
            try await places.refresh()
            var people: [String: Scope] = [:]
            for post in posts { people[post.name] = try await person(post, house, identity) }
            let router = Router(context: DeskContext.self)
            let routes = Routes(router: router, house: house, menu: [], catalogue: APICatalogue())
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
            router.add(middleware: identity.sessions)
            mandates.addRoutes(to: routes)
            let everybody = people
            try await Application(router: router, logger: logger).test(.router) { client in
                try await body(
                    DutyWorld(
                        house: house, mandates: mandates, identity: identity, clock: clock, people: everybody,
                        client: client))
            }
        }
    }

    /// The shipped rules, with the roles cut down to the rights of the rooms that are here.
    static func rules() throws -> RuleFiles {
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
            area(south + "001", "清波社区", .community, south),
        ]
        try await house.database.write { try Places.register(areas: areas, in: $0) }
    }

    private static func person(
        _ post: (name: String, role: String, area: String, line: String?), _ house: House, _ identity: Identity
    ) async throws -> Scope {
        let now = start - .days(1)
        let prefix = try #require(AreaPrefix(post.area))
        let known = try #require(identity.roles[post.role])
        let body = Departments.id(post.line ?? post.area)
        let record = PostRecord(
            id: house.identifiers.next(at: now), staff: house.identifiers.next(at: now), body: body, role: post.role,
            area: prefix, title: known.name, from: now)
        let staff = NewStaff(
            id: record.staff, name: post.name, login: post.name, passwordHash: nil, area: prefix)
        let vault = house.keys.vault
        try await house.database.write {
            try Identity.register(staff: [staff], posts: [record], vault: vault, at: now, in: $0)
        }
        return Scope(
            staff: record.staff, staffName: post.name, post: record.id, postName: record.title, role: post.role,
            rights: known.rights, area: prefix, body: body, bodyName: post.line ?? post.name, line: post.line)
    }

    /// The lines of the shipped rules.
    static var lines: Set<String> {
        get throws { Set(try rules().decode(LineNames.self, from: "lines.yaml").lines.map(\.code)) }
    }

    static var calendar: WorkCalendar {
        get throws {
            let file = try rules().file("calendars/cn.yaml")
            return WorkCalendar(holidays: try HolidayList(yaml: file.text, file: file.name))
        }
    }

    // MARK: Acts

    func scope(_ name: String) throws -> Scope { try #require(people[name]) }

    func adopted() async throws {
        let (mandates, scope, now) = (mandates, try scope("coordination"), clock.now())
        try await house.database.write { try mandates.adoptShipped(by: scope, at: now, in: $0) }
    }

    /// What a department asks for when a test names only what matters.
    static func content(
        _ title: String = "楼道电动车夜查", item: String? = nil, basis: String? = "《消防法》第五条", area: String = county,
        minutes: Int64 = 60, times: Int64 = 4, from: Day = today + 30, until: Day? = today + 120, yuan: Int64 = 0
    ) -> DemandContent {
        DemandContent(
            kind: .task, title: title, purpose: "减少火灾", item: item, basis: basis, area: area, level: .grid,
            minutes: minutes, times: times, from: from, until: until, yuan: yuan)
    }

    func file(_ content: DemandContent, by name: String = "fire") async throws -> Demand {
        let (mandates, scope, now) = (mandates, try scope(name), clock.now())
        let answer = try await mandates.answer(to: content, by: scope, at: now)
        return try await house.database.write {
            try mandates.file(content, answer: answer, by: scope, at: now, in: $0)
        }
    }

    @discardableResult
    func act(_ command: DemandCommand, on demand: Demand, by name: String) async throws -> Demand {
        let (mandates, scope, now) = (mandates, try scope(name), clock.now())
        return try await house.database.write {
            try mandates.act(command, on: demand.id, by: scope, at: now, in: $0)
        }
    }

    @discardableResult
    func act(_ command: ContractCommand, on contract: Contract, by name: String) async throws -> Contract {
        let (mandates, scope, now) = (mandates, try scope(name), clock.now())
        return try await house.database.write {
            try mandates.act(command, on: contract.id, by: scope, at: now, in: $0)
        }
    }

    /// The contracts that a bought piece of work becomes, north first.
    func bought(_ content: DemandContent = content()) async throws -> [Contract] {
        try await adopted()
        let demand = try await file(content)
        for name in ["northhead", "southhead"] { try await act(.hear(agrees: true, words: ""), on: demand, by: name) }
        try await act(.offer(words: "按价提供"), on: demand, by: "coordination")
        try await act(.accept, on: demand, by: "fire")
        return try await house.database.read { try ContractStore.of(demand.id, in: $0) }
    }

    func stage(of demand: Demand) async throws -> DemandStage? {
        let scope = try scope("coordination")
        return try await house.database.read { try DemandStore.find(demand.id, for: scope, in: $0)?.stage }
    }

    /// Lets a limit pass and the platform look.
    func pass(days: Int64) async throws {
        clock.advance(.days(days))
        try await GateWatch(mandates: mandates).run()
    }

    // MARK: Requests

    func call(
        _ method: HTTPRequest.Method, _ address: String, _ json: String? = nil, as name: String? = nil
    ) async throws -> (status: Int, text: String) {
        var fields = HTTPFields()
        if json != nil { fields[.contentType] = "application/json" }
        if let name {
            fields[.authorization] =
                "Bearer " + (try await identity.issueToken(login: name, name: "test", days: 1).secret)
        }
        let response = try await client.execute(
            uri: address, method: method, headers: fields, body: json.map { ByteBuffer(string: $0) })
        return (response.status.code, String(buffer: response.body))
    }
}

struct FixedForecast: LoadForecast {
    var value: LoadEffect
    func effect(of work: PlannedWork, at now: Instant) async throws -> LoadEffect { value }
}

extension LoadEffect {
    /// Ten hours on ten posts, none of which goes over.
    static let harmless = LoadEffect(
        minutes: 600, unstaffedMinutes: 0, posts: 10, overBefore: 0, overAfter: 0, before: 700, after: 710,
        offsetMinutes: 0, bearable: 1000, areas: [DutyWorld.north: 6, DutyWorld.south: 4])
    /// Half of it could be borne.
    static let heavy = LoadEffect(
        minutes: 6_000, unstaffedMinutes: 0, posts: 10, overBefore: 0, overAfter: 4, before: 900, after: 1_050,
        offsetMinutes: 2_000, bearable: 500, areas: [DutyWorld.north: 6, DutyWorld.south: 4])
    /// None of it.
    static let unbearable = LoadEffect(
        minutes: 6_000, unstaffedMinutes: 0, posts: 10, overBefore: 3, overAfter: 5, before: 1_100, after: 1_300,
        offsetMinutes: 6_000, bearable: 0, areas: [DutyWorld.north: 6, DutyWorld.south: 4])
}

struct Departments: BodyLookup {
    static func id(_ name: String) -> BodyID {
        let seed = name.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
        return BodyID(IdentifierSource(seed: seed).nextText(at: DutyWorld.start))
    }

    private static let all = [
        "fire", "health", "city_management", DutyWorld.county, DutyWorld.north, DutyWorld.south,
        DutyWorld.north + "001001",
    ].map { name in
        let isLine = Int(name) == nil
        return BodyFacts(
            id: id(name), name: name, line: isLine ? name : nil,
            area: AreaPrefix(isLine ? DutyWorld.county : name) ?? .everywhere)
    }

    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { Self.all.first { $0.id == id } }
    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] { Self.all }
}
