import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/funds`: money that streets hold: what was paid in, what was spent, by which paper. Whoever paid in sees every movement.
struct BudgetPages: Sendable {
    let funds: Funds

    private static let pageSize = 50

    func add(to routes: Routes) {
        routes.page("/funds", right: .readFunds) { try await list($0) }
        routes.page("/funds/export", right: .readFunds) { try await export($0) }
        routes.page("/funds/new", right: .allotFunds) { form($0) }
        routes.form("/funds/new", right: .allotFunds) { try await allot($0, $1) }
        routes.page("/funds/:id", right: .readFunds) { try await show($0) }
        routes.form("/funds/:id/plan", right: .readFunds) { try await plan($0, $1) }
        routes.form("/funds/:id/moves", right: .readFunds) { try await write($0, $1) }
    }

    /// What an address narrows the list to.
    private static func filter(_ query: QueryParameters) throws(Refusal) -> BudgetFilter {
        var filter = BudgetFilter()
        func wrong(_ field: String) -> Refusal {
            Refusal(
                .malformed, "funds.filter",
                LocalizedText("筛选条件 \(field) 有误", "The filter \(field) cannot be understood"), field: field)
        }
        if let text = query.filled("street") {
            guard let street = AreaPrefix(text), street.level == .street else { throw wrong("street") }
            filter.street = street
        }
        if let text = query.filled("year") {
            guard let year = Int64(text), (2000...2200).contains(year) else { throw wrong("year") }
            filter.year = year
        }
        return filter
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let after = visit.query.filled("after")
        let filter = try Self.filter(visit.query)
        let found = try await funds.house.database.read {
            try BudgetStore.page(for: staff.scope, filter, after: after, limit: Self.pageSize + 1, in: $0)
        }
        let listing = Listing(
            caption: visit(FundTexts.funds), columns: columns, items: Array(found.prefix(Self.pageSize)),
            next: found.count > Self.pageSize ? found[Self.pageSize - 1].id.text : nil,
            whenEmpty: "<p>\(visit("还没有拨入的资金。", "No money was paid in yet."))</p>")
        let new: HTML =
            staff.scope.may(.allotFunds)
            ? "<a class=\"btn p\" href=\"/funds/new\">\(visit(FundTexts.newLine))</a>" : HTML()
        let disclosed: HTML =
            funds.rules.disclosure.isOn
            ? "<a class=\"btn\" href=\"/disclosure\">\(visit(FundTexts.disclosure))</a>" : HTML()
        return visit.page(
            Page(
                visit(FundTexts.funds), breadcrumb: [(visit(FundTexts.funds), nil)],
                """
                <p class="lead">\(visit("资金直达基层，由街道掌握，部门监督：部门拨入后看得见每一笔收支，但不能支用。", "Money goes straight to the grassroots. The street holds it; the department that paid in sees every movement and cannot spend."))</p>\
                <div class="bar">\(new)\(exportLink(visit, path: "/funds/export"))<a class="btn" href="/holdings">\(visit(FundTexts.assets))</a>\(disclosed)</div>\
                \(listing.html(visit))
                """))
    }

    private var columns: [Column<BudgetLine>] {
        let funds = funds
        return [
            .text("用途", "For what", html: { one, _ in "<a href=\"/funds/\(one.id)\">\(one.title)</a>" }) { one, _ in
                one.title
            },
            .text("街道", "Street") { one, _ in funds.areaName(one.street) },
            .text("直达", "Straight to") { one, _ in funds.areaName(one.area) },
            .text("拨款条线", "Paid in by") { one, visit in visit(funds.payer(of: one)) },
            .text("依据", "Ground") { one, _ in one.ground },
            .number("年度", "Year") { $0.year }, .number("拨入（元）", "Paid in") { $0.allotted },
            .number("已支用（元）", "Spent") { $0.spent }, .number("已占用（元）", "Committed") { $0.committed },
            .number("余额（元）", "Left") { $0.balance },
            .number("全年计划（元）", "Planned for the year") { $0.plan?.total },
            .text(
                "用款进度", "Use against plan",
                html: { one, visit in Self.tag(one.standing(funds.rules.plan, on: visit.now.local().day), visit) }
            ) { one, visit in visit(one.standing(funds.rules.plan, on: visit.now.local().day).title) },
        ]
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let (funds, scope) = (funds, staff.scope)
        let filter = try Self.filter(staff.visit.query)
        return try await SheetExport.workbook(named: staff(FundTexts.funds), columns: columns, for: staff) { after in
            let found = try await funds.house.database.read {
                try BudgetStore.page(for: scope, filter, after: after, limit: 500, in: $0)
            }
            return (found, found.count == 500 ? found.last?.id.text : nil)
        }
    }

    // MARK: Paying in

    private func form(_ staff: StaffVisit, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil) -> Response {
        let visit = staff.visit
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        var areas: [Field.Choice] = []
        for street in funds.places.children(of: staff.scope.area.code).prefix(300) {
            areas.append(Field.Choice(street.code, street.name))
            for community in funds.places.children(of: street.code).prefix(300) {
                areas.append(Field.Choice(community.code, street.name + " › " + community.name))
            }
        }
        let title = visit(FundTexts.newLine)
        let open = funds.rules.disclosure.isOn ? visit(FundTexts.becomesPublic) : nil
        return visit.page(
            Page(
                title, breadcrumb: [(visit(FundTexts.funds), "/funds"), (title, nil)],
                notice: refusal.map { Page.Notice(.danger, visit($0.message)) },
                """
                <form class="panel narrow" method="post" action="/funds/new" data-draft="funds-new">\(visit.formFields)\
                \(Field.choice("area", visit("拨给哪里", "To whom"), areas, value: typed?["area"], required: true, none: visit("请选择", "Choose"), error: error("area")))\
                \(Field.text("title", visit("用途", "For what"), value: typed?["title"], required: true, maximum: 60, hint: open, error: error("title")))\
                \(Field.text("ground", visit("对应的清单事项、准入或合同（可选）", "Item, admission or contract that it pays for (optional)"), value: typed?["ground"], maximum: 40, error: error("ground")))\
                \(Field.text("yuan", visit("金额（元）", "Yuan"), value: typed?["yuan"], required: true, maximum: 9, error: error("yuan"), inputMode: "numeric"))\
                \(Field.text("paper", visit("拨款文号", "Number of the paper"), value: typed?["paper"], required: true, maximum: 60, error: error("paper")))\
                <p>\(Field.submit(visit("拨入", "Pay in")))</p></form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func allot(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let new = NewBudgetLine(
            area: fields["area"] ?? "", title: fields["title"] ?? "", ground: fields.filled("ground"),
            yuan: Int64(fields["yuan"] ?? "") ?? 0, paper: fields["paper"] ?? "")
        let (funds, scope, now) = (funds, staff.scope, staff.visit.now)
        do {
            return try await staff.visit.write(submission) { transaction in
                let line = try funds.allot(new, by: scope, at: now, in: transaction)
                return .seeOther("/funds/\(line.id)")
            }
        } catch let refusal as Refusal where refusal.kind == .ruleBroken {
            return form(staff, fields, refusal)
        }
    }

    // MARK: One

    func show(_ staff: StaffVisit, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let id: BudgetLineID = try visit.identifier()
        let (line, moves) = try await funds.house.database.read { transaction in
            guard let line = try BudgetStore.find(id, for: staff.scope, in: transaction) else {
                throw Refusal.nothingHere
            }
            return (line, try BudgetStore.moves(of: id, limit: 500, in: transaction))
        }
        let listing = Listing(
            caption: visit("每一笔收支", "Every movement"), columns: moveColumns, items: moves,
            whenEmpty: "<p>\(visit("还没有收支。", "No movement yet."))</p>")
        func row(_ name: String, _ value: String) -> HTML { "<dt>\(name)</dt><dd>\(value)</dd>" }
        return visit.page(
            Page(
                line.title, breadcrumb: [(visit(FundTexts.funds), "/funds"), (line.title, nil)],
                notice: refusal.map { refusal in
                    Page.Notice(
                        .danger,
                        [visit(refusal.message), refusal.wayOn.map { visit($0) }].compactMap { $0 }.joined(
                            separator: " "))
                },
                """
                <section class="panel"><dl class="facts">\(row(visit("街道（掌握）", "Street, which holds it"), funds.areaName(line.street)))\
                \(row(visit("直达", "Straight to"), funds.areaName(line.area)))\(row(visit("拨款条线（监督）", "Paid in by, who watches"), visit(funds.payer(of: line))))\
                \(row(visit("依据", "Ground"), line.ground ?? "—"))\(row(visit("拨入", "Paid in"), visit("\(line.allotted) 元", "\(line.allotted) yuan")))\
                \(row(visit("已支用", "Spent"), visit("\(line.spent) 元", "\(line.spent) yuan")))\(row(visit("已占用（签约未付）", "Committed, not paid"), visit("\(line.committed) 元", "\(line.committed) yuan")))\
                \(row(visit("余额", "Left"), visit("\(line.balance) 元", "\(line.balance) yuan")))</dl></section>\
                \(planPanel(line, staff, typed, refusal))\(moveForm(line, staff, typed, refusal))\(listing.html(visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    private var moveColumns: [Column<BudgetMove>] {
        [
            .instant("时间", "When") { $0.at }, .text("收支", "Movement") { one, visit in visit(one.kind.title) },
            .number("收支（元）", "In or out (yuan)") { $0.kind.balance == 0 ? nil : $0.kind.balance * $0.yuan },
            .number("占用（元）", "Committed (yuan)") { $0.kind.commitment == 0 ? nil : $0.kind.commitment * $0.yuan },
            Column("事由", "For what", .longText, cell: { one, _ in .text(one.words) }),
            .text("文号或凭证", "Paper") { one, _ in one.paper },
        ]
    }

    /// What this post may write, if anything.
    private func moveForm(
        _ line: BudgetLine, _ staff: StaffVisit, _ typed: QueryParameters?, _ refusal: Refusal?
    ) -> HTML {
        let visit = staff.visit
        let scope = staff.scope
        let kinds: [BudgetMove.Kind] =
            scope.line == nil && scope.area == line.street && scope.may(.holdFunds)
            ? [.spend, .commit, .settle, .release, .refund]
            : scope.may(.allotFunds) && scope.line == line.source ? [.allot] : []
        guard !kinds.isEmpty else { return HTML() }
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        return """
            <details class="act"\(flag: "open", refusal != nil && typed?["yuan"] != nil)><summary>\(visit("记一笔", "Write a movement"))</summary>\
            <form method="post" action="/funds/\(line.id)/moves">\(visit.formFields)<input type="hidden" name="_version" value="\(line.version)">\
            \(Field.choice("kind", visit("收支", "Movement"), kinds.map { Field.Choice($0.rawValue, visit($0.title)) }, value: typed?["kind"], required: true))\
            \(Field.text("yuan", visit("金额（元）", "Yuan"), value: typed?["yuan"], required: true, maximum: 9, error: error("yuan"), inputMode: "numeric"))\
            \(Field.text("words", visit("事由", "For what"), value: typed?["words"], required: true, maximum: 120, error: error("words")))\
            \(Field.text("paper", visit("文号或凭证号", "Paper or receipt"), value: typed?["paper"], required: true, maximum: 60, error: error("paper")))\
            \(Field.submit(visit("记账", "Write it")))</form></details>
            """
    }

    private func write(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let id: BudgetLineID = try staff.visit.identifier()
        let (funds, scope, now, seen) = (funds, staff.scope, staff.visit.now, submission.seenVersion)
        do {
            guard let kind = BudgetMove.Kind(rawValue: fields["kind"] ?? "") else {
                throw funds.wrong("kind", "请选择收支种类", "Choose the kind of movement")
            }
            return try await staff.visit.write(submission) { transaction in
                _ = try funds.write(
                    kind, Int64(fields["yuan"] ?? "") ?? 0, words: fields["words"] ?? "", paper: fields["paper"] ?? "",
                    on: id, seen: seen, by: scope, at: now, in: transaction)
                return .seeOther("/funds/\(id)")
            }
        } catch let refusal as Refusal where [.ruleBroken, .forbidden, .changedMeanwhile].contains(refusal.kind) {
            return try await show(staff, fields, refusal)
        }
    }
}
