import Desk
import Storage
import StorageTesting
import Testing

@testable import Emergencies

@Suite("What rings on walls")
struct RingingTests {
    @Test("What rings is found without reading the alarms of the past")
    func queryPlan() async throws {
        try await EmergencyWorld.with(.sqlite) { world in
            let area = AreaPrefix("330106") ?? .everywhere
            let query = AlarmStore.ringingSubjects(area)
            let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
            #expect(plan.contains { $0.contains("emergency_alarms_ringing") }, "\(plan)")
            #expect(!plan.contains { $0 == "SCAN a" || $0 == "SCAN emergency_alarms" }, "\(plan)")
        }
    }

    @Test("A kind is told from what an alarm rings for; a hand-over is none")
    func kinds() {
        for kind in AlarmKind.allCases { #expect(AlarmKind(ofSubject: kind.rawValue + ":x") == kind) }
        #expect(AlarmKind(ofSubject: "hand-over:x") == nil)
        #expect(AlarmKind(ofSubject: "contact") == nil)
        #expect(AlarmRecord.raisedOnTheSpot == AlarmKind.raised.rawValue + ":")
    }
}
