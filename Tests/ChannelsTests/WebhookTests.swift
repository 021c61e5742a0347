import Cases
import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Ledger
import Logging
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import Channels

/// A destination that keeps what it was told, and fails when it is told to.
final class Recorder: WebhookSending {
    private let state = Mutex<(told: [OutgoingMessage], failing: Bool, onSend: (@Sendable () -> Void)?)>(
        ([], false, nil))

    var told: [OutgoingMessage] { state.withLock { $0.told } }
    func fail(_ failing: Bool) { state.withLock { $0.failing = failing } }

    func send(_ message: OutgoingMessage, to url: WebhookURL) async throws -> Int {
        state.withLock { state in
            if !state.failing { state.told.append(message) }
            return state.failing ? 503 : 204
        }
    }
}

@Suite("Webhooks") struct WebhookTests {
    private static func with(
        _ engine: EngineCase, acts: String = "[]", area: String = "",
        _ body: @escaping @Sendable (ChannelWorld, Recorder, WebhookTelling, WebhookSecret) async throws -> Void
    ) async throws {
        try await ChannelWorld.with(engine) { world in
            let answer = try await world.call(
                .post, "/channels/destinations",
                #"{"name": "市平台", "url": "https://example.org/hook?a=1", "area": "\#(area)", "acts": \#(acts)}"#,
                token: try await world.token())
            #expect(answer.status == 201, "\(answer.text)")
            let secret = try #require(answer.text.firstMatch(of: /"secret":"(whsec_[^"]+)"/)).1
            let recorder = Recorder()
            let telling = WebhookTelling(
                house: world.house, cases: world.cases, rules: world.channels.webhookRules, sender: recorder)
            try await body(world, recorder, telling, try #require(WebhookSecret(String(secret))))
        }
    }

    private static func types(_ messages: [OutgoingMessage]) throws -> [String] {
        try messages.map { message in
            let object = try JSONSerialization.jsonObject(with: Data(message.body)) as? [String: Any]
            return try #require(object?["type"] as? String)
        }
    }

    @Test(
        "What happens to a matter is told in order, signed, and without anything personal",
        arguments: EngineCase.available)
    func telling(_ engine: EngineCase) async throws {
        try await Self.with(engine) { world, recorder, telling, secret in
            let record = try await world.matter()
            try await world.act(
                record.id,
                Command("accept", opinion: "请张三联系", category: ChannelWorld.service, area: record.area))
            try await telling.run()
            #expect(recorder.told.isEmpty, "what is not sealed yet is not told")
            try await world.seal()
            try await telling.run()
            try await telling.run()
            #expect(try Self.types(recorder.told) == ["cases.report", "cases.accept"])
            for message in recorder.told {
                #expect(
                    message.signature
                        == secret.signature(id: message.id, seconds: message.seconds, body: message.body))
                let text = String(decoding: message.body, as: UTF8.self)
                #expect(text.contains(record.number) && text.contains(ChannelWorld.community))
                for personal in ["张三", "1990000", "有坑", "幸福里", "dispatcher", "opinion", "\"text\""] {
                    #expect(!text.contains(personal), "\(text)")
                }
            }
            let body = String(decoding: recorder.told[1].body, as: UTF8.self)
            #expect(body.contains(#""from":"reported","to":"accepted","version":2"#), "\(body)")
        }
    }

    @Test("Only the events and the area that were asked for are told")
    func filters() async throws {
        try await Self.with(.sqlite, acts: #"["cases.report"]"#, area: ChannelWorld.street) {
            world, recorder, telling, _ in
            let record = try await world.matter()
            try await world.act(
                record.id, Command("accept", opinion: "好", category: ChannelWorld.service, area: record.area))
            let now = world.clock.now()
            let far = Report(detail: "县里别处的事", category: ChannelWorld.service, channel: .resident)
            let officer = world.officer
            try await world.house.database.write { [cases = world.cases] in
                _ = try cases.report(far, by: Actor(officer), scope: officer, at: now, in: $0)
            }
            try await world.seal()
            try await telling.run()
            #expect(try Self.types(recorder.told) == ["cases.report"])
            #expect(String(decoding: recorder.told[0].body, as: UTF8.self).contains(record.number))
        }
    }

