import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Uploads
import Web

/// `/grids/uploads/…`: how far a file of buildings or barriers was taken over, and what came of it.
struct UploadPages: Sendable {
    let grids: Grids

    static let path = "/grids/uploads"

    func add(to routes: Routes) {
        routes.page(Self.path + "/:id", right: .gridsBuildings) { try await one($0) }
        routes.form(Self.path + "/:id/cancel", right: .gridsBuildings) { try await cancel($0, $1) }
        routes.page(Self.path + "/:id/errors", right: .gridsBuildings) { staff in
            let bytes = try await grids.errors(of: try staff.visit.identifier(), for: staff.scope)
            return .download(
                bytes, name: "\(staff.visit("未采用", "left-out")).csv", contentType: "text/csv; charset=utf-8")
        }
    }

    private func one(_ staff: StaffVisit, notice: Page.Notice? = nil) async throws -> Response {
        let visit = staff.visit
        let (id, grids, scope): (Upload.ID, Grids, Scope) = (try visit.identifier(), grids, staff.scope)
        let upload = try await grids.house.database.read { try grids.upload(id, for: scope, in: $0) }
        let subject = FeatureUpload.Subject(rawValue: upload.subject) ?? .buildings
        let back = Self.address(of: subject)
        return visit.page(
            Page(
                upload.fileName,
                breadcrumb: [
                    (visit(GridTexts.grids), "/grids"), (visit(subject.title), back), (upload.fileName, nil),
                ], notice: notice,
                """
                \(try content(upload, subject, visit))\
                <p><a class="btn" href="\(back)">\(visit("返回\(subject.title.chinese)", "Back to \(subject.title.english.lowercased())"))</a></p>
                """))
    }

    static func address(of subject: FeatureUpload.Subject) -> String {
        switch subject {
        case .buildings: BuildingPages.path
        case .barriers: BarrierPages.path
        }
    }

    private func content(_ upload: Upload, _ subject: FeatureUpload.Subject, _ visit: Visit) throws -> HTML {
        let panel = UploadPanel(upload, at: "\(Self.path)/\(upload.id)", visit)
        switch upload.state {
        case .waiting, .running:
            return panel.progress(read(upload, visit), hint: hint(subject, visit))
        case .failed: return panel.failure
        case .cancelled: return panel.cancelled(left(upload, subject, visit))
        case .done:
            let report = try upload.report(as: GridUpload.Report.self)
            let errors = panel.errors(LocalizedText("下载未采用清单", "Download what was left out"))
            if let report = report?.buildings { return "\(BuildingReportPanel(report: report).html(visit))\(errors)" }
            guard let report = report?.barriers else { return HTML() }
            return "\(BarrierPanels(grids: grids, visit: visit, mayChange: true).report(report))\(errors)"
        }
    }

    private func read(_ upload: Upload, _ visit: Visit) -> String {
        let progress = upload.progress
        guard let total = progress.total else {
            return visit("已读 \(progress.rows) 个要素", "\(progress.rows) features read")
        }
        return visit("已写入 \(progress.done)，共 \(total)", "\(progress.done) of \(total) written")
    }

    private func hint(_ subject: FeatureUpload.Subject, _ visit: Visit) -> String {
        switch subject {
        case .buildings:
            visit(
                "取消后已写入的保留；再次上传同一文件，会从没写入的接着做。",
                "What was written stays when it is cancelled, and the same file sent again goes on from there.")
        case .barriers:
            visit(
                "障碍在最后一次写入，取消则什么也不改。",
                "Barriers are written at once in the end: cancelled, nothing is changed.")
        }
    }

    private func left(_ upload: Upload, _ subject: FeatureUpload.Subject, _ visit: Visit) -> String {
        let progress = upload.progress
        guard subject == .buildings, let total = progress.total, progress.done > 0 else {
            return subject == .buildings && upload.wasBegunBefore
                ? visit("已取消，此前写入的保留。", "Cancelled; what was written before stays.")
                : visit("已取消，什么也没有改。", "Cancelled; nothing was changed.")
        }
        return visit(
            "已取消：\(total) 个要素中处理了 \(progress.done) 个，已写入的保留。再次上传同一文件，会接着做其余的。",
            "Cancelled after \(progress.done) of \(total) features; what was written stays. The same file sent again does the rest."
        )
    }

    private func cancel(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: Upload.ID = try staff.visit.identifier()
        let (grids, scope, now) = (grids, staff.scope, staff.visit.now)
        do {
            return try await staff.visit.write(submission) { transaction in
                try grids.cancelUpload(id, by: scope, at: now, in: transaction)
                return .seeOther("\(Self.path)/\(id)")
            }
        } catch let refusal as Refusal where refusal.kind == .conflict {
            return try await one(staff, notice: Page.Notice(.warn, staff(refusal.message)))
        }
    }
}

/// Large files that came lately, below the list of what they bring.
struct LatestUploadsPanel: Sendable {
    let uploads: [Upload]

    func html(_ visit: Visit) -> HTML {
        guard !uploads.isEmpty else { return HTML() }
        return """
            <details class="act"\(flag: "open", uploads.contains { !$0.state.isOver })><summary>\(visit("大文件导入记录", "Imports of large files"))</summary><ul class="rows">\(uploads.html { one in
                "<li><a href=\"\(UploadPages.path)/\(one.id)\">\(one.fileName)</a> · \(visit(one.state.title)) · \(one.actor.name) · <time datetime=\"\(one.uploadedAt.iso8601)\">\(visit.instantText(one.uploadedAt))</time></li>"
            })</ul></details>
            """
    }
}
