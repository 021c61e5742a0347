import ArgumentParser
import Ground

struct Demo: SpokenCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a county with invented people and 60 days of cases. 生成演示县。",
        discussion: """
            Divisions and calendar are real, people and matters are invented. The same seed makes the same county.
            区划与节假日为公开事实，人员与诉求均为程序生成。种子相同，结果相同。
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Households, about 2.6 residents each. 户数", valueName: "n"))
    var households = 2000

    @Option(help: ArgumentHelp("The same seed makes the same county. 种子", valueName: "s"))
    var seed: UInt64 = 1

    @Flag(help: "Delete an earlier demonstration first. 先删除已有演示数据")
    var reset = false

    func validate() throws {
        guard (1...2_000_000).contains(households) else {
            throw ValidationError("--households is 1 to 2,000,000. 户数为 1 至 2,000,000。")
        }
    }

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        throw Unfinished.refusal("demo")
    }
}
