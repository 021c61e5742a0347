import Cases
import Desk
import Ground
import HTTPTypes
import Identity
import Ledger
import Messages
import Registry
import Storage
import StorageTesting
import Testing

@testable import Visits

/// What the card of a home shows besides its facts.
struct HomeTests {
    private static let place = "120.13042,30.25931"

    private func report(
        _ detail: String, phone: String? = nil, at place: String? = nil, in grid: String = VisitsWorld.grids[0],
        _ world: VisitsWorld
    ) async throws -> CaseRecord {
        let point = place.flatMap { PlacePoint($0) }
        let location = point.flatMap { Location(longitude: $0.longitude, latitude: $0.latitude) }
        let report = Report(
            detail: detail, area: AreaPrefix(grid), location: location, channel: .resident,
            reporterPhone: phone.flatMap { PhoneNumber($0) })
        let (cases, now) = (world.visits.cases, world.clock.now())
        return try await world.house.database.write {
            try cases.report(report, by: .system, scope: nil, at: now, in: $0)
        }
    }

    private func around(
        _ subject: StoredSubject, people: [StoredSubject] = [], purpose: String? = nil, by name: String = "clerk",
        _ world: VisitsWorld
    ) async throws -> HomeAround {
        let (visits, scope, now) = (world.visits, try world.scope(name), world.clock.now())
        return try await world.house.database.read {
            try visits.around(subject, people: people, purpose: purpose, for: scope, at: now, in: $0)
        }
    }

    private func home(_ world: VisitsWorld) async throws -> (household: StoredSubject, person: StoredSubject) {
        let dwelling = try await world.write(
            .dwelling, ["grid": VisitsWorld.grids[0], "address": "文三路 1 号 101 室", "place": Self.place],
            since: Day("2021-01-01"))
        let household = try await world.write(.household, ["dwelling": dwelling.id.text], since: Day("2021-01-01"))
        let person = try await world.resident(
            "王小明", born: "1940-05-05", in: household, ["phone": "13800138000"])
        return (household, person)
    }

    @Test(
        "The card shows open matters near the home, and what was reported from it for a purpose only",
        arguments: EngineCase.available)
    func matters(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let (household, person) = try await home(world)
            let near = try await report("楼道灯坏了", at: "120.13052,30.25941", world)
            _ = try await report("隔得远的事", at: "120.15042,30.25931", world)
            let own = try await report("下水道堵了", phone: "13800138000", world)
            _ = try await report("别人的事", phone: "13900139000", world)
            let plain = try await around(household, people: [person], world)
            #expect(plain.matters.map(\.matter.id) == [near.id] && plain.matters.allSatisfy { !$0.isReported })
            let named = try await around(household, people: [person], purpose: "civil-affairs", world)
            #expect(Set(named.matters.filter(\.isReported).map(\.matter.id)) == [own.id])
            #expect(named.matters.map(\.matter.id).contains(near.id))
            // A purpose that does not let telephones be used tells nothing either.
            let other = try await around(household, people: [person], purpose: "statistics", world)
            #expect(other.matters.allSatisfy { !$0.isReported })
            // A matter of another community is not this viewer's.
            let far = try await report(
                "邻社区的事", phone: "13800138000", at: Self.place, in: VisitsWorld.grids[2], world)
            let again = try await around(household, people: [person], purpose: "civil-affairs", world)
            #expect(!again.matters.map(\.matter.id).contains(far.id))
            let page = try await world.call(.get, "/registry/subjects/\(household.id)", as: "clerk")
            #expect(page.text.contains(near.number) && !page.text.contains(own.number))
            #expect(page.text.contains("/map?at=\(Self.place),17"))
        }
    }

    @Test(
        "The interface tells the same, and who names a purpose is on the ledger", arguments: EngineCase.available)
    func interface(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let (household, _) = try await home(world)
            let near = try await report("楼道灯坏了", at: Self.place, world)
            let own = try await report("下水道堵了", phone: "13800138000", world)
            let path = "/api/v1/visits/homes/\(household.id)/matters"
            let plain = try await world.call(.get, path, as: "clerk")
            #expect(plain.status == 200 && plain.text.contains(near.number) && !plain.text.contains(own.number))
            #expect(plain.text.contains("\"lastVisitAt\":null"))
            let looks: SQL = "SELECT COUNT(*) FROM ledger_entries WHERE act = 'registry.looked-at'"
            #expect(try await world.house.database.query(looks)[0].int(0) == 0)
            let named = try await world.call(.post, path, "{\"purpose\":\"civil-affairs\"}", as: "clerk")
            #expect(named.status == 200 && named.text.contains(own.number), "\(named.text)")
            #expect(try await world.house.database.query(looks)[0].int(0) == 1)
            #expect(try await world.call(.post, path, "{\"purpose\":\"curiosity\"}", as: "clerk").status == 422)
            #expect(try await world.call(.get, path, as: "westclerk").status == 404)
        }
    }

    @Test("When somebody was there and how much is to be asked next", arguments: EngineCase.available)
    func visits(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let (household, person) = try await home(world)
            let before = try await around(household, by: "worker", world)
            #expect(before.call == nil && (before.questions ?? 0) > 0)
            _ = try await world.report(
                household.id, [.init(subject: person.id, element: "lives-alone", act: .now, value: "是")])
            let after = try await around(person, by: "worker", world)
            #expect(after.call?.nobodyThere == false)
            #expect(after.questions == (before.questions ?? 0) - 1)
            // A department asks nobody at home.
            #expect(try await around(household, by: "welfare", world).questions == nil)
        }
    }
}
