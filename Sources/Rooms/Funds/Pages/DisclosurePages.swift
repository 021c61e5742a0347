import Desk
import Ground
import Hummingbird
import Places
import Storage
import Web

/// `/disclosure` (资金公开): lines, plan and use of a street or community, for anybody, as far as `funds.yaml` says. Sums of
/// lines only: no single movement, no paper, nobody's name. What is not shown is counted.
struct DisclosurePages: Sendable {
    let funds: Funds

    /// A county has far fewer a year than this: 40 streets with 15 lines each have 600.
    private static let most = 10_000

    /// What is disclosed of a year.
    private struct Disclosed: Sendable {
        var year: Int64
        var lines: [BudgetLine] = []
        /// How many lines of the year are not shown.
        var hidden = 0
    }

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
                response: .object([
                    .init("year", .integer(minimum: 0)), .init("lines", .array(line)),
                    .init("notShown", .integer(minimum: 0)),
                ]))
        ) { visit, _ in
            let disclosed = try await disclosed(visit, try area(visit))
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("year", disclosed.year)
                    writer.key("lines")
                    writer.array(disclosed.lines) { write($1, to: &$0) }
                    writer.member("notShown", disclosed.hidden)
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

    private func disclosed(_ visit: Visit, _ area: AreaPrefix) async throws -> Disclosed {
        let years = years(visit.now)
        let asked = visit.query.filled("year")
        guard let year = asked.map({ Int64($0) }) ?? years[0] else {
            throw Refusal(.malformed, "funds.year", LocalizedText("年度须为数字", "The year is a number"), field: "year")
        }
        guard years.contains(year) else { throw Refusal.nothingHere }
        let today = visit.now.local().day
        return try await funds.house.database.read { transaction in
            var (disclosed, isItem) = (Disclosed(year: year), [String: Bool]())
            for line in try BudgetStore.open(year, in: area, limit: Self.most, in: transaction) {
                let ground = line.ground ?? ""
                let isOpen = try isItem[ground] ?? self.isOpenItem(ground, for: line, on: today, in: transaction)
                isItem[ground] = isOpen
                if isOpen, !Self.holdsLongNumber(line.title) {
                    disclosed.lines.append(line)
                } else {
                    disclosed.hidden += 1
                }
            }
            return disclosed
        }
    }

    /// Whether a ground is an item of the lists in force that the file does not hide. Codes of items are letters and
    /// digits; an admission or a contract (`准入2026-0007`) is none, and what it is for may be anybody's.
    private func isOpenItem(
        _ ground: String, for line: BudgetLine, on day: Day, in transaction: any Transaction
    ) throws -> Bool {
        guard !ground.isEmpty, ground.utf8.allSatisfy({ $0 < 0x80 }),
            !funds.rules.disclosure.hiddenGrounds.contains(where: ground.hasPrefix)
        else { return false }
        do {
            try funds.house.grounds.require(ground, for: line.area, on: day, in: transaction)
            return true
        } catch is Refusal {
            return false
        }
    }

    /// A purpose that holds a long number may hold somebody's telephone or identity number, and stays inside.
    static func holdsLongNumber(_ title: String) -> Bool {
        title.split(whereSeparator: { !$0.isNumber }).contains { $0.count >= 7 }
    }

    private func show(_ visit: Visit, _ area: AreaPrefix) async throws -> Response {
        let disclosed = try await disclosed(visit, area)
        let year = disclosed.year
        let name = funds.areaName(area)
        let title = visit(FundTexts.disclosure)
        var crumbs: [(String, String?)] = [(title, area == funds.house.settings.area ? nil : "/disclosure")]
        if area != funds.house.settings.area { crumbs.append((name, nil)) }
        let listing = Listing(
            caption: visit("\(name) \(year) 年", "\(name), \(year)"), columns: columns, items: disclosed.lines,
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
                \(total(disclosed, visit))\(listing.html(visit))\
                \(children.isEmpty ? HTML() : "<section class=\"panel\"><h2>\(visit("下级", "Within"))</h2><ul class=\"rows\">\(Array(children).html { "<li><a href=\"/disclosure/\($0.code)?year=\(year)\">\($0.name)</a></li>" })</ul></section>")
                """))
    }

    private func total(_ disclosed: Disclosed, _ visit: Visit) -> HTML {
        let (lines, hidden) = (disclosed.lines, disclosed.hidden)
        let rest: HTML =
            hidden == 0
            ? HTML()
            : "<p class=\"hint\">\(visit("另有 \(hidden) 项用途没有公开（受助人少、可能写到某一家，或依据不是清单事项），合计只含公开的。", "\(hidden) more purposes are not shown, as they may name a family or rest on no item of a list; totals are of what is shown."))</p>"
        func row(_ name: String, _ yuan: Int64) -> HTML {
            "<dt>\(name)</dt><dd>\(visit("\(yuan) 元", "\(yuan) yuan"))</dd>"
        }
        return """
            <section class="panel"><dl class="facts">\(row(visit("拨入", "Paid in"), lines.map(\.allotted).reduce(0, +)))\
            \(shows(.spent) ? row(visit("已支用", "Spent"), lines.map(\.spent).reduce(0, +)) : HTML())\
            \(shows(.balance) ? row(visit("余额", "Left"), lines.map(\.balance).reduce(0, +)) : HTML())</dl>\(rest)</section>
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
