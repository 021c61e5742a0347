import Desk
import Ground
import Hummingbird
import Identity
import Mandates
import Places
import Storage
import Web

/// `/workload/what-if`: what a further piece of work would do, before anybody sends it.
struct WhatIfPage: Sendable {
    let workload: Workload

    func add(to routes: Routes) {
        routes.page("/workload/what-if", right: .readWorkload) { try await show($0) }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let query = visit.query
        var refusal: Refusal?
        var answer = HTML()
        if query.filled("minutes") != nil {
            do {
                let work = try WhatIfQuestion(query, staff, workload).work
                answer = html(try await workload.forecast.whatIf(work, at: visit.now), work, visit)
            } catch let asked as Refusal where asked.field != nil {
                refusal = asked
            }
        }
        let title = visit(WorkloadTexts.whatIf)
        return visit.page(
            Page(
                title, breadcrumb: [(visit(WorkloadTexts.workload), "/workload"), (title, nil)],
                notice: refusal.map { Page.Notice(.danger, visit($0.message)) },
                """
                <p class="lead">\(visit("这张表、这项任务、这次检查，如果从某月起下到所有网格，要多少工时、多少钱、谁会超负荷、至少减掉多少才承受得起。只推演，不下达。", "This form, task or inspection, on all grids from some month: hours, money, who goes over, and the least that has to go elsewhere. Nothing is sent."))</p>\
                \(form(staff, refusal))\(answer)
                """), status: refusal?.kind.status ?? .ok)
    }

    private func form(_ staff: StaffVisit, _ refusal: Refusal?) -> HTML {
        let visit = staff.visit
        let query = visit.query
        func error(_ name: String) -> String? {
            refusal?.field == name ? refusal.map { visit($0.message) } : nil
        }
        let today = visit.now.local().day
        var areas = [Field.Choice(staff.scope.area.code, workload.areaName(staff.scope.area))]
        for child in workload.places.children(of: staff.scope.area.code).prefix(300) {
            areas.append(Field.Choice(child.code, "\u{3000}" + child.name))
        }
        let next = (LoadMonth(of: today) + 1).first
        return """
            <form class="panel narrow" method="get" action="/workload/what-if">\
            \(Field.choice("kind", visit("种类", "Kind"), DemandKind.allCases.map { Field.Choice($0.rawValue, visit(WorkloadTexts.title($0))) }, value: query["kind"]))\
            \(Field.choice("area", visit("区域", "Area"), areas, value: query["area"], required: true, error: error("area")))\
            \(Field.choice("level", visit("由哪一级承担", "Done by each"), [AreaLevel.street, .community, .grid].map { Field.Choice($0.rawValue, visit(WorkloadTexts.title($0))) }, value: query["level"] ?? "grid", required: true, error: error("level")))\
            \(Field.text("minutes", visit("每次多少分钟", "Minutes each time"), value: query["minutes"] ?? "30", required: true, maximum: 6, error: error("minutes"), inputMode: "numeric"))\
            \(Field.text("times", visit("期内每处多少次", "Times in the whole period, each"), value: query["times"] ?? "12", required: true, maximum: 5, error: error("times"), inputMode: "numeric"))\
            \(Field.text("from", visit("开始", "From"), value: query["from"] ?? next.description, type: "date", required: true, error: error("from")))\
            \(Field.text("until", visit("到期", "Until"), value: query["until"] ?? (next + 364).description, type: "date", required: true, error: error("until")))\
            <p>\(Field.submit(visit("推演", "What if")))</p></form>
            """
    }

