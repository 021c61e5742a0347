import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing
import Web

@testable import gewu

@Suite("Whoever comes is received in their language, and safely")
struct FrontDoorTests {
    @Test("The start page has two ways for residents and one for staff")
    func startPage() async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                let page = try await client.execute(uri: "/", method: .get)
                #expect(page.status == .ok)
                let html = String(buffer: page.body)
                for address in ["/report", "/mine", "/login"] { #expect(html.contains("href=\"\(address)\"")) }
                #expect(html.contains("<html lang=\"zh-Hans\""))
            }
        }
    }

    @Test(
        "The browser's language chooses the page's; a choice made by hand goes before it",
        arguments: [
            ("zh-CN,zh;q=0.9,en;q=0.8", nil, "zh-Hans"), ("en-GB,en;q=0.9", nil, "en"), ("fr", nil, "zh-Hans"),
            ("zh-CN", "language=en", "en"), ("en", "language=zh-Hans", "zh-Hans"),
        ] as [(String, String?, String)])
    func language(accepted: String, cookie: String?, expected: String) async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                var headers: HTTPFields = [.acceptLanguage: accepted]
                if let cookie { headers[.cookie] = cookie }
                let page = try await client.execute(uri: "/", method: .get, headers: headers)
                #expect(String(buffer: page.body).contains("<html lang=\"\(expected)\""))
            }
        }
    }

    @Test("Every answer carries the headers that keep browsers safe", arguments: ["/", "/healthz", "/nothing"])
    func securityHeaders(path: String) async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                let headers = try await client.execute(uri: path, method: .get).headers
                let policy = try #require(headers[.contentSecurityPolicy])
                #expect(policy.contains("script-src 'self'"))
                #expect(!policy.contains("unsafe"))
                #expect(headers[.xContentTypeOptions] == "nosniff")
                #expect(headers[.strictTransportSecurity] != nil)
            }
        }
    }

    @Test("A request keeps the plain number a proxy gave it, and gets one otherwise")
    func requestID() async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                func id(_ given: String?) async throws -> String? {
                    var headers = HTTPFields()
                    if let given { headers[.requestID] = given }
                    return try await client.execute(uri: "/healthz", method: .get, headers: headers).headers[.requestID]
                }
                #expect(try await id("abcdef-0123456789") == "abcdef-0123456789")
                let own = try await id(nil)
                #expect(own?.count == 26)
                #expect(try await id("<script>alert(1)</script>") != "<script>alert(1)</script>")
                #expect(try await id(nil) != own)
            }
        }
    }

    @Test("A page travels compressed to whoever can read it so, and unpacks to the same")
    func compression() async throws {
        try await TestHouse.with { _, application in
            try await application.test(.router) { client in
                let plain = try await client.execute(uri: "/api/v1/openapi.json", method: .get)
                let packed = try await client.execute(
                    uri: "/api/v1/openapi.json", method: .get, headers: [.acceptEncoding: "gzip, br"])
                #expect(plain.headers[.contentEncoding] == nil)
                #expect(packed.headers[.contentEncoding] == "gzip")
                #expect(packed.headers[.vary]?.contains("Accept-Encoding") == true)
                #expect(packed.body.readableBytes < plain.body.readableBytes / 2)
                #expect(packed.body.getBytes(at: 0, length: 2) == [0x1F, 0x8B])
            }
        }
    }

    @Test("A browser's file is kept for ever under the address with its hash, and only there")
    func assets() async throws {
        try await TestHouse.with { house, application in
            let address = house.assets.address("gewu.css")
            try await application.test(.router) { client in
                let file = try await client.execute(uri: address, method: .get)
                #expect(file.status == .ok)
                #expect(file.headers[.cacheControl]?.contains("immutable") == true)
                let old = try await client.execute(uri: "/assets/000000000000/gewu.css", method: .get)
                #expect(old.headers[.cacheControl] == "no-cache")
                let tag = try #require(file.headers[.eTag])
                let again = try await client.execute(uri: address, method: .get, headers: [.ifNoneMatch: tag])
                #expect(again.status == .notModified)
                for path in [
                    "/assets/0/../../Package.swift", "/assets/0/%2e%2e/%2e%2e/Package.swift", "/assets/0/none.js",
                ] {
                    #expect(try await client.execute(uri: path, method: .get).status == .notFound)
                }
            }
        }
    }
}
