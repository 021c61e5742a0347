import ArgumentParser
import Foundation
import Ground

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Configuration file. 配置文件", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "sqlite:FILE or postgres://…; over the configuration. 数据库，优先于配置", valueName: "url"))
    var database: String?

    @Flag(help: "Result as JSON on standard output. 以 JSON 输出结果")
    var json = false

    @Option(
        help: ArgumentHelp("zh or en; otherwise as LANG says. 语言，默认按 LANG", valueName: "zh|en"),
        transform: CommonOptions.language(named:))
    var language: Language?

    var console: Console { Console(language: language ?? Self.languageOfTerminal(), isJSON: json) }

    func configuration() throws(Refusal) -> Configuration { try Configuration(path: config, database: database) }

    static func language(named name: String) throws -> Language {
        switch name.lowercased() {
        case "zh", "zh-hans", "zh_cn", "chinese": return .chinese
        case "en", "english": return .english
        default: throw ValidationError("--language is zh or en. --language 只能是 zh 或 en。")
        }
    }

    static func languageOfTerminal(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Language {
        let name = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        return name?.hasPrefix("zh") == true ? .chinese : .english
    }
}

/// A command whose failures end in one sentence on standard error and a status that is not zero.
protocol SpokenCommand: AsyncParsableCommand {
    var common: CommonOptions { get }
    func perform(_ configuration: Configuration, _ console: Console) async throws
}

extension SpokenCommand {
    func run() async throws {
        let console = common.console
        do {
            try await perform(try common.configuration(), console)
        } catch let status as ExitCode {
            throw status
        } catch {
            console.fail(error)
            throw ExitCode.failure
        }
    }
}