    private func html(_ result: WhatIf, _ work: PlannedWork, _ visit: Visit) -> HTML {
        func figure(_ name: String, _ value: String, _ tone: String? = nil) -> HTML {
            "<div\(attribute: "class", tone)><dt>\(name)</dt><dd><strong>\(value)</strong></dd></div>"
        }
        let sum = result.sum
        let yuan = workload.mandates.price(minutes: result.minutes)
        let bearable = result.bearable * work.times / 1000
        let verdict =
            sum.offset == 0
            ? visit("承受得起：没有岗位因此超负荷。", "Bearable: no post goes over.")
            : visit(
                "承受不起：要不让任何岗位（更加）超负荷，别处至少须减去 \(hoursText(sum.offset)) 小时；不减别处，则每处最多 \(bearable) 次。",
                "Not bearable: for no post to go (further) over, at least \(hoursText(sum.offset)) hours have to go elsewhere; without that, \(bearable) times each at most."
            )
        return """
            <section class="panel"><h2>\(visit("结果", "What would happen"))</h2><p class="notice \(sum.offset == 0 ? "ok" : "warn")">\(verdict)</p>\
            <dl class="kpi">\(figure(visit("合计工时", "Hours in all"), hoursText(result.minutes)))\(figure(visit("折合（元）", "Worth (yuan)"), "\(yuan)"))\
            \(figure(visit("涉及岗位", "Posts reached"), "\(sum.posts)"))\
            \(figure(visit("饱和度 前→后", "Saturation before → after"), "\(permille(sum.before)) → \(permille(sum.after))"))\
            \(figure(visit("超负荷岗位 前→后", "Posts over capacity"), "\(sum.overBefore) → \(sum.overAfter)", sum.overAfter > sum.overBefore ? "danger" : nil))\
            \(figure(visit("至少须减（小时）", "Least offset (hours)"), hoursText(sum.offset), sum.offset > 0 ? "warn" : nil))\
            \(figure(visit("无人承担（小时）", "Hours nobody is there for"), hoursText(result.unstaffed), result.unstaffed > 0 ? "warn" : nil))</dl></section>\
            \(lines(result, visit))
            """
    }

    private func lines(_ result: WhatIf, _ visit: Visit) -> HTML {
        struct Row: Sendable {
            var code: String
            var line: WhatIf.Line
        }
        let workload = workload
        return Listing<Row>(
            caption: visit("各街道", "Street by street"),
            columns: [
                .text("区域", "Place") { row, _ in AreaPrefix(row.code).map { workload.areaName($0) } ?? row.code },
                .number("岗位", "Posts") { $0.line.posts },
                Column(
                    "小时", "Hours", .number, cell: { row, _ in .number(Double(row.line.minutes) / 60) },
                    html: { row, _ in HTML(text: hoursText(row.line.minutes)) }),
                .text("饱和度 前→后", "Saturation") { row, _ in "\(permille(row.line.before)) → \(permille(row.line.after))"
                },
                .text("超负荷岗位", "Posts over") { row, _ in "\(row.line.overBefore) → \(row.line.overAfter)" },
                Column(
                    "至少须减（小时）", "Least offset (hours)", .number,
                    cell: { row, _ in .number(Double(row.line.offset) / 60) },
                    html: { row, _ in HTML(text: hoursText(row.line.offset)) }),
            ], items: result.lines.sorted { $0.key < $1.key }.map { Row(code: $0.key, line: $0.value) },
            whenEmpty: "<p>\(visit("没有在岗岗位承担。", "No staffed post would do it."))</p>"
        ).html(visit)
    }
}

/// What is asked, from an address.
struct WhatIfQuestion: Sendable {
    var work: PlannedWork

    init(_ query: QueryParameters, _ staff: StaffVisit, _ workload: Workload) throws(Refusal) {
        func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
            Refusal(.ruleBroken, "workload.\(field)", LocalizedText(chinese, english), field: field)
        }
        func number(_ name: String, _ most: Int64) throws(Refusal) -> Int64 {
            guard let value = query.filled(name).flatMap({ Int64($0) }), (1...most).contains(value) else {
                throw wrong(name, "须为 1–\(most) 的整数", "A whole number from 1 to \(most)")
            }
            return value
        }
        func day(_ name: String) throws(Refusal) -> Day {
            guard let day = query.filled(name).flatMap({ Day($0) }), (2000...2200).contains(day.parts.year) else {
                throw wrong(name, "日期须如 2026-03-01", "A date is written 2026-03-01")
            }
            return day
        }
        guard let area = AreaPrefix(query.filled("area") ?? staff.scope.area.code), staff.scope.area.contains(area)
        else {
            throw wrong("area", "区域须在本岗位辖区内", "An area within that of your post")
        }
        guard let level = AreaLevel(rawValue: query.filled("level") ?? "grid"),
            [.street, .community, .grid].contains(level), area.level <= level
        else { throw wrong("level", "层级须是区域之内的街道、社区或网格", "Street, community or grid, within the area") }
        let from = try day("from")
        let until = try day("until")
        guard from <= until, until - from <= 1_100 else {
            throw wrong("until", "到期须晚于开始，且不超过三年", "It ends after it begins, within three years")
        }
        work = PlannedWork(
            area: area.code, level: level, roles: workload.mandates.roles(at: level),
            minutes: try number("minutes", 100_000), times: try number("times", 10_000), from: from, until: until)
    }
}
