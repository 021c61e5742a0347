import Desk
import Foundation
import Ground
import HTTPTypes
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Emergencies

struct DoorTests {
    @Test(
        "A phone sends its acts late and twice; each counts once, at the time it happened",
        arguments: EngineCase.available)
    func outbox(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let chain = try await world.chain()
            world.clock.advance(.minutes(40))
            let at = (world.clock.now() - .minutes(30)).iso8601
            let send = """
                {"kind":"send","lot":"\(chain.lot)","from":"\(chain.here)","to":"\(chain.there)","count":7,"happenedAt":"\(at)"}
                """
            let path = "/api/v1/emergencies/\(chain.event.id)/hand-overs"
            for _ in 0..<2 {
                let answer = try await world.call(
                    .post, path, send, as: "northduty", headers: ["Idempotency-Key": "phone-1"])
                #expect(answer.status == 200)
                #expect(answer.text.contains("\"outcome\":\"done\""))
            }
            let state = try await world.state(chain.event.id)
            #expect(state.handOvers.map(\.sent) == [7])
            #expect(state.handOvers.first?.sentAt == world.clock.now() - .minutes(30))
            let entry = try #require(state.entries.last { $0.act == "emergencies.sent" })
            #expect(entry.happenedAt < entry.receivedAt)
            let future = (world.clock.now() + .hours(2)).iso8601
            let wrong = try await world.call(
                .post, path, "{\"kind\":\"receive\",\"slip\":1,\"count\":7,\"happenedAt\":\"\(future)\"}",
                as: "southduty")
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("emergencies.future"))
            let all = try await world.call(.get, "/api/v1/emergencies/\(chain.event.id)", as: "northduty")
            #expect(all.text.contains("\"balanced\":true"))
        }
    }

    @Test("An event and an alarm are told as CAP; an exercise says that it is one", arguments: EngineCase.available)
    func cap(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let chain = try await world.chain()
            _ = try await world.send(chain, 3)
            world.clock.advance(.minutes(91))
            try await world.watch()
            let alert = try await world.call(
                .get, "/emergencies/\(chain.event.id)/cap.xml", as: "northduty")
            #expect(alert.status == 200 && alert.type == "application/cap+xml; charset=utf-8")
            #expect(alert.text.contains("<status>Exercise</status>"))
            #expect(alert.text.contains("<sent>2026-07-06T09:00:00+08:00</sent>"))
            let alarm = try #require(try await world.state(chain.event.id).alarms.first)
            let one = try await world.call(
                .get, "/emergencies/\(chain.event.id)/alarms/\(alarm.id).xml", as: "northduty")
            #expect(one.status == 200)
            #expect(one.text.contains(alarm.text.english.prefix(10)))
            if let folder = ProcessInfo.processInfo.environment["GEWU_TEST_FEEDS"] {
                try alert.text.write(toFile: folder + "/event.xml", atomically: true, encoding: .utf8)
                try one.text.write(toFile: folder + "/alarm.xml", atomically: true, encoding: .utf8)
            }
        }
    }

    @Test("Every page opens, on paper too, and shows nothing to a stranger", arguments: EngineCase.available)
    func pages(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let chain = try await world.chain()
            _ = try await world.send(chain, 3)
            let id = chain.event.id
            for path in [
                "/emergencies", "/emergencies/plans", "/emergencies/new", "/emergencies/\(id)",
                "/emergencies/\(id)/paper", "/emergencies/\(id)/paper-entry", "/duty", "/duty/mine", "/duty/export",
                "/scene",
            ] {
                let page = try await world.call(.get, path, as: "coordination")
                #expect(page.status == 200, "\(path)")
                #expect(try await world.call(.get, path).status == 303, "\(path)")
            }
            let page = try await world.call(.get, "/emergencies/\(id)", as: "coordination")
            #expect(page.text.contains("河边住户"))
            #expect(page.text.contains("体育馆安置点"))
            // In the database the words about people are sealed.
            let kept = try await world.house.database.query("SELECT label_sealed FROM emergency_lots")
            #expect(try !String(decoding: kept[0].blob(0), as: UTF8.self).contains("河边"))
        }
    }

    @Test("A plan that calls a role which does not exist is refused with its line")
    func wrongPlan() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("emergencies"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let shipped =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/Rules"
        let text = try String(contentsOfFile: shipped + "/emergencies/gas.yaml", encoding: .utf8)
        try text.replacingOccurrences(of: "street_handler", with: "street_wizard").write(
            to: folder.appendingPathComponent("emergencies/gas.yaml"), atomically: true, encoding: .utf8)
        let refusal = #expect(throws: Refusal.self) {
            _ = try EmergencyRules.load(from: RuleFiles(shipped: shipped, own: folder.path)) { $0 != "street_wizard" }
        }
        #expect(refusal?.message.english.contains("gas.yaml:") == true)
        #expect(refusal?.message.english.contains("street_wizard") == true)
    }
}
