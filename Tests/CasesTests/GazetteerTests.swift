import Desk
import Ground
import Testing

@testable import Cases

@Suite("Places are known by the names that people write")
struct GazetteerTests {
    private struct County: AreaLookup {
        let names = [
            "330106": "西湖区", "330106001": "翠苑街道", "330106002": "古荡街道", "330106001001": "翠苑一区社区",
            "330106001002": "花园社区", "330106002001": "花园社区", "330106002002": "嘉荷社区",
        ]

        func name(of area: AreaPrefix) -> String? { names[area.code] }

        func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] {
            let length = area.code.utf8.count + 3
            return names.keys.sorted().filter { $0.hasPrefix(area.code) && $0.utf8.count == length }
                .compactMap { code in AreaPrefix(code).map { ($0, names[code] ?? "") } }
        }

        func area(at location: Location) -> AreaPrefix? { nil }
    }

    private static let gazetteer: Gazetteer = {
        let place = Location(longitude: 120.1, latitude: 30.3)
        func landmark(_ name: String, _ area: String, _ location: Location? = nil) -> Gazetteer.Entry {
            Gazetteer.Entry(
                name: name, area: AreaPrefix(area) ?? .everywhere, certainty: Gazetteer.landmarkCertainty,
                location: location)
        }
        return Gazetteer(
            Gazetteer.divisions(of: CasesFixture.county, County()) + [
                landmark("嘉绿苑", "330106002002", place), landmark("物美超市", "330106001001"),
                landmark("物美超市", "330106002002"),
            ])
    }()

    private func best(_ text: String, _ clues: [Gazetteer.Clue] = []) -> (String?, Double) {
        let found = Self.gazetteer.areas(in: text, clues).candidates.first
        return (found?.value.code, found?.confidence ?? 0)
    }

    @Test("Full names, short names and compounds lead to their community, with the words and the place")
    func names() {
        #expect(best("翠苑一区社区门口积水").0 == "330106001001")
        #expect(best("翠苑一区门口积水").0 == "330106001001")
        #expect(best("翠苑一区社区门口积水").1 > best("翠苑一区门口积水").1)
        let answer = Self.gazetteer.areas(in: "嘉绿苑东门垃圾成堆")
        #expect(answer.candidates.first?.value.code == "330106002002")
        #expect(answer.words == ["嘉绿苑"])
        #expect(answer.location == Location(longitude: 120.1, latitude: 30.3))
        #expect(best("古荡街道的路灯").0 == "330106002")
        #expect(Self.gazetteer.areas(in: "路灯坏了").candidates.isEmpty)
    }

    @Test("A name of two places is unsure until the street is named too")
    func ambiguity() {
        let alone = Self.gazetteer.areas(in: "花园社区井盖缺失")
        #expect(Set(alone.candidates.map(\.value.code)) == ["330106001002", "330106002001"])
        #expect((alone.candidates.first?.confidence ?? 1) < 0.5)
        let (code, confidence) = best("古荡街道花园社区井盖缺失")
        #expect(code == "330106002001")
        #expect(confidence > 0.9)
        #expect(best("物美超市门口，翠苑一区").0 == "330106001001")
    }

    @Test("Names that contradict each other, or the reporter's own choice, lower the confidence")
    func contradiction() {
        let agreed = best("嘉绿苑", [.init(area: AreaPrefix("330106002") ?? .everywhere, certainty: 0.8)])
        let alone = best("嘉绿苑")
        let against = best("嘉绿苑", [.init(area: AreaPrefix("330106001") ?? .everywhere, certainty: 0.8)])
        #expect(agreed.0 == "330106002002" && agreed.1 >= alone.1)
        #expect(against.1 < 0.6)
        #expect(best("从嘉绿苑到翠苑一区社区的路").1 < 0.6)
        // Said twice is not twice as sure.
        #expect(best("嘉绿苑，嘉绿苑，还是嘉绿苑").1 == alone.1)
    }
}
