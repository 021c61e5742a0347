import Cases
import Desk
import Foundation
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Channels

@Suite("Sensors") struct SensorTests {
    private static func message(_ level: Int = 32, status: String = "alarm", device: String = "W-17") -> String {
        """
        {"device": {"id": "\(device)", "name": "宝石路下穿"}, "status": "\(status)", "time": "2026-03-02T08:59:00+08:00",
         "reading": {"level": \(level), "limit": 20}, "location": {"longitude": 120.1302, "latitude": 30.2702}}
        """
    }

    /// A county with a secret for the flood gauges, and the secret.
    private static func with(
        _ engine: EngineCase, _ body: @escaping @Sendable (ChannelWorld, WebhookSecret) async throws -> Void
    ) async throws {
        try await ChannelWorld.with(engine) { world in
            let answer = try await world.call(.post, "/channels/sensors/flood/secret", token: try await world.token())
            #expect(answer.status == 201, "\(answer.text)")
            let text = try #require(answer.text.firstMatch(of: /"secret":"(whsec_[^"]+)"/)).1
            try await body(world, try #require(WebhookSecret(String(text))))
        }
    }

    private static func send(
        _ body: String, id: String, _ secret: WebhookSecret, to world: ChannelWorld, source: String = "flood",
        at time: Instant? = nil, signedBody: String? = nil
    ) async throws -> ChannelWorld.Answer {
        let seconds = (time ?? world.clock.now()).milliseconds / 1000
        return try await world.request(
            .post, "/api/v1/sensors/" + source, body, type: "application/json",
            headers: [
                "webhook-id": id, "webhook-timestamp": String(seconds),
                "webhook-signature": secret.signature(
                    id: id, seconds: seconds, body: Array((signedBody ?? body).utf8)),
            ])
    }

    @Test(
        "A signed alarm becomes one matter; more of the same sensor are remarks in it", arguments: EngineCase.available)
    func oneMatter(_ engine: EngineCase) async throws {
        try await Self.with(engine) { world, secret in
            let first = try await Self.send(Self.message(), id: "m1", secret, to: world)
            #expect(first.status == 200 && first.text.contains("\"outcome\":\"raised\""), "\(first.text)")
            let row = try #require(
                try await world.rows("SELECT title, detail, channel, area, category, reported_at FROM cases").first)
            #expect(try row.text(0) == "积水告警：宝石路下穿")
            #expect(try row.text(1) == "水位 32 厘米，告警线 20 厘米。设备 W-17。")
            #expect(try row.text(2) == "sensor" && row.text(3) == ChannelWorld.grid && row.text(4) == "010304")
            #expect(try row.instant(5) == ChannelWorld.start - .minutes(1))
            world.clock.advance(.minutes(10))
            let soon = try await Self.send(Self.message(35), id: "m2", secret, to: world)
            #expect(soon.text.contains("\"outcome\":\"counted\""))
            world.clock.advance(.minutes(25))
            let later = try await Self.send(Self.message(41), id: "m3", secret, to: world)
            #expect(later.text.contains("\"outcome\":\"remarked\"") && later.text.contains("\"messages\":3"))
            #expect(try await world.count("cases") == 1)
            let steps = try await world.rows("SELECT act, opinion FROM case_steps ORDER BY version")
            #expect(try steps.map { try $0.text(0) } == ["report", "remark"])
            #expect(try steps[1].text(1).contains("水位 41 厘米"))
            let other = try await Self.send(Self.message(device: "W-18"), id: "m4", secret, to: world)
            #expect(other.text.contains("\"outcome\":\"raised\""))
            #expect(try await world.count("cases") == 2)
        }
    }

