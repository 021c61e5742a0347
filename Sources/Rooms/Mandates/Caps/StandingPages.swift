import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/demands/caps`: what came to one street in a year, or from one body, against the caps of the departments.
struct StandingPages: Sendable {
    let mandates: Mandates

    func add(to routes: Routes) {
        routes.page("/demands/caps", right: .readMandates) { try await show($0) }
        routes.page("/demands/caps/export", right: .readMandates) { try await export($0) }
    }

    private func standings(_ staff: StaffVisit) async throws -> (year: Int, lines: [CapStanding]) {
        let query = staff.visit.query
        let year = try BurdenPages.year(staff.visit)
        var street: AreaPrefix?
        if let text = query.filled("area") {
            guard let area = AreaPrefix(text), area.level == .street else { throw ListAPI.wrong("area") }
            street = area
        }
        var body: BodyID?
        if let text = query.filled("body") {
            guard let asked = BodyID(parsing: text) else { throw ListAPI.wrong("body") }
            body = asked
        }
        let (mandates, scope, place, sender) = (mandates, staff.scope, street, body)
        return (
            year,
            try await mandates.house.database.read {
                try mandates.capStandings(year, heardIn: place, by: sender, for: scope, in: $0)
            }
        )
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (year, lines) = try await standings(staff)
        let title = visit(MandateTexts.standings)
        let listing = Listing(
            caption: visit("\(year) 年", "\(year)"), columns: columns, items: lines,
            whenEmpty: "<p>\(visit("这一年没有这样的事项经过准入。", "Nothing of the kind came through the gate this year."))</p>")
        return visit.page(
            Page(
                title,
                breadcrumb: [
                    (visit(MandateTexts.gate), "/demands"), (visit(MandateTexts.year), "/demands/year?year=\(year)"),
                    (title, nil),
                ],
                """
                <div class="bar">\(exportLink(visit, path: "/demands/caps/export"))</div>\(listing.html(visit))\
                <p class="hint">\(visit("“其中”是到这个街道或由这个单位提出的；上限按部门全年计数，与准入核对时一样，计入已准入、办理中、已到期和开始后撤回的。上限见规则文件 caps.yaml（待当地核实）。", "“Of these” came to this street or from this body; a cap holds for what the whole department sends in the year, counted as the gate counts: what is admitted, on its way, over, or taken back after it began. The caps stand in caps.yaml (check locally)."))</p>
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let (_, lines) = try await standings(staff)
        return try await SheetExport.workbook(
            named: staff(MandateTexts.standings), columns: columns, for: staff
        ) { _ in (lines, nil) }
    }

    private var columns: [Column<CapStanding>] {
        let mandates = mandates
        return [
            .text("部门", "Department") { one, visit in visit(mandates.title(ofLine: one.line)) },
            .text("种类", "Kind") { one, visit in visit(mandates.title(one.kind)) },
            .number("其中", "Of these") { $0.here },
            Column(
                "部门全年", "The department’s year", .number, cell: { one, _ in .number(Double(one.sent)) },
                html: { one, visit in
                    one.isOver
                        ? "<span class=\"tag danger\">\(one.sent) \(visit("超出", "over"))</span>" : "\(one.sent)"
                }),
            Column(
                "上限", "Cap", .number, cell: { one, _ in one.most.map { .number(Double($0)) } ?? .empty },
                html: { one, visit in
                    let holes: HTML =
                        one.holes > 0
                        ? " <span class=\"tag caution\">\(visit("基准年缺 \(one.holes) 个月", "\(one.holes) months of the base year missing"))</span>"
                        : HTML()
                    return "\(one.most.map { "\($0)" } ?? "—")\(holes)"
                }),
            .instant("反弹已通知", "Told that it rises") { $0.risesSince },
        ]
    }
}
