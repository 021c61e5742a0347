import Desk
import Ground
import Hummingbird
import Places
import Storage
import Web

/// `/patrols/figures`: how much was found before anybody complained, and what came after a place was looked at.
struct FiguresPage: Sendable {
    let day: GridDay

    func add(to routes: Routes) {
        routes.page("/patrols/figures", right: .dayRead) { try await show($0) }
        routes.page("/patrols/figures/export", right: .dayExport) { try await export($0) }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let question: FiguresQuestion
        let lines: [PlaceSums.Line]
        do {
            question = try FiguresQuestion(visit.query, for: staff.scope, at: visit.now)
            lines = try await question.lines(day, staff.scope)
        } catch let refusal as Refusal where refusal.field != nil {
            return visit.page(
                Page(visit(DayTexts.figures), notice: Page.Notice(.warn, visit(refusal.message)), form(nil, visit)),
                status: refusal.kind.status)
        }
        let listing = Listing(
            caption: visit(DayTexts.figures), columns: columns(), items: lines,
            whenEmpty: "<p>\(visit("这一时期没有诉求。", "Nothing came in during this period."))</p>")
        return visit.page(
            Page(
                visit(DayTexts.figures),
                """
                \(form(question, visit))<div class="bar">\(staff.scope.may(.dayExport) ? exportLink(visit, path: "/patrols/figures/export") : copyLink(visit))</div>\
                \(listing.html(visit))<details class="panel"><summary>\(visit("口径", "What they mean"))</summary><ul>\
                <li>\(visit("主动发现＝巡查、工作人员（不含代群众上报）和感知设备发现的件÷全部件。", "Found by ourselves = patrols, staff (not on behalf of residents) and sensors ÷ all."))</li>\
                <li>\(visit("查后成效：看过的地方，同一类别在之前、之后各 \(day.patrols.effectDays) 天的群众反映件数；满 \(day.patrols.effectDays) 天后计入。", "What came after: complaints of the same category at places that were looked at, \(day.patrols.effectDays) days before and after."))</li>\
                <li>\(visit("按区域先后排列，不比高低、不到个人；件数少时比例没有意义。", "In the order of places, never of results, and never by person; with few matters a share says nothing."))</li></ul></details>
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let question = try FiguresQuestion(staff.visit.query, for: staff.scope, at: staff.visit.now)
        let lines = try await question.lines(day, staff.scope)
        return try await SheetExport.workbook(
            named: staff(DayTexts.figures), columns: columns(), for: staff,
            filter: "\(question.days.lowerBound) – \(question.days.upperBound)"
        ) { _ in (lines, nil) }
    }

    private func form(_ question: FiguresQuestion?, _ visit: Visit) -> HTML {
        """
        <form method="get" action="/patrols/figures" class="filters" role="search">\
        \(Field.text("from", visit("从", "From"), value: visit.query.filled("from") ?? question?.days.lowerBound.description, type: "date"))\
        \(Field.text("until", visit("到", "until"), value: visit.query.filled("until") ?? question?.days.upperBound.description, type: "date"))\
        \(question.map { "<input type=\"hidden\" name=\"area\" value=\"\($0.area.code)\">" })\
        \(Field.submit(visit("查询", "Search"))) <a class="btn" href="/patrols/figures">\(visit("重置", "Reset"))</a></form>
        """
    }

    private func columns() -> [Column<PlaceSums.Line>] {
        let places = day.places
        return [
            .text(
                "区域", "Place",
                html: { line, visit in
                    let name = places.name(of: line.place) ?? line.place
                    guard line.place.utf8.count < 12 else { return HTML(text: name) }
                    return
                        "<a href=\"\(visit.query.setting("area", line.place).address("/patrols/figures"))\">\(name)</a>"
                }
            ) { line, _ in places.name(of: line.place) ?? line.place },
            .number("全部", "All") { $0.matters },
            .number("主动发现", "Found by ourselves") { $0.proactive },
            Column(
                "占比 %", "Share %", .number,
                cell: { line, _ in line.share.map { .number(Double($0) / 100) } ?? .empty }),
            .number("看过的地方", "Places looked at") { $0.lookedAt },
            .number("之前反映", "Complaints before") { $0.before },
            .number("之后反映", "Complaints after") { $0.after },
        ]
    }
}

/// Which figures are asked for.
struct FiguresQuestion: Sendable {
    static let mostDays = 400

    var days: ClosedRange<Day>
    var area: AreaPrefix

    init(_ query: QueryParameters, for scope: Scope, at now: Instant) throws(Refusal) {
        func day(_ name: String) throws(Refusal) -> Day? {
            guard let text = query.filled(name) else { return nil }
            guard let day = Day(text) else {
                throw Refusal(
                    .ruleBroken, "day.no-day",
                    LocalizedText("“\(text.prefix(20))”不是日期", "“\(text.prefix(20))” is no day"),
                    field: name)
            }
            return day
        }
        let today = now.local().day
        let from = try day("from") ?? today - (today.parts.day - 1)
        let until = try day("until") ?? max(today, from)
        guard from <= until, until - from <= Self.mostDays else {
            throw Refusal(
                .ruleBroken, "day.period",
                LocalizedText("起止日期颠倒，或超过 \(Self.mostDays) 天", "Turned round, or more than \(Self.mostDays) days"),
                field: "until")
        }
        days = from...until
        if let text = query.filled("area") {
            guard let area = AreaPrefix(text) else {
                throw Refusal(
                    .ruleBroken, "day.no-area", LocalizedText("区域代码有误", "That is no area code"), field: "area")
            }
            self.area = area
        } else {
            area = scope.area
        }
    }

    func lines(_ day: GridDay, _ scope: Scope) async throws -> [PlaceSums.Line] {
        let digits = area.level < .street ? 9 : 12
        return try await day.house.database.read {
            try PlaceSums.lines(days, within: area, digits: digits, for: scope, in: $0)
        }
    }
}
