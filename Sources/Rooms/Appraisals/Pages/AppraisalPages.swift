import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/appraisals`: the departments by line, and the card of each.
struct AppraisalPages: Sendable {
    let appraisals: Appraisals

    func add(to routes: Routes) {
        routes.page("/appraisals", right: .readAppraisals) { try await list($0) }
        routes.page("/appraisals/export", right: .readAppraisals) { staff in
            try staff.scope.require(Right("case.export"))
            return try await export(staff)
        }
        routes.page("/appraisals/:body", right: .readAppraisals) { try await show($0) }
    }

    private func cards(_ staff: StaffVisit, _ period: AppraisalPeriod) async throws -> [AppraisalCard] {
        let (appraisals, scope, now) = (appraisals, staff.scope, staff.visit.now)
        return try await appraisals.house.database.read {
            try appraisals.cards(period, for: scope, at: now, in: $0)
        }
    }

    // MARK: All of them

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let period = try AppraisalQuestion(staff, appraisals.rules).period
        let cards = try await cards(staff, period)
        let listing = Listing(
            caption: visit(period.title), columns: columns, items: cards,
            whenEmpty: """
                <p>\(visit("您的岗位不属于部门，也不看全县：这里列出的是部门。", "Your post is of no department and does not see the whole county: departments stand here."))</p>\
                <p><a class="btn" href="/rates">\(visit("查看办理成效", "See the rates"))</a></p>
                """)
        let mayExport = staff.scope.may(Right("case.export"))
        return visit.page(
            Page(
                visit(AppraisalTexts.title), breadcrumb: [(visit(AppraisalTexts.title), nil)],
                """
                <p class="lead">\(visit(AppraisalTexts.bodiesOnly))</p>\(Self.bar(period, "/appraisals", visit, mayExport ? exportLink(visit, path: "/appraisals/export") : copyLink(visit)))\
                \(listing.html(visit))<p class="hint">\(visit(AppraisalTexts.checkLocally))</p>
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let period = try AppraisalQuestion(staff, appraisals.rules).period
        let cards = try await cards(staff, period)
        return try await SheetExport.workbook(
            named: staff.visit(AppraisalTexts.title), columns: columns, for: staff, filter: period.text
        ) { _ in (cards, nil) }
    }

    /// The period before and after, the usual kinds, and what else can be done.
    static func bar(_ period: AppraisalPeriod, _ path: String, _ visit: Visit, _ more: HTML) -> HTML {
        func link(_ other: AppraisalPeriod, _ text: String) -> HTML {
            "<a class=\"btn\" href=\"\(QueryParameters([("period", other.text)]).address(path))\">\(text)</a>"
        }
        let (before, after) = (period.moved(by: -1), period.moved(by: 1))
        let isOver = period.days.upperBound < visit.now.local().day
        return """
            <div class="bar noprint">\(link(before, "← " + visit(before.title)))\(isOver ? link(after, visit(after.title) + " →") : HTML())\
            \(link(AppraisalPeriod(.month, of: period.days.upperBound), visit("按月", "Month")))\
            \(link(AppraisalPeriod(.quarter, of: period.days.upperBound), visit("按季", "Quarter")))\
            \(link(AppraisalPeriod(.year, of: period.days.upperBound), visit("按年", "Year")))\(more)</div>
            """
    }

    private static func percent(_ share: Share) -> String { share.percent.map { $0 + "%" } ?? "—" }

    private var columns: [Column<AppraisalCard>] {
        var columns: [Column<AppraisalCard>] = [
            .text(
                "部门", "Department",
                html: { card, _ in
                    let address = QueryParameters([("period", card.period.text)]).address("/appraisals/\(card.body)")
                    return "<a href=\"\(address)\">\(card.name)</a>"
                }
            ) { card, _ in card.name },
            .number("来自基层", "From below") { $0.fromBelow },
            .number("向下派出", "Sent down") { $0.sentDown },
        ]
        columns += appraisals.rules.measures.map { column($0.measure) }
        columns.append(
            Column(
                "综合", "Together", .number,
                cell: { card, _ in card.score.hundredths.map { .number(Double($0) / 100) } ?? .empty },
                html: { card, visit in HTML(text: card.score.text ?? visit("样本不足", "too few")) }))
        return columns
    }

    private func column(_ measure: Measure) -> Column<AppraisalCard> {
        let few = appraisals.rules.fewest
        return Column(
            measure.title.chinese + " %", measure.title.english + " %", .number,
            cell: { card, _ in
                measure.share(of: card.record).basisPoints.map { .number(Double($0) / 100) } ?? .empty
            },
            html: { card, visit in
                let share = measure.share(of: card.record)
                guard share.whole > 0, share.sample < few else { return HTML(text: Self.percent(share)) }
                return "\(Self.percent(share))<br><small>\(visit("样本少", "few"))</small>"
            })
    }

    // MARK: One

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let period = try AppraisalQuestion(staff, appraisals.rules).period
        let body: BodyID = try visit.identifier("body")
        let (appraisals, scope, now) = (appraisals, staff.scope, visit.now)
        let (record, card) = try await appraisals.house.database.read {
            (
                try appraisals.department(body, for: scope, in: $0),
                try appraisals.card(of: body, period, for: scope, at: now, in: $0)
            )
        }
        let panels = try await appraisals.panels.html(record, staff)
        let title = "\(card.name) · \(visit(period.title))"
        return visit.page(
            Page(
                title, breadcrumb: [(visit(AppraisalTexts.title), Self.address(of: period)), (card.name, nil)],
                """
                \(Self.bar(period, "/appraisals/\(body)", visit, copyLink(visit)))\(panels)\(together(card, visit))\
                \(measures(card, visit))\(figures(card, visit))<p class="hint">\(visit(AppraisalTexts.checkLocally))</p>
                """))
    }

    static func address(of body: BodyID, _ period: AppraisalPeriod) -> String {
        QueryParameters([("period", period.text)]).address("/appraisals/\(body)")
    }

    private static func address(of period: AppraisalPeriod) -> String {
        QueryParameters([("period", period.text)]).address("/appraisals")
    }

    private func together(_ card: AppraisalCard, _ visit: Visit) -> HTML {
        """
        <dl class="kpi"><div><dt>\(visit("综合（百分制）", "Together, of 100"))</dt><dd><strong>\(card.score.text ?? "—")</strong> \
        <small>\(visit("含不计入", "with what was left out")) \(card.scoreWithExcluded.text ?? "—")</small></dd></div>\
        <div><dt>\(visit("来自基层", "From below"))</dt><dd>\(card.fromBelow)</dd></div>\
        <div><dt>\(visit("向下派出", "Sent down"))</dt><dd>\(card.sentDown)</dd></div></dl>
        """
    }

    private func measures(_ card: AppraisalCard, _ visit: Visit) -> HTML {
        let all = Dictionary(card.scoreWithExcluded.parts.map { ($0.measure, $0.share) }) { first, _ in first }
        let columns: [Column<Score.Part>] = [
            .text("指标", "Measure") { part, visit in visit(part.measure.title) },
            .number("权重", "Weight") { $0.weight },
            Column(
                "比率 %", "Share %", .number,
                cell: { part, _ in part.share.basisPoints.map { .number(Double($0) / 100) } ?? .empty },
                html: { part, _ in HTML(text: Self.percent(part.share)) }),
            Column(
                "含不计入 %", "With left out %", .number,
                cell: { part, _ in all[part.measure]?.basisPoints.map { .number(Double($0) / 100) } ?? .empty }),
            .text("计入综合", "Counts") { part, visit in
                part.isCounted ? visit("是", "yes") : visit("否：样本少", "no: too few")
            },
            .text(
                "依据", "Made of",
                html: { part, visit in
                    let (some, whole) = part.measure.figures
                    let first = link(some, card, visit)
                    return some == whole ? first : "\(first) / \(link(whole, card, visit))"
                }
            ) { part, visit in
                let (some, whole) = part.measure.figures
                return some == whole ? visit(some.title) : "\(visit(some.title)) / \(visit(whole.title))"
            },
        ]
        return Listing(
            caption: visit("考核指标", "Measures"), columns: columns, items: card.score.parts, whenEmpty: HTML()
        ).html(visit)
    }

    private func figures(_ card: AppraisalCard, _ visit: Visit) -> HTML {
        """
        <section class="panel"><h2>\(visit("数字与来源", "Figures, and where they come from"))</h2><dl class="facts">\
        \(Figure.allCases.html { figure in
            "<dt>\(visit(figure.title))</dt><dd>\(link(figure, card, visit))</dd>"
        })</dl></section>
        """
    }

    private func link(_ figure: Figure, _ card: AppraisalCard, _ visit: Visit) -> HTML {
        let amount = figure.amount(in: card)
        let text = amount == amount.rounded() ? String(Int64(amount)) : String(amount)
        let address = TracePages.address(card.body, figure, card.period)
        return "<a href=\"\(address)\" aria-label=\"\(visit(figure.title)) \(text)\">\(text)</a>"
    }
}
