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
import Sheets
import Storage
import StorageTesting
import Testing
import Uploads
import Web

@testable import Systems

/// A county behind the server's doors, with the registry, the forms and the systems.
struct SystemsWorld: Sendable {
    let house: House
    let registry: Registry
    let forms: Forms
    let systems: Systems
    let identity: Identity
    let clock: ManualClock
    let people: [String: Scope]
    let client: any TestClientProtocol

    static let county = "330106"
    static let grid = "330106001001001"
    static let start = Instant(LocalTime(day: Day(year: 2026, month: 11, day: 2) ?? Day(number: 0), hour: 9))
    static let rules = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Rules").path

    static func with(_ engine: EngineCase, _ body: @escaping @Sendable (SystemsWorld) async throws -> Void) async throws
    {
        let migrations =
            Once.migrations + Ledger.migrations + UploadQueue.migrations + Places.migrations + Messages.migrations
            + Identity.migrations
            + Registry.migrations + Forms.migrations + Systems.migrations
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: RuleFiles(shipped: rules), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: try #require(AreaPrefix(county)), secureCookies: false))
            struct File: Decodable {
                struct Role: Decodable { var rights: [String] }
                var roles: [Role]
            }
            let known = Set(
                try house.rules.decode(File.self, from: "roles.yaml").roles.flatMap(\.rights).map { Right($0) })
            let identity = try Identity(house: house, knownRights: known, bodies: OneBody())
            let places = Places(house: house)
            let dictionary = try DataDictionary.load(from: house.rules)
            let formEngine = try FormEngine(rules: house.rules, dictionary: dictionary)
            let registry = try Registry(
                house: house, identity: identity, places: places, dictionary: dictionary, followers: [formEngine])
            let forms = try Forms(house: house, registry: registry, places: places, engine: formEngine)
            let systems = try Systems(house: house, places: places, registry: registry, forms: forms)
            let made = Grid(
                code: grid, community: String(grid.prefix(12)), name: "第 1 网格", kind: .base, households: 400,
                centre: nil,
                validFrom: Day(number: 0))
            try await database.write { try Places.register(grids: [made], in: $0) }
            try await places.refresh()
            var people: [String: Scope] = [:]
            for (name, role, line) in [
                ("head", "street_leader", nil), ("data", "data_officer", "data"),
                ("welfare", "department_handler", "civil_affairs"),
            ] as [(String, String, String?)] {
                let post = PostRecord(
                    id: house.identifiers.next(at: start), staff: house.identifiers.next(at: start), body: OneBody.id,
                    role: role, area: try #require(AreaPrefix(county)),
                    title: try #require(identity.roles[role]).name, from: start - .days(1))
                let staff = NewStaff(
                    id: post.staff, name: name, login: name, passwordHash: nil, area: post.area)
                let vault = house.keys.vault
                try await database.write {
                    try Identity.register(staff: [staff], posts: [post], vault: vault, at: start, in: $0)
                }
                people[name] = Scope(
                    staff: post.staff, staffName: name, post: post.id, postName: post.title, role: role,
                    rights: try #require(identity.roles[role]).rights, area: post.area, body: OneBody.id,
                    bodyName: "—", line: line)
            }
            let router = Router(context: DeskContext.self)
            let routes = Routes(router: router, house: house, menu: [], catalogue: APICatalogue())
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
            router.add(middleware: identity.sessions)
            systems.addRoutes(to: routes)
            let everybody = people
            try await Application(router: router, logger: logger).test(.router) { client in
                try await body(
                    SystemsWorld(
                        house: house, registry: registry, forms: forms, systems: systems, identity: identity,
                        clock: clock, people: everybody, client: client))
            }
        }
    }

