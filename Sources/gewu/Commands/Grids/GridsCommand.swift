import ArgumentParser

struct GridsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grids",
        abstract: "Design grids from buildings; compare, check and export plans. 网格划分：设计、比较、检查、导出。",
        subcommands: [GridsDesign.self, GridsCompare.self, GridsCheck.self, GridsExport.self])
}

/// The norm, as every command about plans takes it.
struct NormOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Least workload of a grid. 网格工作量下限", valueName: "number"))
    var low = 300.0

    @Option(help: ArgumentHelp("Most workload of a grid. 网格工作量上限", valueName: "number"))
    var high = 500.0

    @Option(
        help: ArgumentHelp(
            "Usual workload of a grid; decides how many there are. 目标工作量，决定网格数量", valueName: "number"))
    var target: Double?

    func validate() throws {
        guard low >= 0, high > 0, low <= high, high.isFinite else {
            throw ValidationError("--low must not be above --high. 下限不得高于上限。")
        }
        if let target, !(target >= low && target <= high && target > 0) {
            throw ValidationError("--target lies between --low and --high. 目标须在上下限之间。")
        }
    }
}
