import Desk
import Ground
import Hummingbird
import Identity
import Ledger
import Places
import Storage
import Web

/// `/grids`: plans, coverage, and which communities need grids at all.
struct GridPages: Sendable {
    let grids: Grids

    func add(to routes: Routes) {
        routes.page("/grids", right: .gridsRead) { try await home($0, nil, nil) }
        routes.page("/grids/coverage", right: .gridsRead) { try await coverage($0) }
        routes.page("/grids/coverage.xlsx", right: .gridsRead) { try await coverageSheet($0) }
        routes.page("/grids/communities", right: .gridsRead) { try await communities($0, nil) }
        routes.page("/grids/communities.xlsx", right: .gridsRead) { try await communitySheet($0) }
        routes.form("/grids/communities", right: .gridsPlan) { try await state($0, $1) }
        routes.form("/grids", right: .gridsPlan) { try await make($0, $1) }
    }

    private static let pageLength = 30

    // MARK: Plans

    private func home(_ staff: StaffVisit, _ typed: QueryParameters?, _ refusal: Refusal?) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let after = visit.query.filled("after")
        let (plans, coverage) = try await grids.house.database.read { transaction in
            (
                try PlanStore.page(for: scope, after: after, limit: Self.pageLength + 1, in: transaction),
                try Coverage.of(scope.area, grids, in: transaction)
            )
        }
        let listing = Listing(
            caption: visit(GridTexts.plans), columns: columns(), items: Array(plans.prefix(Self.pageLength)),
            next: plans.count > Self.pageLength ? plans[Self.pageLength - 1].id.text : nil,
            whenEmpty:
                "<p>\(visit("还没有方案。选一个街道或社区，由楼栋计算网格。", "There is no plan yet. Choose a street or a community, and grids are computed from its buildings."))</p>"
        )
        return visit.page(
            Page(
                visit(GridTexts.grids),
                notice: visit.query["done"].map { _ in Page.Notice(.ok, visit("已保存。", "Saved.")) },
                """
                <ul class="ways">\
                \(way("/grids/buildings", visit(GridTexts.buildings), visit("导入与查看：方案由楼栋计算", "Bring them in, look them up: plans are made from them")))\
                \(way("/grids/barriers", visit(GridTexts.barriers), visit("河流、铁路、道路与桥梁：网格不跨过它们", "Rivers, railways, roads and bridges, which grids heed")))\
                \(way("/grids/coverage", visit(GridTexts.coverage), visit("\(coverage.without) 格无人，\(coverage.several) 格多人", "\(coverage.without) without a worker, \(coverage.several) with several")))\
                \(way("/grids/communities", visit(GridTexts.verdicts), visit("该不该划、怎么划，附理由", "Whether and how, with reasons")))\
                \(way("/grids/functional", visit(GridTexts.functional), visit("园区、校园、汛期：到期自动撤销", "Parks, campuses, floods; they end by themselves")))</ul>\
                \(form(staff, typed, refusal))\(listing.html(visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func way(_ address: String, _ title: String, _ text: String) -> HTML {
        "<li><a class=\"way\" href=\"\(address)\"><strong>\(title)</strong><span>\(text)</span></a></li>"
    }

    private func form(_ staff: StaffVisit, _ typed: QueryParameters?, _ refusal: Refusal?) -> HTML {
        guard staff.scope.may(.gridsPlan) else { return HTML() }
        let visit = staff.visit
        func error(_ field: String) -> String? { refusal?.field == field ? refusal.map { visit($0.message) } : nil }
        return """
            <details class="act"\(flag: "open", refusal != nil)><summary>\(visit("编制新方案", "Make a plan"))</summary>\
            <form method="post" action="/grids" class="narrow">\(visit.formFields)\
            \(Field.text("title", visit("名称", "Name"), value: typed?["title"], required: true, maximum: 60, error: error("title")))\
            \(Field.choice("area", visit("范围", "Area"), areas(staff.scope), value: typed?["area"], required: true, hint: visit("已有网格的，先给出变动最少的做法。", "Where there are grids, the way that changes least comes first."), error: error("area")))\
            \(Field.submit(visit("计算", "Compute")))</form></details>
            """
    }

    /// Streets and communities of a scope, for choosing one.
    func areas(_ scope: Scope) -> [Field.Choice] {
        func below(_ code: String, _ names: [String]) -> [Field.Choice] {
            guard code.utf8.count < 12 else { return [] }
            return grids.places.children(of: code).filter { $0.code.utf8.count <= 12 }.flatMap { child in
                let path = names + [child.name]
                let own =
                    child.code.utf8.count >= 9 ? [Field.Choice(child.code, path.joined(separator: " › "))] : []
                return own + below(child.code, path)
            }
        }
        let top = scope.area.code
        let own =
            (9...12).contains(top.utf8.count) ? [Field.Choice(top, grids.places.name(of: top) ?? top)] : []
        return own + below(top, [])
    }

    private func columns() -> [Column<GridPlan>] {
        let places = grids.places
        return [
            .text(
                "方案", "Plan", html: { plan, _ in "<a href=\"/grids/plans/\(plan.id)\">\(plan.title)</a>" }
            ) { plan, _ in plan.title },
            .text("范围", "Area") { plan, _ in places.name(of: plan.area.code) ?? plan.area.code },
            .text("状态", "State") { plan, visit in visit(plan.state.text) },
            .text("选择", "Choice") { plan, visit in plan.chosen.map { visit($0.text) } },
            .text("生效", "In force") { plan, _ in plan.effectiveOn?.description },
            .instant("编制", "Made") { $0.madeAt },
        ]
    }

    private func make(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let (now, scope) = (staff.visit.now, staff.scope)
        let work = PlanWork(grids: grids)
        do {
            guard let area = AreaPrefix(fields["area"] ?? "") else { throw Refusal.nothingHere }
            let made = try await work.make(area, title: fields["title"] ?? "", by: scope, at: now)
            return try await staff.visit.write(submission) { transaction in
                try work.store(made, by: scope, at: now, in: transaction)
                return .seeOther("/grids/plans/\(made.plan.id)")
            }
        } catch let refusal as Refusal where refusal.field != nil {
            return try await home(staff, fields, refusal)
        }
    }

    // MARK: Coverage

    private func coverage(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let filter = visit.query["show"].flatMap { Coverage.Filter(rawValue: $0) } ?? .none
        let area = staff.scope.area
        let coverage = try await grids.house.database.read { try Coverage.of(area, grids, in: $0) }
        let after = visit.query["after"] ?? ""
        let lines = coverage.lines.filter { filter.takes($0) && $0.grid > after }
        let shown = Array(lines.prefix(200))
        let listing = Listing(
            caption: visit(GridTexts.coverage), columns: coverageColumns(), items: shown,
            next: lines.count > shown.count ? shown.last?.grid : nil,
            whenEmpty: "<p>\(visit("没有这样的网格。", "There is no such grid."))</p>")
        let tabs: [(Coverage.Filter, String, Int)] = [
            (.none, visit("无网格员", "Without a worker"), coverage.without),
            (.several, visit("多名网格员", "With several"), coverage.several),
            (.all, visit("全部", "All"), coverage.lines.count),
        ]
        return visit.page(
            Page(
                visit(GridTexts.coverage), breadcrumb: crumbs(visit, GridTexts.coverage),
                """
                <p class="lead">\(visit("一格一员：没有网格员的网格，和有两名以上的网格。", "One worker for each grid: grids without one, and grids with two or more."))</p>\
                <nav class="tabs" aria-label="\(visit("筛选", "Filter"))">\(tabs.html { tab in
                    let isOn = tab.0 == filter
                    return "<a href=\"/grids/coverage?show=\(tab.0.rawValue)\"\(attribute: "aria-current", isOn ? "page" : nil)>\(tab.1) <b>\(tab.2)</b></a>"
                })</nav><div class="bar">\(exportLink(visit, path: "/grids/coverage.xlsx"))</div>\(listing.html(visit))
                """))
    }

    private func coverageSheet(_ staff: StaffVisit) async throws -> Response {
        let filter = staff.visit.query["show"].flatMap { Coverage.Filter(rawValue: $0) } ?? .none
        let area = staff.scope.area
        let lines = try await grids.house.database.read {
            try Coverage.of(area, grids, in: $0).lines.filter(filter.takes)
        }
        try await grids.recordExport(GridTexts.coverage, lines.count, staff)
        return try await SheetExport.workbook(
            named: staff(GridTexts.coverage), columns: coverageColumns(), for: staff
        ) { _ in (lines, nil) }
    }

    private func coverageColumns() -> [Column<Coverage.Line>] {
        let places = grids.places
        return [
            .text("网格", "Grid", html: { line, _ in "<a href=\"/places/\(line.grid)\">\(line.name)</a>" }) { line, _ in
                line.name
            },
            .text("代码", "Code") { line, _ in line.grid },
            .text("社区", "Community") { line, _ in places.name(of: String(line.grid.prefix(12))) },
            .number("户数", "Households") { $0.households },
            .number("网格员", "Workers") { Int64($0.workers) },
        ]
    }

    func crumbs(_ visit: Visit, _ last: LocalizedText) -> [(text: String, address: String?)] {
        [(visit(GridTexts.grids), "/grids"), (visit(last), nil)]
    }

    // MARK: Verdicts

    private func communities(_ staff: StaffVisit, _ refusal: Refusal?) async throws -> Response {
        let visit = staff.visit
        let page = try await CommunityLines(grids: grids).page(staff.scope, after: visit.query["after"] ?? "")
        let listing = Listing(
            caption: visit(GridTexts.verdicts), columns: communityColumns(staff.scope), items: page.items,
            next: page.next,
            whenEmpty: "<p>\(visit("辖区内没有社区。", "There are no communities in the area."))</p>")
        let notice =
            refusal.map { Page.Notice(.danger, visit($0.message)) }
            ?? visit.query["done"].map { _ in Page.Notice(.ok, visit("已保存。", "Saved.")) }
        return visit.page(
            Page(
                visit(GridTexts.verdicts), breadcrumb: crumbs(visit, GridTexts.verdicts), notice: notice,
                """
                <p class="lead">\(visit("不是每个社区都要划网格：按密度、规模与自治水平逐个研判。标准待当地核实（Rules/grid-norms.yaml）。", "Not every community needs grids: judged one by one by density, size and self-governance. The norms are to be checked locally (Rules/grid-norms.yaml)."))</p>\
                <div class="bar">\(exportLink(visit, path: "/grids/communities.xlsx"))</div>\(listing.html(visit))\
                \(standingForm(staff, page.items))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func standingForm(_ staff: StaffVisit, _ lines: [CommunityLine]) -> HTML {
        guard staff.scope.may(.gridsPlan), !lines.isEmpty else { return HTML() }
        let visit = staff.visit
        let levels = [
            visit("0 无", "0 none"), visit("1 弱", "1 weak"), visit("2 一般", "2 ordinary"), visit("3 良好", "3 good"),
            visit("4 成熟", "4 mature"),
        ]
        return """
            <details class="act"><summary>\(visit("填报社区情况", "State how a community stands"))</summary>\
            <form method="post" action="/grids/communities" class="narrow">\(visit.formFields)\
            \(Field.choice("community", visit("社区", "Community"), lines.map { Field.Choice($0.community, $0.name) }, required: true))\
            \(Field.choice("type", visit("类型", "Type"), grids.norms.types.map { Field.Choice($0.key, visit($0.title)) }, none: visit("按名称", "By its name")))\
            \(Field.choice("selfGovernance", visit("自治水平", "Self-governance"), levels.enumerated().map { Field.Choice("\($0.offset)", $0.element) }, none: visit("未填报", "Not stated")))\
            \(Field.text("oneOwnerShare", visit("同一单位或业主的户数占比（%）", "Share of households of one owner or employer (%)"), value: "0", type: "number"))\
            \(Field.submit(visit("保存", "Save")))</form></details>
            """
    }

    private func communitySheet(_ staff: StaffVisit) async throws -> Response {
        let lines = CommunityLines(grids: grids)
        let scope = staff.scope
        try await grids.recordExport(GridTexts.verdicts, grids.communities(below: scope.area).count, staff)
        return try await SheetExport.workbook(
            named: staff(GridTexts.verdicts), columns: communityColumns(scope), for: staff
        ) { after in try await lines.page(scope, after: after ?? "") }
    }

    private func communityColumns(_ scope: Scope) -> [Column<CommunityLine>] {
        [
            .text("社区", "Community", html: { line, _ in "<a href=\"/places/\(line.community)\">\(line.name)</a>" }) {
                line, _ in
                line.name
            },
            .text("研判", "Verdict", html: { line, visit in "<strong>\(visit(line.verdict.kind.text))</strong>" }) {
                $1($0.verdict.kind.text)
            },
            Column(
                "理由", "Reasons", .longText,
                cell: { line, visit in .text(line.verdict.reasons.map { visit($0) }.joined(separator: visit("；", "; ")))
                }),
            .text("类型", "Type") { line, visit in
                visit(line.type.title) + (line.type.isToBeChecked ? visit("（待当地核实）", " (to be checked locally)") : "")
            },
            .number("户数", "Households") { Int64($0.households) },
            .number("现有网格", "Grids today") { Int64($0.gridsToday) },
        ]
    }

    private func state(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let (now, scope) = (staff.visit.now, staff.scope)
        let share = fields.filled("oneOwnerShare").map { Double($0) ?? -1 } ?? 0
        let request = StandingRequest(
            type: fields.filled("type"), selfGovernance: fields.filled("selfGovernance").map { Int($0) ?? -1 },
            oneOwnerShare: share / 100)
        do {
            return try await staff.visit.write(submission) { transaction in
                _ = try request.store(
                    fields["community"] ?? "", grids, by: scope, at: now, in: transaction)
                return .seeOther("/grids/communities?done=standing")
            }
        } catch let refusal as Refusal where refusal.field != nil {
            return try await communities(staff, refusal)
        }
    }
}

extension Grids {
    /// An export is an act.
    func recordExport(_ title: LocalizedText, _ rows: Int, _ staff: StaffVisit) async throws {
        let now = staff.visit.now
        let id: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        let scope = staff.scope
        try await house.database.write { transaction in
            try Ledger.record(
                LedgerEntry(
                    id: id, act: "grids.exported", subjectKind: "export", subjectID: id.text, actor: Actor(scope),
                    happenedAt: now, receivedAt: now, area: scope.area.code,
                    facts: JSONWriter.object { writer in
                        writer.member("name", title.chinese)
                        writer.member("rows", rows)
                    }), in: transaction)
        }
    }
}
