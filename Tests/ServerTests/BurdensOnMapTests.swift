import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import gewu

@Suite("Burdens on the map")
struct BurdensOnMapTests {
    private func get(_ address: String, as login: String, _ county: GroundCounty) async throws -> (
        status: Int, text: String, type: String
    ) {
        try await county.client.execute(
            uri: address, method: .get, headers: [.authorization: "Bearer " + (county.tokens[login] ?? "")]
        ) { response in
            (
                response.status.code, String(buffer: response.body),
                response.headers[.contentType] ?? ""
            )
        }
    }

    @Test("Whoever reads loads has them as a theme with legend, list, Excel and the list behind each figure")
    func theme() async throws {
        try await GroundCounty.with { county in
            let page = try await get("/map?show=burdens", as: "officer", county)
            #expect(page.status == 200 && page.text.contains("data-about=\"burdens\""))
            #expect(page.text.contains("比前一段上升") && page.text.contains("没有下达"))
            let list = try await get("/map/list?show=burdens", as: "officer", county)
            #expect(list.text.contains("某街道") && list.text.contains("没有下达"))
            let link = try #require(
                list.text.firstMatch(of: /href="(\/accounts\/year\/sources[^"]+area=330106001[^"]*)"/)?.1)
            let address = String(link).replacing("&amp;", with: "&")
            #expect(try await get(address, as: "officer", county).status == 200)
            #expect(try await get("/map/export?show=burdens", as: "officer", county).type.contains("spreadsheetml"))
            let items = try await get("/api/v1/features/collections/burdens/items", as: "officer", county)
            #expect(items.status == 200 && items.text.contains("FeatureCollection"))
            #expect(try await get("/map?show=burdens&day=1999-01-01", as: "officer", county).status == 422)
            #expect(try await get("/map?show=burdens", as: "data", county).status == 404)
            #expect(try await get("/map/list?show=burdens", as: "streethead", county).text.contains("某街道"))
        }
    }
}
