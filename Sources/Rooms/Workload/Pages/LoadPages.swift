import Desk
import Ground
import Hummingbird
import Identity
import Mandates
import Places
import Storage
import Web

/// `/workload`: how posts are loaded, place by place, month by month, and from which sources.
struct LoadPages: Sendable {
    let workload: Workload

    func add(to routes: Routes) {
        routes.page("/workload", right: .readWorkload) { try await show($0) }
        routes.page("/workload/export", right: .readWorkload) { try await export($0) }
    }

    /// A place or a kind of post with its sum.
    struct Line: Sendable {
        var area: AreaPrefix
        var role: String?
        var sum: LoadSheet.Sum
    }

    private func area(_ staff: StaffVisit) throws(Refusal) -> AreaPrefix {
        guard let text = staff.visit.query.filled("area") else { return staff.scope.area }
        guard let area = AreaPrefix(text), staff.scope.area.contains(area) else { throw Refusal.nothingHere }
        return area
    }

    private func sheet(_ staff: StaffVisit) async throws -> (LoadSheet, [CountedWork]) {
        let now = staff.visit.now
        let (sheet, work) = try await workload.forecast.sheet(from: LoadMonth(of: now.local().day), at: now)
        return (sheet, work)
    }

    /// The areas below; in a community, the kinds of posts.
    private func lines(_ sheet: LoadSheet, in area: AreaPrefix) -> [Line] {
        let positions = sheet.positions(in: area)
        let length = area.level < .county ? 6 : area.level == .county ? 9 : 12
        if area.level < .community {
            let groups = Dictionary(grouping: positions) { String(sheet.posts[$0].area.code.prefix(length)) }
            return groups.sorted { $0.key < $1.key }.compactMap { code, positions in
                AreaPrefix(code).map { Line(area: $0, role: nil, sum: sheet.sum(of: positions)) }
            }
        }
        let groups = Dictionary(grouping: positions) { [sheet.posts[$0].role, sheet.posts[$0].area.code] }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { key, positions in
            AreaPrefix(key[1]).map { Line(area: $0, role: key[0], sum: sheet.sum(of: positions)) }
        }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let area = try area(staff)
        let (sheet, work) = try await sheet(staff)
        let sum = sheet.sum(of: sheet.positions(in: area))
        let next = try await workload.forecast.nextMonth(in: area, of: sheet)
        let listing = Listing(
            caption: visit("各处岗位负荷（今后十二个月）", "Load of posts, place by place (the twelve months ahead)"),
            columns: columns, items: lines(sheet, in: area),
            whenEmpty: "<p>\(visit("这里没有计入工作量的在岗岗位。", "No staffed posts here that count."))</p>")
        let name = workload.areaName(area)
        let panels = try await workload.panels.html(staff)
        let page = Page(
            visit(WorkloadTexts.workload),
            breadcrumb: trail(area, staff),
            """
            <p class="lead">\(visit("\(name)：职责分解为任务，按标准工时落到岗位，与法定工作日的可用工时相比。只按岗位和标准工时计算，不看任何人怎样工作。", "\(name): duties become tasks, standard hours, posts, against the hours that the calendar leaves. By post and standard time; nobody is watched."))</p>\
            <div class="bar"><a class="btn p" href="/workload/what-if?area=\(area.code)">\(visit(WorkloadTexts.whatIf))</a><a class="btn" href="/workload/capacity">\(visit(WorkloadTexts.capacity))</a><a class="btn" href="/workload/standard-times">\(visit(WorkloadTexts.standardTimes))</a>\(exportLink(visit, path: "/workload/export"))<a class="btn" href="/mandates">\(visit("权责清单", "Duty lists"))</a></div>\
            \(kpi(sum, visit))\(panels)\(months(sum, sheet.first, visit))\(forecast(next, visit))\(listing.html(visit))\
            \(area == workload.house.settings.area ? sources(sheet, work, visit) : HTML())
            """)
        return visit.page(page)
    }

