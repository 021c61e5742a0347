import Cases
import Cipher
import Desk
import Forms
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
import Registry
import Storage
import StorageTesting
import Testing
import Uploads
import Web

@testable import Visits

/// A county with a street of two communities and three grids, people in posts, the registry, a few forms and the visits
/// behind the same doors as in the server.
struct VisitsWorld: Sendable {
    let house: House
    let registry: Registry
    let forms: Forms
    let visits: Visits
    let identity: Identity
    let clock: ManualClock
    let people: [String: Scope]
    let client: any TestClientProtocol

    static let county = "330106"
    static let street = "330106001"
    static let east = "330106001001"
    static let west = "330106001002"
    static let grids = ["330106001001001", "330106001001002", "330106001002001"]
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 11, day: 2) ?? Day(number: 0), hour: 9))

    static let shippedRules = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Rules").path

    /// Few enough to count by hand.
    static let fewForms = """
        forms:
          - { key: old, zh: 老人, en: Old, line: civil_affairs, purpose: civil-affairs, of: person, filter: age >= 60,
              columns: [name, phone, lives-alone, care-ability, address, area, lift],
              counts: [ { zh: 独居, en: Alone, where: lives-alone = yes } ] }
          - { key: jobless, zh: 失业, en: Jobless, line: labour, purpose: employment, of: person,
              filter: employment = 2 and age >= 16 and age < 60, columns: [name, phone, education] }
          - { key: ill, zh: 慢病, en: Ill, line: health, purpose: health, of: person, filter: chronic-illness = yes,
              columns: [name, phone] }
          - { key: gas, zh: 用气, en: Gas, line: gas, purpose: safety, of: household, filter: "fuel in (1, 2)",
              columns: [fuel, gas-alarm] }
        """

    private static let posts: [(name: String, role: String, area: String, line: String?)] = [
        ("clerk", "community_clerk", east, nil), ("westclerk", "community_clerk", west, nil),
        ("worker", "grid_worker", grids[0], nil), ("second", "grid_worker", grids[0], nil),
        ("third", "grid_worker", grids[2], nil), ("head", "street_leader", street, nil),
        ("data", "data_officer", county, "data"), ("welfare", "department_handler", county, "civil_affairs"),
        ("doctor", "department_handler", county, "health"),
    ]

    static let migrations =
        Once.migrations + Ledger.migrations + UploadQueue.migrations + Places.migrations + Messages.migrations
        + Identity.migrations + Registry.migrations + Forms.migrations + Cases.migrations + Visits.migrations

    static func with(
        _ engine: EngineCase, forms text: String? = nil, _ body: @escaping @Sendable (VisitsWorld) async throws -> Void
    ) async throws {
        let own = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: own) }
        let rules = try Self.rules(own, forms: text)
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(), rules: rules,
                assets: try StaticFiles(folders: []),
                settings: House.Settings(area: try #require(AreaPrefix(county)), secureCookies: false))
            struct File: Decodable {
                struct Role: Decodable { var rights: [String] }
                var roles: [Role]
            }
            let known = Set(
                try house.rules.decode(File.self, from: "roles.yaml").roles.flatMap(\.rights).map { Right($0) })
            let identity = try Identity(house: house, knownRights: known, bodies: TownHall())
            let places = Places(house: house)
            let dictionary = try DataDictionary.load(from: house.rules)
            let formEngine = try FormEngine(rules: house.rules, dictionary: dictionary)
            let registry = try Registry(
                house: house, identity: identity, places: places, dictionary: dictionary, followers: [formEngine])
            let forms = try Forms(house: house, registry: registry, places: places, engine: formEngine)
            let cases = try Cases(
                house: house, identity: identity, bodies: TownHall(), areas: NamesOfPlaces(places: places))
            let visits = try Visits(
                house: house, identity: identity, places: places, registry: registry, forms: forms, cases: cases)
            try await enterPlaces(house)
            try await places.refresh()
            var people: [String: Scope] = [:]
            for post in posts { people[post.name] = try await person(post, house, identity) }
            let router = Router(context: DeskContext.self)
            let routes = Routes(router: router, house: house, menu: [], catalogue: APICatalogue())
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
            router.add(middleware: identity.sessions)
            registry.addRoutes(to: routes)
            forms.addRoutes(to: routes)
            visits.addRoutes(to: routes)
            let everybody = people
            try await Application(router: router, logger: logger).test(.router) { client in
                try await body(
                    VisitsWorld(
                        house: house, registry: registry, forms: forms, visits: visits, identity: identity,
                        clock: clock,
                        people: everybody, client: client))
            }
        }
    }

    /// The shipped rules, with other forms where a test brings its own.
    private static func rules(_ own: URL, forms: String?) throws -> RuleFiles {
        let shipped = Self.shippedRules
        guard let forms else { return RuleFiles(shipped: shipped) }
        // A county's file replaces the shipped one of its name only; so all of them are replaced.
        try FileManager.default.createDirectory(
            at: own.appendingPathComponent("forms"), withIntermediateDirectories: true)
        for name in RuleFiles(shipped: shipped).names(in: "forms") {
            try "forms: []\n".write(toFile: own.path + "/" + name, atomically: true, encoding: .utf8)
        }
        try forms.write(toFile: own.path + "/forms/test.yaml", atomically: true, encoding: .utf8)
        return RuleFiles(shipped: shipped, own: own.path)
    }

    /// The shipped roles.
    static func roles() async throws -> Roles {
        struct File: Decodable {
            struct Role: Decodable { var rights: [String] }
            var roles: [Role]
        }
        let rules = RuleFiles(shipped: shippedRules)
        let known = Set(try rules.decode(File.self, from: "roles.yaml").roles.flatMap(\.rights).map { Right($0) })
        return try Roles.load(from: rules, knownRights: known)
    }

    private static func enterPlaces(_ house: House) async throws {
        let day = Day(number: 0)
        func area(_ code: String, _ name: String, _ level: AreaLevel, _ parent: String?) -> Area {
            Area(code: code, name: name, level: level, parent: parent, validFrom: day, source: "test")
        }
        let areas = [
            area(county, "西湖区", .county, nil), area(street, "北山街道", .street, county),
            area(east, "宝石社区", .community, street), area(west, "曙光社区", .community, street),
        ]
        let made = grids.enumerated().map { index, code in
            Grid(
                code: code, community: String(code.prefix(12)), name: "第 \(index + 1) 网格", kind: .base,
                households: 400, centre: nil, validFrom: day)
        }
        try await house.database.write {
            try Places.register(areas: areas, in: $0)
            try Places.register(grids: made, in: $0)
        }
    }

    private static func person(
        _ one: (name: String, role: String, area: String, line: String?), _ house: House, _ identity: Identity
    ) async throws -> Scope {
        let now = start - .days(1)
        let prefix = try #require(AreaPrefix(one.area))
        let known = try #require(identity.roles[one.role])
        let body = one.line.map { TownHall.departments[$0] ?? TownHall.id } ?? TownHall.id
        let post = PostRecord(
            id: house.identifiers.next(at: now), staff: house.identifiers.next(at: now), body: body, role: one.role,
            area: prefix, title: known.name, from: now)
        let staff = NewStaff(id: post.staff, name: one.name, login: one.name, passwordHash: nil, area: prefix)
        let vault = house.keys.vault
        try await house.database.write {
            try Identity.register(staff: [staff], posts: [post], vault: vault, at: now, in: $0)
        }
        return Scope(
            staff: post.staff, staffName: one.name, post: post.id, postName: post.title, role: one.role,
            rights: known.rights, area: prefix, body: body, bodyName: "—", line: one.line)
    }

    // MARK: Acts

    func scope(_ name: String) throws -> Scope { try #require(people[name]) }
    var today: Day { clock.now().local().day }

    @discardableResult
    func write(_ kind: SubjectKind, _ facts: [String: String?], since: Day? = nil, by name: String = "head")
        async throws
        -> StoredSubject
    {
        try await write(kind, nil, facts, since: since, by: name)
    }

    @discardableResult
    func write(
        _ kind: SubjectKind, _ subject: SubjectID?, _ facts: [String: String?], since: Day? = nil,
        seenAt: Instant? = nil, correction: Bool = false, by name: String = "head"
    ) async throws -> StoredSubject {
        let (registry, scope, now) = (registry, try scope(name), clock.now())
        let entry = NewEntry(
            kind, subject,
            facts: facts.sorted { $0.key < $1.key }.map { NewEntry.Fact($0.key, $0.value, since: since) },
            seenAt: seenAt ?? now, source: .visit, isCorrection: correction)
        return try await house.database.write { try registry.write(entry, by: scope, at: now, in: $0) }
    }

    func dwelling(_ grid: String = VisitsWorld.grids[0], _ address: String = "文三路 1 号 101 室", since: Day? = nil)
        async throws
        -> StoredSubject
    {
        try await write(.dwelling, ["grid": grid, "address": address], since: since ?? Day("2021-01-01"))
    }

    func household(in grid: String = VisitsWorld.grids[0], since: Day? = nil) async throws -> StoredSubject {
        let home = try await dwelling(grid, since: since)
        return try await write(.household, ["dwelling": home.id.text], since: since ?? Day("2021-01-01"))
    }

    @discardableResult
    func resident(
        _ name: String, born: String, sex: String = "1", in household: StoredSubject, since: Day? = nil,
        _ more: [String: String] = [:]
    ) async throws -> StoredSubject {
        let person = try await write(.person, ["name": name, "birth-day": born, "sex": sex])
        return try await write(
            .person, person.id, more.merging(["household": household.id.text]) { first, _ in first },
            since: since ?? Day("2021-01-01"))
    }

    // MARK: Visits

    func home(_ id: SubjectID, by name: String = "worker") async throws -> HomeVisit {
        let (visits, scope, now) = (visits, try scope(name), clock.now())
        return try await house.database.read { try visits.home(id, for: scope, at: now, in: $0) }
    }

    func list(_ grid: String = VisitsWorld.grids[0], by name: String = "worker") async throws -> VisitList {
        let (visits, scope, now) = (visits, try scope(name), clock.now())
        let area = try #require(AreaPrefix(grid))
        return try await house.database.read {
            try visits.list(in: area, start: nil, for: scope, at: now, in: $0)
        }
    }

    /// What is asked at a home, as `element` or `name element` for people.
    func asked(_ id: SubjectID, by name: String = "worker") async throws -> Set<String> {
        Set(try await home(id, by: name).questions.map(\.element.key))
    }

    @discardableResult
    func report(
        _ home: SubjectID, _ answers: [VisitReport.Answer], seenAt: Instant? = nil, knownAt: Instant? = nil,
        outcome: VisitReport.Outcome = .met, by name: String = "worker"
    ) async throws -> VisitResult {
        let (visits, scope, now) = (visits, try scope(name), clock.now())
        let report = VisitReport(
            outcome: outcome, seenAt: seenAt ?? now, knownAt: knownAt ?? seenAt ?? now, answers: answers)
        return try await house.database.write { try visits.take(report, at: home, by: scope, at: now, in: $0) }
    }

    func value(_ id: SubjectID, _ element: String) async throws -> String? {
        let (registry, scope, day) = (registry, try scope("data"), today)
        return try await house.database.read {
            try registry.subject(id, for: scope, in: $0).record.value(element, at: day)
        }
    }

    func queue(by name: String = "clerk") async throws -> [QueuedView] {
        let (visits, scope) = (visits, try scope(name))
        return try await house.database.read {
            try visits.queue(in: scope.area, for: scope, after: nil, limit: 50, in: $0).items
        }
    }

    func decide(
        _ id: QueuedAnswer.ID, _ decision: QueuedAnswer.Decision, value: String? = nil, by name: String = "clerk"
    ) async throws {
        let (visits, scope, now) = (visits, try scope(name), clock.now())
        try await house.database.write {
            try visits.decide(id, decision, value: value, by: scope, at: now, in: $0)
        }
    }

    // MARK: Requests

    func call(
        _ method: HTTPRequest.Method, _ address: String, _ json: String? = nil, as name: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> (status: Int, type: String, text: String, bytes: [UInt8]) {
        var fields = HTTPFields()
        if json != nil { fields[.contentType] = "application/json" }
        if let name {
            fields[.authorization] =
                "Bearer " + (try await identity.issueToken(login: name, name: "test", days: 1).secret)
        }
        for (key, value) in headers { fields[try #require(HTTPField.Name(key))] = value }
        let response = try await client.execute(
            uri: address, method: method, headers: fields, body: json.map { ByteBuffer(string: $0) })
        return (
            response.status.code, response.headers[.contentType] ?? "", String(buffer: response.body),
            Array(response.body.readableBytesView)
        )
    }
}

/// One body for those of the areas, and one for each department.
struct TownHall: BodyLookup {
    private static let source = IdentifierSource(seed: 7)
    static let id = BodyID(source.nextText(at: VisitsWorld.start))
    static let departments: [String: BodyID] = Dictionary(
        uniqueKeysWithValues: ["data", "civil_affairs", "health"].map {
            ($0, BodyID(source.nextText(at: VisitsWorld.start)))
        })

    private var all: [BodyFacts] {
        let area = AreaPrefix(VisitsWorld.county) ?? .everywhere
        return [BodyFacts(id: Self.id, name: "区政府", line: nil, area: area)]
            + Self.departments.map { BodyFacts(id: $0.value, name: $0.key, line: $0.key, area: area) }
    }

    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { all.first { $0.id == id } }
    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] { all }
}

struct NamesOfPlaces: AreaLookup {
    let places: Places

    func name(of area: AreaPrefix) -> String? { places.name(of: area.code) }
    func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] {
        places.children(of: area.code).compactMap { child in AreaPrefix(child.code).map { ($0, child.name) } }
    }
    func area(at location: Location) -> AreaPrefix? { nil }
}
