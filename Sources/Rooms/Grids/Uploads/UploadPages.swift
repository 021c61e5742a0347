import Desk
import Ground
import Hummingbird
import Identity
import Storage
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
        let (id, scope): (GridUpload.ID, Scope) = (try visit.identifier(), staff.scope)
        let upload = try await grids.house.database.read { try GridUploadStore.find(id, for: scope, in: $0) }
        let back = Self.address(of: upload.subject)
        return visit.page(
            Page(
                upload.fileName,
                breadcrumb: [
                    (visit(GridTexts.grids), "/grids"), (visit(upload.subject.title), back), (upload.fileName, nil),
                ], notice: notice,
                """
                \(upload.state.isOver ? outcome(upload, visit) : progress(upload, visit))\
                <p><a class="btn" href="\(back)">\(visit("返回\(upload.subject.title.chinese)", "Back to \(upload.subject.title.english.lowercased())"))</a></p>
                """))
    }

    static func address(of subject: FeatureUpload.Subject) -> String {
        switch subject {
        case .buildings: BuildingPages.path
        case .barriers: BarrierPages.path
        }
    }

    private func progress(_ upload: GridUpload, _ visit: Visit) -> HTML {
        let bar: HTML
        if let written = upload.written {
            let percent = upload.rowsRead == 0 ? 0 : min(100, written * 100 / upload.rowsRead)
            bar = """
                <p>\(visit("已写入 \(written)，共 \(upload.rowsRead)", "\(written) of \(upload.rowsRead) written"))</p>\
                <p><progress max="100" value="\(percent)" aria-label="\(visit("进度", "Progress"))"></progress> \(percent)%</p>
                """
        } else {
            bar = """
                <p>\(visit("已读 \(upload.rowsRead) 个要素", "\(upload.rowsRead) features read"))</p>\
                <p><progress max="100" aria-label="\(visit("进度", "Progress"))"></progress></p>
                """
        }
        let hint =
            upload.subject == .buildings
            ? visit(
                "可以离开本页，导入会继续。取消后已写入的保留；再次上传同一文件，会从没写入的接着做。",
                "You may leave; it goes on. What was written stays when it is cancelled, and the same file sent again goes on from there."
            )
            : visit(
                "可以离开本页，导入会继续。障碍在最后一次写入，取消则什么也不改。",
                "You may leave; it goes on. Barriers are written at once in the end: cancelled, nothing is changed.")
        return """
            <section class="panel"><p><strong>\(visit(upload.state.title))</strong></p>\(bar)<p class="hint">\(hint)</p>\
            <div class="bar"><a class="btn p" href="\(Self.path)/\(upload.id)">\(visit("看最新进度", "See how far it is"))</a>\
            <form method="post" action="\(Self.path)/\(upload.id)/cancel" class="inline">\(visit.formFields)\(Field.submit(visit("取消导入", "Cancel"), tone: "ghost"))</form></div></section>
            """
    }

    private func outcome(_ upload: GridUpload, _ visit: Visit) -> HTML {
        let errors: HTML =
            upload.hasErrors
            ? "<p><a class=\"btn\" href=\"\(Self.path)/\(upload.id)/errors\" download>\(symbol("download"))<span>\(visit("下载未采用清单", "Download what was left out"))</span></a></p>"
            : HTML()
        if upload.state == .cancelled {
            let written = upload.written ?? 0
            let text =
                upload.subject == .buildings && written > 0
                ? visit(
                    "已取消：\(upload.rowsRead) 个要素中处理了 \(written) 个，已写入的保留。再次上传同一文件，会接着做其余的。",
                    "Cancelled after \(written) of \(upload.rowsRead) features; what was written stays. The same file sent again does the rest."
                )
                : visit("已取消，什么也没有改。", "Cancelled; nothing was changed.")
            return "<p class=\"notice warn\" role=\"status\">\(text)</p>"
        }
        if let chinese = upload.outcome?.chinese, let english = upload.outcome?.english {
            return "<p class=\"notice danger\" role=\"alert\">\(visit(chinese, english))</p>"
        }
        if let report = upload.outcome?.buildings {
            return "\(BuildingReportPanel(report: report).html(visit))\(errors)"
        }
        guard let report = upload.outcome?.barriers else { return HTML() }
        return "\(BarrierPanels(grids: grids, visit: visit, mayChange: true).report(report))\(errors)"
    }

    private func cancel(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: GridUpload.ID = try staff.visit.identifier()
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

extension Grids {
    func errors(of id: GridUpload.ID, for scope: Scope) async throws -> [UInt8] {
        let bytes = try await house.database.read { transaction in
            _ = try GridUploadStore.find(id, for: scope, in: transaction)
            return try GridUploadStore.errors(id, in: transaction)
        }
        guard let bytes else { throw Refusal.nothingHere }
        return bytes
    }
}

/// Large files that came lately, below the list of what they bring.
struct UploadPanel: Sendable {
    let uploads: [GridUpload]

    func html(_ visit: Visit) -> HTML {
        guard !uploads.isEmpty else { return HTML() }
        return """
            <details class="act"\(flag: "open", uploads.contains { !$0.state.isOver })><summary>\(visit("大文件导入记录", "Imports of large files"))</summary><ul class="rows">\(uploads.html { one in
                "<li><a href=\"\(UploadPages.path)/\(one.id)\">\(one.fileName)</a> · \(visit(one.state.title)) · \(one.actor.name) · <time datetime=\"\(one.uploadedAt.iso8601)\">\(visit.instantText(one.uploadedAt))</time></li>"
            })</ul></details>
            """
    }
}
