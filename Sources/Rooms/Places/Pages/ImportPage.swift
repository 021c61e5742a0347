import Desk
import Foundation
import Ground
import Hummingbird
import Web

/// Takes a list of divisions from the browser. Small lists only: the upload limit of the installation holds.
struct ImportPage: Sendable {
    let places: Places

    func add(to routes: Routes) {
        routes.page("/places/import", right: .placesImport) { staff in show(staff) }
        routes.form("/places/import", right: .placesImport) { staff, submission in
            try await take(submission, from: staff)
        }
    }

    private func show(_ staff: StaffVisit, notice: Page.Notice? = nil, report: HTML = HTML()) -> Response {
        let visit = staff.visit
        return visit.page(
            Page(
                visit(PlacesTexts.importTitle),
                breadcrumb: [(visit(PlacesTexts.places), "/places"), (visit(PlacesTexts.importTitle), nil)],
                notice: notice,
                """
                \(report)<form method="post" action="/places/import" enctype="multipart/form-data" class="panel form">\(visit.formFields)\
                \(Field.file("list", visit(PlacesTexts.file), accept: ".csv,.gz,.xlsx", required: true, hint: visit(PlacesTexts.importHint)))\
                \(Field.text("validFrom", visit(PlacesTexts.validFrom), value: places.today.description, type: "date", required: true))\
                \(Field.text("source", visit(PlacesTexts.source), required: true, maximum: 200))\
                \(Field.submit(visit("导入", "Import")))</form>
                """))
    }

    private func take(_ submission: Submission, from staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        guard let file = submission.files.first(where: { $0.field == "list" }), !file.bytes.isEmpty else {
            throw Refusal(
                .malformed, "places.import.no-file", LocalizedText("请选择名单文件", "Choose a list"), field: "list")
        }
        guard let day = try submission.fields.day("validFrom"), let source = submission.fields.filled("source") else {
            throw Refusal(
                .malformed, "places.import.incomplete",
                LocalizedText("请填写生效日期与来源", "State the day and the source"), field: "validFrom")
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-import-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // The kind is found from the content, so the name that the browser sent is not used.
        let path = folder.appendingPathComponent("list").path
        guard FileManager.default.createFile(atPath: path, contents: Data(file.bytes)) else {
            throw Refusal(
                .unavailable, "places.import.no-space",
                LocalizedText("无法暂存上传的文件（磁盘已满？）", "The upload cannot be stored (disk full?)"))
        }
        let report = try await places.importDivisions(
            DivisionImport.Order(file: path, validFrom: day, source: source, language: visit.language),
            by: Actor(staff.scope))
        let notice =
            report.rejected == 0
            ? Page.Notice(.ok, visit("已导入。", "Imported."))
            : Page.Notice(
                .warn, visit("已导入，有 \(report.rejected) 行未采纳。", "Imported; \(report.rejected) rows were not taken."))
        return show(staff, notice: notice, report: table(report, visit))
    }

    private func table(_ report: DivisionImport.Report, _ visit: Visit) -> HTML {
        let counts: [(String, Int)] = [
            (visit("行数", "Rows"), report.rows), (visit("未变", "Unchanged"), report.unchanged),
            (visit("新增", "Appeared"), report.appeared), (visit("撤销", "Vanished"), report.vanished),
            (visit("更名", "Renamed"), report.renamed), (visit("变更上级", "Moved"), report.moved),
            (visit("名单未覆盖", "Outside the list"), report.outside),
            (visit("建议的后继", "Proposed successors"), report.successors),
            (visit("占位行", "Placeholders"), report.placeholders), (visit("未采纳", "Not taken"), report.rejected),
        ]
        let problems: HTML =
            report.firstProblems.isEmpty
            ? HTML()
            : """
            <h2>\(visit("未采纳的行", "Rows not taken"))</h2><ul>\(report.firstProblems.html { problem in
                "<li>\(visit("第 \(problem.row) 行", "Row \(problem.row)")) <code>\(problem.value)</code> \(visit(problem.message))</li>"
            })</ul>
            """
        return """
            <section class="panel"><dl class="facts">\(counts.html { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" })</dl>\(problems)</section>
            """
    }
}
