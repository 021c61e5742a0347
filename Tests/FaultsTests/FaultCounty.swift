import Cases
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
import Workload

@testable import Faults
@testable import Mandates

/// A county that is made, through the rooms' own doors, either in order or with one of the three faults.
struct FaultCounty: Sendable {
    /// What is wrong with it; nil for a county in order.
    typealias Made = Fault?

    let house: House
    let faults: Faults
    let mandates: Mandates
    let cases: Cases
    let identity: Identity
    let clock: ManualClock
    let people: [String: Scope]
    let bodies: [String: BodyID]
    let client: any TestClientProtocol

    static let county = AreaPrefix("330106") ?? .everywhere
    static let north = AreaPrefix("330106001") ?? .everywhere
    /// The only community, so that what falls in communities falls in the north.
    static let community = AreaPrefix("330106001001") ?? .everywhere
    static let south = AreaPrefix("330106002") ?? .everywhere
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 3, day: 2) ?? Day(number: 0), hour: 9))
    /// Street trading, which P01 decides.
    static let category = "010203"

    private static let places: [(name: String, area: AreaPrefix, line: String?)] = [
        ("coordination", county, nil), ("north", north, nil), ("south", south, nil),
        ("city", county, "city_management"),
        ("fire", county, "fire"),
    ]
    private static let posts: [(name: String, role: String, body: String)] = [
        ("coordinator", "coordination_officer", "coordination"), ("northhead", "street_leader", "north"),
        ("northduty", "street_dispatcher", "north"), ("northhand", "street_handler", "north"),
        ("southhead", "street_leader", "south"), ("southhand", "street_handler", "south"),
        ("worker", "grid_worker", "north"),
    ]

    /// - Parameter approvalActs: another `approvalActs` of `faults.yaml` than the shipped one.
    static func with(
        _ engine: EngineCase, _ made: Made, approvalActs: String? = nil,
        _ body: @escaping @Sendable (FaultCounty) async throws -> Void
    ) async throws {
        let migrations =
            Once.migrations + Ledger.migrations + Places.migrations + Messages.migrations + Identity.migrations
            + Cases.migrations + Mandates.migrations + Workload.migrations
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(start)
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().path
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: try rules(root + "/Rules", approvalActs), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: county, secureCookies: false))
            try await founded(house, clock) { county in
                try await county.generate(made)
                try await body(county)
            }
        }
    }

    private static func rules(_ shipped: String, _ approvalActs: String?) throws -> RuleFiles {
        guard let approvalActs else { return RuleFiles(shipped: shipped) }
        let text = try String(contentsOfFile: shipped + "/faults.yaml", encoding: .utf8)
        let own = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        try text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("approvalActs:") ? "approvalActs: " + approvalActs : String($0) }
            .joined(separator: "\n")
            .write(to: own.appendingPathComponent("faults.yaml"), atomically: true, encoding: .utf8)
        return RuleFiles(shipped: shipped, own: own.path)
    }

    private static func founded(
        _ house: House, _ clock: ManualClock, _ body: @escaping @Sendable (FaultCounty) async throws -> Void
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
                    area(community, "宝石社区", .community, north.code),
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
        let forecast = try Forecast(house: house, identity: identity, places: places)
        let mandates = try Mandates(
            house: house, identity: identity, places: places, forecast: forecast,
            powerFollowers: [try ReturnedPowers(house: house, cases: cases)])
        let workload = try Workload(
            house: house, identity: identity, places: places, mandates: mandates, forecast: forecast)
        let faults = try Faults(house: house, places: places, cases: cases, mandates: mandates, workload: workload)
        var people: [String: Scope] = [:]
        for post in posts {
            let place = try #require(Self.places.first { $0.name == post.body })
            people[post.name] = try await person(
                post.name, post.role, place.area, try #require(ids[post.body]), house, identity)
        }
        let router = Router(context: DeskContext.self)
        let routes = Routes(router: router, house: house, menu: [], catalogue: APICatalogue())
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
        router.add(middleware: identity.sessions)
        faults.addRoutes(to: routes)
        let known = people
        try await Application(router: router, logger: logger).test(.router) { client in
            try await body(
                FaultCounty(
                    house: house, faults: faults, mandates: mandates, cases: cases, identity: identity, clock: clock,
                    people: known, bodies: ids, client: client))
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

    private static func person(
        _ login: String, _ role: String, _ area: AreaPrefix, _ body: BodyID, _ house: House, _ identity: Identity
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
            area: area, body: body, bodyName: login)
    }

    // MARK: What happens in it

    func scope(_ name: String) throws -> Scope { try #require(people[name]) }

    /// The same half year in each: duties are published, a power is ordered and given, matters come up and are given to
    /// somebody. One thing differs, and that is the fault.
    private func generate(_ made: Made) async throws {
        // A post has some 1,900 hours a year; 12 × 10 hours fill a part of it, 12 × 1,000 do not fit.
        try await publish(minutes: made == .unmatched ? 60_000 : 600)
        if made != .inconsistent { try await grantPower() }
        clock.advance(.days(1))
        let givenTo = made == .notReal ? "city" : "north"
        for _ in 0..<6 { try await matter(givenTo: givenTo) }
        clock.advance(.days(1))
    }

    private func publish(minutes: Int64) async throws {
        let item = MandateItem(
            code: "B01", list: .basic, zh: "走访企业", en: "Visits", basis: ["《优化营商环境条例》"],
            tasks: [
                DutyTask(
                    key: "visit", zh: "走访", en: "Visits", at: .community, roles: ["street_handler"], minutes: minutes,
                    times: 12)
            ])
        let (mandates, scope, now) = (mandates, try scope("coordinator"), clock.now())
        try await house.database.write {
            _ = try mandates.publish(
                [item], replacing: [.basic], note: "首版", validFrom: now.local().day, by: scope, at: now, in: $0)
        }
    }

    /// Ordered, made ready, on trial: by the street and the county in turn.
    func grantPower(_ code: String = "P01") async throws {
        let (mandates, county, street, now) = (mandates, try scope("coordinator"), try scope("northhead"), clock.now())
        try await house.database.write { transaction in
            let grant = try mandates.order(code, by: street, at: now, in: transaction)
            for (command, scope) in [
                (PowerCommand.prepare, county),
                (
                    .ready(.init(staff: 2, qualified: 2, trainingHours: 24, equipment: ["执法记录仪"])), street
                ),
                (.trial(instrument: "西政发〔2026〕3号"), county),
            ] {
                _ = try mandates.act(command, on: grant.id, by: scope, at: now, in: transaction)
            }
        }
    }

    func matter(givenTo name: String, category: String = FaultCounty.category) async throws {
        let (cases, now, duty, body) = (cases, clock.now(), try scope("northduty"), try #require(bodies[name]))
        try await house.database.write { transaction in
            let record = try cases.report(
                Report(detail: "占道摆摊，行人难行。", area: Self.north, channel: .resident),
                by: Actor(kind: .resident, id: "r", post: nil, name: "居民"), scope: nil, at: now, in: transaction)
            for command in [
                Command("accept", category: category, area: Self.north), Command("dispatch", body: body),
            ] {
                _ = try cases.act(
                    record.id, command, by: .staff(duty), actor: Actor(duty), at: now, in: transaction)
            }
        }
    }

    /// One matter that the street's own hand has taken, and what came of it then.
    func follow(_ id: CaseID, _ commands: [(Command, String)]) async throws {
        let (cases, now) = (cases, clock.now())
        for (command, name) in commands {
            let scope = try scope(name)
            _ = try await house.database.write {
                try cases.act(id, command, by: .staff(scope), actor: Actor(scope), at: now, in: $0)
            }
        }
    }

    /// The coordination body rules that the street handles it.
    func bind(_ id: CaseID) async throws {
        let (cases, now) = (cases, clock.now())
        let (street, ruler) = (try scope("northhead"), try scope("coordinator"))
        let (duty, body) = (try scope("northduty"), try #require(bodies["north"]))
        try await house.database.write { transaction in
            for (command, scope) in [
                (Command("return", opinion: "请裁定", reason: "no-authority"), street),
                (Command("refer", opinion: "请裁定"), duty),
                (Command("rule", opinion: "由街道办理", body: body), ruler),
            ] {
                _ = try cases.act(id, command, by: .staff(scope), actor: Actor(scope), at: now, in: transaction)
            }
        }
    }

    func findings(as name: String = "coordinator") async throws -> [Finding] {
        try await faults.findings(for: try scope(name), at: clock.now())
    }

    func get(_ address: String, as name: String) async throws -> (status: Int, text: String, type: String) {
        let token = try await identity.issueToken(login: name, name: "test", days: 1).secret
        let response = try await client.execute(
            uri: address, method: .get, headers: [.authorization: "Bearer " + token])
        return (response.status.code, String(buffer: response.body), response.headers[.contentType] ?? "")
    }
}
