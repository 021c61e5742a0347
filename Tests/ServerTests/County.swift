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
import StorageTesting
import Testing
import Web

@testable import Channels
@testable import gewu

/// A county with one street, one community and two grids whose centres are known, and a real server on a port before it.
struct County: Sendable {
    let house: House
    let rooms: Assembly.Rooms
    let client: any TestClientProtocol
    let officer: String
    let dispatcher: String
    let worker: String
    let flood: WebhookSecret

    static let area = "330106"
    static let grid = "330106001001001"
    static let inside = (longitude: 120.15, latitude: 30.27)
    /// Another county, 300 km to the north.
    static let outside = (longitude: 120.15, latitude: 33.0)
    /// Broken road surface.
    static let category = "010302"

    static func with(
        _ engine: EngineCase = .sqlite, _ setup: TestingSetup = .live,
        _ body: @escaping @Sendable (County) async throws -> Void
    ) async throws {
        try await TestHouse.with(
            engine: engine, demonstration: true, area: try #require(AreaPrefix(area))
        ) { house, application in
            try await enterPlaces(house)
            let rooms = try Assembly.Rooms(in: house)
            _ = try await Street.person("county", "coordination_officer", area, house, rooms)
            _ = try await Street.person("dispatcher", "street_dispatcher", "330106001", house, rooms)
            _ = try await Street.person("lead", "grid_lead", "330106001001", house, rooms)
            _ = try await Street.person("worker", "grid_worker", grid, house, rooms)
            func token(_ login: String) async throws -> String {
                try await rooms.identity.issueToken(login: login, name: "test", days: 1).secret
            }
            let (officer, dispatcher) = (try await token("county"), try await token("dispatcher"))
            let worker = try await token("worker")
            try await application.test(setup) { client in
                let made = try await client.execute(
                    uri: "/api/v1/channels/sensors/flood/secret", method: .post,
                    headers: [.authorization: "Bearer " + officer])
                let secret = try #require(
                    String(buffer: made.body).firstMatch(of: /"secret":"(whsec_[^"]+)"/),
                    "\(String(buffer: made.body))")
                try await body(
                    County(
                        house: house, rooms: rooms, client: client, officer: officer, dispatcher: dispatcher,
                        worker: worker, flood: try #require(WebhookSecret(String(secret.1)))))
            }
        }
    }

    private static func enterPlaces(_ house: House) async throws {
        let day = Day(number: 0)
        try await house.database.write { transaction in
            try Places.register(
                areas: [
                    Area(code: area, name: "某县", level: .county, parent: nil, validFrom: day, source: "test"),
                    Area(
                        code: "330106001", name: "某街道", level: .street, parent: area, validFrom: day, source: "test"),
                    Area(
                        code: "330106001001", name: "某社区", level: .community, parent: "330106001", validFrom: day,
                        source: "test"),
                ], in: transaction)
            try Places.register(
                grids: [
                    Grid(
                        code: grid, community: "330106001001", name: "第一网格", kind: .base,
                        centre: .init(longitude: inside.longitude, latitude: inside.latitude), validFrom: day)
                ], in: transaction)
        }
    }

    /// The coordination body adopts the lists that ship, so that what goes down has its ground.
    func adoptLists() async throws {
        let officer = try await Street.person("lists", "coordination_officer", Self.area, house, rooms)
        let (mandates, now) = (rooms.mandates, house.clock.now())
        try await house.database.write { _ = try mandates.adoptShipped(by: officer, at: now, in: $0) }
    }

    // MARK: Doors

    struct Reply: Sendable {
        var status: Int
        var text: String
        var location: String?

        var json: [String: Any] {
            get throws {
                try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
            }
        }
        func member(_ name: String) throws -> String? { try json[name] as? String }
        /// What the person is told to do about it.
        var wayOn: String { (try? member("wayOn")) ?? "" }
    }

    func request(
        _ method: HTTPRequest.Method, _ address: String, _ body: [UInt8]? = nil, type: String = "application/json",
        headers: [String: String] = [:]
    ) async throws -> Reply {
        var fields: HTTPFields = [:]
        if body != nil { fields[.contentType] = type }
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let response = try await client.execute(
            uri: address, method: method, headers: fields, body: body.map { ByteBuffer(bytes: $0) })
        return Reply(
            status: response.status.code, text: String(buffer: response.body),
            location: response.headers[.location])
    }

    /// The interface, as a program in somebody's post.
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ value: [String: Any]? = nil, _ token: String, key: String? = nil
    ) async throws -> Reply {
        var headers = ["Authorization": "Bearer " + token]
        headers["Idempotency-Key"] = key
        let body = try value.map { [UInt8](try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys)) }
        return try await request(method, "/api/v1" + path, body, headers: headers)
    }

    /// The resident's page, without an account.
    func page(_ fields: [String: String]) async throws -> Reply {
        let form = QueryParameters(
            fields.merging(["anonymous": "yes"]) { $1 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        return try await request(
            .post, "/report", Array(form.text.utf8), type: "application/x-www-form-urlencoded")
    }

    func open311(_ fields: [String: String]) async throws -> Reply {
        let all = fields.merging(["api_key": officer, "service_code": Self.category]) { old, _ in old }
        let form = QueryParameters(all.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        return try await request(
            .post, "/open311/v2/requests.json", Array(form.text.utf8), type: "application/x-www-form-urlencoded")
    }

    func sensor(_ body: String, id: String) async throws -> Reply {
        let seconds = house.clock.now().milliseconds / 1000
        return try await request(
            .post, "/api/v1/sensors/flood", Array(body.utf8),
            headers: [
                "webhook-id": id, "webhook-timestamp": String(seconds),
                "webhook-signature": flood.signature(id: id, seconds: seconds, body: Array(body.utf8)),
            ])
    }

    /// What a phone's outbox sends.
    func phone(_ entry: [String: Any], key: String) async throws -> Reply {
        try await call(.post, "/day/entries", entry, worker, key: key)
    }

    func hotline(_ rows: [(number: String, title: String, detail: String)]) async throws -> Reply {
        let head =
            "工单编号,工单类型,问题分类,标签,标题,主要内容,工单状态,来电人,电话/账号,被反映区,被反映街乡镇,办理结果,回复内容,受理方式,办结时间,企业名称,是否解决,是否满意,工单性质,村/社区,小区点位"
        let lines = rows.map {
            "\($0.number),投诉,,,\($0.title),\($0.detail),已办结,,,,,已处理,已处理,电话,2026-09-01 10:00:00,,是,满意,主办,,"
        }
        let table = ([head] + lines).joined(separator: "\n")
        return try await call(.post, "/cases/imports", ["orders": Array(table.utf8).base64URL], officer)
    }

    func conflicts() async throws -> [[String: Any]] {
        try #require(
            try await call(.get, "/day/conflicts", nil, worker).json["conflicts"] as? [[String: Any]])
    }

    // MARK: What is stored

    func rows(_ query: SQL) async throws -> [Row] { try await house.database.query(query) }
    func matters() async throws -> Int { try await rows("SELECT id FROM cases").count }
}
