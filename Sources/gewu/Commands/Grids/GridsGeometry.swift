public import ArgumentParser
import Foundation
public import Geo
import GridDesign
import Grids
import Ground
import Sheets

/// Units with geometry, as `gewu grids` reads and writes them: GeoJSON, GeoPackage, and Shapefile where GDAL is installed.
struct GridsGeometry {
    let intake: UnitIntake
    let barriers: BarrierIntake?
    let city: UnitCity

    /// Tables of units are in metres here, see `GridsFiles`.
    static func isGeometry(_ path: String) -> Bool {
        isShapefile(path) || FeatureFile.kind(of: path).map { $0 != .table } ?? false
    }

    private static func isShapefile(_ path: String) -> Bool { path.lowercased().hasSuffix(".shp") }

    /// - Parameters:
    ///   - high: the most a grid may have; a building above it is told.
    ///   - method: how neighbours are found; nil to see by the data.
    static func read(
        _ units: String, barriers: String?, norms: GridNorms, high: Double, datum: Datum?, method: Neighbours.Method?,
        _ console: Console
    ) throws -> GridsGeometry {
        var intake = UnitIntake(norms, datum: datum, high: high)
        let engine = GEOS()
        let system = try features(of: units, norms) { intake.take($0, engine: engine) }
        intake.finish(referenceSystem: system)
        // Metres of any projection will do here: only distances count.
        if !intake.isPlane { try FeatureFile.requireKnown(system, named: units) }
        console.tell(intake, in: units)
        guard !intake.units.isEmpty else {
            throw Refusal(
                .malformed, "grids.input.empty",
                LocalizedText("“\(units)”：没有可用的单元", "“\(units)”: no unit can be used"),
                wayOn: LocalizedText(
                    "每个要素需有点或面，和户数（households、户数等列名见 Rules/grid-norms.yaml）",
                    "Each feature needs a point or an area, and its households (names of columns: Rules/grid-norms.yaml)"
                ))
        }
        var lines: BarrierIntake?
        if let barriers {
            var found = BarrierIntake(norms)
            let system = try features(of: barriers, norms) { found.take($0) }
            // Barriers of a plane are of the units' own; degrees of another system would lie elsewhere.
            if !intake.isPlane {
                try FeatureFile.requireKnown(system, named: barriers, isDatumHeeded: true)
                found.finish(referenceSystem: system)
            }
            let left = found.findingCount.reduce(0) { $0 + ($1.key.isKept ? 0 : $1.value) }
            if left > 0 {
                console.say(
                    LocalizedText(
                        "\(barriers)：\(found.unknown) 个要素类别不认识，\(left - found.unknown) 个无法采用，均未作障碍",
                        "\(barriers): \(found.unknown) features of no known class and \(left - found.unknown) that cannot be used part nothing"
                    ))
            }
            lines = found
        }
        var rules = Neighbours.Rules()
        rules.method = method
        let city = UnitCity(intake, lines, rules: rules)
        let found = city.neighbours
        console.say(
            LocalizedText(
                "\(intake.units.count) 个单元，相邻 \(found.edges.count) 对（\(found.method == .walls ? "共界" : "邻近")），被障碍隔断 \(found.cut) 对，其中桥梁连通 \(found.bridged) 对，互不连通 \(found.parts) 片",
                "\(intake.units.count) units, \(found.edges.count) neighbours (\(found.method.rawValue)), \(found.cut) cut by barriers, \(found.bridged) of them joined by bridges, \(found.parts) parts"
            ))
        return GridsGeometry(intake: intake, barriers: lines, city: city)
    }

    /// - Returns: what the file calls its coordinate reference system.
    private static func features(
        of path: String, _ norms: GridNorms, _ body: (Result<Feature, FeatureProblem>) throws -> Void
    ) throws -> String? {
        try withDegrees(path) { readable in
            try FeatureFile.read(readable, named: path, norms) { feature, _ in try body(feature) }
        }
    }

