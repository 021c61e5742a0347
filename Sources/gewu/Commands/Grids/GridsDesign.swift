public import ArgumentParser
import Foundation
import Geo
public import GridDesign
import Grids
import Ground

struct GridsDesign: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "design",
        abstract: "Join buildings into grids. 由楼栋划分网格。",
        discussion: """
            Units: id,x,y,households,workload,compound; coordinates in metres. Edges: u,v,w; w says how much it costs to
            part the two. CSV, also gzip. Or with geometry: .geojson, .gpkg (.shp where GDAL is installed), whose neighbours
            are computed here, with --barriers for what parts them; bad features are repaired where safe and listed, else
            left out. The plan is written as id,grid. Every grid is in one piece and no building is
            split; the same input and seed give the same plan on any number of threads. See docs/grids.md.
            带几何的单元文件（.geojson、.gpkg、.shp）由本程序计算相邻，--barriers 给出障碍；可修复的修复并列出，不可的不采用。
            单元表：id,x,y,households,workload,compound，坐标以米计；相邻表：u,v,w，w 为分开两者的代价；可为 gzip。
            结果为 id,grid。每个网格连成一片，不拆分楼栋；输入与种子相同，结果相同。详见 docs/grids.md。
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var norm: NormOptions

    @Option(help: ArgumentHelp("The buildings or small areas. 单元文件", valueName: "file"))
    var units: String

    @Option(
        help: ArgumentHelp("Which units adjoin; computed from places when not given. 相邻关系文件，缺省则自动计算", valueName: "file")
    )
    var edges: String?

    @Option(help: ArgumentHelp("Roads, rivers, railways and bridges, with geometry. 道路、河流、铁路、桥梁", valueName: "file"))
    var barriers: String?

    @Option(
        help: ArgumentHelp("The datum of units that name none. 未注明时的坐标系", valueName: "CGCS2000|WGS84|GCJ-02|BD-09"))
    var datum: Datum?

    @Option(
        help: ArgumentHelp(
            "How neighbours are found: shared walls or nearness; otherwise by the data. 相邻判定",
            valueName: "walls|delaunay"))
    var neighbours: Neighbours.Method?

    @Option(
        help: ArgumentHelp(
            "keep: a compound stays whole wherever it fits into a grid; free: it may be cut. 小区保持完整或可切分",
            valueName: "keep|free"))
    var compounds = DesignOptions.Compounds.keep

    @Option(help: ArgumentHelp("How long to search. 搜索力度", valueName: "fast|standard|best"))
    var effort = DesignOptions.Effort.standard

    @Option(help: ArgumentHelp("Another seed gives another plan. 随机种子", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Threads; the plan does not depend on it. 线程数，不影响结果", valueName: "number"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Today's grids: the plan that changes least is written, and what more change would bring is told. 现有方案，以最少变动调整",
            valueName: "file"))
    var previous: String?

    @Option(help: ArgumentHelp("Where the plan is written. 结果文件", valueName: "file"))
    var output: String

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        let limits = GridNorm(low: norm.low, high: norm.high, target: norm.target ?? (norm.low + norm.high) / 2)
        let city = try city(configuration, console, high: norm.high)
        let read = clock.now
        var options = DesignOptions(norm: limits)
        options.compounds = compounds
        options.effort = effort
        options.seed = seed
        options.threads = max(1, min(threads ?? ProcessInfo.processInfo.activeProcessorCount, 64))
        let bar = console.progress(LocalizedText("划分网格", "Designing"))
        options.progress = { share in bar.update(Int(share * 100), of: 100) }
        var gridOf: [Int32]
        var exceptions: [PlanException] = []
        var choices: [(choice: Redesign.Choice, figures: PlanFigures)] = []
        var names: [String] = []
        if let previous {
            let former = try city.plan(previous)
            names = former.names
            for choice in try await Redesign.choices(
                city.units, city.adjacency, previous: former.gridOf, options)
            {
                choices.append(
                    (choice, PlanFigures(city.units, city.adjacency, plan: choice.gridOf, norm: options.norm)))
            }
            gridOf = choices.first?.choice.gridOf ?? former.gridOf
        } else {
            let plan = try await GridDesigner.design(city.units, city.adjacency, options)
            gridOf = plan.gridOf
            exceptions = plan.exceptions
        }
        bar.finish()
        let designed = clock.now
        try city.write(gridOf, names, output)
        let written = clock.now
        let peak = ProcessFigures.peakMegabytes
        let figures = PlanFigures(city.units, city.adjacency, plan: gridOf, norm: options.norm)
        let seconds = { (span: Duration) in (span / .milliseconds(1)).rounded() / 1000 }
        for exception in exceptions.prefix(20) { console.say(exception.sentence) }
        for (choice, figures) in choices { console.say(choice.sentence(figures)) }
        let text = figures.sentence
        let time = String(format: "%.2f", seconds(written - began))
        console.result(
            LocalizedText(
                "\(text.chinese)\n用时 \(time) 秒，内存 \(peak) MB", "\(text.english)\n\(time) s, \(peak) MB")
        ) { writer in
            writer.member("output", output)
            writer.member("units", city.units.count)
            writer.member("edges", city.adjacency.count)
            writer.member("rowsLeftOut", city.leftOut)
            if let intake = city.intake { writer.member(findings: intake) }
            writer.member("effort", effort.rawValue)
            writer.member("compounds", compounds.rawValue)
            writer.member("seed", seed)
            writer.member("threads", options.threads)
            writer.member("readSeconds", seconds(read - began))
            writer.member("designSeconds", seconds(designed - read))
            writer.member("writeSeconds", seconds(written - designed))
            writer.member("seconds", seconds(written - began))
            writer.member("peakMegabytes", peak)
            writer.key("figures")
            writer.object { $0.members(of: figures) }
            if !choices.isEmpty {
                writer.key("choices")
                writer.array(choices) { writer, point in
                    writer.object { writer in
                        writer.member("kind", point.choice.kind.rawValue)
                        writer.member("householdsMoved", point.choice.householdsMoved)
                        writer.member("workloadMoved", point.choice.workloadMoved)
                        writer.key("figures")
                        writer.object { $0.members(of: point.figures) }
                    }
                }
            }
            writer.key("exceptions")
            writer.array(exceptions) { writer, exception in
                writer.object { writer in
                    writer.member("grid", exception.grid)
                    writer.member("workload", exception.workload)
                    writer.member("reason", exception.reason.rawValue)
                }
            }
        }
    }

    /// Units with their neighbours, from tables or from geometry.
    private struct City {
        var units: Units
        var adjacency: Adjacency
        var leftOut: Int
        var intake: UnitIntake?
        var plan: (String) throws -> (gridOf: [Int32], names: [String])
        var write: ([Int32], [String], String) throws -> Void
    }

    private func city(_ configuration: Configuration, _ console: Console, high: Double) throws -> City {
        if GridsGeometry.isGeometry(units) {
            let norms = try GridNorms.load(from: try Assembly.Furniture(configuration).rules)
            let geometry = try GridsGeometry.read(
                units, barriers: barriers, norms: norms, high: high, datum: datum, method: neighbours, console)
            let left = geometry.intake.findingCount.reduce(0) { $0 + ($1.key.isKept ? 0 : $1.value) }
            return City(
                units: geometry.city.units, adjacency: geometry.city.adjacency, leftOut: left,
                intake: geometry.intake, plan: geometry.plan,
                write: { try geometry.write($0, names: $1, to: $2) })
        }
        let city = try GridsFiles.city(units: units, edges: edges)
        console.tell(city)
        return City(
            units: city.units, adjacency: city.adjacency, leftOut: city.rowsLeftOut, intake: nil,
            plan: { path in
                let read = try GridsFiles.plan(path, city.index, count: city.units.count)
                return (read.gridOf, read.names.map(String.init))
            },
            write: { try GridsFiles.write($0, ids: city.ids, names: $1.compactMap { Int64($0) }, to: $2) })
    }
}

extension DesignOptions.Compounds: ExpressibleByArgument {}
extension DesignOptions.Effort: ExpressibleByArgument {}

extension PlanException {
    var sentence: LocalizedText {
        let load = String(format: "%.0f", workload)
        let why: LocalizedText =
            switch reason {
            case .oneUnitAbove: LocalizedText("单栋已超上限，不可拆分", "one building alone is above the norm")
            case .islandBelow: LocalizedText("被屏障隔开，不足一个网格", "cut off by barriers with too little for a grid")
            case .noNumberFits:
                LocalizedText("连通区域的工作量不适合任何网格数", "no number of grids fits the connected area's workload")
            case .besideLargeUnit: LocalizedText("被超限单栋隔开", "cut off by a building above the norm")
            case .notFound: LocalizedText("未找到更好的划分", "nothing better was found")
            }
        return LocalizedText(
            "网格 \(grid)，工作量 \(load)：\(why.chinese)", "grid \(grid), workload \(load): \(why.english)")
    }
}

extension Redesign.Choice {
    func sentence(_ figures: PlanFigures) -> LocalizedText {
        let name: LocalizedText =
            switch kind {
            case .leastChange: LocalizedText("最少变动", "least change")
            case .someChange: LocalizedText("少量变动", "some change")
            case .moreChange: LocalizedText("较多变动", "more change")
            case .designedAnew: LocalizedText("重新划分", "designed anew")
            }
        return LocalizedText(
            "\(name.chinese)：\(householdsMoved) 户换网格，\(figures.inNorm)/\(figures.grids) 在标准内，切断的联系 \(figures.cutAffinity)",
            "\(name.english): \(householdsMoved) households change grid, \(figures.inNorm) of \(figures.grids) in the norm, affinity cut \(figures.cutAffinity)"
        )
    }
}
