import Cipher
import Desk
import Ground
import Hummingbird
import Identity
import Messages
import Storage
import Web

/// `/cases`: the queue. What it shows stands in its address, so a list can be kept, shared and gone back to.
struct QueuePage: Sendable {
    let cases: Cases

    struct Model: Sendable {
        var rows: [CaseRow] = []
        var next: String?
        /// nil when a filter is on that the maintained counts do not know.
        var counts: [StateName: Int64]?
        var views: [SavedView] = []
        var bodies: [BodyFacts] = []
        /// The viewer's own act that took a matter out of their sight, while it can be taken back.
        var undoable: (id: CaseID, undoable: Undoable)?
        /// Beside a list of what waits to be taken in the viewer's own body.
        var taking: WorkShareBoard?
        /// How many matters the filter finds beyond this page.
        var reach = BulkSelection.Reach.thisPage
    }

    /// How the matters stand to their deadline: one choice of the query form (`due=`).
    enum Pressure: String, CaseIterable {
        case overdue, soon
        case finishedToday = "finished-today"

        init?(_ query: QueryParameters) {
            // The interface for programs says it in this way; a link made for one works for the other.
            if query["overdue"] == "true" { self = .overdue } else { self.init(rawValue: query["due"] ?? "") }
        }

        var title: LocalizedText {
            switch self {
            case .overdue: CaseTexts.overdue
            case .soon: CaseTexts.dueSoon
            case .finishedToday: CaseTexts.finishedToday
            }
        }
    }

    /// As many as a screen holds that nobody scrolls.
    private static let lengthOnWall = 10

    func add(to routes: Routes) {
        routes.page("/cases", right: .caseRead) { try await show($0) }
        routes.form("/cases/phone", right: .caseRead) { staff, submission in try await findPhone(staff, submission) }
        SavedViews(cases: cases).add(to: routes)
        BulkPage(cases: cases).add(to: routes)
        QueueExport(cases: cases).add(to: routes)
    }

    /// The filter of the address. A phone number never stands in one: only its blind index does.
    static func filter(
        _ cases: Cases, _ staff: StaffVisit, _ query: QueryParameters
    ) throws(Refusal) -> (CaseFilter, limit: Int) {
        var (filter, limit) = try cases.filter(query, staff)
        if let reporter = query.filled("reporter") { filter.phoneIndex = reporter }
        switch Pressure(query) {
        case .overdue: filter.isOverdue = true
        case .soon: filter.isDueSoon = true
        case .finishedToday: filter.finishedSince = staff.visit.now.startOfDay
        case nil: break
        }
        return (filter, limit)
    }

