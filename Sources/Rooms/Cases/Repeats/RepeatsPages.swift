import Desk
import Ground
import Hummingbird
import Ledger
import Storage
import Web

/// `/hot-spots`: places where the same kind of matter came up again and again.
struct HotSpotsPage: Sendable {
    let cases: Cases

    static let title = LocalizedText("热点", "Hot spots")
    private static let pageLength = 50
    static let monthsOffered = 13

    func add(to routes: Routes) {
        routes.page("/hot-spots", right: .caseRead) { try await show($0) }
        routes.page("/hot-spots/export", right: .caseExport) { try await export($0) }
        RepeatReportersPage(cases: cases).add(to: routes)
    }

    /// - Throws: a refusal for what is neither a month nor a quarter.
    static func period(_ query: QueryParameters, at now: Instant) throws(Refusal) -> RepeatPeriod {
        guard let text = query.filled("period") else { return .month(of: now.local().day) }
        return try period(text)
    }

    static func period(_ text: String) throws(Refusal) -> RepeatPeriod {
        guard let period = RepeatPeriod(text) else {
            throw QueryParameters.unreadable(
                "period", text,
                because: LocalizedText("须为月份 2026-11 或季度 2026-Q4", "a month 2026-11 or a quarter 2026-Q4 is meant"))
        }
        return period
    }

    func spots(_ staff: StaffVisit, _ period: RepeatPeriod, after: String?, limit: Int) async throws
        -> (items: [RepeatStore.HotSpot], next: String?)
    {
        let scope = staff.scope
        let least = cases.repeatRules.hotSpots(period)
        let found = try await cases.house.database.read {
            try RepeatStore.hotSpots(period, least: least, for: scope, after: after, limit: limit + 1, in: $0)
        }
        let items = Array(found.prefix(limit))
        return (items, found.count > limit ? items.last.map(RepeatStore.key) : nil)
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let period = try Self.period(visit.query, at: visit.now)
        let (items, next) = try await spots(
            staff, period, after: visit.query.filled("after"), limit: Self.pageLength)
        let least = cases.repeatRules.hotSpots(period)
        let listing = Listing(
            caption: visit(Self.title), columns: columns, items: items, next: next,
            whenEmpty:
                "<p>\(visit("这一时段没有哪里同类事项达到 \(least) 件。", "Nowhere did \(least) matters of one kind come up in this period."))</p>"
        )
        return visit.page(
            Page(
                visit(Self.title),
                """
                <p class="lead">\(visit("同一社区、同一类别、同一时段反复出现的事。先看看根子在哪，再逐件办。", "The same kind of matter, in one community, in one period. Look for the cause before the next one."))</p>\
                \(Self.form("/hot-spots", period, visit))\
                <div class="bar">\(staff.scope.may(.caseExport) ? exportLink(visit, path: "/hot-spots/export") : copyLink(visit))</div>\(listing.html(visit))
                """))
    }

    static func choices(_ visit: Visit) -> [Field.Choice] {
        RepeatPeriod.choices(at: visit.now, months: monthsOffered).map { Field.Choice($0.text, $0.text) }
    }

    private static func form(_ action: String, _ period: RepeatPeriod, _ visit: Visit) -> HTML {
        """
        <form method="get" action="\(action)" class="filters" role="search">\
        \(Field.choice("period", visit("时段", "Period"), choices(visit), value: period.text))\
        \(Field.submit(visit("查询", "Search")))</form>
        """
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let period = try Self.period(staff.visit.query, at: staff.visit.now)
        return try await SheetExport.workbook(named: staff(Self.title), columns: columns, for: staff) {
            try await spots(staff, period, after: $0, limit: 500)
        }
    }

    private var columns: [Column<RepeatStore.HotSpot>] {
        let cases = cases
        return [
            .text("地点", "Place") { spot, _ in CaseNames.path(spot.area, cases) },
            .text("类别", "Category") { spot, visit in cases.rules.categories.pathText(spot.category, visit.language) },
            Column(
                "件数", "Matters", .number, cell: { spot, _ in .number(Double(spot.total)) },
                html: { spot, _ in
                    "<a href=\"/cases?area=\(spot.area.code)&amp;category=\(spot.category)\">\(spot.total)</a>"
                }),
        ]
    }
}

