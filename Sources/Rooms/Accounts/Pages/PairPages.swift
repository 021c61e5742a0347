import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Mandates
import Web

/// `/accounts/pairs`: each cut beside what came of matters before and after it.
struct PairPages: Sendable {
    let accounts: Accounts
    private static let pageSize = 50

    func add(to routes: Routes) {
        routes.page("/accounts/pairs", right: .readWorkload) { try await show($0) }
        routes.page("/accounts/pairs/export", right: .readWorkload) { try await export($0) }
    }

    private var columns: [Column<CutPair>] {
        let mandates = accounts.mandates
        func outcome(_ kind: OutcomeKind) -> Column<CutPair> {
            Column(
                kind.title.chinese, kind.title.english,
                cell: { pair, _ in
                    pair.outcomes.first { $0.kind == kind }.map {
                        .text("\(Figures.share($0.before)) → \(Figures.share($0.after))")
                    } ?? .empty
                },
                html: { pair, visit in
                    guard let found = pair.outcomes.first(where: { $0.kind == kind }) else { return "—" }
                    func cell(_ share: Share, _ days: ClosedRange<Day>?) -> HTML {
                        guard let days, share.whole > 0 else { return "—" }
                        let list = YearPages.list(of: kind, days, in: pair.area, of: pair.periods)
                        return "<a href=\"\(list)\">\(Figures.share(share))</a>"
                    }
                    return """
                        \(cell(found.before, pair.judged.before)) → \(cell(found.after, pair.judged.after)) \
                        \(Figures.tag(found.verdict, visit))
                        """
                })
        }
        return [
            .text(
                "日期", "Day",
                html: { pair, _ in
                    "<time datetime=\"\(pair.measure.day.description)\">\(pair.measure.day.description)</time>"
                }
            ) { pair, _ in pair.measure.day.description },
            .text(
                "编号", "Number",
                html: { pair, _ in "<a href=\"/demands/\(pair.source.id)\">\(pair.source.number)</a>" }
            ) { pair, _ in pair.source.number },
            Column("事项", "What", .longText, cell: { pair, _ in .text(pair.source.title) }),
            .text("类别", "Kind") { pair, visit in visit(mandates.title(pair.source.kind)) },
            .text("措施", "Measure") { pair, visit in visit(pair.measure.measure.title) },
            Column(
                "减少工时", "Hours freed", .number,
                cell: { pair, _ in .number(Double(pair.measure.freedMinutes) / 60) },
                html: { pair, _ in HTML(text: Figures.hours(pair.measure.freedMinutes)) }),
            outcome(.solved), outcome(.onTime), outcome(.repeated),
            .text(
                "结论", "Verdict", html: { pair, visit in Figures.tag(pair.verdict, visit) }
            ) { pair, visit in visit(pair.verdict.title) },
        ]
    }

    /// The days and the street that an address narrows the list to.
    private static func filter(_ staff: StaffVisit) throws(Refusal) -> PairFilter {
        let query = staff.visit.query
        var filter = PairFilter()
        if let text = query.filled("area") {
            guard let area = AreaPrefix(text), area.level == .street else { throw YearQuestion.wrong("area") }
            guard staff.scope.area.contains(area) else { throw Refusal.nothingHere }
            filter.street = area
        }
        if query.filled("from") != nil || query.filled("until") != nil {
            guard let first = query.filled("from").flatMap({ Day($0) }),
                let last = query.filled("until").flatMap({ Day($0) }), first <= last, last - first < 400
            else { throw YearQuestion.wrong("until") }
            filter.days = first...last
        }
        return filter
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let filter = try Self.filter(staff)
        let found = try await accounts.cutPairs(
            filter, after: visit.query.filled("after"), limit: Self.pageSize, for: staff.scope, at: visit.now)
        let listing = Listing(
            caption: visit(AccountTexts.pairs), columns: columns, items: found.pairs, next: found.next,
            whenEmpty:
                "<p>\(visit("还没有采取减负措施。在准入事项页面可以取消、并入、重新设计或减少次数。", "No measure was taken yet. On the page of a demand it is cut, merged, made anew or asked for less often."))</p>"
        )
        let title = visit(AccountTexts.pairs)
        let days = accounts.rules.windowDays
        return visit.page(
            Page(
                title, breadcrumb: [(visit(AccountTexts.year), "/accounts/year"), (title, nil)],
                """
                <p class="lead">\(visit("每一项减负都配上成效：同一区域此前 \(days) 天和此后 \(days) 天，事情解决了多少、按期多少、重复多少。减了负担又减了工作的，看得出来。", "Each cut beside its outcome: the same area \(days) days before and \(days) days after, how much was solved, on time, and came up again. Where less burden was less work, it shows."))</p>\
                <div class="bar">\(exportLink(visit, path: "/accounts/pairs/export"))</div>\(listing.html(visit))\
                <p class="hint">\(visit("先后不等于因果：同期还有别的变化。件数太少或不满 \(accounts.rules.fewestDays) 天的不下结论。", "After is not because: other things changed as well. With too few matters or under \(accounts.rules.fewestDays) days nothing is said."))</p>
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let accounts = accounts
        let filter = try Self.filter(staff)
        return try await SheetExport.workbook(named: staff(AccountTexts.pairs), columns: columns, for: staff) { after in
            let found = try await accounts.cutPairs(
                filter, after: after, limit: 200, for: staff.scope, at: staff.visit.now)
            return (found.pairs, found.next)
        }
    }
}
