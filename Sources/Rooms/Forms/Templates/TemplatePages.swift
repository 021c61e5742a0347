import Desk
import Ground
import Hummingbird
import Identity
import Places
import Sheets
import Storage
import Web

/// `/forms/templates`: departments' own layouts: uploaded with marks, got back filled.
struct TemplatePages: Sendable {
    let forms: Forms

    static let title = LocalizedText("部门版式", "Layouts of departments")
    static let workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    func add(to routes: Routes) {
        routes.page("/forms/templates", right: .formsRead) { try await all($0) }
        routes.form("/forms/templates", right: .formsRead) { try await upload($0, $1) }
        routes.page("/forms/templates/:id", right: .formsRead) { try await show($0) }
        routes.page("/forms/templates/:id/filled", right: .formsRead) { try await fill($0, inClear: false) }
        routes.form("/forms/templates/:id/filled", right: .registryReveal) { staff, _ in
            try await fill(staff, inClear: true)
        }
        routes.form("/forms/templates/:id/delete", right: .formsRead) { try await delete($0, $1) }
    }

    // MARK: All

    private func all(
        _ staff: StaffVisit, typed: String? = nil, refusal: Refusal? = nil, problems: [TemplateProblem] = []
    ) async throws -> Response {
        let (visit, scope) = (staff.visit, staff.scope)
        let after = visit.query.filled("after").flatMap { FormTemplate.ID(parsing: $0) }
        let found = try await forms.house.database.read {
            try TemplateStore.all(for: scope, after: after, limit: 51, in: $0)
        }
        let columns: [Column<FormTemplate>] = [
            .text(
                "名称", "Name",
                html: { one, _ in "<a href=\"/forms/templates/\(one.id)\">\(one.name)</a>" }
            ) { one, _ in one.name },
            .text("文件", "File") { one, _ in one.fileName },
            .text("上传人", "Uploaded by") { one, _ in one.staffName },
            .instant("上传于", "Uploaded at") { $0.uploadedAt },
        ]
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        return visit.page(
            Page(
                visit(Self.title), breadcrumb: [(visit(FormTexts.forms), "/forms"), (visit(Self.title), nil)],
                notice: refusal.map { refusal in
                    Page.Notice(
                        .danger,
                        [visit(refusal.message), refusal.wayOn.map { visit($0) }].compactMap { $0 }.joined(
                            separator: " "))
                },
                """
                <p class="hint">\(visit("把本部门惯用的 Excel 表放上来，在要填的单元格写上标记，以后每次打开都是填好的，版式不变。", "Upload the Excel layout that your department is used to, with marks in the cells to be filled; from then on it comes back filled, its layout unchanged."))</p>\
                \(Self.faults(problems, visit))\
                \(Listing(caption: visit(Self.title), columns: columns, items: Array(found.prefix(50)), next: found.count > 50 ? found[49].id.text : nil, whenEmpty: "<p>\(visit("还没有模板。", "There is no layout yet."))</p>").html(visit))\
                <h2>\(visit("上传模板", "Upload a layout"))</h2>\
                <form class="panel narrow" method="post" action="/forms/templates" enctype="multipart/form-data">\(visit.formFields)\
                \(Field.text("name", visit("名称", "Name"), value: typed, required: true, maximum: 60, error: error("name")))\
                \(Field.file("template", visit("模板（.xlsx）", "Layout (.xlsx)"), accept: ".xlsx", required: true, error: error("template")))\
                <p>\(Field.submit(visit("检查并保存", "Check and keep")))</p></form>\(help(scope, visit))
                """), status: problems.isEmpty ? refusal?.kind.status ?? .ok : .unprocessableContent)
    }

    private static func faults(_ problems: [TemplateProblem], _ visit: Visit) -> HTML {
        guard !problems.isEmpty else { return HTML() }
        return """
            <section class="panel" role="alert"><h2>\(visit("模板有 \(problems.count) 处要改，没有保存", "\(problems.count) things are to be put right; nothing was kept"))</h2><ul>\(problems.html {
                "<li><strong>\($0.sheet)!\($0.cell)</strong> \(visit($0.text))</li>"
            })</ul></section>
            """
    }

    /// What marks there are, with the forms that this viewer may open.
    private func help(_ scope: Scope, _ visit: Visit) -> HTML {
        let rows: [(String, LocalizedText)] = [
            ("{{区域}}　{{日期}}　{{年}}　{{月}}　{{填表人}}", LocalizedText("填表的区域、日期和经办人", "The area, the day, and who made it")),
            ("{{表名.合计}}　{{表名.统计项}}", LocalizedText("一张表的统计数", "A figure of a form")),
            (
                "{{每行 表名}}",
                LocalizedText(
                    "本行按名单逐人（户、房）重复，同一行写栏目：{{序号}} {{姓名}} {{年龄}}",
                    "Repeats its row for each subject of the list; columns stand in the same row"
                )
            ),
            ("{{每行 下级 表名}}", LocalizedText("本行按下级区域重复：{{区域}} {{合计}}", "Repeats its row for each part of the area")),
            (
                "{{身份证号|" + (forms.numberFormats.all.map(\.zh).joined(separator: "}} {{身份证号|")) + "}}",
                LocalizedText(
                    "同一个身份号码的 \(forms.numberFormats.all.count) 种写法",
                    "One identity number in \(forms.numberFormats.all.count) ways of writing")
            ),
        ]
        let names = forms.forms(for: scope)
        return """
            <details class="panel"><summary>\(visit("标记怎么写", "How to write marks"))</summary><div class="scroll" tabindex="0" role="region" aria-label="\(visit("标记", "Marks"))"><table class="list"><caption>\(visit("标记", "Marks"))</caption><thead><tr><th scope="col">\(visit("写法", "Written"))</th><th scope="col">\(visit("意思", "Meaning"))</th></tr></thead><tbody>\(rows.html {
                "<tr><td><code>\($0.0)</code></td><td>\(visit($0.1))</td></tr>"
            })</tbody></table></div>\
            <p class="hint">\(visit("表名", "Forms"))\(visit("：", ": "))\(names.map { visit($0.definition.name) }.joined(separator: visit("、", ", ")))</p></details>
            """
    }

