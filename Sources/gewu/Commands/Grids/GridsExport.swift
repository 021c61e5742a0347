import ArgumentParser
import Foundation
import Geo
import GridDesign
import Grids
import Ground

struct GridsExport: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "A plan as GeoJSON, GeoPackage or CSV, with the outline of each grid. 导出划分方案。",
        discussion: """
            Units as for design, the plan as design wrote it. Grids get codes and names by rule: west to east and north to
            south within the community; each outside the norm says why. The kind of file follows from its name.
            单元文件与方案同 design；网格按社区内自西向东、自北向南编码命名，超出标准的注明原因；格式由文件名决定。
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var norm: NormOptions

    @Option(help: ArgumentHelp("The buildings or small areas: .geojson, .gpkg or .shp. 单元文件", valueName: "file"))
    var units: String

    @Option(help: ArgumentHelp("Roads, rivers, railways and bridges. 道路、河流、铁路、桥梁", valueName: "file"))
    var barriers: String?

    @Option(help: ArgumentHelp("The plan: id,grid. 方案文件", valueName: "file"))
    var plan: String

    @Option(help: ArgumentHelp("12 digits; without it grids are numbered. 社区代码", valueName: "code"))
    var community: String?

    @Option(help: ArgumentHelp("The community’s name. 社区名称", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp(".geojson, .gpkg or .csv. 结果文件", valueName: "file"))
    var output: String

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        let norms = try GridNorms.load(from: try Assembly.Furniture(configuration).rules)
        let limits = GridNorm(low: norm.low, high: norm.high, target: norm.target ?? (norm.low + norm.high) / 2)
        let geometry = try GridsGeometry.read(
            units, barriers: barriers, norms: norms, high: norm.high, datum: nil, method: nil, console)
        let read = try geometry.plan(plan)
        let placed = read.gridOf.map { $0 < 0 ? Int32(read.names.count) : $0 }
        let missing = read.gridOf.count { $0 < 0 }
        if missing > 0 {
            console.say(LocalizedText("\(missing) 个单元不在方案中", "\(missing) units are in no grid of the plan"))
        }
        let city = geometry.city
        let outlines = city.outlines(read.gridOf, grids: read.names.count)
        var reasons: [Int32: PlanException.Reason] = [:]
        for exception in PlanException.all(in: placed, city.units, city.adjacency, norm: limits) {
            reasons[exception.grid] = exception.reason
        }
        let lines = lines(read.gridOf, read.names, city.units, outlines, reasons)
        try write(lines)
        console.result(
            LocalizedText("\(lines.count) 个网格写入 \(output)", "\(lines.count) grids written to \(output)")
        ) { writer in
            writer.member("output", output)
            writer.member("grids", lines.count)
            writer.member("unitsLeftOut", missing)
            writer.member("outsideNorm", lines.count { $0.reason != nil })
        }
    }

    private struct Line {
        var code: String
        var name: String
        var households: Int
        var workload: Double
        var units: Int
        var reason: PlanException.Reason?
        var outline: Geometry?
    }

    private func lines(
        _ gridOf: [Int32], _ names: [String], _ units: Units, _ outlines: [Geometry?],
        _ reasons: [Int32: PlanException.Reason]
    ) -> [Line] {
        let numbers = GridCode.sequences(gridOf, grids: names.count, units)
        var lines = names.indices.map { grid -> Line in
            let sequence = numbers[grid]
            let code = community.flatMap { GridCode.code(community: $0, sequence: sequence) } ?? names[grid]
            return Line(
                code: code, name: (name ?? "") + "第 \(sequence) 网格", households: 0, workload: 0, units: 0,
                reason: reasons[Int32(grid)], outline: outlines[grid])
        }
        for (unit, grid) in gridOf.enumerated() where grid >= 0 {
            lines[Int(grid)].households += Int(units.households[unit])
            lines[Int(grid)].workload += units.workloads[unit]
            lines[Int(grid)].units += 1
        }
        return lines.enumerated().sorted { numbers[$0.offset] < numbers[$1.offset] }.map(\.element)
    }

    private func write(_ lines: [Line]) throws {
        switch output.lowercased().split(separator: ".").last {
        case "gpkg": try writeGeoPackage(lines)
        case "csv":
            var text = "code,name,households,workload,units,reason,wkt\n"
            for line in lines {
                text +=
                    "\(line.code),\(GridsGeometry.field(line.name)),\(line.households),\(line.workload),\(line.units),"
                    + "\(line.reason?.rawValue ?? ""),\(line.outline.map { "\"\($0.wellKnownText)\"" } ?? "")\n"
            }
            try GridsFiles.write(Array(text.utf8), to: output)
        default:
            var writer = GeoJSONWriter()
            for line in lines {
                writer.feature(id: line.code, line.outline) { properties in
                    properties.member("code", line.code)
                    properties.member("name", line.name)
                    properties.member("households", line.households)
                    properties.member("workload", line.workload)
                    properties.member("units", line.units)
                    properties.member("reason", line.reason?.rawValue)
                }
            }
            try GridsFiles.write(writer.end(), to: output)
        }
    }

    private func writeGeoPackage(_ lines: [Line]) throws {
        let unfinished = output + ".part"
        try? FileManager.default.removeItem(atPath: unfinished)
        do {
            let writer = try GeoPackageWriter(path: unfinished)
            try writer.addLayer(
                "grids", title: name ?? "grids", .any,
                columns: [
                    .init("code", .text), .init("name", .text), .init("households", .whole),
                    .init("workload", .number), .init("units", .whole), .init("reason", .text),
                ])
            for line in lines {
                try writer.add(
                    line.outline,
                    [
                        .text(line.code), .text(line.name), .number(Double(line.households)), .number(line.workload),
                        .number(Double(line.units)), line.reason.map { .text($0.rawValue) } ?? .nothing,
                    ])
            }
            try writer.close()
        } catch {
            throw GridsFiles.cannotWrite(output)
        }
        try? FileManager.default.removeItem(atPath: output)
        try FileManager.default.moveItem(atPath: unfinished, toPath: output)
    }
}
