import Cipher
import Desk
import Foundation
import Ground
import HTTPTypes
import Registry
import Sheets
import Storage
import StorageTesting
import Testing

@testable import Forms

struct FormTemplateTests {
    /// A workbook with these rows on each sheet; the first is its header.
    private func workbook(_ sheets: [(name: String, rows: [[String]])]) throws -> [UInt8] {
        let path = NSTemporaryDirectory() + "gewu-layout-\(UUID().uuidString).xlsx"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try WorkbookWriter(path: path)
        for sheet in sheets {
            try writer.addSheet(named: sheet.name, columns: sheet.rows[0].map { SheetColumn($0) })
            for row in sheet.rows.dropFirst() { try writer.addRow(row.map { SheetCell.text($0) }) }
        }
        try writer.close()
        return Array(FileManager.default.contents(atPath: path) ?? Data())
    }

    private func cells(_ bytes: [UInt8], _ sheet: String) throws -> [[String]] {
        let path = NSTemporaryDirectory() + "gewu-filled-\(UUID().uuidString).xlsx"
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
        var rows: [[String]] = []
        try XLSXReader(path: path).forEachRow(inSheet: sheet) { rows.append($0.cells) }
        return rows
    }

    private struct Kept: Decodable {
        struct Problem: Decodable {
            var sheet: String
            var cell: String
            var detail: String
        }
        var id: String?
        var problems: [Problem]
    }

    private struct Filled: Decodable { var workbook: String? }

    private func keep(_ bytes: [UInt8], in world: FormsWorld, by name: String = "welfare") async throws -> Kept {
        let answer = try await world.call(
            .post, "/api/v1/forms/templates", "{\"name\":\"月报\",\"workbook\":\"\(bytes.base64URL)\"}", as: name)
        #expect(answer.status == 200, "\(answer.text)")
        return try JSONDecoder().decode(Kept.self, from: Data(answer.bytes))
    }

    private func fill(_ id: String, inClear: Bool, in world: FormsWorld, query: String = "") async throws -> [UInt8] {
        let answer = try await world.call(
            .post, "/api/v1/forms/templates/\(id)/filled\(query)", "{\"inClear\":\(inClear)}", as: "welfare")
        #expect(answer.status == 200, "\(answer.text.prefix(400))")
        let filled = try JSONDecoder().decode(Filled.self, from: Data(answer.bytes))
        let text = try #require(filled.workbook)
        return try #require([UInt8](base64URL: text))
    }

    private var layout: [(name: String, rows: [[String]])] {
        [
            (
                "名册",
                [
                    ["序号", "姓名", "年龄", "身份证", "住址"],
                    ["{{每行 80 周岁以上老年人名册}}{{序号}}", "{{姓名}}", "{{年龄}}岁", "{{身份证号|分段}}", "{{address}}"],
                    ["合计", "{{合计}}", "截至 {{日期}}", "填表：{{填表人}}", "{{区域}}"],
                ]
            ),
            (
                "统计",
                [
                    ["社区", "人数", "90 以上"],
                    ["{{each area oldest-people}}{{区域}}", "{{合计}}", "{{90 岁以上}}"],
                    ["全区", "{{oldest-people.total}}", "{{80 周岁以上老年人名册.90 岁以上}}"],
                ]
            ),
        ]
    }

