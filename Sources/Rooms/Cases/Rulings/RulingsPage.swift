import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/rulings`: rulings that hold as rules of who gets what, in force and ended.
struct RulingsPage: Sendable {
    let cases: Cases

    static let title = LocalizedText("裁定规则", "Rulings as rules")
    private static let pageLength = 50

    struct Item: Sendable {
        var rule: RoutingRule
        var body: String
        var adoptedBy: String
    }

    func add(to routes: Routes) {
        routes.page("/rulings", right: .caseRead) { try await list($0) }
        routes.page("/rulings/export", right: .caseExport) { try await export($0) }
        RulingPage(cases: cases).add(to: routes)
        NewRulingPage(cases: cases).add(to: routes)
    }

    private func items(after: String?, limit: Int) async throws -> (items: [Item], next: String?) {
        let after = after.flatMap { Identifier<RoutingRule>(parsing: $0) }
        return try await cases.house.database.read { transaction in
            let found = try RoutingRuleStore.page(after: after, limit: limit + 1, in: transaction)
            let rules = Array(found.prefix(limit))
            return (
                try Self.items(rules, cases, in: transaction), found.count > limit ? rules.last?.id.text : nil
            )
        }
    }

    static func items(_ rules: [RoutingRule], _ cases: Cases, in transaction: any Transaction) throws -> [Item] {
        let names = try cases.directory.staffNames(Array(Set(rules.map(\.adoptedBy))), in: transaction)
        return try rules.map {
            Item(
                rule: $0, body: try cases.bodies.body($0.body, in: transaction)?.name ?? "—",
                adoptedBy: names[$0.adoptedBy] ?? "—")
        }
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (items, next) = try await items(after: visit.query.filled("after"), limit: Self.pageLength)
        let listing = Listing(
            caption: visit(Self.title), columns: columns, items: items, next: next,
            whenEmpty:
                "<p>\(visit("还没有裁定被采纳为规则。统筹办裁定后，可在该件的页面上一步采纳。", "No ruling was made a rule yet. After ruling on a matter, the coordination body does it from the matter's page, in one step."))</p>"
        )
        return visit.page(
            Page(
                visit(Self.title),
                """
                <p class="lead">\(visit("裁定过一次，同类事项以后照此派单；建议中会写明依据哪次裁定。", "Ruled on once, such matters go there from then on; the suggestion names the ruling."))</p>\
                <div class="bar">\(staff.scope.may(.caseExport) ? exportLink(visit, path: "/rulings/export") : copyLink(visit))</div>\(listing.html(visit))
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        try await SheetExport.workbook(named: staff(Self.title), columns: columns, for: staff) {
            try await items(after: $0, limit: 500)
        }
    }

    private var columns: [Column<Item>] {
        let cases = cases
        return [
            .text(
                "裁定", "Ruling", html: { item, _ in "<a href=\"/rulings/\(item.rule.id)\">\(item.rule.number)</a>" }
            ) { item, _ in item.rule.number },
            .text("类别", "Category") { item, visit in
                cases.rules.categories.pathText(item.rule.category, visit.language)
            },
            .text("区域", "Area") { item, _ in CaseNames.path(item.rule.area, cases) },
            .text("含词", "Words") { item, _ in item.rule.words.joined(separator: "、") },
            .text("派给", "Goes to") { item, _ in item.body },
            .text("有效", "Holds") { item, visit in Self.period(item.rule, visit) },
            .text("采纳人", "Adopted by") { item, _ in item.adoptedBy },
            .number("版本", "Version") { Int64($0.rule.version) },
        ]
    }

    static func period(_ rule: RoutingRule, _ visit: Visit) -> String {
        if rule.endedAt != nil {
            switch rule.endReason {
            case RulingWork.replaced: return visit("已被替换", "replaced")
            case RulingWork.undone: return visit("已撤销", "undone")
            default: return visit("已终止", "ended")
            }
        }
        let until = rule.until.map(\.description) ?? visit("长期", "for good")
        return "\(rule.from) – \(until)"
    }
}

/// `/rulings/:id`: one rule, what it says, and what it would have changed.
struct RulingPage: Sendable {
    let cases: Cases

    private static let mostCounted = 1_000
    private static let pageLength = 50

    func add(to routes: Routes) {
        routes.page("/rulings/:id", right: .caseRead) { try await show($0, nil) }
        routes.page("/rulings/:id/changed", right: .caseRead) { try await changed($0) }
        routes.form("/rulings/:id/end", right: .caseRule) { staff, submission in
            let reason = submission.fields["reason"] ?? ""
            return try await write(staff, submission) { work, id, now, transaction in
                try work.end(id, reason: reason, by: staff.scope, at: now, in: transaction)
            }
        }
        routes.form("/rulings/:id/undo", right: .caseRule) { staff, submission in
            try await write(staff, submission) { work, id, now, transaction in
                try work.undo(id, by: staff.scope, at: now, in: transaction)
            }
        }
    }

    private func write(
        _ staff: StaffVisit, _ submission: Submission,
        _ act:
            @escaping @Sendable (RulingWork, Identifier<RoutingRule>, Instant, any Transaction) throws
            -> Void
    ) async throws -> Response {
        let id: Identifier<RoutingRule> = try staff.visit.identifier()
        let now = staff.visit.now
        do {
            return try await staff.visit.write(submission) { [cases] transaction in
                try act(RulingWork(cases: cases), id, now, transaction)
                return .seeOther("/rulings/\(id)?done=yes")
            }
        } catch let refusal as Refusal where refusal.field != nil || refusal.kind == .conflict {
            return try await show(staff, refusal)
        }
    }

    private func show(_ staff: StaffVisit, _ refusal: Refusal?) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let id: Identifier<RoutingRule> = try visit.identifier()
        let now = visit.now
        let work = RulingWork(cases: cases)
        let (item, conflicts, count) = try await cases.house.database.read { transaction in
            guard let rule = try RoutingRuleStore.find(id, in: transaction) else { throw Refusal.nothingHere }
            return (
                try RulingsPage.items([rule], cases, in: transaction)[0],
                try RulingsPage.items(try work.conflicts(of: rule, in: transaction), cases, in: transaction),
                try RoutingRuleStore.changedCount(
                    by: rule, leaves: work.leaves(of: rule), at: now, for: scope, most: Self.mostCounted,
                    in: transaction)
            )
        }
        let rule = item.rule
        let notice =
            refusal.map { $0.notice(visit) }
            ?? (visit.query["done"] == nil ? nil : Page.Notice(.ok, visit("已保存。", "Saved.")))
        return visit.page(
            Page(
                visit("依据裁定 \(rule.number)", "By ruling \(rule.number)"),
                breadcrumb: [(visit(RulingsPage.title), "/rulings"), (rule.number, nil)], notice: notice,
                """
                \(RulingFacts(cases: cases, visit: visit).html(item))\
                <p><a href="/rulings/\(rule.id)/changed">\(RulingFacts.effect(count, most: Self.mostCounted, visit))</a></p>\
                \(RulingFacts(cases: cases, visit: visit).conflicts(conflicts, of: rule))\
                \(scope.may(.caseRule) && rule.endedAt == nil ? forms(rule, staff) : HTML())
                """), status: refusal?.kind.status ?? .ok)
    }

    private func forms(_ rule: RoutingRule, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let isFresh = rule.adoptedBy == staff.scope.staff && visit.now <= rule.adoptedAt + RoutingRule.undoable
        return """
            <section class="noprint">\(isFresh ? "<form method=\"post\" action=\"/rulings/\(rule.id)/undo\" class=\"bar\">\(visit.formFields)\(Field.submit(visit("撤销采纳", "Undo"), tone: "ghost"))</form>" : HTML())\
            <p><a class="btn" href="/rulings/new?matter=\(rule.matter)&amp;replaces=\(rule.id)">\(visit("换一个新版本", "Make a new version"))</a></p>\
            <details class="act"><summary>\(visit("终止", "End it"))</summary><form method="post" action="/rulings/\(rule.id)/end">\(visit.formFields)\
            \(Field.text("reason", visit("理由", "Why"), required: true, maximum: 200))\(Field.submit(visit("终止", "End it")))</form></details></section>
            """
    }

    private func changed(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let id: Identifier<RoutingRule> = try visit.identifier()
        let after = visit.query.filled("after").flatMap { CaseID(parsing: $0) }
        let now = visit.now
        let (rule, rows, next) = try await cases.house.database.read { transaction in
            guard let rule = try RoutingRuleStore.find(id, in: transaction) else { throw Refusal.nothingHere }
            let found = try RoutingRuleStore.changed(
                by: rule, leaves: RulingWork(cases: cases).leaves(of: rule), at: now, for: scope, after: after,
                limit: Self.pageLength + 1, in: transaction)
            let page = Array(found.prefix(Self.pageLength))
            return (
                rule, try CaseRow.rows(page, cases, in: transaction),
                found.count > Self.pageLength ? page.last?.id.text : nil
            )
        }
        let listing = Listing(
            caption: visit("会改派的件", "Matters that would have gone elsewhere"),
            columns: CaseRow.queueColumns(cases), items: rows, next: next,
            whenEmpty:
                "<p>\(visit("近 90 天没有派给其他单位的同类事项。", "No such matter went to another body in the last 90 days."))</p>")
        return visit.page(
            Page(
                visit("会改派的件", "Matters that would have gone elsewhere"),
                breadcrumb: [
                    (visit(RulingsPage.title), "/rulings"), (rule.number, "/rulings/\(rule.id)"),
                    (visit("会改派的件", "Elsewhere"), nil),
                ], listing.html(visit)))
    }
}

/// What a rule says, in words.
struct RulingFacts {
    let cases: Cases
    let visit: Visit

    func html(_ item: RulingsPage.Item) -> HTML {
        let rule = item.rule
        let matter: HTML =
            "<a href=\"/cases/\(rule.matter)\">\(rule.number)</a>（\(rule.ruledAt.local().day.description)）"
        let rows: [(String, HTML)] = [
            (visit("裁定的件", "Ruled on"), matter),
            (visit("裁定理由", "What the ruling said"), HTML(text: rule.reason)),
            (visit("类别", "Category"), HTML(text: cases.rules.categories.pathText(rule.category, visit.language))),
            (visit("区域", "Area"), HTML(text: CaseNames.path(rule.area, cases))),
            (visit("含词（任一）", "Words (any)"), HTML(text: rule.words.isEmpty ? "—" : rule.words.joined(separator: "、"))),
            (visit("派给", "Goes to"), HTML(text: item.body)),
            (visit("有效", "Holds"), HTML(text: RulingsPage.period(rule, visit))),
            (visit("采纳人、版本", "Adopted by, version"), HTML(text: "\(item.adoptedBy) · \(rule.version)")),
            (visit("终止理由", "Why it ended"), HTML(text: rule.endReason.map { self.reason($0) } ?? "—")),
        ]
        return """
            <section class="panel"><dl class="facts">\(rows.html { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" })</dl></section>
            """
    }

    private func reason(_ text: String) -> String {
        switch text {
        case RulingWork.replaced: visit("已被新版本替换", "replaced by a new version")
        case RulingWork.undone: visit("采纳后撤销", "taken back after it was adopted")
        default: text
        }
    }

    static func effect(_ count: Int, most: Int, _ visit: Visit) -> String {
        let shown = count >= most ? "\(most)+" : "\(count)"
        return visit("近 90 天有 \(shown) 件会改派", "\(shown) matters of the last 90 days would have gone elsewhere")
    }

    func conflicts(_ items: [RulingsPage.Item], of rule: RoutingRule) -> HTML {
        guard !items.isEmpty else { return HTML() }
        return """
            <section class="panel"><h2>\(visit("与这些规则不一致", "Rules that say otherwise"))</h2><ul class="rows">\
            \(items.html { other in
                let isFirst = RoutingRule.decidesBefore(rule, other.rule)
                let who = isFirst ? visit("两者都适用时，以本规则为准", "where both fit, this one decides") : visit("两者都适用时，以那条为准", "where both fit, that one decides")
                return """
                    <li><a href="/rulings/\(other.rule.id)">\(other.rule.number)</a> · \(cases.rules.categories.pathText(other.rule.category, visit.language)) · \
                    \(CaseNames.path(other.rule.area, cases)) → \(other.body)<p class="hint">\(who)</p></li>
                    """
            })</ul></section>
            """
    }
}
