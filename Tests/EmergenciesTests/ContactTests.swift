import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Emergencies

struct ContactTests {
    @Test("A branch that nobody confirms goes on to the deputy by itself, then alarms", arguments: EngineCase.available)
    func passesOn(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let event = try await world.started(.fourth)
            var state = try await world.state(event.id)
            let street = try #require(state.contacts.first { $0.role == "street_leader" })
            #expect(street.candidates.map(\.name) == ["northhead", "northduty", "northhand"])
            #expect(try await world.notices("northhead", "emergencies.called") == 1)
            #expect(try await world.notices("northduty", "emergencies.called") == 0)
            world.clock.advance(.minutes(11))
            try await world.watch()
            #expect(try await world.notices("northduty", "emergencies.called") == 1)
            world.clock.advance(.minutes(11))
            try await world.watch()
            world.clock.advance(.minutes(11))
            try await world.watch()
            state = try await world.state(event.id)
            #expect(state.contacts.first { $0.id == street.id }?.state == .unreached)
            #expect(state.alarms.contains { $0.subject == "contact:\(street.id)" && $0.endedAt == nil })
            // Late is better than never: the first one calls back.
            let (head, when) = (try world.scope("northhead"), try world.when())
            _ = try await world.write { try $0.reached(street.number, of: event.id, when, by: head, in: $1) }
            state = try await world.state(event.id)
            #expect(state.contacts.first { $0.id == street.id }?.state == .reached)
            #expect(!state.alarms.contains { $0.subject == "contact:\(street.id)" && $0.endedAt == nil })
        }
    }

    @Test(
        "A graver level calls who was not called yet; where nobody is in post, that alarms",
        arguments: EngineCase.available)
    func raises(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let event = try await world.started(.fourth)
            #expect(try await world.state(event.id).contacts.map(\.role) == ["coordination_officer", "street_leader"])
            let (coordination, when) = (try world.scope("coordination"), try world.when())
            _ = try await world.write {
                try $0.change(level: .third, of: event.id, when, by: coordination, in: $1)
            }
            var contacts = try await world.state(event.id).contacts
            #expect(contacts.map(\.number) == [1, 2, 3, 4])
            #expect(contacts[2].candidates.first?.name == "clerk")
            #expect(contacts[2].parent == 2)
            #expect(contacts[3].candidates.map(\.name) == ["northduty"])
            let head = try world.scope("northhead")
            let below = await #expect(throws: Refusal.self) {
                _ = try await world.write { try $0.reached(1, of: event.id, when, by: head, in: $1) }
            }
            #expect(below?.code == "emergencies.not-called")
            _ = try await world.write { try $0.end(event.id, when, by: coordination, in: $1) }
            contacts = try await world.state(event.id).contacts
            #expect(contacts.allSatisfy { $0.state == .closed })
            #expect(try await world.notices("northhead", "emergencies.ended") == 1)
        }
    }

    @Test(
        "A commander who does not report is noticed above; who may not command cannot", arguments: EngineCase.available)
    func reports(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let event = try await world.started(.first, by: "northhead")
            world.clock.advance(.minutes(181))
            try await world.watch()
            #expect(try await world.state(event.id).alarms.contains { $0.subject == "event:\(event.id)" })
            #expect(try await world.notices("coordination", "emergencies.alarm") >= 1)
            let (other, when) = (try world.scope("southhead"), try world.when())
            await #expect(throws: Refusal.self) {
                _ = try await world.write { try $0.end(event.id, when, by: other, in: $1) }
            }
            let duty = try world.scope("northduty")
            let refused = await #expect(throws: Refusal.self) {
                _ = try await world.write { try $0.report("平稳", of: event.id, when, by: duty, in: $1) }
            }
            #expect(refused?.kind == .forbidden)
        }
    }
}
