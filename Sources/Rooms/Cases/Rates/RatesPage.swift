import Desk
import Ground
import Hummingbird
import Storage
import Web
import WorkCalendar

/// The rates by area or by body. In the order of places, never of results: it is for finding where help is needed.
struct RatesPage: Sendable {
    let cases: Cases

    static let title = LocalizedText("办理成效", "Rates")

    func add(to routes: Routes) {
        routes.page("/rates", right: .caseRead) { try await show($0) }
        routes.page("/rates/export", right: .caseExport) { try await export($0) }
    }

    private func lines(_ staff: StaffVisit) async throws -> (RateQuestion, [RateLine]) {
        let question = try RateQuestion(staff.visit.query, for: staff.scope, at: staff.visit.now)
        let scope = staff.scope
        return (question, try await cases.house.database.read { try question.lines(cases, for: scope, in: $0) })
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let question: RateQuestion
        var lines: [RateLine]
        do { (question, lines) = try await self.lines(staff) } catch let refusal as Refusal
            where refusal.field != nil
        {
            return visit.page(
                Page(visit(Self.title), notice: Page.Notice(.warn, visit(refusal.message)), form(nil, staff)),
                status: refusal.kind.status)
        }
        if lines.count > 1 {
            lines.append(
                RateLine(place: "", name: visit("合计", "Total"), isWhole: true, sums: lines.total))
        }
        let listing = Listing(
            caption: visit("办理成效", "Rates"), columns: columns(question), items: lines,
            whenEmpty: """
                <p>\(visit("这一时期没有到期或已评价的诉求。", "Nothing was due or rated in this period."))</p>\
                <p><a class="btn" href="/cases">\(visit("查看诉求", "See the matters"))</a></p>
                """)
        return visit.page(
            Page(
                visit(Self.title),
                """
                \(form(question, staff))<div class="bar">\(staff.scope.may(.caseExport) ? exportLink(visit, path: "/rates/export") : copyLink(visit))</div>\
                \(listing.html(visit))\(meaning(visit))
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let (question, lines) = try await lines(staff)
        return try await SheetExport.workbook(
            named: staff(Self.title), columns: columns(question), for: staff,
            filter: "\(question.days.lowerBound) – \(question.days.upperBound)"
        ) { _ in (lines, nil) }
    }

    // MARK: Pieces

    private func form(_ question: RateQuestion?, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let query = visit.query
        let groupings = RateQuestion.groupings(for: staff.scope).map { grouping in
            Field.Choice(
                grouping.rawValue,
                grouping == .area ? visit("按区域", "By area") : visit("按承办单位", "By body"))
        }
        return """
            <form method="get" action="/rates" class="filters" role="search">\
            \(Field.text("from", visit("应结案日期从", "Due from"), value: query.filled("from") ?? question?.days.lowerBound.description, type: "date"))\
            \(Field.text("until", visit("到", "until"), value: query.filled("until") ?? question?.days.upperBound.description, type: "date"))\
            \(Field.choice("by", visit("分组", "Grouped"), groupings, value: question?.grouping.rawValue))\
            \(question.map { "<input type=\"hidden\" name=\"area\" value=\"\($0.area.code)\">" })\
            \(Field.submit(visit("查询", "Search"))) <a class="btn" href="/rates">\(visit("重置", "Reset"))</a></form>
            """
    }

    private func columns(_ question: RateQuestion) -> [Column<RateLine>] {
        let few = cases.rules.rates.fewMatters
        func rate(
            _ chinese: String, _ english: String, _ share: @escaping @Sendable (Rates) -> Share
        ) -> Column<RateLine> {
            Column(
                chinese, english, .number,
                cell: { line, _ in
                    share(line.counted).basisPoints.map { .number(Double($0) / 100) } ?? .empty
                },
                html: { line, visit in
                    guard let percent = share(line.counted).percent else { return "—" }
                    let whole = share(line.all).percent ?? "—"
                    return """
                        \(percent)%\(line.hasExclusions ? "<br><small>\(visit("含不计入", "with all")) \(whole)%</small>" : HTML())\
                        \(share(line.counted).sample < few ? "<br><small>\(visit("样本少", "few"))</small>" : HTML())
                        """
                })
        }
        return [
            .text("区域或单位", "Place or body", html: { line, visit in place(line, question, visit) }) { line, visit in
                name(line, visit)
            },
            .number("应结案", "Due") { $0.sums.counted.due },
            .number("已结案", "Closed") { $0.sums.counted.closed },
            rate("结案率 %", "Closing %") { $0.closing },
            rate("按期结案率 %", "Closed on time %") { $0.onTimeClosing },
            rate("响应率 %", "Response %") { $0.response },
            .number("有效回访", "Follow-ups") { $0.sums.counted.followedUp },
            rate("解决率 %", "Solved %") { $0.solution },
            rate("满意率 %", "Satisfied %") { $0.satisfaction },
            .number("不计入", "Left out") { $0.sums.excluded.due },
        ]
    }

    private func name(_ line: RateLine, _ visit: Visit) -> String {
        line.isWhole && !line.place.isEmpty ? line.name + visit("（未定位到下级）", " (no smaller area known)") : line.name
    }

    /// Leads to the parts of a part.
    private func place(_ line: RateLine, _ question: RateQuestion, _ visit: Visit) -> HTML {
        let text = name(line, visit)
        guard question.grouping == .area, !line.isWhole, line.place.utf8.count < 12 else { return HTML(text: text) }
        return "<a href=\"\(visit.query.setting("area", line.place).address("/rates"))\">\(text)</a>"
    }

    private func meaning(_ visit: Visit) -> HTML {
        """
        <details class="panel"><summary>\(visit("口径（请按本地文件核对）", "What they mean (to be checked locally)"))</summary><ul>\
        <li>\(visit("结案率＝已结案÷应结案；应结案指最终时限在统计期内的件。", "Closing = closed ÷ due; due are those whose final deadline lies in the period."))</li>\
        <li>\(visit("按期结案率＝按期结案÷应结案；是否按期以报告办结的时间判断，与之后何时核查无关。", "On time = reported done by the final deadline ÷ due, whenever it was verified after that."))</li>\
        <li>\(visit("响应率＝\(visit(cases.rules.rates.contactWithin.display))内联系群众的件÷应结案。", "Response = the resident was reached within \(visit(cases.rules.rates.contactWithin.display)) ÷ due."))</li>\
        <li>\(visit("解决率、满意率＝群众评价已解决、满意÷有效评价。", "Solved, satisfied = of those residents who answered."))</li>\
        <li>\(visit("不计入须有原因代码并经第二人同意；含与不含都列出。", "Leaving out needs a reason and a second person; both figures are shown."))</li></ul></details>
        """
    }
}
