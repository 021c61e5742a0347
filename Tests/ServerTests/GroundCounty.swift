import Cases
import Cipher
import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import Mandates
import NIOCore
import Places
import Storage
import Testing
import Web

@testable import gewu

/// A whole server with one street below one county, no lists yet, and every way by which the county could give the street
/// work.
struct GroundCounty: Sendable {
    struct Reply: Sendable {
        var status: Int
        var text: String
        var location: String?
        var cookie: String?

        func member(_ name: String) throws -> String {
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            return try #require(object?[name] as? String, "\(text)")
        }

        /// However a page or the interface tells it.
        var isWithoutGround: Bool {
            ["mandates.no-ground", "没有写明依据", "清单中没有事项"].contains { text.contains($0) }
        }
    }

    struct Attempt: Sendable {
        var route: String
        /// Tries it with this ground and says what came of the last step.
        var run: @Sendable (GroundCounty, String?) async throws -> Reply
    }

    let house: House
    let rooms: Assembly.Rooms
    let client: any TestClientProtocol
    let street: BodyID
    let tokens: [String: String]
    let officer: Scope

    static let area = "330106001"

    static func with(_ body: @escaping @Sendable (GroundCounty) async throws -> Void) async throws {
        try await TestHouse.with(demonstration: true, area: try #require(AreaPrefix("330106"))) { house, application in
            let day = Day(number: 0)
            let street: BodyID = house.identifiers.next(at: house.clock.now())
            let bureau: BodyID = house.identifiers.next(at: house.clock.now())
            let county: BodyID = house.identifiers.next(at: house.clock.now())
            try await house.database.write { transaction in
                try Places.register(
                    areas: [
                        Area(code: "330106", name: "某县", level: .county, parent: nil, validFrom: day, source: "test"),
                        Area(code: area, name: "某街道", level: .street, parent: "330106", validFrom: day, source: "test"),
                    ], in: transaction)
                func record(_ id: BodyID, _ name: String, _ area: String, _ line: String?) throws -> BodyRecord {
                    BodyRecord(
                        id: id, name: name, kind: .government, level: area.count == 6 ? .county : .street,
                        area: try #require(AreaPrefix(area)), line: line, validFrom: day)
                }
                try Places.register(
                    bodies: [
                        try record(county, "县统筹办", "330106", nil), try record(street, "某街道办事处", area, nil),
                        try record(bureau, "民政局", "330106", "civil_affairs"),
                    ], in: transaction)
            }
            let rooms = try Assembly.Rooms(in: house)
            try await rooms.places.refresh()
            let hash = try await rooms.identity.hash(password: "correct horse battery")
            var officer: Scope?
            var tokens: [String: String] = [:]
            for (login, role, area, body) in [
                ("officer", "coordination_officer", "330106", county), ("data", "data_officer", "330106", county),
                ("bureau", "department_leader", "330106", bureau), ("streethead", "street_leader", Self.area, street),
            ] {
                let scope = try await person(login, role, area, body, hash, house, rooms)
                if login == "officer" { officer = scope }
                tokens[login] = try await rooms.identity.issueToken(login: login, name: "test", days: 1).secret
            }
            let (known, head) = (tokens, try #require(officer))
            try await application.test(.router) { client in
                try await body(
                    GroundCounty(
                        house: house, rooms: rooms, client: client, street: street, tokens: known, officer: head))
            }
        }
    }

    private static func person(
        _ login: String, _ role: String, _ area: String, _ body: BodyID, _ hash: String, _ house: House,
        _ rooms: Assembly.Rooms
    ) async throws -> Scope {
        let now = house.clock.now()
        let prefix = try #require(AreaPrefix(area))
        let known = try #require(rooms.identity.roles[role])
        let post = PostRecord(
            id: house.identifiers.next(at: now), staff: house.identifiers.next(at: now), body: body, role: role,
            area: prefix, title: known.name, from: now)
        let staff = NewStaff(id: post.staff, name: "测试·\(login)", login: login, passwordHash: hash, area: prefix)
        let vault = house.keys.vault
        try await house.database.write {
            try Identity.register(staff: [staff], posts: [post], vault: vault, at: now, in: $0)
        }
        return Scope(
            staff: post.staff, staffName: staff.name, post: post.id, postName: post.title, role: role,
            rights: known.rights, area: prefix, body: body, bodyName: "—")
    }

    /// The coordination body adopts the lists that ship.
    func adopt() async throws {
        let (mandates, officer, now) = (rooms.mandates, officer, house.clock.now())
        try await house.database.write { _ = try mandates.adoptShipped(by: officer, at: now, in: $0) }
    }

    func rows(_ query: SQL) async throws -> [Row] { try await house.database.query(query) }
    func count(_ query: SQL) async throws -> Int64 { try await rows(query).first?.int(0) ?? -1 }

    // MARK: Doors

    func call(_ path: String, _ value: [String: Any?], as login: String = "officer") async throws -> Reply {
        let json = try JSONSerialization.data(withJSONObject: value.compactMapValues { $0 }, options: .sortedKeys)
        return try await send(
            "/api/v1" + path, Array(json), "application/json", ["Authorization": "Bearer " + (tokens[login] ?? "")])
    }

    func form(_ path: String, _ fields: [String: String?], as login: String = "officer") async throws -> Reply {
        let (cookie, token) = try await session(login)
        let all = fields.compactMapValues { $0 }.merging(["_token": token]) { $1 }
        let text = QueryParameters(all.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }).text
        return try await send(path, Array(text.utf8), "application/x-www-form-urlencoded", ["Cookie": cookie])
    }

    func upload(_ path: String, _ field: String, _ text: String) async throws -> Reply {
        let (cookie, token) = try await session("officer")
        let body =
            "--b\r\nContent-Disposition: form-data; name=\"_token\"\r\n\r\n\(token)\r\n--b\r\nContent-Disposition: form-data; "
            + "name=\"\(field)\"; filename=\"a.csv\"\r\n\r\n\(text)\r\n--b--\r\n"
        return try await send(path, Array(body.utf8), "multipart/form-data; boundary=b", ["Cookie": cookie])
    }

    private func session(_ login: String) async throws -> (cookie: String, token: String) {
        let text = "login=\(login)&password=correct+horse+battery"
        let sent = try await send("/login", Array(text.utf8), "application/x-www-form-urlencoded", [:])
        let cookie = try #require(sent.cookie, "\(sent.text.prefix(500))")
        let response = try await client.execute(uri: "/", method: .get, headers: [.cookie: cookie])
        let token = try #require(String(buffer: response.body).firstMatch(of: /name="_token" value="([^"]+)"/))
        return (cookie, String(token.1))
    }

    private func send(_ path: String, _ body: [UInt8], _ type: String, _ headers: [String: String]) async throws
        -> Reply
    {
        var fields: HTTPFields = [.contentType: type]
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let response = try await client.execute(
            uri: path, method: .post, headers: fields, body: ByteBuffer(bytes: body))
        let cookie = response.headers[values: .setCookie].first { $0.hasPrefix("gewu=") }
        return Reply(
            status: response.status.code, text: String(buffer: response.body), location: response.headers[.location],
            cookie: cookie.flatMap { $0.split(separator: ";").first.map(String.init) })
    }

    // MARK: Matters

    /// A matter that was accepted and waits to be given to somebody; of the officer's own unless a caller's number is there.
    func report(category: String = "010302", phone: String? = nil) async throws -> String {
        let reporter: [String: Any]? = phone.map { ["phone": $0] }
        let sent = try await call(
            "/cases", ["detail": "请街道处理", "area": Self.area, "category": category, "reporter": reporter])
        let id = try sent.member("id")
        let accepted = try await call(
            "/cases/\(id)/acts", ["act": "accept", "category": category, "area": Self.area])
        #expect(accepted.status == 200, "\(accepted.text)")
        return id
    }

    func give(_ id: String, _ ground: String?) async throws -> Reply {
        try await call("/cases/\(id)/acts", ["act": "dispatch", "body": street.text, "ground": ground])
    }

    func patrolProposal() async throws -> String {
        let id: Identifier<GroundCounty> = house.identifiers.next(at: house.clock.now())
        let day = house.clock.now().local().day
        try await house.database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO patrol_proposals (id, area, category, matters, found_on, state)
                VALUES (\(id), \(Self.area), '010302', 5, \(Int64(day.number)), 'open')
                """)
        }
        return id.text
    }

    func formProposal(_ ground: String?) async throws -> String {
        let name = house.identifiers.nextText(at: house.clock.now())
        let sent = try await call(
            "/forms/proposals",
            [
                "name": name, "purpose": "civil-affairs", "kind": "person", "columns": ["姓名", "性别"], "timesAYear": 1,
                "ground": ground,
            ], as: "bureau")
        return try sent.member("id")
    }
}