    private func trail(_ area: AreaPrefix, _ staff: StaffVisit) -> [(text: String, address: String?)] {
        var trail: [(text: String, address: String?)] = [(staff.visit(WorkloadTexts.workload), "/workload")]
        for step in workload.places.path(of: area.code)
        where staff.scope.area.contains(code: step.code) && step.code != staff.scope.area.code {
            trail.append((step.name, "/workload?area=\(step.code)"))
        }
        if let last = trail.indices.last { trail[last].address = nil }
        return trail
    }

    private func kpi(_ sum: LoadSheet.Sum, _ visit: Visit) -> HTML {
        func figure(_ name: String, _ value: String, _ tone: String? = nil) -> HTML {
            "<div\(attribute: "class", tone)><dt>\(name)</dt><dd><strong>\(value)</strong></dd></div>"
        }
        return """
            <dl class="kpi">\(figure(visit("饱和度", "Saturation"), sum.saturation.map(permille) ?? "—", sum.saturation.map { $0 > workload.forecast.rules.over ? "danger" : "" }))\
            \(figure(visit("所需工时", "Hours needed"), hoursText(sum.load)))\(figure(visit("可用工时", "Hours available"), hoursText(sum.capacity)))\
            \(figure(visit("在岗岗位", "Staffed posts"), "\(sum.posts)"))\
            \(figure(visit("有月份超负荷的岗位", "Posts over in some month"), "\(sum.over)", sum.over > 0 ? "warn" : nil))</dl>
            """
    }

    private func months(_ sum: LoadSheet.Sum, _ first: LoadMonth, _ visit: Visit) -> HTML {
        """
        <div class="panel scroll" tabindex="0" role="region" aria-label="\(visit("逐月饱和度", "Saturation by month"))"><table class="list"><caption>\(visit("逐月饱和度", "Saturation by month"))</caption>\
        <thead><tr>\((0..<12).html { "<th scope=\"col\" class=\"n\">\((first + $0).description)</th>" })</tr></thead>\
        <tbody><tr>\((0..<12).html { month in
            let value = sum.saturation(ofMonth: month)
            return "<td class=\"n\" data-label=\"\((first + month).description)\">\(tag(value, visit))</td>"
        })</tr></tbody></table></div>
        """
    }

    private func forecast(_ next: MonthForecast?, _ visit: Visit) -> HTML {
        let title = visit("下月预测", "Forecast for the next month")
        guard let next else {
            return """
                <section class="panel"><h2>\(title)</h2><p class="hint">\(visit("准入记录不足三个月，不作预测。", "Fewer than three months of admissions are on record: no forecast."))</p></section>
                """
        }
        func figure(_ name: String, _ minutes: Int64) -> HTML {
            "<div><dt>\(name)</dt><dd><strong>\(hoursText(minutes))</strong> \(tag(next.saturation(minutes), visit))</dd></div>"
        }
        let count = next.past.count
        return """
            <section class="panel"><h2>\(title) · \(next.month.description)</h2>\
            <p class="hint">\(visit("预测，不是已下达的工作：清单和已准入的之外，按过去 \(count) 个月清单外准入工作的平均值；区间为其中最少和最多的月份。", "A forecast, not work that was sent: besides the lists and what is admitted, the mean of what was admitted beyond the lists in the past \(count) months; the band is the lightest and the heaviest of them."))</p>\
            <dl class="kpi">\(figure(visit("已知（小时）", "Known (hours)"), next.known))\(figure(visit("预计（小时）", "Expected (hours)"), next.expected))\
            \(figure(visit("最少", "Lightest"), next.least))\(figure(visit("最多", "Heaviest"), next.most))</dl></section>
            """
    }

    /// A figure with its tone; the number says it, not the colour alone.
    private func tag(_ value: Int64?, _ visit: Visit) -> HTML {
        guard let value else { return "—" }
        let rules = workload.forecast.rules
        let tone: HTML = value > rules.over ? "danger" : value < rules.room ? "ok" : "caution"
        return "<span class=\"tag \(tone)\">\(permille(value))</span>"
    }

