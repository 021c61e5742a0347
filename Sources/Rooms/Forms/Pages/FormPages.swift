import Desk
import Ground
import Hummingbird
import Identity
import Places
import Registry
import Storage
import Web

/// `/forms`: all forms of the viewer; `/forms/KEY`: one of them, for any area and day, as a page and as a workbook.
struct FormPages: Sendable {
    let forms: Forms

    func add(to routes: Routes) {
        routes.page("/forms", right: .formsRead) { try await all($0) }
        routes.page("/forms/:key", right: .formsRead) { try await show($0) }
        routes.form("/forms/:key", right: .registryReveal) { try await showClear($0, $1) }
        routes.page("/forms/:key/export", right: .formsRead) { try await export($0, inClear: false) }
        routes.form("/forms/:key/export", right: .registryReveal) { staff, _ in try await export(staff, inClear: true) }
    }

    // MARK: All

    private func all(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let engine = forms.engine
        let states = try await forms.house.database.read { try engine.states(in: $0) }
        let lines = forms.lineNames
        let columns: [Column<CompiledForm>] = [
            .text(
                "表", "Form",
                html: { form, visit in
                    "<a href=\"/forms/\(form.definition.key)\">\(visit(form.definition.name))</a>"
                }
            ) { form, visit in visit(form.definition.name) },
            .text("部门", "Department") { form, visit in
                lines[form.definition.line].map { visit($0) } ?? form.definition.line
            },
            .text("对象", "About") { form, visit in visit(form.definition.kind.title) },
            .text("形式", "Kind") { form, visit in
                [
                    form.definition.isList ? visit(FormTexts.list) : nil,
                    form.cells.isEmpty ? nil : visit(FormTexts.figures),
                ]
                .compactMap { $0 }.joined(separator: visit("、", ", "))
            },
            .number("数据项", "Elements") { Int64(Set($0.slots).union($0.definition.columns).count) },
            .number("原每年报送次数", "Used to be sent, a year") { Int64($0.definition.timesAYear) },
            .text("状态", "State") { form, visit in
                states[form.instance]?.horizon == nil
                    ? visit("首次计算中", "being computed") : visit("随事实更新", "always current")
            },
        ]
        return visit.page(
            Page(
                visit(FormTexts.forms), breadcrumb: [(visit(FormTexts.forms), nil)],
                """
                <p class="hint">\(visit("这里的表不填报：事实登记一次，各表随之更新，任何区域、任何日期都可打开。", "Nobody fills these in: a fact is written once and every form follows; open one for any area and any day."))</p>\
                <p class="bar"><a class="btn" href="/forms/proposals">\(visit(ProposalPages.title))</a><a class="btn" href="/forms/templates">\(visit(TemplatePages.title))</a></p>\
                \(Listing(caption: visit(FormTexts.forms), columns: columns, items: forms.forms(for: staff.scope), whenEmpty: "<p>\(visit("没有您可打开的表。", "There is no form for you."))</p>").html(visit))
                """))
    }

    // MARK: One

    private struct Read: Sendable {
        /// nil while it is being computed for the first time.
        var figures: ShownFigures?
        var items: [ListedSubject] = []
        var next: String?
    }

    private func read(_ form: CompiledForm, _ question: FormQuestion, _ scope: Scope) async throws -> Read {
        let forms = forms
        return try await forms.house.database.read { transaction in
            guard let state = try forms.engine.states(in: transaction)[form.instance], state.horizon != nil else {
                return Read()
            }
            let (items, next) = try forms.listed(form, question, for: scope, in: transaction)
            return Read(
                figures: try forms.figures(form, state, question, for: scope, in: transaction), items: items,
                next: next)
        }
    }

    private func question(_ staff: StaffVisit) throws(Refusal) -> (CompiledForm, FormQuestion) {
        let form = try forms.form(try staff.visit.parameter("key"), for: staff.scope)
        return (
            form,
            try FormQuestion(
                staff.visit.query, within: staff.scope, today: staff.visit.now.local().day, origin: forms.engine.origin)
        )
    }

    private func showClear(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (form, question) = try question(staff)
        let (forms, scope, now) = (forms, staff.scope, staff.visit.now)
        try await forms.taking(by: scope, at: now) { transaction in
            let (items, _) = try forms.listed(form, question, for: scope, in: transaction)
            try forms.note(
                "forms.list-shown", form, question, rows: items.count, inClear: true, of: items.map(\.subject.id),
                by: scope, at: now, in: transaction)
        }
        return try await show(staff, purpose: form.definition.purpose)
    }

