import Desk
import Foundation
import Ground
import NationalCodes
import Sheets

/// One row of a list that was understood.
struct DivisionEntry: Sendable {
    var code: String
    var name: String
    var parent: String?
    /// Another parent further up, as the row states it: “81” for “810101”, between which there is no prefecture.
    var statedParent: String?
    /// Which of the list's files, and which of its rows.
    var file: Int
    var row: Int
}

/// A list of divisions, read and put in order. The layout is found from the header, so both national lists, a county's
/// own, and each of their files alone can be given.
struct DivisionList: Sendable {
    struct Problem: Sendable {
        var file: String
        var row: Int
        var column: String
        var value: String
        var code: String
        var message: LocalizedText
        var original: [String]
    }

    /// In the order of their codes, each code once.
    var entries: [DivisionEntry] = []
    var problems: [Problem] = []
    var report = DivisionImport.Report()
    var header: [String] = []
    private var files: [String] = []

    private static let codeNames = ["code", "id", "区划代码", "行政区划代码", "统计用区划代码", "代码", "编码"]
    private static let nameNames = ["name", "text", "名称", "区划名称", "单位名称"]
    private static let parentNames = [
        "street_code", "streetCode", "pid", "parent", "上级代码", "areaCode", "cityCode", "provinceCode",
    ]
    /// Names of the files of a list that comes in a folder, each with what may follow.
    private static let partNames = ["provinces", "cities", "areas", "streets", "villages"]
    private static let suffixes = [".csv", ".csv.gz", ".xlsx"]
    /// Longer than any division's name.
    private static let longestName = 100

    static func read(
        _ order: DivisionImport.Order, progress: @Sendable (DivisionImport.Progress) -> Void
    ) throws -> DivisionList {
        var list = DivisionList()
        let paths = try parts(of: order.file)
        for path in paths { try list.read(path, progress) }
        list.sort()
        return list
    }

    private static func parts(of path: String) throws(Refusal) -> [String] {
        var isFolder: ObjCBool = false
        let files = FileManager.default
        guard files.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { return [path] }
        func found(_ name: String) -> String? {
            suffixes.map { "\(path)/\(name)\($0)" }.first { files.fileExists(atPath: $0) }
        }
        // The list down to villages names the levels above as well.
        if let villages = found("villages"), found("streets") == nil { return [villages] }
        let parts = partNames.compactMap(found)
        guard !parts.isEmpty else {
            throw Refusal(
                .malformed, "places.import.empty-folder",
                LocalizedText("目录 \(path) 中没有区划名单", "The folder \(path) holds no list of divisions"),
                wayOn: LocalizedText(
                    "需要 provinces、cities、areas、streets、villages 中任一 .csv",
                    "It needs any of provinces, cities, areas, streets, villages as .csv"))
        }
        return parts
    }

    private mutating func read(_ path: String, _ progress: @Sendable (DivisionImport.Progress) -> Void) throws {
        let reader = try SheetReader.open(path: path)
        func column(_ names: [String]) -> Int? { names.lazy.compactMap { reader.column(named: $0) }.first }
        guard let codeColumn = column(Self.codeNames), let nameColumn = column(Self.nameNames) else {
            throw Refusal(
                .malformed, "places.import.header",
                LocalizedText(
                    "文件“\((path as NSString).lastPathComponent)”的表头中没有代码列和名称列",
                    "The header of “\((path as NSString).lastPathComponent)” has no column of codes and of names"),
                wayOn: LocalizedText("表头须有 code（代码）与 name（名称）", "The header must have code and name"))
        }
        let parentColumn = column(Self.parentNames)
        let file = files.count
        let fileName = (path as NSString).lastPathComponent
        files.append(fileName)
        if reader.header.count > header.count { header = reader.header }
        let total = Int(reader.byteCount)
        try reader.forEachRow { row in
            report.rows += 1
            if report.rows & 0x3FFF == 0 {
                progress(.init(stage: .reading, done: Int(reader.bytesRead), total: total))
            }
            let text = row[codeColumn]
            func refuse(_ code: String, _ message: LocalizedText, column: Int = codeColumn, value: String = text) {
                problems.append(
                    Problem(
                        file: fileName, row: row.number, column: reader.name(of: column), value: value, code: code,
                        message: message, original: row.cells))
            }
            if let issue = row.issues.first(where: \.isProblem) {
                let problem = RowProblem(issue, in: row, of: reader)
                return refuse(problem.code, problem.message, column: issue.column ?? codeColumn, value: problem.value)
            }
            let code: String
            var isPlaceholder = false
            if Self.isPlain(text) {
                code = text
            } else {
                do throws(DivisionCodeFault) {
                    let parsed = try DivisionCode(text)
                    code = parsed.text
                    // “441900” in a list of counties stands for the county that Dongguan does not have.
                    isPlaceholder = text.utf8.count == 6 && parsed.level == .prefecture
                } catch {
                    return refuse(error.code, error.text)
                }
            }
            let name = row[nameColumn]
            guard !name.isEmpty, name.utf8.count <= Self.longestName * 4, name.count <= Self.longestName else {
                return refuse(
                    "places.import.name", LocalizedText("名称为空或过长", "The name is empty or too long"),
                    column: nameColumn, value: name)
            }
            if isPlaceholder {
                report.placeholders += 1
                return
            }
            let parent = Self.parent(of: code)
            let stated = parentColumn.flatMap { Self.stated(row[$0], of: code) }
            if let parentColumn, let stated, stated != parent, parent?.hasPrefix(stated) != true {
                return refuse(
                    "places.import.parent-differs",
                    LocalizedText("上级代码与代码不符", "The code of the parent does not fit the code"),
                    column: parentColumn, value: row[parentColumn])
            }
            entries.append(
                DivisionEntry(
                    code: code, name: name, parent: parent, statedParent: stated == parent ? nil : stated, file: file,
                    row: row.number))
        }
    }

