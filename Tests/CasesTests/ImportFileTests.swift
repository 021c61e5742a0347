import Desk
import Foundation
import Ground
import Sheets
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("Files of work orders")
struct ImportFileTests {
    /// The public messages beside the package, where they are; they are never shipped with it.
    private static let messages: String? = {
        let folder = URL(fileURLWithPath: CasesFixture.root).deletingLastPathComponent()
            .appendingPathComponent("shared/data/messages").path
        return FileManager.default.fileExists(atPath: folder + "/labelled_raw.csv.gz") ? folder : nil
    }()

    @Test("GB 18030 is read as UTF-8 is")
    func gb18030() async throws {
        try await ImportWorld.with(.sqlite) { world in
            let text = [ImportWorld.header, ImportWorld.line("G1"), ImportWorld.line("G2", title: "𠮷祥里路灯不亮")]
            let file = try world.file(try ImportWorld.gb18030(text.joined(separator: "\r\n")), "gb.csv")
            #expect(try await world.take(file).created == 2)
            #expect(try await world.record("hotline", "G2")?.title == "𠮷祥里路灯不亮")
        }
    }

    @Test("A file in no known encoding is refused with the place, and nothing is entered")
    func wrongEncoding() async throws {
        try await ImportWorld.with(.sqlite) { world in
            let words = ImportWorld.header.utf16.flatMap { unit -> [UInt8] in [UInt8(unit & 255), UInt8(unit >> 8)] }
            let file = try world.file([0x00, 0xFF] + words + [0x00, 0x01, 0x80], "utf.csv")
            let refusal = await #expect(throws: Refusal.self) { try await world.take(file) }
            #expect(refusal?.code.hasPrefix("sheets.") == true)
            #expect(try await world.count("cases") == 0)
        }
    }

    @Test("A header that no layout knows is refused, and says what to do")
    func wrongHeader() async throws {
        try await ImportWorld.with(.sqlite) { world in
            let file = try world.file(["1,2"], header: "甲,乙")
            let refusal = await #expect(throws: Refusal.self) { try await world.take(file) }
            #expect(refusal?.code == "cases.import.unknown-layout")
            #expect(refusal?.wayOn?.english.contains("--mapping") == true)
            let missing = await #expect(throws: Refusal.self) { try await world.take(world.folder + "/none.csv") }
            #expect(missing?.code.hasPrefix("sheets.") == true)
        }
    }

