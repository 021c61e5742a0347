import Desk
import Foundation
import Geo
import Ground
import Hummingbird
import Identity
import Sheets
import Storage
import Uploads
import Web

/// `/grids/barriers`: what parts the ground, a file that brings more, and taking out what is wrong.
struct BarrierPages: Sendable {
    let grids: Grids

    static let path = "/grids/barriers"
    private static let pageLength = 100

    func add(to routes: Routes) {
        routes.page(Self.path, right: .gridsRead) { try await show($0) }
        routes.form(Self.path, right: .gridsBuildings) { try await take($0, $1) }
        routes.page(Self.path + ".xlsx", right: .gridsRead) { try await workbook($0) }
        routes.page(Self.path + "/export.geojson", right: .gridsRead) { try await features($0) }
        routes.form(Self.path + "/:id/remove", right: .gridsBuildings) { staff, submission in
            try await remove(.one(try staff.visit.identifier()), staff, submission)
        }
        routes.form(Self.path + "/sources/:id/remove", right: .gridsBuildings) { staff, submission in
            try await remove(.source(try staff.visit.identifier()), staff, submission)
        }
        routes.form(Self.path + "/removals/:id/undo", right: .gridsBuildings) { try await restore($0, $1) }
    }

    // MARK: The list

    /// What the page shows.
    private struct Shown: Sendable {
        var lines: [BarrierList.Line]
        var next: String?
        var sums: [BarrierSum]
        var sources: [BarrierSource]
        var removals: [Removal]
        var unlisted: Int
        var uploads: [Upload]
        var removed: Removal?
    }

