import Cases
import Cipher
import Desk
import Foundation
import Geo
import Ground
import Identity
import Ledger
import Messages
import Places
import Storage
import StorageTesting
import Synchronization
import Testing
import Uploads
import Web

@testable import Grids

/// A clock that the test moves.
final class TestClock: WallClock {
    private let at: Mutex<Instant>
    init(_ instant: Instant) { at = Mutex(instant) }
    func now() -> Instant { at.withLock { $0 } }
    func advance(_ span: Span) { at.withLock { $0 = $0 + span } }
}

/// A street with one community of buildings, its office, and a neighbouring street that has no say in it.
struct GridsOffice {
    let house: House
    let clock: TestClock
    let grids: Grids
    let cases: Cases
    let places: Places
    let identity: Identity
    let leader: Scope
    let stranger: Scope
    let worker: Scope

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let county = AreaPrefix("330106") ?? .everywhere
    static let street = AreaPrefix("330106001") ?? .everywhere
    static let other = AreaPrefix("330106002") ?? .everywhere
    static let community = AreaPrefix("330106001001") ?? .everywhere
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 11, day: 16) ?? Day(number: 0), hour: 9))

    struct Bodies: BodyLookup {
        var all: [BodyFacts]
        func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { all.first { $0.id == id } }
        func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] {
            Array(all.filter { area.contains($0.area) || $0.area.contains(area) }.prefix(limit))
        }
    }

    struct Areas: AreaLookup {
        let places: Places
        func name(of area: AreaPrefix) -> String? { places.name(of: area.code) }
        func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] {
            places.children(of: area.code).compactMap { child in AreaPrefix(child.code).map { ($0, child.name) } }
        }
        func area(at location: Location) -> AreaPrefix? { nil }
    }

    static let migrations =
        Once.migrations + Ledger.migrations + UploadQueue.migrations + Places.migrations + Messages.migrations
        + Identity.migrations
        + Cases.migrations + Grids.migrations

    static func with(_ engine: EngineCase, _ body: (GridsOffice) async throws -> Void) async throws {
        try await engine.withDatabase(migrations: migrations) { database in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let clock = TestClock(start)
            try await body(
                try await founded(try house(database, clock, outbox: folder.path + "/outbox.jsonl"), clock))
        }
    }

    static func house(_ database: any Database, _ clock: TestClock, outbox: String) throws -> House {
        House(
            database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
            rules: RuleFiles(shipped: root + "/Rules"), assets: try StaticFiles(folders: []),
            settings: House.Settings(area: county, outboxFile: outbox))
    }

    static func founded(_ house: House, _ clock: TestClock) async throws -> GridsOffice {
        let ids = (0..<3).map { _ in BodyID(house.identifiers.nextText(at: start)) }
        let bodies = Bodies(all: [
            BodyFacts(id: ids[0], name: "某街道办事处", line: nil, area: street),
            BodyFacts(id: ids[1], name: "某社区居委会", line: nil, area: community),
            BodyFacts(id: ids[2], name: "邻街道办事处", line: nil, area: other),
        ])
        let places = Places(house: house, ground: GroundOfGrids(house: house))
        let valid = Day(year: 2020, month: 1, day: 1) ?? Day(number: 0)
        try await house.database.write { transaction in
            try Places.register(
                areas: [
                    (county.code, "某县", AreaLevel.county, nil), (street.code, "某街道", .street, county.code),
                    (other.code, "邻街道", .street, county.code), (community.code, "甲社区", .community, street.code),
                    ("330106001002", "乙村", .community, street.code),
                ].map { Area(code: $0.0, name: $0.1, level: $0.2, parent: $0.3, validFrom: valid, source: "test") },
                in: transaction)
        }
        try await places.refresh()
        struct Roles: Decodable {
            struct Role: Decodable { var rights: [String] }
            var roles: [Role]
        }
        let rights = Set(
            try house.rules.decode(Roles.self, from: "roles.yaml").roles.flatMap(\.rights).map { Right($0) })
        let identity = try Identity(house: house, knownRights: rights, bodies: bodies)
        let cases = try Cases(house: house, identity: identity, bodies: bodies, areas: Areas(places: places))
        let grids = try Grids(house: house, identity: identity, cases: cases, places: places)
        var office = GridsOffice(
            house: house, clock: clock, grids: grids, cases: cases, places: places, identity: identity,
            leader: nobody, stranger: nobody, worker: nobody)
        let leader = try await office.person("leader", "street_leader", street, ids[0])
        let stranger = try await office.person("stranger", "street_leader", other, ids[2])
        let worker = try await office.person("worker", "grid_worker", community, ids[1])
        office = GridsOffice(
            house: house, clock: clock, grids: grids, cases: cases, places: places, identity: identity,
            leader: leader, stranger: stranger, worker: worker)
        return office
    }

    private static let nobody = Scope(
        staff: StaffID("0"), staffName: "", post: PostID("0"), postName: LocalizedText("", ""), role: "", rights: [],
        area: .everywhere, body: BodyID("0"), bodyName: "")

    func person(_ login: String, _ role: String, _ area: AreaPrefix, _ body: BodyID) async throws -> Scope {
        let known = try #require(identity.roles[role])
        let post = PostRecord(
            id: house.identifiers.next(at: Self.start), staff: house.identifiers.next(at: Self.start), body: body,
            role: role, area: area, title: known.name, from: Self.start - .days(1))
        let staff = NewStaff(id: post.staff, name: "测试·\(login)", login: login, passwordHash: nil, area: area)
        try await house.database.write {
            try Identity.register(staff: [staff], posts: [post], vault: house.keys.vault, at: Self.start, in: $0)
        }
        return Scope(
            staff: post.staff, staffName: staff.name, post: post.id, postName: post.title, role: role,
            rights: known.rights.union([.gridsRead, .gridsPlan]), area: area, body: body, bodyName: "—")
    }

    var now: Instant { clock.now() }
    var today: Day { now.local().day }

    func rows(_ query: SQL) async throws -> [Row] { try await house.database.query(query) }

    /// Buildings in rows of eight, 40 metres apart.
    func build(
        _ count: Int, households: (Int) -> Int = { _ in 48 }, grid: @Sendable (Int) -> String? = { _ in nil },
        community: AreaPrefix = Self.community
    ) async throws -> [Building] {
        let plane = LocalPlane(around: Position(longitude: 120.13, latitude: 30.27))
        let buildings = (0..<count).map { number in
            let corner = Position(x: Double(number % 8) * 40 + Double(number / 8 % 2) * 7, y: Double(number / 8) * 35)
            let outline = Ring(
                corners: [(0.0, 0.0), (24.0, 0.0), (24.0, 12.0), (0.0, 12.0)].map {
                    plane.degrees(Position(x: corner.x + $0.0, y: corner.y + $0.1))
                })
            return Building(
                id: "b\(community.code)\(1000 + number)", community: community.code, grid: grid(number),
                name: "\(number + 1) 幢", compound: "小区\(number / 16)", households: households(number),
                place: plane.degrees(Position(x: corner.x + 12, y: corner.y + 6)),
                outline: .polygon(Polygon(outer: outline)))
        }
        try await house.database.write { try Grids.register(buildings: buildings, in: $0) }
        return buildings
    }

    /// Grids that were there before any plan.
    func oldGrids(_ codes: [String]) async throws {
        let from = Day(year: 2024, month: 1, day: 1) ?? Day(number: 0)
        try await house.database.write { transaction in
            try Places.register(
                grids: codes.map {
                    Grid(
                        code: $0, community: Self.community.code, name: "旧\($0.suffix(3))", kind: .base, validFrom: from
                    )
                }, in: transaction)
        }
        try await places.refresh()
    }

    func matter(in area: AreaPrefix, at place: Position? = nil, category: String? = nil) async throws -> CaseRecord {
        let now = now
        return try await house.database.write { transaction in
            var report = Report(detail: "楼道堆物，影响通行。", area: area, channel: .resident)
            report.location = place.flatMap { Location(longitude: $0.longitude, latitude: $0.latitude) }
            report.category = category
            return try cases.report(
                report, by: Actor(kind: .resident, id: "r", post: nil, name: "居民"), scope: nil, at: now, in: transaction
            )
        }
    }

    func plan(_ area: AreaPrefix = Self.street, by scope: Scope? = nil) async throws -> PlanWork.Made {
        let work = PlanWork(grids: grids)
        let scope = scope ?? leader
        let now = now
        let made = try await work.make(area, title: "测试方案", by: scope, at: now)
        try await house.database.write { try work.store(made, by: scope, at: now, in: $0) }
        return made
    }

    func accept(_ made: PlanWork.Made, on day: Day, by scope: Scope? = nil) async throws {
        let scope = scope ?? leader
        let now = now
        let kind = try #require(made.choices.first?.0.kind)
        try await house.database.write {
            _ = try PlanWork(grids: grids).accept(
                made.plan.id, kind, on: day, seen: nil, by: scope, at: now, in: $0)
        }
    }

    func takeEffect() async throws { try await TakingEffect(grids: grids).run(at: now) }
}
