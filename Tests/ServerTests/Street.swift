import Cases
import Cipher
import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import Messages
import NIOCore
import Storage
import Testing
import Web

@testable import gewu

/// A whole server with one street's office: a dispatcher and a leader there, and one officer of the county.
struct Street {
    let house: House
    let rooms: Assembly.Rooms
    let client: any TestClientProtocol
    let dispatcher: Scope
    let leader: Scope

    static let area = "330106001"
    static let phone = "13800001234"
    private static let password = "correct horse battery"

    static func with(_ body: @escaping @Sendable (Street) async throws -> Void) async throws {
        try await TestHouse.with(demonstration: true) { house, application in
            let rooms = try Assembly.Rooms(in: house)
            let dispatcher = try await person("dispatcher", "street_dispatcher", area, house, rooms)
            let leader = try await person("leader", "street_leader", area, house, rooms)
            _ = try await person("verifier", "verifier", area, house, rooms)
            // Matters of no known street go to the county.
            _ = try await person("county", "coordination_officer", "", house, rooms)
            try await application.test(.router) { client in
                try await body(
                    Street(house: house, rooms: rooms, client: client, dispatcher: dispatcher, leader: leader))
            }
        }
    }

    static func person(
        _ login: String, _ role: String, _ area: String, _ house: House, _ rooms: Assembly.Rooms
    ) async throws -> Scope {
        let now = house.clock.now()
        let prefix = try #require(AreaPrefix(area))
        let known = try #require(rooms.identity.roles[role])
        let post = PostRecord(
            id: house.identifiers.next(at: now), staff: house.identifiers.next(at: now),
            body: house.identifiers.next(at: now), role: role, area: prefix, title: known.name, from: now)
        // Hashing takes its time on purpose: only one of them logs in.
        let hash = ["dispatcher", "worker"].contains(login) ? try await rooms.identity.hash(password: password) : nil
        let staff = NewStaff(
            id: post.staff, name: "测试·\(login)", login: login, passwordHash: hash, area: prefix)
        try await house.database.write {
            try Identity.register(staff: [staff], posts: [post], vault: house.keys.vault, at: now, in: $0)
        }
        return Scope(
            staff: post.staff, staffName: staff.name, post: post.id, postName: post.title, role: role,
            rights: known.rights, area: prefix, body: post.body, bodyName: "—")
    }

    // MARK: Requests

    /// A cookie and the token that forms carry with it.
    struct Session: Sendable {
        var cookie: String
        var token: String
    }

    struct Answer {
        var status: HTTPResponse.Status
        var location: String?
        var type: String?
        var text: String
        var cookie: String?
    }

    func get(_ address: String, as session: Session? = nil) async throws -> Answer {
        try await request(address, .get, nil, session)
    }

