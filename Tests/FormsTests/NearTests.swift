import Desk
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Forms
@testable import Registry

/// From a building on the map to who lives there.
struct NearTests {
    @Test(
        "A place on the map leads to the homes around it, nearest first, a home without a place by its building's",
        arguments: EngineCase.available)
    func nearest(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let building = try await world.write(
                .building,
                ["building-name": "1 幢", "building-grid": FormsWorld.grids[0], "building-place": "120.13100,30.26000"])
            func household(_ facts: [String: String?]) async throws -> StoredSubject {
                let own: [String: String?] = ["grid": FormsWorld.grids[0], "address": "文三路 1 号"]
                let dwelling = try await world.write(.dwelling, own.merging(facts) { _, new in new })
                return try await world.write(.household, ["dwelling": dwelling.id.text])
            }
            let far = try await household(["place": "120.13300,30.26000"])
            let inside = try await household(["building": building.id.text])
            let close = try await household(["place": "120.13120,30.26000"])
            let unplaced = try await household([:])
            let (registry, scope) = (world.registry, try world.scope("clerk"))
            let point = try #require(PlacePoint("120.13100,30.26000"))
            let near = try await world.house.database.read {
                try registry.near(point, .household, limit: 50, for: scope, in: $0)
            }
            #expect(near.found.map(\.subject.id) == [inside.id, close.id, far.id])
            // A thousandth of a degree is some 96 metres here.
            #expect(near.found.map(\.metres) == [0, 19, 192])
            #expect(near.unplaced == 1)
            let page = try await world.call(
                .get, "/registry?kind=household&near=120.13100,30.26000", as: "clerk")
            #expect(page.status == 200 && page.text.contains("/registry/subjects/\(inside.id)"))
            #expect(!page.text.contains("/registry/subjects/\(unplaced.id)") && page.text.contains("没有位置"))
            let items = try await world.call(
                .get, "/api/v1/registry/subjects?kind=building&near=120.13100,30.26000", as: "clerk")
            #expect(items.status == 200 && items.text.contains("\(building.id)"))
        }
    }

    @Test(
        "A place outside the own area leads to nothing, and what is no place is refused",
        arguments: EngineCase.available)
    func bounds(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let dwelling = try await world.write(
                .dwelling, ["grid": FormsWorld.grids[0], "address": "文三路 1 号", "place": "120.13000,30.26000"])
            let home = try await world.write(.household, ["dwelling": dwelling.id.text])
            let address = "/api/v1/registry/subjects?kind=household&near="
            let own = try await world.call(.get, address + "120.13000,30.26000", as: "clerk")
            #expect(own.text.contains("\(home.id)"))
            let elsewhere = try await world.call(.get, address + "120.13000,30.26000", as: "westclerk")
            #expect(elsewhere.status == 200 && !elsewhere.text.contains("\(home.id)"))
            for wrong in ["here", "1,2,3", "500,500"] {
                let answer = try await world.call(.get, address + wrong, as: "clerk")
                #expect(answer.status == 400 && answer.text.contains("registry.near"), "\(wrong)")
            }
            let people = try await world.call(
                .get, "/api/v1/registry/subjects?kind=person&near=120.13000,30.26000", as: "clerk")
            #expect(people.status == 400)
        }
    }
}
