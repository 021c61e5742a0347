import Desk
import Geo
import GridDesign
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/grids/plans/…`: the ways of a plan side by side, from the least change to a design from nothing, and the decision.
struct PlanPages: Sendable {
    let grids: Grids

    func add(to routes: Routes) {
        routes.page("/grids/plans/:id", right: .gridsRead) { try await show($0, nil) }
        routes.page("/grids/plans/:id/grids.xlsx", right: .gridsRead) { try await sheet($0) }
        routes.page("/grids/plans/:id/grids.geojson", right: .gridsRead) { try await geoJSON($0) }
        routes.form("/grids/plans/:id/accept", right: .gridsPlan) { try await accept($0, $1) }
        routes.form("/grids/plans/:id/drop", right: .gridsPlan) { try await drop($0, $1) }
    }

    private struct Shown: Sendable {
        var plan: GridPlan
        var choices: [GridPlan.Choice]
        var grids: [Redesign.Choice.Kind: [GridPlan.PlannedGrid]]
        /// Where its grids lie.
        var barriers: [GroundBarrier]
    }

    private func read(_ staff: StaffVisit) async throws -> Shown {
        let id: GridPlanID = try staff.visit.identifier()
        let scope = staff.scope
        return try await grids.house.database.read { transaction in
            let plan = try PlanStore.find(id, for: scope, in: transaction)
            let choices = try PlanStore.choices(of: id, in: transaction)
            var planned: [Redesign.Choice.Kind: [GridPlan.PlannedGrid]] = [:]
            for choice in choices { planned[choice.kind] = try PlanStore.grids(of: id, choice.kind, in: transaction) }
            var whole: Box?
            for box in planned.values.joined().compactMap({ $0.outline?.box }) {
                if whole == nil { whole = box } else { whole?.enclose(box) }
            }
            let barriers = try whole.map { try BarrierStore.touching($0, in: transaction) } ?? []
            return Shown(plan: plan, choices: choices, grids: planned, barriers: barriers)
        }
    }

    private func show(_ staff: StaffVisit, _ refusal: Refusal?) async throws -> Response {
        let visit = staff.visit
        let shown = try await read(staff)
        let plan = shown.plan
        let kind = self.kind(visit, shown)
        let listing = Listing(
            caption: visit("网格清单：\(kind.text.chinese)", "Grids: \(kind.text.english)"), columns: columns(),
            items: Array((shown.grids[kind] ?? []).prefix(500)),
            whenEmpty: "<p>\(visit("没有网格。", "There are no grids."))</p>")
        let notice =
            refusal.map { Page.Notice(.danger, visit($0.message)) }
            ?? visit.query["done"].map { _ in Page.Notice(.ok, visit("已保存。", "Saved.")) }
        return visit.page(
            Page(
                plan.title, breadcrumb: [(visit(GridTexts.grids), "/grids"), (plan.title, nil)], notice: notice,
                """
                <dl class="facts"><dt>\(visit("范围", "Area"))</dt><dd>\(grids.places.name(of: plan.area.code) ?? plan.area.code)</dd>\
                <dt>\(visit("状态", "State"))</dt><dd>\(visit(plan.state.text))\(plan.chosen.map { " · \(visit($0.text))" } ?? "")\(plan.effectiveOn.map { " · \($0)" } ?? "")</dd></dl>\
                \(figures(shown, visit))<div class="cards">\(shown.choices.html { picture($0, shown, visit) })</div>\(barriers(shown, visit))\
                \(decision(shown, kind, staff))\(verdicts(plan, visit))\
                <nav class="tabs" aria-label="\(visit("选择", "Choice"))">\(shown.choices.html { choice in
                    let isOn = choice.kind == kind
                    return "<a href=\"/grids/plans/\(plan.id)?choice=\(choice.kind.rawValue)\"\(attribute: "aria-current", isOn ? "page" : nil)>\(visit(choice.kind.text))</a>"
                })</nav>\
                <div class="bar">\(exportLink(visit, path: "/grids/plans/\(plan.id)/grids.xlsx"))</div>\
                <div class="bar"><a class="btn" href="\(visit.query.address("/grids/plans/\(plan.id)/grids.geojson"))" download>\(symbol("download"))<span>GeoJSON</span></a></div>\
                \(listing.html(visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func kind(_ visit: Visit, _ shown: Shown) -> Redesign.Choice.Kind {
        visit.query["choice"].flatMap { Redesign.Choice.Kind(rawValue: $0) }
            .flatMap { kind in shown.choices.contains { $0.kind == kind } ? kind : nil }
            ?? shown.plan.chosen ?? shown.choices.first?.kind ?? .designedAnew
    }

    /// How much better for how many households that change their grid.
    private func figures(_ shown: Shown, _ visit: Visit) -> HTML {
        let head = [
            visit("做法", "Way"), visit("换网格户数", "Households moved"), visit("网格数", "Grids"),
            visit("在标准内", "Within the norm"), visit("户数离差", "Unevenness"), visit("平均步行（米）", "Mean walk (m)"),
            visit("多余的小区切分", "Needless compound cuts"),
        ]
        return """
            <div class="panel scroll" tabindex="0" role="region" aria-label="\(visit("各做法对比", "The ways compared"))"><table class="list">\
            <caption>\(visit("各做法对比：变动多少，好多少", "The ways compared: how much better for how much change"))</caption>\
            <thead><tr>\(Array(head.enumerated()).html { "<th scope=\"col\"\(attribute: "class", $0.offset == 0 ? nil : "n")>\($0.element)</th>" })</tr></thead><tbody>\(shown.choices.html { choice in
                let cells = [
                    "\(choice.householdsMoved)", "\(choice.grids)", "\(choice.inNorm)",
                    Self.percent(choice.unevenness), "\(Int(choice.walk.rounded()))", "\(choice.compoundCuts)",
                ]
                return """
                    <tr><th scope="row">\(visit(choice.kind.text))</th>\(zip(head.dropFirst(), cells).map { $0 }.html { name, value in
                        "<td class=\"n\" data-label=\"\(name)\">\(value)</td>"
                    })</tr>
                    """
            })</tbody></table></div>
            """
    }

    private static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }

    private func picture(_ choice: GridPlan.Choice, _ shown: Shown, _ visit: Visit) -> HTML {
        let label = visit(
            "\(choice.kind.text.chinese)：\(choice.grids) 个网格", "\(choice.kind.text.english): \(choice.grids) grids")
        return """
            <figure class="panel"><figcaption>\(label)</figcaption>\(PlanPicture(grids: shown.grids[choice.kind] ?? [], barriers: shown.barriers).html(label))</figure>
            """
    }

    /// What parts the ground, as far as it is known here.
    private func barriers(_ shown: Shown, _ visit: Visit) -> HTML {
        guard !shown.barriers.isEmpty else {
            return """
                <p class="hint">\(visit("本处没有登记河流、铁路、道路，划分时未计入障碍。", "No river, railway or road is known here, so none was heeded."))\(visit("", " "))<a href="/grids/barriers">\(visit("查看与导入障碍", "Barriers: see them, bring them in"))</a></p>
                """
        }
        let words = PlanPicture.legend(shown.barriers).map { visit($0) }.joined(separator: visit("，", "; "))
        return """
            <p class="hint">\(visit("图中障碍：", "Barriers in the pictures: "))\(words)\(visit("。编制时已登记的均已计入。", ". Those known when the plan was made were heeded."))</p>
            """
    }

    private func verdicts(_ plan: GridPlan, _ visit: Visit) -> HTML {
        """
        <details class="act"><summary>\(visit("各社区研判", "Verdict on each community"))</summary><ul class="rows">\
        \(plan.verdicts.html { line in
            let kind = CommunityVerdict.Kind(rawValue: line.kind)?.text ?? LocalizedText(line.kind, line.kind)
            return "<li><strong>\(grids.places.name(of: line.community) ?? line.community)</strong> · \(visit(kind)) · \(visit(line.chinese, line.english))</li>"
        })</ul></details>
        """
    }

    private func decision(_ shown: Shown, _ kind: Redesign.Choice.Kind, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let plan = shown.plan
        guard staff.scope.may(.gridsPlan), plan.state == .draft || plan.state == .accepted else { return HTML() }
        let version: HTML = "<input type=\"hidden\" name=\"_version\" value=\"\("\(plan.version)")\">"
        let drop: HTML = """
            <form method="post" action="/grids/plans/\(plan.id)/drop">\(visit.formFields)\(version)\
            \(Field.submit(visit("作废", "Drop the plan"), tone: "ghost"))</form>
            """
        guard plan.state == .draft else { return "<div class=\"bar\">\(drop)</div>" }
        return """
            <details class="act"><summary>\(visit("采纳并定生效日期", "Accept, and say from when"))</summary>\
            <form method="post" action="/grids/plans/\(plan.id)/accept" class="narrow">\(visit.formFields)\(version)\
            \(Field.choice("choice", visit("做法", "Way"), shown.choices.map { Field.Choice($0.kind.rawValue, visit($0.kind.text)) }, value: kind.rawValue, required: true))\
            \(Field.text("effectiveOn", visit("生效日期", "Takes effect on"), value: (visit.now.local().day + 7).description, type: "date", required: true, hint: visit("当天起：新网格入区划，未结诉求与网格员随之调整，无一遗落。", "From that day new grids are in force, and open matters and workers go with them; none is lost.")))\
            \(Field.submit(visit("采纳", "Accept")))</form></details><div class="bar">\(drop)</div>
            """
    }

    private func columns() -> [Column<GridPlan.PlannedGrid>] {
        [
            .text("代码", "Code") { grid, _ in grid.code },
            .text("名称", "Name") { grid, _ in grid.name },
            .text("变化", "Change") { grid, visit in grid.isNew ? visit("新设", "new") : visit("沿用", "kept") },
            .number("户数", "Households") { Int64($0.households) },
            .number("楼栋", "Buildings") { Int64($0.members.count) },
            .text("超出标准的原因", "Why outside the norm") { grid, visit in grid.reason.map { visit($0.text) } },
        ]
    }

    private func sheet(_ staff: StaffVisit) async throws -> Response {
        let shown = try await read(staff)
        let kind = self.kind(staff.visit, shown)
        let lines = shown.grids[kind] ?? []
        try await grids.recordExport(GridTexts.plans, lines.count, staff)
        return try await SheetExport.workbook(named: shown.plan.title, columns: columns(), for: staff) { _ in
            (lines, nil)
        }
    }

    private func geoJSON(_ staff: StaffVisit) async throws -> Response {
        let shown = try await read(staff)
        let lines = shown.grids[self.kind(staff.visit, shown)] ?? []
        try await grids.recordExport(GridTexts.plans, lines.count, staff)
        return .download(
            Self.geoJSON(lines), name: "\(shown.plan.title).geojson", contentType: "application/geo+json")
    }

    /// Grids of a plan with their ground, CGCS2000.
    static func geoJSON(_ grids: [GridPlan.PlannedGrid]) -> [UInt8] {
        var writer = GeoJSONWriter()
        for grid in grids {
            writer.feature(id: grid.code, grid.outline) { properties in
                properties.member("code", grid.code)
                properties.member("name", grid.name)
                properties.member("isNew", grid.isNew)
                properties.member("households", grid.households)
                properties.member("workload", grid.workload)
                properties.member("buildings", grid.members.count)
                properties.member("reason", grid.reason?.rawValue)
            }
        }
        return writer.end()
    }

    // MARK: Deciding

    private func accept(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: GridPlanID = try staff.visit.identifier()
        let fields = submission.fields
        let (now, scope) = (staff.visit.now, staff.scope)
        do {
            let request = AcceptRequest(choice: fields["choice"] ?? "", effectiveOn: fields["effectiveOn"] ?? "")
            let (kind, day) = try request.read()
            let answer = try await staff.visit.write(submission) { transaction in
                _ = try PlanWork(grids: grids).accept(
                    id, kind, on: day, seen: submission.seenVersion, by: scope, at: now, in: transaction)
                return .seeOther("/grids/plans/\(id)?done=accepted")
            }
            try await TakingEffect(grids: grids).run(at: now)
            return answer
        } catch let refusal as Refusal where refusal.field != nil || refusal.kind == .conflict {
            return try await show(staff, refusal)
        }
    }

    private func drop(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: GridPlanID = try staff.visit.identifier()
        let (now, scope) = (staff.visit.now, staff.scope)
        return try await staff.visit.write(submission) { transaction in
            _ = try PlanWork(grids: grids).drop(id, seen: submission.seenVersion, by: scope, at: now, in: transaction)
            return .seeOther("/grids/plans/\(id)?done=dropped")
        }
    }
}

/// The decision for one way of a plan.
struct AcceptRequest: Decodable, Sendable {
    var choice: String
    var effectiveOn: String

    func read() throws(Refusal) -> (Redesign.Choice.Kind, Day) {
        guard let kind = Redesign.Choice.Kind(rawValue: choice) else {
            throw Refusal(
                .ruleBroken, "grids.plan-choice", LocalizedText("方案中没有这个选择", "The plan has no such choice"),
                field: "choice")
        }
        guard let day = Day(effectiveOn) else {
            throw Refusal(
                .ruleBroken, "grids.plan-day", LocalizedText("日期有误", "That is no day"), field: "effectiveOn")
        }
        return (kind, day)
    }
}
