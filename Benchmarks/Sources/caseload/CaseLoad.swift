import Foundation
import Synchronization

/// Closed-loop load on a Gewu server of this machine. Every user waits for an answer before the next request.
///
///   caseload --port 8080 --mode lives|create|read|list --users 50 --seconds 20 --label NAME \
///       --dispatcher TOKEN --handler TOKEN --area 330106001001 --category 010101 --body ID [--spike 10]
///
/// `phones`: every user is a phone that comes back online with `--entries` reports, each with a photo of `--photo`
/// kilobytes, and sends them one after the other, every fifth of them twice. Takes as long as it takes.
/// `lives`: report → accept → dispatch → take → finish → search by number. `--spike N`: after a third of the time N times
/// the users for a third of it, to see what is refused and how soon it is as before.
@main
enum CaseLoad {
    private static let options: [String: String] = {
        var options: [String: String] = [:]
        var words = CommandLine.arguments.dropFirst()
        while let word = words.popFirst() {
            guard word.hasPrefix("--"), let value = words.popFirst() else {
                FileHandle.standardError.write(Data("caseload: unexpected \(word)\n".utf8))
                exit(2)
            }
            options[String(word.dropFirst(2))] = value
        }
        return options
    }()

    private static func option(_ name: String, _ otherwise: String = "") -> String { options[name] ?? otherwise }

    private static let port = UInt16(option("port", "8080")) ?? 8080
    private static let mode = option("mode", "lives")
    private static let users = Int(option("users", "50")) ?? 50
    private static let seconds = Double(option("seconds", "10")) ?? 10
    private static let spike = Int(option("spike", "1")) ?? 1
    private static let dispatcher = option("dispatcher")
    private static let handler = option("handler", dispatcher)
    private static let area = option("area")
    private static let category = option("category")
    private static let body = option("body")
    private static let entries = Int(option("entries", "20")) ?? 20
    private static let photoKilobytes = Int(option("photo", "100")) ?? 100
    private static let run = String(UInt32.random(in: 0...UInt32.max), radix: 36)

    private static let tally = Tally()
    private static let start = ContinuousClock.now
    private static let knownIDs = Mutex<[String]>([])

    private static func elapsed() -> Double {
        let duration = ContinuousClock.now - start
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    private static func member(_ name: String, of json: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: json, as: UTF8.self)
        guard let range = text.range(of: "\"\(name)\":\"") else { return nil }
        return String(text[range.upperBound...].prefix { $0 != "\"" })
    }

    private static func user(_ number: Int, until end: Double) {
        let connection = Connection(port: port)
        var count = 0
        func ask(_ operation: String, _ method: String, _ path: String, _ token: String, _ json: String = "")
            -> ArraySlice<UInt8>?
        {
            let begin = ContinuousClock.now
            let key = method == "POST" ? "\(run)-\(number)-\(count)-\(operation)" : nil
            let answer = connection.send(method, path, token: token, body: json, key: key)
            let took = ContinuousClock.now - begin
            let microseconds = UInt32(
                clamping: took.components.seconds * 1_000_000 + took.components.attoseconds / 1_000_000_000_000)
            tally.add(operation, microseconds, status: answer?.status ?? 0, second: Int(elapsed()))
            guard let answer else {
                usleep(100_000)
                return nil
            }
            if answer.status == 503 { usleep(UInt32.random(in: 500_000...1_500_000)) }
            return (200..<300).contains(answer.status) ? answer.body : nil
        }
        func report() -> (id: String, number: String)? {
            let json = """
                {"title":"小区楼道堆物影响消防通道 \(run)-\(number)-\(count)","detail":"居民反映三号楼二单元楼道长期堆放杂物，消防通道被占用，存在安全隐患，已多次联系物业未果，请网格员核实并尽快协调处理，谢谢。","category":"\(category)","area":"\(area)"}
                """
            guard let answer = ask("create", "POST", "/api/v1/cases", dispatcher, json),
                let id = member("id", of: answer),
                let number = member("number", of: answer)
            else { return nil }
            return (id, number)
        }
        while elapsed() < end {
            count += 1
            switch mode {
            case "create":
                _ = report()
            case "read":
                let id = knownIDs.withLock { $0.randomElement() } ?? ""
                _ = ask("read", "GET", "/api/v1/cases/\(id)", dispatcher)
            case "list":
                let states = ["reported", "accepted", "dispatched", "handling", "verifying", "archived"]
                _ = ask("list", "GET", "/api/v1/cases?state=\(states[count % states.count])&limit=50", dispatcher)
            default:
                guard let (id, number) = report() else { continue }
                let acts = "/api/v1/cases/\(id)/acts"
                guard ask("accept", "POST", acts, dispatcher, "{\"act\":\"accept\"}") != nil,
                    ask("assign", "POST", acts, dispatcher, "{\"act\":\"dispatch\",\"body\":\"\(body)\"}") != nil,
                    ask("take", "POST", acts, handler, "{\"act\":\"sign\",\"reason\":\"own-system\"}") != nil,
                    ask("resolve", "POST", acts, handler, "{\"act\":\"finish\",\"result\":\"已清理\"}") != nil,
                    let found = ask("search", "GET", "/api/v1/cases?number=\(number)", dispatcher),
                    member("id", of: found) == id
                else { continue }
                tally.addLife()
            }
        }
    }

