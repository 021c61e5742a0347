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

@testable import Burdens

/// A county with three streets, of which one is too small to be asked alone, and the routes of the room behind the same doors
/// as in the server.
struct BurdenWorld: Sendable {
    let house: House
    let burdens: Burdens
    let identity: Identity
    let clock: ManualClock
    let people: [String: Scope]
    let client: any TestClientProtocol

    static let county = "330106"
    static let prefecture = "3301"
    static let north = "330106001"
    static let south = "330106002"
    static let west = "330106003"
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 3, day: 2) ?? Day(number: 0), hour: 9))

    private static let posts: [(name: String, role: String, area: String, line: String?)] =
        [
            ("coordination", "coordination_officer", county, nil), ("northhead", "street_leader", north, nil),
            ("prefecture", "coordination_officer", prefecture, nil),
            ("neighbour", "coordination_officer", "330107", nil),
            ("fire", "department_leader", county, "fire"), ("health", "department_leader", county, "health"),
        ]
        + (1...9).map { ("north\($0)", "community_clerk", north + "001", nil) }
        + (1...9).map { ("south\($0)", "community_clerk", south + "001", nil) }
        + (1...2).map { ("west\($0)", "community_clerk", west + "001", nil) }

    static func with(
        _ engine: EngineCase, _ body: @escaping @Sendable (BurdenWorld) async throws -> Void
    ) async throws {
        let migrations =
            Once.migrations + Ledger.migrations + Places.migrations + Messages.migrations + Identity.migrations
            + Burdens.migrations
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: try rules(), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: try #require(AreaPrefix(county)), secureCookies: false),
                grounds: OneGround())
            let known = Set(Identity.rights + Ledger.rights + Places.rights + Messages.rights)
            let identity = try Identity(house: house, knownRights: known, bodies: Offices())
            let places = Places(house: house)
            let burdens = try Burdens(house: house, identity: identity, places: places)
            try await enterPlaces(house)
            try await places.refresh()
            var people: [String: Scope] = [:]
            for post in posts { people[post.name] = try await person(post, house, identity) }
            let router = Router(context: DeskContext.self)
            let routes = Routes(router: router, house: house, menu: [], catalogue: APICatalogue())
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
            router.add(middleware: identity.sessions)
            burdens.addRoutes(to: routes)
            let everybody = people
            try await Application(router: router, logger: logger).test(.router) { client in
                try await body(
                    BurdenWorld(
                        house: house, burdens: burdens, identity: identity, clock: clock, people: everybody,
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
        return RuleFiles(shipped: shipped, own: own.path)
    }

    private static func enterPlaces(_ house: House) async throws {
        let day = Day(number: 0)
        func area(_ code: String, _ name: String, _ level: AreaLevel, _ parent: String?) -> Area {
            Area(code: code, name: name, level: level, parent: parent, validFrom: day, source: "test")
        }
        let areas =
            [area(county, "西湖区", .county, nil)]
            + [(north, "北山街道"), (south, "南山街道"), (west, "西溪街道")].flatMap { code, name in
                [
                    area(code, name, .street, county),
                    area(code + "001", name.replacing("街道", with: "社区"), .community, code),
                ]
            }
        let fire = BodyRecord(
            id: Offices.id("fire"), name: "消防救援局", kind: .department, level: .county,
            area: AreaPrefix(county) ?? .everywhere, line: "fire", validFrom: day)
        try await house.database.write { transaction in
            try Places.register(areas: areas, in: transaction)
            try Places.register(bodies: [fire], in: transaction)
        }
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

/// The item C0101 carries everything but entries of registers; what begins as an admission does was counted, holds to the end
/// of 2027, and belongs to fire where its number ends so.
private struct OneGround: Grounds {
    func require(_ ground: String?, for area: AreaPrefix, on day: Day, in transaction: any Transaction) throws {
        guard ground == "C0101" else { throw Refusal.noGround(LocalizedText("没有依据", "No ground")) }
    }

    func requireCounted(_ ground: String?, _ entry: RegisterEntry, in transaction: any Transaction) throws {
        // What is admitted for the coming year holds from its first day.
        let from = ground?.hasPrefix("准入2027") == true ? 2027 : 2026
        guard let ground, ground.hasPrefix("准入"), entry.days.lowerBound.parts.year <= 2027,
            entry.days.upperBound.parts.year >= from, !entry.areas.isEmpty,
            !ground.hasSuffix("fire") || entry.body == nil || entry.body == Offices.id("fire")
        else {
            throw Refusal(
                .ruleBroken, "mandates.not-counted", LocalizedText("未经准入计数", "Not counted"),
                wayOn: LocalizedText("请先提出准入 /demands/new", "Ask at /demands/new"), rule: entry.rule,
                field: "ground")
        }
    }

    func counted(
        _ grounds: Set<String>, as kind: RegisterEntry.Kind, in transaction: any Transaction
    ) throws -> Set<String> { grounds.filter { $0.hasPrefix("准入") } }
}

struct Offices: BodyLookup {
    static func id(_ name: String) -> BodyID {
        let seed = name.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
        return BodyID(IdentifierSource(seed: seed).nextText(at: BurdenWorld.start))
    }

    private static let all = [
        "fire", "health", BurdenWorld.county, BurdenWorld.prefecture, "330107", BurdenWorld.west,
        BurdenWorld.west + "001", BurdenWorld.north,
        BurdenWorld.south, BurdenWorld.north + "001",
        BurdenWorld.south + "001",
    ].map { name in
        let isLine = Int(name) == nil
        return BodyFacts(
            id: id(name), name: name, line: isLine ? name : nil,
            area: AreaPrefix(isLine ? BurdenWorld.county : name) ?? .everywhere)
    }

    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { Self.all.first { $0.id == id } }
    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] { Self.all }
}