    // MARK: Reading

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        do {
            let (filter, limit) = try Self.filter(cases, staff, visit.query)
            let model = try await cases.house.database.read { transaction in
                try self.model(filter, limit, staff, in: transaction)
            }
            return visit.page(page(model, staff, notice: doneNotice(visit)))
        } catch let refusal as Refusal where refusal.kind == .malformed || refusal.kind == .ruleBroken {
            // A filter that cannot be read: the form stays as it was filled in.
            let model = try await cases.house.database.read { transaction in
                Model(views: try SavedViewStore.list(of: scope.staff, in: transaction))
            }
            return visit.page(page(model, staff, notice: refusal.notice(visit)), status: refusal.kind.status)
        }
    }

    private func model(
        _ filter: CaseFilter, _ limit: Int, _ staff: StaffVisit, in transaction: any Transaction
    ) throws -> Model {
        let (scope, visit) = (staff.scope, staff.visit)
        var model = Model()
        let limit = visit.isWall ? min(limit, Self.lengthOnWall) : limit
        var records = try CaseStore.page(filter, for: scope, limit: limit + 1, in: transaction)
        if records.count > limit {
            records.removeLast()
            model.next = records.last.map(filter.key(after:))
        }
        model.rows = try CaseRow.rows(records, cases, in: transaction)
        let isPart = model.next != nil || visit.query["after"] != nil
        if filter.isCounted {
            model.counts = try CaseStore.counts(for: scope, area: filter.area, body: filter.body, in: transaction)
        }
        if isPart { model.reach = .more(model.counts.map { total(of: filter, $0) }) }
        model.views = try SavedViewStore.list(of: scope.staff, in: transaction)
        if let id = visit.query["undo"].flatMap({ CaseID(parsing: $0) }),
            let undoable = try UndoStore.undoable(of: id, in: transaction), undoable.staff == scope.staff
        {
            model.undoable = (id, undoable)
        }
        model.taking = try taking(filter, scope, in: transaction)
        if scope.line == nil { model.bodies = try cases.bodyChoices(for: scope.area, in: transaction) }
        return model
    }

    /// Only where what is listed waits to be taken, and the viewer is one of those who could.
    private func taking(
        _ filter: CaseFilter, _ scope: Scope, in transaction: any Transaction
    ) throws -> WorkShareBoard? {
        let acts = filter.states.flatMap { state in cases.rules.workflow(with: state)?.acts(from: state) ?? [] }
        guard let act = acts.first(where: { cases.workShare.applies(to: $0) && $0.right.map(scope.may) ?? false })
        else { return nil }
        return try cases.takingBoard(of: act, for: scope, in: transaction)
    }

    /// Ends have no deadline, so a list in the order of deadlines does not show them.
    private func total(of filter: CaseFilter, _ counts: [StateName: Int64]) -> Int {
        let shown = workflow(of: filter).states.filter { state in
            (filter.states.isEmpty || filter.states.contains(state.name)) && !(filter.isByDue && state.isEnd)
        }
        return Int(shown.reduce(0) { $0 + (counts[$1.name] ?? 0) })
    }

    /// After an act that took the matter out of the viewer's sight.
    private func doneNotice(_ visit: Visit) -> Page.Notice? {
        if visit.query["done"] == CaseStep.undo.rawValue {
            return Page.Notice(.ok, visit("已撤销，恢复到操作之前。", "Undone; it is as it was before."))
        }
        guard let name = visit.query["done"], let act = cases.rules.act(ActName(rawValue: name)) else {
            return nil
        }
        return Page.Notice(.ok, visit("已“\(act.title.chinese)”。", "Done: \(act.title.english)."))
    }

    /// The number goes no further than its blind index; that it was looked for, and what for, is on the ledger first.
    private func findPhone(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let index = try await cases.searchIndex(
            ofPhone: submission.fields["phone"] ?? "", purpose: submission.fields["purpose"] ?? "", by: staff.scope,
            at: staff.visit.now)
        return .seeOther(QueryParameters([("reporter", index)]).address("/cases"))
    }

    // MARK: The page

    private func page(_ model: Model, _ staff: StaffVisit, notice: Page.Notice?) -> Page {
        let visit = staff.visit
        let listing = Listing(
            caption: visit(CaseTexts.cases), columns: CaseRow.queueColumns(cases), items: model.rows, next: model.next,
            whenEmpty: """
                <p>\(visit("没有符合条件的诉求。", "No matter fits."))</p>\
                <p class="hint">\(visit("请放宽条件，或", "Loosen the filter, or")) <a href="/cases">\(visit("查看全部诉求", "see all matters"))</a></p>
                """,
            selection: { $0.record.id.text })
        let bulk = BulkPage(cases: cases)
        let form = QueueForm(cases: cases, staff: staff, bodies: model.bodies)
        if visit.isWall {
            var page = Page(visit(CaseTexts.cases), "\(tabs(model.counts, visit))\(listing.html(visit))")
            page.wall = Page.Wall(next: model.next.map { visit.query.setting("after", $0).address("/cases") })
            return page
        }
        let trail = AreaTrail(
            from: staff.scope.area, to: visit.query.filled("area").flatMap { AreaPrefix($0) } ?? staff.scope.area,
            name: { AreaPrefix($0).flatMap(cases.areas.name) },
            children: { code in
                AreaPrefix(code).map { cases.areas.children(of: $0).map { ($0.area.code, $0.name) } } ?? []
            }, address: { address(of: $0, staff) })
        var page = Page(
            visit(CaseTexts.cases), breadcrumb: trail.crumbs, notice: notice,
            """
            \(model.undoable.map { UndoForm(cases: cases).html($0.id, $0.undoable, visit) })\
            \(kinds(visit))\(tabs(model.counts, visit))\(form.html)\(tools(staff))\
            \(SavedViews(cases: cases).html(model.views, visit))\(form.phoneForm)\
            \(model.taking.map { WorkSharePanel(cases: cases, visit: visit).section($0) } ?? HTML())\
            <form method="post" action="/cases/bulk">\(visit.formFields)\(listing.html(visit))\
            \(model.rows.isEmpty ? HTML() : bulk.bar(staff, model.bodies, model.reach))</form>
            """)
        page.besides = trail.besides
        page.wall = Page.Wall()
        return page
    }

    /// The same list of another area.
    private func address(of area: String, _ staff: StaffVisit) -> String {
        staff.visit.query.setting("after", nil).setting("done", nil).setting("undo", nil)
            .setting("area", area == staff.scope.area.code ? nil : area).address("/cases")
    }

    private func workflow(of filter: CaseFilter) -> Workflow {
        filter.kind.flatMap { cases.rules.workflow(named: $0) } ?? cases.rules.workflow
    }

    /// The kind that the address asks for, by name or by one of its states.
    private func workflow(_ visit: Visit) -> Workflow {
        visit.query.filled("kind").flatMap { cases.rules.workflow(named: $0) }
            ?? visit.query.filled("state").flatMap { cases.rules.workflow(with: StateName(rawValue: $0)) }
            ?? cases.rules.workflow
    }

    /// Residents' matters, whistles, parts …: each has a queue of its own.
    private func kinds(_ visit: Visit) -> HTML {
        let chosen = workflow(visit).name
        return """
            <nav class="tabs kinds noprint" aria-label="\(visit("事项类型", "Kinds"))">\(cases.rules.workflows.html { workflow in
                let address = workflow.name == Workflow.matter ? "/cases" : "/cases?kind=\(workflow.name)"
                return "<a href=\"\(address)\"\(attribute: "aria-current", chosen == workflow.name ? "page" : nil)>\(visit(workflow.shortTitle))</a>" as HTML
            })</nav>
            """
    }

    private func tabs(_ counts: [StateName: Int64]?, _ visit: Visit) -> HTML {
        let workflow = workflow(visit)
        let chosen = visit.query.filled("state")
        let all = counts.map { counts in workflow.states.reduce(0) { $0 + (counts[$1.name] ?? 0) } }
        func tab(_ state: String?, _ text: String, _ count: Int64?) -> HTML {
            """
            <a href="\(visit.query.setting("after", nil).setting("done", nil).setting("undo", nil).setting("state", state).address("/cases"))"\
            \(attribute: "aria-current", chosen == state ? "page" : nil)>\(text)\(count.map { " <b>\($0)</b>" } ?? HTML())</a>
            """
        }
        return """
            <nav class="tabs" aria-label="\(visit(CaseTexts.state))">\(tab(nil, visit(CaseTexts.all), all))\
            \(workflow.states.html { state in
                tab(state.name.rawValue, visit(state.title), counts.map { $0[state.name] ?? 0 })
            })</nav>
            """
    }

    private func tools(_ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        return """
            <div class="bar">\
            \(staff.scope.may(.caseReport) ? "<a class=\"btn p\" href=\"/cases/new\">\(symbol("file-pen"))<span>\(visit(CaseTexts.newReport))</span></a>" : HTML())\
            \(BeginPage.kinds(cases).filter { $0.begin.map { staff.scope.may($0.right) && staff.scope.line == nil } ?? false }.html { "<a class=\"btn\" href=\"/cases/begin/\($0.name)\">\(visit($0.title))</a>" })\
            \(staff.scope.may(.caseExport) ? exportLink(visit, path: "/cases/export") : copyLink(visit))</div>
            """
    }
}

