import Desk
import Ground
import Identity
import Testing

@testable import Cases

@Suite("Who has much already is not given everything") struct FairShareTests {
    private let fair = FairShare(mostOpen: 60, timesOfPeers: 1.5, mostSaturation: 1_000)
    /// One source, in order: two sources of one instant could make the same.
    private let ids: [BodyID] = {
        let source = IdentifierSource(seed: 1)
        return (0..<4).map { _ in source.next(at: Instant(milliseconds: 1)) }
    }()

    @Test("One and a half times its peers is still fair, a matter more is not, and the lightest is named")
    func peers() throws {
        let peers = [ids[1], ids[2]]
        #expect(fair.finding(for: ids[0], peers: peers, open: [ids[0]: 15, ids[1]: 12, ids[2]: 8]) == nil)
        let found = try #require(fair.finding(for: ids[0], peers: peers, open: [ids[0]: 16, ids[1]: 12, ids[2]: 8]))
        #expect(found.open == 16 && found.peers == 10 && found.lighter == ids[2] && found.lighterOpen == 8)
    }

    @Test("A full body is not filled in even where all are; with nobody else it is")
    func full() throws {
        let peers = [ids[1]]
        let found = try #require(fair.finding(for: ids[0], peers: peers, open: [ids[0]: 60, ids[1]: 60]))
        #expect(found.lighter == nil)
        #expect(fair.finding(for: ids[0], peers: peers, open: [ids[0]: 59, ids[1]: 59]) == nil)
        #expect(fair.finding(for: ids[0], peers: [], open: [ids[0]: 500]) == nil)
    }

    @Test("The first matters of a quiet day are no burden")
    func quiet() {
        #expect(fair.finding(for: ids[0], peers: [ids[1]], open: [ids[0]: 1]) == nil)
        #expect(fair.finding(for: ids[0], peers: [ids[1]], open: [ids[0]: 2]) != nil)
    }

    @Test("Full posts take nothing more by themselves, whatever is open; a full peer is not named instead")
    func saturated() throws {
        let peers = [ids[1], ids[2]]
        let open = [ids[0]: 0, ids[1]: 3, ids[2]: 5] as [BodyID: Int64]
        func found(_ own: Int64, _ first: Int64? = nil) -> FairShare.Finding? {
            var saturation = [ids[0]: own]
            saturation[ids[1]] = first
            return fair.finding(for: ids[0], peers: peers, open: open, saturation: saturation)
        }
        #expect(found(999) == nil)
        let full = try #require(found(1_000))
        #expect(full.saturation == 1_000 && full.lighter == ids[1] && full.lighterSaturation == nil)
        #expect(found(1_200, 1_000)?.lighter == ids[2] && found(1_200, 999)?.lighterSaturation == 999)
        // Too much open is still too much where posts have time, and then the load is not the reason.
        let much = try #require(
            fair.finding(for: ids[2], peers: peers, open: [ids[2]: 90], saturation: [ids[2]: 10]))
        #expect(much.saturation == nil)
        #expect(fair.finding(for: ids[0], peers: [], open: [:], saturation: [ids[0]: 2_000]) == nil)
    }

    @Test("Peers are those of the same kind, level and street")
    func whoIsAPeer() throws {
        func facts(_ index: Int, _ area: String, _ line: String? = nil) throws -> BodyFacts {
            BodyFacts(id: ids[index], name: "\(index)", line: line, area: try #require(AreaPrefix(area)))
        }
        let own = try facts(0, "330106001001")
        let choices = [
            own, try facts(1, "330106001002"), try facts(2, "330106002001"), try facts(3, "330106001", "fire"),
        ]
        #expect(FairShare.peers(of: own, among: choices) == [ids[1]])
    }
}