    @Test("When the sensor's matter has ended, the next alarm is a new one; all clear is none")
    func afterTheEnd() async throws {
        try await Self.with(.sqlite) { world, secret in
            _ = try await Self.send(Self.message(), id: "m1", secret, to: world)
            let id: CaseID = try await world.rows("SELECT id FROM cases")[0].identifier(0)
            try await world.act(id, Command("decline", opinion: "已处理", reason: "same-open"))
            let clear = try await Self.send(Self.message(2, status: "normal"), id: "m2", secret, to: world)
            #expect(clear.text.contains("\"outcome\":\"noted\",\"number\":null"))
            let again = try await Self.send(Self.message(), id: "m3", secret, to: world)
            #expect(again.text.contains("\"outcome\":\"raised\""))
            #expect(try await world.count("cases") == 2)
        }
    }

    @Test("A delivery sent again is answered as the first time and does nothing", arguments: EngineCase.available)
    func replay(_ engine: EngineCase) async throws {
        try await Self.with(engine) { world, secret in
            let first = try await Self.send(Self.message(), id: "m1", secret, to: world)
            world.clock.advance(.minutes(2))
            // Once recorded from the line, once signed anew by its sender.
            let recorded = try await Self.send(Self.message(), id: "m1", secret, to: world, at: ChannelWorld.start)
            let anew = try await Self.send(Self.message(), id: "m1", secret, to: world)
            #expect(recorded.status == 200 && recorded.text == first.text && anew.text == first.text)
            #expect(try await world.count("cases") == 1)
            #expect(try await world.rows("SELECT messages FROM channel_sensors")[0].int(0) == 1)
            let forged = try await Self.send(Self.message(99), id: "m1", secret, to: world)
            #expect(forged.status == 422 && forged.text.contains("desk.key-reused"))
        }
    }

    @Test("Wrong signatures, wrong clocks, unknown sources and bad messages are refused with what to do")
    func refusals() async throws {
        try await Self.with(.sqlite) { world, secret in
            let now = world.clock.now()
            func expect(_ answer: ChannelWorld.Answer, _ status: Int, _ code: String) {
                #expect(
                    answer.status == status && answer.text.contains(code), "\(code): \(answer.status) \(answer.text)")
            }
            let body = Self.message()
            expect(try await Self.send(body, id: "a", .made(), to: world), 403, "channels.signature")
            expect(
                try await Self.send(body, id: "a", secret, to: world, signedBody: Self.message(1)), 403,
                "channels.signature")
            expect(
                try await Self.send(body, id: "a", secret, to: world, at: now - .minutes(6)), 403, "channels.clock")
            expect(
                try await Self.send(body, id: "a", secret, to: world, at: now + .minutes(6)), 403, "channels.clock")
            expect(try await Self.send(body, id: "a", secret, to: world, source: "x"), 404, "channels.unknown-source")
            expect(
                try await Self.send(body, id: "a", secret, to: world, source: "manhole"), 403, "channels.no-secret")
            expect(
                try await world.request(.post, "/api/v1/sensors/flood", body, type: "application/json"), 400,
                "channels.header")
            expect(try await Self.send("{", id: "a", secret, to: world), 400, "web.json")
            expect(try await Self.send("[]", id: "a", secret, to: world), 422, "channels.sensor-field")
            expect(
                try await Self.send(#"{"device": {"id": "x"}, "status": {}}"#, id: "a", secret, to: world), 422,
                "channels.sensor-field")
            expect(
                try await Self.send(
                    #"{"pad": ""# + String(repeating: "x", count: 300_000) + "\"}", id: "a", secret, to: world), 413,
                "channels.too-large")
            #expect(try await world.count("cases") == 0)
            #expect(try await world.count("channel_sensors") == 0)
        }
    }

    @Test(
        "An alarm from a place outside the county is no less an alarm: the county finds out where",
        arguments: EngineCase.available)
    func outside(_ engine: EngineCase) async throws {
        try await Self.with(engine) { world, secret in
            let body = Self.message().replacing("120.1302", with: "116.4")
            let answer = try await Self.send(body, id: "far", secret, to: world)
            #expect(answer.status == 200 && answer.text.contains("\"outcome\":\"raised\""), "\(answer.text)")
            let row = try #require(try await world.rows("SELECT area, detail, longitude FROM cases").first)
            #expect(try row.text(0) == ChannelWorld.county)
            #expect(try row.text(1).contains("116.4, 30.2702") && row.text(1).contains("请核实"))
            #expect(row.isNull(2))
        }
    }

    @Test("A new secret leaves the one before good for a day; a revoked one is good for nothing")
    func rotation() async throws {
        try await Self.with(.sqlite) { world, old in
            let token = try await world.token()
            let answer = try await world.call(.post, "/channels/sensors/flood/secret", token: token)
            let text = try #require(answer.text.firstMatch(of: /"secret":"(whsec_[^"]+)"/)).1
            let new = try #require(WebhookSecret(String(text)))
            #expect(try await Self.send(Self.message(), id: "m1", old, to: world).status == 200)
            #expect(try await Self.send(Self.message(), id: "m2", new, to: world).status == 200)
            world.clock.advance(.hours(23))
            #expect(try await Self.send(Self.message(), id: "m3", old, to: world).status == 200)
            world.clock.advance(.hours(2))
            #expect(try await Self.send(Self.message(), id: "m4", old, to: world).status == 403)
            let fresh = try await world.token()
            #expect(try await world.call(.delete, "/channels/sensors/flood/secret", token: fresh).status == 200)
            #expect(try await Self.send(Self.message(), id: "m5", new, to: world).status == 403)
            // Sealed where it lies.
            #expect(try await world.count("channel_secrets") == 0)
        }
    }

    @Test("A secret lies sealed, is shown once, and making one is kept in the ledger")
    func sealing() async throws {
        try await Self.with(.sqlite) { world, secret in
            let sealed = try await world.rows("SELECT sealed FROM channel_secrets")[0].blob(0)
            #expect(!String(decoding: sealed, as: UTF8.self).contains(secret.text.dropFirst(6)))
            #expect(
                try await world.rows("SELECT COUNT(*) FROM ledger_entries WHERE act = 'channels.secret-made'")[0].int(0)
                    == 1)
            let list = try await world.call(.get, "/channels/sensors", token: try await world.token())
            #expect(list.text.contains("\"key\":\"flood\"") && !list.text.contains("whsec"))
            let dispatcher = try await world.call(
                .post, "/channels/sensors/flood/secret", token: try await world.token("dispatcher"))
            #expect(dispatcher.status == 403)
        }
    }

