import Appraisals
import Cases
public import Desk
import Ground
import Hummingbird
import Identity
public import Places
public import Web

/// `/accounts/streets/CODE/card` and `/accounts/departments/ID`: one page of facts, to be read, printed or taken as a table.
struct CardPages: Sendable {
    let accounts: Accounts

    func add(to routes: Routes) {
        routes.page("/accounts/streets/:code/card", right: .readWorkload) { staff in
            show(try await streetCard(staff), staff)
        }
        routes.page("/accounts/streets/:code/card/export", right: .readWorkload) { staff in
            try await export(try await streetCard(staff), staff)
        }
        routes.page("/accounts/departments/:body", right: .readAppraisals) { staff in
            show(try await departmentCard(staff), staff)
        }
        routes.page("/accounts/departments/:body/export", right: .readAppraisals) { staff in
            try staff.scope.require(Right("case.export"))
            return try await export(try await departmentCard(staff), staff)
        }
    }

    func streetCard(_ staff: StaffVisit, _ name: String = "code") async throws -> ReportCard {
        let visit = staff.visit
        guard let street = AreaPrefix(try visit.parameter(name)) else { throw Refusal.nothingHere }
        let period = try CardQuestion(visit.query, today: visit.now.local().day).period
        return try await accounts.streetCard(street, period, for: staff.scope, at: visit.now)
    }

    func departmentCard(_ staff: StaffVisit) async throws -> ReportCard {
        let visit = staff.visit
        let body: BodyID = try visit.identifier("body")
        let period = try CardQuestion(visit.query, today: visit.now.local().day).period
        return try await accounts.departmentCard(body, period, for: staff.scope, at: visit.now)
    }

    static func link(_ subject: ReportCard.Subject, _ title: LocalizedText, _ visit: Visit) -> HTML {
        "<p class=\"bar\"><a class=\"btn\" href=\"\(subject.address)\">\(symbol("clipboard-check"))<span>\(visit(title))</span></a></p>"
    }

    // MARK: The page

    private func show(_ card: ReportCard, _ staff: StaffVisit) -> Response {
        let visit = staff.visit
        let title = visit(card.subject.title)
        var trail: [(text: String, address: String?)]
        switch card.subject {
        case .street(let street):
            trail = [
                (visit(AccountTexts.streets), "/accounts/streets"), (card.name, "/accounts/streets/\(street.code)"),
            ]
        case .department(let body): trail = [(card.name, "/appraisals/\(body)?period=\(card.period.text)")]
        }
        trail.append((title, nil))
        return visit.page(
            Page(
                "\(card.name) · \(title)", breadcrumb: trail,
                """
                <p class="lead">\(visit(card.period.title)) · \(card.period.days.lowerBound.description) – \(card.period.days.upperBound.description)</p>\
                \(bar(card, staff))<div class="report-card">\(card.sections.html { section($0, visit) })</div>\
                <p class="hint">\(visit("只列事实和数字，不打分、不排名，不涉及个人。每个数字都从各处记录现算，点开就是它的清单；写着“截至今天”的是今天的情况，不是当时的。", "Facts and figures only: no marks, no ranking, nothing of a person. Each figure is read from the records as they stand and leads to its list; what says “as of today” is today’s, whatever the period."))</p>\
                <p class="printonly">\(visit("打印", "Printed")) \(visit.instantText(visit.now)) · \(staff.scope.staffName)（\(visit(staff.scope.postName))）· \(card.period.days.lowerBound.description) – \(card.period.days.upperBound.description)</p>
                """))
    }

    /// The time before and after, a month or a whole year, and what else can be done.
    private func bar(_ card: ReportCard, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let (period, path) = (card.period, card.subject.address)
        func link(_ other: AppraisalPeriod, _ text: String) -> HTML {
            "<a class=\"btn\" href=\"\(QueryParameters([("period", other.text)]).address(path))\">\(text)</a>"
        }
        let mayExport =
            switch card.subject {
            case .street: true
            case .department: staff.scope.may(Right("case.export"))
            }
        let today = visit.now.local().day
        let (before, after) = (period.moved(by: -1), period.moved(by: 1))
        let last = min(period.days.upperBound, max(today, period.days.lowerBound))
        return """
            <div class="bar noprint">\(before.canBeAsked ? link(before, "← " + visit(before.title)) : HTML())\(period.days.upperBound < today && after.canBeAsked ? link(after, visit(after.title) + " →") : HTML())\
            \(link(AppraisalPeriod(.month, of: last), visit("按月", "Month")))\(link(AppraisalPeriod(.year, of: last), visit("按年", "Year")))\
            \(mayExport ? exportLink(visit, path: path + "/export") : copyLink(visit))</div>
            """
    }

