import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import gewu

@Suite("A program is told what is wrong in a problem document")
struct ProblemTests {
    struct Problem: Decodable {
        var type: String
        var title: String
        var status: Int
        var detail: String
        var code: String
        var instance: String?
    }

    @Test("An unknown address is a 404 with a code, in the caller's language", arguments: ["zh-CN", "en"])
    func unknownAddress(language: String) async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                let response = try await client.execute(
                    uri: "/api/v1/nothing", method: .get, headers: [.acceptLanguage: language])
                #expect(response.status == .notFound)
                #expect(response.headers[.contentType] == "application/problem+json")
                let problem = try JSONDecoder().decode(Problem.self, from: Data(response.body.readableBytesView))
                #expect(problem.status == 404)
                #expect(problem.code == "desk.nothing-here")
                #expect(problem.type == "urn:gewu:problem:desk.nothing-here")
                #expect(problem.title == (language == "en" ? "Not found" : "没有找到"))
                #expect(problem.instance == response.headers[.requestID])
            }
        }
    }

    @Test("A method that the address does not know is a 405 that names those it does")
    func unknownMethod() async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                let response = try await client.execute(uri: "/api/v1/messages", method: .patch)
                #expect(response.status == .methodNotAllowed)
                #expect(response.headers[.allow]?.contains("GET") == true)
                #expect(response.headers[.contentType] == "application/problem+json")
                let problem = try JSONDecoder().decode(Problem.self, from: Data(response.body.readableBytesView))
                #expect(problem.status == 405)
                #expect(problem.code == "desk.method")
            }
        }
    }

    @Test(
        "A query with U+0000 or no UTF-8 is a 400 that names the field, for programs and for people",
        arguments: ["%00", "a%00b", "%ff"], ["/api/v1/cases?area=", "/?x=", "/login?next="])
    func noText(value: String, address: String) async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                let response = try await client.execute(uri: address + value, method: .get)
                #expect(response.status == .badRequest)
                #expect(
                    String(buffer: response.body).contains(value == "%ff" ? "web.no-utf8" : "web.nul-character"))
            }
        }
    }

    @Test("A form or JSON with U+0000 is a 400 that names the field")
    func noTextInBody() async throws {
        try await Street.with { street in
            let token = try await street.token("dispatcher")
            let json = try await street.call("/api/v1/cases", #"{"detail":"a\u0000b"}"#, token)
            #expect(json.status == .badRequest)
            #expect(json.text.contains(#""field":"detail""#))
            let form = try await street.send("/login", ["login": "a\u{0}", "password": "x"])
            #expect(form.status == .badRequest)
            #expect(form.text.contains("web.nul-character"))
            let key = try await street.call("/api/v1/cases", #"{"detail":"a"}"#, token, key: "a b")
            #expect(key.status == .badRequest)
            let path = try await street.get("/cases/%00")
            #expect(path.status.code < 500)
        }
    }

    @Test("The description of the interface tells of versions, of other methods and of waiting")
    func headersDescribed() async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                let response = try await client.execute(uri: "/api/v1/openapi.json", method: .get)
                let document = try #require(
                    JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any])
                let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
                let act = try #require(paths["/cases/{id}/acts"]?["post"])
                let names = (act["parameters"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
                #expect(names.contains("If-Match") && names.contains("Idempotency-Key"))
                let answers = try #require(act["responses"] as? [String: [String: Any]])
                #expect(Set(["405", "412", "422", "429"]).isSubset(of: answers.keys))
                for (status, header) in [("200", "ETag"), ("405", "Allow"), ("429", "Retry-After")] {
                    #expect((answers[status]?["headers"] as? [String: Any])?[header] != nil, "\(status)")
                }
                let list = try #require(paths["/cases"]?["get"]?["responses"] as? [String: Any])
                #expect(list["422"] != nil)
            }
        }
    }

    @Test("An unknown page is a page, not a document for programs")
    func unknownPage() async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                let response = try await client.execute(uri: "/nothing", method: .get)
                #expect(response.status == .notFound)
                #expect(response.headers[.contentType]?.hasPrefix("text/html") == true)
            }
        }
    }

    @Test("Without log-in a program is refused with 401, and a person is led to the log-in and back")
    func withoutLogIn() async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                let program = try await client.execute(uri: "/api/v1/messages", method: .get)
                #expect(program.status == .unauthorized)
                #expect(program.headers[.wwwAuthenticate] == "Bearer")
                let person = try await client.execute(uri: "/messages?show=all", method: .get)
                #expect(person.status == .seeOther)
                #expect(person.headers[.location] == "/login?next=%2Fmessages%3Fshow%3Dall")
            }
        }
    }

    @Test("The description of the interface names every operation once, and only schemas that it holds")
    func description() async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                let response = try await client.execute(uri: "/api/v1/openapi.json", method: .get)
                let document = try #require(
                    JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any])
                #expect(document["openapi"] as? String == "3.1.0")
                let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
                let ids = paths.values.flatMap(\.values).compactMap { $0["operationId"] as? String }
                #expect(!ids.isEmpty)
                #expect(Set(ids).count == ids.count)
                let components = try #require(document["components"] as? [String: Any])
                let schemas = try #require(components["schemas"] as? [String: Any])
                let text = String(buffer: response.body)
                for match in text.matches(of: #/"#\/components\/schemas\/([^"]+)"/#) {
                    #expect(schemas[String(match.output.1)] != nil, "\(match.output.1) is nowhere")
                }
                for (path, operations) in paths {
                    for part in path.split(separator: "/") where part.hasPrefix("{") {
                        for operation in operations.values {
                            let parameters = operation["parameters"] as? [[String: Any]] ?? []
                            #expect(
                                parameters.contains {
                                    $0["in"] as? String == "path" && "{\($0["name"] as? String ?? "")}" == part
                                }, "\(path)")
                        }
                    }
                }
            }
        }
    }
}
