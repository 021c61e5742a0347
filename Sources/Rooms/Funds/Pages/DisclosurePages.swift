import Desk
import Ground
import Hummingbird
import Places
import Storage
import Web

/// `/disclosure` (资金公开): lines, plan and use of a street or community, for anybody, as far as `funds.yaml` says. Sums of
/// lines only: no single movement, no paper, nobody's name.
struct DisclosurePages: Sendable {
    let funds: Funds

    /// A street has fewer lines a year than this.
    private static let most = 500

    func add(to routes: Routes) {
        guard funds.rules.disclosure.isOn else { return }
        routes.openPage("/disclosure") { try await show($0, funds.house.settings.area) }
        routes.openPage("/disclosure/:area") { visit in try await show(visit, try area(visit)) }
        let line = Schema.object([
            .init("title", .text), .init("street", .text), .init("area", .text), .init("year", .integer(minimum: 0)),
            .init("allotted", .integer(minimum: 0)), .init("payer", .nullable(.text)),
            .init("ground", .nullable(.text)), .init("plan", .nullable(.array(.integer(minimum: 0)))),
            .init("committed", .nullable(.integer(minimum: 0))), .init("spent", .nullable(.integer(minimum: 0))),
            .init("balance", .nullable(.integer(minimum: 0))),
        ])
        routes.openAPI(
            APIOperation(
                .get, "/disclosure/{area}", id: "readDisclosure", tag: "funds",
                summary: LocalizedText(
                    "资金公开：街道、社区的资金、计划和使用（不需登录）", "Money of a street or community, open to all"),
                query: [.init("year", .integer(minimum: 2000, maximum: 2100), required: false)],
                response: .object([.init("year", .integer(minimum: 0)), .init("lines", .array(line))]))
        ) { visit, _ in
            let (year, lines) = try await lines(visit, try area(visit))
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("year", year)
                    writer.key("lines")
                    writer.array(lines) { write($1, to: &$0) }
                }
            ).response
        }
    }

    private func area(_ visit: Visit) throws -> AreaPrefix {
        guard let area = AreaPrefix(try visit.parameter("area")), funds.house.settings.area.contains(area),
            area.level <= .community, funds.places.name(of: area.code) != nil
        else { throw Refusal.nothingHere }
        return area
    }

    private func shows(_ part: FundRules.Disclosure.Part) -> Bool { funds.rules.disclosure.shows.contains(part) }

    private func years(_ now: Instant) -> [Int64] {
        let last = Int64(now.local().day.parts.year)
        return (0...Int64(funds.rules.disclosure.yearsBefore)).map { last - $0 }
    }

    private func lines(_ visit: Visit, _ area: AreaPrefix) async throws -> (year: Int64, lines: [BudgetLine]) {
        let years = years(visit.now)
        let asked = visit.query.filled("year")
        guard let year = asked.map({ Int64($0) }) ?? years[0] else {
            throw Refusal(.malformed, "funds.year", LocalizedText("年度须为数字", "The year is a number"), field: "year")
        }
        guard years.contains(year) else { throw Refusal.nothingHere }
        let hidden = funds.rules.disclosure.hiddenGrounds
        let lines = try await funds.house.database.read {
            try BudgetStore.open(year, in: area, limit: Self.most, in: $0)
        }
        return (
            year,
            lines.filter { line in
                !hidden.contains { line.ground?.hasPrefix($0) ?? false } && !Self.holdsLongNumber(line.title)
            }
        )
    }

    /// A purpose that holds a long number may hold somebody's telephone or identity number, and stays inside.
    static func holdsLongNumber(_ title: String) -> Bool {
        title.split(whereSeparator: { !$0.isNumber }).contains { $0.count >= 7 }
    }

    private func show(_ visit: Visit, _ area: AreaPrefix) async throws -> Response {
        let (year, lines) = try await lines(visit, area)
        let name = funds.areaName(area)
        let title = visit(FundTexts.disclosure)
        var crumbs: [(String, String?)] = [(title, area == funds.house.settings.area ? nil : "/disclosure")]
        if area != funds.house.settings.area { crumbs.append((name, nil)) }
        let listing = Listing(
            caption: visit("\(name) \(year) 年", "\(name), \(year)"), columns: columns, items: lines,
            whenEmpty: "<p>\(visit("这一年没有公开的资金。", "Nothing is disclosed for this year."))</p>")
        let children = funds.places.children(of: area.code).filter {
            AreaPrefix($0.code).map { $0.level <= .community } ?? false
        }.prefix(300)
        return visit.page(
            Page(
                "\(title) · \(name)", breadcrumb: crumbs,
                """
                <p class="lead">\(visit("财政资金直达街道、社区，拨了多少、计划怎么用、用了多少，向群众公开。每笔凭证由街道保存，有疑问可以反映。", "Public money that goes straight to streets and communities: what was paid in, what is planned, what was used. The street keeps the papers; you may ask."))</p>\
                <nav class="bar" aria-label="\(visit("年度", "Year"))">\(years(visit.now).html { one in
                    one == year ? "<strong class=\"btn\" aria-current=\"page\">\("\(one)")</strong>" : "<a class=\"btn\" href=\"/disclosure/\(area.code)?year=\(one)\">\("\(one)")</a>"
                })<a class="btn" href="/report">\(visit("我要反映", "Report a matter"))</a></nav>\
                \(total(lines, visit))\(listing.html(visit))\
                \(children.isEmpty ? HTML() : "<section class=\"panel\"><h2>\(visit("下级", "Within"))</h2><ul class=\"rows\">\(Array(children).html { "<li><a href=\"/disclosure/\($0.code)?year=\(year)\">\($0.name)</a></li>" })</ul></section>")
                """))
    }

    private func total(_ lines: [BudgetLine], _ visit: Visit) -> HTML {
        func row(_ name: String, _ yuan: Int64) -> HTML {
            "<dt>\(name)</dt><dd>\(visit("\(yuan) 元", "\(yuan) yuan"))</dd>"
        }
        return """
            <section class="panel"><dl class="facts">\(row(visit("拨入", "Paid in"), lines.map(\.allotted).reduce(0, +)))\
            \(shows(.spent) ? row(visit("已支用", "Spent"), lines.map(\.spent).reduce(0, +)) : HTML())\
            \(shows(.balance) ? row(visit("余额", "Left"), lines.map(\.balance).reduce(0, +)) : HTML())</dl></section>
            """
    }

    private var columns: [Column<BudgetLine>] {
        let funds = funds
        var columns: [Column<BudgetLine>] = [
            .text("用途", "For what") { one, _ in one.title },
            .text("给哪里", "To whom") { one, _ in funds.disclosedArea(of: one) },
            .number("拨入（元）", "Paid in") { $0.allotted },
        ]
        if shows(.payer) { columns.append(.text("拨款条线", "Paid in by") { one, visit in visit(funds.payer(of: one)) }) }
        if shows(.ground) { columns.append(.text("依据", "Ground") { one, _ in one.ground }) }
        if shows(.plan) {
            columns.append(
                .text("用款计划（一至四季度）", "Plan by quarter") { one, _ in
                    one.plan.map { $0.quarters.map(String.init).joined(separator: " / ") }
                })
        }
        if shows(.committed) { columns.append(.number("已占用（元）", "Committed") { $0.committed }) }
        if shows(.spent) { columns.append(.number("已支用（元）", "Spent") { $0.spent }) }
        if shows(.balance) { columns.append(.number("余额（元）", "Left") { $0.balance }) }
        return columns
    }

    private func write(_ line: BudgetLine, to writer: inout JSONWriter) {
        func number(_ key: StaticString, _ part: FundRules.Disclosure.Part, _ value: Int64, _ writer: inout JSONWriter)
        {
            writer.key(key)
            if shows(part) { writer.value(value) } else { writer.null() }
        }
        writer.object { writer in
            writer.member("title", line.title)
            writer.member("street", line.street.code)
            writer.member("area", String(line.area.code.prefix(12)))
            writer.member("year", line.year)
            writer.member("allotted", line.allotted)
            writer.member("payer", shows(.payer) ? line.source : nil)
            writer.member("ground", shows(.ground) ? line.ground : nil)
            writer.key("plan")
            if shows(.plan), let plan = line.plan {
                writer.array(plan.quarters) { $0.value($1) }
            } else {
                writer.null()
            }
            number("committed", .committed, line.committed, &writer)
            number("spent", .spent, line.spent, &writer)
            number("balance", .balance, line.balance, &writer)
        }
    }
}

extension Funds {
    /// A grid has few homes: its money stands under its community.
    func disclosedArea(of line: BudgetLine) -> String {
        areaName(line.area.level <= .community ? line.area : AreaPrefix(line.area.code.prefix(12)) ?? line.street)
    }
}