    private func write(_ kind: SubjectKind, _ subject: SubjectID?, _ facts: [String: String], by name: String)
        async throws -> StoredSubject
    {
        let (registry, scope, now) = (registry, try #require(people[name]), clock.now())
        let entry = NewEntry(
            kind, subject,
            facts: facts.sorted { $0.key < $1.key }.map { NewEntry.Fact($0.key, $0.value, since: Day("2021-01-01")) },
            seenAt: now, source: .visit)
        return try await house.database.write { try registry.write(entry, by: scope, at: now, in: $0) }
    }

    /// Somebody old who lives in the grid.
    func resident(_ name: String) async throws {
        let dwelling = try await write(.dwelling, nil, ["grid": Self.grid, "address": "文三路 1 号"], by: "head")
        let household = try await write(.household, nil, ["dwelling": dwelling.id.text], by: "head")
        let person = try await write(.person, nil, ["name": name, "sex": "1", "birth-day": "1940-05-05"], by: "head")
        _ = try await write(.person, person.id, ["household": household.id.text], by: "head")
    }

    func call(_ method: HTTPRequest.Method, _ address: String, _ json: String? = nil, as name: String) async throws -> (
        status: Int, text: String, bytes: [UInt8]
    ) {
        var fields = HTTPFields()
        if json != nil { fields[.contentType] = "application/json" }
        fields[.authorization] =
            "Bearer " + (try await identity.issueToken(login: name, name: "test", days: 1).secret)
        let response = try await client.execute(
            uri: address, method: method, headers: fields, body: json.map { ByteBuffer(string: $0) })
        return (response.status.code, String(buffer: response.body), Array(response.body.readableBytesView))
    }
}

private struct OneBody: BodyLookup {
    static let id = BodyID(IdentifierSource(seed: 7).nextText(at: SystemsWorld.start))

    private var one: BodyFacts {
        BodyFacts(id: Self.id, name: "区政府", line: nil, area: AreaPrefix(SystemsWorld.county) ?? .everywhere)
    }
    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { id == one.id ? one : nil }
    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] { [one] }
}

struct SystemsDoorTests {
    @Test(
        "The example lists forty systems, each checked against the dictionary and the forms",
        arguments: EngineCase.available)
    func list(engine: EngineCase) async throws {
        try await SystemsWorld.with(engine) { world in
            #expect(world.systems.list.systems.count == 40)
            #expect(world.systems.list.systems.count { $0.canBeServed } >= 25)
            for path in [
                "/systems", "/systems/export", "/systems/old-people", "/systems/hotline", "/systems/avoided",
                "/systems/avoided/export", "/api/v1/systems", "/api/v1/systems/avoided?month=2026-10",
            ] {
                let answer = try await world.call(.get, path, as: "head")
                #expect(answer.status == 200, "\(path): \(answer.text.prefix(300))")
            }
            for (path, status) in [
                ("/systems/nothing", 404), ("/systems/avoided?month=x", 400), ("/systems/avoided?month=2030-01", 422),
                ("/api/v1/systems/avoided?month=2026-1", 400),
            ] {
                #expect(try await world.call(.get, path, as: "head").status == status, "\(path)")
            }
        }
    }

