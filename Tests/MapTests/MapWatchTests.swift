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
    /// All that is told from a state on, until it holds what is waited for.
    private func changes(
        _ stream: inout AsyncStream<MapChanges>.Iterator, since first: MapChanges, until isWhole: (String) -> Bool
    ) async throws -> String {
        var (seen, told) = (MapChanges.Seen(series: first.series, number: first.number), "")
        while !isWhole(told) {
            let state = try #require(await stream.next())
            if case .changes(let changes) = state.news(since: seen) {
                told += changes.map { String(decoding: $0.json, as: UTF8.self) }.joined(separator: "\n")
            }
            seen = MapChanges.Seen(series: state.series, number: state.number)
        }
        return told
    }

    @Test(
        "A new matter comes to every open map that may show it, with the figures of its areas, and to no other",
        arguments: EngineCase.available)
    func tells(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let watch = MapWatch(world.map)
            var north = try watch.listen(.init(try world.scope("northduty"))).makeAsyncIterator()
            var south = try watch.listen(.init(try world.scope("southduty"))).makeAsyncIterator()
            let first = try #require(await north.next())
            let begun = try #require(await south.next())
            let matter = try await world.reported(at: Position(longitude: 120.15, latitude: 30.25))
            let told = try await changes(&north, since: first) {
                $0.contains(matter.number) && $0.contains("\"id\":\"330106001\"")
            }
            #expect(told.contains("\"isOpen\":true") && told.contains("\"open\":1"))
            #expect(!told.contains("堆物"))
            // Its own matter comes to the south after that of the north, so that of the north would have been there.
            let own = try await world.reported(
                at: Position(longitude: 120.16, latitude: 30.27), in: try #require(AreaPrefix("330106002001")))
            let others = try await changes(&south, since: begun) { $0.contains(own.number) }
            #expect(!others.contains(matter.number) && !others.contains("\"330106001\""))
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
