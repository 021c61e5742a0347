import Desk
import Ground
import Hummingbird
import Storage
import Web

/// `/rulings/new?matter=…`: what a ruling would do as a rule, shown before it is one.
struct NewRulingPage: Sendable {
    let cases: Cases

    func add(to routes: Routes) {
        routes.page("/rulings/new", right: .caseRule) { try await show($0, $0.visit.query, nil) }
        routes.form("/rulings", right: .caseRule) { try await adopt($0, $1) }
    }

    private struct Preview: Sendable {
        var item: RulingsPage.Item
        var conflicts: [RulingsPage.Item]
        var count: Int
    }

    private static let mostCounted = 1_000

    static func request(_ fields: QueryParameters) -> RulingRequest {
        RulingRequest(
            matter: fields.filled("matter"), category: fields.filled("category"), area: fields.filled("area"),
            words: (fields["words"] ?? "").split { "、，,； ;\n\r\t　".contains($0) }.map(String.init),
            from: fields.filled("from"), until: fields.filled("until"), replaces: fields.filled("replaces"),
            seen: fields.all("seen"))
    }

    private func show(_ staff: StaffVisit, _ fields: QueryParameters, _ refusal: Refusal?) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let now = visit.now
        let work = RulingWork(cases: cases)
        var request = Self.request(fields)
        var refusal = refusal
        var preview: Preview?
        // A new version begins with what the old one says.
        if fields["category"] == nil, let old = request.replaces.flatMap({ Identifier<RoutingRule>(parsing: $0) }),
            let rule = try await cases.house.database.read({ try RoutingRuleStore.find(old, in: $0) })
        {
            request.category = rule.category
            request.area = rule.area.code
            request.words = rule.words
            request.until = rule.until?.description
        }
        let asked = request
        do {
            preview = try await cases.house.database.read { transaction in
                let rule = try work.rule(asked, by: scope, at: now, in: transaction)
                return Preview(
                    item: try RulingsPage.items([rule], cases, in: transaction)[0],
                    conflicts: try RulingsPage.items(
                        try work.conflicts(of: rule, in: transaction), cases, in: transaction),
                    count: try RoutingRuleStore.changedCount(
                        by: rule, leaves: work.leaves(of: rule), at: now, for: scope, most: Self.mostCounted,
                        in: transaction))
            }
        } catch let found as Refusal where found.field != nil && found.field != "matter" {
            refusal = refusal ?? found
        }
        let facts = RulingFacts(cases: cases, visit: visit)
        let shown: HTML? = preview.map { preview in
            """
            <h2>\(visit("采纳后是这样", "As it would be"))</h2>\(facts.html(preview.item))\
            <p>\(RulingFacts.effect(preview.count, most: Self.mostCounted, visit))</p>\
            \(facts.conflicts(preview.conflicts, of: preview.item.rule))\(adoptForm(preview, asked, visit))
            """
        }
        return visit.page(
            Page(
                visit("把裁定采纳为规则", "Make a ruling a rule"),
                breadcrumb: [(visit(RulingsPage.title), "/rulings"), (visit("采纳", "Adopt"), nil)],
                notice: refusal.map { $0.notice(visit) }, "\(form(asked, staff, refusal))\(shown)"),
            status: refusal?.kind.status ?? .ok)
    }

    /// By GET: what it would do is shown for what is chosen, and nothing is written.
    private func form(_ request: RulingRequest, _ staff: StaffVisit, _ refusal: Refusal?) -> HTML {
        let visit = staff.visit
        func error(_ field: String) -> String? { refusal?.field == field ? refusal.map { visit($0.message) } : nil }
        return """
            <form method="get" action="/rulings/new" class="panel narrow">\
            <input type="hidden" name="matter" value="\(request.matter ?? "")"><input type="hidden" name="replaces" value="\(request.replaces ?? "")">\
            \(CaseControls.grouped("category", visit("哪类事项", "Which matters"), CaseControls.categories(cases.rules.categories, visit.language), value: request.category, none: visit("与该件相同", "As the matter's"), error: error("category")))\
            \(CaseControls.grouped("area", visit("哪个区域", "Where"), CaseControls.areas(cases.areas, within: staff.scope.area), value: request.area, none: visit("与该件相同", "As the matter's"), error: error("area")))\
            \(Field.text("words", visit("只在含有这些词时（可选，用顿号分开）", "Only with one of these words (optional)"), value: request.words?.joined(separator: "、"), maximum: 200, error: error("words")))\
            \(Field.text("from", visit("从哪天起", "From"), value: request.from, type: "date", hint: visit("空着为今天", "Empty: today"), error: error("from")))\
            \(Field.text("until", visit("到哪天为止（可选）", "Until (optional)"), value: request.until, type: "date", error: error("until")))\
            \(Field.submit(visit("看看效果", "See what it does"), tone: "ghost"))</form>
            """
    }

    private func adoptForm(_ preview: Preview, _ request: RulingRequest, _ visit: Visit) -> HTML {
        let rule = preview.item.rule
        let fields: [(String, String)] =
            [
                ("matter", rule.matter.text), ("category", rule.category), ("area", rule.area.code),
                ("words", rule.words.joined(separator: "、")), ("from", rule.from.description),
                ("until", rule.until?.description ?? ""), ("replaces", rule.replaces?.text ?? ""),
            ] + preview.conflicts.map { ("seen", $0.rule.id.text) }
        return """
            <form method="post" action="/rulings" class="bar noprint">\(visit.formFields)\
            \(fields.html { "<input type=\"hidden\" name=\"\($0.0)\" value=\"\($0.1)\">" })\
            \(Field.submit(preview.conflicts.isEmpty ? visit("采纳为规则", "Make it a rule") : visit("已看过冲突，采纳", "I have seen these; make it a rule")))</form>
            """
    }

    private func adopt(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let request = Self.request(submission.fields)
        let scope = staff.scope
        let now = staff.visit.now
        do {
            return try await staff.visit.write(submission) { [cases] transaction in
                let rule = try RulingWork(cases: cases).adopt(request, by: scope, at: now, in: transaction)
                return .seeOther("/rulings/\(rule.id)?done=yes")
            }
        } catch let refusal as Refusal where refusal.field != nil {
            return try await show(staff, submission.fields, refusal)
        }
    }
}
