import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Mandates
import Places
import Web

/// `/accounts/year`: hours of each source before and after, beside what came of matters; each figure leads to its list.
struct YearPages: Sendable {
    let accounts: Accounts

    func add(to routes: Routes) {
        routes.page("/accounts/year", right: .readWorkload) { try await show($0) }
        routes.page("/accounts/year/export", right: .readWorkload) { try await export($0) }
        routes.page("/accounts/year/sources", right: .readWorkload) { try await sources($0) }
        routes.page("/accounts/year/sources/export", right: .readWorkload) { try await exportSources($0) }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let question = try YearQuestion(visit.query, for: staff.scope)
        let year = try await accounts.burdenYear(question, for: staff.scope, at: visit.now)
        let title = visit(AccountTexts.year)
        return visit.page(
            Page(
                title, breadcrumb: [(title, nil)],
                """
                <p class="lead">\(visit("减的是负担，不是工作：一边是压到每个岗位上的工时，一边是居民的事办成了没有。每个数字都能点开它的清单。", "Less burden, not less work: hours laid on each post on one side, what came of residents’ matters on the other. Each figure leads to the list it is made of."))</p>\
                <div class="bar">\(exportLink(visit, path: "/accounts/year/export"))<a class="btn" href="/accounts/pairs">\(visit(AccountTexts.pairs))</a><a class="btn" href="/accounts/flows">\(visit(AccountTexts.flows))</a><a class="btn" href="/accounts/streets">\(visit(AccountTexts.streets))</a></div>\
                \(form(year, staff))\(summary(year, visit))\(outcomes(year, staff))\(sourceTable(year, visit))\(kindTable(year, visit))\(monthTable(year, staff))\
                <p class="hint">\(visit("工时是经准入下达的事项按标准时间摊到每一天的和，岗位数是今天在岗的街道、社区、网格承担岗位；成效来自诉求的台账，按应办结日统计，应办结不满 \(accounts.rules.settlingDays) 天的还在核查、评价，不计；变化在容许值或偶然范围内的算没有变差。阈值见规则文件 accounts.yaml（待当地核实）。不计算、不比较任何个人。", "Hours are those of demands that passed the gate, spread over their days at standard times; posts are those held today in streets, communities and grids. Outcomes come from matters, by the day on which they should have been closed, those of the last \(accounts.rules.settlingDays) days left out while they are still checked and rated; a change within tolerance or chance is none. No person is counted or compared. Thresholds stand in accounts.yaml (check locally)."))</p>
                """))
    }

    private func form(_ year: BurdenYear, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let top = staff.scope.area
        var areas = [Field.Choice(top.code, accounts.areaName(top))]
        if top.level == .county {
            areas += accounts.places.children(of: top.code).prefix(300).map { Field.Choice($0.code, $0.name) }
        }
        return """
            <form method="get" action="/accounts/year" class="filters">\
            \(Field.text("turn", visit("从哪天起算“之后”", "First day of “after”"), value: year.periods.turn.description, type: "date"))\
            \(Field.text("days", visit("前后各几天", "Days on each side"), value: "\(year.periods.length)", maximum: 3, hint: visit("28–366", "28 to 366"), inputMode: "numeric"))\
            \(areas.count > 1 ? Field.choice("area", visit("区域", "Area"), areas, value: year.area.code) : HTML())\
            \(Field.submit(visit("查询", "Show"))) <a class="btn" href="/accounts/year">\(visit("重置", "Reset"))</a></form>
            """
    }

    private func summary(_ year: BurdenYear, _ visit: Visit) -> HTML {
        let periods = year.periods
        func perPost(_ minutes: Int64) -> String {
            Figures.hoursPerPost(minutes, posts: year.posts, days: periods.length) ?? "—"
        }
        let underWay: HTML =
            periods.isUnderWay(on: visit.now.local().day)
            ? "<p class=\"hint\">\(visit("之后的一段还没有走完，工时含已准入、尚未到的日子。", "The days after are not over: their hours hold what is admitted for days to come."))</p>"
            : HTML()
        return """
            <dl class="kpi"><div><dt>\(visit("每岗每月工时 之前", "Hours per post in 30 days, before"))</dt><dd><strong>\(perPost(year.minutes.before))</strong></dd></div>\
            <div><dt>\(visit("每岗每月工时 之后", "Hours per post in 30 days, after"))</dt><dd><strong>\(perPost(year.minutes.after))</strong></dd></div>\
            <div><dt>\(visit("变化", "Change"))</dt><dd><strong>\(Figures.change(year.minutes.before, year.minutes.after) ?? "—")</strong></dd></div>\
            <div><dt>\(visit("承担岗位", "Posts"))</dt><dd><strong>\("\(year.posts)")</strong></dd></div>\
            <div><dt>\(visit("成效", "Outcomes"))</dt><dd><strong>\(visit(year.verdict.title))</strong></dd></div></dl>\
            <p>\(visit(AccountTexts.before))：\(periods.before.lowerBound.description) – \(periods.before.upperBound.description) · \(visit(AccountTexts.after))：\(periods.after.lowerBound.description) – \(periods.after.upperBound.description)</p>\(underWay)
            """
    }