    private var columns: [Column<Line>] {
        let workload = workload
        let pages = self
        return [
            .text(
                "区域", "Place",
                html: { line, visit in
                    line.role == nil
                        ? "<a href=\"/workload?area=\(line.area.code)\">\(workload.areaName(line.area))</a>"
                        : HTML(text: workload.areaName(line.area))
                }
            ) { line, _ in workload.areaName(line.area) },
            .text("岗位", "Posts") { line, visit in
                line.role.map { role in workload.identity.roles[role].map { visit($0.name) } ?? role }
            },
            .number("在岗", "Staffed") { Int64($0.sum.posts) },
            Column(
                "所需小时", "Hours needed", .number, cell: { line, _ in .number(Double(line.sum.load) / 60) },
                html: { line, _ in HTML(text: hoursText(line.sum.load)) }),
            Column(
                "可用小时", "Hours available", .number, cell: { line, _ in .number(Double(line.sum.capacity) / 60) },
                html: { line, _ in HTML(text: hoursText(line.sum.capacity)) }),
            Column(
                "饱和度 %", "Saturation %", .number,
                cell: { line, _ in line.sum.saturation.map { .number(Double($0) / 10) } ?? .empty },
                html: { line, visit in pages.tag(line.sum.saturation, visit) }),
            .number("超负荷岗位", "Posts over") { Int64($0.sum.over) },
        ]
    }

    /// Where the hours come from.
    struct Source: Sendable {
        var code: String
        var title: LocalizedText
        var lead: String
        var minutes: Int64
        var unstaffed: Int64
    }

    static func sources(_ sheet: LoadSheet, _ work: [CountedWork]) -> [Source] {
        var found: [String: Source] = [:]
        for (position, one) in work.enumerated() {
            let (code, title, lead): (String, LocalizedText, String) =
                switch one.source {
                case .item(let code, _, let title, let lead): (code, title, lead)
                case .admission(let number, _, let title, let line): (number, LocalizedText(title, title), line ?? "")
                }
            var source = found[code] ?? Source(code: code, title: title, lead: lead, minutes: 0, unstaffed: 0)
            source.minutes += sheet.bySource[position]
            source.unstaffed += sheet.unstaffed[position]
            found[code] = source
        }
        return found.values.sorted { ($1.minutes, $0.code) < ($0.minutes, $1.code) }
    }

    private func sources(_ sheet: LoadSheet, _ work: [CountedWork], _ visit: Visit) -> HTML {
        Listing<Source>(
            caption: visit("工时从哪里来", "Where the hours come from"),
            columns: [
                .text(
                    "事项", "Item",
                    html: { source, visit in
                        source.code.utf8.allSatisfy { $0 < 0x80 }
                            ? "<a href=\"/mandates/items/\(source.code)\">\(source.code)</a> \(visit(source.title))"
                            : "\(source.code) \(visit(source.title))"
                    }
                ) { source, visit in "\(source.code) \(visit(source.title))" },
                Column(
                    "小时/年", "Hours a year", .number, cell: { source, _ in .number(Double(source.minutes) / 60) },
                    html: { source, _ in HTML(text: hoursText(source.minutes)) }),
                Column(
                    "无人承担的小时", "Hours nobody is there for", .number,
                    cell: { source, _ in .number(Double(source.unstaffed) / 60) },
                    html: { source, _ in HTML(text: hoursText(source.unstaffed)) }),
            ], items: Array(Self.sources(sheet, work).prefix(100)),
            whenEmpty:
                "<p>\(visit("清单还没有带工时的事项。", "The lists carry no hours yet.")) <a href=\"/mandates\">\(visit("权责清单", "Duty lists"))</a></p>"
        ).html(visit)
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let area = try area(staff)
        let lines = lines(try await sheet(staff).0, in: area)
        return try await SheetExport.workbook(
            named: staff(WorkloadTexts.workload), columns: columns, for: staff, filter: workload.areaName(area)
        ) { _ in (lines, nil) }
    }
}
