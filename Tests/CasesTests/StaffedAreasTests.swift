import Desk
import Testing

@testable import Cases

@Suite("Residents are offered the places whose matters somebody near takes in")
struct StaffedAreasTests {
    @Test("A staffed street with all below it, and of another street the community that has somebody")
    func offered() throws {
        let areas = try offered(staffed: ["330106001", "330106002001"])
        let (first, second, third) = (try area("330106001"), try area("330106002"), try area("330106003"))
        #expect(areas.children(of: CasesFixture.county).map(\.name) == ["330106001", "330106002"])
        #expect(areas.children(of: first).map(\.name) == ["330106001001", "330106001002"])
        #expect(areas.children(of: second).map(\.name) == ["330106002001"])
        #expect(areas.children(of: third).isEmpty)
    }

    @Test("Where no street has staff of its own, the county takes everything in and all are offered")
    func nobodyBelow() throws {
        let areas = try offered(staffed: [])
        #expect(areas.children(of: CasesFixture.county).count == 3)
    }

    private func offered(staffed: [String]) throws -> StaffedAreas {
        StaffedAreas(areas: Three(), staffed: Set(try staffed.map(area)))
    }

    private func area(_ code: String) throws -> AreaPrefix { try #require(AreaPrefix(code)) }

    /// Three streets of two communities each, named by their codes.
    private struct Three: AreaLookup {
        func name(of area: AreaPrefix) -> String? { area.code }
        func area(at location: Location) -> AreaPrefix? { nil }
        func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] {
            let count = area.level == .county ? 3 : area.level == .street ? 2 : 0
            return (0..<count).compactMap { index in
                AreaPrefix("\(area.code)00\(index + 1)").map { ($0, $0.code) }
            }
        }
    }
}
