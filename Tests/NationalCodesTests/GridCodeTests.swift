import Ground
import NationalCodes
import Testing

@Suite("Grid codes")
struct GridCodeTests {
    @Test("A grid code of 15 digits is its community and a sequence")
    func grid() throws {
        let code = try GridCode("110105001002017")
        #expect(code.community.text == "110105001002")
        #expect(code.sequence == 17)
        #expect(try GridCode(community: code.community, sequence: 17).text == "110105001002017")
        #expect(try code < GridCode(community: code.community, sequence: 18))
    }

    @Test(
        "A text that is no grid code is refused with its reason",
        arguments: [
            ("11010500100201", GridCodeFault.length), ("11010500100201A", .characters),
            ("110105001000017", .community), ("110105001002000", .sequence),
        ])
    func refused(text: String, fault: GridCodeFault) {
        #expect(throws: fault) { _ = try GridCode(text) }
    }

    @Test("A grid belongs to a community, never straight to a street")
    func neverOfAStreet() throws {
        let street = try DivisionCode("110105001")
        #expect(throws: GridCodeFault.community) { _ = try GridCode(community: street, sequence: 1) }
    }

    @Test("A community service grid has 20 digits, 00 for an undivided community, 601 for a merged one")
    func serviceGrid() throws {
        let code = try ServiceGridCode("01010111010500100200")
        #expect(code.objectCode == "010101")
        #expect(code.community.text == "110105001002")
        #expect(code.isWholeCommunity && !code.isMergedCommunity)
        #expect(code.text == "01010111010500100200")
        let merged = try ServiceGridCode("01010111010500160107")
        #expect(merged.isMergedCommunity && merged.sequence == 7)
        #expect(throws: GridCodeFault.length) { _ = try ServiceGridCode("0101011101050010020") }
        #expect(throws: GridCodeFault.sequence) {
            _ = try ServiceGridCode(objectCode: "010101", community: code.community, sequence: 100)
        }
        #expect(throws: GridCodeFault.objectCode) {
            _ = try ServiceGridCode(objectCode: "0101", community: code.community, sequence: 1)
        }
    }

    @Test("The shipped segments tell base, exclusive and functional grids apart, without gaps")
    func segments() throws {
        let numbering = try GridNumbering(yaml: try shippedCodes("grid-numbering.yaml"), file: "grid-numbering.yaml")
        #expect(numbering.segment(of: 1)?.kind.text == LocalizedText("基础网格", "base grid"))
        #expect(numbering.segment(of: 800)?.kind.text.english == "exclusive grid")
        #expect(numbering.segment(of: 999)?.kind.text.english == "functional grid")
        #expect((1...999).allSatisfy { numbering.segment(of: $0) != nil })
        #expect(numbering.segment(of: 0) == nil)
    }

    @Test(
        "Overlapping or impossible segments are refused",
        arguments: ["000-100", "5-1", "1-1000", "1", "001-500\": a | b\n  \"400-600"])
    func faultySegments(code: String) {
        #expect(throws: CodeFileError.self) {
            _ = try GridNumbering(yaml: "name: a | b\nsource: c\ncodes:\n  \"\(code)\": a | b\n", file: "f")
        }
    }

    @Test("Grids are numbered row by row from the north, each row from the west")
    func order() {
        // Two by two, a little out of line: north-east, south-west, north-west, south-east.
        let centres = [(116.2, 39.99), (116.1, 39.80), (116.1, 40.00), (116.2, 39.81)]
        #expect(GridNumbering.order(of: centres.map { (longitude: $0.0, latitude: $0.1) }) == [2, 0, 1, 3])
        #expect(GridNumbering.order(of: []) == [])
        #expect(GridNumbering.order(of: [(longitude: 2, latitude: 1), (longitude: 1, latitude: 1)]) == [1, 0])
    }
}
