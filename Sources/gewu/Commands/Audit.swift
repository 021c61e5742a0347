import ArgumentParser
import Ground

struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that the ledger's past was not changed. 核验台账。", subcommands: [AuditVerify.self])
}

struct AuditVerify: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recompute every seal of the ledger. 逐块重新计算台账封印。",
        discussion: """
            Ends with status 1 and names the block and entry when anything of the past differs.
            如有改动，指出所在的块与条目，并以状态 1 结束。
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("A root that was noted elsewhere earlier. 以往另行保存的根值", valueName: "root"))
    var expectRoot: String?

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        throw Unfinished.refusal("audit verify")
    }
}
