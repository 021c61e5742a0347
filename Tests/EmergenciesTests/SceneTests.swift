import Desk
import Foundation
import Ground
import HTTPTypes
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Emergencies

@Suite("On the spot: what a phone without a network brings later") struct SceneTests {
    @Test(
        "An alarm from the spot rings at once, goes to coordination, and ends with an answer",
        arguments: EngineCase.available)
    func alarm(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let chain = try await world.chain()
            let before = try await world.notices("northhead", "emergencies.alarm")
            let sent = try await world.call(
                .post, "/api/v1/emergencies/\(chain.event.id)/alarms",
                #"{"text":"河堤渗水","site":"\#(chain.here)"}"#, as: "northhand", headers: ["Idempotency-Key": "a1"])
            #expect(sent.status == 201, "\(sent.text)")
            let again = try await world.call(
                .post, "/api/v1/emergencies/\(chain.event.id)/alarms",
                #"{"text":"河堤渗水","site":"\#(chain.here)"}"#, as: "northhand", headers: ["Idempotency-Key": "a1"])
            #expect(again.text == sent.text)
            #expect(try await world.notices("northhead", "emergencies.alarm") == before + 1)
            var ringing = try await world.state(chain.event.id).alarms.filter { $0.endedAt == nil }
            #expect(ringing.count == 1 && ringing[0].text.chinese.contains("河堤渗水") && ringing[0].level == 1)
            // Nobody answers: coordination hears, then hears again; never twice in one run.
            let told = try await world.notices("coordination", "emergencies.alarm", about: "河堤渗水")
            world.clock.advance(.minutes(16))
            try await world.watch()
            try await world.watch()
            #expect(try await world.notices("coordination", "emergencies.alarm", about: "河堤渗水") == told + 1)
            world.clock.advance(.minutes(61))
            try await world.watch()
            ringing = try await world.state(chain.event.id).alarms.filter { $0.subject.hasPrefix("raised:") }
            #expect(ringing.map(\.level) == [3, 2, 1])
            let last = try #require(ringing.first)
            func answer(_ name: String) async throws -> Int {
                try await world.call(
                    .post, "/api/v1/emergencies/\(chain.event.id)/alarms/\(last.id)", #"{"note":"已派抢险队"}"#, as: name
                ).status
            }
            #expect(try await answer("southhead") == 403)
            #expect(try await answer("northhead") == 200)
            #expect(try await answer("northhead") == 409)
            let raised = try await world.state(chain.event.id).alarms.filter { $0.subject.hasPrefix("raised:") }
            #expect(raised.allSatisfy { $0.endedAt != nil })
            world.clock.advance(.hours(3))
            try await world.watch()
            #expect(try await world.state(chain.event.id).alarms.filter { $0.subject.hasPrefix("raised:") }.count == 3)
        }
    }

    @Test(
        "An alarm that comes in after the end is told and kept with both times, and rings no more",
        arguments: EngineCase.available)
    func late(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let event = try await world.started()
            let happened = world.clock.now() + .minutes(3)
            world.clock.advance(.minutes(5))
            let (coordination, hand, now) = (
                try world.scope("coordination"), try world.scope("northhand"), try world.when()
            )
            _ = try await world.write { try $0.end(event.id, now, by: coordination, in: $1) }
            world.clock.advance(.hours(2))
            let when = try Occurrence(happened, at: world.clock.now())
            _ = try await world.write { try $0.raiseAlarm("有人受困", at: nil, of: event.id, when, by: hand, in: $1) }
            #expect(try await world.notices("coordination", "emergencies.alarm", about: "有人受困") == 1)
            let state = try await world.state(event.id)
            #expect(state.alarms.allSatisfy { $0.endedAt != nil })
            let entry = try #require(state.entries.first { $0.act == "emergencies.alarm-raised" })
            #expect(entry.happenedAt == happened && entry.receivedAt == world.clock.now())
        }
    }

    @Test("Words that are missing or too long, a strange site and a stranger are refused, and nothing is kept")
    func refused() async throws {
        try await EmergencyWorld.with(.sqlite) { world in
            let chain = try await world.chain()
            let path = "/api/v1/emergencies/\(chain.event.id)/alarms"
            for (body, status) in [
                (#"{"text":"  "}"#, 422), (#"{"text":"\#(String(repeating: "长", count: 201))"}"#, 422),
                (#"{"text":"a","site":"\#(chain.lot)"}"#, 422), (#"{}"#, 400),
                (#"{"text":"a","happenedAt":"2027-01-01T00:00:00Z"}"#, 422),
            ] {
                #expect(try await world.call(.post, path, body, as: "northhand").status == status, "\(body)")
            }
            #expect(try await world.call(.post, path, #"{"text":"a"}"#).status == 401)
            #expect(try await world.state(chain.event.id).alarms.isEmpty)
        }
    }

    @Test(
        "The page on the spot offers what one's own site can do, and nothing of another's",
        arguments: EngineCase.available)
    func page(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let empty = try await world.call(.get, "/scene", as: "southduty")
            #expect(empty.status == 200 && empty.text.contains("没有应急事件"))
            let chain = try await world.chain()
            _ = try await world.send(chain, 4)
            let id = chain.event.id
            let south = try await world.call(.get, "/scene", as: "southduty").text
            #expect(south.contains("data-send=\"/api/v1/emergencies/\(id)/hand-overs\""))
            #expect(south.contains("实收数量") && south.contains("data-slips=\"\(id)\""))
            #expect(!south.contains("退回数量"))
            let north = try await world.call(.get, "/scene", as: "northduty").text
            #expect(north.contains("退回数量") && north.contains("没有等您签收的"))
            #expect(try await world.call(.get, "/scene").status == 303)
            let worker = try await world.call(.get, "/scene/manifest.webmanifest")
            #expect(worker.status == 200 && worker.text.contains("\"start_url\":\"/scene\""))
        }
    }
}
