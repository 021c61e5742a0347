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
import Web

@testable import Channels
@testable import gewu

/// What nobody would write, by every door for other systems and phones: no crash, no hang, and never a fault of ours.
/// `GEWU_FUZZ=20000 swift test --filter FuzzTests` for a long run; a failure names the seed and the input.
@Suite("Input that was mangled") struct FuzzTests {
    private static let rounds = Int(ProcessInfo.processInfo.environment["GEWU_FUZZ"] ?? "") ?? 120

    /// Same seed, same input.
    private struct Mangler {
        var random: SplitMix

        struct SplitMix: RandomNumberGenerator {
            var state: UInt64
            mutating func next() -> UInt64 {
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
                return mixed ^ (mixed >> 31)
            }
        }

        static let pieces: [[UInt8]] =
            [
                "null", "true", "-1", "1e999", "-0", "9223372036854775808", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "[]",
                "{}",
                "[[[[[[", "}", "\\", "%", "%00", "%ff", "+", "&&", "=", "\r\n--b\r\n", "; filename=\"\"", "\u{202E}",
                "👩‍👩‍👧",
                "' OR 1=1 --", "<script>", "../../", "2026-02-30T25:61:61Z", "NaN", "Infinity", "0x10", "１２３", "-91",
                "181",
            ].map { Array($0.utf8) } + [
                [0], [0xFF, 0xFE], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            ]

