import Cases
import Cipher
import Desk
import Foundation
import GridDay
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Ledger
import Logging
import NIOCore
import Storage
import StorageTesting
import Testing
import Web

@testable import Clues
@testable import Identity
@testable import gewu

/// Nothing of a clue leaks: neither what it says, nor that there is one.
struct SealedTests {
    private static let words = "某市场有人强收保护费，每户每月三百元"
    private static let sealedRoles: Set = ["police", "police_lead", "police_auditor"]

    /// A whole server whose clock stands still, with somebody of every role who may see the whole county.
    struct Town: Sendable {
        var house: House
        var rooms: Assembly.Rooms
        var client: any TestClientProtocol
        var tokens: [String: String]
        var matter: CaseID

        func call(_ method: HTTPRequest.Method, _ address: String, _ json: String? = nil, as role: String? = nil)
            async throws -> (status: Int, type: String, body: [UInt8])
        {
            var headers = HTTPFields()
            if let role { headers[.authorization] = "Bearer " + (try #require(tokens[role])) }
            if json != nil { headers[.contentType] = "application/json" }
            let response = try await client.execute(
                uri: address, method: method, headers: headers, body: json.map { ByteBuffer(string: $0) })
            return (
                response.status.code, response.headers[.contentType] ?? "", Array(response.body.readableBytesView)
            )
        }

        func text(_ method: HTTPRequest.Method, _ address: String, _ json: String? = nil, as role: String? = nil)
            async throws -> String
        {
            String(decoding: try await call(method, address, json, as: role).body, as: UTF8.self)
        }
    }

    static let start = Instant(LocalTime(day: Day(year: 2026, month: 11, day: 16) ?? Day(number: 0), hour: 10))

    private static func with(
        _ engine: EngineCase, _ body: @escaping @Sendable (Town) async throws -> Void
    ) async throws {
        try await TestHouse.with(engine: engine, demonstration: true, clock: ManualClock(start)) { house, application in
            let rooms = try Assembly.Rooms(in: house)
            let now = house.clock.now()
            for role in rooms.identity.roles.all {
                let post = PostRecord(
                    id: house.identifiers.next(at: now), staff: house.identifiers.next(at: now),
                    body: house.identifiers.next(at: now), role: role.key, area: .everywhere, title: role.name,
                    from: now - .days(1))
                let staff = NewStaff(
                    id: post.staff, name: "测试·\(role.key)", login: role.key, passwordHash: nil, area: .everywhere)
                try await house.database.write {
                    try Identity.register(staff: [staff], posts: [post], vault: house.keys.vault, at: now, in: $0)
                }
            }
            var tokens: [String: String] = [:]
            for role in rooms.identity.roles.all {
                tokens[role.key] = try await rooms.identity.issueToken(login: role.key, name: "test", days: 1).secret
            }
            let cases = rooms.cases
            let category = cases.rules.categories.leaves.first?.code
            let matter = try await house.database.write { transaction in
                try cases.report(
                    Report(
                        title: "夜市收费", detail: words, category: category, area: AreaPrefix("330106001"),
                        address: "夜市入口", channel: .resident),
                    by: .system, scope: nil, at: now, in: transaction
                ).id
            }
            let known = tokens
            try await application.test(.router) { client in
                try await body(Town(house: house, rooms: rooms, client: client, tokens: known, matter: matter))
            }
        }
    }

    /// Every address that is read, with the ids of the one ordinary matter where ids stand.
    private static func addresses(_ town: Town) throws -> [String] {
        let listing = try ProgramListing(of: town.house).program().routes
        let reads = listing.compactMap { $0.hasPrefix("GET ") ? String($0.dropFirst(4)) : nil }
        let more = [
            "/cases?outcome=all", "/cases?q=线索", "/ledger?act=sealed.", "/api/v1/ledger/entries?limit=200",
            "/open311/v2/requests.json?start_date=2026-11-01T00:00:00Z&end_date=2026-11-30T00:00:00Z",
            "/open311/v2/requests.xml", "/metrics", "/ready", "/health", "/api/v1/openapi.json",
        ]
        return
            (reads.map { path in
                path.split(separator: "/", omittingEmptySubsequences: false).map { part in
                    part.hasPrefix(":") || part.hasPrefix("{") || part.hasPrefix("$") ? town.matter.text : String(part)
                }.joined(separator: "/")
            } + more).sorted()
    }

    /// Every role but those of the police.
    private static func others(_ town: Town) -> [String] {
        town.tokens.keys.filter { !sealedRoles.contains($0) }.sorted()
    }

    /// Those whose answers hold most.
    private static let seeMost = ["administrator", "auditor", "coordination_officer", "data_officer", "street_leader"]

    /// - Parameter roles: who asks, besides somebody who is nobody.
    private static func answers(
        _ town: Town, to addresses: [String], as roles: [String], _ take: (String, SealedAnswer) throws -> Void
    ) async throws {
        // What the process counts stands at the end, when all of it was asked.
        for address in addresses + ["/metrics"] {
            for role in roles.map({ Optional($0) }) + [nil] {
                let answer = try await town.call(.get, address, as: role)
                try take(
                    "\(role ?? "nobody") \(address)",
                    SealedAnswer(answer.status, answer.type, answer.body, to: address))
            }
        }
    }

    /// An export is itself an act that the ledger keeps; streams have no end; a second step has a new secret each time.
    private static func quiet(_ town: Town) throws -> [String] {
        try addresses(town).filter { address in
            !isExport(address)
                && !["events", "stream", "live", "/metrics", "second-step"].contains { address.contains($0) }
        }
    }

    private static func isExport(_ address: String) -> Bool {
        ["export", ".xlsx", "/map/package"].contains { address.contains($0) }
    }

    private static func exports(_ town: Town) throws -> [String] {
        try addresses(town).filter { isExport($0) && !$0.contains("ledger") }
    }

    /// All that the database holds but the tables of this room.
    private static func tables(_ town: Town) async throws -> [String: [String]] {
        let database = town.house.database
        let names = try await database.query(
            database.engine == .sqlite
                ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                : "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
        ).map { try $0.text(0) }
        var found: [String: [String]] = [:]
        // Sealing runs in the background; in which block an entry is has nothing to do with any of this.
        let apart: Set = ["ledger_blocks", "ledger_chains", "ledger_checks"]
        for name in names where !name.hasPrefix("clue") && !apart.contains(name) {
            let columns =
                name == "ledger_entries"
                ? "id, act, subject_kind, subject_id, actor_id, actor_name, received_at, area, purpose, facts" : "*"
            // Names of tables come from the database itself.
            let rows = try await database.query(SQL(stringLiteral: "SELECT \(columns) FROM \(name)"))
            found[name] = rows.map { row in
                row.values.map { value in
                    if case .blob(let bytes) = value { String(decoding: bytes, as: UTF8.self) } else { "\(value)" }
                }.joined(separator: "|")
            }.sorted()
        }
        return found
    }

    /// What goes on in the background by itself is done: sums, the mark of the hour, the seals; and the police's token was
    /// used.
    private static func settle(_ town: Town) async throws {
        for job in town.rooms.all.flatMap(\.jobs) { try await job.run() }
        _ = try await town.call(.get, "/clues", as: "police")
        try await Sealing(
            database: town.house.database, key: town.house.keys.signing, clock: town.house.clock,
            chain: town.house.settings.area
        ).run()
    }

    private func handIn(_ town: Town) async throws -> String {
        let sent = try await town.text(
            .post, "/api/v1/clues", "{\"text\":\"\(Self.words)\",\"area\":\"330106001\",\"contact\":\"某处可联系\"}")
        return String(try #require(sent.firstMatch(of: /"code":"([0-9a-f-]+)"/)).1)
    }

    @Test(
        "Whatever is done with a clue, no answer to anybody else changes by a byte, and nothing in any other table",
        arguments: EngineCase.available)
    func nothingLeaks(engine: EngineCase) async throws {
        try await Self.with(engine) { town in
            // On the second engine the tables say it all: the answers come from the same code.
            let addresses = engine == .sqlite ? try Self.quiet(town) : []
            let exports = engine == .sqlite ? try Self.exports(town) : []
            let roles = Self.others(town)
            var before: [String: SealedAnswer] = [:]
            try await Self.settle(town)
            try await Self.answers(town, to: exports, as: roles) { before[$0] = $1 }
            try await Self.settle(town)
            try await Self.answers(town, to: addresses, as: roles) { before[$0] = $1 }
            let tables = try await Self.tables(town)
            #expect(engine == .postgres || before.count > roles.count * 150)
            let code = try await handIn(town)
            _ = try await town.text(
                .post, "/api/v1/clues/additions", "{\"code\":\"\(code)\",\"addition\":\"又来了一次\"}")
            let read = try await town.text(
                .post, "/api/v1/clues/1/reading", "{\"purpose\":\"初步核查\"}", as: "police")
            #expect(read.contains(Self.words))
            for act in [
                "{\"act\":\"take\"}", "{\"act\":\"reply\",\"text\":\"谢谢\"}", "{\"act\":\"end\",\"text\":\"已立案\"}",
            ] {
                let answer = try await town.call(.post, "/api/v1/clues/1/acts", act, as: "police")
                #expect(answer.status == 200)
            }
            let tablesAfter = try await Self.tables(town)
            for some in [addresses, exports] {
                try await Self.answers(town, to: some, as: roles) { key, answer in
                    guard let known = before[key], !answer.isSame(as: known) else { return }
                    Issue.record("\(key) differs:\n\(known.beginning)\n---\n\(answer.beginning)")
                }
            }
            for (name, rows) in tables where tablesAfter[name] != rows { Issue.record("the table \(name) changed") }
            #expect(Set(tables.keys) == Set(tablesAfter.keys))
        }
    }

    @Test("Every role but the police's is refused at every door of clues, whether there is one or not")
    func everyRole() async throws {
        try await Self.with(.sqlite) { town in
            let reads = ["/clues", "/clues/1", "/clues/journal", "/api/v1/clues/list", "/api/v1/clues/journal"]
            let writes = ["/api/v1/clues/1/reading", "/api/v1/clues/1/acts"]
            for round in 0..<2 {
                for role in town.tokens.keys where !Self.sealedRoles.contains(role) {
                    for path in reads {
                        #expect(try await town.call(.get, path, as: role).status == 403, "\(role) \(path)")
                    }
                    for path in writes {
                        let answer = try await town.call(
                            .post, path, "{\"purpose\":\"看看\",\"act\":\"take\"}", as: role)
                        #expect(answer.status == 403, "\(role) \(path)")
                    }
                }
                if round == 0 { _ = try await handIn(town) }
            }
            // The auditor sees who read, never a clue; the police see clues and not the journal.
            #expect(try await town.call(.get, "/clues", as: "police_auditor").status == 403)
            #expect(try await town.call(.get, "/clues/journal", as: "police").status == 403)
            _ = try await town.call(.post, "/api/v1/clues/1/reading", "{\"purpose\":\"初步核查\"}", as: "police")
            let journal = try await town.text(.get, "/api/v1/clues/journal", as: "police_auditor")
            #expect(journal.contains("\"purpose\":\"初步核查\"") && journal.contains("\"staff\":\""))
            #expect(!journal.contains(Self.words))
            let page = try await town.text(.get, "/clues", as: "police")
            #expect(page.contains("/clues/1") && !page.contains(Self.words))
        }
    }

    @Test("The sender sees where it stands and what was answered, with the code and no other way")
    func sender() async throws {
        try await Self.with(.sqlite) { town in
            let code = try await handIn(town)
            func standing() async throws -> String {
                try await town.text(.post, "/api/v1/clues/standing", "{\"code\":\"\(code.uppercased())\"}")
            }
            #expect(try await standing().contains("\"state\":\"received\""))
            _ = try await town.call(.post, "/api/v1/clues/1/acts", "{\"act\":\"take\"}", as: "police")
            _ = try await town.call(
                .post, "/api/v1/clues/1/acts", "{\"act\":\"note\",\"text\":\"内部记录\"}", as: "police")
            _ = try await town.call(
                .post, "/api/v1/clues/1/acts", "{\"act\":\"reply\",\"text\":\"请补充时间\"}", as: "police")
            let seen = try await standing()
            #expect(seen.contains("\"state\":\"looking\"") && seen.contains("请补充时间") && !seen.contains("内部记录"))
            #expect(!seen.contains(Self.words))
            let wrong = try await town.call(
                .post, "/api/v1/clues/standing", "{\"code\":\"\(String(code.reversed()))\"}")
            #expect(wrong.status == 404)
        }
    }

    @Test("A second click is one clue; too many from one address are told to wait, and nothing is stored of it")
    func twiceAndTooOften() async throws {
        try await Self.with(.sqlite) { town in
            for _ in 0..<2 {
                let form = QueryParameters([("text", Self.words), ("_key", "0123456789abcdefghjkmnpqrs")])
                let answer = try await town.client.execute(
                    uri: "/clue", method: .post, headers: [.contentType: "application/x-www-form-urlencoded"],
                    body: ByteBuffer(string: form.text))
                #expect(answer.status == .ok)
                #expect(String(buffer: answer.body).contains("class=\"code\""))
            }
            #expect(try await town.house.database.query("SELECT number FROM clues").count == 1)
            var statuses: [Int] = []
            for number in 0..<22 {
                statuses.append(try await town.call(.post, "/api/v1/clues", "{\"text\":\"第 \(number) 次\"}").status)
            }
            #expect(statuses.contains(429))
            #expect(try await town.house.database.query("SELECT key FROM throttle").isEmpty)
        }
    }

    @Test(
        "A key that is sent again with another content is refused at every door of clues, and tells nothing of the first",
        arguments: EngineCase.available)
    func keys(engine: EngineCase) async throws {
        try await Self.with(engine) { town in
            func send(_ path: String, _ json: String, key: String, as role: String? = nil) async throws
                -> (status: Int, body: String)
            {
                var headers: HTTPFields = [.contentType: "application/json"]
                headers[try #require(HTTPField.Name("Idempotency-Key"))] = key
                if let role { headers[.authorization] = "Bearer " + (try #require(town.tokens[role])) }
                let answer = try await town.client.execute(
                    uri: "/api/v1/clues" + path, method: .post, headers: headers, body: ByteBuffer(string: json))
                return (answer.status.code, String(buffer: answer.body))
            }
            func refused(_ answer: (status: Int, body: String)) -> Bool {
                answer.status == 422 && answer.body.contains("desk.key-reused") && !answer.body.contains("保护费")
                    && answer.body.firstMatch(of: /[0-9a-f]{6}-[0-9a-f]{6}/) == nil
            }
            let first = try await send("", "{\"text\":\"\(Self.words)\"}", key: "0a3f-sending")
            #expect(first.status == 201)
            // Packed anew, the same is meant.
            let again = try await send("", "{ \"text\": \"\(Self.words)\", \"area\": null }", key: "0a3f-sending")
            #expect(again.status == first.status && again.body == first.body)
            #expect(refused(try await send("", "{\"text\":\"别的事情\"}", key: "0a3f-sending")))
            #expect(try await town.house.database.query("SELECT number FROM clues").count == 1)

            let code = String(try #require(first.body.firstMatch(of: /"code":"([0-9a-f-]+)"/)).1)
            let addition = "{\"code\":\"\(code)\",\"addition\":\"又来了\"}"
            let added = try await send("/additions", addition, key: "0a3f-addition")
            let last = try await send("/additions", "{\"code\":\"\(code)\",\"addition\":\"第三次\"}", key: "other")
            #expect(added.status == 200 && last.status == 200)
            // A repeat adds nothing, also when something else was added meanwhile.
            #expect(try await send("/additions", addition, key: "0a3f-addition").body == last.body)
            #expect(
                refused(
                    try await send(
                        "/additions", "{\"code\":\"\(code)\",\"addition\":\"别的\"}", key: "0a3f-addition")))
            // A key of one door is no key of another.
            #expect(refused(try await send("/additions", addition, key: "0a3f-sending")))

            let taken = try await send("/1/acts", "{\"act\":\"take\"}", key: "0a3f-act", as: "police")
            #expect(taken.status == 200 && taken.body.contains("looking"))
            let ended = "{\"act\":\"end\",\"text\":\"已立案\"}"
            #expect(refused(try await send("/1/acts", ended, key: "0a3f-act", as: "police")))
            #expect(try await send("/1/acts", ended, key: "0a3f-end", as: "police").status == 200)
            // The first answer, though the clue has moved on.
            #expect(try await send("/1/acts", "{\"act\":\"take\"}", key: "0a3f-act", as: "police").body == taken.body)
            // Nobody else learns from a key that it was used.
            for role in ["street_leader", "auditor"] {
                let other = try await send("/1/acts", ended, key: "0a3f-act", as: role)
                #expect(other.status == 403, "\(role)")
            }
            let stored = try await Self.tables(town).values.joined()
            #expect(!stored.contains { $0.contains("0a3f-") })
        }
    }

    @Test(
        "The ledger gets one mark an hour with clues or without, and a journal that was changed is found",
        arguments: EngineCase.available)
    func marks(engine: EngineCase) async throws {
        try await Self.with(engine) { town in
            let marks = ClueMarks(clues: town.rooms.clues)
            let (database, keys) = (town.house.database, town.house.keys)
            let clock = try #require(town.house.clock as? ManualClock)
            func count() async throws -> Int {
                try await database.query("SELECT id FROM ledger_entries WHERE act = 'sealed.mark'").count
            }
            for _ in 0..<3 { try await marks.run() }
            #expect(try await count() == 1)
            _ = try await handIn(town)
            _ = try await town.call(.post, "/api/v1/clues/1/acts", "{\"act\":\"take\"}", as: "police")
            clock.advance(.hours(1))
            try await marks.run()
            #expect(try await count() == 2)
            let facts = try await database.query(
                "SELECT facts FROM ledger_entries WHERE act = 'sealed.mark' ORDER BY id")
            #expect(try facts[0].blob(0).count == facts[1].blob(0).count)
            #expect(try await Clues.isIntact(database, keys: keys))
            // Each way of changing the past in a copy of it: undone again before the next.
            let row = try #require(try await database.query("SELECT sealed FROM clue_journal WHERE number = 2").first)
            let sealed = try row.blob(0)
            try await database.write {
                try $0.execute("UPDATE clue_journal SET sealed = \(sealed + [0]) WHERE number = 2")
            }
            #expect(try await !Clues.isIntact(database, keys: keys))
            try await database.write { try $0.execute("UPDATE clue_journal SET sealed = \(sealed) WHERE number = 2") }
            #expect(try await Clues.isIntact(database, keys: keys))
            try await database.write { try $0.execute("DELETE FROM clue_journal WHERE number = 2") }
            #expect(try await !Clues.isIntact(database, keys: keys))
        }
    }

    @Test(
        "A matter that tells of a crime is sealed over: its words go to the police and stay nowhere else",
        arguments: EngineCase.available)
    func sealingOver(engine: EngineCase) async throws {
        try await Self.with(engine) { town in
            let before = try await Self.tables(town)
            #expect(before.values.joined().contains { $0.contains("保护费") })
            let scope = try await town.scope("street_leader")
            try await town.rooms.clues.sealOver(town.matter, note: "请核实", by: scope, at: town.house.clock.now())
            for (name, rows) in try await Self.tables(town) {
                for row in rows { #expect(!row.contains("保护费") && !row.contains("夜市"), "\(name)") }
            }
            let addresses = engine == .sqlite ? try Self.quiet(town) : []
            try await Self.answers(town, to: addresses, as: Self.seeMost) { key, answer in
                #expect(!answer.holds("保护费") && !answer.holds("夜市入口"), "\(key)")
            }
            let number = try await town.house.database.query("SELECT number FROM cases")[0].text(0)
            let open311 = try await town.text(.get, "/open311/v2/requests/\(number).json")
            #expect(open311.contains("\"code\":404"))
            let page = try await town.text(.get, "/cases/\(town.matter)", as: "street_leader")
            #expect(page.contains("内容不公开"))
            let read = try await town.text(
                .post, "/api/v1/clues/1/reading", "{\"purpose\":\"初步核查\"}", as: "police")
            #expect(read.contains("保护费") && read.contains("请核实") && read.contains(number))
            // What was cut out is cut out once.
            await #expect(throws: Refusal.self) {
                try await town.rooms.clues.sealOver(
                    town.matter, note: "", by: scope, at: town.house.clock.now())
            }
        }
    }

    @Test("An administrator can neither give a post of the police nor take over one of their accounts")
    func administrators() async throws {
        try await Self.with(.sqlite) { town in
            let administrator = try await town.scope("administrator")
            #expect(town.rooms.identity.roles["administrator"]?.rights.contains { $0.isSealed } == false)
            let body = try await town.text(.get, "/api/v1/staff?limit=200", as: "administrator")
            #expect(!body.isEmpty)
            for role in ["police", "police_lead", "police_auditor"] {
                #expect(throws: Refusal.self) {
                    try StaffAuthority(roles: town.rooms.identity.roles).requireMay(take: role, by: administrator)
                }
            }
        }
    }
}

extension SealedTests.Town {
    func scope(_ role: String) async throws -> Scope {
        let known = try #require(rooms.identity.roles[role])
        let row = try #require(
            try await house.database.query(
                "SELECT p.id, p.staff, p.body FROM posts p JOIN staff s ON s.id = p.staff WHERE s.login = \(role)"
            ).first)
        return Scope(
            staff: try row.identifier(1), staffName: role, post: try row.identifier(0), postName: known.name,
            role: role,
            rights: known.rights, area: .everywhere, body: try row.identifier(2), bodyName: "—")
    }
}
