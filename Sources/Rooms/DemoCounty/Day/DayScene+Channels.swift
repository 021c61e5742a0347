import Cases
import Cipher
import Desk
import Foundation
import Ground
import Places
import Storage

/// How matters come in, each by the door that is made for it.
extension DayScene {
    private struct Receipt: Decodable {
        var id: String
    }

    private func place() throws -> (area: AreaPrefix, location: Location?) {
        let community = try community()
        let centre = community.grids.first?.centre
        return (
            community.area, centre.flatMap { Location(longitude: $0.longitude, latitude: $0.latitude) }
        )
    }

    private func required(_ text: String?, _ name: String) throws -> String {
        guard let text else { throw DayFault.missing("it has no \(name)") }
        return text
    }

    private mutating func keep(_ beat: DayBeat, _ id: String, phone: String? = nil) throws {
        guard let id = CaseID(parsing: id) else { throw DayFault.missing("no id of a matter: \(id)") }
        guard let name = beat.name else { return }
        matters[name] = id
        if let phone { phones[name] = phone }
    }

    /// A resident on the page, with a code by text.
    mutating func page(_ beat: DayBeat) async throws {
        let phone = newPhone()
        let caller = try await resident(phone)
        let (area, location) = try place()
        var fields = [("detail", try required(beat.detail, "detail")), ("area", area.code)]
        if let location {
            fields += [("longitude", "\(location.longitude)"), ("latitude", "\(location.latitude)")]
        }
        let answer = try Caller.check(try await caller.send(form: fields, to: "/report"), "POST /report")
        guard let location = answer.header("location"), location.hasPrefix("/report/done/") else {
            throw DayFault.door("POST /report", answer.status, answer.text)
        }
        try keep(beat, String(location.dropFirst("/report/done/".count)), phone: phone)
    }

    /// Somebody called, or came to the desk, and staff write it down on their behalf.
    mutating func desk(_ beat: DayBeat) async throws {
        let caller = try await caller(try required(beat.by, "by"))
        let phone = newPhone()
        let area = try place().area
        let body = try JSONWriter.object { writer in
            writer.member("title", try required(beat.title, "title"))
            writer.member("detail", try required(beat.detail, "detail"))
            writer.member("area", area.code)
            writer.member("byPhone", beat.by == "hotline_agent")
            writer.key("reporter")
            writer.object { $0.member("phone", phone) }
        }
        let answer = try Caller.check(try await caller.send(json: body, to: "/api/v1/cases"), "POST /api/v1/cases")
        try keep(beat, try answer.decode(Receipt.self).id, phone: phone)
    }

    /// The day's orders of the hotline, as its system writes them.
    mutating func file(_ beat: DayBeat) async throws {
        let caller = try await caller("hotline_agent")
        let number = "D\(midnight.local().day.description.filter(\.isNumber))001"
        let street = try street()
        let table = """
            工单编号,问题分类,标题,主要内容,工单状态,电话/账号,被反映街乡镇,村/社区,办结时间
            \(number),,\(try required(beat.title, "title")),\(try required(beat.detail, "detail")),待受理,\(newPhone()),\
            \(street.name),\(try community().name),

            """
        struct Result: Decodable { var created: Int }
        let body = JSONWriter.object { $0.member("orders", Array(table.utf8).base64URL) }
        let answer = try Caller.check(
            try await caller.send(json: body, to: "/api/v1/cases/imports"), "POST /api/v1/cases/imports")
        let rows = try await house.database.query(
            "SELECT id FROM cases WHERE source = 'hotline' AND source_number = \(number)")
        guard try answer.decode(Result.self).created == 1, let row = rows.first else {
            throw DayFault.door("POST /api/v1/cases/imports", answer.status, answer.text)
        }
        try keep(beat, try row.text(0))
    }

    /// Another system over the interface.
    mutating func interface(_ beat: DayBeat) async throws {
        let caller = try await machine()
        let area = try place().area
        let body = try JSONWriter.object { writer in
            writer.member("title", try required(beat.title, "title"))
            writer.member("detail", try required(beat.detail, "detail"))
            writer.member("area", area.code)
            writer.member("source", "demo-hotline")
            writer.member("sourceNumber", "A\(midnight.milliseconds / 1_000)")
        }
        let key = "day-\(midnight.milliseconds)-\(beat.name ?? "")"
        let answer = try Caller.check(
            try await caller.send(json: body, to: "/api/v1/cases", key: key), "POST /api/v1/cases")
        try keep(beat, try answer.decode(Receipt.self).id)
    }

    /// A client of GeoReport v2.
    mutating func open311(_ beat: DayBeat) async throws {
        _ = try await machine()
        guard let token = machineToken, let location = try place().location else {
            throw DayFault.missing("no token, or no place on the map")
        }
        let caller = Caller(rooms.door)
        let answer = try Caller.check(
            try await caller.send(
                form: [
                    ("api_key", token), ("jurisdiction_id", "gewu"),
                    ("service_code", try required(beat.category, "category")),
                    ("description", try required(beat.detail, "detail")), ("lat", "\(location.latitude)"),
                    ("long", "\(location.longitude)"),
                ], to: "/open311/v2/requests.json"), "POST /open311/v2/requests.json")
        guard let number = try answer.decode([[String: String?]].self).first?["service_request_id"] ?? nil else {
            throw DayFault.door("POST /open311/v2/requests.json", answer.status, answer.text)
        }
        try keep(beat, try await matter(numbered: number).text)
    }