    @Test(
        "The data bureau has a system served; then its file comes in its own layout, and what it spares is counted",
        arguments: EngineCase.available)
    func serve(engine: EngineCase) async throws {
        try await SystemsWorld.with(engine) { world in
            try await world.resident("王小明")
            try await world.forms.compute()
            let file = "/api/v1/systems/old-people/file"
            #expect(try await world.call(.post, file, "{\"inClear\":true}", as: "welfare").status == 409)
            let decision = "{\"standing\":\"served\",\"since\":\"2026-11-01\",\"reason\":\"试点\"}"
            #expect(
                try await world.call(.post, "/api/v1/systems/old-people/standing", decision, as: "welfare").status
                    == 403)
            #expect(
                try await world.call(.post, "/api/v1/systems/old-people/standing", decision, as: "data").status == 204)
            let taken = try await world.call(.post, file, "{\"inClear\":true}", as: "welfare")
            #expect(taken.status == 200, "\(taken.text.prefix(300))")
            let path = NSTemporaryDirectory() + "gewu-file-\(UUID().uuidString).xlsx"
            defer { try? FileManager.default.removeItem(atPath: path) }
            #expect(FileManager.default.createFile(atPath: path, contents: Data(taken.bytes)))
            var rows: [[String]] = []
            try XLSXReader(path: path).forEachRow { rows.append($0.cells) }
            let layout = try #require(world.systems.list["old-people"]).layout
            #expect(rows.count == 2 && rows[0] == layout.map(\.title))
            #expect(rows[1].prefix(4) == ["1", "王小明", "男性", "居民身份证"], "\(rows)")
            let counted = try await world.call(.get, "/api/v1/systems/avoided", as: "data").text
            let carried = try #require(world.systems.list["old-people"]).carried.count
            #expect(counted.contains("\"total\":\(carried),"), "\(counted.prefix(300))")
            // Taken again, nothing more is spared.
            _ = try await world.call(.post, file, "{\"inClear\":false}", as: "welfare")
            #expect(
                try await world.call(.get, "/api/v1/systems/avoided", as: "data").text.contains("\"total\":\(carried),")
            )
        }
    }

    @Test(
        "Facts that people write are counted once, by month; those that an import brought are not",
        arguments: EngineCase.available)
    func counting(engine: EngineCase) async throws {
        try await SystemsWorld.with(engine) { world in
            try await world.resident("王小明")
            world.clock.advance(.minutes(5))
            try await world.systems.countEntries()
            try await world.systems.countEntries()
            var answer = try await world.call(.get, "/api/v1/systems/avoided", as: "data").text
            // Each system that wants changes and is typed by hand asks for the name again.
            let typed = world.systems.list.systems.filter { $0.typing == .changes && $0.fields.contains("name") }.count
            #expect(answer.contains("{\"element\":\"name\",\"avoided\":0,\"typedAgain\":\(typed)}"), "\(answer)")
            let retired = "{\"standing\":\"retired\",\"since\":\"2026-11-01\"}"
            #expect(
                try await world.call(.post, "/api/v1/systems/street-platform/standing", retired, as: "data").status
                    == 204)
            answer = try await world.call(.get, "/api/v1/systems/avoided", as: "data").text
            #expect(answer.contains("{\"element\":\"name\",\"avoided\":1,\"typedAgain\":\(typed - 1)}"), "\(answer)")
            var record = SubjectRecord(kind: .person)
            record.state("name", Statement(since: Statement.always, value: "某人", seenAt: world.clock.now()))
            let loaded = LoadedSubject(
                id: world.house.identifiers.next(at: world.clock.now()), record: record, seenAt: world.clock.now(),
                source: .imported)
            let (registry, now) = (world.registry, world.clock.now())
            let area = try #require(AreaPrefix(SystemsWorld.grid))
            try await world.house.database.write { try registry.load([loaded], in: area, at: now, in: $0) }
            world.clock.advance(.minutes(5))
            try await world.systems.countEntries()
            #expect(try await world.call(.get, "/api/v1/systems/avoided", as: "data").text == answer)
        }
    }

    @Test(
        "A system without an import layout cannot be said to be served, and a day ahead is none",
        arguments: EngineCase.available)
    func refusals(engine: EngineCase) async throws {
        try await SystemsWorld.with(engine) { world in
            for (key, body, status, code) in [
                ("hotline", "{\"standing\":\"served\",\"since\":\"2026-11-01\"}", 422, "systems.no-layout"),
                ("old-people", "{\"standing\":\"served\",\"since\":\"2027-01-01\"}", 422, "systems.since"),
                ("old-people", "{\"standing\":\"gone\",\"since\":\"2026-11-01\"}", 422, "systems.standing"),
                ("nothing", "{\"standing\":\"retired\",\"since\":\"2026-11-01\"}", 404, "desk.nothing-here"),
            ] {
                let answer = try await world.call(.post, "/api/v1/systems/\(key)/standing", body, as: "data")
                #expect(answer.status == status && answer.text.contains(code), "\(answer.text)")
            }
        }
    }
}