/// `/repeat-reporters`: who reported many matters, for whoever takes them in, to help. Seen for a purpose only.
struct RepeatReportersPage: Sendable {
    let cases: Cases

    static let title = LocalizedText("重复反映人帮扶", "Reporters to help")
    static let most = 100
    static let purposes = [
        LocalizedText("上门了解、集中解决", "To visit and settle it as a whole"),
        LocalizedText("指定专人联系", "To name one person to talk with"),
        LocalizedText("转介帮扶（法律、心理、救助）", "To refer for help: legal, counselling, relief"),
    ]

    func add(to routes: Routes) {
        routes.page("/repeat-reporters", right: .personalReveal) { ask($0, nil) }
        routes.form("/repeat-reporters", right: .personalReveal) { try await show($0, $1) }
    }

    private func ask(_ staff: StaffVisit, _ refusal: Refusal?) -> Response {
        let visit = staff.visit
        return visit.page(
            Page(
                visit(Self.title), notice: refusal.map { $0.notice(visit) },
                """
                <p class="lead">\(visit("这是帮扶名单，不是标签：不显示在任何一件诉求上，不进任何考核。看之前写明用途，记入台账。", "A list for helping, not a label: it is shown with no matter and is part of no assessment. Say what for first; the ledger keeps it."))</p>\
                \(form(visit, nil))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func form(_ visit: Visit, _ period: RepeatPeriod?) -> HTML {
        """
        <form method="post" action="/repeat-reporters" class="filters">\(visit.formFields)\
        \(Field.choice("period", visit("时段", "Period"), HotSpotsPage.choices(visit), value: period?.text))\
        \(Field.choice("purpose", visit("用途（记入台账）", "What for (goes on the ledger)"), Self.purposes.map { Field.Choice($0.chinese, visit($0)) }, required: true, none: visit(CaseTexts.choose)))\
        \(Field.submit(visit("查看", "Show"))) \(Field.submit(visit("导出 Excel", "Export to Excel"), name: "as", value: "sheet", tone: "ghost"))</form>
        """
    }

    private func show(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let visit = staff.visit
        let fields = submission.fields
        let period: RepeatPeriod
        let items: [RepeatStore.Repeated]
        do {
            period = try HotSpotsPage.period(fields, at: visit.now)
            items = try await cases.repeatReporters(
                period, purpose: fields["purpose"] ?? "", by: staff.scope, at: visit.now)
        } catch let refusal as Refusal where refusal.field != nil {
            return ask(staff, refusal)
        }
        if fields["as"] == "sheet" {
            return try await SheetExport.workbook(
                named: visit(Self.title), columns: columns, for: staff, filter: period.text
            ) { _ in (items, nil) }
        }
        let least = cases.repeatRules.reporters(period)
        let listing = Listing(
            caption: visit(Self.title), columns: columns, items: items,
            whenEmpty:
                "<p>\(visit("这一时段没有谁反映达到 \(least) 件。", "Nobody reported \(least) matters in this period."))</p>")
        return visit.page(
            Page(
                visit(Self.title),
                """
                \(form(visit, period))<p class="hint">\(visit("时段 \(period.text)，\(least) 件以上，最多列 \(Self.most) 行。", "Period \(period.text), \(least) matters or more, at most \(Self.most) lines."))</p>\(listing.html(visit))
                """))
    }

    private var columns: [Column<RepeatStore.Repeated>] {
        let cases = cases
        return [
            .text(
                "反映人", "Reporter",
                html: { item, _ in "<a href=\"/cases?reporter=\(item.reporter)\">\(item.phone ?? "—")</a>" }
            ) { item, _ in item.phone },
            .text("街道", "Street") { item, _ in
                AreaPrefix(item.street).flatMap { cases.areas.name(of: $0) }
                    ?? (item.street.isEmpty ? nil : item.street)
            },
            .number("件数", "Matters") { $0.total },
            .instant("最近一件", "Last one") { $0.lastAt },
        ]
    }
}

extension Cases {
    /// Who reported many matters. That somebody asks, and what for, is on the ledger before anything is read.
    func repeatReporters(_ period: RepeatPeriod, purpose text: String, by scope: Scope, at now: Instant) async throws
        -> [RepeatStore.Repeated]
    {
        let purpose = try Self.purpose(text)
        let least = repeatRules.reporters(period)
        return try await house.database.write { [house] transaction in
            let found = try RepeatStore.reporters(
                period, least: least, for: scope, limit: RepeatReportersPage.most, in: transaction)
            let id: Identifier<LedgerEntry> = house.identifiers.next(at: now)
            try Ledger.record(
                LedgerEntry(
                    "cases.repeat-reporters", on: "search", id, by: Actor(scope), at: now, id: id,
                    area: scope.area.code, purpose: purpose
                ) { writer in
                    writer.member("filter", period.text)
                    writer.member("rows", Int64(found.count))
                }, in: transaction)
            return found
        }
    }

    private struct Asking: Decodable {
        var period: String?
        var purpose: String?
    }

    func addRepeatsAPI(to routes: Routes) {
        routes.api(Self.hotSpotsOperation, right: .caseRead) { staff, _ in
            let query = staff.visit.query
            let period = try HotSpotsPage.period(query, at: staff.visit.now)
            let (items, next) = try await HotSpotsPage(cases: self).spots(
                staff, period, after: query.filled("after"), limit: 50)
            return .json(
                JSONWriter.object { writer in
                    writer.member("period", period.text)
                    writer.key("hotSpots")
                    writer.array(items) { writer, spot in
                        writer.object { writer in
                            writer.member("area", spot.area.code)
                            writer.member("category", spot.category)
                            writer.member("matters", spot.total)
                        }
                    }
                    writer.member("next", next)
                })
        }
        // By POST: the purpose goes on the ledger, and every look is one of its own.
        routes.api(Self.reportersOperation, right: .personalReveal) { staff, submission in
            let request = try submission.decode(Asking.self)
            let period =
                try request.period.map { text throws(Refusal) in try HotSpotsPage.period(text) }
                ?? .month(of: staff.visit.now.local().day)
            let items = try await self.repeatReporters(
                period, purpose: request.purpose ?? "", by: staff.scope, at: staff.visit.now)
            return .json(
                JSONWriter.object { writer in
                    writer.key("reporters")
                    writer.array(items) { writer, item in
                        writer.object { writer in
                            writer.member("phone", item.phone)
                            writer.member("street", item.street)
                            writer.member("matters", item.total)
                            writer.member("lastAt", item.lastAt)
                        }
                    }
                })
        }
    }

    private static let hotSpotsOperation = APIOperation(
        .get, "/hot-spots", id: "listHotSpots", tag: "cases",
        summary: LocalizedText("热点：同地同类反复出现", "Places where one kind of matter came up again and again"),
        query: [
            .init("period", .string(pattern: "^[0-9]{4}-(0[1-9]|1[0-2]|Q[1-4])$"), required: false),
            .init("after", .string(minimum: 1, maximum: 64), required: false),
        ],
        response: .object([
            .init("period", .text),
            .init(
                "hotSpots",
                .array(
                    .object([
                        .init("area", .text), .init("category", .text), .init("matters", .integer(minimum: 1)),
                    ]))), .init("next", .nullable(.text)),
        ]))

    private static let reportersOperation = APIOperation(
        .post, "/repeat-reporters", id: "listRepeatReporters", tag: "cases",
        summary: LocalizedText("重复反映人帮扶名单（用途记入台账）", "Reporters to help, for a purpose that the ledger keeps"),
        request: .object([
            .init("period", .nullable(.string(pattern: "^[0-9]{4}-(0[1-9]|1[0-2]|Q[1-4])$")), required: false),
            .init("purpose", .string(minimum: 2, maximum: 200)),
        ]),
        response: .object([
            .init(
                "reporters",
                .array(
                    .object([
                        .init("phone", .nullable(.text)), .init("street", .text),
                        .init("matters", .integer(minimum: 1)), .init("lastAt", .nullable(.instant)),
                    ])))
        ]))

    /// Old periods are of no use to anybody, and hold who reported how often.
    var repeatsJob: Job {
        Job("forget-repeats", every: .hours(12)) { [house, repeatRules] in
            var day = house.clock.now().local().day
            for _ in 0..<repeatRules.keepMonths { day = day - day.parts.day }
            let oldest = RepeatPeriod.month(of: day)
            try await house.database.write { try RepeatStore.forget(before: oldest, in: $0) }
        }
    }
}
