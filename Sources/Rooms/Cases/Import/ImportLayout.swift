import Desk
import Foundation
import Ground
import Yams

/// How a table of another system becomes matters: `Rules/imports/*.yaml`, or a file of the county's own.
struct ImportLayout: Sendable {
    var name: String
    var title: LocalizedText
    /// Headings by which a table of this layout is known; empty where it is always named by hand.
    var recognise: [String]
    /// The system that the numbers belong to.
    var source: String
    var numberPrefix: String
    /// The table has no numbers: the content itself is one.
    var isNumberedByContent: Bool
    var columns: [String: ImportField]
    /// What holds for every row where no column says otherwise.
    var fixed: [ImportField: String]
    /// Words of the table and what they mean here; `*` stands for every other word.
    var values: [ImportField: [String: String]]
    var dates: [DatePattern]

    static let folder = "imports"
}

/// As it stands in the file.
private struct LayoutFile: Decodable {
    var name: String
    var zh: String
    var en: String
    var recognise: [String]?
    var source: String
    var numberPrefix: String?
    var numberFrom: String?
    var columns: [String: String]
    var fixed: [String: String]?
    var values: [String: [String: String]]?
    var dates: [String]?
}

extension ImportLayout {
    /// The layouts that ship and those of the county's own folder of rules.
    static func shipped(_ rules: RuleFiles, workflow: Workflow) throws(Refusal) -> [ImportLayout] {
        var layouts: [ImportLayout] = []
        for name in rules.names(in: folder) { layouts.append(try read(name, from: rules, workflow: workflow)) }
        return layouts
    }

    /// A mapping file that the caller names.
    static func read(path: String, workflow: Workflow) throws(Refusal) -> ImportLayout {
        guard FileManager.default.fileExists(atPath: path) else {
            throw Refusal(
                .malformed, "cases.import.no-mapping",
                LocalizedText("找不到映射文件 \(path)", "There is no mapping file \(path)"),
                wayOn: LocalizedText("格式见 docs/imports.md", "docs/imports.md says how one is written"), field: "mapping"
            )
        }
        let url = URL(fileURLWithPath: path)
        do throws(Refusal) {
            return try read(
                url.lastPathComponent, from: RuleFiles(shipped: url.deletingLastPathComponent().path),
                workflow: workflow)
        } catch {
            throw mistake(error, in: url)
        }
    }

    /// A mistake in a rule file of the platform is a fault of ours; in a file that the caller gave it is theirs, and where
    /// the file lay meanwhile says nothing to them.
    private static func mistake(_ refusal: Refusal, in file: URL) -> Refusal {
        let place = file.deletingLastPathComponent().path + "/"
        func named(_ text: String) -> String { text.replacingOccurrences(of: place, with: "") }
        return Refusal(
            .ruleBroken, "cases.import.mapping",
            LocalizedText(
                "映射文件有误：\(named(refusal.message.chinese))",
                "The mapping file is wrong: \(named(refusal.message.english))"),
            wayOn: LocalizedText(
                "请改正后再导入；写法见 docs/imports.md", "Correct it and import again; docs/imports.md says how one is written"),
            field: "mapping")
    }

    /// The layout whose headings are all in the table; of several the one that asks for most.
    static func recognised(by header: [String], among layouts: [ImportLayout]) -> ImportLayout? {
        let headings = Set(header)
        return layouts.filter { !$0.recognise.isEmpty && headings.isSuperset(of: $0.recognise) }
            .max { $0.recognise.count < $1.recognise.count }
    }

    private static func read(_ name: String, from rules: RuleFiles, workflow: Workflow) throws(Refusal) -> ImportLayout
    {
        let stored = try rules.decode(LayoutFile.self, from: name)
        let file = try rules.file(name)
        func wrong(_ english: String, _ chinese: String, at word: String) -> Refusal {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
            return RuleFiles.refusal(
                english, chinese, in: file, line: lines.firstIndex { $0.contains(word) }.map { $0 + 1 })
        }
        func field(_ text: String) throws(Refusal) -> ImportField {
            guard let field = ImportField(rawValue: text) else {
                let known = ImportField.allCases.map(\.rawValue).joined(separator: ", ")
                throw wrong(
                    "there is no field “\(text)”; there are: \(known)", "没有字段“\(text)”；可用：\(known)", at: text)
            }
            return field
        }
        var columns: [String: ImportField] = [:]
        for (column, text) in stored.columns { columns[column] = try field(text) }
        var fixed: [ImportField: String] = [:]
        for (text, value) in stored.fixed ?? [:] { fixed[try field(text)] = value }
        var values: [ImportField: [String: String]] = [:]
        for (text, words) in stored.values ?? [:] { values[try field(text)] = words }
        var dates: [DatePattern] = []
        for text in stored.dates ?? [] {
            guard let pattern = DatePattern(text) else {
                throw wrong(
                    "“\(text)” is no form of date; write such as yyyy-MM-dd HH:mm",
                    "“\(text)”不是日期格式，如 yyyy-MM-dd HH:mm",
                    at: text)
            }
            dates.append(pattern)
        }
        let states = (values[.state]?.values).map(Array.init) ?? []
        for state in states + [fixed[.state]].compactMap({ $0 })
        where !workflow.takesImports(StateName(rawValue: state)) {
            throw wrong(
                "a matter cannot be imported as “\(state)”: it must be an end, or a state of the area before anybody was given it",
                "不能导入为状态“\(state)”：只能是终态，或尚未派单的状态", at: state)
        }
        let isNumberedByContent = stored.numberFrom == "content"
        guard isNumberedByContent || columns.values.contains(.number) else {
            throw wrong(
                "no column is the number; name one, or write numberFrom: content", "没有编号列；请指定，或写 numberFrom: content",
                at: "columns")
        }
        guard columns.values.contains(.detail) || columns.values.contains(.title) else {
            throw wrong("neither a title nor a detail", "既无标题列也无内容列", at: "columns")
        }
        guard columns.values.contains(.state) || fixed[.state] != nil else {
            throw wrong(
                "no column is the state and none is fixed", "没有状态列，也没有固定状态", at: "columns")
        }
        return ImportLayout(
            name: stored.name, title: LocalizedText(stored.zh, stored.en), recognise: stored.recognise ?? [],
            source: stored.source, numberPrefix: stored.numberPrefix ?? "", isNumberedByContent: isNumberedByContent,
            columns: columns, fixed: fixed, values: values, dates: dates.isEmpty ? DatePattern.usual : dates)
    }
}

extension Workflow {
    /// Ends, and the states of the area in which nobody needs to have been given the matter.
    func takesImports(_ name: StateName) -> Bool {
        guard let state = self[name] else { return false }
        return state.isEnd || name == first || (state.clock == .starts && state.owner?.party == .area)
    }
}
