import Cipher
import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Storage
import Testing

@testable import gewu

@Suite("The doors and the own account, for programs") struct AccountInterfaceTests {
    private struct Reply {
        var status: Int
        var text: String
        var cookie: String?

        func member(_ name: String) throws -> Any? {
            (try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])?[name]
        }
        var code: String? { (try? member("code")) as? String }
    }

    private static let password = "correct horse battery"

    private static func call(
        _ street: Street, _ method: HTTPRequest.Method, _ path: String, _ value: [String: String]? = nil,
        _ session: Street.Session? = nil, bearer: String? = nil
    ) async throws -> Reply {
        var headers = HTTPFields()
        if let session {
            headers[.cookie] = session.cookie
            headers[try #require(HTTPField.Name("X-Form-Token"))] = session.token
        }
        if let bearer { headers[.authorization] = "Bearer " + bearer }
        var body: ByteBuffer?
        if let value {
            headers[.contentType] = "application/json"
            body = ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: value))
        }
        let response = try await street.client.execute(
            uri: "/api/v1" + path, method: method, headers: headers, body: body)
        return Reply(
            status: response.status.code, text: String(buffer: response.body),
            cookie: response.headers[values: .setCookie].first { $0.hasPrefix("gewu=") }
                .flatMap { $0.split(separator: ";").first.map(String.init) })
    }

    private static func logIn(_ street: Street, _ password: String = password) async throws -> Street.Session {
        let reply = try await call(street, .post, "/log-in", ["login": "dispatcher", "password": password])
        #expect(reply.status == 200, "\(reply.text)")
        #expect(try reply.member("outcome") as? String == "entered")
        return Street.Session(
            cookie: try #require(reply.cookie), token: try #require(try reply.member("token") as? String))
    }

    @Test("Somebody logs in, changes the password, and only the session that did so goes on")
    func password() async throws {
        try await Street.with { street in
            let session = try await Self.logIn(street)
            let other = try await Self.logIn(street)
            let account = try await Self.call(street, .get, "/account", nil, session)
            #expect(account.status == 200 && account.text.contains("\"login\":\"dispatcher\""))
            #expect((try account.member("sessions") as? [Any])?.count == 2)
            let wrong = try await Self.call(
                street, .post, "/account/password", ["current": "no", "new": "another good sentence"], session)
            #expect(wrong.status == 422 && wrong.code == "identity.password-wrong")
            let weak = try await Self.call(
                street, .post, "/account/password", ["current": Self.password, "new": "a"], session)
            #expect(weak.status == 422)
            let forged = try await Self.call(
                street, .post, "/account/password", ["current": Self.password, "new": "another good sentence"],
                Street.Session(cookie: session.cookie, token: "x"))
            #expect(forged.status == 403 && forged.code == "desk.foreign-form")
            let done = try await Self.call(
                street, .post, "/account/password", ["current": Self.password, "new": "another good sentence"], session)
            #expect(done.status == 200, "\(done.text)")
            #expect(try await Self.call(street, .get, "/account", nil, session).status == 200)
            #expect(try await Self.call(street, .get, "/account", nil, other).status == 401)
            _ = try await Self.logIn(street, "another good sentence")
            let out = try await Self.call(street, .post, "/log-out", nil, session)
            #expect(out.status == 200)
            #expect(try await Self.call(street, .get, "/account", nil, session).status == 401)
        }
    }

    @Test("A second step is enrolled, asked for at the next log-in, used once, and removed again")
    func secondStep() async throws {
        try await Street.with { street in
            let session = try await Self.logIn(street)
            let proposed = try await Self.call(street, .post, "/account/second-step/secret", nil, session)
            let secret = try #require(try proposed.member("secret") as? String)
            let bytes = try #require([UInt8](hexadecimal: secret))
            func code(_ steps: Int64 = 0) -> String {
                OneTimeCode.code(secret: bytes, at: street.house.clock.now() + .seconds(30 * steps))
            }
            let wrong = try await Self.call(
                street, .post, "/account/second-step", ["secret": secret, "code": "000000x", "current": Self.password],
                session)
            #expect(wrong.status == 422 && wrong.code == "identity.code-wrong")
            let enrolled = try await Self.call(
                street, .post, "/account/second-step", ["secret": secret, "code": code(), "current": Self.password],
                session)
            #expect(enrolled.status == 200, "\(enrolled.text)")
            let again = try await Self.call(
                street, .post, "/account/second-step", ["secret": secret, "code": code(1), "current": Self.password],
                session)
            #expect(again.status == 409)
            let first = try await Self.call(
                street, .post, "/log-in", ["login": "dispatcher", "password": Self.password])
            #expect(try first.member("outcome") as? String == "codeWanted" && first.cookie == nil)
            let ticket = try #require(try first.member("ticket") as? String)
            let entered = try await Self.call(street, .post, "/log-in/code", ["ticket": ticket, "code": code(1)])
            #expect(entered.status == 200 && entered.cookie != nil, "\(entered.text)")
            let reused = try await Self.call(street, .post, "/log-in/code", ["ticket": ticket, "code": code(1)])
            #expect(reused.status == 401)
        }
    }

    @Test("Tries at the doors are throttled as on the pages; a token has no account")
    func throttled() async throws {
        try await Street.with { street in
            var last: Reply?
            for _ in 0..<30 {
                last = try await Self.call(street, .post, "/log-in", ["login": "nobody", "password": "wrong"])
                if last?.status == 429 { break }
                #expect(last?.status == 401)
            }
            #expect(last?.status == 429)
            let token = try await street.token("leader")
            for (method, path) in [
                (HTTPRequest.Method.get, "/account"), (.post, "/account/second-step/secret"),
                (.delete, "/account/sessions/0123456789abcdef"),
            ] {
                let reply = try await Self.call(street, method, path, nil, bearer: token)
                #expect(reply.status == 403 && reply.code == "identity.session-only", "\(path): \(reply.text)")
            }
        }
    }

    @Test("A resident logs in by code over the interface, sees the own matters, and asks no second code at once")
    func resident() async throws {
        try await Street.with { street in
            let sent = try await Self.call(street, .post, "/residents/codes", ["phone": Street.phone])
            #expect(sent.status == 200 && sent.text.contains("138****1234"))
            let soon = try await Self.call(street, .post, "/residents/codes", ["phone": Street.phone])
            #expect(soon.status == 429)
            let wrong = try await Self.call(
                street, .post, "/residents/log-in", ["phone": Street.phone, "code": "000000x"])
            #expect(wrong.status == 401 && wrong.cookie == nil)
            let code = try await street.code(sentTo: Street.phone)
            let entered = try await Self.call(
                street, .post, "/residents/log-in", ["phone": Street.phone, "code": code])
            #expect(entered.status == 200, "\(entered.text)")
            let session = Street.Session(
                cookie: try #require(entered.cookie), token: try #require(try entered.member("token") as? String))
            let made = try await Self.call(
                street, .post, "/reports", ["detail": "楼道灯不亮", "area": Street.area], session)
            #expect(made.status == 201, "\(made.text)")
            let mine = try await Self.call(street, .get, "/mine", nil, session)
            #expect(mine.status == 200 && mine.text.contains("楼道灯不亮"))
            let bad = try await Self.call(street, .post, "/residents/codes", ["phone": "12345"])
            #expect(bad.status == 422 && bad.code == "identity.phone-mobile")
        }
    }

    @Test("The description says which operation takes a token, which the cookie, and which neither")
    func description() async throws {
        try await Street.with { street in
            let text = try await street.get("/api/v1/openapi.json").text
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
            func security(_ path: String, _ method: String) -> [[String]]? {
                (paths[path]?[method]?["security"] as? [[String: Any]])?.map { Array($0.keys) }
            }
            #expect(security("/cases", "get") == nil)
            #expect(security("/account", "get") == [["session"]])
            #expect(security("/mine", "get") == [["session"], []])
            #expect(security("/log-in", "post") == [])
            #expect((document["security"] as? [[String: Any]])?.flatMap(\.keys) == ["bearer", "session"])
        }
    }
}
