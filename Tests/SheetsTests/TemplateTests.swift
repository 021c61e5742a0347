import Glibc
import Ground
import Testing

@testable import Sheets

struct TemplateTests {
    /// A department's layout: a merged title, a row that repeats, a merged foot below it.
    static let layout = WorkbookFixture(
        sheetData: """
            <row r="1" ht="30"><c r="A1" s="4" t="s"><v>0</v></c><c r="B1" s="4"/></row>\
            <row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c></row>\
            <row r="3" spans="1:4" ht="22" customHeight="1"><c r="A3" s="7" t="s"><v>3</v></c><c r="B3" s="8" t="s"><v>4</v></c><c r="D3" s="9"/></row>\
            <row r="5"><c r="A5" t="s"><v>5</v></c><c r="C5"><v>12</v></c></row>
            """,
        afterData: """
            <mergeCells count="3"><mergeCell ref="A1:B1"/><mergeCell ref="C3:D3"/><mergeCell ref="A5:B5"/></mergeCells>\
            <dataValidations count="1"><dataValidation type="list" sqref="B3"><formula1>"男,女"</formula1></dataValidation></dataValidations>\
            <rowBreaks count="1"><brk id="5" max="16383" man="1"/></rowBreaks>
            """,
        sharedTexts: """
            <si><t>{{area}}老人台账</t></si><si><t>姓名</t></si><si><t>{{ 人数 }}</t></si><si><r><t>{{each old}}</t></r><r><t>{{姓名}}</t></r></si>\
            <si><t>｛｛number｜squares｝｝</t></si><si><t>填表：{{by}} &amp; 审核</t></si>
            """)

    private func filled(_ fixture: WorkbookFixture, rows: [[String: TemplateValue]], in folder: TemporaryFolder) throws
        -> String
    {
        let template = try WorkbookTemplate(path: try folder.zip("layout.xlsx", fixture.parts))
        #expect(template.problems.isEmpty)
        let path = folder.path + "/filled.xlsx"
        let filling = TemplateFilling(template, to: path)
        let single: [String: TemplateValue] = ["area": .text("宝石<社区>"), "人数": .integer(2), "by": .text("王")]
        for sheet in template.sheetNames.indices {
            try filling.begin(sheet: sheet) { single[$0.name] ?? .empty }
            for row in rows { try filling.addRow { row[$0.name] ?? .empty } }
        }
        try filling.close()
        return path
    }

    private func cells(_ path: String) throws -> [Int: [String]] {
        var rows: [Int: [String]] = [:]
        try XLSXReader(path: path).forEachRow { rows[$0.number] = $0.cells }
        return rows
    }

    private func xml(_ path: String) throws -> String {
        String(
            decoding: try WorkbookPackage(path: path, limits: SheetLimits()).bytes(of: "xl/worksheets/sheet1.xml"),
            as: UTF8.self)
    }

    @Test(
        "A filled template keeps its layout: the repeated row grows, what stands below moves, styles and merges follow")
    func fills() throws {
        let folder = TemporaryFolder()
        let rows: [[String: TemplateValue]] = [
            ["姓名": .text("张三"), "number": .spread(["1", "2", "3"])],
            ["姓名": .text("李四 & 子"), "number": .spread(["4", "5", "X"])],
            ["姓名": .text("=1+1")],
        ]
        let path = try filled(Self.layout, rows: rows, in: folder)
        let cells = try cells(path)
        #expect(cells[1] == ["宝石<社区>老人台账"])
        #expect(cells[2] == ["姓名", "2"])
        #expect(cells[3] == ["张三", "1", "2", "3"])
        #expect(cells[4] == ["李四 & 子", "4", "5", "X"])
        #expect(cells[5] == ["=1+1"])
        #expect(cells[7] == ["填表：王 & 审核", "", "12"])
        let xml = try xml(path)
        #expect(xml.contains(#"<mergeCells count="5"><mergeCell ref="A1:B1"/><mergeCell ref="C3:D3"/>"#))
        #expect(xml.contains(#"<mergeCell ref="C5:D5"/><mergeCell ref="A7:B7"/></mergeCells>"#))
        #expect(xml.contains(#"sqref="B3:B5""#))
        #expect(xml.contains(#"<brk id="7" max="16383" man="1"/>"#))
        #expect(xml.contains(#"<row r="4" spans="1:16384" ht="22" customHeight="1">"#))
        #expect(xml.contains(#"<c r="A5" s="7" t="inlineStr">"#))
        #expect(xml.contains(#"<c r="D5" s="9"/>"#))
        #expect(!xml.contains("{{"))
    }