extension CaseFilter {
    /// Whether the maintained counts answer for it: they know state, area and body only.
    fileprivate var isCounted: Bool {
        category == nil && mine == nil && !isOverdue && !isDueSoon && numberEnd == nil && phoneIndex == nil
            && finishedSince == nil && area?.level != .grid
    }
}

extension Cases {
    /// Who could be given a matter of an area: the departments and bodies of the county, then those of its street and below.
    func bodyChoices(for area: AreaPrefix, in transaction: any Transaction) throws -> [BodyFacts] {
        let county = house.settings.area
        let countyWide = try bodies.bodies(in: county, limit: 200, in: transaction).filter { $0.area == county }
        guard let street = area.street.flatMap({ AreaPrefix($0) }) else {
            let others = try bodies.bodies(in: county, limit: 500, in: transaction)
            return countyWide + others.filter { $0.area != county && $0.area.level <= .street }
        }
        return countyWide + (try bodies.bodies(in: street, limit: 200, in: transaction))
    }
}

extension Refusal {
    /// What it says and what to do now, above a page that stays as it was.
    func notice(_ visit: Visit) -> Page.Notice {
        let way = wayOn.map { visit("。", ". ") + visit($0) } ?? ""
        return Page.Notice(.danger, visit(message) + way)
    }
}