    private func show(
        _ staff: StaffVisit, _ refusal: Refusal? = nil, notice: Page.Notice? = nil, report: HTML = HTML()
    ) async throws -> Response {
        let visit = staff.visit
        let list = try BarrierList(visit.query, grids.norms, for: staff.scope)
        let (after, removed) = (visit.query.filled("after"), visit.query.filled("removed"))
        let scope = staff.scope
        let shown = try await grids.house.database.read { transaction in
            let page = try list.page(after: after, limit: Self.pageLength, in: transaction)
            return Shown(
                lines: page.items, next: page.next, sums: try list.sums(in: transaction),
                sources: try BarrierSourceStore.sources(limit: 200, in: transaction),
                removals: try BarrierSourceStore.removals(limit: 50, in: transaction),
                unlisted: try BarrierStore.unlisted(in: transaction),
                uploads: try grids.latestUploads(of: .barriers, for: scope, limit: 10, in: transaction),
                removed: try removed.flatMap { Removal.ID(parsing: $0) }.flatMap {
                    try BarrierSourceStore.removal($0, in: transaction)
                })
        }
        let mayChange = (try? grids.requireBarriers(staff.scope)) != nil
        let panels = BarrierPanels(grids: grids, visit: visit, mayChange: mayChange)
        let listing = Listing(
            caption: visit(GridTexts.barriers), columns: columns() + (mayChange ? [removalColumn()] : []),
            items: shown.lines, next: shown.next, whenEmpty: empty(list, shown, staff))
        return visit.page(
            Page(
                visit(GridTexts.barriers),
                breadcrumb: [(visit(GridTexts.grids), "/grids"), (visit(GridTexts.barriers), nil)],
                notice: notice ?? self.notice(shown, visit),
                """
                <p class="lead">\(visit("河流、铁路、道路把楼栋隔开，桥梁和通道把它们连起来。编制方案时，网格不跨过没有桥的河流与铁路，尽量不跨干道。", "Rivers, railways and roads part buildings, bridges join them. Plans lay no grid across a river or a railway without a bridge, and across main roads only where it must be."))</p>\
                \(shown.removed.map { panels.undo($0) } ?? HTML())\
                \(report)\(panels.form(staff.scope, refusal))\(LatestUploadsPanel(uploads: shown.uploads).html(visit))\
                \(panels.unlisted(shown.unlisted))\(panels.sums(shown.sums))\(panels.filters(list, shown.sources))\
                <div class="bar">\(exportLink(visit, path: Self.path + ".xlsx"))\
                <a class="btn" href="\(visit.query.setting("after", nil).address(Self.path + "/export.geojson"))" download>\(symbol("download"))<span>\(visit("导出 GeoJSON", "Export to GeoJSON"))</span></a></div>\
                \(listing.html(visit))\(panels.sources(shown.sources))\(panels.removals(shown.removals))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func notice(_ shown: Shown, _ visit: Visit) -> Page.Notice? {
        if let removed = shown.removed {
            return Page.Notice(
                .ok,
                visit(
                    "已取出 \(removed.barriers) 处障碍，方案不再计入。", "\(removed.barriers) taken out; plans no longer heed them."))
        }
        return visit.query.filled("restored").flatMap { Int($0) }.map {
            Page.Notice(.ok, visit("已恢复 \($0) 处障碍。", "\($0) put back."))
        }
    }

    private func empty(_ list: BarrierList, _ shown: Shown, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        guard list.kind == nil, list.source == nil else {
            return "<p>\(visit("没有这样的障碍。", "There is no such barrier."))</p>"
        }
        let way =
            (try? grids.requireBarriers(staff.scope)) != nil
            ? visit(
                "请用上面的“导入障碍”上传文件：自然资源、交通部门的路网水系，或 OpenStreetMap 的导出。",
                "Bring a file in with “Bring barriers in” above: the roads and waters of the departments of land or transport, or an export of OpenStreetMap."
            )
            : visit("由县级统筹办或数据局导入。", "The county’s coordination office or data bureau brings them in.")
        return """
            <p>\(visit("此处还没有障碍：现在编制的方案只看楼栋之间的距离，网格可能跨河、跨铁路。", "There are no barriers here yet: plans made now look at distances between buildings only, so a grid may lie across a river or a railway."))\(visit("", " "))\(way)</p>
            """
    }

    private func columns() -> [Column<BarrierList.Line>] {
        let norms = grids.norms
        return [
            .text(
                "名称", "Name",
                html: { line, visit in
                    let name = line.barrier.name ?? visit("（未命名）", "(no name)")
                    guard let place = line.barrier.place else { return HTML(text: name) }
                    return "<a href=\"/map?at=\(place.longitude),\(place.latitude),16\">\(name)</a>"
                }
            ) { line, _ in line.barrier.name },
            .text("类型", "Class") { line, visit in visit(norms.barrierTitle(line.barrier.kind)) },
            .number("长度（米）", "Length (m)") { $0.barrier.metres.map { Int64($0.rounded()) } },
            .number("桥梁", "Bridges") { $0.barrier.isBridge ? nil : Int64($0.bridges) },
            .text("文件", "File") { line, _ in line.source },
            Column(
                "经度", "Longitude", .number,
                cell: { line, _ in line.barrier.place.map { .number(Self.rounded($0.longitude)) } ?? .empty }),
            Column(
                "纬度", "Latitude", .number,
                cell: { line, _ in line.barrier.place.map { .number(Self.rounded($0.latitude)) } ?? .empty }),
        ]
    }

    /// To some ten centimetres.
    private static func rounded(_ degrees: Double) -> Double { (degrees * 1e6).rounded() / 1e6 }

    private func removalColumn() -> Column<BarrierList.Line> {
        let norms = grids.norms
        return .text(
            "操作", "Act",
            html: { line, visit in
                let name = line.barrier.name ?? visit(norms.barrierTitle(line.barrier.kind))
                return BarrierPanels.button(
                    "\(Self.path)/\(line.barrier.id)/remove", visit("取出", "Take out"), about: name, visit)
            }
        ) { _, _ in nil }
    }

    // MARK: Bringing in

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let visit = staff.visit
        do {
            let fields = submission.fields
            let file = submission.files.first { $0.field == "file" }
            let options = GridUpload.Options(
                datum: try fields.choice("datum", as: Datum.self),
                place: try fields.choice("place", as: BarrierImport.Place.self) ?? .same)
            if let file, file.bytes.count > Grids.atOnce {
                return try await grids.keepForLater(file, of: .barriers, options, staff, submission)
            }
            let upload = try FeatureUpload.keep(file?.bytes ?? [], named: file?.name ?? "", of: .barriers)
            defer { upload.remove() }
            let report = try await BarrierImport(grids: grids).run(
                BarrierImport.Order(
                    path: upload.path, name: upload.name, datum: options.datum, place: options.place,
                    errors: upload.errors, language: visit.language), by: staff.scope)
            if fields["answer"] == "errors", let list = upload.leftOut() {
                return .download(
                    list, name: visit("未采用的障碍.csv", "left-out.csv"), contentType: "text/csv; charset=utf-8")
            }
            let panels = BarrierPanels(grids: grids, visit: visit, mayChange: true)
            return try await show(staff, notice: panels.notice(report), report: panels.report(report))
        } catch let refusal as Refusal where [.malformed, .ruleBroken, .tooLarge, .forbidden].contains(refusal.kind) {
            return try await show(staff, refusal)
        }
    }

    // MARK: Taking out, and putting back

    private func remove(
        _ part: BarrierSourceStore.Part, _ staff: StaffVisit, _ submission: Submission
    ) async throws -> Response {
        let (grids, scope, now) = (grids, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            let removal = try BarrierWork(grids: grids).remove(part, by: scope, at: now, in: transaction)
            return .seeOther("\(Self.path)?removed=\(removal.id)")
        }
    }

    private func restore(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: Removal.ID = try staff.visit.identifier()
        let (grids, scope, now) = (grids, staff.scope, staff.visit.now)
        do {
            return try await staff.visit.write(submission) { transaction in
                let count = try BarrierWork(grids: grids).restore(id, by: scope, at: now, in: transaction)
                return .seeOther("\(Self.path)?restored=\(count)")
            }
        } catch let refusal as Refusal where refusal.kind == .conflict {
            let wayOn = refusal.wayOn.map { staff.visit("。", ". ") + staff($0) } ?? ""
            return try await show(staff, notice: Page.Notice(.warn, staff(refusal.message) + wayOn))
        }
    }

    // MARK: Out

    private func workbook(_ staff: StaffVisit) async throws -> Response {
        let list = try BarrierList(staff.visit.query, grids.norms, for: staff.scope)
        let database = grids.house.database
        let sums = try await database.read { try list.sums(in: $0) }
        let count = sums.reduce(0) { $0 + $1.count }
        try await grids.recordExport(GridTexts.barriers, min(count, SheetExport.rowLimit), staff)
        return try await SheetExport.workbook(
            named: staff(GridTexts.barriers), columns: columns(), for: staff
        ) { after in try await database.read { try list.page(after: after, limit: 5_000, in: $0) } }
    }

    /// What comes in again as it went out.
    private func features(_ staff: StaffVisit) async throws -> Response {
        let list = try BarrierList(staff.visit.query, grids.norms, for: staff.scope)
        var bytes: [UInt8] = []
        var writer = GeoJSONWriter()
        var (after, count): (String?, Int) = (nil, 0)
        repeat {
            let from = after
            let page = try await grids.house.database.read { try list.page(after: from, limit: 5_000, in: $0) }
            for line in page.items {
                writer.feature(id: line.barrier.id.text, line.barrier.shape) { line.write(to: &$0) }
            }
            bytes += writer.take()
            count += page.items.count
            after = page.next
        } while after != nil && count < SheetExport.rowLimit
        guard after == nil else {
            throw Refusal(
                .ruleBroken, "grids.barriers.too-many-out",
                LocalizedText(
                    "超过 \(SheetExport.rowLimit) 处", "There are more than \(SheetExport.rowLimit) barriers"),
                wayOn: LocalizedText("请只选一个类型或一个文件", "Choose one class or one file"), field: "class")
        }
        bytes += writer.end()
        try await grids.recordExport(GridTexts.barriers, count, staff)
        return .download(
            bytes, name: "\(staff(GridTexts.barriers))-\(staff.visit.now.local().day).geojson",
            contentType: "application/geo+json")
    }
}

extension BarrierList.Line {
    /// The members of the properties of its feature.
    func write(to writer: inout JSONWriter) {
        writer.member("class", barrier.kind)
        writer.member("name", barrier.name)
        writer.key("metres")
        if let metres = barrier.metres { writer.value(metres.rounded()) } else { writer.null() }
        writer.key("bridges")
        if barrier.isBridge { writer.null() } else { writer.value(bridges) }
        writer.member("file", source)
    }
}