    func send(_ address: String, _ fields: [String: String], as session: Session? = nil) async throws -> Answer {
        var fields = fields
        if let session { fields["_token"] = session.token }
        let form = QueryParameters(fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        return try await request(address, .post, ByteBuffer(string: form.text), session)
    }

    /// A form with pictures, as browsers send it.
    func send(_ address: String, _ fields: [String: String], photos: [[UInt8]], as session: Session) async throws
        -> Answer
    {
        var body = ByteBuffer()
        for (name, value) in fields.merging(["_token": session.token], uniquingKeysWith: { $1 }) {
            body.writeString("--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n")
        }
        for photo in photos {
            body.writeString("--b\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"a.png\"\r\n\r\n")
            body.writeBytes(photo)
            body.writeString("\r\n")
        }
        body.writeString("--b--\r\n")
        return try await request(address, .post, body, session, type: "multipart/form-data; boundary=b")
    }

    private func request(
        _ address: String, _ method: HTTPRequest.Method, _ body: ByteBuffer?, _ session: Session?,
        type: String = "application/x-www-form-urlencoded"
    ) async throws -> Answer {
        var headers = HTTPFields()
        if let session { headers[.cookie] = session.cookie }
        if body != nil { headers[.contentType] = type }
        let response = try await client.execute(uri: address, method: method, headers: headers, body: body)
        return Answer(
            status: response.status, location: response.headers[.location], type: response.headers[.contentType],
            text: String(buffer: response.body),
            cookie: response.headers[values: .setCookie].first { $0.hasPrefix("gewu=") }
                .flatMap { $0.split(separator: ";").first.map(String.init) })
    }

    /// A token of the interface for a machine in somebody's post.
    func token(_ login: String) async throws -> String {
        try await rooms.identity.issueToken(login: login, name: "test", days: 1).secret
    }

    /// A write of the interface.
    func call(_ address: String, _ json: String, _ token: String, key: String? = nil) async throws -> Answer {
        var headers: HTTPFields = [.authorization: "Bearer " + token, .contentType: "application/json"]
        if let key, let name = HTTPField.Name("Idempotency-Key") { headers[name] = key }
        let response = try await client.execute(
            uri: address, method: .post, headers: headers, body: ByteBuffer(string: json))
        return Answer(
            status: response.status, location: response.headers[.location], type: response.headers[.contentType],
            text: String(buffer: response.body))
    }

    // MARK: Sessions

    func resident(_ phone: String) async throws -> Session {
        _ = try await send("/resident/login", ["phone": phone])
        let code = try await code(sentTo: phone)
        return try await session(try await send("/resident/login/code", ["phone": phone, "code": code]))
    }

    /// Sealed in the queue until the text has gone out; from then on only where the text went.
    func code(sentTo phone: String) async throws -> String {
        let vault = house.keys.vault
        let index = try #require(PhoneNumber(phone)).index(vault)
        let row = try #require(
            try await rows("SELECT code_sealed FROM texts WHERE phone_index = \(index) ORDER BY id DESC").first)
        if let sealed = try row.blobIfAny(0) { return try vault.open(sealed, for: ResidentText.codePurpose) }
        let sent = try String(contentsOfFile: house.settings.outboxFile, encoding: .utf8).split(separator: "\n")
        let text = try #require(sent.last { $0.contains(phone) && $0.contains("验证码") })
        return String(try #require(text.firstMatch(of: /验证码 ([0-9]{6})/)).1)
    }

    func staff(_ login: String) async throws -> Session {
        try await session(try await send("/login", ["login": login, "password": Self.password]))
    }

    private func session(_ answer: Answer) async throws -> Session {
        let cookie = try #require(answer.cookie)
        let page = try await get("/", as: Session(cookie: cookie, token: ""))
        let token = try #require(page.text.firstMatch(of: /name="_token" value="([^"]+)"/))
        return Session(cookie: cookie, token: String(token.1))
    }

    // MARK: Matters

    func rows(_ query: SQL) async throws -> [Row] { try await house.database.query(query) }

    func report(_ detail: String, as session: Session) async throws -> CaseID {
        let sent = try await send("/report", ["detail": detail, "area": Self.area], as: session)
        return try #require(sent.location?.split(separator: "/").last.flatMap { CaseID(parsing: $0) })
    }

    func state(_ id: CaseID) async throws -> String? {
        try await rows("SELECT state FROM cases WHERE id = \(id)").first?.text(0)
    }

    func act(_ id: CaseID, _ command: Command, by scope: Scope) async throws {
        let cases = rooms.cases
        let now = house.clock.now()
        try await house.database.write {
            _ = try cases.act(id, command, by: .staff(scope), actor: Actor(scope), at: now, in: $0)
        }
    }

    /// Takes it up, answers it, and has it verified by somebody else, each with an opinion that is not the reporter's.
    func settle(_ id: CaseID, result: String, isAccepted: Bool = false, until last: ActName = "pass") async throws {
        if !isAccepted {
            let category = try #require(rooms.cases.rules.categories.leaves.first).code
            let area = try #require(AreaPrefix(Self.area))
            try await act(
                id, Command("accept", opinion: "内部意见丙", category: category, area: area), by: dispatcher)
        }
        try await act(id, Command("settle-directly", opinion: "内部意见乙", result: result), by: dispatcher)
        guard last == "pass" else { return }
        try await act(id, Command("pass"), by: leader)
    }
}
