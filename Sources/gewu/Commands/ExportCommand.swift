import ArgumentParser
import Ground
import Registry

struct ExportCommand: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Everything known of residents, in open forms. 导出居民数据。",
        discussion: """
            CSV and lines of JSON, in clear: the purpose is kept on the ledger, and the folder is the caller's to guard.
            CSV 与逐行 JSON，均为原文：用途记入台账，目录由使用者妥善保管。
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("A folder that is not there yet. 尚不存在的目录", valueName: "folder"))
    var folder: String

    @Option(help: ArgumentHelp("A purpose of the data dictionary, such as registration. 用途", valueName: "key"))
    var purpose: String

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        try await Assembly.withHouse(configuration, console) { house in
            let rooms = try Assembly.Rooms(in: house)
            let line = console.progress(LocalizedText("导出", "written"))
            defer { line.finish() }
            let result = try await rooms.registry.export(to: folder, purpose: purpose) { line.update($0, of: nil) }
            line.finish()
            console.result(
                LocalizedText(
                    "已写入 \(folder)：\(result.residents) 人、\(result.facts) 条事实、\(result.places) 处位置",
                    "\(result.residents) residents, \(result.facts) facts and \(result.places) places in \(folder)")
            ) { writer in
                writer.member("folder", folder)
                writer.member("residents", result.residents)
                writer.member("facts", result.facts)
                writer.member("places", result.places)
            }
        }
    }
}