    private func section(_ section: ReportCard.Section, _ visit: Visit) -> HTML {
        let body: HTML =
            section.figures.isEmpty
            ? "<p class=\"hint\">\(visit(section.whenEmpty))</p>"
            : """
            <dl class="facts">\(section.figures.html { figure in
                let name = visit(figure.name)
                let text = Self.text(figure.value, visit)
                let note = figure.note.map { " <small>\(visit($0))</small>" as HTML } ?? HTML()
                return "<dt>\(name)</dt><dd><a href=\"\(figure.address)\" aria-label=\"\(name) \(text)\">\(text)</a>\(note)</dd>"
            })</dl>
            """
        return """
            <section class="panel"><h2>\(visit(section.title)) <small>\(visit(section.span))</small></h2>\(body)</section>
            """
    }

    /// As the pages write it that the figure leads to.
    static func text(_ value: ReportCard.Value, _ visit: Visit) -> String {
        switch value {
        case .count(let number): "\(number)"
        case .halves(let number): "\(number)"
        case .minutes(let minutes): visit("\(Figures.hours(minutes)) 小时", "\(Figures.hours(minutes)) hours")
        case .yuan(let yuan): visit("\(yuan) 元", "\(yuan) yuan")
        case .perMille(let value): value.map { $0 % 10 == 0 ? "\($0 / 10)%" : "\($0 / 10).\($0 % 10)%" } ?? "—"
        case .share(let share): Figures.share(share)
        case .words(let text): visit(text)
        }
    }

    // MARK: Export

    private struct Row: Sendable {
        var section: ReportCard.Section
        var figure: ReportCard.Figure
    }

    private func export(_ card: ReportCard, _ staff: StaffVisit) async throws -> Response {
        let rows = card.sections.flatMap { section in section.figures.map { Row(section: section, figure: $0) } }
        let columns: [Column<Row>] = [
            .text("部分", "Part") { row, visit in visit(row.section.title) },
            .text("时间", "When") { row, visit in visit(row.section.span) },
            .text("项目", "Figure") { row, visit in visit(row.figure.name) },
            Column(
                "数值", "Value", .number, cell: { row, _ in Self.number(row.figure.value).map(Cell.number) ?? .empty }),
            .text("写法", "As written") { row, visit in Self.text(row.figure.value, visit) },
            .text("说明", "Note") { row, visit in row.figure.note.map { visit($0) } },
            .text("记录", "Records") { row, _ in row.figure.address },
        ]
        return try await SheetExport.workbook(
            named: "\(card.name) \(staff(card.subject.title))", columns: columns, for: staff,
            filter: "\(card.name) · \(card.period.days.lowerBound) – \(card.period.days.upperBound)"
        ) { _ in (rows, nil) }
    }

    /// In hours, yuan or per cent, as people count.
    private static func number(_ value: ReportCard.Value) -> Double? {
        switch value {
        case .minutes(let minutes): Double(minutes) / 60
        case .perMille(let value): value.map { Double($0) / 10 }
        case .share(let share): share.basisPoints.map { Double($0) / 100 }
        case .count, .halves, .yuan, .words: value.number
        }
    }
}

extension Accounts {
    /// The way from the page of a body to its card, for those who may see it.
    public func cardLink(of body: BodyRecord, _ staff: StaffVisit) -> HTML {
        if body.line != nil {
            guard Appraisals.sees(body.id, staff.scope) else { return HTML() }
            return CardPages.link(.department(body.id), AccountTexts.departmentCard, staff.visit)
        }
        guard body.kind == .government, Self.seesCard(of: body.area, staff.scope) else { return HTML() }
        return CardPages.link(.street(body.area), AccountTexts.streetCard, staff.visit)
    }
}
