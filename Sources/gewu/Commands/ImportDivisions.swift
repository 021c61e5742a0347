import ArgumentParser
import Desk
import Ground
import Places

struct ImportDivisions: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "divisions", abstract: "National lists of divisions, one or several by date. 导入全国区划代码。",
        discussion: """
            A file is one list, or a folder with the levels in files of their own. Each list holds from a day on; without \
            --valid-from a year in its name is taken as the statistics bureau's 30 June of that year. Older lists go first.
            每个名单自某日起生效；未给出 --valid-from 时，按名称中的年份取当年 6 月 30 日（国家统计局口径）。
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("Lists of divisions: CSV files or folders. 区划名单文件或目录", valueName: "file"))
    var files: [String]

    @Option(
        help: ArgumentHelp("First day of a list, once for each file. 生效日期，与文件一一对应", valueName: "yyyy-mm-dd"),
        transform: ImportDivisions.day)
    var validFrom: [Day] = []

    @Option(help: ArgumentHelp("Who publishes them. 来源", valueName: "name"))
    var source = "国家统计局"

    @Option(help: ArgumentHelp("Where rows that were not taken are written. 错误行文件", valueName: "file"))
    var errors: String?

    @Option(help: ArgumentHelp("Where every change is written. 变更明细文件", valueName: "file"))
    var changes: String?

    func validate() throws {
        guard validFrom.isEmpty || validFrom.count == files.count else {
            throw ValidationError(
                "Give --valid-from once for each file, or not at all. --valid-from 应与文件一一对应。")
        }
        guard files.count == 1 || (errors == nil && changes == nil) else {
            throw ValidationError("--errors and --changes go with one file. --errors 与 --changes 只用于单个文件。")
        }
    }

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        let lists = try dated()
        try await Assembly.withHouse(configuration, console) { house in
            let importing = DivisionImport(
                database: house.database, clock: house.clock, identifiers: house.identifiers)
            var reports: [(file: String, day: Day, report: DivisionImport.Report)] = []
            for (file, day) in lists {
                let line = console.progress(LocalizedText("\(file)", "\(file)"))
                defer { line.finish() }
                let order = DivisionImport.Order(
                    file: file, validFrom: day, source: source, errorFile: errors, changeFile: changes,
                    language: console.language)
                let report = try await importing.run(order, by: .system) { progress in
                    line.update(progress.done, of: progress.total, Self.name(progress.stage)(console.language))
                }
                reports.append((file, day, report))
            }
            tell(reports, console)
        }
    }

    private func dated() throws(Refusal) -> [(String, Day)] {
        guard validFrom.isEmpty else { return Array(zip(files, validFrom)) }
        var lists: [(String, Day)] = []
        for file in files {
            guard let year = Self.year(in: file), let day = Day(year: year, month: 6, day: 30) else {
                throw Refusal(
                    .malformed, "import.no-day",
                    LocalizedText("\(file)：看不出名单的生效日期", "\(file): the day from which the list holds is not known"),
                    wayOn: LocalizedText("请用 --valid-from 指明，如 2023-06-30", "Say it, such as --valid-from 2023-06-30"))
            }
            lists.append((file, day))
        }
        return lists.sorted { $0.1 < $1.1 }
    }

    /// The last four digits in the path that are a year of this century, standing alone.
    static func year(in path: String) -> Int? {
        path.split { !$0.isASCII || !$0.isNumber }.last { $0.count == 4 && $0.hasPrefix("20") }.flatMap { Int($0) }
    }

    static func day(named text: String) throws -> Day {
        guard let day = Day(text) else {
            throw ValidationError("'\(text)' is no day such as 2023-06-30. “\(text)”不是日期，如 2023-06-30。")
        }
        return day
    }

    private static func name(_ stage: DivisionImport.Stage) -> LocalizedText {
        switch stage {
        case .reading: LocalizedText("读取", "reading")
        case .comparing: LocalizedText("比对", "comparing")
        case .writing: LocalizedText("写入", "writing")
        }
    }

    private func tell(_ reports: [(file: String, day: Day, report: DivisionImport.Report)], _ console: Console) {
        for item in reports {
            for problem in item.report.firstProblems {
                console.say(
                    LocalizedText(
                        "\(problem.file):\(problem.row)：\(problem.message.chinese)（\(problem.value)）",
                        "\(problem.file):\(problem.row): \(problem.message.english) (\(problem.value))"))
            }
        }
        let lines = reports.map { item in
            let report = item.report
            return LocalizedText(
                "\(item.file)（自 \(item.day)）：\(report.rows) 行，新增 \(report.appeared)，撤销 \(report.vanished)，更名 \(report.renamed)，变更上级 \(report.moved)，未变 \(report.unchanged)，未导入 \(report.rejected)",
                "\(item.file) (from \(item.day)): \(report.rows) rows; \(report.appeared) appeared, \(report.vanished) vanished, \(report.renamed) renamed, \(report.moved) moved, \(report.unchanged) unchanged, \(report.rejected) not taken"
            )
        }
        console.result(
            LocalizedText(
                lines.map(\.chinese).joined(separator: "\n"), lines.map(\.english).joined(separator: "\n"))
        ) { writer in
            writer.key("lists")
            writer.array(reports) { writer, item in
                writer.object { writer in
                    writer.member("file", item.file)
                    writer.member("validFrom", item.day.description)
                    writer.member("rows", item.report.rows)
                    writer.member("appeared", item.report.appeared)
                    writer.member("vanished", item.report.vanished)
                    writer.member("renamed", item.report.renamed)
                    writer.member("moved", item.report.moved)
                    writer.member("unchanged", item.report.unchanged)
                    writer.member("placeholders", item.report.placeholders)
                    writer.member("successors", item.report.successors)
                    writer.member("outside", item.report.outside)
                    writer.member("rejected", item.report.rejected)
                }
            }
        }
    }
}
