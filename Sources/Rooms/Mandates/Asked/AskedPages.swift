import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// What a list of a body's demands is asked for.
struct AskedQuestion: Sendable {
    var body: BodyID
    var days: ClosedRange<Day>
    var kind: DemandKind?
    var outcome: DemandOutcome?

    init(_ query: QueryParameters, for scope: Scope, today: Day) throws(Refusal) {
        body = scope.body
        if let text = query.filled("body") {
            guard let asked = BodyID(parsing: text) else { throw ListAPI.wrong("body") }
            body = asked
        }
        days = try Self.days(query) ?? BurdenPages.days(of: today.parts.year)
        if let text = query.filled("kind") {
            guard let asked = DemandKind(rawValue: text) else { throw ListAPI.wrong("kind") }
            kind = asked
        }
        if let text = query.filled("outcome") {
            guard let asked = DemandOutcome(rawValue: text) else { throw ListAPI.wrong("outcome") }
            outcome = asked
        }
    }

    /// From one day to another, both counted; nil when nothing is said.
    static func days(_ query: QueryParameters) throws(Refusal) -> ClosedRange<Day>? {
        guard query.filled("from") != nil || query.filled("until") != nil else { return nil }
        guard let first = query.filled("from").flatMap({ Day($0) }) else { throw ListAPI.wrong("from") }
        guard let last = query.filled("until").flatMap({ Day($0) }), first <= last, last - first < 400 else {
            throw ListAPI.wrong("until")
        }
        return first...last
    }

    func holds(_ one: AskedDemand) -> Bool {
        (kind.map { $0 == one.kind } ?? true) && (outcome.map { $0 == one.outcome } ?? true)
    }
}

/// `/demands/asked`: what one body asked for in some days, what came of it, and what the streets said.
struct AskedPages: Sendable {
    let mandates: Mandates

    private static let mostShown = 500

    func add(to routes: Routes) {
        routes.page("/demands/asked", right: .readMandates) { try await show($0) }
        routes.page("/demands/asked/export", right: .readMandates) { try await export($0) }
    }

    private func asked(_ staff: StaffVisit) async throws -> (AskedQuestion, [AskedDemand]) {
        let question = try AskedQuestion(
            staff.visit.query, for: staff.scope, today: staff.visit.now.local().day)
        let (mandates, scope) = (mandates, staff.scope)
        let found = try await mandates.house.database.read {
            try mandates.asked(by: question.body, question.days, for: scope, in: $0)
        }
        return (question, found.filter(question.holds))
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (question, found) = try await asked(staff)
        let title = visit(MandateTexts.asked)
        let listing = Listing(
            caption: "\(question.days.lowerBound) – \(question.days.upperBound)", columns: columns,
            items: Array(found.prefix(Self.mostShown)),
            whenEmpty: "<p>\(visit("这段时间没有这样的事项。", "Nothing of the kind in these days."))</p>")
        let minutes = found.filter(\.outcome.wentDown).compactMap(\.minutes).reduce(0, +)
        return visit.page(
            Page(
                title, breadcrumb: [(visit(MandateTexts.gate), "/demands"), (title, nil)],
                """
                <p>\(visit("共 \(found.count) 件，其中下达的合计 \(hoursText(minutes)) 小时。", "\(found.count) demands; those that went down come to \(hoursText(minutes)) hours."))</p>\
                <div class="bar">\(exportLink(visit, path: "/demands/asked/export"))</div>\(listing.html(visit))
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let (_, found) = try await asked(staff)
        return try await SheetExport.workbook(named: staff(MandateTexts.asked), columns: columns, for: staff) { _ in
            (found, nil)
        }
    }

    private var columns: [Column<AskedDemand>] {
        let mandates = mandates
        return [
            .text("编号", "Number", html: { one, _ in "<a href=\"/demands/\(one.id)\">\(one.number)</a>" }) { one, _ in
                one.number
            },
            .text("种类", "Kind") { one, visit in visit(mandates.title(one.kind)) },
            Column("事项", "What", .longText, cell: { one, _ in .text(one.title) }),
            .instant("提出时间", "Filed") { $0.filedAt },
            .text("结果", "What came of it") { one, visit in visit(one.outcome.title) },
            Column(
                "合计工时", "Hours in all", .number,
                cell: { one, _ in one.minutes.map { .number(Double($0) / 60) } ?? .empty },
                html: { one, _ in HTML(text: one.minutes.map(hoursText) ?? "—") }),
            .number("街道同意", "Streets agreed") { $0.agreed },
            .number("街道不同意", "Streets objected") { $0.objected },
            .number("未表态", "Said nothing") { $0.silent },
        ]
    }
}
