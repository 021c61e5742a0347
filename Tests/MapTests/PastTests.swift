import Cases
import Desk
import Geo
import Ground
import Storage
import StorageTesting
import Testing

@testable import Cases
@testable import Map

@Suite("The map as it stood on a past day")
struct PastTests {
    private static let place = Position(longitude: 120.15, latitude: 30.25)

    private func past(_ day: Day, _ name: String, _ world: MapWorld, _ filter: CaseFilter = CaseFilter()) async throws
        -> [PlacedMatter]
    {
        let scope = try world.scope(name)
        return try await world.house.database.read {
            try world.cases.pastMatters(day, MatterFilter(filter: filter), limit: 5_000, for: scope, in: $0)
        }
    }

    @Test(
        "On every day exactly those matters are shown that were open when it ended, however long each lasted",
        arguments: EngineCase.available)
    func openThen(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            var seed: UInt64 = 0x5EED
            func next(_ bound: Int64) -> Int64 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int64(seed >> 33) % bound
            }
            let today = world.now.local().day
            var lives: [(id: String, from: Instant, to: Instant?)] = []
            for number in 0..<60 {
                let matter = try await world.reported(at: number % 4 == 0 ? nil : Self.place)
                let from = world.now - .minutes(next(300 * 1440))
                // From minutes to most of a year, and some that go on; ends on the stroke of midnight among them.
                let lasted = Span.minutes(1 + next([30, 1440, 8 * 1440, 60 * 1440, 290 * 1440][number % 5]))
                var to: Instant? = from + lasted
                if number % 7 == 0 { to = Instant(LocalTime(day: from.local().day + Int(next(9)) + 1)) }
                if number % 6 == 5 { to = nil }
                lives.append((matter.id.text, from, to))
            }
            let known = lives
            try await world.house.database.write { transaction in
                for one in known {
                    try transaction.execute(
                        "UPDATE cases SET received_at = \(one.from), ended_at = \(one.to) WHERE id = \(one.id)")
                }
            }
            for back in [0, 1, 2, 3, 5, 8, 13, 30, 61, 100, 200, 299, 301] {
                let day = today - back
                let end = Instant(LocalTime(day: day + 1))
                let expected = lives.filter { $0.from < end && ($0.to.map { $0 >= end } ?? true) }.map(\.id)
                let found = try await past(day, "northduty", world)
                #expect(found.map(\.id.text).sorted() == expected.sorted(), "\(back) days back")
                #expect(found.map(\.cell) == found.map(\.cell).sorted())
                #expect(try await past(day, "southduty", world).isEmpty)
            }
            // One more than may be read at once is said, not left out.
            let scope = try world.scope("northduty")
            await #expect(throws: Refusal.self) {
                try await world.house.database.read {
                    _ = try world.cases.pastMatters(today - 1, limit: 3, for: scope, in: $0)
                }
            }
        }
    }

    @Test("A matter is shown in the state and with the deadline that it had then", arguments: EngineCase.available)
    func asItStood(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let matter = try await world.reported(at: Self.place)
            let first = world.now.local().day
            world.clock.advance(.days(2))
            let category = try #require(world.cases.rules.categories.all.first { $0.code.utf8.count == 6 }).code
            let accepted = try await world.act(
                matter.id, Command("accept", category: category, area: MapWorld.community), by: "northduty")
            #expect(accepted.state != matter.state)
            world.clock.advance(.days(3))
            let before = try #require(try await past(first, "northduty", world).first)
            #expect(before.state == matter.state && before.dueAt == matter.due?.at)
            let after = try #require(try await past(first + 2, "northduty", world).first)
            #expect(after.state == accepted.state && after.dueAt == accepted.due?.at)
            #expect(try await past(first - 1, "northduty", world).isEmpty)
            var filter = CaseFilter()
            filter.states = [matter.state]
            #expect(try await past(first, "northduty", world, filter).count == 1)
            #expect(try await past(first + 2, "northduty", world, filter).isEmpty)

            // On the page, in tiles, in the figures of areas.
            let listed = try await world.get("/map/list?day=\(first)", as: "northduty").text
            #expect(listed.contains(matter.number))
            #expect(!(try await world.get("/map/list?day=\(first - 1)", as: "northduty").text.contains(matter.number)))
            let page = try await world.get("/map?day=\(first)", as: "northduty").text
            #expect(page.contains("data-day=\"\(first)\"") && page.contains("day=\(first - 1)"))
            for zoom in [9, 15] {
                let tile = try #require(TileAddress(zoom: zoom, longitude: Self.place.x, latitude: Self.place.y))
                for (day, count) in [(first, 1), (first - 1, 0)] {
                    let answer = try await world.get(
                        "/api/v1/map/tiles/matters/\(zoom)/\(tile.column)/\(tile.row)?day=\(day)", as: "northduty")
                    #expect(try #require(DecodedTile(answer.bytes)).layers["matters"]?.count ?? 0 == count)
                }
            }
            let areas = try await world.get(
                "/api/v1/features/collections/areas/items/330106001", as: "northduty"
            ).object()
            #expect((areas["properties"] as? [String: Any])?["open"] as? Int == 1)
            let then = try await world.get(
                "/api/v1/features/collections/areas/items?day=\(first - 1)", as: "northduty"
            ).object()
            let figures = (then["features"] as? [[String: Any]])?.compactMap {
                ($0["properties"] as? [String: Any])?["open"] as? Int
            }
            #expect(figures?.allSatisfy { $0 == 0 } == true && figures?.isEmpty == false)
            #expect(try await world.get("/map/export?day=\(first)", as: "northduty").status == 200)
        }
    }

    @Test("Each class of a past day is a range of one index, for every viewer and filter")
    func plans() async throws {
        try await MapWorld.with(.sqlite) { world in
            var filter = CaseFilter()
            filter.area = MapWorld.north
            filter.category = "01"
            filter.body = try world.body("city")
            filter.mine = .handler
            for name in ["coordinator", "northduty", "clerk", "worker", "cityhand"] {
                for filter in [CaseFilter(), filter] {
                    let queries = PastMatterStore.queries(
                        filter, before: world.now, limit: 10, for: try world.scope(name))
                    #expect(queries.count == 7)
                    for query in queries {
                        let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map {
                            try $0.text(3)
                        }
                        #expect(
                            plan.first?.contains("SEARCH cases USING INDEX cases_by_lasting (<expr>=? AND received_at")
                                == true, "\(plan)")
                        #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(plan)")
                    }
                }
            }
        }
    }
}
