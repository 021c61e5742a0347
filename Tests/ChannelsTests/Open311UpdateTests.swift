import Cases
import Desk
import Foundation
import FoundationXML
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing
import Web

@testable import Channels

@Suite("Open311: updates of requests, as FixMyStreet reads and sends them") struct Open311UpdateTests {
    private static let path = "/open311/v2/servicerequestupdates"

    private static func follow(_ world: ChannelWorld) async throws {
        try await world.seal()
        try await UpdateFollowing(house: world.house, cases: world.cases, rules: world.channels.publicRules).run()
    }

    private static func list(_ world: ChannelWorld, _ query: String = "") async throws -> [[String: Any]] {
        let answer = try await world.get(path + ".json" + query)
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [[String: Any]])
    }

    private static func told(_ updates: [[String: Any]]) -> [String] { updates.compactMap { $0["status"] as? String } }

    @Test(
        "Each step of a matter is an update, oldest first, with nothing that somebody wrote",
        arguments: EngineCase.available)
    func reading(_ engine: EngineCase) async throws {
        try await ChannelWorld.with(engine) { world in
            let record = try await world.matter()
            world.clock.advance(.minutes(10))
            try await world.act(
                record.id,
                Command("accept", opinion: "请张三联系", category: ChannelWorld.service, area: record.area))
            world.clock.advance(.minutes(10))
            // Stays where it is: no update.
            try await world.act(record.id, Command("remark", opinion: "联系人张三"))
            try await world.act(record.id, Command("dispatch", body: OneBody.id))
            #expect(try await Self.list(world).isEmpty, "what is not sealed yet is not told")
            try await Self.follow(world)
            let updates = try await Self.list(world)
            #expect(Self.told(updates) == ["open", "investigating", "action_scheduled"])
            #expect(updates.allSatisfy { $0["service_request_id"] as? String == record.number })
            #expect(Set(updates.compactMap { $0["update_id"] as? String }).count == 3)
            let text = try await world.get(Self.path + ".json").text
            for personal in ["张三", "1990000", "有坑", "幸福里", "dispatcher"] { #expect(!text.contains(personal)) }
            // Asked again from the last one: only that; nothing is told twice by another run.
            try await Self.follow(world)
            let last = try #require(updates.last?["updated_datetime"] as? String)
            #expect(try await Self.list(world, "?start_date=\(last)").count == 1)
            #expect(try await Self.list(world, "?page_size=2&page=2").count == 1)
        }
    }

    @Test("Both forms say the same, with the exact content types and the names of the extension")
    func forms() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let record = try await world.matter()
            try await Self.follow(world)
            let xml = try await world.get(Self.path + ".xml")
            #expect(xml.type == "text/xml; charset=utf-8")
            #expect(XMLParser(data: Data(xml.text.utf8)).parse())
            #expect(xml.text.contains("<service_request_updates><request_update><update_id>"))
            #expect(xml.text.contains("<service_request_id>\(record.number)</service_request_id><status>open</status>"))
            let json = try await world.get(Self.path + ".json")
            #expect(json.type == "application/json; charset=utf-8")
        }
    }

    @Test("What is not shown any more, and what never was, stands in no update")
    func hidden() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let shown = try await world.matter()
            let now = world.clock.now()
            // About persons; and one without a category.
            for category in ["020101", nil] {
                let report = Report(
                    detail: "某人的事", category: category, area: AreaPrefix(ChannelWorld.community), channel: .resident)
                try await world.house.database.write { [cases = world.cases, officer = world.officer] in
                    _ = try cases.report(report, by: Actor(officer), scope: nil, at: now, in: $0)
                }
            }
            try await Self.follow(world)
            let numbers = try await Self.list(world).compactMap { $0["service_request_id"] as? String }
            #expect(numbers == [shown.number])
            #expect(try await world.count("channel_updates") == 1)
            // It turns out to be about a person: its past goes with it.
            try await world.act(
                shown.id, Command("accept", opinion: "好", category: "020101", area: shown.area))
            try await Self.follow(world)
            #expect(try await Self.list(world).isEmpty)
        }
    }

    @Test(
        "Days that are wrong or too many are refused with what to do",
        arguments: [
            "start_date=yesterday", "start_date=2026-03-02T00:00:00Z&end_date=2026-03-01T00:00:00Z",
            "start_date=2020-01-01T00:00:00Z", "page_size=0", "page=-1", "jurisdiction_id=elsewhere",
        ])
    func refused(_ query: String) async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let answer = try await world.get(Self.path + ".xml?" + query)
            #expect([400, 404].contains(answer.status) && answer.text.contains("<errors><error><code>"))
        }
    }

    @Test(
        "An update from another system is one remark, however often it is sent, and moves nothing",
        arguments: EngineCase.available)
    func taking(_ engine: EngineCase) async throws {
        try await ChannelWorld.with(engine) { world in
            let record = try await world.matter()
            let token = try await world.token()
            func send(_ changes: [String: String] = [:]) async throws -> ChannelWorld.Answer {
                let fields = [
                    "api_key": token, "service_request_id": record.number, "update_id": "77", "status": "FIXED",
                    "updated_datetime": world.clock.now().iso8601, "description": "居民说已经修好",
                    "media_url": "https://example.org/b.jpg",
                ].merging(changes) { $1 }
                let form = QueryParameters(fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
                return try await world.request(
                    .post, Self.path + ".xml", form.text, type: "application/x-www-form-urlencoded")
            }
            let first = try await send()
            #expect(first.status == 201 && first.type == "text/xml; charset=utf-8", "\(first.text)")
            #expect(first.text.contains("<service_request_updates><request_update><update_id>\(record.number)-2<"))
            #expect(try await send().text == first.text)
            let other = try await send(["description": "另一句"])
            #expect(other.status == 400 && other.text.contains("desk.key-reused"))
            let row = try #require(
                try await world.rows("SELECT act, opinion, to_state FROM case_steps WHERE version = 2").first)
            #expect(try row.text(0) == "remark" && row.text(2) == "reported")
            #expect(try row.text(1) == "外部系统更新（fixed）：居民说已经修好\n照片：https://example.org/b.jpg")
            #expect(try await world.rows("SELECT version FROM case_steps").count == 2)
            for (changes, code) in [
                (["service_request_id": "999"], "open311.request"), (["status": "GREAT"], "open311.question"),
                (["updated_datetime": "now"], "open311.question"), (["update_id": ""], "open311.missing"),
                (["api_key": "x"], "open311.api-key"), (["media_url": "file:///etc"], "open311.media-url"),
                (["update_id": "78", "description": String(repeating: "长", count: 20_000)], "too-long"),
            ] {
                let answer = try await send(changes)
                #expect((400..<500).contains(answer.status) && answer.text.contains(code), "\(code): \(answer.text)")
            }
            #expect(try await world.rows("SELECT version FROM case_steps").count == 2)
        }
    }

    @Test("A page of updates is found by an index")
    func plan() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let now = world.clock.now()
            let query = UpdateStore.pageQuery(from: now - .days(90), to: now, offset: 0, limit: 1_000)
            let plan = try await world.rows("EXPLAIN QUERY PLAN " + query).map { try $0.text(3) }.joined()
            #expect(plan.contains("channel_updates_by_time") && !plan.contains("TEMP B-TREE"), "\(plan)")
        }
    }
}