    private func show(_ staff: StaffVisit, purpose: String? = nil) async throws -> Response {
        let visit = staff.visit
        let (form, question) = try question(staff)
        let read = try await read(form, question, staff.scope)
        let places = forms.places
        let address = "/forms/\(form.definition.key)"
        let trail = AreaTrail(
            from: staff.scope.area, to: question.area, name: places.name(of:), children: places.children(of:),
            address: { visit.query.setting("area", $0).setting("after", nil).address(address) })
        let content: HTML =
            read.figures == nil
            ? "<div class=\"panel empty\"><p>\(visit("此表正在首次计算，稍后即可打开。", "This form is being computed for the first time; open it again in a moment."))</p></div>"
            : """
            \(crossTable(form, read.figures?.whole, visit))\(partsTable(form, question, read, visit))\
            \(list(form, question, read, purpose, staff))
            """
        var page = Page(
            visit(form.definition.name),
            breadcrumb: [(visit(FormTexts.forms), "/forms"), (visit(form.definition.name), address)] + trail.crumbs,
            """
            \(head(form, question, visit))\(content)
            """)
        page.besides = Dictionary(uniqueKeysWithValues: trail.besides.map { ($0.key + 2, $0.value) })
        return visit.page(page)
    }

    private func head(_ form: CompiledForm, _ question: FormQuestion, _ visit: Visit) -> HTML {
        let line = forms.lineNames[form.definition.line].map { visit($0) } ?? form.definition.line
        let purpose = forms.registry.dictionary.purpose(form.definition.purpose).map { visit($0.title) } ?? ""
        return """
            <p class="hint">\(line) · \(visit("用途", "Purpose"))\(visit("：", ": "))\(purpose)\(form.definition.basis.map { " · \(visit("依据", "Basis"))\(visit("：", ": "))\(visit($0))" } ?? HTML())</p>\
            <form class="filter" method="get" action="/forms/\(form.definition.key)"><input type="hidden" name="area" value="\(question.area.code)">\
            \(Field.text("day", visit(FormTexts.day), value: question.day.description, type: "date", hint: visit("可回看任一天", "Any day of the past")))\
            \(Field.text("known", visit("按当时掌握的情况", "As it was known on"), value: question.knownOn?.description, type: "date", hint: visit("留空为现在掌握的情况；只影响统计", "Empty: as it is known now; for figures only")))\
            \(Field.submit(visit("查看", "Show"), tone: ""))</form>\
            <p class="bar">\(exportLink(visit, path: "/forms/\(form.definition.key)/export"))</p>
            """
    }

    /// A form that is one table for the whole area.
    private func crossTable(_ form: CompiledForm, _ counts: [Int?]?, _ visit: Visit) -> HTML {
        guard !form.definition.rows.isEmpty, !form.definition.heads.isEmpty else { return HTML() }
        let caption = visit(form.definition.name)
        let first = 1 + form.definition.cells.count
        let width = form.definition.heads.count
        return """
            <div class="panel scroll" tabindex="0" role="region" aria-label="\(caption)"><table class="list"><caption>\(caption)</caption><thead><tr><td></td>\
            \(form.definition.heads.html { "<th scope=\"col\" class=\"n\">\(visit($0.title))</th>" })</tr></thead><tbody>\
            \(form.definition.rows.enumerated().html { index, row in
                "<tr><th scope=\"row\">\(visit(row.title))</th>\((0..<width).html { "<td class=\"n\">\(Self.figure(counts, first + index * width + $0))</td>" })</tr>"
            })</tbody></table></div>
            """
    }

    /// A figure, or the sign that it is withheld.
    private static func figure(_ counts: [Int?]?, _ cell: Int) -> String {
        guard let counts, cell < counts.count else { return "0" }
        return counts[cell].map { String($0) } ?? Forms.withheldMark
    }

    /// The figures part by part, and their sum.
    private func partsTable(_ form: CompiledForm, _ question: FormQuestion, _ read: Read, _ visit: Visit) -> HTML {
        let columns = partColumns(form)
        let rows = partRows(question, read, visit)
        let caption = visit(FormTexts.figures)
        return """
            <div class="panel scroll" tabindex="0" role="region" aria-label="\(caption)"><table class="list"><caption>\(caption)</caption><thead><tr>\
            \(columns.html { "<th scope=\"col\"\(attribute: "class", $0.isNumber ? "n" : nil)>\(visit($0.column.title))</th>" })</tr></thead><tbody>\
            \(rows.html { row in
                "<tr>\(columns.html { "<td\(attribute: "class", $0.isNumber ? "n" : nil) data-label=\"\(visit($0.column.title))\">\($0.column.html(row, visit))</td>" })</tr>"
            })</tbody></table></div>\
            \(withheld(read, visit))<p class="hint asof">\(visit("数据更新于", "As of")) <time datetime="\(visit.now.iso8601)">\(visit.instantText(visit.now))</time></p>
            """
    }

    private func withheld(_ read: Read, _ visit: Visit) -> HTML {
        guard read.figures?.isPartlyWithheld == true else { return HTML() }
        let least = forms.statistics.leastGroup
        return
            "<p class=\"hint\">\(visit("＊ 人数不足 \(least) 人，或可由其推算出不足 \(least) 人的数，不显示。", "＊ Withheld: fewer than \(least) people, or a figure from which fewer could be worked out."))</p>"
    }

    struct PartRow: Sendable {
        var name: String
        var address: String?
        var counts: [Int?]
    }