    @Test(
        "A failure is tried again later and later; then it is paused, and nothing was lost",
        arguments: EngineCase.available)
    func retrying(_ engine: EngineCase) async throws {
        try await Self.with(engine) { world, recorder, telling, _ in
            recorder.fail(true)
            _ = try await world.matter()
            try await world.seal()
            try await telling.run()
            func stored() async throws -> (state: String, failures: Int64, next: Instant, failure: String?) {
                let row = try await world.rows("SELECT state, failures, next_at, failure FROM channel_destinations")[0]
                return (try row.text(0), try row.int(1), try row.instant(2), try row.textIfAny(3))
            }
            var known = try await stored()
            #expect(known.failures == 1 && known.failure == "HTTP 503")
            #expect(known.next == world.clock.now() + .seconds(10))
            // Before its time nothing is tried.
            try await telling.run()
            #expect(try await stored().failures == 1)
            var waited: [Int64] = []
            while known.state == "active" {
                waited.append((known.next - world.clock.now()).milliseconds / 1000)
                world.clock.set(known.next)
                try await telling.run()
                known = try await stored()
            }
            #expect(known.failures == world.channels.webhookRules.giveUpAfter)
            #expect(waited == [10, 60, 300, 900, 3600, 10_800] + [Int64](repeating: 21_600, count: 8))
            #expect(
                try await world.rows("SELECT COUNT(*) FROM notices WHERE kind = 'channels.destination-paused'")[0].int(
                    0)
                    == 1)
            recorder.fail(false)
            try await telling.run()
            #expect(recorder.told.isEmpty)
            let second = try await world.matter()
            try await world.seal()
            let id = try await world.rows("SELECT id FROM channel_destinations")[0].text(0)
            let resumed = try await world.call(
                .post, "/channels/destinations/\(id)/state", #"{"state": "active"}"#, token: try await world.token())
            #expect(resumed.status == 200, "\(resumed.text)")
            try await telling.run()
            #expect(recorder.told.count == 2)
            #expect(String(decoding: recorder.told[1].body, as: UTF8.self).contains(second.number))
            #expect(try await stored().failures == 0)
        }
    }

