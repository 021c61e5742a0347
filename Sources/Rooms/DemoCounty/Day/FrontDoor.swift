import Foundation
import Ground

/// One request as a browser, a phone or another system sends it.
public struct Knock: Sendable {
    public var method: String
    /// With the query, if there is one.
    public var path: String
    public var headers: [(name: String, value: String)] = []
    public var body: [UInt8] = []
}

/// What the platform answered.
public struct DoorAnswer: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
    var text: String { String(decoding: body, as: UTF8.self) }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }
}

/// The platform's own routes, so that a played day comes in where everybody comes in: with log-in, form token, signature
/// and all checks.
public protocol FrontDoor: Sendable {
    func answer(_ knock: Knock) async throws -> DoorAnswer
}

/// Somebody at the door: with a session like a browser's, or with a token like a program's.
struct Caller: Sendable {
    let door: any FrontDoor
    private(set) var cookie: String?
    private var formToken: String?
    private var bearer: String?

    init(_ door: any FrontDoor, bearer: String? = nil) {
        self.door = door
        self.bearer = bearer
    }

    // MARK: Logging in

    mutating func logIn(_ login: String, password: String) async throws {
        let answer = try await send(form: [("login", login), ("password", password)], to: "/login")
        try enter(answer)
        try await readToken(at: "/home")
    }

    mutating func askForCode(_ phone: String) async throws {
        try Self.check(try await send(form: [("phone", phone)], to: "/resident/login"), "POST /resident/login")
    }

    mutating func enter(_ phone: String, code: String) async throws {
        let answer = try await send(form: [("phone", phone), ("code", code)], to: "/resident/login/code")
        try enter(answer)
        try await readToken(at: "/report")
    }

    private mutating func enter(_ answer: DoorAnswer) throws {
        let set = answer.headers.filter { $0.name.lowercased() == "set-cookie" }.map(\.value)
        guard let own = set.first(where: { $0.hasPrefix("gewu=") }) else {
            throw DayFault.door("log-in", answer.status, answer.text)
        }
        cookie = own.prefix { $0 != ";" }.description
    }

    /// Every page of a session carries the token that its forms are sent with.
    private mutating func readToken(at page: String) async throws {
        let answer = try await send(Knock(method: "GET", path: page))
        let parts = answer.text.components(separatedBy: "name=\"_token\" value=\"")
        guard parts.count > 1, let token = parts[1].split(separator: "\"").first else {
            throw DayFault.door("GET \(page)", answer.status, "no form token")
        }
        formToken = String(token)
    }

    // MARK: Sending

    func send(_ knock: Knock) async throws -> DoorAnswer {
        var knock = knock
        if let cookie { knock.headers.append(("Cookie", cookie)) }
        if let bearer { knock.headers.append(("Authorization", "Bearer " + bearer)) }
        return try await door.answer(knock)
    }

    func send(form fields: [(String, String)], to path: String) async throws -> DoorAnswer {
        let all = fields + (formToken.map { [("_token", $0)] } ?? [])
        var knock = Knock(method: "POST", path: path)
        knock.headers = [("Content-Type", "application/x-www-form-urlencoded")]
        knock.body = Array(all.map { Self.encoded($0.0) + "=" + Self.encoded($0.1) }.joined(separator: "&").utf8)
        return try await send(knock)
    }

    func send(json body: [UInt8], to path: String, key: String? = nil) async throws -> DoorAnswer {
        var knock = Knock(method: "POST", path: path)
        knock.headers = [("Content-Type", "application/json")]
        if let formToken { knock.headers.append(("X-Form-Token", formToken)) }
        if let key { knock.headers.append(("Idempotency-Key", key)) }
        knock.body = body
        return try await send(knock)
    }

    /// - Throws: what the door said when it did not take what was brought.
    @discardableResult
    static func check(_ answer: DoorAnswer, _ what: String) throws -> DoorAnswer {
        guard (200..<400).contains(answer.status) else { throw DayFault.door(what, answer.status, answer.text) }
        return answer
    }

    private static func encoded(_ text: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if plain.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What stops a played day: something that should have worked did not.
enum DayFault: Error, CustomStringConvertible {
    case door(String, Int, String)
    case missing(String)

    var description: String {
        switch self {
        case .door(let what, let status, let text): "\(what) → \(status): \(text.prefix(400))"
        case .missing(let what): what
        }
    }
}
