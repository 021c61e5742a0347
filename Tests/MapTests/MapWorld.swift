import Cases
import Cipher
import Desk
import Foundation
import Geo
import Grids
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
import Synchronization
import Testing
import Uploads
import Web

@testable import Map

/// A clock that the test moves.
final class TestClock: WallClock {
    private let at: Mutex<Instant>
    init(_ instant: Instant) { at = Mutex(instant) }
    func now() -> Instant { at.withLock { $0 } }
    func advance(_ span: Span) { at.withLock { $0 = $0 + span } }
}

/// A county with two streets of two communities each, bodies with lines, and people in posts.
struct MapWorld: Sendable {
    let house: House
    let clock: TestClock
    let identity: Identity
    let places: Places
    let cases: Cases
    let map: OneMap
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
        Once.migrations + Ledger.migrations + UploadQueue.migrations + Places.migrations + Messages.migrations
        + Identity.migrations
        + Cases.migrations + Grids.migrations + OneMap.migrations

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
        ("verifier", "verifier", north, "northstreet"), ("officer", "data_officer", county, "coordination"),
        ("mediator", "mediator", community, "committee"),
    ]

    /// - Parameter most: features of one layer in one tile at most, where that is not to be what ships.
    static func with(
        _ engine: EngineCase, most: Int? = nil, _ body: (MapWorld) async throws -> Void
    ) async throws {
        try await engine.withDatabase(migrations: migrations) { database in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            var rules = RuleFiles(shipped: root + "/Rules")
            if let most {
                let shipped = try rules.file("map.yaml").text
                let own = shipped.replacing("most: 6000,", with: "most: \(most),")
                try #require(own != shipped)
                try own.write(toFile: folder.path + "/map.yaml", atomically: true, encoding: .utf8)
                rules = RuleFiles(shipped: root + "/Rules", own: folder.path)
            }
            try await body(try await founded(database, rules, outbox: folder.path + "/outbox.jsonl"))
        }
    }

    private static func founded(
        _ database: any Database, _ rules: RuleFiles, outbox: String
    ) async throws -> MapWorld {
        let clock = TestClock(start)
        let house = House(
            database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
            rules: rules, assets: try StaticFiles(folders: []),
            settings: House.Settings(area: county, secureCookies: false, outboxFile: outbox))
        let places = Places(house: house, ground: GroundOfGrids(house: house))
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
        var people: [String: Scope] = [:]
        for post in posts {
            let body = try #require(bodies[post.body])
            let line = bodyFacts.first { $0.name == post.body }?.line
            people[post.name] = try await person(post.name, post.role, post.area, body, line, house, identity)
        }
        return MapWorld(
            house: house, clock: clock, identity: identity, places: places, cases: cases,
            map: try OneMap(
                house: house, identity: identity, places: places, cases: cases,
                grids: try Grids(house: house, identity: identity, cases: cases, places: places),
                themes: [beacons]),
            people: people, bodies: bodies)
    }

    /// What another room might say: a mark in each street since the first of July, two in the north until then.
    private static let beacons = MapTheme(
        name: "beacons", title: LocalizedText("信标", "Beacons"), right: .readMatters, form: .marks, isDated: true,
        columns: [.init("colour", "颜色", "Colour"), .init("height", "高", "Height", .number)],
        legend: [(.warn, LocalizedText("亮", "Lit")), (.plain, LocalizedText("灭", "Dark"))],
        note: LocalizedText("测试", "A test")
    ) { question in
        let codes =
            question.day.map { $0 < (Day(year: 2026, month: 7, day: 1) ?? $0) } ?? false
            ? [north.code, north.code] : [north.code, south.code]
        return codes.enumerated().compactMap { number, code in
            AreaPrefix(code).map {
                MapMark(
                    id: "b\(number)", area: $0, tone: number == 0 ? .warn : .plain, figure: "",
                    values: [.text(LocalizedText("红", "red")), .number(Double(number))])
            }
        }.filter { question.scope.area.contains($0.area) }
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
            places.grid(longitude: location.longitude, latitude: location.latitude).flatMap { AreaPrefix($0.code) }
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

    func reported(
        at place: Position?, in area: AreaPrefix = community, category: String? = nil
    ) async throws -> CaseRecord {
        let (cases, now) = (cases, now)
        return try await house.database.write { transaction in
            try cases.report(
                Report(
                    detail: "楼道堆物，影响通行。", category: category, area: area,
                    location: place.flatMap { Location(longitude: $0.x, latitude: $0.y) }, channel: .resident),
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

    func question(_ name: String) throws -> MapQuestion {
        MapQuestion(scope: try scope(name), filter: .all, now: now)
    }

    // MARK: Over the wire

    struct Answer {
        var status: Int
        var type: String
        var tag: String?
        var bytes: [UInt8]
        var text: String { String(decoding: bytes, as: UTF8.self) }

        /// The object that the JSON is.
        func object() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any], "\(text.prefix(300))")
        }
    }

    func get(_ address: String, as name: String?, headers: [String: String] = [:]) async throws -> Answer {
        try await call(.get, address, as: name, headers: headers)
    }

    func call(
        _ method: HTTPRequest.Method, _ address: String, as name: String?, headers: [String: String] = [:],
        _ json: String? = nil
    ) async throws -> Answer {
        let router = Router(context: DeskContext.self)
        let routes = Routes(router: router, house: house, menu: [], catalogue: APICatalogue())
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        router.add(middleware: Reception(house: house, logger: logger, metrics: Metrics()))
        router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
        router.add(middleware: identity.sessions)
        map.addRoutes(to: routes)
        places.addRoutes(to: routes)
        map.grids.addRoutes(to: routes)
        var fields = HTTPFields()
        if let name {
            fields[.authorization] =
                "Bearer " + (try await identity.issueToken(login: name, name: "test", days: 1).secret)
        }
        for (key, value) in headers { fields[try #require(HTTPField.Name(key))] = value }
        if json != nil { fields[.contentType] = "application/json" }
        let sent = fields
        return try await Application(router: router, logger: logger).test(.router) { client in
            let response = try await client.execute(
                uri: address, method: method, headers: sent, body: json.map { ByteBuffer(string: $0) })
            return Answer(
                status: response.status.code, type: response.headers[.contentType] ?? "",
                tag: response.headers[.eTag], bytes: Array(response.body.readableBytesView))
        }
    }
}