    @Test(
        "A department's own layout comes back filled: two sheets, a row a person, figures by area",
        arguments: EngineCase.available)
    func fills(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let home = try await world.household()
            try await world.resident("王小明", born: "1940-05-05", in: home)
            try await world.resident("李四", born: "1930-01-01", in: home)
            try await world.forms.compute()
            let kept = try await keep(try workbook(layout), in: world)
            #expect(kept.problems.isEmpty)
            let id = try #require(kept.id)
            let clear = try await fill(id, inClear: true, in: world)
            let rows = try cells(clear, "名册")
            #expect(rows.count == 4)
            #expect(Set(rows[1...2].map { $0[1] }) == ["王小明", "李四"])
            #expect(Set(rows[1...2].map { $0[2] }) == ["86岁", "96岁"])
            #expect(rows[1...2].map { $0[0] } == ["1", "2"])
            #expect(rows[3] == ["合计", "2", "截至 2026-11-02", "填表：test", "西湖区"])
            #expect(try cells(clear, "统计") == [["社区", "人数", "90 以上"], ["北山街道", "2", "1"], ["全区", "2", "1"]])
            let masked = try await fill(id, inClear: false, in: world)
            #expect(Set(try cells(masked, "名册")[1...2].map { $0[1] }) == ["王**", "李*"])
            // Nothing of them lived there before.
            let early = try await fill(id, inClear: true, in: world, query: "?day=2020-06-01")
            #expect(try cells(early, "名册").last?[1] == "0")
            // Each person whom it showed in clear can be told.
            let noted = try await world.house.database.query(
                "SELECT COUNT(*) FROM form_readings_of JOIN form_readings ON id = reading WHERE form = 'oldest-people'")
            #expect(try noted[0].int(0) == 2)
        }
    }

    @Test("What is wrong is told by sheet and cell, and nothing is kept", arguments: EngineCase.available)
    func faults(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            try await world.forms.compute()
            let faulty = try workbook([
                (
                    "表",
                    [
                        ["a", "b", "c", "d", "e", "f"],
                        ["{{每行 oldest-people}}", "{{籍贯星座}}", "{{血型}}", "{{姓名|分段}}", "{{身份证号|七言}}", "{{身份证号|逐格}}"],
                        ["{{姓名}}", "{{没有的表.合计}}", "{{oldest-people.没有}}", "{{", "", ""],
                    ]
                ),
                ("另表", [["a"], ["{{每行 health-figures}}{{姓名}}"]]),
            ])
            let kept = try await keep(faulty, in: world)
            #expect(kept.id == nil)
            let cells = Set(kept.problems.map { "\($0.sheet)!\($0.cell)" })
            #expect(
                cells == ["表!B2", "表!C2", "表!D2", "表!E2", "表!A3", "表!B3", "表!C3", "表!D3", "另表!A2"], "\(kept.problems)")
            let none = try await keep(try workbook([("表", [["a"], ["b"]])]), in: world)
            #expect(none.problems.map(\.cell) == ["A1"])
            #expect(try await world.call(.get, "/api/v1/forms/templates", as: "welfare").text == "{\"items\":[]}")
            for (body, code) in [
                ("{\"name\":\"a\",\"workbook\":\"AAAA\"}", "sheets."),
                ("{\"name\":\"a\",\"workbook\":\"*\"}", "forms.template-encoding"),
                ("{\"name\":\" \",\"workbook\":\"\(try workbook(layout).base64URL)\"}", "forms.template-name"),
            ] {
                let answer = try await world.call(.post, "/api/v1/forms/templates", body, as: "welfare")
                #expect((400..<500).contains(answer.status) && answer.text.contains(code), "\(answer.text)")
            }
        }
    }

    @Test("A layout belongs to its department; others neither see nor fill it", arguments: EngineCase.available)
    func owners(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            try await world.forms.compute()
            let kept = try await keep(try workbook(layout), in: world)
            let id = try #require(kept.id)
            for path in ["/forms/templates", "/forms/templates/\(id)", "/forms/templates/\(id)/filled"] {
                #expect(try await world.call(.get, path, as: "welfare").status == 200, "\(path)")
            }
            #expect(try await world.call(.get, "/forms/templates/\(id)", as: "doctor").status == 404)
            #expect(try await world.call(.get, "/forms/templates/\(id)/filled", as: "clerk").status == 404)
            #expect(
                try await world.call(
                    .post, "/api/v1/forms/templates/\(id)/filled", "{\"inClear\":true}", as: "doctor"
                ).status == 404)
            #expect(try await world.call(.delete, "/api/v1/forms/templates/\(id)", as: "doctor").status == 404)
            #expect(try await world.call(.delete, "/api/v1/forms/templates/\(id)", as: "welfare").status == 204)
            #expect(try await world.call(.get, "/forms/templates/\(id)", as: "welfare").status == 404)
            // A form of another line is none in a template.
            let foreign = try await keep(try workbook([("表", [["a"], ["{{chronic-patients.合计}}"]])]), in: world)
            #expect(foreign.problems.map(\.cell) == ["A2"])
        }
    }

    @Test("One identity number is written out in each of the six ways that departments ask for")
    func sixWays() throws {
        let formats = try NumberFormats.load(from: RuleFiles(shipped: ConditionTests.shipped))
        let written = Dictionary(uniqueKeysWithValues: formats.all.map { ($0.key, $0.value(of: "11010519491231002X")) })
        #expect(
            written == [
                "plain": .text("11010519491231002X"), "spaced": .text("110105 19491231 002X"),
                "hyphens": .text("110105-1949-12-31-002X"), "small-letter": .text("11010519491231002x"),
                "fifteen": .text("110105491231002"),
                "squares": .spread("11010519491231002X".map { String($0) }),
            ])
        #expect(formats["fifteen"]?.value(of: "110105201001010014") == .empty)
        #expect(formats["分段"]?.value(of: "**************002X") == .text("****** ******** 002X"))
        #expect(formats["plain"]?.value(of: "护照 E123") == .text("护照 E123"))
    }
}
