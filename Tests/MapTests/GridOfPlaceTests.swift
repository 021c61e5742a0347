import Cases
import Desk
import Geo
import Places
import Storage
import StorageTesting
import Testing

@testable import Grids
@testable import Map

@Suite("A place is found in its grid")
struct GridOfPlaceTests {
    @Test(
        "The ground says which grid a place lies in, even where another's centre is nearer; without ground the centre does",
        arguments: EngineCase.available)
    func ground(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            // 120 m north of the centre of the second grid, but inside the long ground of the first.
            let place = Position(longitude: 120.15, latitude: 30.2611)
            func found() async throws -> [String: Any] {
                try await world.get("/api/v1/area-at?longitude=\(place.x)&latitude=\(place.y)", as: "worker").object()
            }
            var answer = try await found()
            #expect(answer["grid"] as? String == "330106001002001" && answer["ground"] as? String == "nearest")
            func set(_ grid: String, _ south: Double, _ north: Double) async throws {
                let corners = [(120.14, south), (120.16, south), (120.16, north), (120.14, north)].map {
                    Position(x: $0.0, y: $0.1)
                }
                let outline = GridOutline(
                    grid: grid, shape: .polygon(Polygon(outer: Ring(corners: corners))), squareMetres: 1,
                    households: 1, buildings: 1)
                try await world.house.database.write { try Grids.register(outlines: [outline], in: $0) }
                try await world.places.refresh()
            }
            try await set("330106001001001", 30.24, 30.27)
            answer = try await found()
            #expect(answer["grid"] as? String == "330106001001001" && answer["ground"] as? String == "outline")
            #expect(
                (answer["path"] as? [[String: Any]])?.compactMap { $0["code"] as? String }.last == "330106001001001")
            let location = try #require(Location(longitude: place.x, latitude: place.y))
            #expect(MapWorld.Areas(places: world.places).area(at: location)?.code == "330106001001001")
            // By its degrees on the page, too, for whoever is responsible there.
            let page = try await world.get("/api/v1/map/search?q=\(place.x),\(place.y)", as: "northduty").object()
            #expect((page["items"] as? [[String: Any]])?.first?["id"] as? String == "330106001001001")
            let stranger = try await world.get("/api/v1/map/search?q=\(place.x),\(place.y)", as: "southduty").object()
            #expect((stranger["items"] as? [[String: Any]])?.isEmpty == true)
            // Ground of a grid that is none any more is nobody's.
            try await set("330106001001009", 30.24, 30.27)
            try await set("330106001001001", 30.24, 30.25)
            #expect(try await found()["grid"] as? String == "330106001002001")
            for wrong in ["", "?longitude=120", "?longitude=200&latitude=30", "?longitude=x&latitude=30"] {
                #expect(try await world.get("/api/v1/area-at" + wrong, as: "worker").status == 422, "\(wrong)")
            }
            #expect(try await world.get("/api/v1/area-at?longitude=10&latitude=10", as: "worker").status == 404)
        }
    }
}