    /// A message of a flood gauge, signed as Standard Webhooks says.
    mutating func sensor(_ beat: DayBeat) async throws {
        struct Made: Decodable { var secret: String }
        struct Outcome: Decodable {
            var outcome: String
            var number: String?
        }
        if sensorSecret == nil {
            let officer = try await caller("data_officer")
            let answer = try await officer.send(json: [], to: "/api/v1/channels/sensors/flood/secret")
            sensorSecret = try Caller.check(answer, "POST /api/v1/channels/sensors/flood/secret").decode(Made.self)
                .secret
        }
        guard let secret = sensorSecret, let key = Data(base64Encoded: String(secret.dropFirst("whsec_".count))),
            let location = try place().location
        else { throw DayFault.missing("the gauge has no secret or no place") }
        let now = now
        let body = JSONWriter.object { writer in
            writer.member("status", "alarm")
            writer.member("time", now.iso8601)
            writer.key("device")
            writer.object { writer in
                writer.member("id", "day-\(midnight.local().day)")
                writer.member("name", beat.title)
            }
            writer.key("reading")
            writer.object { writer in
                writer.member("level", beat.count ?? 30)
                writer.member("limit", 20)
            }
            writer.key("location")
            writer.object { writer in
                writer.member("longitude", location.longitude)
                writer.member("latitude", location.latitude)
            }
        }
        let (id, seconds) = ("day-\(now.milliseconds)", now.milliseconds / 1_000)
        let content = Array("\(id).\(seconds).".utf8) + body
        var knock = Knock(method: "POST", path: "/api/v1/sensors/flood")
        knock.headers = [
            ("Content-Type", "application/json"), ("webhook-id", id), ("webhook-timestamp", "\(seconds)"),
            (
                "webhook-signature",
                "v1," + Data(Digest.authentication(of: content, key: Array(key))).base64EncodedString()
            ),
        ]
        knock.body = body
        let answer = try Caller.check(try await rooms.door.answer(knock), "POST /api/v1/sensors/flood")
        guard let number = try answer.decode(Outcome.self).number else {
            throw DayFault.door("POST /api/v1/sensors/flood", answer.status, answer.text)
        }
        try keep(beat, try await matter(numbered: number).text)
    }

    /// The grid worker's phone is back: what was written without a network goes out in order, the first of it twice, as
    /// happens when the answer was lost.
    mutating func outbox(_ beat: DayBeat) async throws {
        struct Today: Decodable {
            struct Check: Decodable { var id: String }
            var checks: [Check]
        }
        struct Outcome: Decodable {
            var outcome: String
            var matter: String?
            var code: String?
        }
        let caller = try await caller("grid_worker")
        let today = try Caller.check(
            try await caller.send(Knock(method: "GET", path: "/api/v1/day")), "GET /api/v1/day"
        ).decode(Today.self)
        for (index, entry) in (beat.entries ?? []).enumerated() {
            let key = Self.key(entry.name ?? "\(index)", midnight)
            let body = try JSONWriter.object { writer in
                writer.member("kind", entry.kind)
                writer.member("happenedAt", try instant(entry.happened).iso8601)
                if let follows = entry.follows { writer.member("follows", Self.key(follows, midnight)) }
                if let act = entry.act { writer.member("act", act) }
                if let detail = entry.detail { writer.member("detail", detail) }
                if let opinion = entry.opinion { writer.member("opinion", opinion) }
                if let category = entry.category { writer.member("category", category) }
                if entry.kind == "check" {
                    guard let check = today.checks.first else { throw DayFault.missing("nothing is to be patrolled") }
                    writer.member("check", check.id)
                }
            }
            for _ in 0..<(index == 0 ? 2 : 1) {
                let answer = try Caller.check(
                    try await caller.send(json: body, to: "/api/v1/day/entries", key: key), "POST /api/v1/day/entries")
                let outcome = try answer.decode(Outcome.self)
                guard outcome.outcome == "done" else {
                    throw DayFault.door("POST /api/v1/day/entries", answer.status, answer.text)
                }
                if let name = entry.name, let id = outcome.matter.flatMap({ CaseID(parsing: $0) }) {
                    matters[name] = id
                }
            }
        }
    }

    private static func key(_ name: String, _ midnight: Instant) -> String { "day-\(midnight.milliseconds)-\(name)" }

    /// The street plans a patrol; in the night it becomes a check on the phones.
    mutating func planPatrol(_ beat: DayBeat) async throws {
        let caller = try await caller("street_dispatcher")
        let area = try actor("worker").area
        let body = try JSONWriter.object { writer in
            writer.member("title", try required(beat.title, "title"))
            writer.member("look", beat.detail)
            writer.member("area", area.code)
            // Its category says which item of the lists carries it.
            writer.member("category", beat.category)
            writer.member("everyDays", 30)
        }
        try Caller.check(try await caller.send(json: body, to: "/api/v1/patrols"), "POST /api/v1/patrols")
    }

    /// The resident who reported it says what they think of it.
    mutating func rate(_ beat: DayBeat) async throws {
        let id = try await matter(beat.on)
        guard let phone = beat.on.flatMap({ phones[$0] }) else { throw DayFault.missing("nobody reported it by phone") }
        let caller = try await resident(phone)
        let body = JSONWriter.object { writer in
            writer.member("act", beat.act ?? "rate")
            writer.member("opinion", beat.opinion)
            writer.member("isSolved", beat.solved ?? true)
            writer.member("satisfaction", beat.satisfaction ?? 5)
        }
        try Caller.check(
            try await caller.send(json: body, to: "/api/v1/mine/\(id)/acts"), "POST /api/v1/mine/\(id)/acts")
    }
}
