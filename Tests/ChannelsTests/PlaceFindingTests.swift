import Cases
import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Channels

@Suite("Places that others name") struct PlaceFindingTests {
    @Test("An address names the smallest division that is meant; a name that two bear says nothing alone")
    func names() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let finding = PlaceFinding(places: world.channels.places, county: world.house.settings.area)
            for (text, code) in [
                ("北山街道宝石社区东门", "330106001001"), ("西溪街道宝石社区东门", "330106002001"), ("文三社区 3 幢", "330106002002"),
                ("西溪街道某处", "330106002"), ("宝石社区东门", nil), ("某处", nil), ("", nil),
            ] {
                #expect(finding.area(namedIn: text)?.code == code, "\(text)")
                let area = try finding.area(location: nil, named: nil, address: text)
                #expect(area.code == code ?? "330106", "\(text)")
            }
        }
    }

    @Test("A point says more than a wider area, never contradicts a narrower one, and must lie here")
    func points() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let finding = PlaceFinding(places: world.channels.places, county: world.house.settings.area)
            let here = try #require(
                Location(longitude: ChannelWorld.inside.longitude, latitude: ChannelWorld.inside.latitude))
            let far = try #require(Location(longitude: 116.4, latitude: 39.9))
            #expect(try finding.area(location: here, named: nil, address: nil).code == ChannelWorld.grid)
            #expect(
                try finding.area(location: here, named: AreaPrefix(ChannelWorld.street), address: nil).code
                    == ChannelWorld.grid)
            #expect(
                try finding.area(location: here, named: AreaPrefix("330106002"), address: nil).code == "330106002")
            #expect(throws: PlaceFinding.elsewhere) { try finding.area(location: far, named: nil, address: nil) }
            #expect(throws: Refusal.self) {
                try finding.area(location: nil, named: AreaPrefix("330107001"), address: nil)
            }
            #expect(throws: Refusal.self) {
                try finding.area(location: nil, named: AreaPrefix("330106999"), address: nil)
            }
        }
    }
}