    @Test("A workbook with real dates, dates as text and numbers as text is read like a text file")
    func workbook() async throws {
        try await ImportWorld.with(.sqlite) { world in
            let path = world.folder + "/orders.xlsx"
            let writer = try WorkbookWriter(path: path)
            let header = ImportWorld.header.split(separator: ",").map(String.init)
            try writer.addSheet(named: "工单", columns: header.map { SheetColumn($0) })
            let ended = Instant(LocalTime(day: try #require(Day("2026-02-20")), hour: 10, minute: 30))
            let dates: [SheetCell] = [.instant(ended), .text("2026/2/20 10:30"), .number(46_073.4375)]
            for (index, date) in dates.enumerated() {
                var cells = ImportWorld.line("H\(index)").split(separator: ",", omittingEmptySubsequences: false)
                    .map { SheetCell.text(String($0)) }
                cells[14] = date
                try writer.addRow(cells)
            }
            try writer.close()
            let result = try await world.take(path)
            #expect((result.created, result.rejected) == (3, 0))
            for index in 0..<3 { #expect(try await world.record("hotline", "H\(index)")?.endedAt == ended) }

            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            let cut = try world.file(Array(bytes.prefix(bytes.count / 2)), "cut.xlsx")
            let refusal = await #expect(throws: Refusal.self) { try await world.take(cut) }
            #expect(refusal?.code == "sheets.workbook.damaged")
            #expect(try await world.count("cases") == 3)
        }
    }

    @Test("A cell of 5 MB costs its own row and no other")
    func hugeCell() async throws {
        try await ImportWorld.with(.sqlite) { world in
            let huge = String(repeating: "长", count: 5 << 20 / 3)
            let result = try await world.take(
                try world.file([ImportWorld.line("I1"), ImportWorld.line("I2", title: huge), ImportWorld.line("I3")]))
            #expect((result.created, result.rejected) == (2, 1))
            #expect(result.firstProblems.first?.code == "sheets.row.cell-too-long")
            #expect(result.firstProblems.first?.row == 3)
        }
    }

    @Test("A long title stays whole in the text")
    func longTitle() async throws {
        try await ImportWorld.with(.sqlite) { world in
            let title = String(repeating: "路", count: 130)
            _ = try await world.take(try world.file([ImportWorld.line("J1", title: title)]))
            let record = try #require(try await world.record("hotline", "J1"))
            #expect(record.title.count == 100 && record.detail.hasPrefix(title))
        }
    }

    @Test("A mapping file of the county's own reads any table")
    func mapping() async throws {
        try await ImportWorld.with(.sqlite) { world in
            let mapping = try world.file(
                Array(
                    """
                    name: street
                    zh: 街道台账
                    en: A street's own list
                    source: street-list
                    numberPrefix: "BS-"
                    columns: { No: number, What: detail, Where: street, Status: state, Since: reportedAt }
                    fixed: { county: 西湖区 }
                    values: { state: { done: archived, "*": reported } }
                    dates: [d.M.yyyy]
                    """.utf8), "street.yaml")
            let file = try world.file(
                ["7,路灯不亮,北山街道,done,3.2.2026", "8,井盖松动,北山街道,whatever,4.2.2026"],
                header: "No,What,Where,Status,Since")
            let result = try await world.take(file, mapping: mapping)
            #expect((result.created, result.open) == (2, 1))
            let record = try #require(try await world.record("street-list", "BS-7"))
            #expect(record.reportedAt.local().day.description == "2026-02-03")
            let other = try world.file(["1,2"], header: "甲,乙", name: "other.csv")
            let refusal = await #expect(throws: Refusal.self) { try await world.take(other, mapping: mapping) }
            #expect(refusal?.code == "cases.import.missing-columns")
        }
    }

    @Test(
        "A wrong mapping file is refused with its line",
        arguments: [
            ("columns: { a: number, b: detial }\nfixed: { state: archived }", "detial"),
            ("columns: { a: number, b: detail }\nfixed: { state: handling }", "handling"),
            ("columns: { a: number, b: detail }", "state"),
            ("columns: { b: detail }\nfixed: { state: archived }", "number"),
            ("columns: { a: number, b: detail }\nfixed: { state: archived }\ndates: [HH:mm]", "HH:mm"),
        ])
    func wrongMapping(rest: String, word: String) async throws {
        try await ImportWorld.with(.sqlite) { world in
            let path = try world.file(Array("name: x\nzh: 某\nen: X\nsource: x\n\(rest)\n".utf8), "wrong.yaml")
            let file = try world.file(["1,2"], header: "a,b")
            let refusal = await #expect(throws: Refusal.self) { try await world.take(file, mapping: path) }
            #expect(refusal?.code == "cases.import.mapping")
            #expect(refusal?.message.english.contains("wrong.yaml:") == true)
            #expect(refusal?.message.english.contains(word) == true)
        }
    }

    @Test(
        "Times are read as tables write them",
        arguments: [
            ("2026-02-20 10:30:05", "2026-02-20T02:30:05.000Z"), ("2026/2/3 9:05", "2026-02-03T01:05:00.000Z"),
            ("2026年2月3日", "2026-02-02T16:00:00.000Z"), ("20260220103005", "2026-02-20T02:30:05.000Z"),
            ("20260220", "2026-02-19T16:00:00.000Z"), ("2026-02-20  10:30", "2026-02-20T02:30:00.000Z"),
            ("46073.4375", "2026-02-20T02:30:00.000Z"), ("2026-02-20T02:30:05Z", "2026-02-20T02:30:05.000Z"),
        ])
    func times(text: String, instant: String) {
        #expect(DatePattern.usual.lazy.compactMap { $0.instant(text) }.first?.iso8601 == instant)
    }

    @Test(
        "What is no time is not taken for one",
        arguments: ["", "昨天", "2026-02-30", "12345", "2026-2-3 25:00", "2026-02", "90000.5"])
    func noTimes(text: String) {
        #expect(DatePattern.usual.allSatisfy { $0.instant(text) == nil })
    }

    @Test(
        "The public message sets go in whole, twice",
        .enabled(if: Self.messages != nil, "the messages are not beside the package"),
        arguments: ["labelled_raw", "messages_4326", "messages_with_replies_2816", "train_segmented"])
    func publicMessages(name: String) async throws {
        let folder = try #require(Self.messages)
        try await ImportWorld.with(.sqlite) { world in
            let errors = world.folder + "/errors.csv"
            let first = try await world.take("\(folder)/\(name).csv.gz", errors: errors)
            let taken = first.created + first.repeated + first.rejected
            #expect(taken == first.rows && first.created > 400)
            #expect(Double(first.rejected) < Double(first.rows) / 100)
            let second = try await world.take("\(folder)/\(name).csv.gz")
            #expect(second.created == 0 && second.updated == 0 && second.unchanged == first.created)
        }
    }
}
