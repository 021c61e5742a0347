import Desk
import Foundation
import Geo
import Ground
import Hummingbird
import Identity
import Places
import Sheets
import Storage
import Uploads
import Web

/// `/grids/buildings`: what is held, and a file that brings more.
struct BuildingPages: Sendable {
    let grids: Grids

    static let path = "/grids/buildings"
    private static let pageLength = 100

    func add(to routes: Routes) {
        routes.page(Self.path, right: .gridsRead) { try await show($0) }
        routes.form(Self.path, right: .gridsBuildings) { try await take($0, $1) }
        routes.page(Self.path + ".xlsx", right: .gridsRead) { try await workbook($0) }
        routes.page(Self.path + "/export.csv", right: .gridsRead) { try await table($0) }
    }

    // MARK: The list

    private func show(
        _ staff: StaffVisit, _ refusal: Refusal? = nil, notice: Page.Notice? = nil, report: HTML = HTML()
    ) async throws -> Response {
        let visit = staff.visit
        let list = try BuildingList(visit.query, for: staff.scope)
        let after = visit.query.filled("after")
        let scope = staff.scope
        let (page, uploads) = try await grids.house.database.read { transaction in
            (
                try list.page(after: after, limit: Self.pageLength, in: transaction),
                try grids.latestUploads(of: .buildings, for: scope, limit: 10, in: transaction)
            )
        }
        let listing = Listing(
            caption: visit(GridTexts.buildings), columns: columns(), items: page.items, next: page.next,
            whenEmpty: empty(list, staff))
        return visit.page(
            Page(
                visit(GridTexts.buildings),
                breadcrumb: [(visit(GridTexts.grids), "/grids"), (visit(GridTexts.buildings), nil)],
                notice: notice,
                """
                <p class="lead">\(visit("网格方案由楼栋计算，地图也显示它们。已划入网格的楼栋只由方案调整；新的楼栋由下一个方案纳入，文件写明所属网格的除外。", "Plans of grids are made from buildings, and the map shows them. Only a plan moves a building from grid to grid; the next one takes in new ones, unless their file says which grid they are in."))</p>\
                \(report)\(form(staff, refusal))\(LatestUploadsPanel(uploads: uploads).html(visit))\(filters(list, staff))\
                <div class="bar">\(exportLink(visit, path: Self.path + ".xlsx"))\
                <a class="btn" href="\(visit.query.setting("after", nil).address(Self.path + "/export.csv"))" download>\(symbol("download"))<span>\(visit("导出 CSV（含轮廓）", "Export to CSV, with shapes"))</span></a></div>\
                \(listing.html(visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func empty(_ list: BuildingList, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        switch list.filter {
        case .ungridded:
            return "<p>\(visit("没有尚未入格的楼栋。", "No building is without a grid."))</p>"
        case .missing:
            return "<p>\(visit("没有楼栋从最近的文件中消失。", "No building is missing from the last file."))</p>"
        case .all:
            let way =
                staff.scope.may(.gridsBuildings)
                ? visit("请用上面的“导入楼栋”上传文件。", "Bring a file in with “Bring buildings in” above.")
                : visit(
                    "由统筹办、数据局或街道负责人导入。",
                    "The coordination office, the data bureau or the head of the street brings them in.")
            return "<p>\(visit("此处还没有楼栋。", "There are no buildings here yet."))\(visit("", " "))\(way)</p>"
        }
    }

    private func filters(_ list: BuildingList, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let query = visit.query.setting("after", nil)
        let areas = GridPages(grids: grids).areas(staff.scope)
        return """
            <nav class="tabs" aria-label="\(visit("筛选", "Filter"))">\(BuildingList.Filter.allCases.html { filter in
                let address = query.setting("show", filter == .all ? nil : filter.rawValue).address(Self.path)
                return "<a href=\"\(address)\"\(attribute: "aria-current", filter == list.filter ? "page" : nil)>\(visit(filter.text))</a>"
            })</nav>\
            <form method="get" action="\(Self.path)" class="filters" role="search">\
            \(list.filter == .all ? HTML() : "<input type=\"hidden\" name=\"show\" value=\"\(list.filter.rawValue)\">")\
            \(Field.choice("area", visit("范围", "Area"), areas, value: query["area"], none: visit("全部", "All")))\
            \(Field.submit(visit("查询", "Search"), tone: ""))</form>
            """
    }

    /// In the file these are the columns that the import knows: what goes out can come in again.
    private func columns() -> [Column<Building>] {
        let (grids, places) = (grids, grids.places)
        return [
            .text(
                "名称", "Name",
                html: { building, _ in
                    "<a href=\"/map?at=\(building.place.longitude),\(building.place.latitude),17\">\(building.name)</a>"
                }
            ) { building, _ in building.name },
            .text("编号", "ID") { building, _ in building.id },
            .text(
                "社区代码", "Community code",
                html: { building, _ in
                    "<a href=\"/places/\(building.community)\">\(places.name(of: building.community) ?? building.community)</a>"
                }
            ) { building, _ in building.community },
            .text("小区", "Compound") { building, _ in building.compound },
            .text(
                "网格代码", "Grid code",
                html: { building, visit in
                    if let grid = building.grid {
                        return "<a href=\"/places/\(grid)\">\(places.name(of: grid) ?? grid)</a>"
                    }
                    guard let ground = grids.gridByGround(of: building) else {
                        return "<span class=\"tag caution\">\(visit("尚未入格", "in no grid yet"))</span>"
                    }
                    let name = places.name(of: ground) ?? ground
                    return """
                        <span class="tag caution">\(visit("尚未入格", "in no grid yet"))</span> <span class="hint">\(visit("按位置在 \(name)", "stands in \(name)"))</span>
                        """
                }
            ) { building, _ in building.grid },
            .number("户数", "Households") { Int64($0.households) },
            Column("工作量", "Workload", .number, cell: { building, _ in building.workload.map(Cell.number) ?? .empty }),
            Column("经度", "Longitude", .number, cell: { building, _ in .number(building.place.longitude) }),
            Column("纬度", "Latitude", .number, cell: { building, _ in .number(building.place.latitude) }),
            .instant("最近的文件中没有，自", "Not in the last file since") { $0.missingSince },
        ]
    }

    // MARK: Bringing in

    private func form(_ staff: StaffVisit, _ refusal: Refusal?) -> HTML {
        guard staff.scope.may(.gridsBuildings) else { return HTML() }
        let visit = staff.visit
        let error = refusal.map { visit($0.message) + ($0.wayOn.map { visit("。", ". ") + visit($0) } ?? "") }
        let datums = Datum.allCases.map { Field.Choice($0.rawValue, $0.rawValue) }
        return """
            <details class="act"\(flag: "open", refusal != nil)><summary>\(visit("导入楼栋", "Bring buildings in"))</summary>\
            <form method="post" action="\(Self.path)" enctype="multipart/form-data" class="narrow">\(visit.formFields)\
            \(Field.file("file", visit("楼栋文件", "File of buildings"), accept: ".geojson,.json,.gpkg,.csv,.xlsx,.gz", required: true, hint: visit("GeoJSON、GeoPackage、CSV 或 XLSX：每栋有编号、点或面（表格为经度、纬度或 WKT 轮廓）、户数，社区可写代码或名称。可重复导入，只改有变化的；有问题的逐条列出，不影响其他楼栋。", "GeoJSON, GeoPackage, CSV or XLSX: each building has an id, a point or an area (in tables longitude and latitude, or well-known text) and its households; its community by code or name. May be repeated: only what changed is changed; what is wrong is told one by one and keeps nothing else out."), error: error))\
            \(Field.choice("datum", visit("坐标系（文件未注明时）", "Datum, where the file names none"), datums, value: Datum.cgcs2000.rawValue))\
            \(Field.checkbox("partial", visit("只含部分楼栋，不核对缺失", "Only some buildings: do not tell which are missing")))\
            <p>\(Field.submit(visit("导入", "Bring in"))) \(Field.submit(visit("导入，并下载未采用清单", "Bring in, and download what was left out"), name: "answer", value: "errors", tone: ""))</p></form></details>
            """
    }

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let visit = staff.visit
        do {
            let datum = try submission.fields.choice("datum", as: Datum.self)
            let file = submission.files.first { $0.field == "file" }
            let isPartial = submission.fields.filled("partial") != nil
            if let file, file.bytes.count > Grids.atOnce {
                let options = GridUpload.Options(datum: datum, isPartial: isPartial)
                return try await grids.keepForLater(file, of: .buildings, options, staff, submission)
            }
            let upload = try FeatureUpload.keep(file?.bytes ?? [], named: file?.name ?? "", of: .buildings)
            defer { upload.remove() }
            let report = try await BuildingImport(grids: grids).run(
                BuildingImport.Order(
                    path: upload.path, name: upload.name, datum: datum,
                    isPartial: isPartial, errors: upload.errors,
                    language: visit.language, isUpload: true),
                within: staff.scope.area, by: Actor(staff.scope))
            if submission.fields["answer"] == "errors", let list = upload.leftOut() {
                return .download(
                    list, name: visit("未采用的楼栋.csv", "left-out.csv"), contentType: "text/csv; charset=utf-8")
            }
            let text =
                report.hasChanges
                ? visit(
                    "已导入：新增 \(report.created) 栋，更新 \(report.changed) 栋。",
                    "\(report.created) new, \(report.changed) changed.")
                : visit("没有变化：文件中的楼栋都已在此。", "Nothing changed: all of it is here already.")
            let left = visit("\(report.rejected) 条未采用。", " \(report.rejected) were left out.")
            let notice =
                report.rejected == 0 ? Page.Notice(.ok, text) : Page.Notice(.warn, text + left)
            return try await show(staff, notice: notice, report: BuildingReportPanel(report: report).html(visit))
        } catch let refusal as Refusal where [.malformed, .ruleBroken, .tooLarge].contains(refusal.kind) {
            return try await show(staff, refusal)
        }
    }

    // MARK: Taking out

    private func workbook(_ staff: StaffVisit) async throws -> Response {
        let list = try BuildingList(staff.visit.query, for: staff.scope)
        let database = grids.house.database
        let count = try await database.read { try list.count(in: $0) }
        try await grids.recordExport(GridTexts.buildings, min(count, SheetExport.rowLimit), staff)
        return try await SheetExport.workbook(
            named: staff(GridTexts.buildings), columns: columns(), for: staff
        ) { after in try await database.read { try list.page(after: after, limit: 5_000, in: $0) } }
    }

    private static let tableHeader = [
        "id", "name", "community", "compound", "grid", "households", "workload", "longitude", "latitude", "geometry",
    ]

    private func table(_ staff: StaffVisit) async throws -> Response {
        let list = try BuildingList(staff.visit.query, for: staff.scope)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-export-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("buildings.csv").path
        var options = CSVWriter.Options()
        options.guardsFormulas = true
        let writer = try CSVWriter(path: path, options: options)
        try writer.addRow(Self.tableHeader)
        var (after, count): (String?, Int) = (nil, 0)
        repeat {
            let from = after
            let page = try await grids.house.database.read { try list.page(after: from, limit: 5_000, in: $0) }
            for building in page.items {
                try writer.addRow([
                    building.id, building.name, building.community, building.compound ?? "", building.grid ?? "",
                    "\(building.households)", building.workload.map { "\($0)" } ?? "",
                    "\(building.place.longitude)", "\(building.place.latitude)",
                    building.outline?.wellKnownText ?? "",
                ])
            }
            count += page.items.count
            after = page.next
            guard after == nil || count < SheetExport.rowLimit else {
                throw Refusal(
                    .ruleBroken, "grids.buildings.too-many",
                    LocalizedText(
                        "超过 \(SheetExport.rowLimit) 栋", "There are more than \(SheetExport.rowLimit) buildings"),
                    wayOn: LocalizedText(
                        "请选择较小的范围，或经 OGC API 取用楼栋图层",
                        "Choose a smaller area, or take the layer of buildings from the OGC API"), field: "area")
            }
        } while after != nil
        try writer.close()
        try await grids.recordExport(GridTexts.buildings, count, staff)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Refusal(
                .fault, "export.unreadable", LocalizedText("导出文件无法读取", "The exported file cannot be read"),
                wayOn: LocalizedText("请重试", "Try again"))
        }
        return .download(
            Array(data), name: "\(staff.visit(GridTexts.buildings))-\(staff.visit.now.local().day).csv",
            contentType: "text/csv; charset=utf-8")
    }
}
