import ArgumentParser
import Cases
import Desk
import Ground
import Places
import Sheets

struct ImportCases: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases", abstract: "Hotline work orders as CSV or XLSX. 导入热线工单。",
        discussion: """
            The 21 columns of a hotline export are known; any other layout is described by a mapping file.
            已识别热线导出的 21 列；其他格式请用 --mapping 指定映射文件。
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("The file with the work orders. 工单文件", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("Mapping of columns (YAML). 列映射文件", valueName: "file"))
    var mapping: String?

    @Option(help: ArgumentHelp("Where rows that were not taken are written. 错误行文件", valueName: "file"))
    var errors: String?

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        try await Assembly.withHouse(configuration, console) { house in
            let rooms = try Assembly.Rooms(in: house)
            try await rooms.places.refresh()
            let line = console.progress(LocalizedText("导入工单", "work orders"))
            defer { line.finish() }
            let result = try await rooms.cases.importCases(
                file: file, mapping: mapping, errors: errors, language: console.language, by: .system
            ) { progress in
                // Rows are not known beforehand, so the share is that of the bytes.
                let share = progress.byteCount > 0 ? Double(progress.bytesRead) / Double(progress.byteCount) : 0
                line.update(progress.rows, of: share > 0 ? Int(Double(progress.rows) / share) : nil)
            }
            line.finish()
            tell(result, console)
        }
    }

    private func tell(_ result: ImportResult, _ console: Console) {
        for problem in result.firstProblems {
            console.say(
                LocalizedText(
                    "\(file):\(problem.row)：\(problem.message.chinese)",
                    "\(file):\(problem.row): \(problem.message.english)"))
        }
        if !result.ignoredColumns.isEmpty {
            let names = result.ignoredColumns.joined(separator: ", ")
            console.say(LocalizedText("未使用的列：\(names)", "Columns without use: \(names)"))
        }
        let seconds = Int(result.seconds.rounded())
        console.result(
            LocalizedText(
                "\(result.layoutTitle.chinese)：\(result.rows) 行，新增 \(result.created)（其中待办 \(result.open)），更新 \(result.updated)，未变 \(result.unchanged)，重复 \(result.repeated)，未导入 \(result.rejected)，用时 \(seconds) 秒",
                "\(result.layoutTitle.english): \(result.rows) rows; \(result.created) new (\(result.open) of them open), \(result.updated) updated, \(result.unchanged) unchanged, \(result.repeated) repeated, \(result.rejected) not taken; \(seconds) s"
            )
        ) { writer in
            writer.member("file", file)
            result.write(to: &writer)
        }
    }
}
