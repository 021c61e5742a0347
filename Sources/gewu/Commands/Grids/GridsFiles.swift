import Foundation
import Geo
import GridDesign
import Ground
import Sheets

/// The files of `gewu grids`: units, neighbours and plans as comma-separated text, also packed with gzip.
enum GridsFiles {
    struct City {
        var units: Units
        var ids: [Int64]
        var index: UnitIndex
        var adjacency: Adjacency
        var problems: [(file: String, problem: InputProblem)]
        var rowsLeftOut: Int
    }

    /// - Parameter edgesFile: nil to find neighbours by nearness.
    static func city(units unitsFile: String, edges edgesFile: String?) throws -> City {
        var reader = UnitTableReader()
        let index: UnitIndex
        do {
            try FilePieces.read(unitsFile) { try reader.read($0) }
            index = try reader.finish()
        } catch let problem as InputProblem {
            throw refusal(problem, in: unitsFile)
        }
        guard let edgesFile else {
            let read = reader.units
            let found = Neighbours(
                of: read.xs.indices.map {
                    .init(middle: Position(x: read.xs[$0], y: read.ys[$0]), compound: read.compounds[$0])
                })
            let adjacency = Adjacency(
                from: found.edges.map(\.from), to: found.edges.map(\.to), affinities: found.edges.map(\.affinity))
            return City(
                units: read, ids: reader.ids, index: index, adjacency: adjacency,
                problems: reader.problems.map { (unitsFile, $0) }, rowsLeftOut: reader.rowsLeftOut)
        }
        var edges = EdgeTableReader(index: index)
        do {
            try FilePieces.read(edgesFile) { try edges.read($0) }
            try edges.finish()
        } catch let problem as InputProblem {
            throw refusal(problem, in: edgesFile)
        }
        return City(
            units: reader.units, ids: reader.ids, index: index, adjacency: edges.adjacency,
            problems: reader.problems.map { (unitsFile, $0) } + edges.problems.map { (edgesFile, $0) },
            rowsLeftOut: reader.rowsLeftOut + edges.rowsLeftOut)
    }

    /// A plan, its grids numbered from 0, and what the file calls each.
    static func plan(_ file: String, _ index: UnitIndex, count: Int) throws -> (gridOf: [Int32], names: [Int64]) {
        var reader = PlanTableReader(index: index, count: count)
        do {
            try FilePieces.read(file) { try reader.read($0) }
            return (try reader.finish(), reader.names)
        } catch let problem as InputProblem {
            throw refusal(problem, in: file)
        }
    }

