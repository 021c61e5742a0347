import Ground
import Testing

@testable import Sheets

@Suite("Workbooks")
struct WorkbookTests {
    let folder = TemporaryFolder()

    private func rows(_ fixture: WorkbookFixture) throws -> [SheetRow] {
        let reader = try XLSXReader(path: folder.zip("t.xlsx", fixture.parts))
        var rows: [SheetRow] = []
        try reader.forEachRow { rows.append($0) }
        return rows
    }

    private func date(_ text: String) throws -> Day { try #require(Day(text)) }

    @Test("Every kind of cell comes back as it was written")
    func roundTrip() throws {
        let path = folder.path + "/out.xlsx"
        let writer = try WorkbookWriter(path: path)
        let titles = ["文本", "整数", "小数", "时间", "日期", "链接"]
        try writer.addSheet(named: "台账", columns: titles.map { SheetColumn($0) })
        let instant = try #require(Instant(iso8601: "2026-11-21T10:32:05+08:00"))
        try writer.addRow([
            .text("110105194912310021"), .integer(42), .number(0.1), .instant(instant), .day(try date("2024-02-29")),
            .link(text: "查看", address: "https://example.org/a?b=1&c=2"),
        ])
        let odd = [
            "=1+1", "+86", "-5", "@x", "007", " 空格 ", "二\n行", "<a&\"b\">", "_x0041_", "䶮㛃𬌗",
            "a\u{0001}\u{0000}b\u{FFFE}",
            "javascript",
        ]
        for text in odd { try writer.addRow([.text(text), .integer(1_234_567_890_123_456)]) }
        try writer.addRow([.link(text: "", address: "javascript:alert(1)"), .empty, .number(.nan)])
        try writer.addFacts([("筛选", "全部"), ("导出时间", "2026-11-21 10:32"), ("导出人", "=张三")])
        #expect(!folder.names.contains("out.xlsx"))
        try writer.close()
        #expect(folder.names == ["out.xlsx"])

        let reader = try SheetReader.open(path: path)
        #expect(reader.header == titles)
        #expect(reader.sheetNames == ["台账", "说明"])
        let rows = try reader.allRows()
        #expect(rows.first?.number == 2)
        #expect(
            rows.first?.cells == ["110105194912310021", "42", "0.1", "2026-11-21T10:32:05", "2024-02-29", "查看"])
        var expected = odd
        expected[10] = "ab"
        #expect(rows[1...odd.count].map { $0[0] } == expected)
        #expect(rows[1][1] == "1234567890123456")
        #expect(rows.allSatisfy { $0.issues.isEmpty })
        #expect(rows.last?.cells == ["javascript:alert(1)", "", "nan"])
        let facts = try SheetReader.open(path: path, sheet: "说明").allRows()
        #expect(facts.map(\.cells) == [["导出时间", "2026-11-21 10:32"], ["导出人", "=张三"]])
        #expect(refusalCode { try writer.close() } == "sheets.file.already-closed")
    }

    @Test("A full sheet continues on a further one with the same header")
    func continuation() throws {
        let path = folder.path + "/out.xlsx"
        let writer = try WorkbookWriter(path: path, rowsPerSheet: 4)
        try writer.addSheet(named: "台账", columns: [SheetColumn("号", .number)])
        for number in 1...7 { try writer.addRow([.integer(number)]) }
        try writer.close()
        let names = ["台账", "台账 (2)", "台账 (3)"]
        #expect(try SheetReader.open(path: path).sheetNames == names)
        let counts = try names.map { name in
            let reader = try SheetReader.open(path: path, sheet: name)
            #expect(reader.header == ["号"])
            return try reader.allRows().count
        }
        #expect(counts == [3, 3, 1])
    }

