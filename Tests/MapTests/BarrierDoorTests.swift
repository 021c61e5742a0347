import HTTPTypes
import StorageTesting
import Testing

@testable import Map

@Suite("Barriers by the interface")
struct BarrierDoorTests {
    @Test(
        "A post of the county brings barriers in, everybody who plans reads them, and a street may not set them",
        arguments: EngineCase.available)
    func door(engine: EngineCase) async throws {
        try await MapWorld.with(engine) { world in
            let river = #"""
                {"type":"FeatureCollection","features":[{"type":"Feature","properties":{"class":"river"},
                "geometry":{"type":"LineString","coordinates":[[120.14,30.2],[120.15,30.3]]}}]}
                """#
            let path = "/api/v1/grid-barriers"
            #expect(try await world.call(.post, path, as: "northduty", river).status == 403)
            #expect(try await world.call(.post, path, as: "northhead", river).status == 403)
            let taken = try await world.call(.post, path, as: "coordinator", river)
            #expect(taken.status == 200, "\(taken.text)")
            #expect(try taken.object()["pieces"] as? Int == 1)
            let listed = try await world.get(path + "?box=120.1,30.2,120.2,30.25", as: "northhead").object()
            #expect((listed["features"] as? [[String: Any]])?.count == 1)
            let elsewhere = try await world.get(path + "?box=120.3,30.2,120.4,30.25", as: "northhead").object()
            #expect((elsewhere["features"] as? [[String: Any]])?.isEmpty == true)
            for body in ["[]", "{", #"{"type":"FeatureCollection","features":[]}"#] {
                #expect(try await world.call(.post, path, as: "coordinator", body).status == 422, "\(body)")
            }
            for box in ["", "?box=1,2", "?box=1,1,3,2", "?box=a,b,c,d"] {
                #expect(try await world.get(path + box, as: "northhead").status == 422, "\(box)")
            }
        }
    }
}