    // MARK: Tables

    private func outcomes(_ year: BurdenYear, _ staff: StaffVisit) -> HTML {
        guard !year.pairs.isEmpty else { return HTML() }
        let visit = staff.visit
        func cell(_ label: LocalizedText, _ share: Share, _ days: ClosedRange<Day>?, _ kind: OutcomeKind) -> HTML {
            guard let days, share.whole > 0 else { return "<td class=\"n\" data-label=\"\(visit(label))\">—</td>" }
            return
                "<td class=\"n\" data-label=\"\(visit(label))\"><a href=\"\(Self.list(of: kind, days, in: year.area, of: year.periods))\">\(Figures.share(share))</a> <small>\(visit("\(share.sample) 件", "of \(share.sample)"))</small></td>"
        }
        return """
            <section class="panel scroll" tabindex="0" role="region" aria-label="\(visit("成效", "Outcomes"))"><table class="list"><caption>\(visit("成效：少了负担，事情办得怎样", "Outcomes: with less burden, what came of matters"))</caption>\
            <thead><tr><th scope="col">\(visit("指标", "Outcome"))</th><th scope="col" class="n">\(visit(AccountTexts.before))</th><th scope="col" class="n">\(visit(AccountTexts.after))</th><th scope="col">\(visit("结论", "Verdict"))</th></tr></thead><tbody>\
            \(year.pairs.html { pair in
                """
                <tr><th scope="row">\(visit(pair.kind.title))</th>\(cell(AccountTexts.before, pair.before, year.judged.before, pair.kind))\(cell(AccountTexts.after, pair.after, year.judged.after, pair.kind))<td data-label="\(visit("结论", "Verdict"))">\(Figures.tag(pair.verdict, visit))</td></tr>
                """
            })</tbody></table></section>
            """
    }

    /// The list of which a share is made. What came up again is counted by months, so it leads to the months of the periods.
    static func list(
        of kind: OutcomeKind, _ days: ClosedRange<Day>, in area: AreaPrefix, of periods: Periods
    ) -> String {
        switch kind {
        case .solved, .onTime: "/rates?from=\(days.lowerBound)&until=\(days.upperBound)&area=\(area.code)"
        case .repeated: "/accounts/year?turn=\(periods.turn)&days=\(periods.length)&area=\(area.code)#months"
        }
    }

    private static func monthList(of kind: OutcomeKind, _ days: ClosedRange<Day>, in area: AreaPrefix) -> String {
        switch kind {
        case .solved, .onTime: "/rates?from=\(days.lowerBound)&until=\(days.upperBound)&area=\(area.code)"
        case .repeated: "/hot-spots?period=\(days.lowerBound.description.prefix(7))"
        }
    }

    private static func list(_ days: ClosedRange<Day>, in area: AreaPrefix) -> String {
        "/accounts/year/sources?from=\(days.lowerBound)&until=\(days.upperBound)&area=\(area.code)"
    }

    private func link(_ year: BurdenYear, _ side: String, _ filter: String) -> String {
        "/accounts/year/sources?turn=\(year.periods.turn)&days=\(year.periods.length)&area=\(year.area.code)&side=\(side)\(filter)"
    }

    private func table(
        _ caption: String, _ head: String, _ rows: [(name: String, filter: String, minutes: BurdenYear.Sides)],
        _ year: BurdenYear, _ visit: Visit
    ) -> HTML {
        let (before, after) = (visit("之前（小时）", "Hours before"), visit("之后（小时）", "Hours after"))
        let perPost = visit("每岗每月（小时）", "Per post in 30 days")
        let change = visit("变化", "Change")
        func hours(_ minutes: Int64) -> String {
            Figures.hoursPerPost(minutes, posts: year.posts, days: year.periods.length) ?? "—"
        }
        func cell(_ label: String, _ minutes: Int64, _ side: String, _ filter: String) -> HTML {
            "<td class=\"n\" data-label=\"\(label)\"><a href=\"\(link(year, side, filter))\">\(Figures.hours(minutes))</a></td>"
        }
        return """
            <section class="panel scroll" tabindex="0" role="region" aria-label="\(caption)"><table class="list"><caption>\(caption)</caption>\
            <thead><tr><th scope="col">\(head)</th><th scope="col" class="n">\(before)</th><th scope="col" class="n">\(after)</th><th scope="col" class="n">\(perPost)</th><th scope="col" class="n">\(change)</th></tr></thead><tbody>\
            \(rows.html { row in
                """
                <tr><th scope="row">\(row.name)</th>\(cell(before, row.minutes.before, "before", row.filter))\(cell(after, row.minutes.after, "after", row.filter))<td class="n" data-label="\(perPost)">\(hours(row.minutes.before)) → \(hours(row.minutes.after))</td><td class="n" data-label="\(change)">\(Figures.change(row.minutes.before, row.minutes.after) ?? "—")</td></tr>
                """
            })</tbody></table></section>
            """
    }

