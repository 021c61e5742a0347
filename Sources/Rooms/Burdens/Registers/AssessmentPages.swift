import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/assessments`: who is assessed by whom, by which indicators and weights; refused where a place is assessed too often.
struct AssessmentPages: Sendable {
    let burdens: Burdens

    func add(to routes: Routes) {
        routes.page("/assessments", right: .readMandates) { try await list($0) }
        routes.page("/assessments/export", right: .readMandates) { try await export($0) }
        routes.page("/assessments/:id", right: .readMandates) { try await show($0) }
        routes.form("/assessments", right: .readMandates) { try await set($0, $1) }
        routes.form("/assessments/:id/end", right: .readMandates) { try await end($0, $1) }
    }

    static func year(_ visit: Visit) throws -> Int64 {
        guard let text = visit.query.filled("year") else { return Int64(visit.now.local().day.parts.year) }
        guard let year = Int64(text), (2000...2200).contains(year) else {
            throw Refusal(.malformed, "assessments.year", LocalizedText("年份有误", "No such year"), field: "year")
        }
        return year
    }

    /// A place with what it is assessed by.
    private struct Assessed: Sendable {
        var area: AreaPrefix
        var by: [Assessment]
    }

    private func assessed(_ all: [Assessment], _ scope: Scope) -> [Assessed] {
        var byArea: [AreaPrefix: [Assessment]] = [:]
        for one in all where one.isCounted { for area in one.areas { byArea[area, default: []].append(one) } }
        return byArea.filter { scope.area.contains($0.key) || $0.key.contains(scope.area) }
            .map { Assessed(area: $0.key, by: $0.value) }.sorted { $0.area.code < $1.area.code }
    }

    private var columns: [Column<Assessment>] {
        let burdens = burdens
        return [
            .text("考核", "Assessment", html: { one, _ in "<a href=\"/assessments/\(one.id)\">\(one.title)</a>" }) {
                one, _ in one.title
            },
            .text("谁考核", "By whom") { one, _ in one.bodyName },
            Column(
                "指标（权重）", "Indicators (weight)", .longText,
                cell: { one, _ in .text(one.indicators.map { "\($0.name) \($0.weight)" }.joined(separator: "；")) }),
            Column(
                "考核谁", "Whom", .longText,
                cell: { one, _ in .text(one.areas.map { burdens.areaName($0) }.joined(separator: "、")) }),
            .text("依据", "Ground") { one, _ in one.ground },
            .byGate,
            .text("状态", "Standing") { one, visit in
                one.isStanding ? visit("进行", "Stands") : visit("已取消", "Ended")
            },
        ]
    }

    private func list(_ staff: StaffVisit, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let year = try Self.year(visit)
        let burdens = burdens
        let all = try await burdens.house.database.read {
            try burdens.assessments(of: year, for: staff.scope, in: $0)
        }
        let (pages, rules) = (self, burdens.registers.assessments)
        let listing = Listing(
            caption: visit("\(year) 年考核", "Assessments of \(year)"), columns: columns, items: all,
            whenEmpty: "<p>\(visit("这一年没有登记的考核。", "None is registered for this year."))</p>")
        let places = Listing(
            caption: visit("谁被考核几次", "How often each place is assessed"),
            columns: [
                .text("被考核", "Assessed") { one, _ in pages.burdens.areaName(one.area) },
                .text(
                    "次数", "Times",
                    html: { one, _ in
                        let tone: HTML = Int64(one.by.count) >= rules.most ? "warn" : "ok"
                        return "<span class=\"tag \(tone)\">\("\(one.by.count) / \(rules.most)")</span>"
                    }
                ) { one, _ in "\(one.by.count) / \(rules.most)" },
                .number("指标", "Indicators") { one in
                    Int64(one.by.filter(\.isStanding).map(\.indicators.count).reduce(0, +))
                },
                Column(
                    "被哪些考核", "By which", .longText,
                    cell: { one, visit in
                        let ended = visit("（已取消）", " (ended)")
                        return .text(
                            one.by.map { "\($0.bodyName)：\($0.title)\($0.isStanding ? "" : ended)" }
                                .joined(separator: "；"))
                    }),
            ], items: assessed(all, staff.scope), whenEmpty: HTML())
        return visit.page(
            Page(
                visit(BurdenTexts.assessments), breadcrumb: [(visit(BurdenTexts.assessments), nil)],
                notice: refusal?.registerNotice(visit),
                """
                <p class="lead">\(visit("谁考核谁、凭哪些指标、各占多少。考核先经准入，与督查检查合并计入年度上限，再在这里登记；一处一年至多被考核 \(rules.most) 次（当年已开始又取消的也计），超过的不予登记。", "Who assesses whom, by which indicators and weights. An assessment passes the gate, where it counts with inspections under the cap of the year, then it is registered here. A place is assessed \(rules.most) times a year at most; one that was ended after its year had begun counts."))</p>\
                <p class="hint">\(visit("规则（待当地核实）：", "Rule (check locally): "))\(rules.rule)</p>\
                <div class="bar">\(exportLink(visit, path: "/assessments/export?year=\(year)"))<a class="btn" href="/assessments?year=\(year - 1)">\("\(year - 1)")</a><a class="btn" href="/assessments?year=\(year + 1)">\("\(year + 1)")</a><a class="btn" href="/plaques">\(visit(BurdenTexts.plaques))</a></div>\
                \(listing.html(visit))\(places.items.isEmpty ? HTML() : places.html(visit))\(form(staff, year, typed, refusal))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func form(_ staff: StaffVisit, _ year: Int64, _ typed: QueryParameters?, _ refusal: Refusal?) -> HTML {
        guard burdens.mayAssess(staff.scope) else { return HTML() }
        let visit = staff.visit
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        let chosen = Set(typed?.all("areas") ?? [])
        let boxes = burdens.ownPlaces(staff.scope).html { place in
            """
            <div class="field check"><label><input type="checkbox" name="areas" value="\(place.value)"\(flag: "checked", chosen.contains(place.value))> \(place.text)</label></div>
            """
        }
        return """
            <form class="panel narrow" method="post" action="/assessments?year=\(year)"><h2>\(visit("登记一项考核", "Register an assessment"))</h2>\(visit.formFields)\
            \(Field.text("title", visit("考核名称", "Name"), value: typed?["title"], required: true, maximum: 60, error: error("title")))\
            \(Field.text("year", visit("年度", "Year"), value: typed?["year"] ?? "\(year)", required: true, maximum: 4, error: error("year"), inputMode: "numeric"))\
            \(Field.longText("indicators", visit("指标和权重（每行一项，如：群众满意率 40；合计 100）", "Indicators and weights, one a line, 100 in all"), value: typed?["indicators"], required: true, maximum: 2000, rows: 5, error: error("indicators")))\
            \(Field.text("ground", visit("依据（准入或合同编号）", "Admission or contract that carries it"), value: typed?["ground"], required: true, maximum: 40, hint: visit("一次准入只能登记一项考核；清单事项不计入上限，不能单独作为依据。", "One admission carries one assessment. An item of the lists is counted by no cap and carries none."), error: error("ground")))\
            \(staff.scope.may(.fileDemand) ? "<p><a href=\"/demands/new?kind=assessment\">\(visit("还没有准入？先提出", "No admission yet? Ask at the gate"))</a></p>" : HTML())\
            <details class="act"\(flag: "open", refusal?.field == "areas" || !chosen.isEmpty)><summary>\(visit("考核谁", "Who is assessed"))</summary>\(error("areas").map { "<p class=\"error\">\($0)</p>" })<div class="choices">\(boxes)</div></details>\
            <p>\(Field.submit(visit("登记", "Register")))</p></form>
            """
    }

    private func set(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (burdens, scope, now, fields) = (burdens, staff.scope, staff.visit.now, submission.fields)
        let asked = AssessmentAsked(
            title: fields["title"] ?? "", ground: fields["ground"] ?? "", year: Int64(fields["year"] ?? "") ?? 0,
            areas: fields.all("areas"), indicators: Assessment.indicators(fields["indicators"] ?? ""))
        do {
            return try await staff.visit.write(submission) { transaction in
                let one = try burdens.assess(asked, by: scope, at: now, in: transaction)
                return .seeOther("/assessments/\(one.id)")
            }
        } catch let refusal as Refusal where refusal.isForTheForm {
            return try await list(staff, fields, refusal)
        }
    }

    private func show(_ staff: StaffVisit, _ refusal: Refusal? = nil) async throws -> Response {
        let visit = staff.visit
        let id: AssessmentID = try visit.identifier()
        let burdens = burdens
        let one = try await burdens.house.database.read { try burdens.assessment(id, for: staff.scope, in: $0) }
        let mayEnd =
            one.isStanding
            && (staff.scope.may(.decideDemand) || staff.scope.may(.fileDemand) && staff.scope.body == one.body)
        let form: HTML =
            mayEnd
            ? """
            <form class="panel narrow" method="post" action="/assessments/\(one.id)/end">\(visit.formFields)\
            \(Field.text("why", visit("为什么取消", "Why it ends"), required: true, maximum: 120, error: refusal?.field == "why" ? refusal.map { visit($0.message) } : nil))\
            <p>\(Field.submit(visit("取消考核", "End it")))</p></form>
            """ : HTML()
        func row(_ name: String, _ value: String) -> HTML { "<dt>\(name)</dt><dd>\(value)</dd>" }
        let indicators = Listing(
            caption: visit("指标和权重", "Indicators and weights"),
            columns: [
                .text("指标", "Indicator") { indicator, _ in indicator.name }, .number("权重", "Weight") { $0.weight },
            ], items: one.indicators, whenEmpty: HTML())
        return visit.page(
            Page(
                one.title,
                breadcrumb: [(visit(BurdenTexts.assessments), "/assessments?year=\(one.year)"), (one.title, nil)],
                notice: refusal?.registerNotice(visit),
                """
                \(one.groundHint(visit))<section class="panel"><dl class="facts">\(row(visit("谁考核", "By whom"), one.bodyName))\(row(visit("年度", "Year"), "\(one.year)"))\
                \(row(visit("考核谁", "Whom"), one.areas.map { burdens.areaName($0) }.joined(separator: "、")))\(row(visit("依据", "Ground"), one.ground))\
                \(row(visit("经准入计数", "Counted by the gate"), one.byGateText(visit)))\
                \(one.endedWhy.map { row(visit("已取消", "Ended"), $0) })</dl></section>\(indicators.html(visit))\(form)
                """), status: refusal?.kind.status ?? .ok)
    }

    private func end(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: AssessmentID = try staff.visit.identifier()
        let (burdens, scope, now) = (burdens, staff.scope, staff.visit.now)
        let why = submission.fields["why"] ?? ""
        do {
            return try await staff.visit.write(submission) { transaction in
                try burdens.end(id, why: why, by: scope, at: now, in: transaction)
                return .seeOther("/assessments/\(id)")
            }
        } catch let refusal as Refusal where refusal.isForTheForm {
            return try await show(staff, refusal)
        }
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let year = try Self.year(staff.visit)
        let burdens = burdens
        let all = try await burdens.house.database.read {
            try burdens.assessments(of: year, for: staff.scope, in: $0)
        }
        return try await SheetExport.workbook(named: staff(BurdenTexts.assessments), columns: columns, for: staff) {
            _ in
            (all, nil)
        }
    }
}
