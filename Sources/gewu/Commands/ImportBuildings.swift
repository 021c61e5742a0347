import ArgumentParser
import Desk
import Geo
import Grids
import Ground
import Places

struct ImportBuildings: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "buildings", abstract: "Buildings with their households, for plans of grids and the map. 导入楼栋。",
        discussion: """
            .geojson, .gpkg, .csv, .xlsx, .shp (where GDAL is installed). Each building needs an id, a point or an area, and \
            its households; its community by code or name, or else it is the one of the grid on whose ground it stands. \
            Names of columns: Rules/grid-norms.yaml. What the file does not state stays; a building that the file does not \
            have is told and stays, too; grids keep their buildings, which only plans move.
            每栋需有编号、点或面、户数，社区按代码或名称，未写明的按所在网格的范围；列名见 Rules/grid-norms.yaml。文件未写的保持不变；\
            文件中不再有的楼栋只提示、不删除；已划入网格的楼栋只由方案调整。
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("The file with the buildings. 楼栋文件", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp("The datum of buildings that name none. 未注明时的坐标系", valueName: "CGCS2000|WGS84|GCJ-02|BD-09"))
    var datum: Datum?

    @Flag(help: "The file has only some buildings of its communities: none is missing. 文件只含部分楼栋，不核对缺失")
    var partial = false

    @Option(help: ArgumentHelp("Where buildings that were left out are written. 未采用楼栋的清单", valueName: "file"))
    var errors: String?

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        try await Assembly.withHouse(configuration, console) { house in
            let rooms = try Assembly.Rooms(in: house)
            try await rooms.places.refresh()
            let line = console.progress(LocalizedText("导入楼栋", "buildings"))
            defer { line.finish() }
            let report = try await GridsGeometry.withDegrees(file) { path in
                try await BuildingImport(grids: rooms.grids).run(
                    BuildingImport.Order(
                        path: path, name: file, datum: datum, isPartial: partial, errors: errors,
                        language: console.language),
                    within: house.settings.area, by: .system
                ) { stage, done, total in
                    let name =
                        stage == .reading ? LocalizedText("读取", "reading") : LocalizedText("写入", "writing")
                    line.update(done, of: total, name(console.language))
                }
            }
            line.finish()
            tell(report, console)
        }
    }

    private func tell(_ report: BuildingReport, _ console: Console) {
        for finding in (report.problems + report.notes).prefix(20) {
            let text = report.text(finding)
            console.say(LocalizedText("\(file)：\(text.chinese)", "\(file): \(text.english)"))
        }
        for building in report.firstMissing.prefix(20) {
            console.say(
                LocalizedText(
                    "文件中不再有：\(building.name)（\(building.id)，\(building.community)），仍保留",
                    "No more in the file: \(building.name) (\(building.id), \(building.community)); it stays"))
        }
        if report.isPartial, !partial {
            console.say(
                LocalizedText(
                    "文件有无法读取之处，未核对缺失的楼栋", "Parts of the file cannot be read: missing buildings were not looked for"))
        }
        console.result(
            LocalizedText(
                "\(report.rows) 栋：新增 \(report.created)，更新 \(report.changed)，未变 \(report.unchanged)，未采用 \(report.rejected)；尚未入格 \(report.withoutGrid)，文件中不再有 \(report.missing)（保留）",
                "\(report.rows) buildings: \(report.created) new, \(report.changed) changed, \(report.unchanged) unchanged, \(report.rejected) left out; \(report.withoutGrid) in no grid yet, \(report.missing) no more in the file (they stay)"
            )
        ) { writer in
            writer.member("file", file)
            report.write(to: &writer, in: console.language)
        }
    }
}