    private func sourceTable(_ year: BurdenYear, _ visit: Visit) -> HTML {
        var rows = year.lines.map { line in
            (
                name: visit(accounts.mandates.title(line.source)), filter: "&source=\(line.source.rawValue)",
                minutes: line.minutes
            )
        }
        rows.append((name: visit("合计", "Total"), filter: "", minutes: year.minutes))
        return table(visit("工时按来源", "Hours by source"), visit("来源", "Source"), rows, year, visit)
    }

    private func kindTable(_ year: BurdenYear, _ visit: Visit) -> HTML {
        let rows = year.kinds.map { line in
            (
                name: visit(accounts.mandates.title(line.kind)), filter: "&kind=\(line.kind.rawValue)",
                minutes: line.minutes
            )
        }
        return table(visit("工时按负担类别", "Hours by kind of burden"), visit("类别", "Kind"), rows, year, visit)
    }

    private func monthTable(_ year: BurdenYear, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let most = max(1, year.months.map(\.minutes).max() ?? 1)
        let rows = year.months
        func cell(_ kind: OutcomeKind, _ outcomes: OutcomesOfDays, _ month: BurdenYear.Month) -> HTML {
            let share = kind.share(outcomes)
            guard let days = month.judged, share.whole > 0 else { return "—" }
            return "<a href=\"\(Self.monthList(of: kind, days, in: year.area))\">\(Figures.share(share))</a>"
        }
        return """
            <section class="panel scroll" id="months" tabindex="0" role="region" aria-label="\(visit("逐月", "Month by month"))"><table class="list"><caption>\(visit("逐月：工时与成效", "Month by month"))</caption>\
            <thead><tr><th scope="col">\(visit("月份", "Month"))</th><th scope="col" class="n">\(visit("工时", "Hours"))</th><th scope="col">\(visit("占最多的月", "Of the most"))</th>\
            \(OutcomeKind.allCases.html { "<th scope=\"col\" class=\"n\">\(visit($0.title))</th>" })</tr></thead><tbody>\
            \(rows.html { month in
                """
                <tr><th scope="row">\(month.days.lowerBound.description) – \(month.days.upperBound.description)</th><td class="n" data-label="\(visit("工时", "Hours"))"><a href="\(Self.list(month.days, in: year.area))">\(Figures.hours(month.minutes))</a></td>\
                <td data-label="\(visit("占最多的月", "Of the most"))"><svg viewBox="0 0 100 8" width="100" height="8" aria-hidden="true"><rect width="\("\(month.minutes * 100 / most)")" height="8" fill="currentColor" fill-opacity="\(month.days.lowerBound < year.periods.turn ? "0.35" : "0.7")"></rect></svg></td>\
                \(OutcomeKind.allCases.html { kind in
                    "<td class=\"n\" data-label=\"\(visit(kind.title))\">\(month.outcomes.map { cell(kind, $0, month) } ?? "—")</td>"
                })</tr>
                """
            })</tbody></table></section>
            """
    }

    // MARK: Export

    private struct Row: Sendable {
        var name: LocalizedText
        var before: Double?
        var after: Double?
        var verdict: LocalizedText?
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let question = try YearQuestion(staff.visit.query, for: staff.scope)
        let year = try await accounts.burdenYear(question, for: staff.scope, at: staff.visit.now)
        let mandates = accounts.mandates
        func row(_ name: LocalizedText, _ minutes: BurdenYear.Sides) -> Row {
            Row(name: name, before: Double(minutes.before) / 60, after: Double(minutes.after) / 60)
        }
        var rows = year.lines.map { row(mandates.title($0.source), $0.minutes) }
        rows += year.kinds.map { row(mandates.title($0.kind), $0.minutes) }
        rows.append(row(LocalizedText("合计", "Total"), year.minutes))
        rows += year.pairs.map { pair in
            Row(
                name: pair.kind.title, before: pair.before.basisPoints.map { Double($0) / 100 },
                after: pair.after.basisPoints.map { Double($0) / 100 }, verdict: pair.verdict.title)
        }
        let columns: [Column<Row>] = [
            .text("项目", "Figure") { row, visit in visit(row.name) },
            Column(
                "之前（小时或%）", "Before (hours or %)", .number, cell: { row, _ in row.before.map(Cell.number) ?? .empty }),
            Column("之后（小时或%）", "After (hours or %)", .number, cell: { row, _ in row.after.map(Cell.number) ?? .empty }),
            .text("结论", "Verdict") { row, visit in row.verdict.map { visit($0) } },
        ]
        let all = rows
        return try await SheetExport.workbook(
            named: staff(AccountTexts.year), columns: columns, for: staff,
            filter: "\(year.periods.before.lowerBound) – \(year.periods.after.upperBound)"
        ) { _ in (all, nil) }
    }

