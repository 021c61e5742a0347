import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/demands/year`: what departments sent in a year, against base year and cap.
struct YearPage: Sendable {
    let mandates: Mandates

    func add(to routes: Routes) {
        routes.page("/demands/year", right: .readMandates) { try await show($0) }
        routes.page("/demands/year/export", right: .readMandates) { try await export($0) }
        routes.api(Self.operation, right: .readMandates) { staff, _ in
            let year = try Self.year(staff.visit)
            let lines = try await lines(year, for: staff.scope)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("year", year)
                    writer.member("baseYear", mandates.caps.baseYear)
                    writer.key("lines")
                    writer.array(lines) { writer, line in
                        writer.object { writer in
                            writer.member("line", line.line)
                            writer.member("kind", line.kind.rawValue)
                            writer.member("sent", line.sent)
                            writer.member("otherNames", line.otherNames)
                            writer.member("refused", line.refused)
                            writer.member("minutes", line.minutes)
                            writer.key("cap")
                            if let most = line.allowance.most { writer.value(most) } else { writer.null() }
                            writer.key("base")
                            if let base = line.allowance.base { writer.value(base) } else { writer.null() }
                            writer.member("holes", line.allowance.holes)
                            writer.member("isOver", line.isOver)
                            writer.member("isRising", line.rebound != nil)
                            writer.member("toldAt", line.toldAt)
                        }
                    }
                }
            ).response
        }
    }

    /// One kind of one department.
    struct Line: Sendable {
        var line: String
        var kind: DemandKind
        /// By month, January first: sent or on the way.
        var months: [Int64]
        /// Of these, how many came under another name and count as this kind.
        var otherNames: Int64
        var refused: Int64
        /// Standard minutes of what was admitted.
        var minutes: Int64
        var allowance: BurdenCaps.Allowance
        /// Of the last 24 months, so that a cut of the year before is known.
        var rebound: Rebound.Rise?
        /// When those who answer for it were told.
        var toldAt: Instant?

        var sent: Int64 { months.reduce(0, +) }
        /// More was sent than a cap, perhaps lowered since, allows.
        var isOver: Bool { allowance.most.map { sent > $0 } ?? false }
    }

    private static func year(_ visit: Visit) throws(Refusal) -> Int {
        guard let text = visit.query.filled("year") else { return visit.now.local().day.parts.year }
        guard let year = Int(text), (2000...2200).contains(year) else { throw ListAPI.wrong("year") }
        return year
    }

    private func lines(_ year: Int, for scope: Scope) async throws -> [Line] {
        let today = mandates.house.clock.now().local().day
        let until = today.parts.year > year ? Day(year: year, month: 12, day: 31) ?? today : today
        let (rows, series, told) = try await mandates.house.database.read { transaction in
            (
                try DemandStore.ofYear(year, for: scope, in: transaction),
                try RiseStore.series(until: until, caps: mandates.caps, for: scope, in: transaction),
                try RiseStore.told(in: transaction)
            )
        }
        let groups = Dictionary(grouping: rows) { [$0.line ?? "", mandates.caps.counted($0.kind).rawValue] }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { key, rows in
            guard let kind = DemandKind(rawValue: key[1]) else { return nil }
            var months = Array(repeating: Int64(0), count: 12)
            for row in rows where row.counts { months[row.month - 1] += 1 }
            return Line(
                line: key[0], kind: kind, months: months,
                otherNames: Int64(rows.filter { $0.counts && $0.kind != kind }.count),
                refused: Int64(rows.filter { $0.stage == .refused }.count),
                minutes: rows.filter { $0.stage == .admitted || $0.stage == .expired }.map(\.minutes).reduce(0, +),
                allowance: mandates.caps.allowance(kind, line: key[0]),
                rebound: series.first { $0.line == key[0] && $0.kind == kind }.flatMap(mandates.rise),
                toldAt: told.first { $0.line == key[0] && $0.kind == kind }?.at)
        }
    }

    private var columns: [Column<Line>] {
        let mandates = mandates
        return [
            .text("部门", "Department") { line, visit in line.line.isEmpty ? nil : visit(mandates.lines.title(line.line))
            },
            .text("种类", "Kind") { line, visit in mandates.rules.kind(line.kind).map { visit($0.title) } },
            Column(
                "基准年", "Base year", .number,
                cell: { line, _ in line.allowance.base.map { .number(Double($0)) } ?? .empty },
                html: { line, visit in
                    let holes: HTML =
                        line.allowance.holes > 0 && line.allowance.base != nil
                        ? " <span class=\"tag caution\">\(visit("缺 \(line.allowance.holes) 个月", "\(line.allowance.holes) months missing"))</span>"
                        : HTML()
                    return "\(line.allowance.base.map { "\($0)" } ?? "—")\(holes)"
                }),
            Column(
                "上限", "Cap", .number, cell: { line, _ in line.allowance.most.map { .number(Double($0)) } ?? .empty },
                html: { line, _ in HTML(text: line.allowance.most.map { "\($0)" } ?? "—") }),
            Column(
                "本年", "This year", .number, cell: { line, _ in .number(Double(line.sent)) },
                html: { line, visit in
                    line.isOver
                        ? "<span class=\"tag danger\">\(line.sent) \(visit("超出", "over"))</span>" : "\(line.sent)"
                }),
            .number("其中以其他名目", "Under other names") { $0.otherNames },
            .number("不予下达", "Refused") { $0.refused },
            Column(
                "占用工时", "Hours", .number, cell: { line, _ in .number(Double(line.minutes) / 60) },
                html: { line, _ in HTML(text: hoursText(line.minutes)) }),
            .text(
                "趋势", "Trend",
                html: { line, visit in
                    line.rebound.map {
                        "<span class=\"tag warn\">\(visit("反弹：三个月 \($0.lowest) → \($0.now)（减之前 \($0.before)）", "Rising again: three months \($0.lowest) → \($0.now) (\($0.before) before)"))</span>"
                    } ?? HTML(text: visit("平稳", "Steady"))
                }
            ) { line, visit in
                line.rebound.map { visit("反弹 \($0.lowest) → \($0.now)", "rising \($0.lowest) → \($0.now)") }
            },
            .instant("已通知", "Told") { $0.toldAt },
        ]
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let year = try Self.year(visit)
        let listing = Listing(
            caption: visit("\(year) 年各部门下达情况", "What departments sent in \(year)"), columns: columns,
            items: try await lines(year, for: staff.scope),
            whenEmpty: "<p>\(visit("这一年还没有事项经过准入。", "Nothing has come through the gate this year."))</p>")
        let title = visit(MandateTexts.year)
        return visit.page(
            Page(
                title, breadcrumb: [(visit(MandateTexts.gate), "/demands"), (title, nil)],
                """
                <p class="lead">\(visit("会议、文件、检查、报表、应用在下达前登记、计数、限量；超过上限的当场不予下达，并写明规则。", "Meetings, papers, inspections, forms and apps are registered, counted and capped before they are sent; over the cap they are refused on the spot, with the rule."))</p>\
                <form method="get" action="/demands/year" class="filters">\(Field.text("year", visit("年份", "Year"), value: "\(year)", maximum: 4, inputMode: "numeric"))\(Field.submit(visit("查询", "Show")))</form>\
                <div class="bar">\(exportLink(visit, path: "/demands/year/export"))</div>\(listing.html(visit))\
                <p class="hint">\(visit("计入本年：已准入、办理中和已到期的事项；不计不予准入和开始前撤回的，开始后撤回的照计。上限见规则文件 caps.yaml（待当地核实）。", "Counted: what is admitted, on its way or over; not what was refused or taken back before it began. What was taken back later counts. The caps stand in caps.yaml (check locally)."))</p>\
                <p class="hint">\(visit("减下来的又多起来，在回到原来的次数之前就通知下达部门和统筹办；每次反弹只通知一次。", "What was cut and rises again is told to the department and to coordination before it is back where it was, once for each rise."))</p>
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let lines = try await lines(try Self.year(staff.visit), for: staff.scope)
        return try await SheetExport.workbook(named: staff(MandateTexts.year), columns: columns, for: staff) { _ in
            (lines, nil)
        }
    }

    private static let operation = APIOperation(
        .get, "/demand-years", id: "readDemandYear", tag: "demands",
        summary: LocalizedText("一年内各部门下达情况与上限", "What departments sent in a year, with caps and base year"),
        query: [.init("year", .integer(minimum: 2000, maximum: 2200), required: false)],
        response: .object([
            .init("year", .integer(minimum: 2000)), .init("baseYear", .integer(minimum: 2000)),
            .init(
                "lines",
                .array(
                    .object([
                        .init("line", .text), .init("kind", .string(values: DemandKind.allCases.map(\.rawValue))),
                        .init("sent", .integer(minimum: 0)),
                        .init("otherNames", .integer(minimum: 0)), .init("refused", .integer(minimum: 0)),
                        .init("minutes", .integer(minimum: 0)), .init("cap", .nullable(.integer(minimum: 0))),
                        .init("base", .nullable(.integer(minimum: 0))), .init("holes", .integer(minimum: 0)),
                        .init("isOver", .boolean), .init("isRising", .boolean), .init("toldAt", .nullable(.instant)),
                    ]))),
        ]))
}