    private func partRows(_ question: FormQuestion, _ read: Read, _ visit: Visit) -> [PartRow] {
        let places = forms.places
        var rows: [PartRow] = []
        var seen: Set<String> = []
        for child in places.children(of: question.area.code) {
            seen.insert(child.code)
            rows.append(
                PartRow(
                    name: child.name,
                    address: visit.query.setting("area", child.code).setting("after", nil).address(visit.path),
                    counts: read.figures?.parts[child.code] ?? []))
        }
        for (code, counts) in (read.figures?.parts ?? [:]).sorted(by: { $0.key < $1.key })
        where !seen.contains(code) && counts.contains(where: { $0 != 0 }) {
            rows.append(
                PartRow(
                    name: code == question.area.code ? visit(FormTexts.unassigned) : places.name(of: code) ?? code,
                    address: nil, counts: counts))
        }
        rows.append(
            PartRow(
                name: visit(FormTexts.total), address: nil, counts: read.figures?.whole ?? []))
        return rows
    }

    private func partColumns(_ form: CompiledForm) -> [(column: Column<PartRow>, isNumber: Bool)] {
        let name = Column<PartRow>.text(
            "区域", "Area",
            html: { row, _ in
                row.address.map { "<a href=\"\($0)\">\(row.name)</a>" } ?? "<strong>\(row.name)</strong>"
            }
        ) { row, _ in row.name }
        var columns: [(Column<PartRow>, Bool)] = [(name, false)]
        // A cross-table has its own place; beside the areas stand the single figures only.
        let titles = [FormTexts.total] + form.definition.cells.map(\.title)
        for (index, title) in titles.enumerated() {
            columns.append(
                (
                    Column(
                        title.chinese, title.english, .number,
                        cell: { row, _ in
                            guard !row.counts.isEmpty else { return .number(0) }
                            return row.counts[index].map { .number(Double($0)) } ?? .text(Forms.withheldMark)
                        }), true
                ))
        }
        return columns.map { (column: $0.0, isNumber: $0.1) }
    }

    private func list(
        _ form: CompiledForm, _ question: FormQuestion, _ read: Read, _ purpose: String?, _ staff: StaffVisit
    ) -> HTML {
        guard form.definition.isList else { return HTML() }
        let visit = staff.visit
        var columns = forms.columns(form, at: question.day, purpose: purpose)
        if staff.scope.may(.registryRead), !columns.isEmpty {
            let first = columns[0]
            columns[0].html = { item, visit in
                item.subject.isVisible(in: staff.scope)
                    ? "<a href=\"/registry/subjects/\(item.subject.id)\">\(first.html(item, visit))</a>"
                    : first.html(item, visit)
            }
        }
        let clear: HTML =
            purpose == nil && staff.scope.may(.registryReveal)
            ? """
            <form method="post" action="\(visit.address)" class="inline">\(visit.formFields)\(Field.submit(visit("按本表用途显示原文", "Show in clear for this form's purpose"), tone: ""))</form>\
            <form method="post" action="\(visit.query.setting("after", nil).address("/forms/\(form.definition.key)/export"))" class="inline">\(visit.formFields)\(Field.submit(visit("导出原文", "Export in clear"), tone: ""))</form>
            """ : HTML()
        let note: HTML =
            purpose == nil
            ? HTML()
            : "<p class=\"notice ok\" role=\"status\">\(visit("按本表用途显示，已记入台账", "Shown for the purpose of this form; the ledger has noted it"))</p>"
        return """
            <h2>\(visit(FormTexts.list))</h2>\(note)<p class="bar">\(clear)</p>\
            \(Listing(caption: visit(FormTexts.list), columns: columns, items: read.items, next: read.next, whenEmpty: "<p>\(visit("此区域当日没有符合条件的对象。", "Nobody here met the condition on that day."))</p>").html(visit))
            """
    }

    // MARK: Workbook

    private func export(_ staff: StaffVisit, inClear: Bool) async throws -> Response {
        let (form, question) = try question(staff)
        let (forms, scope, visit) = (forms, staff.scope, staff.visit)
        let read = try await read(form, question, scope)
        guard let figures = read.figures else { throw Forms.beingComputed }
        let now = visit.now
        let reading = try await forms.taking(by: scope, at: now) { transaction in
            try forms.notePull(
                form, question, rows: figures.whole[0] ?? 0, system: nil, at: now, in: transaction)
            return try forms.note(
                "forms.exported", form, question, rows: figures.whole[0] ?? 0,
                inClear: inClear && form.definition.isList, by: scope, at: now, in: transaction)
        }
        let parts = partRows(question, read, visit)
        let filter = "\(forms.areaName(question.area.code)) · \(question.day)"
        let columns = forms.columns(form, at: question.day, purpose: inClear ? form.definition.purpose : nil)
        let name = visit(form.definition.name)
        guard form.definition.isList else {
            return try await SheetExport.workbook(
                named: name, columns: partColumns(form).map(\.column), for: staff, filter: filter
            ) { _ in (parts, nil) }
        }
        return try await SheetExport.workbook(named: name, columns: columns, for: staff, filter: filter) { after in
            var next = question
            next.after = try after.map { text throws(Refusal) in try FormQuestion.mark(text) }
            return try await forms.taken(form, next, noting: reading, for: scope)
        }
    }
}
