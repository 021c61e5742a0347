import Desk
import Ground
import Hummingbird
import Identity
import Mandates
import Web

/// `/accounts/flows`: from whom the hours of a year come, by what, and on which street they fall.
struct FlowPages: Sendable {
    let accounts: Accounts

    func add(to routes: Routes) {
        routes.page("/accounts/flows", right: .readWorkload) { try await show($0) }
        routes.page("/accounts/flows/export", right: .readWorkload) { try await export($0) }
    }

    static func year(_ visit: Visit) throws(Refusal) -> Int {
        guard let text = visit.query.filled("year") else { return visit.now.local().day.parts.year }
        guard let year = Int(text), (2000...2200).contains(year) else { throw YearQuestion.wrong("year") }
        return year
    }

    /// The line of a body of an area, which has none.
    static let noLine = "-"

    private func senderName(_ key: String, _ visit: Visit) -> String {
        key == Flows.rest
            ? visit("其他", "Others") : visit(accounts.mandates.title(ofLine: key == Self.noLine ? nil : key))
    }

    private func sourceName(_ key: String, _ visit: Visit) -> String {
        DemandKind(rawValue: key).map { visit(accounts.mandates.title($0)) } ?? key
    }

    private func streetName(_ key: String, _ visit: Visit) -> String {
        key == Flows.rest ? visit("其他", "Others") : AreaPrefix(key).map(accounts.areaName) ?? key
    }

    func flows(_ year: Int, for scope: Scope) async throws -> Flows {
        let first = Day(year: year, month: 1, day: 1) ?? Day(number: 0)
        let days = first...(Day(year: year, month: 12, day: 31) ?? first)
        let sources = try await accounts.sources(days, for: scope)
        var flows: [Flows.Flow] = []
        for source in sources {
            let minutes = source.minutes(days)
            let all = source.areas.values.reduce(0, +)
            // Where no forecast said which streets it reaches, it stands with the area it was sent to.
            let parts = all > 0 ? source.areas : [source.area.code: 1]
            for (street, part) in parts where scope.area.level < .street || street == scope.area.code.prefix(9) {
                flows.append(
                    Flows.Flow(
                        sender: source.line ?? Self.noLine, source: source.source.rawValue, street: street,
                        minutes: minutes * part / max(all, 1)))
            }
        }
        return Flows(flows)
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let year = try Self.year(visit)
        let flows = try await flows(year, for: staff.scope)
        func column(_ key: (Flows.Flow) -> String, _ name: (String, Visit) -> String) -> FlowPicture.Column {
            let nodes = flows.nodes(key)
            return FlowPicture.Column(
                nodes: nodes, names: Dictionary(uniqueKeysWithValues: nodes.map { ($0.key, name($0.key, visit)) }))
        }
        let picture = FlowPicture(
            flows: flows,
            columns: [
                column(\.sender, senderName), column(\.source, sourceName), column(\.street, streetName),
            ])
        let title = visit(AccountTexts.flows)
        let listing = Listing(
            caption: visit("\(year) 年工时流向", "Hours in \(year)"), columns: columns(year), items: flows.flows,
            whenEmpty: "<p>\(visit("这一年没有经准入下达的工时。", "No hours were sent down through the gate this year."))</p>")
        let label = visit(
            "工时流向图：提出部门、来源、街道；数字见下表", "Hours from departments by source to streets; the table has the figures")
        return visit.page(
            Page(
                title, breadcrumb: [(visit(AccountTexts.year), "/accounts/year"), (title, nil)],
                """
                <p class="lead">\(visit("一年里压到基层的工时，从哪个部门来、以什么方式来、落到哪个街道。", "The hours of a year: from which department, by what, and on which street they fall."))</p>\
                <div class="bar">\(exportLink(visit, path: "/accounts/flows/export"))<a class="btn" href="/demands/burden?year=\(year)">\(visit("看每一件", "See each demand"))</a></div>\
                <form method="get" action="/accounts/flows" class="filters">\(Field.text("year", visit("年份", "Year"), value: "\(year)", maximum: 4, inputMode: "numeric"))\(Field.submit(visit("查询", "Show")))</form>\
                \(flows.flows.isEmpty ? HTML() : "<section class=\"panel\"><figure>\(picture.html(label))<figcaption>\(visit("部门 → 来源 → 街道", "Department → source → street"))</figcaption></figure></section>")\
                \(listing.html(visit))
                """))
    }

    /// The demands of which a flow is made; none of what was put together as others.
    private func list(of flow: Flows.Flow, in year: Int) -> String? {
        guard ![flow.sender, flow.street].contains(Flows.rest) else { return nil }
        return
            "/accounts/year/sources?from=\(year)-01-01&until=\(year)-12-31&line=\(flow.sender)&source=\(flow.source)&area=\(flow.street)"
    }

    private func columns(_ year: Int) -> [Column<Flows.Flow>] {
        [
            .text("部门", "Department") { flow, visit in senderName(flow.sender, visit) },
            .text("来源", "Source") { flow, visit in sourceName(flow.source, visit) },
            .text("街道", "Street") { flow, visit in streetName(flow.street, visit) },
            Column(
                "工时", "Hours", .number, cell: { flow, _ in .number(Double(flow.minutes) / 60) },
                html: { flow, _ in
                    let hours = HTML(text: Figures.hours(flow.minutes))
                    return list(of: flow, in: year).map { "<a href=\"\($0)\">\(hours)</a>" } ?? hours
                }),
        ]
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let year = try Self.year(staff.visit)
        let flows = try await flows(year, for: staff.scope)
        return try await SheetExport.workbook(named: staff(AccountTexts.flows), columns: columns(year), for: staff) {
            _ in
            (flows.flows, nil)
        }
    }
}
