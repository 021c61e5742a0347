import Desk
import Foundation
import Grids
import Ground
import Testing

/// The rule files of the repository.
func shippedRules() -> RuleFiles {
    RuleFiles(
        shipped: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Rules").path)
}

@Suite("Whether a community should have grids")
struct VerdictTests {
    func verdict(_ facts: CommunityFacts, type: String? = nil) throws -> CommunityVerdict {
        let norms = try GridNorms.load(from: shippedRules())
        let usual = norms.usualType(named: facts.isVillage ? "甲村" : "甲社区")
        return CommunityVerdict.of(facts, norms.type(type) ?? usual, norms.verdict)
    }

    @Test("A small village that governs itself well is told: no grids")
    func smallVillage() throws {
        let found = try verdict(
            CommunityFacts(households: 180, squareKilometres: 1.2, isVillage: true, selfGovernance: 3))
        #expect(found.kind == .none)
        #expect(found.reasons[0].english.contains("governs itself well"))
        // The same village without it is one grid.
        let weak = try verdict(
            CommunityFacts(households: 180, squareKilometres: 1.2, isVillage: true, selfGovernance: 1))
        #expect(weak.kind == .one)
    }

    @Test("Dense and weak in self-governance: grids, and how many")
    func dense() throws {
        let found = try verdict(CommunityFacts(households: 2_400, squareKilometres: 0.3, selfGovernance: 1))
        #expect(found.kind == .grids)
        #expect(found.reasons[0].english.contains("about 6 grids"))
        #expect(found.reasons.contains { $0.english == "about 8000 households per km²" })
    }

    @Test("Mature self-governance where it is not dense: no grids; where it is dense: grids all the same")
    func mature() throws {
        #expect(
            try verdict(CommunityFacts(households: 900, squareKilometres: 1, selfGovernance: 4)).kind
                == .none)
        #expect(
            try verdict(CommunityFacts(households: 9_000, squareKilometres: 1, selfGovernance: 4)).kind == .grids)
    }

    @Test("One owner behind one gate: one exclusive grid; far apart: villagers' groups; nobody: nothing")
    func others() throws {
        #expect(try verdict(CommunityFacts(households: 800, oneOwnerShare: 0.9)).kind == .exclusive)
        #expect(
            try verdict(CommunityFacts(households: 600, squareKilometres: 30, isVillage: true, selfGovernance: 2)).kind
                == .groups)
        #expect(try verdict(CommunityFacts(households: 0)).kind == .nobody)
        #expect(try verdict(CommunityFacts(households: 450)).kind == .one)
    }

    @Test("What nobody stated is said to be unknown")
    func unknown() throws {
        #expect(try verdict(CommunityFacts(households: 2_000)).reasons.contains { $0.english.contains("not stated") })
    }
}