    // MARK: The list behind a figure

    private struct SourceLine: Sendable {
        var source: BurdenSource
        var minutes: Int64
    }

    private func lines(_ staff: StaffVisit) async throws -> (days: ClosedRange<Day>, lines: [SourceLine]) {
        let query = staff.visit.query
        let question = try YearQuestion(query, for: staff.scope)
        let days = try days(question, query, today: staff.visit.now.local().day)
        let source = query.filled("source")
        let (kind, line) = (query.filled("kind"), query.filled("line"))
        if let source, DemandKind(rawValue: source) == nil { throw YearQuestion.wrong("source") }
        if let kind, BurdenKind(rawValue: kind) == nil { throw YearQuestion.wrong("kind") }
        let found = try await accounts.sources(days, for: staff.scope)
        let lines = found.filter {
            (source == nil || $0.source.rawValue == source) && (kind == nil || $0.kind.rawValue == kind)
                && (line == nil || $0.line ?? FlowPages.noLine == line)
        }.map { SourceLine(source: $0, minutes: Accounts.minutes($0, days, in: question.area)) }
            .filter { $0.minutes > 0 }
            .sorted { ($1.minutes, $0.source.number) < ($0.minutes, $1.source.number) }
        return (days, lines)
    }

    /// The days from one to another, or one side of the turning day.
    private func days(
        _ question: YearQuestion, _ query: QueryParameters, today: Day
    ) throws(Refusal) -> ClosedRange<Day> {
        if let from = query.filled("from"), let until = query.filled("until") {
            guard let first = Day(from), let last = Day(until), first <= last, last - first < 400 else {
                throw YearQuestion.wrong("until")
            }
            return first...last
        }
        guard let turn = question.turn else { throw YearQuestion.wrong("turn") }
        let periods = Periods(turn: turn, length: question.length, today: today)
        switch query.filled("side") {
        case "before": return periods.before
        case "after", nil: return periods.after
        default: throw YearQuestion.wrong("side")
        }
    }

    private var sourceColumns: [Column<SourceLine>] {
        let mandates = accounts.mandates
        return [
            .text(
                "编号", "Number",
                html: { line, _ in "<a href=\"/demands/\(line.source.id)\">\(line.source.number)</a>" }
            ) { line, _ in line.source.number },
            .text("来源", "Source") { line, visit in visit(mandates.title(line.source.source)) },
            Column("事项", "What", .longText, cell: { line, _ in .text(line.source.title) }),
            .text("提出单位", "From") { line, _ in line.source.bodyName },
            .text("类别", "Kind") { line, visit in visit(mandates.title(line.source.kind)) },
            Column(
                "工时", "Hours", .number, cell: { line, _ in .number(Double(line.minutes) / 60) },
                html: { line, _ in HTML(text: Figures.hours(line.minutes)) }),
            .text("已采取", "Done about it") { line, visit in
                line.source.measures.isEmpty
                    ? nil : line.source.measures.map { visit($0.measure.title) }.joined(separator: visit("、", ", "))
            },
        ]
    }

    private func sources(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (days, lines) = try await lines(staff)
        let listing = Listing(
            caption: "\(days.lowerBound) – \(days.upperBound)", columns: sourceColumns,
            items: Array(lines.prefix(500)),
            whenEmpty: "<p>\(visit("这段时间没有这样的工时。", "No such hours in these days."))</p>")
        let title = visit(AccountTexts.sources)
        let sum = lines.map(\.minutes).reduce(0, +)
        return visit.page(
            Page(
                title, breadcrumb: [(visit(AccountTexts.year), "/accounts/year"), (title, nil)],
                """
                <p>\(visit("共 \(lines.count) 件，\(Figures.hours(sum)) 小时。", "\(lines.count) demands, \(Figures.hours(sum)) hours."))</p>\
                <div class="bar">\(exportLink(visit, path: "/accounts/year/sources/export"))</div>\(listing.html(visit))
                """))
    }

    private func exportSources(_ staff: StaffVisit) async throws -> Response {
        let (days, lines) = try await lines(staff)
        return try await SheetExport.workbook(
            named: staff(AccountTexts.sources), columns: sourceColumns, for: staff,
            filter: "\(days.lowerBound) – \(days.upperBound)"
        ) { _ in (lines, nil) }
    }
}
