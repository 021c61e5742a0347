import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Uploads
import Web

/// `/registry/exchange`: a register of residents comes in, everything known goes out, both by the data bureau.
struct ExchangePages: Sendable {
    let registry: Registry

    static let path = "/registry/exchange"
    static let title = LocalizedText("导入与导出", "In and out")

    func add(to routes: Routes) {
        routes.page(Self.path, right: .registryManage) { try await show($0) }
        routes.form(Self.path + "/uploads", right: .registryManage) { try await take($0, $1) }
        routes.page(Self.path + "/uploads/:id", right: .registryManage) { try await one($0) }
        routes.form(Self.path + "/uploads/:id/cancel", right: .registryManage) { try await cancel($0, $1) }
        routes.page(Self.path + "/uploads/:id/errors", right: .registryManage) { try await errors($0) }
        routes.form(Self.path + "/files", right: .registryReveal) { try await export($0, $1) }
    }

    private func show(_ staff: StaffVisit, refusal: Refusal? = nil) async throws -> Response {
        let visit = staff.visit
        let (registry, scope): (Registry, Scope) = (registry, staff.scope)
        let uploads = try await registry.house.database.read {
            try registry.latestUploads(by: scope, limit: 50, in: $0)
        }
        let columns: [Column<Upload>] = [
            .text(
                "文件", "File",
                html: { one, _ in "<a href=\"\(Self.path)/uploads/\(one.id)\">\(one.fileName)</a>" }
            ) { one, _ in one.fileName },
            .text("状态", "State") { one, visit in visit(one.state.title) },
            .number("行数", "Rows") { Int64($0.progress.rows) },
            .number("未采纳", "Not taken") { upload in
                (try? upload.report(as: ResidentReport.self)).map { Int64($0.rejected) }
            },
            .text("上传人", "Sent by") { one, _ in one.actor.name },
            .instant("上传于", "Sent at") { $0.uploadedAt },
        ]
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        return visit.page(
            Page(
                visit(Self.title),
                breadcrumb: [(visit(RegistryTexts.registry), "/registry"), (visit(Self.title), nil)],
                notice: refusal?.notice(visit),
                """
                <form class="panel" method="post" action="\(Self.path)/uploads" enctype="multipart/form-data">\(visit.formFields)\
                <h2>\(visit("导入名册", "A register comes in"))</h2>\
                \(Field.file("file", visit("居民名册", "Register of residents"), accept: ".csv,.gz,.xlsx,.geojson,.json", required: true, hint: visit("每人一行：CSV（UTF-8、GB 18030，可 gzip 压缩）、XLSX，或 GeoJSON（每个要素一行，带位置）；没有姓名列的是房屋清册。可重复导入：已有的不变，有错的逐格列出。", "One row a person: CSV (UTF-8, GB 18030, also gzip), XLSX, or GeoJSON (a feature a row, with its place); without names it is a register of dwellings. May be repeated: what is there stays, what is wrong is told cell by cell."), error: error("file")))\
                <p>\(Field.submit(visit("上传并导入", "Send and import")))</p></form>\
                \(Listing(caption: visit("导入记录", "Imports"), columns: columns, items: uploads, whenEmpty: "<p>\(visit("还没有导入过名册。", "No register has come in yet."))</p>").html(visit))\
                \(out(staff, error("purpose")))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func out(_ staff: StaffVisit, _ error: String?) -> HTML {
        guard staff.scope.may(.registryReveal) else { return HTML() }
        let visit = staff.visit
        return """
            <form class="panel" method="post" action="\(Self.path)/files">\(visit.formFields)\
            <h2>\(visit("导出全部", "Everything goes out"))</h2>\
            <p class="hint">\(visit("均为原文，用途记入台账。全县规模请在服务器上用 gewu export。", "In clear; the purpose goes on the ledger. For a whole county use gewu export on the server."))</p>\
            \(Field.choice("file", visit("内容", "What"), RegistryFile.allCases.map { Field.Choice($0.rawValue, visit($0.title)) }, required: true, none: visit("请选择", "Choose")))\
            \(Field.choice("purpose", visit("用途", "Purpose"), registry.dictionary.purposes.map { Field.Choice($0.key, visit($0.title)) }, required: true, none: visit("请选择", "Choose"), error: error))\
            <p>\(Field.submit(visit("导出", "Export"), tone: ""))</p></form>
            """
    }

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (registry, scope, now, language) = (registry, staff.scope, staff.visit.now, staff.visit.language)
        let file = submission.files.first { $0.field == "file" }
        do {
            return try await staff.visit.write(submission) { transaction in
                let upload = try registry.takeUpload(
                    file?.bytes ?? [], named: file?.name ?? "", language: language, by: scope, at: now, in: transaction)
                return .seeOther("\(Self.path)/uploads/\(upload.id)")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await show(staff, refusal: refusal)
        }
    }

    private func one(_ staff: StaffVisit, notice: Page.Notice? = nil) async throws -> Response {
        let visit = staff.visit
        let (id, registry, scope): (Upload.ID, Registry, Scope) = (try visit.identifier(), registry, staff.scope)
        let upload = try await registry.house.database.read { try registry.upload(id, by: scope, in: $0) }
        let panel = UploadPanel(upload, at: "\(Self.path)/uploads/\(id)", visit)
        let rows = upload.progress.rows
        let content: HTML
        switch upload.state {
        case .waiting, .running:
            content = panel.progress(
                visit("已读 \(rows) 行", "\(rows) rows read"),
                hint: visit(
                    "取消后已写入的保留；再次上传同一名册，已有的不变，其余接着导入。",
                    "What was written stays when it is cancelled; the same register sent again leaves that as it is and goes on."
                ))
        case .done: content = try outcome(upload, panel, visit)
        case .failed: content = panel.failure
        case .cancelled:
            content = panel.cancelled(
                rows == 0
                    ? upload.wasBegunBefore
                        ? visit("已取消，此前写入的保留。", "Cancelled; what was written before stays.")
                        : visit("已取消，什么也没有改。", "Cancelled; nothing was changed.")
                    : visit(
                        "已取消：读了 \(rows) 行，已写入的保留。再次上传同一名册，会接着导入其余的。",
                        "Cancelled after \(rows) rows; what was written stays. The same register sent again does the rest."
                    ))
        }
        return visit.page(
            Page(
                upload.fileName,
                breadcrumb: [
                    (visit(RegistryTexts.registry), "/registry"), (visit(Self.title), Self.path),
                    (upload.fileName, nil),
                ], notice: notice, content))
    }

    private func cancel(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: Upload.ID = try staff.visit.identifier()
        let (registry, scope, now) = (registry, staff.scope, staff.visit.now)
        do {
            return try await staff.visit.write(submission) { transaction in
                try registry.cancelUpload(id, by: scope, at: now, in: transaction)
                return .seeOther("\(Self.path)/uploads/\(id)")
            }
        } catch let refusal as Refusal where refusal.kind == .conflict {
            return try await one(staff, notice: refusal.notice(staff.visit))
        }
    }

    private func outcome(_ upload: Upload, _ panel: UploadPanel, _ visit: Visit) throws -> HTML {
        let outcome = try upload.report(as: ResidentReport.self) ?? ResidentReport()
        let facts: [(String, Int)] = [
            (visit("行数", "Rows"), outcome.rows), (visit("新增人员", "New people"), outcome.created),
            (visit("更新", "Changed"), outcome.changed), (visit("未变", "Unchanged"), outcome.unchanged),
            (visit("新增房屋", "New dwellings"), outcome.dwellings), (visit("新增家户", "New households"), outcome.households),
            (visit("疑似重复", "Perhaps there twice"), outcome.lookAlikes),
            (visit("部分采纳", "Taken in part"), outcome.partly), (visit("未采纳", "Not taken"), outcome.rejected),
        ]
        let unused: HTML =
            outcome.unusedColumns.isEmpty
            ? HTML()
            : "<p class=\"hint\">\(visit("没有用到的列", "Columns not used"))\(visit("：", ": "))\(outcome.unusedColumns.joined(separator: visit("、", ", ")))</p>"
        return """
            <section class="panel"><p class="notice ok" role="status">\(visit(upload.state.title))</p>\
            <dl class="facts">\(facts.html { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" })</dl>\(unused)\(panel.errors(LocalizedText("下载错误清单", "Download what was wrong")))</section>
            """
    }

    private func errors(_ staff: StaffVisit) async throws -> Response {
        let id: Upload.ID = try staff.visit.identifier()
        let bytes = try await registry.errors(of: id, by: staff.scope, at: staff.visit.now)
        return .download(
            bytes, name: "\(staff.visit("错误清单", "errors"))-\(id).csv", contentType: "text/csv; charset=utf-8")
    }

    private func export(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        do {
            return try await registry.file(
                fields["file"] ?? "", purpose: fields["purpose"] ?? "", by: staff.scope, at: staff.visit.now)
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await show(staff, refusal: refusal)
        }
    }
}

/// What goes out, each a file of its own.
enum RegistryFile: String, Sendable, CaseIterable {
    case residents, facts, elements, dwellings, buildings

    var title: LocalizedText {
        switch self {
        case .residents: LocalizedText("人员名册（CSV，可再导入）", "Residents (CSV, can come in again)")
        case .facts: LocalizedText("全部登记过的事实（逐行 JSON）", "Every fact ever written (lines of JSON)")
        case .elements: LocalizedText("数据项说明（CSV）", "What the elements mean (CSV)")
        case .dwellings: LocalizedText("房屋与位置（GeoJSON）", "Dwellings with their places (GeoJSON)")
        case .buildings: LocalizedText("楼栋与位置（GeoJSON）", "Buildings with their places (GeoJSON)")
        }
    }

    var name: String {
        switch self {
        case .residents: "residents.csv"
        case .facts: "facts.jsonl"
        case .elements: "elements.csv"
        case .dwellings: "dwellings.geojson"
        case .buildings: "buildings.geojson"
        }
    }

    var contentType: String {
        switch self {
        case .residents, .elements: "text/csv; charset=utf-8"
        case .facts: "application/jsonl"
        case .dwellings, .buildings: "application/geo+json"
        }
    }
}