    /// Digits of a level's own length with nothing empty at its end: almost every code, and nothing to be normalised.
    private static func isPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            switch bytes.count {
            case 2, 4, 6, 9, 12: break
            default: return false
            }
            for byte in bytes where byte < 0x30 || byte > 0x39 { return false }
            guard bytes[0] != 0x30 || bytes[1] != 0x30 else { return false }
            func isEmpty(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { $0 == 0x30 } }
            if bytes.count >= 4, isEmpty(2..<4) { return false }
            if bytes.count == 6, isEmpty(4..<6) { return false }
            if bytes.count >= 9, isEmpty(6..<9) { return false }
            if bytes.count == 12, isEmpty(9..<12) { return false }
            return true
        }
    }

    /// As `DivisionCode.parent`, for text that is known to be a code.
    private static func parent(of code: String) -> String? {
        switch code.utf8.count {
        case 4: return String(code.prefix(2))
        case 6: return String(code.prefix(4))
        case 9:
            let county = code.prefix(6)
            return String(county.hasSuffix("00") ? county.prefix(4) : county)
        case 12: return String(code.prefix(9))
        default: return nil
        }
    }

    /// The parent that the row itself names; nil when it names none, or itself.
    private static func stated(_ text: String, of code: String) -> String? {
        if text.isEmpty || text == code || text == "0" { return nil }
        if isPlain(text) { return text }
        return (try? DivisionCode(text).text) ?? text
    }

    /// Orders the entries and takes each code once: the first one that names it counts.
    private mutating func sort() {
        entries.sort { ($0.code, $0.file, $0.row) < ($1.code, $1.file, $1.row) }
        var kept: [DivisionEntry] = []
        kept.reserveCapacity(entries.count)
        for entry in entries {
            if let last = kept.last, last.code == entry.code {
                problems.append(
                    Problem(
                        file: files[entry.file], row: entry.row, column: header.first ?? "", value: entry.code,
                        code: "places.import.duplicate",
                        message: LocalizedText(
                            "代码与第 \(last.row) 行重复（\(last.name)）",
                            "The code stands in row \(last.row) already (\(last.name))"),
                        original: [entry.code, entry.name]))
            } else {
                kept.append(entry)
            }
        }
        entries = kept
        takeStatedParents()
    }

    /// Where the parent that the code asks for is not in the list, but the one that the row states is, that one counts.
    private mutating func takeStatedParents() {
        guard entries.contains(where: { $0.statedParent != nil }) else { return }
        let codes = Set(entries.lazy.filter { $0.code.utf8.count < 12 }.map(\.code))
        for index in entries.indices {
            guard let stated = entries[index].statedParent, let parent = entries[index].parent else { continue }
            if !codes.contains(parent), codes.contains(stated) { entries[index].parent = stated }
        }
    }

    /// The problem of a row whose parent is neither in the list nor stored.
    func unknownParent(_ entry: DivisionEntry) -> Problem {
        Problem(
            file: files[entry.file], row: entry.row, column: header.first ?? "", value: entry.code,
            code: "places.import.unknown-parent",
            message: LocalizedText(
                "上级 \(entry.parent ?? "") 不在名单中，也未曾导入",
                "Its parent \(entry.parent ?? "") is neither in the list nor known"),
            original: [entry.code, entry.name])
    }
}
