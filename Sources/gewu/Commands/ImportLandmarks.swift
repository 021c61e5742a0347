import ArgumentParser
import Cases
import Desk
import Ground
import Places
import Sheets

struct ImportLandmarks: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "landmarks", abstract: "Compounds and landmarks, so that texts lead to places. 导入小区与地标。",
        discussion: """
            Columns: name; area (a code), or street and community (names); kind, longitude and latitude if known. CSV (also
            gzip) or XLSX. 列：名称；区划代码，或街道与社区；可有类型、经度、纬度。
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("The list. 名单文件", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("Where rows that were not taken are written. 错误行文件", valueName: "file"))
    var errors: String?

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        let result = try await Assembly.withHouse(configuration, console) { house in
            let rooms = try Assembly.Rooms(in: house)
            try await rooms.places.refresh()
            return try await rooms.cases.importLandmarks(
                file: file, errors: errors, language: console.language, by: .system)
        }
        for problem in result.firstProblems {
            console.say(
                LocalizedText(
                    "\(file):\(problem.row)：\(problem.message.chinese)",
                    "\(file):\(problem.row): \(problem.message.english)"))
        }
        console.result(
            LocalizedText(
                "\(result.rows) 行，导入 \(result.taken)，未导入 \(result.rejected)",
                "\(result.rows) rows; \(result.taken) taken, \(result.rejected) not taken")
        ) { writer in
            writer.member("file", file)
            writer.member("rows", result.rows)
            writer.member("taken", result.taken)
            writer.member("rejected", result.rejected)
        }
    }
}