    /// A file that the rooms read as it is, or a Shapefile turned into one for the time of `body`.
    static func withDegrees<Value>(_ path: String, _ body: (String) throws -> Value) throws -> Value {
        guard isShapefile(path) else { return try body(path) }
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(try converted(path, into: folder.path))
    }

    /// The same for what takes its time.
    static func withDegrees<Value>(_ path: String, _ body: (String) async throws -> Value) async throws -> Value {
        guard isShapefile(path) else { return try await body(path) }
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(try converted(path, into: folder.path))
    }

    private static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// A Shapefile as GeoJSON in degrees, by GDAL's own tool.
    private static func converted(_ path: String, into folder: String) throws -> String {
        let target = folder + "/units.geojsonl"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["ogr2ogr", "-f", "GeoJSONSeq", "-t_srs", "EPSG:4326", target, path]
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { throw noOGR(path) }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw noOGR(path) }
        return target
    }

    private static func noOGR(_ path: String) -> Refusal {
        Refusal(
            .unavailable, "grids.input.shapefile",
            LocalizedText(
                "“\(path)”：Shapefile 由系统的 ogr2ogr 转换，它不在或无法读取该文件",
                "“\(path)”: a Shapefile is converted by the system’s ogr2ogr, which is not there or cannot read it"),
            wayOn: LocalizedText(
                "请安装 gdal-bin，或先转为 GeoJSON、GeoPackage", "Install gdal-bin, or convert it to GeoJSON or GeoPackage first"
            ))
    }

    // MARK: Plans

    /// `id,grid` of a plan, ids as the units have them; -1 where the plan does not name a unit.
    func plan(_ path: String) throws -> (gridOf: [Int32], names: [String]) {
        var number: [String: Int] = [:]
        for (place, unit) in intake.units.enumerated() { number[unit.id] = place }
        var gridOf = [Int32](repeating: -1, count: intake.units.count)
        var names: [String] = []
        var numberOf: [String: Int32] = [:]
        var columns: (id: Int, grid: Int)?
        let reader = try SheetReader.open(path: path)
        try reader.forEachRow { row in
            if columns == nil {
                columns = (0, 1)
                if row[0].lowercased() == "id" { return }
            }
            guard let unit = number[row[0]], !row[1].isEmpty else { return }
            let grid = numberOf[row[1]] ?? Int32(names.count)
            if numberOf[row[1]] == nil {
                numberOf[row[1]] = grid
                names.append(row[1])
            }
            gridOf[unit] = grid
        }
        return (gridOf, names)
    }

    func write(_ gridOf: [Int32], names: [String], to path: String) throws {
        var text = "id,grid\n"
        for (place, unit) in intake.units.enumerated() {
            let grid = Int(gridOf[place])
            text += "\(Self.field(unit.id)),\(grid < names.count && grid >= 0 ? Self.field(names[grid]) : "\(grid)")\n"
        }
        try GridsFiles.write(Array(text.utf8), to: path)
    }

    static func field(_ text: String) -> String {
        text.contains { $0 == "," || $0 == "\"" || $0 == "\n" }
            ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
            : text
    }
}

extension Console {
    /// What was found about the units: the first ones, and how many of each kind.
    func tell(_ intake: UnitIntake, in file: String) {
        for finding in intake.findings.prefix(20) {
            let text = finding.text
            say(LocalizedText("\(file)：\(text.chinese)", "\(file): \(text.english)"))
        }
        let all = intake.findingCount.values.reduce(0, +)
        guard all > 20 else { return }
        let counts = intake.findingCount.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
        say(LocalizedText("共 \(all) 处：\(counts)", "\(all) findings in all: \(counts)"))
    }
}

extension JSONWriter {
    mutating func member(findings intake: UnitIntake) {
        key("findings")
        array(intake.findings) { writer, finding in
            writer.object { writer in
                writer.member("feature", finding.feature)
                writer.member("kind", finding.kind.rawValue)
                writer.member("subject", finding.subject)
                writer.member("kept", finding.isKept)
            }
        }
    }
}

extension Datum: ExpressibleByArgument {}
extension Neighbours.Method: ExpressibleByArgument {}
