import Desk
import Ground
import Hummingbird
import Storage
import Web

/// What is taken away of a selection: the sheets of the matters to print, one a page, or an Excel workbook of them.
struct BulkSheets: Sendable {
    let cases: Cases

    /// Each sheet is a few pages of paper.
    static let mostPrinted = 100

    func add(to routes: Routes) {
        routes.form("/cases/bulk/print", right: .caseRead) { try await print($0, $1.fields) }
        routes.form("/cases/bulk/export", right: .caseExport) { try await export($0, $1.fields) }
    }

    /// The two buttons, inside the form of the list.
    static func buttons(_ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let export: HTML = """
            <button class="btn" formaction="/cases/bulk/export">\(symbol("download"))<span>\(visit("导出所选", "Export these"))</span></button>
            """
        return """
            <button class="btn" formaction="/cases/bulk/print">\(symbol("printer"))<span>\(visit("打印所选", "Print these"))</span></button>\
            \(staff.scope.may(.caseExport) ? export : HTML())
            """
    }

    private func print(_ staff: StaffVisit, _ fields: QueryParameters) async throws -> Response {
        let visit = staff.visit
        let ids = try await BulkSelection(cases: cases).ids(staff, fields, most: Self.mostPrinted)
        let page = CasePage(cases: cases)
        let scope = staff.scope
        let now = visit.now
        let models = try await cases.house.database.read { transaction in
            try ids.compactMap { try page.model($0, scope, at: now, in: transaction) }
        }
        guard !models.isEmpty else { throw Refusal.nothingHere }
        let back = QueryParameters(parsing: fields["back"] ?? "").address("/cases")
        return visit.page(
            Page(
                visit("打印办理单", "Sheets to print"),
                breadcrumb: [(visit(CaseTexts.cases), "/cases"), (visit("打印办理单", "Sheets to print"), nil)],
                """
                <div class="bar noprint"><button type="button" class="btn p" data-print hidden>\(symbol("printer"))<span>\(visit("打印 \(models.count) 件", "Print \(models.count)"))</span></button>\
                <a class="btn" href="\(back)">\(symbol("arrow-left"))<span>\(visit("返回列表", "Back to the list"))</span></a>\
                <span class="hint">\(visit("每件一页起；也可用浏览器的打印（Ctrl+P）", "Each begins a page; the browser's own print (Ctrl+P) does the same"))</span></div>\
                \(models.html { sheet($0, staff) })
                """))
    }

    private func sheet(_ model: CasePage.Model, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        return """
            <article class="sheet panel"><h2>\(visit("群众诉求办理单", "Sheet of a matter"))</h2><h3>\(model.record.title)</h3>\
            \(CaseFacts(cases: cases, model: model, staff: staff, revealed: nil, isSheet: true).html)\
            <h3>\(visit(CaseTexts.timeline))</h3>\(Timeline(cases: cases, model: model, visit: visit).html)\
            <p class="sign">\(visit("经办人签字：__________　　日期：____年__月__日", "Signature: __________   Date: __________"))</p></article>
            """
    }

    private func export(_ staff: StaffVisit, _ fields: QueryParameters) async throws -> Response {
        let ids = try await BulkSelection(cases: cases).ids(staff, fields)
        let scope = staff.scope
        let rows = try await cases.house.database.read { transaction in
            try CaseRow.rows(
                ids.compactMap { try CaseStore.find($0, for: scope, in: transaction) }, cases, in: transaction)
        }
        let filter = QueryParameters(parsing: fields["back"] ?? "").setting("after", nil).text
        let response = try await SheetExport.workbook(
            named: staff(CaseTexts.cases), columns: CaseRow.exportColumns(cases), for: staff,
            filter: staff.visit(
                "所选 \(ids.count) 件；列表条件：\(filter.isEmpty ? "无" : filter)",
                "\(ids.count) chosen; filter of the list: \(filter.isEmpty ? "none" : filter)")
        ) { _ in (rows, nil) }
        try await QueueExport(cases: cases).record(rows.count, filter: filter, isSelection: true, staff)
        return response
    }
}
