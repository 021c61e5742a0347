import ArgumentParser
import GridDesign
import Ground

struct GridsCompare: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Two plans side by side. 比较两个划分方案。",
        discussion: """
            A household counts as moved when its grid has another name in the second plan.
            同名网格视为同一网格；换了名称的住户计为变动。
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var norm: NormOptions

    @Option(help: ArgumentHelp("The buildings or small areas. 单元文件", valueName: "file"))
    var units: String

    @Option(help: ArgumentHelp("Which units adjoin. 相邻关系文件", valueName: "file"))
    var edges: String

    @Argument(help: ArgumentHelp("The first plan: id,grid. 方案一", valueName: "first"))
    var first: String

    @Argument(help: ArgumentHelp("The second plan. 方案二", valueName: "second"))
    var second: String

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        let city = try GridsFiles.city(units: units, edges: edges)
        console.tell(city)
        let limits = GridNorm(low: norm.low, high: norm.high, target: norm.target ?? (norm.low + norm.high) / 2)
        let before = try GridsFiles.plan(first, city.index, count: city.units.count)
        let after = try GridsFiles.plan(second, city.index, count: city.units.count)
        let figures = [before, after].map { plan in
            PlanFigures(city.units, city.adjacency, plan: plan.gridOf, norm: limits)
        }
        var households = 0
        var workload = 0.0
        for unit in 0..<city.units.count {
            let old = before.gridOf[unit]
            let new = after.gridOf[unit]
            let same = old < 0 || new < 0 ? old == new : before.names[Int(old)] == after.names[Int(new)]
            if same { continue }
            households += Int(city.units.households[unit])
            workload += city.units.workloads[unit]
        }
        let texts = figures.map(\.sentence)
        console.result(
            LocalizedText(
                "\(first)：\(texts[0].chinese)\n\(second)：\(texts[1].chinese)\n\(households) 户换网格",
                "\(first): \(texts[0].english)\n\(second): \(texts[1].english)\n\(households) households change grid")
        ) { writer in
            writer.member("householdsMoved", households)
            writer.member("workloadMoved", workload)
            writer.key("first")
            writer.object { $0.members(of: figures[0]) }
            writer.key("second")
            writer.object { $0.members(of: figures[1]) }
        }
    }
}
