import Cases
import Desk
import Geo
import Ground
import Storage
import StorageTesting
import Testing

@testable import Map

@Suite("What changes on an open map")
struct MapWatchTests {
    @Test(
        "A new matter comes to every open map that may show it, with the figures of its areas, and to no other",
        arguments: EngineCase.available)
    func tells(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let watch = MapWatch(world.map)
            var north = try watch.listen(.init(try world.scope("northduty"))).makeAsyncIterator()
            var south = try watch.listen(.init(try world.scope("southduty"))).makeAsyncIterator()
            let first = try #require(await north.next())
            _ = try #require(await south.next())
            let seen = MapChanges.Seen(series: first.series, number: first.number)
            let matter = try await world.reported(at: Position(longitude: 120.15, latitude: 30.25))
            var state = first
            while state.number == first.number { state = try #require(await north.next()) }
            guard case .changes(let changes) = state.news(since: seen) else {
                Issue.record("nothing was told")
                return
            }
            let texts = changes.map { String(decoding: $0.json, as: UTF8.self) }
            #expect(texts.contains { $0.contains(matter.number) && $0.contains("\"isOpen\":true") })
            #expect(texts.contains { $0.contains("\"id\":\"330106001\"") && $0.contains("\"open\":1") })
            #expect(!texts.contains { $0.contains("堆物") })
            // Its own matter comes to the south after that of the north, so that of the north would have been there.
            let own = try await world.reported(
                at: Position(longitude: 120.16, latitude: 30.27), in: try #require(AreaPrefix("330106002001")))
            var told = try #require(await south.next())
            while told.number == 0 { told = try #require(await south.next()) }
            guard case .changes(let others) = told.news(since: .init(series: told.series, number: 0)) else {
                Issue.record("nothing was told to the south")
                return
            }
            let all = others.map { String(decoding: $0.json, as: UTF8.self) }.joined()
            #expect(all.contains(own.number) && !all.contains(matter.number) && !all.contains("\"330106001\""))
        }
    }

    @Test("Whoever was away too long begins anew; nobody gets a change twice")
    func news() {
        var state = MapChanges(series: "s", at: Instant(milliseconds: 0), most: 3)
        func kind(_ seen: MapChanges.Seen) -> String {
            switch state.news(since: seen) {
            case .anew: "anew"
            case .nothing: "nothing"
            case .changes(let changes): changes.map { "\($0.number)" }.joined(separator: ",")
            }
        }
        #expect(kind(.init(eventID: nil)) == "anew")
        #expect(kind(.init(eventID: "s-0")) == "nothing")
        state.add([[1], [2]], at: Instant(milliseconds: 1))
        #expect(kind(.init(eventID: "s-0")) == "1,2")
        #expect(kind(.init(eventID: "s-1")) == "2")
        state.add([[3], [4]], at: Instant(milliseconds: 2))
        #expect(kind(.init(eventID: "s-0")) == "anew")
        #expect(kind(.init(eventID: "s-1")) == "2,3,4")
        #expect(kind(.init(eventID: "t-4")) == "anew")
        #expect(kind(.init(eventID: "s-9")) == "anew")
        #expect(kind(.init(eventID: "rubbish")) == "anew")
    }

    @Test("Ids of features are whole numbers that a browser can hold, codes themselves")
    func numbers() {
        #expect(FeatureNumber.of("330106001001001") == 330_106_001_001_001)
        let numbers = Set((0..<10_000).map { FeatureNumber.of("01jx\($0)qzz") })
        #expect(numbers.count == 10_000)
        #expect(numbers.allSatisfy { $0 < 1 << 53 })
    }
}
