import Appraisals
import Burdens
import Cases
import Cipher
import Desk
import Faults
import Foundation
import Funds
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
import Workload

@testable import Accounts
@testable import Mandates

/// A county with two streets and a department that sends forms and tasks down, with matters of residents beside them.
struct AccountCounty: Sendable {
    let house: House
    let accounts: Accounts
    let mandates: Mandates
    let cases: Cases
    let funds: Funds
    let burdens: Burdens
    let identity: Identity
    let clock: ManualClock
    let people: [String: Scope]
    let bodies: [String: BodyID]
    let client: any TestClientProtocol

    static let county = AreaPrefix("330106") ?? .everywhere
    static let north = AreaPrefix("330106001") ?? .everywhere
    static let south = AreaPrefix("330106002") ?? .everywhere
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 3, day: 2) ?? Day(number: 0), hour: 9))
    static var today: Day { start.local().day }

    private static let places: [(name: String, area: AreaPrefix, line: String?)] = [
        ("coordination", county, nil), ("north", north, nil), ("south", south, nil), ("fire", county, "fire"),
        ("health", county, "health"),
    ]
    private static let posts: [(name: String, role: String, body: String)] = [
        ("coordinator", "coordination_officer", "coordination"), ("northhead", "street_leader", "north"),
        ("northduty", "street_dispatcher", "north"), ("northhand", "street_handler", "north"),
        ("southhead", "street_leader", "south"), ("fire", "department_leader", "fire"),
        ("health", "department_leader", "health"), ("worker", "grid_worker", "north"),
    ]

    static func with(
        _ engine: EngineCase, _ body: @escaping @Sendable (AccountCounty) async throws -> Void
    ) async throws {
        let migrations =
            Once.migrations + Ledger.migrations + Places.migrations + Messages.migrations + Identity.migrations
            + Cases.migrations + Mandates.migrations + Workload.migrations + Burdens.migrations + Funds.migrations
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(start)
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().path
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: RuleFiles(shipped: root + "/Rules"), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: county, secureCookies: false))
            try await founded(house, clock, body)
        }
    }

    private static func founded(
        _ house: House, _ clock: ManualClock, _ body: @escaping @Sendable (AccountCounty) async throws -> Void
    ) async throws {
        let places = Places(house: house)
        let lookup = Lookup(places: places, clock: clock)
        let day = Day(number: 0)
        let ids = Dictionary(
            uniqueKeysWithValues: Self.places.map { ($0.name, house.identifiers.next(at: start) as BodyID) })
        try await house.database.write { transaction in
            func area(_ area: AreaPrefix, _ name: String, _ level: AreaLevel, _ parent: String?) -> Area {
                Area(code: area.code, name: name, level: level, parent: parent, validFrom: day, source: "test")
            }
            try Places.register(
                areas: [
                    area(county, "西湖区", .county, nil), area(north, "北山街道", .street, county.code),
                    area(south, "南山街道", .street, county.code),
                ], in: transaction)
            try Places.register(
                bodies: try Self.places.map { place in
                    BodyRecord(
                        id: try #require(ids[place.name]), name: place.name,
                        kind: place.line == nil ? .government : .department, level: place.area.level, area: place.area,
                        line: place.line, validFrom: day)
                }, in: transaction)
        }
        try await places.refresh()
        struct Roles: Decodable {
            struct Role: Decodable { var rights: [String] }
            var roles: [Role]
        }
        let rights = try house.rules.decode(Roles.self, from: "roles.yaml").roles.flatMap(\.rights).map { Right($0) }
        let identity = try Identity(house: house, knownRights: Set(rights), bodies: lookup)
        let cases = try Cases(house: house, identity: identity, bodies: lookup, areas: NoAreas())
        let mandates = try Mandates(house: house, identity: identity, places: places, forecast: Steady())
        let forecast = try Forecast(house: house, identity: identity, places: places)
        let workload = try Workload(
            house: house, identity: identity, places: places, mandates: mandates, forecast: forecast)
        let faults = try Faults(house: house, places: places, cases: cases, mandates: mandates, workload: workload)
        let funds = try Funds(house: house, places: places)
        let appraisals = try Appraisals(house: house, cases: cases, mandates: mandates)
        let burdens = try Burdens(house: house, identity: identity, places: places)
        let accounts = try Accounts(
            house: house, identity: identity, places: places, cases: cases, mandates: mandates, workload: workload,
            faults: faults, funds: funds, appraisals: appraisals, burdens: burdens)
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
        let rooms: [any Room] = [cases, mandates, workload, faults, funds, appraisals, burdens, accounts]
        for room in rooms { room.addRoutes(to: routes) }
        let known = people
        try await Application(router: router, logger: logger).test(.router) { client in
            try await body(
                AccountCounty(
                    house: house, accounts: accounts, mandates: mandates, cases: cases, funds: funds,
                    burdens: burdens, identity: identity, clock: clock, people: known, bodies: ids, client: client))
        }
    }

    private struct Lookup: BodyLookup {
        let places: Places
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

    /// Each demand reaches three grids of the north and one of the south, an hour each time.
    private struct Steady: LoadForecast {
        func effect(of work: PlannedWork, at now: Instant) async throws -> LoadEffect {
            LoadEffect(
                minutes: work.minutes * work.times * 4, unstaffedMinutes: 0, posts: 4, overBefore: 0, overAfter: 0,
                before: 500, after: 510, offsetMinutes: 0, bearable: 1000,
                areas: [AccountCounty.north.code: 3, AccountCounty.south.code: 1])
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

    func adopted() async throws {
        let (mandates, scope, now) = (mandates, try scope("coordinator"), clock.now())
        try await house.database.write { try mandates.adoptShipped(by: scope, at: now, in: $0) }
    }

    /// Goes through the gate on an item of the list, from ten days ahead for so many days.
    func admitted(
        _ title: String, _ kind: DemandKind, minutes: Int64, times: Int64, days: Int
    ) async throws -> Demand {
        let (mandates, fire, now) = (mandates, try scope("fire"), clock.now())
        let from = now.local().day + 10
        let content = DemandContent(
            kind: kind, title: title, purpose: "减少火灾", item: "C0101", area: Self.county.code, level: .grid,
            minutes: minutes, times: times, from: from, until: from + (days - 1))
        let answer = try await mandates.answer(to: content, by: fire, at: now)
        let heard = [try scope("northhead"), try scope("southhead")]
        let coordinator = try scope("coordinator")
        return try await house.database.write { transaction in
            var demand = try mandates.file(content, answer: answer, by: fire, at: now, in: transaction)
            for street in heard {
                demand = try mandates.act(
                    .hear(agrees: true, words: ""), on: demand.id, by: street, at: now, in: transaction)
            }
            return try mandates.act(
                .admit(words: "属清单内"), on: demand.id, by: coordinator, at: now, in: transaction)
        }
    }

    func take(_ measure: MeasureAsked, on demand: Demand) async throws {
        let (mandates, scope, now) = (mandates, try scope("coordinator"), clock.now())
        try await house.database.write {
            _ = try mandates.take(measure, on: demand.id, by: scope, at: now, in: $0)
        }
    }

    func matter(to name: String = "north") async throws {
        let (cases, now, duty) = (cases, clock.now(), try scope("northduty"))
        let body = try #require(bodies[name])
        try await house.database.write { transaction in
            let record = try cases.report(
                Report(detail: "楼道堆物，通行不便。", area: Self.north, channel: .resident),
                by: Actor(kind: .resident, id: "r", post: nil, name: "居民"), scope: nil, at: now, in: transaction)
            for command in [
                Command("accept", category: "010203", area: Self.north), Command("dispatch", body: body),
            ] {
                _ = try cases.act(
                    record.id, command, by: .staff(duty), actor: Actor(duty), at: now, in: transaction)
            }
        }
    }

    func get(_ address: String, as name: String) async throws -> (status: Int, text: String, type: String) {
        let token = try await identity.issueToken(login: name, name: "test", days: 1).secret
        let response = try await client.execute(
            uri: address, method: .get, headers: [.authorization: "Bearer " + token])
        return (response.status.code, String(buffer: response.body), response.headers[.contentType] ?? "")
    }
}
