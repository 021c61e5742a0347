import Cases
import Cipher
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

/// What no form asks for comes in all the same. Through a real server, by every door: nothing is lost, whoever sent it is
/// told what to do, and what contradicts waits where both sides are seen.
@Suite("Bad input") struct BadInputTests {
    private static let picture = Data(
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
            + [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0] + Array("IEND".utf8)
            + [0xAE, 0x42, 0x60, 0x82])
    private static var photo: [String: Any] { ["name": "a.png", "content": picture.base64EncodedString()] }
    private static let long = String(repeating: "河边的灯不亮，", count: 5 * 1024 * 1024 / 21 + 1)

    private static func alarm(_ place: (longitude: Double, latitude: Double)?, name: String = "宝石路下穿") -> String {
        let location = place.map { #","location":{"longitude":\#($0.longitude),"latitude":\#($0.latitude)}"# } ?? ""
        return
            #"{"device":{"id":"W-1","name":"\#(name)"},"status":"alarm","reading":{"level":32,"limit":20}\#(location)}"#
    }

    // MARK: Places

    @Test("A matter with no place is the county's, the post's or the grid's; a client of Open311 is asked for one")
    func noPlace() async throws {
        try await County.with { county in
            #expect(try await county.page(["detail": "路面有坑一"]).status == 303)
            #expect(try await county.call(.post, "/cases", ["detail": "路面有坑二"], county.dispatcher).status == 201)
            #expect(try await county.sensor(Self.alarm(nil), id: "1").status == 200)
            #expect(try await county.phone(["kind": "report", "detail": "路面有坑三"], key: "1").status == 200)
            #expect(try await county.hotline([("H1", "路面有坑四", "没有写在哪里")]).json["created"] as? Int == 1)
            let found = try await county.rows("SELECT channel, area FROM cases ORDER BY id")
            let areas = Dictionary(
                try found.map { (try $0.text(0), try $0.text(1)) }, uniquingKeysWith: { "\($0)+\($1)" })
            #expect(areas["resident"] == County.area && areas["sensor"] == County.area)
            #expect(areas["program"] == "330106001+" + County.grid)
            let told = try await county.open311(["description": "路面有坑五"])
            #expect(told.status == 400 && told.text.contains("open311.no-place"))
            #expect(told.text.contains("address_string"))
        }
    }

    @Test(
        "A place outside the county is told at the field, kept for its writer, or noted with the alarm",
        arguments: EngineCase.available)
    func outside(_ engine: EngineCase) async throws {
        try await County.with(engine) { county in
            let (x, y) = County.outside
            let place: [String: Any] = ["longitude": x, "latitude": y]
            let page = try await county.page(["detail": "桥下积水一", "longitude": "\(x)", "latitude": "\(y)"])
            #expect(page.status == 422 && page.text.contains("桥下积水一"))
            // The wrong place is not kept in a field that nobody sees.
            #expect(!page.text.contains("\(x)"))
            #expect(page.text.contains("id=\"longitude-error\"") && page.text.contains("请去掉位置"))
            let sent = try await county.call(
                .post, "/cases", ["detail": "桥下积水二", "location": place], county.dispatcher)
            #expect(sent.status == 422, "\(sent.text)")
            #expect(try sent.member("code") == "cases.place-outside" && sent.wayOn.contains("12345"))
            let told = try await county.open311(["description": "桥下积水三", "lat": "\(y)", "long": "\(x)"])
            #expect(told.status == 400 && told.text.contains("channels.elsewhere"))
            #expect(try await county.matters() == 0)
            // A gauge cannot correct itself.
            #expect(try await county.sensor(Self.alarm((x, y)), id: "1").text.contains("raised"))
            #expect(try await county.rows("SELECT detail FROM cases")[0].text(0).contains("\(x), \(y)"))
            // A phone has thrown its entry away by the time somebody reads the answer: the server keeps it.
            let kept = try await county.phone(["kind": "report", "detail": "桥下积水四", "location": place], key: "1")
            #expect(kept.status == 200)
            #expect(try kept.member("outcome") == "kept" && kept.member("code") == "day.place-outside")
            #expect(kept.wayOn.contains("去掉定位"))
            let conflict = try #require(try await county.conflicts().first)
            #expect((conflict["phone"] as? [String: Any])?["detail"] as? String == "桥下积水四")
            let id = try #require(conflict["id"] as? String)
            let done = try await county.call(
                .post, "/day/conflicts/\(id)", ["decision": "apply", "withoutPlace": true], county.worker)
            #expect(try done.member("outcome") == "done")
            #expect(try await county.conflicts().isEmpty)
            let stored = try await county.rows("SELECT area, longitude FROM cases WHERE detail = \("桥下积水四")")
            #expect(try stored.map { try $0.text(0) } == [County.grid])
        }
    }

    // MARK: Size

    @Test("Five megabytes of text are refused with the limit, come back whole, and lose no other row")
    func length() async throws {
        // On the router itself: the test client of a real line gives up after twenty seconds of a busy machine.
        try await County.with(.sqlite, .router) { county in
            let page = try await county.page(["detail": Self.long, "address": "长堤 3 号"])
            #expect(page.status == 422 && page.text.contains(Self.long) && page.text.contains("长堤 3 号"))
            #expect(page.text.contains("id=\"detail-error\""))
            let sent = try await county.call(.post, "/cases", ["detail": Self.long], county.dispatcher)
            #expect(try sent.status == 422 && sent.member("code") == "cases.detail-too-long")
            #expect(sent.text.utf8.count < 4_000 && !sent.wayOn.isEmpty)
            let told = try await county.open311(
                ["description": Self.long, "lat": "\(County.inside.latitude)", "long": "\(County.inside.longitude)"])
            #expect(told.status == 400 && told.text.contains("10000"))
            let sensor = try await county.sensor(Self.alarm(nil, name: Self.long), id: "1")
            #expect(sensor.status == 413 && !sensor.wayOn.isEmpty)
            let table = try await county.hotline([
                ("L1", "灯不亮", "三号楼前"), ("L2", "灯不亮", Self.long), ("L3", "灯不亮", "四号楼前"),
            ])
            #expect(try table.json["created"] as? Int == 2 && table.json["rejected"] as? Int == 1)
            // The reader of tables has a limit of its own for a cell; which row it was is what counts.
            #expect(table.text.contains("\"row\":3"), "\(table.text.prefix(2_000))")
            let before = try await county.matters()
            let kept = try await county.phone(["kind": "report", "detail": Self.long], key: "1")
            #expect(try kept.member("outcome") == "kept" && kept.member("code") == "cases.detail-too-long")
            let conflict = try #require(try await county.conflicts().first)
            // Not a letter is missing.
            #expect((conflict["phone"] as? [String: Any])?["detail"] as? String == Self.long)
            let id = try #require(conflict["id"] as? String)
            let done = try await county.call(
                .post, "/day/conflicts/\(id)", ["decision": "apply", "detail": "河边的灯不亮，整条路"], county.worker)
            #expect(try done.member("outcome") == "done")
            #expect(try await county.matters() == before + 1)
        }
    }

    @Test("Emoji alone is a title like any other: it is listed, found as similar to nothing, and exported")
    func emoji() async throws {
        try await County.with { county in
            let words = "🕳️🚧👨‍👩‍👧‍👦🇨🇳"
            #expect(try await county.page(["detail": words]).status == 303)
            let sent = try await county.call(
                .post, "/cases", ["title": words, "detail": words], county.dispatcher)
            #expect(sent.status == 201)
            #expect(try await county.phone(["kind": "report", "detail": words], key: "1").status == 200)
            #expect(try await county.sensor(Self.alarm(nil, name: words), id: "1").status == 200)
            #expect(try await county.hotline([("E1", words, words)]).json["created"] as? Int == 1)
            let (y, x) = ("\(County.inside.latitude)", "\(County.inside.longitude)")
            #expect(try await county.open311(["description": words, "lat": y, "long": x]).status == 201)
            let titles = try await county.rows("SELECT title FROM cases").map { try $0.text(0) }
            #expect(titles.count == 6 && titles.filter { $0 == words }.count == 4, "\(titles)")
            let id = try #require(try sent.member("id"))
            for path in ["/cases?limit=50", "/cases/\(id)", "/cases/\(id)/steps", "/day"] {
                let token = path == "/day" ? county.worker : county.dispatcher
                #expect(try await county.call(.get, path, nil, token).status == 200, "\(path)")
            }
            #expect(try await county.request(.get, "/open311/v2/requests.xml").status == 200)
        }
    }

    @Test(
        "Two hundred photos: a phone brings all of them, whoever sends at once is told how many",
        arguments: EngineCase.available)
    func photos(_ engine: EngineCase) async throws {
        try await County.with(engine) { county in
            let photos = Array(repeating: Self.photo, count: 200)
            let sent = try await county.call(
                .post, "/cases", ["detail": "墙面开裂", "photos": photos], county.dispatcher)
            #expect(try sent.status == 422 && sent.member("code") == "cases.too-many-photos")
            #expect(sent.wayOn.contains("几张"))
            var form: [UInt8] = []
            func part(_ head: String, _ bytes: [UInt8]) {
                form += Array("--b\r\nContent-Disposition: form-data; \(head)\r\n\r\n".utf8) + bytes + [13, 10]
            }
            part("name=\"detail\"", Array("墙面开裂了".utf8))
            part("name=\"anonymous\"", Array("yes".utf8))
            for _ in 0..<200 { part("name=\"photos\"; filename=\"a.png\"", Array(Self.picture)) }
            let type = "multipart/form-data; boundary=b"
            let page = try await county.request(.post, "/report", form + Array("--b--\r\n".utf8), type: type)
            #expect(page.status == 422 && page.text.contains("墙面开裂了") && page.text.contains("id=\"photos-error\""))
            part("name=\"api_key\"", Array(county.officer.utf8))
            part("name=\"service_code\"", Array(County.category.utf8))
            part("name=\"address_string\"", Array("某社区".utf8))
            part("name=\"description\"", Array("墙面开裂了".utf8))
            let told = try await county.request(
                .post, "/open311/v2/requests.json", form + Array("--b--\r\n".utf8), type: type)
            #expect(told.status == 400 && told.text.contains("cases.too-many-photos"))
            #expect(try await county.matters() == 0)
            let phone = try await county.phone(["kind": "report", "detail": "墙面开裂", "photos": photos], key: "1")
            #expect(try phone.member("outcome") == "done", "\(phone.text)")
            #expect(try await county.rows("SELECT photo_count FROM cases")[0].int(0) == 200)
            #expect(try await county.matters() == 1)
            let again = try await county.phone(["kind": "report", "detail": "墙面开裂", "photos": photos], key: "1")
            #expect(try again.member("id") == phone.member("id"))
            #expect(try await county.rows("SELECT photo_count FROM cases")[0].int(0) == 200)
        }
    }

    // MARK: Again, and out of order

    @Test(
        "A replayed message of a sensor is answered as the first time, at once and from many lines",
        arguments: EngineCase.available)
    func replayed(_ engine: EngineCase) async throws {
        try await County.with(engine, .router) { county in
            let body = Self.alarm(County.inside)
            let answers = try await withThrowingTaskGroup(of: County.Reply.self) { group in
                for _ in 0..<8 { group.addTask { try await county.sensor(body, id: "same") } }
                return try await group.reduce(into: [County.Reply]()) { $0.append($1) }
            }
            #expect(Set(answers.map(\.status)) == [200] && Set(answers.map(\.text)).count == 1)
            #expect(try await county.matters() == 1)
            // Recorded on the line and sent with other words: the signature does not fit.
            let seconds = county.house.clock.now().milliseconds / 1000
            let forged = try await county.request(
                .post, "/api/v1/sensors/flood", Array(Self.alarm(nil).utf8),
                headers: [
                    "webhook-id": "other", "webhook-timestamp": String(seconds),
                    "webhook-signature": county.flood.signature(id: "same", seconds: seconds, body: Array(body.utf8)),
                ])
            #expect(forged.status == 403 && !forged.wayOn.isEmpty)
            // Recorded and sent an hour later.
            let old = seconds - 3_600
            let late = try await county.request(
                .post, "/api/v1/sensors/flood", Array(body.utf8),
                headers: [
                    "webhook-id": "late", "webhook-timestamp": String(old),
                    "webhook-signature": county.flood.signature(id: "late", seconds: old, body: Array(body.utf8)),
                ])
            #expect(try late.status == 403 && late.member("code") == "channels.clock" && !late.wayOn.isEmpty)
            #expect(try await county.matters() == 1)
        }
    }

    @Test(
        "A photo that overtakes its report waits for it; a step on what went on meanwhile lies beside what stands",
        arguments: EngineCase.available)
    func outOfOrder(_ engine: EngineCase) async throws {
        try await County.with(engine) { county in
            let early = try await county.phone(
                ["kind": "act", "act": "remark", "opinion": "补充：已放警示桩", "follows": "r1"], key: "r2")
            #expect(try early.member("outcome") == "waiting")
            let at = (county.house.clock.now() - .hours(2)).iso8601
            let report = try await county.phone(
                ["kind": "report", "detail": "路面塌陷", "happenedAt": at], key: "r1")
            #expect(try report.member("outcome") == "done" && report.member("happenedAt") == at)
            #expect(try report.member("receivedAt") != at)
            let id = try #require(try report.member("matter"))
            let steps = try await county.rows(
                "SELECT act, opinion FROM case_steps WHERE case_id = \(id) ORDER BY version")
            #expect(try steps.map { try $0.text(0) } == ["report", "remark"])

            // The street goes on with it while the phone is without a network.
            let seen = try await county.call(.get, "/cases/\(id)", nil, county.dispatcher).json["version"] as? Int ?? 0
            let accepted = try await county.call(
                .post, "/cases/\(id)/acts",
                ["act": "accept", "category": County.category, "area": County.grid], county.dispatcher)
            #expect(accepted.status == 200, "\(accepted.text)")
            let late = try await county.phone(
                ["kind": "act", "act": "sign", "matter": id, "seenVersion": seen, "opinion": "已自行处理"], key: "r3")
            #expect(try late.member("outcome") == "kept", "\(late.text)")
            let conflict = try #require(try await county.conflicts().first)
            let phone = try #require(conflict["phone"] as? [String: Any])
            #expect(phone["opinion"] as? String == "已自行处理" && phone["seenVersion"] as? Int == seen)
            let stands = try #require(conflict["stands"] as? [String: Any])
            let since = try #require(stands["since"] as? [[String: Any]])
            #expect(since.contains { ($0["what"] as? String)?.isEmpty == false && ($0["at"] as? String) != nil })
            let kept = try #require(conflict["id"] as? String)
            let decided = try await county.call(
                .post, "/day/conflicts/\(kept)", ["decision": "remark"], county.worker)
            #expect(try decided.member("outcome") == "done", "\(decided.text)")
            let words = try await county.rows(
                "SELECT opinion FROM case_steps WHERE case_id = \(id) AND act = 'remark' ORDER BY version")
            #expect(try words.last?.text(0) == "已自行处理")
        }
    }

    // MARK: A category that is gone

    @Test(
        "A category that was deleted while a phone was offline: the entry waits for another, and old matters are read",
        arguments: EngineCase.available)
    func deletedCategory(_ engine: EngineCase) async throws {
        try await County.with(engine) { county in
            let place = ["lat": "\(County.inside.latitude)", "long": "\(County.inside.longitude)"]
            let gone = "010303"
            let old = try await county.open311(place.merging(["description": "旧事项", "service_code": gone]) { $1 })
            #expect(old.status == 201, "\(old.text)")
            try await Self.withoutCategory(gone, county) { changed in
                let entry: [String: Any] = ["kind": "report", "detail": "离线时写的", "category": gone]
                let kept = try await changed.phone(entry, key: "1")
                #expect(try kept.member("outcome") == "kept" && kept.member("code") == "cases.unknown-category")
                #expect(try kept.member("detail")?.contains(gone) == true)
                let conflict = try #require(try await changed.conflicts().first)
                #expect((conflict["phone"] as? [String: Any])?["category"] as? String == gone)
                #expect((conflict["phone"] as? [String: Any])?["detail"] as? String == "离线时写的")
                let id = try #require(conflict["id"] as? String)
                let same = try await changed.call(
                    .post, "/day/conflicts/\(id)", ["decision": "apply"], changed.worker)
                #expect(try same.status == 422 && same.member("code") == "cases.unknown-category")
                #expect(try await changed.conflicts().count == 1)
                let done = try await changed.call(
                    .post, "/day/conflicts/\(id)", ["decision": "apply", "category": County.category], changed.worker)
                #expect(try done.member("outcome") == "done")
                let stored = try await changed.rows("SELECT category FROM cases WHERE detail = \("离线时写的")")
                #expect(try stored.map { try $0.text(0) } == [County.category])

                let refused = try await changed.open311(place.merging(["service_code": gone]) { $1 })
                #expect(refused.status == 400 && refused.text.contains("services"))
                let sent = try await changed.call(
                    .post, "/cases", ["detail": "有类别", "category": gone], changed.dispatcher)
                #expect(try sent.status == 422 && sent.member("code") == "cases.unknown-category")
                // What was reported under it is still read everywhere.
                let row = try #require(try await changed.rows("SELECT id FROM cases WHERE category = \(gone)").first)
                let matter = try row.text(0)
                for (path, token) in [
                    ("/cases/\(matter)", changed.dispatcher), ("/cases?limit=50", changed.dispatcher),
                ] {
                    #expect(try await changed.call(.get, path, nil, token).status == 200)
                }
                #expect(try await changed.request(.get, "/open311/v2/requests.xml").status == 200)
            }
        }
    }

    /// The same database behind a server that was started with a file of categories from which one is gone.
    private static func withoutCategory(
        _ code: String, _ county: County, _ body: @escaping @Sendable (County) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let shipped = try county.house.rules.file("categories.yaml").text
        var lines = shipped.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.contains("- code: \"\(code)\"") })
        let end = try #require(lines[(start + 1)...].firstIndex { $0.contains("- code:") })
        lines.removeSubrange(start..<end)
        try lines.joined(separator: "\n").write(
            to: folder.appendingPathComponent("categories.yaml"), atomically: true, encoding: .utf8)
        let old = county.house
        let house = House(
            database: old.database, clock: old.clock, identifiers: old.identifiers, keys: old.keys,
            rules: RuleFiles(shipped: old.rules.shipped, own: folder.path), assets: old.assets, settings: old.settings)
        let rooms = try Assembly.Rooms(in: house)
        let application = try buildApplication(house: house, settings: ServerSettings(), logger: .silent)
        // Without its services: the first server closes the database.
        try await application.test(.router) { client in
            try await body(
                County(
                    house: house, rooms: rooms, client: client, officer: county.officer,
                    dispatcher: county.dispatcher, worker: county.worker, flood: county.flood))
        }
    }
}
