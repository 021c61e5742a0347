import Cases
import Cipher
import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import NIOCore
import Storage
import Testing

@testable import gewu

@Suite("What the pages of matters do, for programs: residents' acts, reveal, photos, views, complaints, search")
struct CaseInterfaceTests {
    private func person(_ login: String, _ role: String, _ area: String, _ street: Street) async throws {
        let now = street.house.clock.now()
        let prefix = try #require(AreaPrefix(area))
        let known = try #require(street.rooms.identity.roles[role])
        let post = PostRecord(
            id: street.house.identifiers.next(at: now), staff: street.house.identifiers.next(at: now),
            body: street.house.identifiers.next(at: now), role: role, area: prefix, title: known.name, from: now)
        let staff = NewStaff(id: post.staff, name: "测试·\(login)", login: login, passwordHash: nil, area: prefix)
        let vault = street.house.keys.vault
        try await street.house.database.write {
            try Identity.register(staff: [staff], posts: [post], vault: vault, at: now, in: $0)
        }
    }

    private struct Reply {
        var status: HTTPResponse.Status
        var headers: HTTPFields
        var bytes: [UInt8]
        var text: String { String(decoding: bytes, as: UTF8.self) }

        func member(_ name: String) throws -> Any? {
            try (JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])?[name]
        }
    }

    /// As a program with a token, as a resident with a session, or as nobody.
    private func call(
        _ method: HTTPRequest.Method, _ address: String, _ json: String? = nil, token: String? = nil,
        resident: Street.Session? = nil, key: String? = nil, version: String? = nil, _ street: Street
    ) async throws -> Reply {
        var headers = HTTPFields()
        if let token { headers[.authorization] = "Bearer " + token }
        if let resident {
            headers[.cookie] = resident.cookie
            headers[try #require(HTTPField.Name("X-Form-Token"))] = resident.token
        }
        if let key { headers[try #require(HTTPField.Name("Idempotency-Key"))] = key }
        if let version { headers[.ifMatch] = version }
        if json != nil { headers[.contentType] = "application/json" }
        let response = try await street.client.execute(
            uri: "/api/v1" + address, method: method, headers: headers, body: json.map { ByteBuffer(string: $0) })
        return Reply(
            status: response.status, headers: response.headers, bytes: Array(response.body.readableBytesView))
    }

    private static let picture: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        + [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0] + Array("IEND".utf8)
        + [0xAE, 0x42, 0x60, 0x82]

    /// A matter that the resident reported over the interface, with a photo.
    private func report(_ resident: Street.Session, _ street: Street) async throws -> String {
        let photo = Data(Self.picture).base64EncodedString()
        let sent = try await call(
            .post, "/reports",
            #"{"detail":"路灯不亮","area":"\#(Street.area)","photos":[{"name":"a.png","content":"\#(photo)"}]}"#,
            resident: resident, street)
        #expect(sent.status == .created, "\(sent.text)")
        return try #require(try sent.member("id") as? String)
    }

    @Test("A resident reports over the interface, once however often it is sent; nobody does without saying so")
    func reports() async throws {
        try await Street.with { street in
            let body = #"{"detail":"井盖缺失","area":"\#(Street.area)","category":"0101","source":"x","sourceNumber":"1"}"#
            let refused = try await call(.post, "/reports", body, street)
            #expect(refused.status == .forbidden && refused.text.contains("cases.no-resident"))
            #expect(refused.headers[.contentType]?.hasPrefix("application/problem+json") == true)
            let unknown = body.replacing("{\"detail\"", with: #"{"anonymous":true,"detail""#)
            let sent = try await call(.post, "/reports", unknown, key: "one", street)
            #expect(sent.status == .created && sent.headers[.location] == nil, "\(sent.text)")
            let again = try await call(.post, "/reports", unknown, key: "one", street)
            #expect(again.text == sent.text)
            // What only staff say is not taken from residents.
            let rows = try await street.rows("SELECT category, source, phone_index FROM cases")
            #expect(rows.count == 1)
            #expect(try rows.allSatisfy { row in try (0..<3).allSatisfy { try row.textIfAny($0) == nil } })
            let empty = try await call(.post, "/reports", #"{"anonymous":true,"detail":" "}"#, street)
            #expect(empty.status == .unprocessableContent)
        }
    }

    @Test("What comes from one address in an hour has an end over the interface, too")
    func limit() async throws {
        try await Street.with { street in
            var last = HTTPResponse.Status.created
            for index in 0..<200 where last == .created {
                last = try await call(
                    .post, "/reports", #"{"anonymous":true,"detail":"第\#(index)件"}"#, street
                ).status
            }
            #expect(last == .tooManyRequests)
            #expect(try await call(.post, "/complaints", #"{"detail":"难用"}"#, street).status == .tooManyRequests)
        }
    }

    @Test("Who could take a matter reads what colleagues of the body have in hand, nobody else does")
    func shares() async throws {
        try await Street.with { street in
            let first = try await Street.person("hand", "street_handler", Street.area, street.house, street.rooms)
            let second = try await Street.person("other", "street_handler", Street.area, street.house, street.rooms)
            let resident = try await street.resident(Street.phone)
            let waiting = try await report(resident, street)
            let taken = try await report(resident, street)
            try await street.house.database.write { transaction in
                _ = try transaction.execute(
                    "UPDATE posts SET body = \(first.body) WHERE staff = \(second.staff)")
                _ = try transaction.execute(
                    "UPDATE cases SET state = 'dispatched', body = \(first.body) WHERE id = \(waiting)")
                _ = try transaction.execute(
                    """
                    UPDATE cases SET state = 'handling', body = \(first.body), handler = \(second.staff)
                    WHERE id = \(taken)
                    """)
            }
            let answer = try await call(
                .get, "/cases/\(waiting)/shares", token: try await street.token("hand"), street)
            #expect(answer.status == .ok, "\(answer.text)")
            let people = try #require(try answer.member("people") as? [[String: Any]])
            #expect(people.map { $0["staff"] as? String } == [first.staff.text, second.staff.text])
            #expect(people.map { $0["open"] as? Int } == [0, 1])
            #expect(try answer.member("beyond") is NSNull)
            let outside = try await call(
                .get, "/cases/\(waiting)/shares", token: try await street.token("dispatcher"), street)
            #expect(outside.status == .notFound)
            #expect(try await street.get("/api/v1/openapi.json").text.contains("cases.beyond-share"))
        }
    }

    @Test("A resident reads their own matters and rates them; others find none")
    func mine() async throws {
        try await Street.with { street in
            let resident = try await street.resident(Street.phone)
            let other = try await street.resident("13900005678")
            let text = try await report(resident, street)
            let id = try #require(CaseID(parsing: text))
            #expect(try await call(.get, "/mine", nil, street).status == .forbidden)
            let list = try await call(.get, "/mine", resident: resident, street)
            #expect(list.status == .ok && list.text.contains(text) && list.text.contains(resident.token))
            #expect(try await !call(.get, "/mine", resident: other, street).text.contains(text))
            #expect(try await call(.get, "/mine?after=x", resident: other, street).status == .badRequest)

            try await street.settle(id, result: "已修好", until: "settle-directly")
            let before = try await call(.get, "/mine/\(text)", resident: resident, street)
            #expect(before.status == .ok && !before.text.contains("已修好") && !before.text.contains("内部意见"))
            #expect(try await call(.get, "/mine/\(text)", resident: other, street).status == .notFound)
            try await street.act(id, Command("pass"), by: street.leader)
            let told = try await call(.get, "/mine/\(text)", resident: resident, street)
            #expect(told.text.contains("已修好") && told.text.contains(#""acts":["rate","dispute"]"#), "\(told.text)")
            #expect(!told.text.contains("内部意见"))

            let rating = #"{"act":"rate","isSolved":true,"satisfaction":5}"#
            let acts = "/mine/\(text)/acts"
            #expect(try await call(.post, acts, rating, resident: other, street).status == .notFound)
            #expect(try await call(.post, acts, rating, street).status == .forbidden)
            let foreign = Street.Session(cookie: resident.cookie, token: "x")
            #expect(try await call(.post, acts, rating, resident: foreign, street).status == .forbidden)
            let old = try await call(.post, acts, rating, resident: resident, version: "\"1\"", street)
            #expect(old.status == .preconditionFailed)
            let staffs = try await call(.post, acts, #"{"act":"pass"}"#, resident: resident, street)
            #expect(staffs.status == .unprocessableContent)
            #expect(try await street.state(id) == "rating")
            let rated = try await call(
                .post, acts, rating, resident: resident, key: "r", version: told.headers[.eTag], street)
            #expect(rated.status == .ok && rated.text.contains(#""state":"archived""#), "\(rated.text)")
            #expect(try await call(.post, acts, rating, resident: resident, key: "r", street).text == rated.text)
            let reopened = try await call(
                .post, acts, #"{"act":"reopen","opinion":"又不亮了"}"#, resident: resident, street)
            #expect(reopened.status == .ok && reopened.text.contains(#""state":"accepted""#), "\(reopened.text)")
        }
    }

    @Test("“Not solved” sends a matter back, and what was joined is taken apart by its reporter")
    func disputeAndSeparate() async throws {
        try await Street.with { street in
            let resident = try await street.resident(Street.phone)
            let first = try await street.report("路灯不亮", as: resident)
            try await street.settle(first, result: "已修好")
            let sent = try await call(
                .post, "/mine/\(first)/acts",
                #"{"act":"rate","isSolved":false,"satisfaction":1,"opinion":"没有修"}"#, resident: resident, street)
            #expect(sent.status == .ok && sent.text.contains(#""state":"accepted""#), "\(sent.text)")

            let second = try await street.report("路灯还是不亮", as: resident)
            let number = try #require(try await street.rows("SELECT number FROM cases WHERE id = \(first)").first)
            var join = Command("join")
            join.matterNumber = try number.text(0)
            try await street.act(second, join, by: street.dispatcher)
            let acts = "/mine/\(second)/acts"
            let wordless = try await call(.post, acts, #"{"act":"separate"}"#, resident: resident, street)
            #expect(wordless.status == .unprocessableContent && wordless.text.contains(#""field":"opinion""#))
            let apart = try await call(
                .post, acts, #"{"act":"separate","opinion":"不是同一盏"}"#, resident: resident, street)
            #expect(apart.status == .ok && apart.text.contains(#""state":"reported""#), "\(apart.text)")
        }
    }

    @Test("A reporter is shown in full for a purpose that the ledger keeps, to whoever has the right")
    func reveal() async throws {
        try await Street.with { street in
            try await person("elsewhere", "street_dispatcher", "330106002", street)
            try await person("root", "administrator", "", street)
            let id = try await street.report("路灯不亮", as: try await street.resident(Street.phone))
            let address = "/cases/\(id)/reveal"
            let purpose = #"{"purpose":"电话核实情况"}"#
            let root = try await street.token("root")
            let elsewhere = try await street.token("elsewhere")
            let here = try await street.token("dispatcher")
            #expect(try await call(.post, address, purpose, street).status == .unauthorized)
            #expect(try await call(.post, address, purpose, token: root, street).status == .forbidden)
            #expect(try await call(.post, address, purpose, token: elsewhere, street).status == .notFound)
            #expect(try await call(.post, address, "{}", token: here, street).status == .unprocessableContent)
            let kept: SQL = "SELECT purpose FROM ledger_entries WHERE act = 'cases.reveal-reporter'"
            #expect(try await street.rows(kept).isEmpty)
            let shown = try await call(.post, address, purpose, token: here, key: "k", street)
            #expect(shown.status == .ok && shown.text == #"{"name":null,"phone":"\#(Street.phone)"}"#)
            #expect(try await street.rows(kept).map { try $0.text(0) } == ["电话核实情况"])
            // Nothing in clear is kept for a repeat.
            #expect(try await street.rows("SELECT key FROM answers WHERE key = 'k'").isEmpty)
        }
    }

    @Test("Matters are found by a phone number that stands in no address, and the ledger keeps what for")
    func search() async throws {
        try await Street.with { street in
            try await person("elsewhere", "street_dispatcher", "330106002", street)
            let id = try await street.report("路灯不亮", as: try await street.resident(Street.phone))
            let query = #"{"phone":"\#(Street.phone)","purpose":"回访"}"#
            let here = try await street.token("dispatcher")
            let elsewhere = try await street.token("elsewhere")
            #expect(try await call(.post, "/cases/search", query, street).status == .unauthorized)
            let found = try await call(.post, "/cases/search", query, token: here, street)
            #expect(found.status == .ok && found.text.contains(id.text) && !found.text.contains(Street.phone))
            let theirs = try await call(.post, "/cases/search", query, token: elsewhere, street)
            #expect(theirs.status == .ok && theirs.text == #"{"cases":[],"next":null}"#)
            let without = #"{"phone":"\#(Street.phone)"}"#
            #expect(
                try await call(.post, "/cases/search", without, token: here, street).status == .unprocessableContent)
            let rows = try await street.rows(
                "SELECT purpose, facts FROM ledger_entries WHERE act = 'cases.search-phone' ORDER BY id")
            #expect(try rows.map { try $0.text(0) } == ["回访", "回访"])
        }
    }

    @Test("Photos are listed and read over the interface, by the street and by the reporter")
    func photos() async throws {
        try await Street.with { street in
            try await person("elsewhere", "street_dispatcher", "330106002", street)
            let resident = try await street.resident(Street.phone)
            let id = try await report(resident, street)
            let here = try await street.token("dispatcher")
            let elsewhere = try await street.token("elsewhere")
            let list = try await call(.get, "/cases/\(id)/photos", token: here, street)
            let photos = try #require(try list.member("photos") as? [[String: Any]])
            let photo = try #require(photos.first?["id"] as? String)
            #expect(photos.count == 1 && list.text.contains(#""contentType":"image/png""#))
            #expect(try await call(.get, "/cases/\(id)/photos", token: elsewhere, street).status == .notFound)
            let bytes = try await call(.get, "/cases/\(id)/photos/\(photo)", token: here, street)
            #expect(bytes.status == .ok && bytes.headers[.contentType] == "image/png")
            #expect(bytes.bytes == Self.picture)
            #expect(try await call(.get, "/cases/\(id)/photos/\(photo)", token: elsewhere, street).status == .notFound)
            #expect(try await call(.get, "/cases/\(id)/photos/\(photo)", nil, street).status == .unauthorized)
            let mine = "/mine/\(id)/photos/\(photo)"
            #expect(try await call(.get, mine, resident: resident, street).bytes == Self.picture)
            let other = try await street.resident("13900005678")
            #expect(try await call(.get, mine, resident: other, street).status == .notFound)
        }
    }

    @Test("Views are kept, listed and deleted by their owner only")
    func views() async throws {
        try await Street.with { street in
            let here = try await street.token("dispatcher")
            let leader = try await street.token("leader")
            #expect(try await call(.get, "/views", nil, street).status == .unauthorized)
            let body = #"{"name":"超期","query":"overdue=true"}"#
            let kept = try await call(.post, "/views", body, token: here, key: "v", street)
            #expect(kept.status == .created, "\(kept.text)")
            let id = try #require(try kept.member("id") as? String)
            let changed = try await call(.post, "/views", #"{"name":"超期","query":"mine=handler"}"#, token: here, street)
            #expect(try changed.member("id") as? String == id)
            let list = try await call(.get, "/views", token: here, street).text
            #expect(list == #"{"views":[{"id":"\#(id)","name":"超期","query":"mine=handler"}]}"#)
            #expect(try await call(.get, "/views", token: leader, street).text == #"{"views":[]}"#)
            #expect(
                try await call(.post, "/views", #"{"name":""}"#, token: here, street).status == .unprocessableContent)
            #expect(try await call(.delete, "/views/\(id)", token: leader, street).status == .notFound)
            #expect(try await call(.delete, "/views/\(id)", token: here, street).status == .noContent)
            #expect(try await call(.get, "/views", token: here, street).text == #"{"views":[]}"#)
        }
    }

    @Test("A complaint about the platform comes in over the interface as a matter")
    func complaint() async throws {
        try await Street.with { street in
            let resident = try await street.resident(Street.phone)
            #expect(
                try await call(.post, "/complaints", #"{"detail":" "}"#, resident: resident, street).status
                    == .unprocessableContent)
            let sent = try await call(.post, "/complaints", #"{"detail":"重复填报"}"#, resident: resident, street)
            #expect(sent.status == .created, "\(sent.text)")
            let id = try #require(try sent.member("id") as? String)
            #expect(try await call(.get, "/mine/\(id)", resident: resident, street).text.contains("平台意见"))
            let token = try await street.token("dispatcher")
            #expect(
                try await call(.post, "/complaints", #"{"detail":"难用"}"#, token: token, street).status == .created)
            let channels = try await street.rows("SELECT channel FROM cases ORDER BY id").map { try $0.text(0) }
            #expect(channels == ["resident", "staff"])
        }
    }
}