    @Test("An unfinished or refused workbook leaves no file")
    func unfinished() throws {
        do {
            let writer = try WorkbookWriter(path: folder.path + "/out.xlsx")
            try writer.addSheet(named: "a", columns: [SheetColumn("b")])
            try writer.addRow([.text("c")])
        }
        #expect(folder.names.isEmpty)
        #expect(
            refusalCode { _ = try WorkbookWriter(path: folder.path + "/none/x.xlsx") } == "sheets.file.cannot-write")
    }

    @Test("A workbook whose sheet has lost bytes does not count as complete")
    func completeness() throws {
        let data = "<row><c><v>1</v></c></row>"
        let whole = try folder.zip("a.xlsx", WorkbookFixture(sheetData: data).parts)
        #expect(WorkbookPackage.isComplete(whole, rowBytes: [Int64(data.utf8.count)]))
        #expect(!WorkbookPackage.isComplete(whole, rowBytes: [Int64(data.utf8.count) + 4096]))
        #expect(!WorkbookPackage.isComplete(whole, rowBytes: [1, 1, 1]))
        let open = try folder.zip("b.xlsx", [("xl/worksheets/sheet1.xml", "<worksheet><sheetData>")])
        #expect(!WorkbookPackage.isComplete(open, rowBytes: [1]))
    }

    @Test("Sheet names are made acceptable and unique")
    func sheetNames() {
        #expect(WorkbookText.sheetName("a/b:c[d]", number: 1, taken: []) == "a_b_c_d_")
        #expect(WorkbookText.sheetName("'", number: 1, taken: []) == "Sheet")
        #expect(WorkbookText.sheetName("台账", number: 1, taken: ["台账"]) == "台账 (2)")
        #expect(WorkbookText.sheetName("History", number: 1, taken: []) == "History_")
        let long = WorkbookText.sheetName(String(repeating: "长", count: 40), number: 12, taken: [])
        #expect(long.utf16.count == 31 && long.hasSuffix(" (12)"))
    }

    @Test("A text longer than a cell is cut with an ellipsis and counted")
    func longText() throws {
        let writer = try WorkbookWriter(path: folder.path + "/out.xlsx")
        try writer.addSheet(named: "a", columns: [SheetColumn("b")])
        try writer.addRow([.text(String(repeating: "长", count: 40_000))])
        try writer.close()
        #expect(writer.cutCells == 1)
        let row = try #require(try SheetReader.open(path: folder.path + "/out.xlsx").allRows().first)
        #expect(row[0].utf16.count == 32_767 && row[0].hasSuffix("长…"))
    }

    @Test("Shared texts keep their runs, without phonetic guides and with escaped characters")
    func sharedTexts() throws {
        let read = try rows(
            WorkbookFixture(
                sheetData:
                    #"<row r="3"><c r="A3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c><c r="D3" t="s"><v>9</v></c></row>"#,
                sharedTexts:
                    "<si><r><t>甲</t></r><r><t xml:space=\"preserve\"> 乙</t></r><rPh sb=\"0\" eb=\"1\"><t>jia</t></rPh></si><si><t>a_x000D_b_y_x0041</t></si>"
            ))
        #expect(read.map(\.number) == [3])
        #expect(read.first?.cells == ["甲 乙", "", "a\rb_y_x0041", ""])
        #expect(read.first?.issues == [.brokenCell(column: 3)])
    }

    @Test("Formulas, errors, booleans, inline texts, long numbers and cells without a place are told apart")
    func kinds() throws {
        let read = try rows(
            WorkbookFixture(
                sheetData: """
                    <row><c><f>A2+1</f><v>3</v></c><c t="e"><v>#N/A</v></c><c t="b"><v>1</v></c>\
                    <c t="inlineStr"><is><t>内</t></is></c><c><v>1.1010519491231E+17</v></c><c t="str"><f>B1</f><v>果</v></c>\
                    <c><v>110105194912310021</v></c><c><v>1.1000000000000001</v></c><c><v>1E3</v></c></row>
                    <row r="5"><c r="B5" s="0"/></row><row r="7"><c r="B7"><v>-7</v></c></row>
                    """))
        #expect(
            read.first?.cells
                == ["3", "#N/A", "TRUE", "内", "110105194912310000", "果", "110105194912310021", "1.1", "1000"])
        #expect(
            read.first?.issues == [
                .formula(column: 0), .errorValue(column: 1, value: "#N/A"), .digitsLost(column: 4), .formula(column: 5),
                .digitsLost(column: 6),
            ])
        #expect(read.map(\.number) == [1, 7])
        #expect(read.last?.cells == ["", "-7"])
    }

    private static let styles = """
        <numFmts count="4"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/>\
        <numFmt numFmtId="165" formatCode="[$-804]上午/下午h:mm"/><numFmt numFmtId="166" formatCode="000000"/>\
        <numFmt numFmtId="167" formatCode="[h]:mm:ss"/><numFmt numFmtId="168" formatCode="[Red]0.00E+00&quot;yd&quot;"/></numFmts>\
        <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>\
        <xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="168"/></cellXfs>
        """
    private static let dated = """
        <row r="1"><c s="1"><v>45351</v></c><c s="2"><v>45351.439</v></c><c s="3"><v>45352</v></c><c s="4"><v>0.5</v></c>\
        <c s="5"><v>10020</v></c><c s="6"><v>1.25</v></c><c s="7"><v>12.5</v></c><c s="1"><v>59</v></c><c s="1"><v>60</v></c>\
        <c s="1"><v>61</v></c></row>
        """

    @Test("Dates become ISO 8601 by their number format, and codes keep their zeros")
    func dates() throws {
        let read = try rows(WorkbookFixture(sheetData: Self.dated, styles: Self.styles))
        #expect(
            read.first?.cells == [
                "2024-02-29", "2024-02-29T10:32:10", "2024-03-01", "12:00:00", "010020", "30:00:00", "12.5",
                "1900-02-28",
                "60", "1900-03-01",
            ])
    }

    @Test("Workbooks that count from 1904 give the same days four years and a day later")
    func dates1904() throws {
        let read = try rows(
            WorkbookFixture(
                sheetData: Self.dated, styles: Self.styles, workbookProperties: #"<workbookPr date1904="1"/>"#))
        #expect(read.first?[0] == "2028-03-01")
        #expect(read.first?[3] == "12:00:00")
    }

    @Test(
        "Number formats are understood",
        arguments: [
            ("General", NumberFormat.general), ("#,##0.00", .general), ("0.00%", .general), ("@", .general),
            ("yyyy-mm-dd hh:mm", .moment(hasDate: true, hasTime: true)),
            ("mm:ss", .moment(hasDate: false, hasTime: true)),
            ("e\"年\"", .moment(hasDate: true, hasTime: false)), ("\"day\"0", .general), ("[Red]0", .general),
            ("00000", .zeroPadded(width: 5)), ("[mm]:ss", .elapsed), ("", .general), ("[", .general), ("\\", .general),
        ])
    func formats(_ code: String, _ expected: NumberFormat) {
        #expect(NumberFormat(code: code) == expected)
    }

    @Test("Merged cells are reported after the rows")
    func merged() throws {
        let fixture = WorkbookFixture(
            sheetData: #"<row r="1"><c r="A1"><v>1</v></c></row>"#,
            afterData: #"<mergeCells><mergeCell ref="A1:B3"/><mergeCell ref="nonsense"/></mergeCells>"#)
        let reader = try XLSXReader(path: folder.zip("t.xlsx", fixture.parts))
        let summary = try reader.forEachRow { _ in }
        #expect(summary.rowCount == 1)
        #expect(summary.mergedRanges.map(\.last) == [CellReference(column: 1, row: 3)])
        #expect(reader.bytesRead == reader.byteCount && reader.byteCount > 0)
        #expect(reader.sheets.map(\.isHidden) == [true, false])
    }

    @Test("Column names and references agree")
    func references() {
        for column in [0, 25, 26, 701, 702, 16_383] {
            let name = CellReference.columnName(column)
            #expect(CellReference(Array("\(name)9".utf8)) == CellReference(column: column, row: 9))
        }
        for text in ["", "A", "9", "A0", "XFE1", "A1048577", "1A", "A-1"] {
            #expect(CellReference(Array(text.utf8)) == nil)
        }
    }

    private func openCode(_ path: String, _ limits: SheetLimits = SheetLimits()) -> String? {
        refusalCode { _ = try SheetReader.open(path: path, limits: limits).allRows() }
    }

    @Test("A cut workbook is refused wherever it is cut")
    func truncated() throws {
        let data = (1...500).map { "<row><c><v>\($0 * 7919)</v></c></row>" }.joined()
        let bytes = try folder.bytes(folder.zip("t.xlsx", WorkbookFixture(sheetData: data).parts))
        for length in stride(from: 8, to: bytes.count - 1, by: 97) {
            let path = try folder.file("cut.xlsx", Array(bytes.prefix(length)))
            #expect(openCode(path) == "sheets.workbook.damaged")
        }
    }

    @Test("Zip bombs are refused by size, by ratio, and by the texts they would keep")
    func bombs() throws {
        let data = String(repeating: "<row><c t=\"s\"><v>0</v></c></row>", count: 40_000)
        let texts = String(repeating: "<si><t>aaaaaaaaaaaaaaaa</t></si>", count: 20_000)
        let path = try folder.zip("t.xlsx", WorkbookFixture(sheetData: data, sharedTexts: texts).parts)
        #expect(openCode(path) == nil)
        var limits = SheetLimits()
        limits.unpackedBytes = 100_000
        #expect(openCode(path, limits) == "sheets.file.unpacks-too-large")
        limits = SheetLimits()
        (limits.ratioFreeBytes, limits.unpackingRatio) = (10_000, 20)
        #expect(openCode(path, limits) == "sheets.workbook.unpacks-too-much")
        limits = SheetLimits()
        limits.sharedTextBytes = 10_000
        #expect(openCode(path, limits) == "sheets.workbook.too-many-texts")
    }

    @Test("A document type declaration is refused: entities are how small files grow")
    func entities() throws {
        let fixture = WorkbookFixture(
            sheetData: "<row><c><v>1</v></c></row>", prologue: #"<!DOCTYPE w [<!ENTITY a "aaaa">]>"#)
        #expect(openCode(try folder.zip("t.xlsx", fixture.parts)) == "sheets.workbook.damaged")
    }

    @Test("Other formats are named, with what to do")
    func otherFormats() throws {
        let container: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + Array(repeating: 0, count: 600)
        #expect(openCode(try folder.file("a.xlsx", container)) == "sheets.workbook.old-format")
        let encrypted = container + "EncryptedPackage".utf8.flatMap { byte -> [UInt8] in [byte, 0] }
        #expect(openCode(try folder.file("b.xlsx", encrypted)) == "sheets.workbook.encrypted")
        #expect(openCode(try folder.file("c.xls", " <HTML><table>")) == "sheets.workbook.other-format")
        #expect(openCode(try folder.file("d.csv", "%PDF-1.7\n")) == "sheets.workbook.other-format")
        #expect(openCode(try folder.zip("e.xlsx", [("content.xml", "<a/>")])) == "sheets.workbook.other-format")
        #expect(openCode(try folder.file("f.csv", "")) == "sheets.file.empty")
        let workbook = try folder.zip("g.csv", WorkbookFixture(sheetData: "<row><c><v>1</v></c></row>").parts)
        #expect(try SheetReader.open(path: workbook).format == .workbook(sheet: "台账"))
        #expect(refusalCode { _ = try SheetReader.open(path: workbook, sheet: "无") } == "sheets.workbook.no-such-sheet")
    }

    @Test("Broken XML is a refusal, never a crash, whatever is changed")
    func fuzz() throws {
        var random = SeededRandom(seed: 7)
        let good = Array(
            (#"<worksheet><sheetData>"# + Self.dated
                + #"<row r="2"><c r="B2" t="s"><v>0</v></c><c r="XFD2" t="e"><v>#N/A</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>"#)
                .utf8CString.dropLast())
        let formats = [NumberFormat.general, .moment(hasDate: true, hasTime: true), .elapsed, .zeroPadded(width: 6)]
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = CChar(truncatingIfNeeded: Int.random(in: 0..<256, using: &random))
                case 1: bytes.remove(at: place)
                default: bytes.insert(CChar(Int.random(in: 0x2D...0x3A, using: &random)), at: place)
                }
            }
            let parser = WorksheetParser(
                sharedTexts: { $0 == 0 ? "x" : nil }, formats: formats, dateSystem: .from1900, limits: SheetLimits(),
                emit: { row in #expect(row.cells.count <= CellReference.columnLimit) })
            let reading = try #require(XMLReading(parser))
            do {
                try bytes.withUnsafeBufferPointer { try reading.parse($0, isLast: true) }
                accepted += 1
            } catch {
                #expect(error is XMLReading.Broken)
            }
        }
        #expect(accepted > 1000 && accepted < 19_000)
    }
}