    @Test("Without anybody to list, the repeated row stays once and empty")
    func nobody() throws {
        let folder = TemporaryFolder()
        let path = try filled(Self.layout, rows: [], in: folder)
        let cells = try cells(path)
        #expect(cells[3] == nil)
        #expect(cells[5]?.first == "填表：王 & 审核")
        #expect(try xml(path).contains(#"<mergeCells count="3">"#))
    }

    @Test("Every part that is not filled is copied to the byte, and nothing is left behind")
    func untouched() throws {
        let folder = TemporaryFolder()
        let path = try filled(Self.layout, rows: [], in: folder)
        let (before, after) = (
            try WorkbookPackage(path: folder.path + "/layout.xlsx", limits: SheetLimits()),
            try WorkbookPackage(path: path, limits: SheetLimits())
        )
        #expect(before.parts == after.parts)
        for part in before.parts where part != "xl/worksheets/sheet1.xml" && part != "xl/workbook.xml" {
            #expect(try before.bytes(of: part) == after.bytes(of: part), "\(part)")
        }
        #expect(folder.names == ["filled.xlsx", "layout.xlsx"])
    }

    @Test("A formula stays without its old result, and the workbook asks to be worked out anew")
    func formulas() throws {
        let folder = TemporaryFolder()
        let fixture = WorkbookFixture(
            sheetData:
                #"<row r="1"><c r="A1" t="inlineStr"><is><t>{{人数}}</t></is></c><c r="B1" s="2"><f>A1*2</f><v>99</v></c></row>"#
        )
        let path = try filled(fixture, rows: [], in: folder)
        #expect(try xml(path).contains(#"<c r="A1"><v>2</v></c><c r="B1" s="2"><f>A1*2</f></c>"#))
        let workbook = try WorkbookPackage(path: path, limits: SheetLimits()).bytes(of: "xl/workbook.xml")
        #expect(String(decoding: workbook, as: UTF8.self).contains(#"</sheets><calcPr fullCalcOnLoad="1"/>"#))
    }

    @Test("A print area grows with the rows of its sheet")
    func printAreas() {
        let shift = RowShift(row: 3, extra: 10)
        #expect(shift.moved(named: "'台 账'!$A$1:$H$5,'台 账'!$A$2", onSheet: "台 账") == "'台 账'!$A$1:$H$15,'台 账'!$A$2")
        #expect(shift.moved(named: "台账!$1:$2", onSheet: "台账") == "台账!$1:$2")
        #expect(shift.moved(named: "其他!$A$1:$H$5", onSheet: "台账") == "其他!$A$1:$H$5")
        #expect(shift.moved(named: "SUM(台账!A1)", onSheet: "台账") == "SUM(台账!A1)")
        #expect(shift.moved(reference: "A:C") == "A:C")
    }

    struct Fault: Sendable {
        var name: String
        var data: String
        var after = ""
        var cells: [String]
    }

    private static func cell(_ place: String, _ text: String) -> String {
        #"<c r="\#(place)" t="inlineStr"><is><t>\#(text)</t></is></c>"#
    }

