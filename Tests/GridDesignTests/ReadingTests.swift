import Testing

@testable import GridDesign

@Suite("Tables are read as they come")
struct ReadingTests {
    static func units(_ text: String, pieces: Int = 1) throws -> (Units, [Int64], [InputProblem], UnitIndex) {
        var reader = UnitTableReader()
        let bytes = Array(text.utf8)
        let size = max(1, (bytes.count + pieces - 1) / pieces)
        var start = 0
        while start < bytes.count {
            let end = min(start + size, bytes.count)
            try bytes[start..<end].withUnsafeBytes { try reader.read($0) }
            start = end
        }
        let index = try reader.finish()
        return (reader.units, reader.ids, reader.problems, index)
    }

    @Test("In pieces of any size, with a byte order mark, Windows line ends and no line end at last")
    func pieces() throws {
        let text =
            "\u{FEFF}id,x,y,households,workload,type,compound\r\n0,1.5,-2.25,3,4,area,7\r\n1,10,20,0,0.5,\"a, b\",東苑"
        for pieces in [1, 2, 7, text.utf8.count] {
            let (units, ids, problems, _) = try Self.units(text, pieces: pieces)
            #expect(problems.isEmpty)
            #expect(ids == [0, 1])
            #expect(units.xs == [1.5, 10] && units.ys == [-2.25, 20])
            #expect(units.households == [3, 0] && units.workloads == [4, 0.5])
            #expect(units.compounds[0] == 7 && units.compounds[1] > 7)
        }
    }

    @Test("A row that cannot stand is left out and named; the rest goes on")
    func badRows() throws {
        let (units, ids, problems, index) = try Self.units(
            """
            id,x,y,workload
            5,0,0,10
            5,1,0,10
            6,,0,10
            7,2,0,-3
            8,3,0,3000000
            9,abc,0,1
            ten,4,0,1
            12,5,0,nan

            11,4,0,20
            """)
        #expect(ids == [5, 11] && units.workloads == [10, 20])
        #expect(
            problems.map(\.kind) == [
                .duplicateID, .noNumber, .negativeWorkload, .hugeWorkload, .noNumber, .noNumber, .noNumber,
            ])
        #expect(problems.map(\.line) == [3, 4, 5, 6, 7, 8, 9])
        #expect(index.place(of: 11) == 1 && index.place(of: 5) == 0 && index.place(of: 6) == nil)
    }

    @Test("Edges to unknown units and loops are left out")
    func edges() throws {
        let (_, _, _, index) = try Self.units("id,x,y,households\n0,0,0,1\n1,1,0,1\n")
        var reader = EdgeTableReader(index: index)
        try Array("u,v,cls,w\n0,1,0,8\n0,0,0,8\n0,7,0,8\n1,0,0,\n".utf8).withUnsafeBytes { try reader.read($0) }
        try reader.finish()
        #expect(reader.adjacency.from == [0, 1] && reader.adjacency.affinities == [8, 1])
        #expect(reader.problems.map(\.kind) == [.loop, .unknownUnit])
    }

    @Test("A table without its columns or rows is refused")
    func refused() {
        #expect(throws: InputProblem(.missingColumn, line: 1, subject: "y")) {
            try Self.units("id,x,workload\n1,2,3\n")
        }
        #expect(throws: InputProblem(.empty, line: 0, subject: "units")) { try Self.units("id,x,y,workload\n") }
        #expect(throws: InputProblem(.empty, line: 0, subject: "units")) { try Self.units("") }
    }
}