        mutating func mangled(_ input: [UInt8]) -> [UInt8] {
            var bytes = input
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<8, using: &random) {
                case 0 where !bytes.isEmpty: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1 where !bytes.isEmpty: bytes.remove(at: at)
                case 2: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: at)
                case 3: bytes = Array(bytes.prefix(at))
                case 4:
                    // A value for another: between two marks.
                    let end = bytes[at...].firstIndex { [0x2C, 0x7D, 0x26, 0x5D].contains($0) } ?? bytes.count
                    bytes.replaceSubrange(at..<max(at, end), with: Self.pieces.randomElement(using: &random) ?? [])
                case 5:
                    let count = Int.random(in: 1...3_000, using: &random)
                    bytes.insert(contentsOf: repeatElement(bytes.isEmpty ? 0x5B : bytes[at], count: count), at: at)
                case 6 where bytes.count > 1:
                    let other = Int.random(in: 0..<bytes.count, using: &random)
                    bytes += bytes[min(at, other)..<max(at, other)]
                default: bytes.reverse()
                }
            }
            return bytes
        }
    }

    private struct Door: Sendable {
        var name: String
        var body: String
        var send: @Sendable (County, [UInt8], Int) async throws -> County.Reply
    }

    private static func json(_ path: String, as token: @escaping @Sendable (County) -> String)
        -> @Sendable (County, [UInt8], Int) async throws -> County.Reply
    {
        { county, body, _ in
            try await county.request(
                .post, "/api/v1" + path, body,
                headers: ["Authorization": "Bearer " + token(county), "Idempotency-Key": UUID().uuidString])
        }
    }

    private static func form(_ path: String, _ type: String = "application/x-www-form-urlencoded")
        -> @Sendable (County, [UInt8], Int) async throws -> County.Reply
    {
        { county, body, _ in
            try await county.request(
                .post, path, Array("api_key=\(county.officer)&".utf8) + body, type: type,
                headers: ["Accept": "application/json"])
        }
    }

    private static let doors: [Door] = [
        Door(
            name: "phone: report",
            body:
                #"{"kind":"report","detail":"路面有坑","happenedAt":"2026-11-20T08:00:00Z","location":{"longitude":120.15,"latitude":30.27},"category":"010302","area":"330106001001001","address":"某路","photos":[{"name":"a.png","content":"iVBORw0KGgo="}]}"#,
            send: json("/day/entries") { $0.worker }),
        Door(
            name: "phone: act",
            body:
                #"{"kind":"act","act":"remark","matter":"0123456789abcdefghjkmnpqrs","seenVersion":3,"follows":"k","opinion":"好","result":"x","reason":"y"}"#,
            send: json("/day/entries") { $0.worker }),
        Door(
            name: "phone: check, help, refuse",
            body:
                #"{"kind":"help","opinion":"需要支援","check":"0123456789abcdefghjkmnpqrs","body":"0123456789abcdefghjkmnpqrs"}"#,
            send: json("/day/entries") { $0.worker }),
        Door(
            name: "staff: report",
            body:
                #"{"title":"坑","detail":"路面有坑","category":"010302","area":"330106001","address":"某路","location":{"longitude":120.15,"latitude":30.27},"occurredAt":"2026-11-20T08:00:00Z","reporter":{"name":"张三","phone":"13800001234"},"source":"s","sourceNumber":"1"}"#,
            send: json("/cases") { $0.dispatcher }),
        Door(
            name: "hotline file", body: #"{"orders":"5bel5Y2V57yW5Y+3LOW3peWNleexu+Weiwox5oqV6K+J"}"#,
            send: json("/cases/imports") { $0.officer }),
        Door(
            name: "Open311: report",
            body:
                "service_code=010302&lat=30.27&long=120.15&description=pot%20hole&phone=13800001234&attribute%5BDANGER%5D=yes&media_url=https%3A%2F%2Fexample.org%2Fa.jpg&first_name=A",
            send: form("/open311/v2/requests.json")),
        Door(
            name: "Open311: update",
            body:
                "service_request_id=1&update_id=2&status=OPEN&updated_datetime=2026-11-20T08%3A00%3A00Z&description=x",
            send: form("/open311/v2/servicerequestupdates.json")),
        Door(
            name: "Open311: multipart",
            body:
                "--b\r\nContent-Disposition: form-data; name=\"service_code\"\r\n\r\n010302\r\n--b\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\u{89}PNG\r\n--b--\r\n",
            send: { county, body, _ in
                try await county.request(
                    .post, "/open311/v2/requests.xml?api_key=\(county.officer)", body,
                    type: "multipart/form-data; boundary=b")
            }),
        Door(
            name: "sensor",
            body:
                #"{"device":{"id":"W-1","name":"宝石路"},"status":"alarm","time":"2026-11-20T08:00:00Z","reading":{"level":32,"limit":20},"location":{"longitude":120.15,"latitude":30.27}}"#,
            send: { county, body, number in
                let seconds = county.house.clock.now().milliseconds / 1000
                return try await county.request(
                    .post, "/api/v1/sensors/flood", body,
                    headers: [
                        "webhook-id": "f\(number)", "webhook-timestamp": String(seconds),
                        "webhook-signature": county.flood.signature(id: "f\(number)", seconds: seconds, body: body),
                    ])
            }),
        Door(
            name: "resident: report",
            body:
                "anonymous=yes&detail=%E8%B7%AF&area=330106001&latitude=30.27&longitude=120.15&occurredAt=2026-11-20T08:00:00Z",
            send: { county, body, _ in
                try await county.request(.post, "/report", body, type: "application/x-www-form-urlencoded")
            }),
        Door(
            name: "Open311: questions",
            body:
                "start_date=2026-11-01T00:00:00Z&end_date=2026-11-20T00:00:00Z&status=open&service_code=010302&page=1&page_size=5",
            send: { county, body, number in
                // What no client library can send is no question: only what can stand in an address.
                let query = String(decoding: body.filter { (0x21...0x7E).contains($0) && $0 != 0x23 }, as: UTF8.self)
                let path = number.isMultiple(of: 2) ? "requests.xml" : "servicerequestupdates.json"
                return try await county.request(.get, "/open311/v2/\(path)?" + query.replacing("\\", with: "%5C"))
            }),
    ]

    @Test("No door answers with a fault, whatever comes in", arguments: 0..<11)
    func noFault(_ index: Int) async throws {
        let door = Self.doors[index]
        try await County.with(.sqlite, .router) { county in
            for round in 0..<Self.rounds {
                var mangler = Mangler(random: .init(state: UInt64(index) << 32 | UInt64(round)))
                let body = mangler.mangled(Array(door.body.utf8))
                let reply = try await door.send(county, body, round)
                if reply.status >= 500 {
                    Issue.record(
                        "\(door.name), round \(round): \(reply.status) \(reply.text.prefix(300)) for \(String(decoding: body.prefix(400), as: UTF8.self))"
                    )
                    return
                }
            }
            // It still works.
            #expect(try await county.phone(["kind": "report", "detail": "还在"], key: "last").status == 200)
        }
    }

    @Test("Brackets a hundred thousand deep are refused like any other nonsense")
    func deep() async throws {
        try await County.with(.sqlite, .router) { county in
            let deep = Array(String(repeating: "[", count: 100_000).utf8)
            let objects = Array(String(repeating: "{\"a\":", count: 50_000).utf8)
            for body in [deep, objects, deep + Array(String(repeating: "]", count: 100_000).utf8)] {
                for path in ["/day/entries", "/cases", "/cases/imports"] {
                    let reply = try await county.request(
                        .post, "/api/v1" + path, body,
                        headers: ["Authorization": "Bearer " + county.officer, "Idempotency-Key": "k"])
                    #expect((400..<500).contains(reply.status), "\(path): \(reply.text.prefix(200))")
                }
            }
        }
    }
}