    private func upload(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (forms, scope, now) = (forms, staff.scope, staff.visit.now)
        let name = submission.fields["name"] ?? ""
        let file = submission.files.first { $0.field == "template" }
        do {
            let bytes = file?.bytes ?? []
            let fileName = file?.name ?? "template.xlsx"
            let problems = try await Forms.withFolder { folder in
                try forms.read(bytes, named: fileName, in: folder, for: scope).1.problems
            }
            guard problems.isEmpty else { return try await all(staff, typed: name, problems: problems) }
            return try await staff.visit.write(submission) { transaction in
                let kept = try forms.keep(bytes, name: name, fileName: fileName, by: scope, at: now, in: transaction)
                return .seeOther("/forms/templates/\(kept.id)")
            }
        } catch let refusal as Refusal where [.ruleBroken, .malformed, .tooLarge].contains(refusal.kind) {
            return try await all(staff, typed: name, refusal: refusal)
        }
    }

    // MARK: One

    private func template(_ staff: StaffVisit) async throws -> FormTemplate {
        let id: FormTemplate.ID = try staff.visit.identifier()
        let scope = staff.scope
        guard let found = try await forms.house.database.read({ try TemplateStore.find(id, for: scope, in: $0) }) else {
            throw Refusal.nothingHere
        }
        return found
    }

    private func question(_ staff: StaffVisit) throws(Refusal) -> FormQuestion {
        try FormQuestion(
            staff.visit.query, within: staff.scope, today: staff.visit.now.local().day, origin: forms.engine.origin)
    }

    private func show(_ staff: StaffVisit, problems: [TemplateProblem] = []) async throws -> Response {
        let visit = staff.visit
        let one = try await template(staff)
        let question = try question(staff)
        let address = "/forms/templates/\(one.id)"
        let places = forms.places
        let trail = AreaTrail(
            from: staff.scope.area, to: question.area, name: places.name(of:), children: places.children(of:),
            address: { visit.query.setting("area", $0).address(address) })
        let filled = visit.query.setting("area", question.area.code).setting("day", question.day.description)
            .address(address + "/filled")
        let clear: HTML =
            staff.scope.may(.registryReveal)
            ? "<form method=\"post\" action=\"\(filled)\" class=\"inline\">\(visit.formFields)\(Field.submit(visit("按各表用途填原文", "Fill in clear for the forms' purposes")))</form>"
            : HTML()
        var page = Page(
            one.name,
            breadcrumb: [
                (visit(FormTexts.forms), "/forms"), (visit(Self.title), "/forms/templates"), (one.name, address),
            ] + trail.crumbs,
            """
            <p class="hint">\(one.fileName) · \(one.staffName) · \(visit.instantText(one.uploadedAt))</p>\(Self.faults(problems, visit))\
            <form class="filter" method="get" action="\(address)"><input type="hidden" name="area" value="\(question.area.code)">\
            \(Field.text("day", visit(FormTexts.day), value: question.day.description, type: "date", hint: visit("可填任一天的数", "Of any day of the past")))\
            \(Field.submit(visit("选定", "Choose"), tone: ""))</form>\
            <div class="panel"><p>\(visit("填报区域", "Area"))\(visit("：", ": "))<strong>\(forms.areaName(question.area.code))</strong> · \(question.day.description)</p>\
            <p class="bar"><a class="btn" href="\(filled)" download>\(symbol("download"))<span>\(visit("填好并下载（个人信息打码）", "Fill and download, personal values masked"))</span></a>\(clear)</p></div>\
            <form method="post" action="\(address)/delete" class="bar">\(visit.formFields)\(Field.submit(visit("删除此模板", "Delete this layout"), tone: ""))</form>
            """)
        page.besides = Dictionary(uniqueKeysWithValues: trail.besides.map { ($0.key + 3, $0.value) })
        return visit.page(page, status: problems.isEmpty ? .ok : .unprocessableContent)
    }

    private func fill(_ staff: StaffVisit, inClear: Bool) async throws -> Response {
        let one = try await template(staff)
        let question = try question(staff)
        do {
            let bytes = try await forms.fill(one, question, inClear: inClear, for: staff)
            return .download(
                bytes, name: "\(one.name)-\(forms.areaName(question.area.code))-\(question.day).xlsx",
                contentType: Self.workbookType)
        } catch let faults as Forms.TemplateFaults {
            return try await show(staff, problems: faults.problems)
        }
    }

    private func delete(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let one = try await template(staff)
        let (forms, scope, now) = (forms, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            try forms.drop(one.id, by: scope, at: now, in: transaction)
            return .seeOther("/forms/templates")
        }
    }
}
