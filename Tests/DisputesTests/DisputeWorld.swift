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

@testable import Disputes

/// A county with two streets, people in posts at every level of mediation, and the routes of this room and of matters
/// behind the same doors as in the server.
struct DisputeWorld: Sendable {
    let house: House
    let disputes: Disputes
    let cases: Cases
    let identity: Identity
    let clock: ManualClock
    let people: [String: Scope]
    let client: any TestClientProtocol

    static let county = "330106"
    static let north = "330106001"
    static let south = "330106002"
    static let community = north + "001"
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 7, day: 6) ?? Day(number: 0), hour: 9))

    private static let posts: [(name: String, role: String, area: String)] = [
        ("coordination", "coordination_officer", county), ("county", "county_mediator", county),
        ("northduty", "street_dispatcher", north), ("northhand", "street_handler", north),
        ("street", "street_mediator", north), ("other", "street_mediator", south),
        ("clerk", "community_clerk", community), ("mediator", "mediator", community),
        ("auditor", "auditor", county), ("worker", "grid_worker", community + "001"),
    ]

    static func with(
        _ engine: EngineCase, _ body: @escaping @Sendable (DisputeWorld) async throws -> Void
    ) async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let migrations =
            Once.migrations + Ledger.migrations + Places.migrations + Messages.migrations + Identity.migrations
            + Cases.migrations + Disputes.migrations
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: try rules(root), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: try #require(AreaPrefix(county)), secureCookies: false))
            let known = Set(
                Identity.rights + Ledger.rights + Places.rights + Messages.rights + Cases.rights + Disputes.rights)
            let identity = try Identity(house: house, knownRights: known, bodies: TownHall())
            let places = Places(house: house)
            let cases = try Cases(
                house: house, identity: identity, bodies: TownHall(), areas: NamesOfPlaces(places: places))
            let disputes = try Disputes(house: house, identity: identity, cases: cases, places: places)
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
            cases.addRoutes(to: routes)
            disputes.addRoutes(to: routes)
            let everybody = people
            try await Application(router: router, logger: logger).test(.router) { client in
                try await body(
                    DisputeWorld(
                        house: house, disputes: disputes, cases: cases, identity: identity, clock: clock,
                        people: everybody, client: client))
            }
        }
    }

    /// The shipped rules, with the roles cut down to the rights of the rooms that are here.
    private static func rules(_ root: String) throws -> RuleFiles {
        let shipped = root + "/Rules"
        let text = try String(contentsOfFile: shipped + "/roles.yaml", encoding: .utf8)
        let known = Set(
            (Identity.rights + Ledger.rights + Places.rights + Messages.rights + Cases.rights + Disputes.rights)
                .map(\.rawValue))
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

    static let rulesFolder =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/Rules"

    /// The shipped kind `dispute`.
    static func workflow() throws -> Workflow? {
        try CaseRules(reading: RuleFiles(shipped: rulesFolder)).workflow(named: Dispute.kindName)
    }

    // MARK: Acts

    func scope(_ name: String) throws -> Scope { try #require(people[name]) }

    func write<Value: Sendable>(_ body: @escaping @Sendable (Disputes, any Transaction) throws -> Value) async throws
        -> Value
    {
        let disputes = disputes
        return try await house.database.write { try body(disputes, $0) }
    }

    static let parties = [
        NewParty(side: .first, name: "甲某某", phone: "13900000001"),
        NewParty(side: .second, name: "乙某某", phone: "13900000002"),
    ]

    /// A dispute of the first community, entered by its worker.
    func entered(
        _ kind: String = "neighbours", area: String = community, follows: CaseID? = nil, by name: String = "clerk"
    ) async throws -> CaseID {
        let new = NewDispute(
            kind: kind, title: "楼上漏水", detail: "楼上卫生间漏水，双方对维修费用有争议。", area: try #require(AreaPrefix(area)),
            parties: Self.parties, follows: follows)
        let (scope, now) = (try scope(name), clock.now())
        return try await write { try $0.enter(new, by: scope, at: now, in: $1).id }
    }

    func view(_ id: CaseID, as name: String = "county") async throws -> DisputeView {
        let (disputes, scope) = (disputes, try scope(name))
        return try await house.database.read { try DisputeView.load(id, for: scope, disputes, in: $0) }
    }

    func hold(_ outcome: MediationSession.Outcome, _ id: CaseID, by name: String) async throws {
        let (scope, now) = (try scope(name), clock.now())
        try await write { try $0.hold(outcome, note: "双方到场，说明了经过。", heldAt: nil, in: id, by: scope, at: now, $1) }
    }

    func agree(_ id: CaseID, by name: String, duties: [NewDuty] = []) async throws {
        let (scope, now) = (try scope(name), clock.now())
        let new = NewAgreement(
            form: .written, text: "乙方三日内修好防水，费用各半。", effectiveOn: now.local().day, duties: duties)
        try await write { try $0.agree(new, in: id, by: scope, at: now, $1) }
    }

    func mediator(
        _ name: String, area: String = community, level: String = "community", fields: Set<String> = ["community"],
        phone: String? = nil
    ) async throws -> MediatorID {
        let entry = MediatorEntry(
            name: name, organisation: "人民调解委员会", area: try #require(AreaPrefix(area)), level: level, fields: fields,
            languages: ["putonghua"], phone: phone)
        let (scope, now) = (try scope("county"), clock.now())
        return try await write { try $0.enter(entry, by: scope, at: now, in: $1).id }
    }

    /// A matter of the first community that the street's handler has taken.
    func handledMatter() async throws -> CaseRecord {
        let (duty, hand, now, cases) = (try scope("northduty"), try scope("northhand"), clock.now(), cases)
        let area = try #require(AreaPrefix(Self.community))
        let category = try #require(cases.rules.categories.leaves.first).code
        return try await house.database.write { transaction in
            let report = Report(detail: "楼上漏水，邻居不管", category: category, area: area, channel: .staff)
            let id = try cases.report(report, by: Actor(duty), scope: duty, at: now, in: transaction).id
            _ = try cases.act(
                id, Command("accept", category: category, area: area), by: .staff(duty), actor: Actor(duty), at: now,
                in: transaction)
            _ = try cases.act(
                id, Command("dispatch", body: TownHall.id), by: .staff(duty), actor: Actor(duty), at: now,
                in: transaction)
            return try cases.act(
                id, Command("sign"), by: .staff(hand), actor: Actor(hand), at: now, in: transaction)
        }
    }

    /// Lets the platform look for limits and missed revisits as often as there is something.
    func watch() async throws {
        while try await disputes.cases.watchLimits() > 0 {}
        _ = try await disputes.watchRevisits()
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
    static let id = BodyID(IdentifierSource(seed: 7).nextText(at: DisputeWorld.start))

    private var facts: BodyFacts {
        BodyFacts(id: Self.id, name: "区政府", line: nil, area: AreaPrefix(DisputeWorld.county) ?? .everywhere)
    }

    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { id == Self.id ? facts : nil }
    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] { [facts] }
}

struct NamesOfPlaces: AreaLookup {
    let places: Places

    func name(of area: AreaPrefix) -> String? { places.name(of: area.code) }
    func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] {
        places.children(of: area.code).compactMap { child in AreaPrefix(child.code).map { ($0, child.name) } }
    }
    func area(at location: Location) -> AreaPrefix? { nil }
}
