import ArgumentParser
import Ground

struct BackupCommand: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write all data into one file while the server runs. 备份。",
        discussion: """
            The file is one consistent state, and can be restored on either engine. Without the key file the personal
            elements in it cannot be read: keep both, apart, or use --with-keys and guard the file.
            备份为同一时刻的完整数据，可恢复到任一种数据库；没有密钥文件则无法读取其中的个人要素。
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("The file to write. 备份文件", valueName: "file"))
    var file: String

    @Flag(help: "Put a copy of the key file beside it, as FILE.keys. 同时备份密钥文件")
    var withKeys = false

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        throw Unfinished.refusal("backup")
    }
}

struct RestoreCommand: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Fill an empty database from a backup. 恢复。",
        discussion: """
            A database that holds data is refused. Name a new one with --database and point the configuration to it.
            只恢复到空数据库；请用 --database 指定新的数据库。
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("The backup. 备份文件", valueName: "file"))
    var file: String

    @Flag(help: "Also restore FILE.keys, if no key file is there. 同时恢复密钥文件")
    var withKeys = false

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        throw Unfinished.refusal("restore")
    }
}
