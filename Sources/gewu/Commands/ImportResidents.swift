import ArgumentParser
import Desk
import Ground
import Places
import Registry
import Sheets

struct ImportResidents: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "residents", abstract: "A register of residents as CSV, XLSX or GeoJSON. 导入居民名册。",
        discussion: """
            One row for each person. Columns are known by the names and synonyms of the data dictionary; a name is needed, \
            and for a home its address and the code of its grid. CSV may be UTF-8 or GB 18030; each feature of GeoJSON is \
            a row with its place. A register without names is one of dwellings.
            每人一行。列名按数据字典的名称和别名识别；须有姓名，有住址的须有网格代码。CSV 可为 UTF-8 或 GB 18030；\
            GeoJSON 每个要素一行，带位置。没有姓名列的是房屋清册。
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("The file with the residents. 名册文件", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("Where cells and rows that were not taken are written. 错误行文件", valueName: "file"))
    var errors: String?

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        try await Assembly.withHouse(configuration, console) { house in
            let rooms = try Assembly.Rooms(in: house)
            try await rooms.places.refresh()
            let line = console.progress(LocalizedText("导入名册", "residents"))
            defer { line.finish() }
            let result = try await rooms.registry.importResidents(
                file: file, errors: errors, language: console.language
            ) { progress in
                // Rows are not known beforehand, so the share is that of the bytes.
                let share = progress.byteCount > 0 ? Double(progress.bytesRead) / Double(progress.byteCount) : 0
                line.update(progress.rows, of: share > 0 ? Int(Double(progress.rows) / share) : nil)
            }
            line.finish()
            tell(result, console)
        }
    }

    private func tell(_ result: ResidentImportResult, _ console: Console) {
        for problem in result.firstProblems {
            let cell = problem.column.isEmpty ? "" : "[\(problem.column)] "
            console.say(
                LocalizedText(
                    "\(file):\(problem.row)：\(cell)\(problem.message.chinese)",
                    "\(file):\(problem.row): \(cell)\(problem.message.english)"))
        }
        if !result.unusedColumns.isEmpty {
            let names = result.unusedColumns.joined(separator: ", ")
            console.say(LocalizedText("未使用的列：\(names)", "Columns without use: \(names)"))
        }
        let seconds = Int(result.seconds.rounded())
        console.result(
            LocalizedText(
                "\(result.rows) 行：新增 \(result.created) 人（\(result.households) 户、\(result.dwellings) 套房屋），更新 \(result.changed)，未变 \(result.unchanged)，部分格未取 \(result.partly) 行，可能重复 \(result.lookAlikes)，未导入 \(result.rejected) 行，用时 \(seconds) 秒",
                "\(result.rows) rows: \(result.created) people new (\(result.households) households, \(result.dwellings) dwellings), \(result.changed) changed, \(result.unchanged) unchanged, \(result.partly) rows without some cells, \(result.lookAlikes) may be duplicates, \(result.rejected) rows not taken; \(seconds) s"
            )
        ) { writer in
            writer.member("file", file)
            writer.member("rows", result.rows)
            writer.member("created", result.created)
            writer.member("changed", result.changed)
            writer.member("unchanged", result.unchanged)
            writer.member("partly", result.partly)
            writer.member("rejected", result.rejected)
            writer.member("lookAlikes", result.lookAlikes)
            writer.member("households", result.households)
            writer.member("dwellings", result.dwellings)
            writer.member("seconds", result.seconds)
        }
    }
}
