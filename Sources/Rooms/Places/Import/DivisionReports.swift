import Ground
import Sheets

/// The files that an import leaves for people: what changed, and which rows were not taken.
enum DivisionReports {
    static func write(
        problems: [DivisionList.Problem], to path: String, header: [String], _ language: Language
    ) throws(Refusal) {
        let sheet = try ErrorSheet(
            path: path, language: language, header: [language == .chinese ? "文件" : "File"] + header)
        for problem in problems {
            try sheet.add(
                RowProblem(
                    row: problem.row, column: problem.column, value: problem.value, code: problem.code,
                    message: problem.message), original: [problem.file] + problem.original)
        }
        try sheet.close()
    }

    static func write(_ comparison: DivisionComparison, to path: String, _ language: Language) throws(Refusal) {
        let writer = try CSVWriter(path: path)
        let headings = [
            LocalizedText("变化", "Change"), LocalizedText("代码", "Code"), LocalizedText("原名称", "Old name"),
            LocalizedText("新名称", "New name"), LocalizedText("原上级", "Old parent"), LocalizedText("新上级", "New parent"),
            LocalizedText("建议的后继代码", "Proposed successor"),
        ]
        try writer.addRow(headings.map { $0(language) })
        let successors = Dictionary(comparison.successors.map { ($0.code, $0.successor) }) { first, _ in first }
        for stored in comparison.vanished {
            try writer.addRow([
                text("撤销", "vanished", language), stored.code, stored.name, "", stored.parent ?? "", "",
                successors[stored.code] ?? "",
            ])
        }
        for change in comparison.changed {
            let isRenamed = change.old.name != change.new.name
            try writer.addRow([
                isRenamed ? text("更名", "renamed", language) : text("变更上级", "moved", language), change.new.code,
                change.old.name, change.new.name, change.old.parent ?? "", change.new.parent ?? "", "",
            ])
        }
        for entry in comparison.appeared {
            try writer.addRow([
                text("新增", "appeared", language), entry.code, "", entry.name, "", entry.parent ?? "", "",
            ])
        }
        try writer.close()
    }

    private static func text(_ chinese: String, _ english: String, _ language: Language) -> String {
        LocalizedText(chinese, english)(language)
    }
}
