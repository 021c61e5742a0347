import ArgumentParser
import Ground

struct Config: SpokenCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show every setting and where its value comes from. 显示全部配置及来源。",
        discussion: """
            A value comes from the command line, the environment (GEWU_…), the file, or the default, in this order. \
            Secrets are masked. 密码与口令不显示。
            Then the rules are read as at a start, and what is wrong is told. 随后如启动时一样核验规则文件。
            """)

    @OptionGroup var common: CommonOptions

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        for name in configuration.unknownVariables {
            let known = ConfigurationKey.allCases.map(\.environmentName)
            let nearest = ConfigurationKey.nearest(to: name, among: known)
            console.say(
                LocalizedText(
                    "注意：环境变量 \(name) 不起作用" + (nearest.map { "，是否为 \($0)？" } ?? ""),
                    "Note: the variable \(name) has no effect" + (nearest.map { "; did you mean \($0)?" } ?? "")))
        }
        console.result(LocalizedText(table(configuration, .chinese), table(configuration, .english))) { writer in
            writer.member("file", configuration.file)
            writer.key("settings")
            writer.object { writer in
                for key in ConfigurationKey.allCases {
                    writer.key(escaping: key.rawValue)
                    writer.object { writer in
                        writer.member("value", configuration.values[key] == nil ? nil : configuration.shown(key))
                        writer.member("source", configuration.values[key]?.source.text(.english))
                        writer.member("variable", key.environmentName)
                        writer.member("meaning", key.meaning(console.language))
                    }
                }
            }
        }
        // The settings are right; what they lead to must be too. It stands behind them, where the places are to be seen.
        do {
            try RuleCheck.run(configuration)
        } catch {
            console.fail(error, alsoAsResult: false)
            throw ExitCode.failure
        }
    }

    private func table(_ configuration: Configuration, _ language: Language) -> String {
        let none = LocalizedText("（未设置）", "(not set)")(language)
        let rows = ConfigurationKey.allCases.map { key in
            (
                key.rawValue, configuration.values[key] == nil ? none : configuration.shown(key),
                configuration.values[key]?.source.text(language) ?? "", key.meaning(language)
            )
        }
        let names = rows.map { $0.0.columns }.max() ?? 0
        let values = min(40, rows.map { $0.1.columns }.max() ?? 0)
        let file = configuration.file.map { "# " + $0 + "\n" } ?? ""
        return file
            + rows.map { name, value, source, meaning in
                let line =
                    name.padding(to: names) + "  " + value.padding(to: values) + "  "
                    + [source, "# " + meaning].filter { !$0.isEmpty }.joined(separator: "  ")
                return line
            }.joined(separator: "\n")
    }
}

extension String {
    /// How many columns of a terminal it takes: Chinese characters take two.
    fileprivate var columns: Int {
        unicodeScalars.reduce(0) { $0 + ((0x2E80...0xFFE6).contains($1.value) ? 2 : 1) }
    }

    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - columns))
    }
}