    /// Written whole or not at all. Grids that had a name keep it, new ones are numbered after the last.
    static func write(_ plan: [Int32], ids: [Int64], names: [Int64] = [], to path: String) throws {
        let afterLast = (names.max() ?? -1) + 1 - Int64(names.count)
        var bytes: [UInt8] = Array("id,grid\n".utf8)
        bytes.reserveCapacity(plan.count * 14)
        for (unit, grid) in plan.enumerated() {
            append(ids[unit], to: &bytes)
            bytes.append(UInt8(ascii: ","))
            append(Int(grid) < names.count && grid >= 0 ? names[Int(grid)] : Int64(grid) + afterLast, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        try write(bytes, to: path)
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        do { try Data(bytes).write(to: URL(filePath: path), options: .atomic) } catch { throw cannotWrite(path) }
    }

    static func cannotWrite(_ path: String) -> Refusal {
        Refusal(
            .unavailable, "grids.write", LocalizedText("无法写入“\(path)”", "“\(path)” cannot be written"),
            wayOn: LocalizedText("请检查目录与权限", "Check the folder and its permissions"))
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = bytes.count
        repeat {
            bytes.append(48 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    static func refusal(_ problem: InputProblem, in file: String) -> Refusal {
        let text = sentence(problem)
        return Refusal(
            .malformed, "grids.input.\(code(problem.kind))",
            LocalizedText("“\(file)”：\(text.chinese)", "“\(file)”: \(text.english)"),
            wayOn: LocalizedText(
                "表头应为 id,x,y,households,workload,compound 与 u,v,w",
                "The headers are id,x,y,households,workload,compound and u,v,w"))
    }

    static func sentence(_ problem: InputProblem) -> LocalizedText {
        let place =
            problem.line > 0
            ? LocalizedText("第 \(problem.line) 行：", "line \(problem.line): ") : LocalizedText("", "")
        let what: LocalizedText =
            switch problem.kind {
            case .missingColumn: LocalizedText("缺少列 \(problem.subject)", "there is no column \(problem.subject)")
            case .noNumber: LocalizedText("\(problem.subject) 不是数字", "\(problem.subject) is no number")
            case .duplicateID:
                LocalizedText("\(problem.subject) 重复，以首次出现为准", "\(problem.subject) came before; the first counts")
            case .negativeWorkload: LocalizedText("\(problem.subject) 为负", "\(problem.subject) is negative")
            case .hugeWorkload:
                LocalizedText("\(problem.subject) 大于 200 万", "\(problem.subject) is above two million")
            case .unknownUnit:
                LocalizedText("单元不存在：\(problem.subject)", "no such unit: \(problem.subject)")
            case .loop: LocalizedText("单元与自身相邻：\(problem.subject)", "unit \(problem.subject) adjoins itself")
            case .empty: LocalizedText("没有数据", "there are no rows")
            }
        return LocalizedText(place.chinese + what.chinese, place.english + what.english)
    }

    private static func code(_ kind: InputProblem.Kind) -> String {
        switch kind {
        case .missingColumn: "missing-column"
        case .noNumber: "no-number"
        case .duplicateID: "duplicate-id"
        case .negativeWorkload: "negative-workload"
        case .hugeWorkload: "huge-workload"
        case .unknownUnit: "unknown-unit"
        case .loop: "loop"
        case .empty: "empty"
        }
    }
}

extension Console {
    /// The first rows that were left out, and how many there are.
    func tell(_ city: GridsFiles.City) {
        for (file, problem) in city.problems.prefix(20) {
            let text = GridsFiles.sentence(problem)
            say(LocalizedText("\(file)：\(text.chinese)", "\(file): \(text.english)"))
        }
        if city.rowsLeftOut > 20 {
            say(LocalizedText("共 \(city.rowsLeftOut) 行未采用", "\(city.rowsLeftOut) rows were left out in all"))
        }
    }
}

/// What the process has used so far.
enum ProcessFigures {
    /// The most memory it ever held, in megabytes.
    static var peakMegabytes: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let number = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
        else { return 0 }
        return (Int(number) ?? 0) / 1024
    }
}

extension JSONWriter {
    mutating func members(of figures: PlanFigures) {
        member("grids", figures.grids)
        member("unitsLeftOut", figures.unitsLeftOut)
        member("inNorm", figures.inNorm)
        member("above", figures.above)
        member("below", figures.below)
        member("shareInNorm", figures.shareInNorm)
        member("largest", figures.largest)
        member("smallest", figures.smallest)
        member("unevenness", figures.unevenness)
        member("broken", figures.broken)
        member("cutEdges", figures.cutEdges)
        member("cutAffinity", figures.cutAffinity)
        member("needlessCompoundCuts", figures.needlessCompoundCuts)
        member("walkMetres", figures.walk)
    }
}

extension PlanFigures {
    /// For a person at the terminal.
    var sentence: LocalizedText {
        let share = String(format: "%.2f", shareInNorm * 100)
        let uneven = String(format: "%.1f", unevenness * 100)
        let metres = String(format: "%.0f", walk)
        return LocalizedText(
            """
            \(grids) 个网格，\(share)% 在标准内（超上限 \(above)，低于下限 \(below)），不连通 \(broken)
            切断的联系 \(cutAffinity)，不必要的小区切分 \(needlessCompoundCuts)，工作量离差 \(uneven)%，平均步行 \(metres) 米
            """,
            """
            \(grids) grids, \(share) % in the norm (\(above) above, \(below) below), \(broken) in pieces
            affinity cut \(cutAffinity), needless compound cuts \(needlessCompoundCuts), unevenness \(uneven) %, walk \(metres) m
            """)
    }
}
