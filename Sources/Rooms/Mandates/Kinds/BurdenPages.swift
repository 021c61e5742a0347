import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/demands/burden`: every source of burden by its kind, with the share of hours of each kind and what helps against it.
struct BurdenPages: Sendable {
    let mandates: Mandates

    func add(to routes: Routes) {
        routes.page("/demands/burden", right: .readMandates) { try await show($0) }
        routes.page("/demands/burden/export", right: .readMandates) { try await export($0) }
    }

    /// One source with its hours of the year.
    struct Line: Sendable {
        var source: BurdenSource
        var minutes: Int64
    }

    static func year(_ visit: Visit) throws(Refusal) -> Int {
        guard let text = visit.query.filled("year") else { return visit.now.local().day.parts.year }
        guard let year = Int(text), (2000...2200).contains(year) else { throw ListAPI.wrong("year") }
        return year
    }

    static func kind(_ visit: Visit) throws(Refusal) -> BurdenKind? {
        guard let text = visit.query.filled("kind") else { return nil }
        guard let kind = BurdenKind(rawValue: text) else { throw ListAPI.wrong("kind") }
        return kind
    }

    static func days(of year: Int) -> ClosedRange<Day> {
        let first = Day(year: year, month: 1, day: 1) ?? Day(number: 0)
        return first...(Day(year: year, month: 12, day: 31) ?? first)
    }

    /// All of the year, the most hours first.
    func lines(_ year: Int, for scope: Scope) async throws -> [Line] {
        let (days, mandates) = (Self.days(of: year), mandates)
        let sources = try await mandates.house.database.read {
            try mandates.burdenSources(days, for: scope, in: $0)
        }
        return sources.map { Line(source: $0, minutes: $0.minutes(days)) }
            .sorted { ($1.minutes, $1.source.number) < ($0.minutes, $0.source.number) }
    }

    struct Share: Sendable {
        var kind: BurdenKind
        var count: Int
        var minutes: Int64
        /// Per mille of all hours; nil when there are none.
        var share: Int64?
    }

    static func shares(_ lines: [Line]) -> [Share] {
        let all = lines.map(\.minutes).reduce(0, +)
        return BurdenKind.allCases.map { kind in
            let some = lines.filter { $0.source.kind == kind }
            let minutes = some.map(\.minutes).reduce(0, +)
            return Share(
                kind: kind, count: some.count, minutes: minutes,
                share: all > 0 ? (minutes * 2000 + all) / (all * 2) : nil)
        }
    }

    private var columns: [Column<Line>] {
        let mandates = mandates
        return [
            .text(
                "编号", "Number",
                html: { line, _ in "<a href=\"/demands/\(line.source.id)\">\(line.source.number)</a>" }
            ) { line, _ in line.source.number },
            .text("种类", "Source") { line, visit in visit(mandates.title(line.source.source)) },
            Column("事项", "What", .longText, cell: { line, _ in .text(line.source.title) }),
            .text("提出单位", "From") { line, _ in line.source.bodyName },
            .text(
                "类别", "Kind",
                html: { line, visit in
                    let corrected: HTML =
                        line.source.isCorrected
                        ? " <span class=\"tag\">\(visit("已更正", "corrected"))</span>" : HTML()
                    return
                        "<span class=\"tag \(HTML(trusted: "\(MandateTexts.tone(line.source.kind))"))\">\(visit(MandateTexts.title(line.source.kind)))</span>\(corrected)"
                }
            ) { line, visit in visit(MandateTexts.title(line.source.kind)) },
            Column("理由", "Why", .longText, cell: { line, visit in .text(visit(line.source.reason)) }),
            Column(
                "本年工时", "Hours this year", .number, cell: { line, _ in .number(Double(line.minutes) / 60) },
                html: { line, _ in HTML(text: hoursText(line.minutes)) }),
            .text("怎么减", "Remedy") { line, visit in mandates.burdenKinds.kind(line.source.kind).map { visit($0.remedy) }
            },
            .text("已采取", "Done") { line, visit in
                line.source.measures.isEmpty
                    ? nil : line.source.measures.map { visit($0.measure.title) }.joined(separator: visit("、", ", "))
            },
        ]
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (year, kind) = (try Self.year(visit), try Self.kind(visit))
        let lines = try await lines(year, for: staff.scope)
        let listing = Listing(
            caption: visit("\(year) 年的负担来源", "Sources of burden in \(year)"), columns: columns,
            items: Array(lines.filter { kind == nil || $0.source.kind == kind }.prefix(200)),
            whenEmpty: "<p>\(visit("这一年没有经准入下达的事项。", "Nothing was sent down through the gate this year."))</p>")
        let title = visit(MandateTexts.burdenKinds)
        let shares = Self.shares(lines)
        let choices = BurdenKind.allCases.map { Field.Choice($0.rawValue, visit(MandateTexts.title($0))) }
        return visit.page(
            Page(
                title, breadcrumb: [(visit(MandateTexts.gate), "/demands"), (title, nil)],
                """
                <p class="lead">\(visit("文件、会议、检查、报表、工作群、应用和任务，各归一类，各有各的减法：形式主义取消，必要形式重新设计，过量工作减次数、配人、付费。", "Papers, meetings, inspections, forms, groups, apps and tasks, each of one kind and each with its remedy: formalism is cut, necessary form is made anew, too much work gets fewer times, people or money."))</p>\
                <section class="panel scroll" tabindex="0" role="region" aria-label="\(visit("各类占比", "Shares"))"><table class="list"><caption>\(visit("各类工时占比", "Share of hours"))</caption>\
                <thead><tr><th scope="col">\(visit("类别", "Kind"))</th><th scope="col" class="n">\(visit("件数", "Count"))</th><th scope="col" class="n">\(visit("工时", "Hours"))</th><th scope="col" class="n">\(visit("占比", "Share"))</th><th scope="col">\(visit("怎么减", "Remedy"))</th></tr></thead><tbody>\
                \(shares.html { share in
                    """
                    <tr><th scope="row"><a href="/demands/burden?year=\(year)&amp;kind=\(share.kind.rawValue)">\(visit(MandateTexts.title(share.kind)))</a></th><td class="n" data-label="\(visit("件数", "Count"))">\(share.count)</td>\
                    <td class="n" data-label="\(visit("工时", "Hours"))">\(hoursText(share.minutes))</td>\
                    <td class="n" data-label="\(visit("占比", "Share"))">\(share.share.map(permille) ?? "—")</td><td data-label="\(visit("怎么减", "Remedy"))">\(mandates.burdenKinds.kind(share.kind).map { visit($0.remedy) } ?? "")</td></tr>
                    """
                })</tbody></table></section>\
                <form method="get" action="/demands/burden" class="filters">\(Field.text("year", visit("年份", "Year"), value: "\(year)", maximum: 4, inputMode: "numeric"))\
                \(Field.choice("kind", visit("类别", "Kind"), choices, value: kind?.rawValue, none: visit(MandateTexts.none)))\(Field.submit(visit("查询", "Show")))</form>\
                <div class="bar">\(exportLink(visit, path: "/demands/burden/export"))</div>\(listing.html(visit))\
                <p class="hint">\(visit("工时为清单和准入条件的标准时间，均匀摊到有效期的每一天；购买的只计街道已接受的合同。分类标准见规则文件 burden-kinds.yaml（待当地核实），统筹办可在事项页写明理由更正。", "Hours are standard times, spread evenly over the period; of bought work, only contracts that streets agreed to. What makes which kind stands in burden-kinds.yaml (check locally); coordination corrects it on the page of the demand, with a reason."))</p>
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let (year, kind) = (try Self.year(staff.visit), try Self.kind(staff.visit))
        let lines = try await lines(year, for: staff.scope).filter { kind == nil || $0.source.kind == kind }
        return try await SheetExport.workbook(
            named: staff(MandateTexts.burdenKinds), columns: columns, for: staff
        ) { _ in (lines, nil) }
    }
}
