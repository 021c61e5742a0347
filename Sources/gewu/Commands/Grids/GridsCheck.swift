import ArgumentParser
import GridDesign
import Ground

struct GridsCheck: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Count anew what a plan is worth. 检查划分方案。",
        discussion: """
            Ends with status 1 if a grid is in pieces or a unit is in no grid.
            有网格不连通或单元未入网格时，以状态 1 结束。
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var norm: NormOptions

    @Option(help: ArgumentHelp("The buildings or small areas. 单元文件", valueName: "file"))
    var units: String

    @Option(help: ArgumentHelp("Which units adjoin. 相邻关系文件", valueName: "file"))
    var edges: String

    @Argument(help: ArgumentHelp("The plan: id,grid. 方案文件", valueName: "file"))
    var plan: String

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        let city = try GridsFiles.city(units: units, edges: edges)
        console.tell(city)
        let assigned = try GridsFiles.plan(plan, city.index, count: city.units.count).gridOf
        let figures = PlanFigures(
            city.units, city.adjacency, plan: assigned,
            norm: GridNorm(low: norm.low, high: norm.high, target: norm.target ?? (norm.low + norm.high) / 2))
        console.result(figures.sentence) { $0.members(of: figures) }
        if figures.broken > 0 || figures.unitsLeftOut > 0 {
            console.fail(
                Refusal(
                    .ruleBroken, "grids.check",
                    LocalizedText(
                        "\(figures.broken) 个网格不连通，\(figures.unitsLeftOut) 个单元未入网格",
                        "\(figures.broken) grids are in pieces, \(figures.unitsLeftOut) units are in none"),
                    wayOn: LocalizedText("请修正方案后重新检查", "Mend the plan and check again")), alsoAsResult: false)
            throw ExitCode.failure
        }
    }
}
