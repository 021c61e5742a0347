import Cases
import Desk
import Foundation
import Geo
import Ground
import Storage
import StorageTesting
import Testing

@testable import Map

@Suite("What the map can be about")
struct ThemeTests {
    private static let place = Position(longitude: 120.15, latitude: 30.25)

    private func tile(_ layer: String, _ zoom: Int, as name: String, _ world: MapWorld, _ query: String = "")
        async throws -> [DecodedTile.Feature]
    {
        let tile = try #require(TileAddress(zoom: zoom, longitude: Self.place.x, latitude: Self.place.y))
        let answer = try await world.get(
            "/api/v1/map/tiles/\(layer)/\(zoom)/\(tile.column)/\(tile.row)\(query)", as: name)
        #expect(answer.status == 200, "\(answer.text.prefix(200))")
        return try #require(DecodedTile(answer.bytes)).layers[layer] ?? []
    }

    @Test(
        "Grids without a worker stand out, near by themselves and from afar with their street, in the viewer's area only",
        arguments: EngineCase.available)
    func staffing(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let near = try await tile("staffing", 16, as: "northduty", world)
            #expect(near.map { $0.properties["figure"] } == ["1"])
            #expect(near.first?.properties["tone"] == "primary")
            #expect(near.first?.properties.keys.contains("names") == false)
            // Two grids a street; only one has somebody.
            let far = try await tile("staffing", 9, as: "coordinator", world)
            let figures = Dictionary(far.map { ($0.properties["id"] ?? "", $0) }) { first, _ in first }
            #expect(figures["330106001"]?.properties["figure"] == "1/2")
            #expect(figures["330106002"]?.properties["figure"] == "2/2")
            #expect(figures.values.allSatisfy { $0.properties["tone"] == "danger" })
            let own = try await tile("staffing", 9, as: "northduty", world)
            #expect(own.map { $0.properties["id"] } == ["330106001"])

            let listed = try await world.get("/map/list?show=staffing", as: "northduty").text
            #expect(listed.contains("worker") && listed.contains("/places/330106001002001"))
            #expect(!listed.contains("330106002"))
            // The worst first, and by itself.
            let gap = try #require(listed.range(of: "330106001002001"))
            let held = try #require(listed.range(of: "330106001001001"))
            #expect(gap.lowerBound < held.lowerBound)
            let gaps = try await world.get("/map/list?show=staffing&tone=danger", as: "northduty").text
            #expect(gaps.contains("330106001002001") && !gaps.contains("330106001001001"))
            #expect(try await world.get("/map/list?show=staffing&tone=x", as: "northduty").status == 422)
            let sheet = try await world.get("/map/export?show=staffing", as: "northduty")
            #expect(sheet.status == 200 && sheet.type.contains("spreadsheetml"))
        }
    }

    @Test("A theme is there for whoever holds its right, and for the others there is none")
    func rights() async throws {
        try await MapWorld.with(.sqlite) { world in
            for path in [
                "/map?show=staffing", "/map/list?show=staffing", "/api/v1/map/tiles/staffing",
                "/api/v1/map/style?show=staffing", "/api/v1/features/collections/staffing/items", "/map?show=nothing",
            ] {
                #expect(try await world.get(path, as: "worker").status == 404, "\(path)")
            }
            let page = try await world.get("/map?show=staffing", as: "northduty").text
            #expect(page.contains("data-about=\"staffing\""))
            #expect(page.contains("show=beacons") && page.contains("show=whistles"))
            #expect(!(try await world.get("/map", as: "worker").text.contains("show=staffing")))
            let style = try await world.get("/api/v1/map/style?show=staffing", as: "northduty").object()
            let sources = try #require(style["sources"] as? [String: Any])
            #expect(Set(sources.keys) == ["outlines", "buildings", "landmarks", "staffing", "changes"])
            let layers = try #require(style["layers"] as? [[String: Any]])
            #expect(layers.allSatisfy { $0["source"] == nil || sources[$0["source"] as? String ?? ""] != nil })
            #expect(layers.contains { $0["id"] as? String == "staffing" })
            #expect(!layers.contains { $0["id"] as? String == "outlines-filled" })
        }
    }

    @Test("What another room says is on the map, in the list and for programs, also on a past day")
    func given() async throws {
        try await MapWorld.with(.sqlite) { world in
            let now = try await world.get("/api/v1/features/collections/beacons/items", as: "coordinator").object()
            let features = try #require(now["features"] as? [[String: Any]])
            let areas = features.compactMap { ($0["properties"] as? [String: Any])?["area"] as? String }
            #expect(areas == ["330106001", "330106002"])
            #expect((features.first?["properties"] as? [String: Any])?["colour"] as? String == "红")
            let then = try await world.get(
                "/api/v1/features/collections/beacons/items?day=2026-06-20", as: "coordinator"
            ).object()
            #expect((then["features"] as? [[String: Any]])?.count == 2)
            let south = try await world.get(
                "/api/v1/features/collections/beacons/items?day=2026-06-20", as: "southduty"
            ).object()
            #expect(south["numberReturned"] as? Int == 0)
            // From afar marks of one place are one, with their number and the worst of their tones.
            let gathered = try await tile("beacons", 10, as: "northduty", world, "?day=2026-06-20")
            #expect(gathered.map { $0.properties["count"] } == ["2"])
            #expect(gathered.first?.properties["tone"] == "warn")
            for wrong in ["day=2026-13-01", "day=2026-07-09", "day=1999-01-01"] {
                #expect(try await world.get("/map?show=beacons&\(wrong)", as: "northduty").status == 422, "\(wrong)")
            }
            let english = try await world.get(
                "/map/list?show=beacons", as: "northduty", headers: ["Accept-Language": "en"]
            ).text
            #expect(english.contains("Colour") && english.contains("red"))
        }
    }

    @Test(
        "Open whistles stand where they were blown, with their deadline, and go when they end",
        arguments: EngineCase.available)
    func whistles(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let matter = try await world.reported(at: Self.place)
            let other = try await world.reported(at: nil, in: MapWorld.south)
            let due = world.now - .hours(1)
            try await world.house.database.write { transaction in
                try transaction.execute("UPDATE cases SET kind = 'whistle', due_at = \(due)")
            }
            let shown = try await tile("whistles", 15, as: "northduty", world)
            #expect(shown.map { $0.properties["tone"] } == ["danger"])
            let listed = try await world.get("/map/list?show=whistles", as: "coordinator").text
            #expect(listed.contains(matter.number) && listed.contains(other.number))
            #expect(!(try await world.get("/map/list?show=whistles", as: "northduty").text.contains(other.number)))
            let now = world.now
            try await world.house.database.write { transaction in
                try transaction.execute("UPDATE cases SET ended_at = \(now)")
            }
            world.clock.advance(.minutes(1))
            // Looked at a few times a second: the next look sees it.
            var still = listed
            for _ in 0..<500 where still.contains(matter.number) {
                still = try await world.get("/map/list?show=whistles", as: "coordinator").text
            }
            #expect(!still.contains(matter.number))
        }
    }
}
