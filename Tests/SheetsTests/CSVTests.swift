import Ground
import Sheets
import Testing

@Suite("Text tables")
struct CSVTests {
    let folder = TemporaryFolder()

    private func rows(_ text: String, piece: Int = .max, settings: CSVParser.Settings = .init()) -> [CSVParser.Row] {
        var parser = CSVParser(settings: settings)
        var rows: [CSVParser.Row] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            Array(rest.prefix(piece)).withUnsafeBufferPointer { parser.parse($0) { rows.append($0) } }
            rest = rest.dropFirst(piece)
        }
        parser.finish { rows.append($0) }
        return rows
    }

    @Test(
        "Quotes, embedded line ends and all three line ends are read, whatever the pieces",
        arguments: [1, 2, 3, 7, 1000])
    func shapes(piece: Int) {
        let read = rows("a,b\r\n\"x,\"\"y\"\"\",\"two\r\nlines\"\r1,\n\n\"\",z", piece: piece)
        #expect(read.map(\.cells) == [["a", "b"], ["x,\"y\"", "two\r\nlines"], ["1", ""], ["", "z"]])
        #expect(read.map(\.line) == [1, 2, 4, 6])
        #expect(read.allSatisfy { $0.faults.isEmpty })
    }

    @Test("A quote that is never closed costs its own row only", arguments: [1, 5, 1000])
    func unterminated(piece: Int) {
        let atEnd = rows("h,i\n1,\"open\n2,b\n3,c\n", piece: piece)
        #expect(atEnd.map(\.cells) == [["h", "i"], ["1", "open"], ["2", "b"], ["3", "c"]])
        #expect(atEnd.map(\.faults) == [[], [.unterminatedQuote(openedAtLine: 2)], [], []])
        #expect(atEnd.map(\.line) == [1, 2, 3, 4])

        let beforeQuoted = rows("1,\"open,x\r\n2,\"good\",y\r\n3,z,w", piece: piece)
        #expect(beforeQuoted.map(\.cells) == [["1", "open,x"], ["2", "good", "y"], ["3", "z", "w"]])
        #expect(beforeQuoted.map(\.line) == [1, 2, 3])
        #expect(beforeQuoted[1].faults.isEmpty)
    }

    @Test("An open quote longer than a field may be gives the following rows back")
    func unterminatedLong() {
        let many = (2...200).map { "\($0),good" }.joined(separator: "\n")
        let read = rows("1,\"open\n" + many, piece: 50, settings: .init(maximumFieldBytes: 300))
        #expect(read.count == 200)
        #expect(read.filter { !$0.faults.isEmpty }.map(\.line) == [1])
        #expect(read.last?.cells == ["200", "good"])
    }

    @Test("A field without end is cut, its row reported, and the next row read")
    func tooLong() {
        let read = rows(
            "a," + String(repeating: "x", count: 5000) + ",c\nnext,row\n", piece: 64,
            settings: .init(maximumFieldBytes: 100))
        #expect(read.count == 2)
        #expect(read.first?.faults == [.fieldTooLong(column: 1)])
        #expect(read.last?.cells == ["next", "row"])
        #expect(read.last?.line == 2)
    }

    @Test("Text after a closing quote is kept as it stands and reported")
    func textAfterQuote() {
        let read = rows("\"5\"寸管,b\n")
        #expect(read.first?.cells == ["\"5\"寸管", "b"])
        #expect(read.first?.faults == [.textAfterQuote(column: 0)])
    }

    @Test("More columns than allowed are cut and reported")
    func columns() {
        let read = rows("1,2,3,4,5\n6,7\n", settings: .init(maximumColumns: 3))
        #expect(read.map(\.cells) == [["1", "2", "3"], ["6", "7"]])
        #expect(read.first?.faults == [.tooManyColumns])
    }

    @Test("Separators are found from the content", arguments: [",", ";", "\t"])
    func separator(_ separator: String) throws {
        let text = "姓名\(separator)地址\n张三\(separator)\"甲,乙;丙\t丁\"\n李四\(separator)戊\n"
        let reader = try SheetReader.open(path: folder.file("t.csv", text))
        #expect(reader.header == ["姓名", "地址"])
        #expect(try reader.allRows().map(\.cells) == [["张三", "甲,乙;丙\t丁"], ["李四", "戊"]])
    }

    private static let rare = "姓名,住址\r\n䶮㛃,𬌗镇€\r\n王五,乙\r\n"

    @Test("Every encoding gives the same rare characters back")
    func encodings() throws {
        // 䶮 is FE9F, 㛃 8230B731, 𬌗 9931D239, € 80 is not of GB 18030: A2E3.
        var gb: [UInt8] = [0xD0, 0xD5, 0xC3, 0xFB, 0x2C, 0xD7, 0xA1, 0xD6, 0xB7, 0x0D, 0x0A]
        gb += [0xFE, 0x9F, 0x82, 0x30, 0xB7, 0x31, 0x2C, 0x99, 0x31, 0xD2, 0x39, 0xD5, 0xF2, 0xA2, 0xE3, 0x0D, 0x0A]
        gb += [0xCD, 0xF5, 0xCE, 0xE5, 0x2C, 0xD2, 0xD2, 0x0D, 0x0A]
        let units = Array(Self.rare.utf16)
        let little: [UInt8] =
            [0xFF, 0xFE] + units.flatMap { unit -> [UInt8] in [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        let big: [UInt8] = [0xFE, 0xFF] + units.flatMap { unit -> [UInt8] in [UInt8(unit >> 8), UInt8(unit & 0xFF)] }
        let files: [([UInt8], TextEncoding)] = [
            (gb, .gb18030), (little, .utf16LittleEndian), (big, .utf16BigEndian), (Array(Self.rare.utf8), .utf8),
            ([0xEF, 0xBB, 0xBF] + Array(Self.rare.utf8), .utf8),
        ]
        for (bytes, encoding) in files {
            let reader = try SheetReader.open(path: folder.file("t.csv", bytes))
            #expect(reader.format == .text(encoding, separator: UInt8(ascii: ",")))
            #expect(reader.header == ["姓名", "住址"])
            #expect(try reader.allRows().map(\.cells) == [["䶮㛃", "𬌗镇€"], ["王五", "乙"]])
        }
    }

    @Test("A few bad bytes cost their rows, not the file")
    func badBytes() throws {
        var bytes = Array("h,i\n".utf8)
        for number in 1...500 {
            bytes += Array("\(number),街道".utf8)
            if number == 250 { bytes += [0xC3, 0x28] }
            bytes.append(0x0A)
        }
        let rows = try SheetReader.open(path: folder.file("t.csv", bytes)).allRows()
        #expect(rows.count == 500)
        #expect(rows.filter { $0.issues == [.undecodableText] }.map(\.number) == [251])
        #expect(rows[249].cells == ["250", "街道\u{FFFD}("])
    }

    @Test("Bad bytes in GB 18030 cost their rows, not the file")
    func badBytesInGB18030() throws {
        var bytes = Array("h,i\n".utf8)
        for number in 1...500 {
            bytes += Array("\(number),".utf8) + [0xBD, 0xD6, 0xB5, 0xC0]
            if number == 250 { bytes += [0xFF] }
            bytes.append(0x0A)
        }
        let rows = try SheetReader.open(path: folder.file("t.csv", bytes)).allRows()
        #expect(rows.count == 500)
        #expect(rows.filter { $0.issues == [.undecodableText] }.map(\.number) == [251])
        #expect(rows[300].cells == ["301", "街道"])
    }

    @Test("What is no text in any known encoding is refused with the place")
    func unknownEncoding() throws {
        let path = try folder.file("t.csv", Array("h,i\n1,".utf8) + [0xFF, 0xFF, 0xFF, 0x0A])
        do {
            _ = try SheetReader.open(path: path)
            Issue.record("expected a refusal")
        } catch {
            #expect(error.code == "sheets.text.unknown-encoding")
            #expect(error.message.english.contains("byte 6") && error.message.chinese.contains("第 6 字节"))
        }
        let binary = try folder.file("b.csv", [0x61, 0x00, 0x62, 0x0A])
        #expect(refusalCode { _ = try SheetReader.open(path: binary) } == "sheets.text.not-text")
    }

    @Test("gzip is unpacked on the way, and a cut gzip file is refused")
    func gzip() throws {
        let text = "h,i\n" + (1...20_000).map { "\($0),街道\($0 * 7919 % 10_007)" }.joined(separator: "\n")
        let path = try folder.gzip("t.csv.gz", text)
        let reader = try SheetReader.open(path: path)
        #expect(try reader.allRows().count == 20_000)
        #expect(reader.bytesRead == reader.byteCount)
        let bytes = try folder.bytes(path)
        let cut = try folder.file("cut.csv.gz", Array(bytes.prefix(bytes.count / 2)))
        #expect(refusalCode { _ = try SheetReader.open(path: cut).allRows() } == "sheets.gzip.damaged")
        #expect(
            refusalCode { try FilePieces.read(path, limit: 100_000) { _ in } } == "sheets.file.unpacks-too-large")
        var limits = SheetLimits()
        limits.unpackedBytes = 100_000
        #expect(
            refusalCode { _ = try SheetReader.open(path: path, limits: limits).allRows() }
                == "sheets.file.unpacks-too-large")
    }

    @Test("What the caller throws ends the reading")
    func callerStops() throws {
        struct Enough: Error {}
        let reader = try SheetReader.open(path: folder.file("t.csv", "h\n1\n2\n3\n"))
        var seen = 0
        #expect(throws: Enough.self) {
            try reader.forEachRow { _ in
                seen += 1
                if seen == 2 { throw Enough() }
            }
        }
        #expect(seen == 2)
        #expect(try reader.allRows().count == 3)
    }

    @Test("What is written is read back, with quotes, separators, line ends and an apostrophe before formulas")
    func writing() throws {
        let rows = [["a", "b,\"c\""], ["", "二\r\n行"], ["=1+1", "-5"]]
        let path = folder.path + "/out.csv"
        var options = CSVWriter.Options()
        options.guardsFormulas = true
        let writer = try CSVWriter(path: path, options: options)
        for row in rows { try writer.addRow(row) }
        #expect(folder.names.allSatisfy { $0.contains(".partial-") })
        try writer.close()
        #expect(folder.names == ["out.csv"])
        #expect(Array(try folder.bytes(path).prefix(3)) == [0xEF, 0xBB, 0xBF])
        let reader = try SheetReader.open(path: path)
        #expect(reader.header == ["a", "b,\"c\""])
        #expect(try reader.allRows().map(\.cells) == [["", "二\r\n行"], ["'=1+1", "-5"]])
        #expect(refusalCode { try writer.addRow(["x"]) } == "sheets.file.already-closed")
    }

    @Test("A place that does not exist is refused")
    func missingFolder() {
        #expect(refusalCode { _ = try CSVWriter(path: folder.path + "/none/x.csv") } == "sheets.file.cannot-write")
        #expect(refusalCode { _ = try SheetReader.open(path: folder.path + "/none") } == "sheets.file.cannot-open")
    }

    @Test("The error sheet says what is wrong and gives the row back", arguments: Language.allCases)
    func errorSheet(_ language: Language) throws {
        let source = try SheetReader.open(path: folder.file("in.csv", "编号,名称\n1,\"开\n2,好\n"))
        let path = folder.path + "/errors.csv"
        let errors = try ErrorSheet(path: path, language: language, header: source.header)
        try source.forEachRow { row in
            for issue in row.issues { try errors.add(RowProblem(issue, in: row, of: source), original: row.cells) }
        }
        try errors.close()
        #expect(errors.count == 1)
        let read = try SheetReader.open(path: path)
        #expect(read.header.first == (language == .chinese ? "行号" : "Row"))
        let row = try #require(try read.allRows().first)
        #expect(row[0] == "2" && row[3] == "sheets.row.unterminated-quote")
        #expect(Array(row.cells.suffix(2)) == ["1", "开"])
    }

    @Test("No bytes make the parser crash, hang or lose count of lines, and pieces do not matter")
    func fuzz() {
        var random = SeededRandom(seed: 20_261_121)
        let alphabet = Array("\"\"\",,\n\r\n;ab中 ".utf8) + [0xFF, 0xC3]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...60, using: &random)
            let bytes = (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
            let settings = CSVParser.Settings(
                maximumFieldBytes: Int.random(in: 1...40, using: &random),
                maximumColumns: Int.random(in: 1...8, using: &random))
            var whole: [CSVParser.Row] = []
            var parser = CSVParser(settings: settings)
            bytes.withUnsafeBufferPointer { parser.parse($0) { whole.append($0) } }
            parser.finish { whole.append($0) }
            var pieces: [CSVParser.Row] = []
            var other = CSVParser(settings: settings)
            for byte in bytes { [byte].withUnsafeBufferPointer { other.parse($0) { pieces.append($0) } } }
            other.finish { pieces.append($0) }
            #expect(whole == pieces, "\(bytes) \(settings)")
            #expect(zip(whole, whole.dropFirst()).allSatisfy { $0.line < $1.line })
        }
    }
}
