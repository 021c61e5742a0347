import Desk
import Ground
import Hummingbird
import Sheets
import Web

/// Takes work orders of another system from the browser, up to the installation's upload limit.
struct CaseImportPage: Sendable {
    let cases: Cases

    func add(to routes: Routes) {
        routes.page("/cases/import", right: .caseImport) { staff in show(staff) }
        routes.form("/cases/import", right: .caseImport) { staff, submission in try await take(submission, from: staff)
        }
    }

    private static let title = LocalizedText("导入工单", "Import work orders")

    private func show(_ staff: StaffVisit, notice: Page.Notice? = nil, result: HTML = HTML()) -> Response {
        let visit = staff.visit
        let hint = LocalizedText(
            "CSV（UTF-8、GB 18030，可 gzip 压缩）或 XLSX。可重复导入：已有的不变，错误行另列。",
            "CSV (UTF-8, GB 18030, also gzip) or XLSX. May be repeated: what is there stays; bad rows are told.")
        return visit.page(
            Page(
                visit(Self.title),
                breadcrumb: [(visit("诉求", "Matters"), "/cases"), (visit(Self.title), nil)], notice: notice,
                """
                \(result)<form method="post" action="/cases/import" enctype="multipart/form-data" class="panel form">\(visit.formFields)\
                \(Field.file("orders", visit("工单文件", "Work orders"), accept: ".csv,.gz,.xlsx", required: true, hint: visit(hint)))\
                \(Field.file("mapping", visit("映射文件（其他格式时）", "Mapping file (for other layouts)"), accept: ".yaml,.yml", hint: visit(layouts)))\
                \(Field.submit(visit("导入", "Import")))</form>
                """))
    }

    private var layouts: LocalizedText {
        let known = (try? ImportLayout.shipped(cases.house.rules, workflow: cases.rules.workflow)) ?? []
        return LocalizedText(
            "可自动识别：" + known.map(\.title.chinese).joined(separator: "；"),
            "Recognised without one: " + known.map(\.title.english).joined(separator: "; "))
    }

    private func take(_ submission: Submission, from staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        func bytes(of field: String) -> [UInt8]? {
            submission.files.first { $0.field == field && !$0.bytes.isEmpty }?.bytes
        }
        func name(of field: String) -> String { submission.files.first { $0.field == field }?.name ?? field }
        let upload = try ImportUpload(
            orders: bytes(of: "orders") ?? [], named: name(of: "orders"), mapping: bytes(of: "mapping"),
            named: name(of: "mapping"))
        defer { upload.remove() }
        let result = try await upload.naming {
            try await cases.importCases(
                file: upload.orders, mapping: upload.mapping, language: visit.language, by: .staff(staff.scope))
        }
        let text =
            result.created + result.updated == 0
            ? visit("没有变化：所有工单都已在平台中。", "Nothing changed: every order is here already.")
            : visit(
                "已导入 \(result.created) 件，更新 \(result.updated) 件。",
                "\(result.created) imported, \(result.updated) updated.")
        let notice =
            result.rejected == 0
            ? Page.Notice(.ok, text)
            : Page.Notice(.warn, text + visit("有 \(result.rejected) 行未采纳。", " \(result.rejected) rows were not taken."))
        return show(staff, notice: notice, result: table(result, visit))
    }

    private func table(_ result: ImportResult, _ visit: Visit) -> HTML {
        let facts: [(String, String)] = [
            (visit("格式", "Layout"), visit(result.layoutTitle)), (visit("行数", "Rows"), String(result.rows)),
            (visit("新增", "New"), String(result.created)), (visit("其中待办", "Of these open"), String(result.open)),
            (visit("更新", "Updated"), String(result.updated)), (visit("未变", "Unchanged"), String(result.unchanged)),
            (visit("内容重复", "Same content twice"), String(result.repeated)),
            (visit("未定位到街道", "No street known"), String(result.unplaced)),
            (visit("未采纳", "Not taken"), String(result.rejected)),
            (visit("其中冲突", "Of these in conflict"), String(result.conflicts)),
        ]
        let problems: HTML =
            result.firstProblems.isEmpty
            ? HTML()
            : """
            <h2>\(visit("未采纳的行", "Rows not taken"))</h2><ul>\(result.firstProblems.html { problem in
                "<li>\(visit("第 \(problem.row) 行", "Row \(problem.row)")) \(problem.column) <code>\(problem.value)</code> \(visit(problem.message))</li>"
            })</ul>
            """
        return """
            <section class="panel"><dl class="facts">\(facts.html { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" })</dl>\(problems)</section>
            """
    }
}
