import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/mandates`: the lists, their revisions, and what changed between two.
struct ListPages: Sendable {
    let mandates: Mandates

    func add(to routes: Routes) {
        routes.page("/mandates", right: .readMandates) { try await list($0) }
        routes.page("/mandates/export", right: .readMandates) { try await export($0) }
        routes.page("/mandates/differences", right: .readMandates) { try await differences($0) }
        routes.form("/mandates/adopt", right: .publishMandates) { try await adopt($0, $1) }
    }

    /// Which revision, list and words are asked for.
    private struct Question: Sendable {
        var revision: Int64?
        var list: MandateList?
        var lead: String?
        var words: String?

        init(_ query: QueryParameters) {
            revision = query.filled("revision").flatMap { Int64($0) }
            list = query.filled("list").flatMap(MandateList.init(rawValue:))
            lead = query.filled("lead")
            words = query.filled("q")
        }

        func holds(_ item: MandateItem) -> Bool {
            if let lead, item.lead != lead, !item.assists.contains(lead) { return false }
            guard let words else { return true }
            return ([item.code, item.zh, item.en, item.part.chinese, item.part.english] + item.basis).contains {
                $0.lowercased().contains(words.lowercased())
            }
        }
    }

    private static let pageSize = 50

    private func page(_ question: Question, after: ListStore.Place?) async throws
        -> (revision: Int64, current: Int64, items: [MandateItem], next: ListStore.Place?)
    {
        try await mandates.house.database.read { transaction in
            let current = try ListStore.current(in: transaction)
            let revision = min(max(question.revision ?? current, 0), current)
            let page = try ListStore.page(
                at: revision, list: question.list, after: after, limit: Self.pageSize, in: transaction,
                fits: question.holds)
            return (revision, current, page.items, page.next)
        }
    }

    private func items(_ question: Question) async throws -> (revision: Int64, current: Int64, [MandateItem]) {
        try await mandates.house.database.read { transaction in
            let current = try ListStore.current(in: transaction)
            let revision = min(max(question.revision ?? current, 0), current)
            let items = try ListStore.items(at: revision, list: question.list, in: transaction)
            return (revision, current, items.filter(question.holds))
        }
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let question = Question(visit.query)
        let after = visit.query.filled("after").flatMap { ListStore.Place($0) }
        let (revision, current, items, next) = try await page(question, after: after)
        let listing = Listing(
            caption: visit(MandateTexts.lists), columns: columns, items: items, next: next?.text,
            whenEmpty: current == 0
                ? nothingYet(staff)
                : "<p>\(visit("没有符合条件的事项。", "Nothing fits.")) <a href=\"/mandates\">\(visit("看全部", "Show all"))</a></p>"
        )
        let old: HTML =
            revision < current
            ? "<p class=\"notice warn\">\(visit("这是第 \(revision) 版，现行为第 \(current) 版。", "This is revision \(revision); revision \(current) is in force."))</p>"
            : HTML()
        let page = Page(
            visit(MandateTexts.lists), breadcrumb: [(visit(MandateTexts.lists), nil)],
            """
            <p class="lead">\(visit("基层做什么、谁牵头、多久一次、要多少工时，都以清单为准；清单外的工作须先过准入。", "What is done below, who leads, how often, how long it takes. Whatever is on no list goes through the gate first."))</p>\
            \(filter(question, visit))\(old)<div class="bar">\(exportLink(visit, path: "/mandates/export"))\
            \(staff.scope.may(.publishMandates) ? "<a class=\"btn\" href=\"/mandates/import\">\(visit("导入", "Import"))</a>" : HTML())<a class="btn" href="/mandates/differences">\(visit(MandateTexts.differences))</a><a class="btn" href="/demands">\(visit(MandateTexts.gate))</a></div>\
            \(listing.html(visit))
            """)
        return visit.page(page)
    }

    private func nothingYet(_ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        guard staff.scope.may(.publishMandates) else {
            return "<p>\(visit("清单尚未发布。", "No lists were published yet."))</p>"
        }
        return """
            <p>\(visit("清单尚未发布。规则文件中有 \(mandates.shipped.count) 项示例县清单，依据与工时须待当地核实。", "No lists yet. The rule files hold \(mandates.shipped.count) items of an example county; check their grounds and hours locally."))</p>\
            <form method="post" action="/mandates/adopt">\(visit.formFields)\(Field.submit(visit("采用为第一版", "Adopt them as the first revision")))</form>
            """
    }

    private func filter(_ question: Question, _ visit: Visit) -> HTML {
        """
        <form method="get" action="/mandates" class="filters" role="search">\
        \(Field.choice("list", visit("清单", "List"), MandateList.allCases.map { Field.Choice($0.rawValue, visit($0.title)) }, value: question.list?.rawValue, none: visit(MandateTexts.none)))\
        \(Field.choice("lead", visit("牵头或配合", "Leads or helps"), leads(visit), value: question.lead, none: visit(MandateTexts.none)))\
        \(Field.text("q", visit("查找", "Find"), value: question.words, maximum: 60))\
        \(question.revision.map { "<input type=\"hidden\" name=\"revision\" value=\"\($0)\">" })\
        \(Field.submit(visit("查询", "Search"))) <a class="btn" href="/mandates">\(visit("重置", "Reset"))</a></form>
        """
    }

    private func leads(_ visit: Visit) -> [Field.Choice] {
        (ListCheck.ownBodies.sorted() + mandates.lines.lines.map(\.code)).map {
            Field.Choice($0, visit(mandates.lines.title($0)))
        }
    }

    private var columns: [Column<MandateItem>] {
        let lines = mandates.lines
        return [
            .text("编码", "Code", html: { item, _ in "<a href=\"/mandates/items/\(item.code)\">\(item.code)</a>" }) {
                item, _ in item.code
            },
            .text("清单", "List") { item, visit in visit(item.list.title) },
            Column("事项", "Item", .longText, cell: { item, visit in .text(visit(item.title)) }),
            Column(
                "依据（待当地核实）", "Ground (check locally)", .longText,
                cell: { item, _ in .text(item.basis.joined(separator: "；")) }),
            .text("牵头", "Lead") { item, visit in visit(lines.title(item.lead)) },
            .text("配合", "Helps") { item, visit in
                item.assists.map { visit(lines.title($0)) }.joined(separator: visit("、", ", "))
            },
            Column("基层职责", "Part of the grassroots", .longText, cell: { item, visit in .text(visit(item.part)) }),
            Column(
                "每处每年标准工时", "Standard hours a year, each area", .number,
                cell: { item, _ in
                    // For a grid of 400 households, as the column of the page says.
                    let minutes = item.tasks.map { $0.minutesAYear(households: 400) }.reduce(0, +)
                    return minutes == 0 ? .empty : .number(Double(minutes) / 60)
                },
                html: { item, _ in
                    let minutes = item.tasks.map { $0.minutesAYear(households: 400) }.reduce(0, +)
                    return HTML(text: minutes == 0 ? "—" : hoursText(minutes))
                }),
        ]
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let (_, _, items) = try await items(Question(staff.visit.query))
        return try await SheetExport.workbook(
            named: staff(MandateTexts.lists), columns: columns, for: staff
        ) { _ in (items, nil) }
    }

    private func adopt(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (mandates, scope, now) = (mandates, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            _ = try mandates.adoptShipped(by: scope, at: now, in: transaction)
            return .seeOther("/mandates")
        }
    }

    // MARK: Differences

    private func differences(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let asked = (
            from: visit.query.filled("from").flatMap { Int64($0) }, to: visit.query.filled("to").flatMap { Int64($0) }
        )
        let mandates = mandates
        let (revisions, from, to, difference) = try await mandates.house.database.read { transaction in
            let current = try ListStore.current(in: transaction)
            let to = min(max(asked.to ?? current, 0), current)
            let from = min(max(asked.from ?? to - 1, 0), current)
            let difference = ListDifference(
                from: try ListStore.items(at: from, in: transaction), to: try ListStore.items(at: to, in: transaction))
            return (try ListStore.revisions(limit: 200, in: transaction), from, to, difference)
        }
        let title = visit(MandateTexts.differences)
        return visit.page(
            Page(
                title, breadcrumb: [(visit(MandateTexts.lists), "/mandates"), (title, nil)],
                """
                \(revisionForm(revisions, from, to, visit))\
                \(difference.isEmpty ? "<div class=\"panel empty\"><p>\(visit("这两版没有差异。", "These two do not differ."))</p></div>" : HTML())\
                \(section(visit("新增", "Added"), difference.added, visit))\
                \(section(visit("删除", "Removed"), difference.removed, visit))\
                \(difference.changed.html { change(of: $0, visit) })\
                \(table(of: revisions, visit))
                """))
    }

    private func revisionForm(_ revisions: [ListRevision], _ from: Int64, _ to: Int64, _ visit: Visit) -> HTML {
        let choices =
            revisions.map {
                Field.Choice(
                    "\($0.number)", visit("第 \($0.number) 版 \($0.validFrom)", "Revision \($0.number), \($0.validFrom)"))
            }
            + [Field.Choice("0", visit("（空）", "(nothing)"))]
        return """
            <form method="get" action="/mandates/differences" class="filters">\(Field.choice("from", visit("从", "From"), choices, value: "\(from)"))\
            \(Field.choice("to", visit("到", "To"), choices, value: "\(to)"))\(Field.submit(visit("比较", "Compare")))</form>
            """
    }

    private func section(_ title: String, _ items: [MandateItem], _ visit: Visit) -> HTML {
        guard !items.isEmpty else { return HTML() }
        return """
            <section class="panel"><h2>\(title)（\(items.count)）</h2><ul>\(items.html {
                "<li><a href=\"/mandates/items/\($0.code)\">\($0.code)</a> \(visit($0.title))</li>"
            })</ul></section>
            """
    }

    private func change(of change: ListDifference.Change, _ visit: Visit) -> HTML {
        """
        <section class="panel"><h2><a href="/mandates/items/\(change.after.code)">\(change.after.code)</a> \(visit(change.after.title))</h2>\
        <div class="scroll" tabindex="0" role="region" aria-label="\(change.after.code)"><table class="list"><thead><tr><th scope="col">\(visit("要素", "Element"))</th><th scope="col">\(visit("原", "Before"))</th><th scope="col">\(visit("现", "After"))</th></tr></thead>\
        <tbody>\(change.elements.html { element in
            "<tr><th scope=\"row\">\(visit(element.title))</th><td class=\"t\"><del>\(element.value(change.before))</del></td><td class=\"t\"><ins>\(element.value(change.after))</ins></td></tr>"
        })</tbody></table></div></section>
        """
    }

    private func table(of revisions: [ListRevision], _ visit: Visit) -> HTML {
        Listing<ListRevision>(
            caption: visit(MandateTexts.history),
            columns: [
                .number("版本", "Revision") { $0.number },
                .text("自", "Valid from") { revision, _ in revision.validFrom.description },
                Column("缘由", "Why", .longText, cell: { revision, _ in .text(revision.note) }),
                .number("新增", "Added") { $0.added }, .number("修改", "Changed") { $0.changed },
                .number("删除", "Removed") { $0.removed }, .instant("发布", "Published") { $0.at },
            ], items: revisions, whenEmpty: "<p>\(visit("还没有版本。", "No revisions yet."))</p>"
        ).html(visit)
    }
}
