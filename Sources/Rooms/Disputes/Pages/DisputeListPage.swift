import Cases
import Cipher
import Desk
import Ground
import Hummingbird
import Identity
import Ledger
import Storage
import Web

/// `/disputes`: the disputes of an area, and the same as a sheet.
struct DisputeListPage: Sendable {
    let disputes: Disputes

    private static let pageSize = 50

    struct Line: Sendable {
        var dispute: Dispute
        var number: String
        var title: String
        var mediator: String?
    }

    func add(to routes: Routes) {
        routes.page("/disputes", right: .readDisputes) { try await list($0) }
        routes.page("/disputes/export", right: .readDisputes) { try await export($0) }
    }

    static func filter(_ fields: QueryParameters, _ disputes: Disputes) throws(Refusal) -> DisputeFilter {
        var filter = DisputeFilter()
        if let text = fields.filled("outcome") {
            guard let outcome = Dispute.Outcome(rawValue: text) else {
                throw Refusal(
                    .malformed, "disputes.no-outcome", LocalizedText("没有这种结果", "There is no such outcome"),
                    field: "outcome")
            }
            filter.outcome = outcome
        }
        if let kind = fields.filled("kind") {
            guard disputes.rules.kinds[kind] != nil else {
                throw Refusal(
                    .malformed, "disputes.no-kind", LocalizedText("没有这种纠纷", "There is no such kind"), field: "kind")
            }
            filter.kind = kind
        }
        if let after = fields.filled("after") {
            guard let id = CaseID(parsing: after) else {
                throw Refusal(
                    .malformed, "disputes.no-page", LocalizedText("没有这一页", "There is no such page"), field: "after")
            }
            filter.after = id
        }
        return filter
    }

    static func lines(
        _ filter: DisputeFilter, for scope: Scope, limit: Int, _ disputes: Disputes
    ) async throws -> (lines: [Line], next: String?) {
        try await disputes.house.database.read { transaction in
            let found = try DisputeStore.page(filter, for: scope, limit: limit + 1, in: transaction)
            let page = found.prefix(limit)
            let numbers = try disputes.cases.numbers(of: page.map(\.dispute.id), in: transaction)
            let names = try MediatorStore.names(page.compactMap(\.dispute.mediator), in: transaction)
            let vault = disputes.house.keys.vault
            let lines = try page.map { one in
                Line(
                    dispute: one.dispute, number: numbers[one.dispute.id] ?? one.dispute.id.text,
                    title: DisputeWords(sealedText: try vault.open(one.wordsSealed, for: Disputes.wordsPurpose)).title,
                    mediator: one.dispute.mediator.flatMap { names[$0] })
            }
            return (lines, found.count > limit ? page.last?.dispute.id.text : nil)
        }
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        var filter = try Self.filter(visit.query, disputes)
        let isEverything = visit.query["outcome"] == "all"
        if filter.outcome == nil, !isEverything { filter.outcome = .open }
        let (lines, next) = try await Self.lines(filter, for: staff.scope, limit: Self.pageSize, disputes)
        let listing = Listing(
            caption: visit(DisputeTexts.disputes), columns: columns, items: lines, next: next,
            whenEmpty: """
                <p>\(visit("这里没有纠纷。走访中发现苗头时，可及早登记调解。", "No disputes here. What is seen early is settled easily: enter it."))</p>
                """)
        let begin: HTML =
            staff.scope.may(.beginDisputes)
            ? "<a class=\"btn p\" href=\"/disputes/new\">\(visit(DisputeTexts.begin))</a>" : HTML()
        return visit.page(
            Page(
                visit(DisputeTexts.disputes), breadcrumb: [(visit(DisputeTexts.disputes), nil)],
                """
                <div class="bar">\(begin)<a class="btn" href="/mediators">\(visit(DisputeTexts.mediators))</a>\
                <a class="btn" href="/disputes/figures">\(visit(DisputeTexts.figures))</a>\(exportLink(visit, path: "/disputes/export"))</div>\
                \(tabs(visit, filter))\(listing.html(visit))
                """))
    }

    private func tabs(_ visit: Visit, _ filter: DisputeFilter) -> HTML {
        let choices: [(String?, LocalizedText)] =
            [(nil, DisputeTexts.title(Dispute.Outcome.open))]
            + Dispute.Outcome.allCases.filter { $0 != .open }.map { ($0.rawValue, DisputeTexts.title($0)) }
        let current = filter.outcome == .open ? nil : filter.outcome?.rawValue
        let links = choices.html { value, title in
            let address = visit.query.setting("after", nil).setting("outcome", value).address("/disputes")
            return
                "<a href=\"\(address)\"\(attribute: "aria-current", value == current ? "page" : nil)>\(visit(title))</a>"
        }
        return "<nav class=\"tabs\" aria-label=\"\(visit(DisputeTexts.state))\">\(links)</nav>"
    }

    private var columns: [Column<Line>] {
        let disputes = disputes
        return [
            .text(
                "编号", "Number", html: { line, _ in "<a href=\"/disputes/\(line.dispute.id)\">\(line.number)</a>" }
            ) { line, _ in line.number },
            Column(
                "事由", "What it is about", .longText, cell: { line, _ in .text(line.title) }),
            .text("类型", "Kind") { line, visit in visit(disputes.kindTitle(line.dispute.kind)) },
            .text(
                "状态", "State",
                html: { line, visit in
                    let outcome = line.dispute.outcome
                    let tone: HTML = outcome == .agreed ? "ok" : outcome == .unsettled ? "warn" : ""
                    return "<span class=\"tag \(tone)\">\(visit(DisputeTexts.title(outcome)))</span>"
                }
            ) { line, visit in visit(DisputeTexts.title(line.dispute.outcome)) },
            .text("层级", "Level") { line, visit in visit(disputes.levelTitle(line.dispute.level)) },
            .text("区域", "Area") { line, _ in disputes.areaName(line.dispute.area) },
            .text("调解员", "Mediator") { line, _ in line.mediator },
            .instant("登记", "Entered") { $0.dispute.beganAt },
            .instant("本级到期", "Due at this level") { $0.dispute.dueAt },
        ]
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let filter = try Self.filter(visit.query, disputes)
        let (disputes, scope, now) = (disputes, staff.scope, visit.now)
        try await disputes.house.database.write { transaction in
            let id: Identifier<LedgerEntry> = disputes.house.identifiers.next(at: now)
            try Ledger.record(
                LedgerEntry(
                    "disputes.export", on: "export", id, by: Actor(scope), at: now, id: id, area: scope.area.code),
                in: transaction)
        }
        return try await SheetExport.workbook(
            named: visit(DisputeTexts.disputes), columns: columns, for: staff
        ) { after in
            var filter = filter
            filter.after = after.flatMap { CaseID(parsing: $0) }
            let page = try await Self.lines(filter, for: scope, limit: 500, disputes)
            return (page.lines, page.next)
        }
    }
}