    @Test("Paths into a message find what stands there, and times in any of their forms")
    func paths() throws {
        let value = try JSONDecoder().decode(
            JSONValue.self, from: Data(#"{"a":{"b":[{"v":1.5},{"v":"x"}]},"t":1772413140,"n":null,"f":true}"#.utf8))
        #expect(value["a.b.0.v"]?.number == 1.5 && value["a.b.1.v"]?.words == "x")
        #expect(value["a.b.2.v"] == nil && value["a.c"] == nil && value["n"]?.words == nil && value["a"]?.words == nil)
        #expect(value["f"]?.words == "true" && value["a.b.0.v"]?.words == "1.5")
        #expect(value["t"]?.instant == ChannelWorld.start - .minutes(1))
        #expect(JSONValue.number(1_772_413_140_000).instant == ChannelWorld.start - .minutes(1))
    }

    @Test("A rule file that names no leaf, or the same key twice, is refused with its line")
    func wrongRules() async throws {
        let shipped = try String(contentsOfFile: ChannelWorld.rules.shipped + "/sensors.yaml", encoding: .utf8)
        for (own, words) in [
            (shipped.replacing("\"010304\"", with: "\"0103\""), "no leaf 0103"),
            (shipped.replacing("key: manhole", with: "key: flood"), "stands once"),
            (shipped.replacing("5 minutes", with: "soon"), "no length of time"),
        ] {
            let refusal = await #expect(throws: Refusal.self) {
                try await ChannelWorld.with(.sqlite, own: ["sensors.yaml": own]) { _ in }
            }
            #expect(refusal?.message.english.contains(words) == true, "\(refusal?.message.english ?? "")")
        }
    }
}
