import Cases
import Desk
import Foundation
import FoundationXML
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Channels

@Suite("Open311") struct Open311Tests {
    private static let xml = "text/xml; charset=utf-8"
    private static let json = "application/json; charset=utf-8"

    private static func report(_ changes: [String: String] = [:], token: String) -> [String: String] {
        [
            "api_key": token, "service_code": ChannelWorld.service, "lat": "30.2701", "long": "120.1301",
            "description": "井盖松动，车过有响声",
        ].merging(changes) { $1 }
    }

    private static func object(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    @Test("Discovery, services and their attributes come in both forms with the exact content types")
    func reading() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            for (path, root) in [
                ("/open311/v2/discovery", "<discovery>"), ("/open311/discovery", "<discovery>"),
                ("/open311/v2/services", "<services><service><service_code>"),
                ("/open311/v2/services/010302", "<service_definition><service_code>010302</service_code>"),
                ("/open311/v2/requests", "<service_requests>"),
            ] {
                let xml = try await world.get(path + ".xml")
                #expect(xml.status == 200 && xml.type == Self.xml, "\(path)")
                #expect(xml.text.hasPrefix("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + root), "\(path)")
                #expect(XMLParser(data: Data(xml.text.utf8)).parse(), "\(path)")
                let json = try await world.get(path + ".json")
                #expect(json.status == 200 && json.type == Self.json, "\(path)")
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.text.utf8)) }
            }
            let services = try Self.object(try await world.get("/open311/v2/services.json").text)
            let codes = services.compactMap { $0["service_code"] as? String }
            #expect(codes.contains("010302"))
            #expect(!codes.contains { $0.hasPrefix("02") || $0.hasPrefix("08") })
            #expect(services.allSatisfy { $0["metadata"] as? Bool == true && $0["type"] as? String == "realtime" })
        }
    }

    @Test(
        "A report becomes a matter with number, place, words, attributes and photo address",
        arguments: EngineCase.available)
    func reporting(_ engine: EngineCase) async throws {
        try await ChannelWorld.with(engine) { world in
            let token = try await world.token()
            let answer = try await world.report(
                Self.report(
                    [
                        "attribute[DANGER]": "yes", "attribute[PLACE]": "3 幢门口",
                        "media_url": "https://example.org/a.jpg",
                        "first_name": "三", "last_name": "张", "phone": "19900001234",
                        "address_string": "幸福里 3 幢",
                    ], token: token))
            #expect(answer.status == 201 && answer.type == Self.json)
            let number = try #require(try Self.object(answer.text).first?["service_request_id"] as? String)
            let row = try #require(
                try await world.rows(
                    """
                    SELECT number, area, detail, channel, category, phone_masked, name_masked, address, latitude
                    FROM cases
                    """
                ).first)
            #expect(try row.text(0) == number)
            #expect(try row.text(1) == ChannelWorld.grid)
            #expect(
                try row.text(2) == """
                    井盖松动，车过有响声
                    具体位置（楼栋、门店、路段）：3 幢门口
                    是否有人身危险：是
                    照片：https://example.org/a.jpg
                    """)
            #expect(try row.text(3) == "open311")
            #expect(try row.text(4) == ChannelWorld.service)
            #expect(try row.text(5) == "199****1234")
            #expect(try row.text(6) == "张*")
            #expect(try row.text(7) == "幸福里 3 幢")
            #expect(try row.double(8) == 30.2701)
            let token2 = try await world.get("/open311/v2/tokens/\(number).xml")
            #expect(token2.text.contains("<service_request_id>\(number)</service_request_id>"))
        }
    }

    @Test("Sent again with the same key it is answered as the first time", arguments: EngineCase.available)
    func idempotency(_ engine: EngineCase) async throws {
        try await ChannelWorld.with(engine) { world in
            let token = try await world.token()
            let first = try await world.report(Self.report(token: token), headers: ["Idempotency-Key": "k1"])
            let again = try await world.report(Self.report(token: token), headers: ["Idempotency-Key": "k1"])
            #expect(first.status == 201 && again.status == 201 && first.text == again.text)
            #expect(try await world.count("cases") == 1)
            let other = try await world.report(
                Self.report(["description": "另一件"], token: token), headers: ["Idempotency-Key": "k1"])
            #expect(other.status == 400 && other.text.contains("desk.key-reused"))
            _ = try await world.report(Self.report(token: token))
            #expect(try await world.count("cases") == 2)
        }
    }

    @Test("Nothing of the reporter and no words that somebody wrote are shown, in any answer")
    func nothingPersonal() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let record = try await world.matter("门口路面有坑，联系人张三 19900001234")
            for path in [
                "requests.json", "requests.xml", "requests/\(record.number).json", "requests/\(record.number).xml",
                "tokens/\(record.number).json", "requests.json?service_code=\(ChannelWorld.service)",
            ] {
                let answer = try await world.get("/open311/v2/" + path)
                #expect(answer.status == 200 && answer.text.contains(record.number), "\(path)")
                for secret in ["张三", "1990000", "有坑", "幸福里", record.id.text] {
                    #expect(!answer.text.contains(secret), "\(path) shows \(secret)")
                }
            }
            let shown = try #require(try Self.object(try await world.get("/open311/v2/requests.json").text).first)
            #expect(shown["status"] as? String == "open")
            #expect(shown["status_notes"] as? String == "待受理")
            #expect(shown["address"] as? String == "西湖区北山街道宝石社区")
            #expect(shown["lat"] as? Double == 30.27 && shown["long"] as? Double == 120.13)
            #expect(shown["description"] is NSNull)
        }
    }

    @Test("A county may show more: then words, address and place stand as written")
    func showingMore() async throws {
        let shipped = try String(contentsOfFile: ChannelWorld.rules.shipped + "/open311.yaml", encoding: .utf8)
        let own = shipped.replacing("description: false", with: "description: true")
            .replacing("address: false", with: "address: true").replacing("location: rounded", with: "location: none")
        try await ChannelWorld.with(.sqlite, own: ["open311.yaml": own]) { world in
            _ = try await world.matter()
            let shown = try #require(try Self.object(try await world.get("/open311/v2/requests.json").text).first)
            #expect(shown["description"] as? String == "门口路面有坑，联系人张三 19900001234")
            #expect(shown["address"] as? String == "幸福里三幢二单元")
            #expect(shown["lat"] is NSNull)
        }
    }

    @Test("Matters are found by number, service, dates and status, and leafed through", arguments: EngineCase.available)
    func asking(_ engine: EngineCase) async throws {
        try await ChannelWorld.with(engine) { world in
            var numbers: [String] = []
            for day in 0..<3 {
                world.clock.set(ChannelWorld.start + .days(Int64(day) * 50))
                numbers.append(try await world.matter().number)
            }
            let last = try await world.matter()
            try await world.act(
                last.id, Command("decline", opinion: "不属受理范围", reason: "same-open"))
            numbers.append(last.number)
            func ask(_ query: String) async throws -> [String] {
                let answer = try await world.get("/open311/v2/requests.json?" + query)
                #expect(answer.status == 200, "\(query): \(answer.text)")
                return try Self.object(answer.text).compactMap { $0["service_request_id"] as? String }
            }
            // The last 90 days only, newest first.
            #expect(try await ask("") == [numbers[3], numbers[2], numbers[1]])
            #expect(try await ask("status=open") == [numbers[2], numbers[1]])
            #expect(try await ask("status=closed") == [numbers[3]])
            #expect(try await ask("status=open,closed&page_size=2&page=2") == [numbers[1]])
            #expect(try await ask("service_code=010302,010303&status=closed") == [numbers[3]])
            #expect(try await ask("service_code=010303") == [])
            #expect(try await ask("service_request_id=\(numbers[0]),\(numbers[2])") == [numbers[2], numbers[0]])
            let start = ChannelWorld.start
            #expect(try await ask("start_date=\(start.iso8601)&end_date=\((start + .days(1)).iso8601)") == [numbers[0]])
            #expect(try await ask("end_date=\((start + .days(51)).iso8601)") == [numbers[1], numbers[0]])
        }
    }

    @Test("What cannot be understood is refused in the form that was asked for, with what to do")
    func refusals() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let record = try await world.matter()
            for (path, status, code) in [
                ("requests.json?status=done", 400, "open311.question"),
                ("requests.json?page_size=1001", 400, "open311.question"),
                ("requests.json?page=0", 400, "open311.question"),
                ("requests.json?start_date=yesterday", 400, "open311.question"),
                (
                    "requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z", 400,
                    "open311.question"
                ),
                ("requests.json?service_code=999999", 404, "open311.service"),
                ("requests/2603020000000001.json", 404, "open311.request"),
                ("services/999999.json", 404, "open311.service"),
                ("services/0103.json", 404, "open311.service"),
                ("services/080101.json", 404, "open311.service"),
                ("tokens/nothing.json", 404, "open311.request"),
                ("nothing.json", 404, "open311.nothing-here"),
                ("requests/\(record.number).json?jurisdiction_id=elsewhere", 404, "open311.jurisdiction"),
            ] {
                let answer = try await world.get("/open311/v2/" + path)
                #expect(answer.status == status && answer.type == Self.json, "\(path): \(answer.text)")
                let errors = try Self.object(answer.text)
                #expect(errors.first?["code"] as? Int == status, "\(path)")
                #expect(errors.first?["reason"] as? String == code, "\(path)")
            }
            let xml = try await world.get("/open311/v2/services/999999.xml")
            #expect(xml.status == 404 && xml.type == Self.xml)
            #expect(xml.text.contains("<errors><error><code>404</code><description>"))
        }
    }

    @Test("A report that cannot be taken says why, and nothing is stored")
    func refusedReports() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let token = try await world.token()
            for (changes, status, code) in [
                (["service_code": "999999"], 400, "open311.service"), (["service_code": ""], 400, "open311.missing"),
                (["api_key": "gewu_wrong"], 403, "open311.api-key"), (["api_key": ""], 403, "open311.api-key"),
                (["lat": "39.9", "long": "116.4"], 400, "channels.elsewhere"),
                (["lat": "120.13", "long": "30.27"], 400, "open311.location"),
                (["lat": "x"], 400, "open311.location"), (["lat": ""], 400, "open311.location"),
                (["lat": "", "long": ""], 400, "open311.no-place"),
                (["description": String(repeating: "长", count: 10_001)], 400, "cases.detail-too-long"),
                (["description": String(repeating: "x", count: 5_000_000)], 400, "cases.detail-too-long"),
                (["media_url": "file:///etc/passwd"], 400, "open311.media-url"),
                (["phone": "12"], 400, "open311.phone"), (["attribute[DANGER]": "maybe"], 400, "open311.attribute"),
                (["jurisdiction_id": "elsewhere"], 404, "open311.jurisdiction"),
                (["lat": "", "long": "", "address_id": "330107001"], 400, "channels.unknown-area"),
            ] {
                let answer = try await world.report(Self.report(changes, token: token))
                #expect(answer.status == status, "\(changes.keys): \(answer.text.prefix(300))")
                #expect(answer.text.contains(code), "\(changes.keys): \(answer.text.prefix(300))")
            }
            #expect(try await world.count("cases") == 0)
        }
    }

    @Test("A token without the right to report is refused")
    func withoutRight() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let token = try await world.token()
            try await world.house.database.write { _ = try $0.execute("UPDATE tokens SET rights = 'case.read'") }
            let answer = try await world.report(Self.report(token: token))
            #expect(answer.status == 403 && answer.text.contains("desk.right-missing"))
        }
    }

    @Test("Emoji alone is taken as it is, under the name of the service; an address names its community")
    func emoji() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let token = try await world.token()
            let answer = try await world.report(
                Self.report(
                    ["description": "😡🕳️🚗", "lat": "", "long": "", "address_string": "北山街道宝石社区东门"], token: token))
            #expect(answer.status == 201, "\(answer.text)")
            let row = try #require(try await world.rows("SELECT title, detail, area FROM cases").first)
            #expect(try row.text(0) == "井盖缺损" && row.text(1) == "😡🕳️🚗")
            #expect(try row.text(2) == ChannelWorld.community)
        }
    }

    @Test("A page of matters is found by an index, whatever is asked")
    func plans() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            var question = PublicQuestion(
                from: ChannelWorld.start - .days(90), to: ChannelWorld.start, area: world.house.settings.area,
                channels: world.channels.publicRules.channels, limit: 1000)
            for categories in [[], ["010302", "010303"]] {
                question.categories = categories
                question.isOpen = true
                let states = world.cases.rules.workflow.states.map(\.name)
                let plan = try await world.rows("EXPLAIN QUERY PLAN \(Cases.publicQuery(question, states: states))")
                let steps = try plan.map { try $0.text(3) }
                #expect(!steps.contains { $0.hasPrefix("SCAN cases") && !$0.contains("USING") }, "\(steps)")
                #expect(steps.contains { $0.contains("cases_by_") }, "\(steps)")
            }
        }
    }
}
