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
import Mandates
import Messages
import NIOCore
import Places
import Storage
import StorageTesting
import Testing
import Web

@testable import Workload

/// A county with two streets, one crowded and one with time, a department, the shipped lists in force, and the routes of
/// the room behind the same doors as in the server.
struct StaffingWorld: Sendable {
    let house: House
    let workload: Workload
    let identity: Identity
    let clock: ManualClock
    let people: [String: Scope]
    let client: any TestClientProtocol

    static let county = "330106"
    static let north = "330106001"
    static let south = "330106002"
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 3, day: 2) ?? Day(number: 0), hour: 9))

    /// One clerk in the north for three communities, six in the south for one.
    private static let posts: [(name: String, role: String, area: String, line: String?)] =
        [
            ("coordination", "coordination_officer", county, nil), ("northhead", "street_leader", north, nil),
            ("fire", "department_handler", county, "fire"), ("clerk", "community_clerk", north + "001", nil),
            ("handler", "street_handler", north, nil), ("southhandler", "street_handler", south, nil),
        ]
        + (1...6).map { ("south\($0)", "community_clerk", south + "001", nil) }

    static func with(
        _ engine: EngineCase, records: any RecordedActs = NoRecordedActs(),
        matters: any MatterCounts = NoMatterCounts(),
        _ body: @escaping @Sendable (StaffingWorld) async throws -> Void
    ) async throws {
        let migrations =
            Once.migrations + Ledger.migrations + Places.migrations + Messages.migrations + Identity.migrations
            + Mandates.migrations + Workload.migrations
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: try rules(), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: try #require(AreaPrefix(county)), secureCookies: false))
            let known = Set(Identity.rights + Ledger.rights + Places.rights + Messages.rights)
            let identity = try Identity(house: house, knownRights: known, bodies: Offices())
            let places = Places(house: house)
            let forecast = try Forecast(
                house: house, identity: identity, places: places, matters: matters)
            let mandates = try Mandates(house: house, identity: identity, places: places, forecast: forecast)
            let workload = try Workload(
                house: house, identity: identity, places: places, mandates: mandates, forecast: forecast,
                records: records)
            try await enterPlaces(house)
            try await places.refresh()
            var people: [String: Scope] = [:]
            for post in posts { people[post.name] = try await person(post, house, identity) }
            let coordination = try #require(people["coordination"])
            try await house.database.write { try mandates.adoptShipped(by: coordination, at: start, in: $0) }
            let router = Router(context: DeskContext.self)
            let routes = Routes(router: router, house: house, menu: [], catalogue: APICatalogue())
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
            router.add(middleware: identity.sessions)
            workload.addRoutes(to: routes)
            let everybody = people
            try await Application(router: router, logger: logger).test(.router) { client in
                try await body(
                    StaffingWorld(
                        house: house, workload: workload, identity: identity, clock: clock, people: everybody,
                        client: client))
            }
        }
    }

    /// The shipped rules, with the roles cut down to the rights of the rooms that are here.
    private static func rules() throws -> RuleFiles {
        let shipped =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/Rules"
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
        // A task that stands where the people of this county are, measured and counted by matters of one kind.
        var workload = try String(contentsOfFile: shipped + "/workload.yaml", encoding: .utf8)
        workload.replace(
            "  measures:\n",
            with: "  measures:\n    - { item: B0303, task: apply, from: sign, to: finish, categories: [\"020404\"] }\n")
        workload.replace(
            "  tasks:\n", with: "  tasks:\n    - { item: B0303, task: apply, categories: [\"020404\"] }\n")
        try workload.write(to: own.appendingPathComponent("workload.yaml"), atomically: true, encoding: .utf8)
        return RuleFiles(shipped: shipped, own: own.path)
    }

    private static func enterPlaces(_ house: House) async throws {
        let day = Day(number: 0)
        func area(_ code: String, _ name: String, _ level: AreaLevel, _ parent: String?) -> Area {
            Area(code: code, name: name, level: level, parent: parent, validFrom: day, source: "test")
        }
        let areas =
            [
                area(county, "西湖区", .county, nil), area(north, "北山街道", .street, county),
                area(south, "南山街道", .street, county), area(south + "001", "清波社区", .community, south),
            ] + (1...3).map { area(north + "00\($0)", "宝石\($0)社区", .community, north) }
        try await house.database.write { try Places.register(areas: areas, in: $0) }
    }

    private static func person(
        _ post: (name: String, role: String, area: String, line: String?), _ house: House, _ identity: Identity
    ) async throws -> Scope {
        let now = start - .days(1)
        let prefix = try #require(AreaPrefix(post.area))
        let known = try #require(identity.roles[post.role])
        let body = Offices.id(post.line ?? post.area)
        let record = PostRecord(
            id: house.identifiers.next(at: now), staff: house.identifiers.next(at: now), body: body, role: post.role,
            area: prefix, title: known.name, from: now)
        let staff = NewStaff(id: record.staff, name: post.name, login: post.name, passwordHash: nil, area: prefix)
        let vault = house.keys.vault
        try await house.database.write {
            try Identity.register(staff: [staff], posts: [record], vault: vault, at: now, in: $0)
        }
        return Scope(
            staff: record.staff, staffName: post.name, post: record.id, postName: record.title, role: post.role,
            rights: known.rights, area: prefix, body: body, bodyName: post.line ?? post.name, line: post.line)
    }

    func scope(_ name: String) throws -> Scope { try #require(people[name]) }

    func propose(assumesConsent: Bool = false) async throws -> StaffingProposal {
        try await workload.propose(assumesConsent: assumesConsent, by: scope("coordination"), at: clock.now())
    }

    func agree(
        _ name: String, _ places: Set<String> = [county], otherKinds: Bool = false, until: Day? = nil
    ) async throws {
        let (workload, scope, now) = (workload, try scope(name), clock.now())
        let consent = KeptConsent(
            places: places, isForOtherKinds: otherKinds, until: until ?? now.local().day + 100)
        try await house.database.write { try workload.agree(consent, by: scope, at: now, in: $0) }
    }

    func call(
        _ method: HTTPRequest.Method, _ address: String, _ json: String? = nil, as name: String
    ) async throws -> (status: Int, text: String) {
        var fields = HTTPFields()
        if json != nil { fields[.contentType] = "application/json" }
        fields[.authorization] =
            "Bearer " + (try await identity.issueToken(login: name, name: "test", days: 1).secret)
        let response = try await client.execute(
            uri: address, method: method, headers: fields, body: json.map { ByteBuffer(string: $0) })
        return (response.status.code, String(buffer: response.body))
    }
}

private struct Offices: BodyLookup {
    static func id(_ name: String) -> BodyID {
        let seed = name.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
        return BodyID(IdentifierSource(seed: seed).nextText(at: StaffingWorld.start))
    }

    private static let all = [
        "fire", StaffingWorld.county, StaffingWorld.north, StaffingWorld.south, StaffingWorld.north + "001",
        StaffingWorld.south + "001",
    ].map { name in
        let isLine = Int(name) == nil
        return BodyFacts(
            id: id(name), name: name, line: isLine ? name : nil,
            area: AreaPrefix(isLine ? StaffingWorld.county : name) ?? .everywhere)
    }

    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { Self.all.first { $0.id == id } }
    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] { Self.all }
}