    /// Ends when all of it has arrived: what is refused for now is sent again after a while, as phones do.
    private static func phone(_ number: Int) {
        let connection = Connection(port: port)
        // A head that says JPEG, then noise: what cannot be squeezed.
        var picture: [UInt8] = [0xFF, 0xD8, 0xFF, 0xDA, 0x00, 0x02]
        var noise = SystemRandomNumberGenerator()
        for _ in 0..<photoKilobytes * 128 { withUnsafeBytes(of: noise.next()) { picture += $0 } }
        let photo = Data(picture).base64EncodedString()
        for entry in 0..<entries {
            let json = """
                {"kind":"report","happenedAt":"2026-11-01T08:00:00Z","detail":"巡查发现楼道堆物 \(run)-\(number)-\(entry)","photos":[{"name":"p.jpg","content":"\(photo)"}]}
                """
            var tries = 0
            for repeated in 0..<(entry % 5 == 0 ? 2 : 1) {
                while true {
                    let begin = ContinuousClock.now
                    let answer = connection.send(
                        "POST", "/api/v1/day/entries", token: handler, body: json, key: "\(run)-\(number)-\(entry)")
                    let took = ContinuousClock.now - begin
                    let microseconds = UInt32(
                        clamping: took.components.seconds * 1_000_000
                            + took.components.attoseconds / 1_000_000_000_000)
                    tally.add(
                        repeated == 0 ? "entry" : "again", microseconds, status: answer?.status ?? 0,
                        second: Int(elapsed()))
                    if let answer, (200..<300).contains(answer.status) { break }
                    if let answer, (400..<500).contains(answer.status), answer.status != 429 { break }
                    tries += 1
                    usleep(UInt32.random(in: 200_000...400_000) * UInt32(min(tries, 10)))
                }
            }
        }
    }

    static func main() {
        _ = start
        if mode == "read" {
            let connection = Connection(port: port)
            var after = ""
            for _ in 0..<20 {
                guard
                    let answer = connection.send(
                        "GET", "/api/v1/cases?limit=200" + (after.isEmpty ? "" : "&after=\(after)"), token: dispatcher)
                else { break }
                let text = String(decoding: answer.body, as: UTF8.self)
                knownIDs.withLock { ids in
                    ids += text.components(separatedBy: "{\"id\":\"").dropFirst().map { String($0.prefix(26)) }
                }
                guard let next = member("next", of: answer.body) else { break }
                after = next
            }
        }

        let group = DispatchGroup()
        @Sendable func launch(_ count: Int, until end: Double, from first: Int) {
            for number in 0..<count {
                group.enter()
                let thread = Thread {
                    if mode == "phones" { phone(first + number) } else { user(first + number, until: end) }
                    group.leave()
                }
                thread.stackSize = 1 << 19
                thread.start()
            }
        }
        launch(users, until: seconds, from: 0)
        if spike > 1 {
            usleep(UInt32(seconds / 3 * 1_000_000))
            launch(users * (spike - 1), until: seconds * 2 / 3, from: users)
        }
        group.wait()
        print(tally.json(seconds: elapsed(), label: option("label", mode)))
    }
}
