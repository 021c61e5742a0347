import Cases
import Desk
import Foundation
import FoundationXML
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Channels

@Suite("Feeds of areas") struct FeedTests {
    private static func key(_ area: String, _ world: ChannelWorld) async throws -> (id: String, secret: String) {
        let answer = try await world.call(
            .post, "/channels/feeds", #"{"name": "社区公示屏", "area": "\#(area)"}"#, token: try await world.token())
        #expect(answer.status == 201, "\(answer.text)")
        let found = try #require(answer.text.firstMatch(of: /"id":"([^"]+)","secret":"(gewufeed_[^"]+)"/))
        return (String(found.1), String(found.2))
    }

    @Test("A key of an area reads that area and what lies in it, and nothing else", arguments: EngineCase.available)
    func scope(_ engine: EngineCase) async throws {
        try await ChannelWorld.with(engine) { world in
            let record = try await world.matter()
            let (id, secret) = try await Self.key(ChannelWorld.street, world)
            let street = try await world.get("/feeds/areas/\(ChannelWorld.street).atom?key=\(secret)")
            #expect(street.status == 200 && street.type == "application/atom+xml; charset=utf-8")
            #expect(street.text.contains("<id>urn:gewu:case:\(record.number)</id>"))
            #expect(XMLParser(data: Data(street.text.utf8)).parse())
            for secret in ["张三", "1990000", "有坑", "幸福里"] { #expect(!street.text.contains(secret)) }
            #expect(
                try await world.get("/feeds/areas/\(ChannelWorld.community).atom?key=\(secret)").text.contains(
                    record.number))
            for path in [
                "/feeds/areas/\(ChannelWorld.county).atom?key=\(secret)", "/feeds/areas/330106002.atom?key=\(secret)",
                "/feeds/areas/\(ChannelWorld.street).atom", "/feeds/areas/\(ChannelWorld.street).atom?key=gewufeed_x",
            ] {
                #expect(try await world.get(path).status == 403, "\(path)")
            }
            for path in ["/feeds/areas/33.atom?key=\(secret)", "/feeds/areas/330106001.rss", "/feeds/areas/x.atom"] {
                #expect(try await world.get(path).status == 404, "\(path)")
            }
            let revoked = try await world.call(.delete, "/channels/feeds/\(id)", token: try await world.token())
            #expect(revoked.status == 200)
            #expect(try await world.get("/feeds/areas/\(ChannelWorld.street).atom?key=\(secret)").status == 403)
        }
    }

    @Test("A token of the interface reads its own area; a reader that has the feed already is told so")
    func tokens() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            _ = try await world.matter()
            let address = "/feeds/areas/\(ChannelWorld.street).atom"
            let header = ["Authorization": "Bearer " + (try await world.token("dispatcher"))]
            let first = try await world.get(address, headers: header)
            #expect(first.status == 200)
            let tag = try #require(first.headers[.eTag])
            let again = try await world.get(address, headers: header.merging(["If-None-Match": tag]) { $1 })
            #expect(again.status == 304 && again.text.isEmpty)
            #expect(try await world.get("/feeds/areas/\(ChannelWorld.county).atom", headers: header).status == 403)
        }
    }

    @Test("Nobody makes a key beyond the own area, and the list shows no secret")
    func making() async throws {
        try await ChannelWorld.with(.sqlite) { world in
            let token = try await world.token()
            let beyond = try await world.call(
                .post, "/channels/feeds", #"{"name": "x", "area": "330107"}"#, token: token)
            #expect(beyond.status == 422 && beyond.text.contains("channels.area"))
            let nameless = try await world.call(.post, "/channels/feeds", #"{"name": "  "}"#, token: token)
            #expect(nameless.status == 422 && nameless.text.contains("channels.name"))
            _ = try await Self.key(ChannelWorld.street, world)
            let list = try await world.call(.get, "/channels/feeds", token: token)
            #expect(list.text.contains("社区公示屏") && !list.text.contains("gewufeed_"))
            let forbidden = try await world.call(.get, "/channels/feeds", token: try await world.token("dispatcher"))
            #expect(forbidden.status == 403)
        }
    }
}
