import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/plaques`: what hangs where, who asked for it, on what ground; taking one down is an act.
struct PlaquePages: Sendable {
    let burdens: Burdens

    private static let pageSize = 50

    func add(to routes: Routes) {
        routes.page("/plaques", right: .readMandates) { try await list($0) }
        routes.page("/plaques/export", right: .readMandates) { try await export($0) }
        routes.page("/plaques/:id", right: .readMandates) { try await show($0) }
        routes.form("/plaques", right: .readMandates) { try await hang($0, $1) }
        routes.form("/plaques/:id/down", right: .readMandates) { try await takeDown($0, $1) }
    }

    private var columns: [Column<Plaque>] {
        let burdens = burdens
        return [
            .text("挂在哪里", "Where") { one, _ in burdens.areaName(one.area) },
            .text("牌子", "Plaque", html: { one, _ in "<a href=\"/plaques/\(one.id)\">\(one.title)</a>" }) { one, _ in
                one.title
            },
            .text("谁要求的", "Asked by") { one, _ in one.askedName },
            .text("依据", "Ground") { one, _ in one.ground },
            .byGate,
            .text("挂牌日", "Hung on") { one, _ in one.hungOn.description },
            .text(
                "现状", "Now",
                html: { one, visit in
                    one.downOn == nil
                        ? "<span class=\"tag caution\">\(visit("挂着", "Hangs"))</span>"
                        : "<span class=\"tag\">\(visit("已摘下", "Taken down"))</span>"
                }
            ) { one, visit in one.downOn.map { visit("已摘下 \($0)", "Taken down \($0)") } ?? visit("挂着", "Hangs") },
        ]
    }

    private func list(_ staff: StaffVisit, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let (burdens, after) = (burdens, visit.query.filled("after"))
        let day = visit.now.local().day
        let (found, bodies) = try await burdens.house.database.read { transaction in
            let county = AreaPrefix(staff.scope.area.code.prefix(6)) ?? staff.scope.area
            return (
                try burdens.plaques(for: staff.scope, after: after, limit: Self.pageSize + 1, in: transaction),
                try Places.bodies(within: county, at: day, limit: 300, in: transaction).filter { $0.level <= .county }
            )
        }
        let listing = Listing(
            caption: visit(BurdenTexts.plaques), columns: columns, items: Array(found.prefix(Self.pageSize)),
            next: found.count > Self.pageSize ? found[Self.pageSize - 1].id.text : nil,
            whenEmpty: "<p>\(visit("没有登记的牌子。", "No plaque is registered."))</p>")
        let most = burdens.registers.plaques
        return visit.page(
            Page(
                visit(BurdenTexts.plaques), breadcrumb: [(visit(BurdenTexts.plaques), nil)],
                notice: refusal?.registerNotice(visit),
                """
                <p class="lead">\(visit("哪里挂了什么牌子、谁要求的、凭什么。挂牌先经准入计入年度上限，再在这里登记；一处同时至多 \(most.most) 块，超过的不予登记。", "What hangs where, who asked for it and on what ground. A plaque passes the gate and its cap of the year, then it is registered here; no more than \(most.most) hang in one place."))</p>\
                <p class="hint">\(visit("规则（待当地核实）：", "Rule (check locally): "))\(most.rule)</p>\
                <div class="bar">\(exportLink(visit, path: "/plaques/export"))<a class="btn" href="/assessments">\(visit(BurdenTexts.assessments))</a></div>\
                \(listing.html(visit))\(form(staff, bodies, typed, refusal))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func form(
        _ staff: StaffVisit, _ bodies: [BodyRecord], _ typed: QueryParameters?, _ refusal: Refusal?
    ) -> HTML {
        guard burdens.mayHang(staff.scope) else { return HTML() }
        let visit = staff.visit
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        return """
            <form class="panel narrow" method="post" action="/plaques"><h2>\(visit("登记一块牌子", "Register a plaque"))</h2>\(visit.formFields)\
            \(Field.choice("area", visit("挂在哪里", "Where"), burdens.ownPlaces(staff.scope), value: typed?["area"], required: true, none: visit("请选择", "Choose"), error: error("area")))\
            \(Field.text("title", visit("牌子名称", "What it says"), value: typed?["title"], required: true, maximum: 60, error: error("title")))\
            \(Field.choice("askedBy", visit("谁要求的", "Asked by"), bodies.map { Field.Choice($0.id.text, $0.name) }, value: typed?["askedBy"], required: true, none: visit("请选择", "Choose"), error: error("askedBy")))\
            \(Field.text("ground", visit("依据（准入或合同编号）", "Admission or contract that carries it"), value: typed?["ground"], required: true, maximum: 40, hint: visit("由要求挂牌的单位按“挂牌”提出准入；清单事项不计入上限，不能单独作为依据。", "Whoever wants it asks at the gate. An item of the lists is counted by no cap and carries none."), error: error("ground")))\
            <p>\(Field.submit(visit("登记", "Register")))</p></form>
            """
    }

    private func hang(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (burdens, scope, now, fields) = (burdens, staff.scope, staff.visit.now, submission.fields)
        let asked = PlaqueAsked(
            area: fields["area"] ?? "", title: fields["title"] ?? "", askedBy: fields["askedBy"] ?? "",
            ground: fields["ground"] ?? "")
        do {
            return try await staff.visit.write(submission) { transaction in
                let plaque = try burdens.hang(asked, by: scope, at: now, in: transaction)
                return .seeOther("/plaques/\(plaque.id)")
            }
        } catch let refusal as Refusal where refusal.isForTheForm {
            return try await list(staff, fields, refusal)
        }
    }

    private func show(_ staff: StaffVisit, _ refusal: Refusal? = nil) async throws -> Response {
        let visit = staff.visit
        let id: PlaqueID = try visit.identifier()
        let burdens = burdens
        let plaque = try await burdens.house.database.read { try burdens.plaque(id, for: staff.scope, in: $0) }
        let mayAct = burdens.mayHang(staff.scope) && staff.scope.area.contains(plaque.area) && plaque.downOn == nil
        let form: HTML =
            mayAct
            ? """
            <form class="panel narrow" method="post" action="/plaques/\(plaque.id)/down">\(visit.formFields)\
            \(Field.text("why", visit("为什么摘下", "Why it comes down"), required: true, maximum: 120, error: refusal?.field == "why" ? refusal.map { visit($0.message) } : nil))\
            <p>\(Field.submit(visit("摘牌", "Take it down")))</p></form>
            """ : HTML()
        func row(_ name: String, _ value: String) -> HTML { "<dt>\(name)</dt><dd>\(value)</dd>" }
        return visit.page(
            Page(
                plaque.title, breadcrumb: [(visit(BurdenTexts.plaques), "/plaques"), (plaque.title, nil)],
                notice: refusal?.registerNotice(visit),
                """
                \(plaque.groundHint(visit))<section class="panel"><dl class="facts">\(row(visit("挂在哪里", "Where"), burdens.areaName(plaque.area)))\
                \(row(visit("谁要求的", "Asked by"), plaque.askedName))\(row(visit("依据", "Ground"), plaque.ground))\(row(visit("经准入计数", "Counted by the gate"), plaque.byGateText(visit)))\
                \(row(visit("挂牌日", "Hung on"), plaque.hungOn.description))\
                \(plaque.downOn.map { row(visit("摘下", "Taken down"), "\($0)：\(plaque.downWhy)") })</dl></section>\(form)
                """), status: refusal?.kind.status ?? .ok)
    }

    private func takeDown(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: PlaqueID = try staff.visit.identifier()
        let (burdens, scope, now) = (burdens, staff.scope, staff.visit.now)
        let why = submission.fields["why"] ?? ""
        do {
            return try await staff.visit.write(submission) { transaction in
                try burdens.takeDown(id, why: why, by: scope, at: now, in: transaction)
                return .seeOther("/plaques/\(id)")
            }
        } catch let refusal as Refusal where refusal.isForTheForm {
            return try await show(staff, refusal)
        }
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let (burdens, scope) = (burdens, staff.scope)
        return try await SheetExport.workbook(named: staff(BurdenTexts.plaques), columns: columns, for: staff) {
            after in
            let found = try await burdens.house.database.read {
                try burdens.plaques(for: scope, after: after, limit: 500, in: $0)
            }
            return (found, found.count == 500 ? found.last?.id.text : nil)
        }
    }
}

extension Burdens {
    /// Streets and communities of a post's own, to choose from.
    func ownPlaces(_ scope: Scope) -> [Field.Choice] {
        var found: [Field.Choice] = []
        func add(_ area: AreaPrefix, _ indent: String) {
            guard area.level <= .community else { return }
            if area.level >= .street { found.append(Field.Choice(area.code, indent + areaName(area))) }
            for child in places.children(of: area.code).prefix(300) {
                if let next = AreaPrefix(child.code) { add(next, area.level >= .street ? indent + "\u{3000}" : "") }
            }
        }
        add(scope.area, "")
        return found
    }
}