    static let faults: [Fault] = [
        Fault(name: "no mark", data: #"<row r="1"><c r="A1"><v>1</v></c></row>"#, cells: ["A1"]),
        Fault(name: "open mark", data: #"<row r="1">\#(cell("B1", "{{姓名"))</row>"#, cells: ["B1"]),
        Fault(name: "empty mark", data: #"<row r="1">\#(cell("B1", "{{ }}"))</row>"#, cells: ["B1"]),
        Fault(
            name: "covered by merged cells", data: #"<row r="2">\#(cell("B2", "{{姓名}}"))</row>"#,
            after: #"<mergeCells><mergeCell ref="A1:C4"/></mergeCells>"#, cells: ["B2"]),
        Fault(
            name: "merged over rows", data: #"<row r="2">\#(cell("A2", "{{each x}}{{姓名}}"))</row>"#,
            after: #"<mergeCells><mergeCell ref="A2:A3"/></mergeCells>"#, cells: ["2"]),
        Fault(
            name: "formula beside a repeated row",
            data: #"<row r="1"><c r="C1"><f>SUM(A2:A3)</f></c></row><row r="2">\#(cell("A2", "{{每行 x}}{{姓名}}"))</row>"#,
            cells: ["C1"]),
        Fault(
            name: "two repeated rows",
            data: #"<row r="1">\#(cell("A1", "{{each x}}"))</row><row r="2">\#(cell("A2", "{{each x}}"))</row>"#,
            cells: ["A2"]),
        Fault(
            name: "a table object", data: #"<row r="1">\#(cell("A1", "{{each x}}"))</row>"#,
            after: #"<tableParts count="1"><tablePart id="r9"/></tableParts>"#, cells: ["1"]),
    ]

    @Test("What is wrong with a template is told by its cell", arguments: faults)
    func problems(fault: Fault) throws {
        let folder = TemporaryFolder()
        let fixture = WorkbookFixture(sheetData: fault.data, afterData: fault.after)
        let template = try WorkbookTemplate(path: try folder.zip("layout.xlsx", fixture.parts))
        #expect(template.problems.filter { $0.sheet == "台账" || fault.name == "no mark" }.map(\.cell) == fault.cells)
    }

    @Test("Macros, links to other files, zip bombs and document types are refused")
    func hostile() throws {
        let folder = TemporaryFolder()
        let macro = try folder.zip("a.xlsx", Self.layout.parts + [("xl/vbaProject.bin", "x")])
        #expect(refusalCode { _ = try WorkbookTemplate(path: macro) } == "sheets.template.active")
        let linked = try folder.zip("b.xlsx", Self.layout.parts + [("xl/externalLinks/externalLink1.xml", "<a/>")])
        #expect(refusalCode { _ = try WorkbookTemplate(path: linked) } == "sheets.template.active")
        var bomb = Self.layout
        bomb.afterData = String(repeating: " ", count: 40 << 20)
        let packed = try folder.zip("c.xlsx", bomb.parts)
        #expect(refusalCode { _ = try WorkbookTemplate(path: packed) } == "sheets.workbook.unpacks-too-much")
        var larger = Self.layout
        larger.afterData = String(repeating: " ", count: 60 << 20)
        let huge = try folder.zip("d.xlsx", larger.parts)
        #expect(refusalCode { _ = try WorkbookTemplate(path: huge) } == "sheets.file.unpacks-too-large")
        var typed = Self.layout
        typed.prologue = #"<!DOCTYPE a [<!ENTITY b "{{x}}">]>"#
        let declared = try folder.zip("e.xlsx", typed.parts)
        #expect(refusalCode { _ = try WorkbookTemplate(path: declared) } == "sheets.workbook.damaged")
    }

    @Test("Whatever the texts, what is filled in is read back as it was")
    func anyText() throws {
        var random = SeededRandom(seed: 11)
        let alphabet = Array("a<>&\"'_x0041_王𠮷 \t{}|]]>é")
        for _ in 0..<20 {
            let folder = TemporaryFolder()
            let texts = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                "t"
                    + String(
                        (0..<Int.random(in: 0...12, using: &random)).map { _ in
                            alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                        })
            }
            let path = try filled(Self.layout, rows: texts.map { ["姓名": .text($0)] }, in: folder)
            let cells = try cells(path)
            #expect(texts.indices.map { cells[3 + $0]?.first } == texts)
            #expect(cells[5 + texts.count - 1]?.first == "填表：王 & 审核")
        }
    }
}
