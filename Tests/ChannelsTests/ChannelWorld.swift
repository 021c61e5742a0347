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

@testable import Channels

/// A county with two streets, three communities and one grid; a dispatcher in the first street and an officer for the whole county, with the
/// routes of this room behind the same doors as in the server.
struct ChannelWorld: Sendable {
    let house: House
    let identity: Identity
    let cases: Cases
    let channels: Channels
    let clock: ManualClock
    let dispatcher: Scope
    let officer: Scope
    let client: any TestClientProtocol

    static let county = "330106"
    static let street = "330106001"
    static let community = "330106001001"
    static let grid = "330106001001001"
    /// A Monday morning of 2026.
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 3, day: 2) ?? Day(number: 0), hour: 9))
    static let inside = (longitude: 120.13, latitude: 30.27)
    /// Broken road surface; never left out.
    static let service = "010302"

    static let rules = RuleFiles(
        shipped: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/Rules")

    static func with(
        _ engine: EngineCase, own: [String: String] = [:],
        _ body: @escaping @Sendable (ChannelWorld) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in own {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        let rules = RuleFiles(shipped: rules.shipped, own: folder.path)
        let migrations =
            Once.migrations + Ledger.migrations + Places.migrations + Messages.migrations + Identity.migrations
            + Cases.migrations + Channels.migrations
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(), rules: rules,
                assets: try StaticFiles(folders: []),
                settings: House.Settings(area: try #require(AreaPrefix(county)), secureCookies: false))
            let known = Set(
                Cases.rights + Identity.rights + Ledger.rights + Places.rights + Messages.rights + Channels.rights)
            let bodies = OneBody()
            let identity = try Identity(house: house, knownRights: known, bodies: bodies)
            let places = Places(house: house)
            let cases = try Cases(house: house, identity: identity, bodies: bodies, areas: NoAreas())
            let channels = try Channels(house: house, identity: identity, cases: cases, places: places, bodies: bodies)
            try await enterPlaces(house)
            try await places.refresh()
            let dispatcher = try await person("dispatcher", "street_dispatcher", street, house, identity)
            let officer = try await person("officer", "coordination_officer", county, house, identity)
            let router = Router(context: DeskContext.self)
            let routes = Routes(router: router, house: house, menu: [], catalogue: APICatalogue())
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
            router.add(middleware: identity.sessions)
            channels.addRoutes(to: routes)
            try await Application(router: router, logger: logger).test(.router) { client in
                try await body(
                    ChannelWorld(
                        house: house, identity: identity, cases: cases, channels: channels, clock: clock,
                        dispatcher: dispatcher, officer: officer, client: client))
            }
        }
    }

    private static func enterPlaces(_ house: House) async throws {
        let day = Day(number: 0)
        try await house.database.write { transaction in
            try Places.register(
                areas: [
                    Area(
                        code: county, name: "西湖区", level: .county, parent: nil, validFrom: day, source: "test"),
                    Area(
                        code: street, name: "北山街道", level: .street, parent: county, validFrom: day, source: "test"),
                    Area(
                        code: community, name: "宝石社区", level: .community, parent: street, validFrom: day,
                        source: "test"),
                    // Of the same name as the one in the other street.
                    Area(
                        code: "330106002", name: "西溪街道", level: .street, parent: county, validFrom: day, source: "test"),
                    Area(
                        code: "330106002001", name: "宝石社区", level: .community, parent: "330106002", validFrom: day,
                        source: "test"),
                    Area(
                        code: "330106002002", name: "文三社区", level: .community, parent: "330106002", validFrom: day,
                        source: "test"),
                ], in: transaction)
            try Places.register(
                grids: [
                    Grid(
                        code: grid, community: community, name: "第一网格", kind: .base,
                        centre: Grid.Centre(longitude: inside.longitude, latitude: inside.latitude), validFrom: day)
                ], in: transaction)
        }
    }

    private static func person(
        _ login: String, _ role: String, _ area: String, _ house: House, _ identity: Identity
    ) async throws -> Scope {
        let now = start - .days(1)
        let prefix = try #require(AreaPrefix(area))
        let known = try #require(identity.roles[role])
        let post = PostRecord(
            id: house.identifiers.next(at: now), staff: house.identifiers.next(at: now), body: OneBody.id, role: role,
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

    // MARK: Requests

    struct Answer: Sendable {
        var status: Int
        var type: String?
        var text: String
        var headers: HTTPFields
    }

    func request(
        _ method: HTTPRequest.Method, _ address: String, _ body: String? = nil, type: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var fields = HTTPFields()
        if let type { fields[.contentType] = type }
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let response = try await client.execute(
            uri: address, method: method, headers: fields, body: body.map { ByteBuffer(string: $0) })
        return Answer(
            status: response.status.code, type: response.headers[.contentType], text: String(buffer: response.body),
            headers: response.headers)
    }

    func get(_ address: String, headers: [String: String] = [:]) async throws -> Answer {
        try await request(.get, address, headers: headers)
    }

    /// A report as clients of Open311 send it.
    func report(_ fields: [String: String], format: String = "json", headers: [String: String] = [:]) async throws
        -> Answer
    {
        let form = QueryParameters(fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        return try await request(
            .post, "/open311/v2/requests.\(format)", form.text, type: "application/x-www-form-urlencoded",
            headers: headers)
    }

    func call(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil, token: String) async throws
        -> Answer
    {
        try await request(
            method, "/api/v1" + path, json, type: json == nil ? nil : "application/json",
            headers: ["Authorization": "Bearer " + token])
    }

    func token(_ login: String = "officer") async throws -> String {
        try await identity.issueToken(login: login, name: "test", days: 1).secret
    }

    // MARK: What is stored

    func rows(_ query: SQL) async throws -> [Row] { try await house.database.query(query) }
    func count(_ table: StaticString) async throws -> Int64 {
        try await rows("SELECT COUNT(*) FROM \(trusted: table)")[0].int(0)
    }

    /// Seals what was recorded, so that it can be followed.
    func seal() async throws {
        _ = try await Sealing(
            database: house.database, key: house.keys.signing, clock: clock, chain: house.settings.area
        ).run()
    }

    /// A matter that a resident reported and somebody gave a category.
    func matter(_ detail: String = "门口路面有坑，联系人张三 19900001234") async throws -> CaseRecord {
        let now = clock.now()
        let report = Report(
            detail: detail, category: Self.service, area: AreaPrefix(Self.community), address: "幸福里三幢二单元",
            location: Location(longitude: Self.inside.longitude, latitude: Self.inside.latitude), channel: .resident)
        let actor = Actor(kind: .resident, id: "x", post: nil, name: "")
        return try await house.database.write { [cases] in
            try cases.report(report, by: actor, scope: nil, at: now, in: $0)
        }
    }

    func act(_ id: CaseID, _ command: Command, by scope: Scope? = nil) async throws {
        let now = clock.now()
        let scope = scope ?? dispatcher
        try await house.database.write { [cases] in
            _ = try cases.act(id, command, by: .staff(scope), actor: Actor(scope), at: now, in: $0)
        }
    }
}

/// One body for everybody.
struct OneBody: BodyLookup {
    static let id = BodyID(IdentifierSource(seed: 3).nextText(at: ChannelWorld.start))

    private var facts: BodyFacts {
        BodyFacts(id: Self.id, name: "北山街道办事处", line: nil, area: AreaPrefix(ChannelWorld.street) ?? .everywhere)
    }

    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { id == Self.id ? facts : nil }
    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] { [facts] }
}

struct NoAreas: AreaLookup {
    func name(of area: AreaPrefix) -> String? { nil }
    func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] { [] }
    func area(at location: Location) -> AreaPrefix? { nil }
}