    @Test("Two servers that run at once tell each event once", arguments: EngineCase.available)
    func twoServers(_ engine: EngineCase) async throws {
        try await Self.with(engine) { world, recorder, telling, _ in
            for _ in 0..<20 { _ = try await world.matter() }
            try await world.seal()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await telling.run() } }
                try await group.waitForAll()
            }
            #expect(recorder.told.count == 20 && Set(recorder.told.map(\.id)).count == 20)
            #expect(recorder.told.map(\.id) == recorder.told.map(\.id).sorted())
        }
    }

    @Test("Addresses of one's own network, plain http and what is no address are refused")
    func addresses() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let token = try await world.token()
            for (url, code) in [
                ("https://10.1.2.3/x", "channels.private-address"), ("https://127.0.0.1/", "channels.private-address"),
                ("https://[::1]/", "channels.private-address"),
                ("https://169.254.169.254/", "channels.private-address"),
                ("https://[::ffff:192.168.1.1]/", "channels.private-address"), ("http://example.org/", "channels.url"),
                ("ftp://example.org/", "channels.url"), ("https://u:p@example.org/", "channels.url"),
                ("https://", "channels.url"), ("nonsense", "channels.url"), ("https://example.org/#x", "channels.url"),
            ] {
                let answer = try await world.call(
                    .post, "/channels/destinations", #"{"name": "x", "url": "\#(url)"}"#, token: token)
                #expect(answer.status == 422 && answer.text.contains(code), "\(url): \(answer.text)")
            }
            let act = try await world.call(
                .post, "/channels/destinations",
                #"{"name": "x", "url": "https://example.org", "acts": ["cases.reveal-reporter"]}"#, token: token)
            #expect(act.status == 422 && act.text.contains("channels.unknown-act"))
        }
    }

    @Test("Which addresses are nobody's on the open Internet")
    func ranges() throws {
        let rules = WebhookRules(
            allowsPlainHTTP: false, allowed: [try #require(NetworkRange("10.20.0.0/16", parse: WebhookRules.bytes))],
            timeout: .seconds(1), pauses: [.seconds(1)], giveUpAfter: 1)
        for (text, isAllowed) in [
            ("10.20.1.1", true), ("10.21.1.1", false), ("172.16.0.1", false), ("172.15.0.1", true),
            ("192.168.0.1", false), ("100.64.0.1", false), ("0.0.0.0", false), ("224.0.0.1", false),
            ("255.255.255.255", false), ("8.8.8.8", true), ("::1", false), ("::", false), ("fe80::1", false),
            ("fc00::1", false), ("fd12::1", false), ("ff02::1", false), ("2001:db8::1", false),
            ("2400:3200::1", true), ("::ffff:10.20.0.1", true), ("::ffff:127.0.0.1", false),
            ("64:ff9b::7f00:1", false), ("2002:7f00:1::", false),
        ] {
            let address = try #require(WebhookRules.bytes(of: text).flatMap { NetworkAddress(bytes: $0) })
            #expect(rules.mayReach(address) == isAllowed, "\(text)")
        }
        #expect(NetworkRange("10.0.0.0/33", parse: WebhookRules.bytes) == nil)
        #expect(NetworkRange("office", parse: WebhookRules.bytes) == nil)
    }

    @Test("Over a real line: what is sent arrives as signed; a name that leads home is refused; silence ends in time")
    func overTheLine() async throws {
        let received = Mutex<[(String, String, String)]>([])
        let router = Router()
        router.post("/hook") { request, _ in
            let body = try await request.body.collect(upTo: 100_000)
            received.withLock { received in
                received.append(
                    (
                        request.headers[.webhookID] ?? "", request.headers[.webhookSignature] ?? "",
                        String(buffer: body)
                    ))
            }
            return HTTPResponse.Status.accepted
        }
        router.post("/silent") { _, _ -> HTTPResponse.Status in
            try await Task.sleep(for: .seconds(5))
            return .ok
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await Application(router: router, logger: logger).test(.live) { client in
            let port = try #require(client.port)
            let loopback = try #require(NetworkRange("127.0.0.0/8", parse: WebhookRules.bytes))
            let six = try #require(NetworkRange("::1", parse: WebhookRules.bytes))
            var rules = WebhookRules(
                allowsPlainHTTP: true, allowed: [loopback, six], timeout: .seconds(1), pauses: [.seconds(1)],
                giveUpAfter: 1)
            let secret = WebhookSecret.made()
            let body = Array(#"{"type":"cases.report"}"#.utf8)
            let message = OutgoingMessage(
                id: "evt_1", seconds: 1_772_413_140,
                signature: secret.signature(id: "evt_1", seconds: 1_772_413_140, body: body),
                body: body)
            func url(_ path: String, host: String = "127.0.0.1") throws -> WebhookURL {
                try WebhookURL("http://\(host):\(port)\(path)", allowsPlainHTTP: true)
            }
            let hook = try url("/hook")
            #expect(try await NetworkSender(rules: rules).send(message, to: hook) == 202)
            let told = received.withLock { $0 }
            #expect(told.count == 1 && told[0] == ("evt_1", message.signature, #"{"type":"cases.report"}"#))
            #expect(try await NetworkSender(rules: rules).send(message, to: url("/nothing")) == 404)
            let silent = try url("/silent")
            await #expect(throws: SendingFailure.timeout) {
                try await NetworkSender(rules: rules).send(message, to: silent)
            }
            rules.allowed = []
            let home = try url("/hook", host: "localhost")
            for target in [hook, home] {
                let error = await #expect(throws: SendingFailure.self) {
                    try await NetworkSender(rules: rules).send(message, to: target)
                }
                #expect(error?.description.contains("not public") == true)
            }
            #expect(received.withLock { $0.count } == 1)
        }
    }
}
