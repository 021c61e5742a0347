import ArgumentParser
import Ground

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take in existing data: divisions, cases. 导入数据。",
        discussion: """
            Every import may be run again: what is there already is left as it is. A bad row is written to the file of
            errors with its reason; the good ones go in. 可重复运行；错误行写入错误文件，其余照常导入。
            """,
        subcommands: [ImportDivisions.self, ImportCases.self])
}

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

    @Option(help: ArgumentHelp("Where bad rows go. 错误行文件", valueName: "file"))
    var errors: String?

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        throw Unfinished.refusal("import cases")
    }
}
