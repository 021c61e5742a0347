import ArgumentParser
import Ground

struct Staff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The first administrator. 人员。", subcommands: [AddAdministrator.self])
}

struct AddAdministrator: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-administrator",
        abstract: "Make an account that may make all others. 新建管理员。",
        discussion: """
            The password is read from standard input, or made and shown once.
            口令从标准输入读取；未提供时自动生成并只显示一次。
            """)

    @OptionGroup var common: CommonOptions

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        throw Unfinished.refusal("staff add-administrator")
    }
}
