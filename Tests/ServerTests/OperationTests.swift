import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Storage
import StorageTesting
import Testing

@testable import gewu

@Suite("Those who watch the server are told the truth")
struct OperationTests {
    @Test("A living process says so")
    func health() async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                let response = try await client.execute(uri: "/healthz", method: .get)
                #expect(response.status == .ok)
                #expect(String(buffer: response.body) == "{\"alive\":true}")
            }
        }
    }

    @Test("A server whose database answers is ready", arguments: EngineCase.available)
    func ready(engine: EngineCase) async throws {
        try await TestHouse.with(engine: engine) { house, application in
            try await application.test(.router) { client in
                let response = try await client.execute(uri: "/readyz", method: .get)
                #expect(response.status == .ok)
                // It was a real write.
                let rows = try await house.database.query("SELECT at FROM readiness_probe")
                #expect(rows.count == 1)
            }
        }
    }

    @Test("A server whose database is closed is not ready, but lives")
    func notReady() async throws {
        try await TestHouse.with { house, application in
            try await application.test(.router) { client in
                await house.database.close()
                let response = try await client.execute(uri: "/readyz", method: .get)
                #expect(response.status == .serviceUnavailable)
                #expect(String(buffer: response.body).contains("database"))
                #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
            }
        }
    }

    @Test("Metrics count what was asked, and stay on this machine")
    func metrics() async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                _ = try await client.execute(uri: "/healthz", method: .get)
                let response = try await client.execute(uri: "/metrics", method: .get)
                #expect(response.status == .ok)
                #expect(response.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
                let text = String(buffer: response.body)
                #expect(
                    text.contains(
                        "gewu_http_request_duration_seconds_count{method=\"GET\",path=\"/healthz\",status=\"200\"} 1"))
                #expect(text.contains("\ngewu_resident_memory_bytes "))
                let forwarded = try await client.execute(
                    uri: "/metrics", method: .get, headers: [.forwardedFor: "192.0.2.7"])
                #expect(forwarded.status == .notFound)
                for name in ["Forwarded", "X-Real-IP", "X-Forwarded-Proto", "Via"] {
                    let field = try #require(HTTPField.Name(name))
                    let proxied = try await client.execute(uri: "/metrics", method: .get, headers: [field: "1.1 proxy"])
                    #expect(proxied.status == .notFound, "\(name)")
                }
            }
        }
    }

    @Test("From elsewhere, metrics are read with the token and with no other")
    func metricsToken() async throws {
        var settings = ServerSettings()
        settings.metricsToken = "letmesee"
        try await TestHouse.with(settings: settings) { _, application in
            try await application.test(.router) { client in
                func status(_ token: String) async throws -> HTTPResponse.Status {
                    try await client.execute(
                        uri: "/metrics", method: .get,
                        headers: [.authorization: "Bearer \(token)", .forwardedFor: "192.0.2.7"]
                    ).status
                }
                let known = try await status("letmesee")
                #expect(known == .ok)
                let unknown = try await status("letmesea")
                #expect(unknown == .notFound)
            }
        }
    }

    @Test("Under load, requests beyond the limit are answered 503 with a time to come back; watchers get in")
    func shedding() async throws {
        var settings = ServerSettings()
        settings.inFlight = 0
        settings.waiting = 0
        try await TestHouse.with(settings: settings) { _, application in
            try await application.test(.router) { client in
                let response = try await client.execute(
                    uri: "/api/v1/nothing", method: .post, body: ByteBuffer(string: "{}"))
                #expect(response.status == .serviceUnavailable)
                #expect(response.headers[.retryAfter] == "1")
                #expect(String(buffer: response.body).contains("web.busy"))
                #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
            }
        }
    }
}

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .via
    static let requestID = HTTPField.Name("X-Request-ID") ?? .via
}
