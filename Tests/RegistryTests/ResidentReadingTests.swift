import Desk
import Foundation
import Ground
import Sheets
import Testing

@testable import Registry

/// A register of residents, row by row: what is wrong is named cell by cell, and costs no more than it must.
struct ResidentReadingTests {
    private static let rules = RuleFiles(
        shipped: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Rules").path)
    private static let today = Day(year: 2026, month: 11, day: 21) ?? Day(number: 0)

    private func read(_ text: String, overview: ResidentOverview = ResidentOverview()) throws -> [ResidentReading
        .Outcome]
    {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString).csv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let reader = try SheetReader.open(path: path)
        let dictionary = try DataDictionary.load(from: Self.rules)
        let layout = try ResidentLayout(header: reader.header, dictionary: dictionary, rules: Self.rules)
        let reading = ResidentReading(layout: layout, dictionary: dictionary, today: Self.today, overview: overview)
        var all: [ResidentReading.Outcome] = []
        try reader.forEachRow { all.append(reading.read($0, of: reader)) }
        return all
    }

    private func codes(_ outcome: ResidentReading.Outcome) -> [String] {
        switch outcome {
        case .refused(let problems): problems.map { "\($0.column) \($0.code)" }
        case .resident(let row): row.problems.map { "\($0.column) \($0.code)" }
        case .blank: ["blank"]
        }
    }

    @Test("Columns are known by name, synonym and what registers call them")
    func columns() throws {
        let dictionary = try DataDictionary.load(from: Self.rules)
        let layout = try ResidentLayout(
            header: ["姓名", "身份证号", "手机号", "现住址", "所属网格", "户编号", "备注", "是否低保"], dictionary: dictionary,
            rules: Self.rules)
        #expect(
            layout.elements.map { $0?.key } == [
                "name", "citizen-number", "phone", "address", "grid", "household-register-number", nil, "low-income",
            ])
        #expect(layout.unused == ["备注"])
        for header in [["性别", "住址"], ["姓名", "手机", "联系电话"]] {
            #expect(throws: Refusal.self) {
                _ = try ResidentLayout(header: header, dictionary: dictionary, rules: Self.rules)
            }
        }
    }

    @Test("A wrong cell costs itself; one that says who or where somebody is costs its row")
    func cells() throws {
        let rows = try read(
            """
            姓名,身份证号,性别,手机,出生日期,住址,网格,宗教信仰
            王小明,11010519491231002X,男,13800138000,1949年12月31日,文三路 1 号,330106001001001,
            王小明,110105194912310021,男,13800138000,,文三路 1 号,330106001001001,
            李四,110105491231002,男,,,文三路 1 号,330106001001001,
            赵五,,未知的,12,31/12/1949,文三路 1 号,330106001001001,
            钱六,,,,,文三路 1 号,,
            ,,,,,文三路 1 号,330106001001001,
            孙七,,,,,,,无
            """)
        #expect(codes(rows[0]).isEmpty)
        guard case .resident(let first) = rows[0] else {
            Issue.record("the first row is a resident")
            return
        }
        #expect(first.value("birth-day") == "1949-12-31" && first.value("sex") == "1")
        #expect(first.value("citizen-number") == "11010519491231002X")
        #expect(first.homeKey != nil)
        #expect(codes(rows[1]).count == 1 && codes(rows[1])[0].hasPrefix("身份证号 "))
        guard case .refused(let old) = rows[2] else {
            Issue.record("a number of 15 digits is told")
            return
        }
        #expect(old[0].message.chinese.contains("18 位号码为 11010519491231002X"), "\(old[0].message.chinese)")
        #expect(
            Set(codes(rows[3])) == ["性别 registry.value", "手机 registry.value", "出生日期 registry.value"]
                || codes(rows[3]).count == 3)
        guard case .resident(let fourth) = rows[3] else {
            Issue.record("the rest of the row is taken")
            return
        }
        #expect(fourth.value("name") == "赵五" && fourth.value("phone") == nil)
        #expect(codes(rows[4]) == ["网格 registry.import.missing"])
        #expect(codes(rows[5]) == ["姓名 registry.import.missing"])
        #expect(codes(rows[6]) == ["宗教信仰 registry.no-basis"])
        #expect(rows.count == 7)
    }

    @Test("Characters of the third level of GB 18030 are names like others")
    func rareCharacters() throws {
        let rows = try read("姓名,住址,网格\n𬎆䶮㑇,文三路 1 号,330106001001001\n𠮷田,文三路 1 号,330106001001001")
        guard case .resident(let first) = rows[0], case .resident(let second) = rows[1] else {
            Issue.record("rare names are taken")
            return
        }
        #expect(first.value("name") == "𬎆䶮㑇" && second.value("name") == "𠮷田")
    }

    @Test("Empty cells of a merged range, and households of hundreds, are named and not guessed")
    func wholeTable() throws {
        var overview = ResidentOverview()
        overview.merged = [.init(row: 3, column: 1)]
        overview.homes[SearchKeys.folded("职工宿舍") + "\u{1F}"] = 400
        let rows = try read(
            "姓名,住址,网格\n王一,文三路 1 号,330106001001001\n王二,,330106001001001\n王三,职工宿舍,330106001001001", overview: overview)
        #expect(codes(rows[0]).isEmpty)
        #expect(codes(rows[1]) == ["住址 registry.import.merged-cell"])
        #expect(codes(rows[2]) == ["住址 registry.import.household-too-large"])
        guard case .refused(let problems) = rows[2] else { return }
        #expect(problems[0].message.english.contains("400"))
    }
}
