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

@testable import Funds

/// A county with two streets, two departments and people in posts, and the routes of this room behind the server's doors.
struct FundsWorld: Sendable {
    let house: House
    let funds: Funds
    let identity: Identity
    let clock: ManualClock
    let people: [String: Scope]
    let client: any TestClientProtocol

    static let county = AreaPrefix("330106") ?? .everywhere
    static let north = AreaPrefix("330106001") ?? .everywhere
    static let south = AreaPrefix("330106002") ?? .everywhere
    static let community = AreaPrefix("330106001001") ?? .everywhere
    static let grid = AreaPrefix("330106001001001") ?? .everywhere
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 3, day: 2) ?? Day(number: 0), hour: 9))
    static var today: Day { start.local().day }

    private static let posts: [(name: String, role: String, area: AreaPrefix, line: String?)] = [
        ("county", "coordination_officer", county, nil), ("fire", "department_leader", county, "fire"),
        ("health", "department_leader", county, "health"), ("northhead", "street_leader", north, nil),
        ("southhead", "street_leader", south, nil), ("worker", "grid_worker", grid, nil),
    ]

    /// - Parameter disclosure: another `disclosure` of `funds.yaml` than the shipped one.
    static func with(
        _ engine: EngineCase, disclosure: String? = nil, _ body: @escaping @Sendable (FundsWorld) async throws -> Void
    ) async throws {
        let migrations =
            Once.migrations + Ledger.migrations + Places.migrations + Messages.migrations + Identity.migrations
            + Funds.migrations
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(start)
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().path
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: try rules(root + "/Rules", disclosure), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: county, secureCookies: false), grounds: Items())
            try await enterPlaces(house)
            let places = Places(house: house)
            try await places.refresh()
            struct Roles: Decodable {
                struct Role: Decodable { var rights: [String] }
                var roles: [Role]
            }
            let rights = try house.rules.decode(Roles.self, from: "roles.yaml").roles.flatMap(\.rights)
            let identity = try Identity(house: house, knownRights: Set(rights.map { Right($0) }), bodies: Bodies())
            let funds = try Funds(house: house, places: places)
            var people: [String: Scope] = [:]
            for post in posts { people[post.name] = try await person(post, house, identity) }
            let router = Router(context: DeskContext.self)
            let routes = Routes(router: router, house: house, menu: [], catalogue: APICatalogue())
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
            router.add(middleware: identity.sessions)
            funds.addRoutes(to: routes)
            let known = people
            try await Application(router: router, logger: logger).test(.router) { client in
                try await body(
                    FundsWorld(
                        house: house, funds: funds, identity: identity, clock: clock, people: known, client: client))
            }
        }
    }

    private static func rules(_ shipped: String, _ disclosure: String?) throws -> RuleFiles {
        guard let disclosure else { return RuleFiles(shipped: shipped) }
        let text = try String(contentsOfFile: shipped + "/funds.yaml", encoding: .utf8)
        let own = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        try text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("disclosure:") ? "disclosure: " + disclosure : String($0) }.joined(separator: "\n")
            .write(to: own.appendingPathComponent("funds.yaml"), atomically: true, encoding: .utf8)
        return RuleFiles(shipped: shipped, own: own.path)
    }

    private static func enterPlaces(_ house: House) async throws {
        let day = Day(number: 0)
        func area(_ area: AreaPrefix, _ name: String, _ level: AreaLevel, _ parent: AreaPrefix?) -> Area {
            Area(code: area.code, name: name, level: level, parent: parent?.code, validFrom: day, source: "test")
        }
        let areas = [
            area(county, "西湖区", .county, nil), area(north, "北山街道", .street, county),
            area(south, "南山街道", .street, county), area(community, "宝石社区", .community, north),
        ]
        try await house.database.write { try Places.register(areas: areas, in: $0) }
    }

    private static func person(
        _ post: (name: String, role: String, area: AreaPrefix, line: String?), _ house: House, _ identity: Identity
    ) async throws -> Scope {
        let now = start - .days(1)
        let known = try #require(identity.roles[post.role])
        let record = PostRecord(
            id: house.identifiers.next(at: now), staff: house.identifiers.next(at: now),
            body: Bodies.id(post.line ?? post.area.code), role: post.role, area: post.area, title: known.name, from: now
        )
        let staff = NewStaff(
            id: record.staff, name: post.name, login: post.name, passwordHash: nil, area: post.area)
        let vault = house.keys.vault
        try await house.database.write {
            try Identity.register(staff: [staff], posts: [record], vault: vault, at: now, in: $0)
        }
        return Scope(
            staff: record.staff, staffName: post.name, post: record.id, postName: record.title, role: post.role,
            rights: known.rights, area: post.area, body: record.body, bodyName: post.name, line: post.line)
    }

    /// Lists that have some items, an admission and nothing else.
    private struct Items: Grounds {
        static let known = ["C0101", "B0301", "B0302", "B0303", "H0102", "H0106", "准入2026-0007"]

        func require(_ ground: String?, for area: AreaPrefix, on day: Day, in transaction: any Transaction) throws {
            guard let ground, Self.known.contains(ground) else {
                throw Refusal.noGround(LocalizedText("现行清单中没有", "The lists in force have it not"))
            }
        }
    }

    struct Bodies: BodyLookup {
        static func id(_ name: String) -> BodyID {
            let seed = name.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
            return BodyID(IdentifierSource(seed: seed).nextText(at: FundsWorld.start))
        }

        private static let lines = ["fire", "health"]

        func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? {
            try bodies(in: FundsWorld.county, limit: 9, in: transaction).first { $0.id == id }
        }
        func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] {
            Self.lines.map { BodyFacts(id: Self.id($0), name: $0, line: $0, area: FundsWorld.county) }
        }
    }

    // MARK: Acts

    func scope(_ name: String) throws -> Scope { try #require(people[name]) }

    func allot(
        _ yuan: Int64 = 10_000, to area: AreaPrefix = grid, for title: String = "微型消防站", ground: String? = "C0101",
        by name: String = "fire"
    ) async throws -> BudgetLine {
        let (funds, scope, now) = (funds, try scope(name), clock.now())
        let new = NewBudgetLine(area: area.code, title: title, ground: ground, yuan: yuan, paper: "消拨〔2026〕1号")
        return try await house.database.write { try funds.allot(new, by: scope, at: now, in: $0) }
    }

    @discardableResult
    func write(_ kind: BudgetMove.Kind, _ yuan: Int64, on line: BudgetLine, by name: String) async throws -> BudgetLine
    {
        let (funds, scope, now) = (funds, try scope(name), clock.now())
        return try await house.database.write {
            try funds.write(kind, yuan, words: "灭火器", paper: "凭证1", on: line.id, by: scope, at: now, in: $0)
        }
    }

    func asset(by name: String = "northhead") async throws -> Asset {
        let (funds, scope, now) = (funds, try scope(name), clock.now())
        return try await house.database.write {
            try funds.enter(
                title: "沿街门面", kind: "shop", area: scope.area.code, yuan: 500_000, by: scope, at: now, in: $0)
        }
    }

    @discardableResult
    func lease(_ asset: Asset, _ from: Day, _ until: Day, by name: String = "northhead") async throws -> Asset {
        let (funds, scope, now) = (funds, try scope(name), clock.now())
        let lease = Asset.Lease(tenant: "便民超市有限公司", from: from, until: until, yuanAYear: 36_000)
        return try await house.database.write {
            try funds.lease(asset.id, lease, by: scope, at: now, in: $0)
        }
    }

    func receive(_ yuan: Int64, of asset: Asset, by name: String = "northhead") async throws {
        let (funds, scope, now) = (funds, try scope(name), clock.now())
        let income = AssetIncome(yuan: yuan, on: now.local().day, words: "租金")
        try await house.database.write {
            _ = try funds.receive(asset.id, income, by: scope, at: now, in: $0)
        }
    }

    func call(_ method: HTTPRequest.Method, _ address: String, _ json: String? = nil, as name: String?) async throws
        -> (status: Int, text: String)
    {
        var fields = HTTPFields()
        if let name {
            fields[.authorization] =
                "Bearer " + (try await identity.issueToken(login: name, name: "test", days: 1).secret)
        }
        if json != nil { fields[.contentType] = "application/json" }
        let response = try await client.execute(
            uri: address, method: method, headers: fields, body: json.map { ByteBuffer(string: $0) })
        return (response.status.code, String(buffer: response.body))
    }
}
