import Desk
import Ground
import Hummingbird
import Identity
import Web

/// Use against plan, on the page of a line.
extension BudgetPages {
    static func tag(_ standing: PlanStanding, _ visit: Visit) -> HTML {
        "<span class=\"tag \(HTML(trusted: "\(standing.tone)"))\">\(visit(standing.title))</span>"
    }

    func planPanel(
        _ line: BudgetLine, _ staff: StaffVisit, _ typed: QueryParameters?, _ refusal: Refusal?
    ) -> HTML {
        let visit = staff.visit
        let day = visit.now.local().day
        let standing = line.standing(funds.rules.plan, on: day)
        let isHolder = staff.scope.line == nil && staff.scope.area == line.street && staff.scope.may(.holdFunds)
        let facts: HTML =
            line.plan.map { plan in
                """
                \(Self.quarters(plan, visit))<p>\(visit("到今天计划用 \(plan.planned(by: day, of: Int(line.year))) 元，已支用 \(line.spent) 元、已占用 \(line.committed) 元。", "Planned by today: \(plan.planned(by: day, of: Int(line.year))) yuan; spent \(line.spent), committed \(line.committed)."))</p>
                """
            } ?? "<p class=\"hint\">\(visit("还没有编制用款计划。", "No plan was made yet."))</p>"
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        let form: HTML =
            isHolder
            ? """
            <details class="act"\(flag: "open", refusal != nil && typed?["q1"] != nil)><summary>\(line.plan == nil ? visit("编制用款计划", "Make a plan") : visit("调整用款计划", "Change the plan"))</summary>\
            <form method="post" action="/funds/\(line.id)/plan">\(visit.formFields)<input type="hidden" name="_version" value="\(line.version)">\
            \((1...4).map { $0 }.html { quarter in
                Field.text("q\(quarter)", visit("第\(quarter)季度（元）", "Quarter \(quarter) (yuan)"), value: typed?["q\(quarter)"] ?? line.plan.map { "\($0.quarters[quarter - 1])" } ?? "", required: true, maximum: 9, error: quarter == 1 ? error("plan") : nil, inputMode: "numeric")
            })\
            \(line.plan == nil ? HTML() : Field.text("why", visit("调整理由", "Why it changes"), value: typed?["why"], required: true, maximum: 120, error: error("why")))\
            \(Field.submit(visit("保存计划", "Keep the plan")))</form></details>
            """ : HTML()
        return """
            <section class="panel"><h2>\(visit(FundTexts.plan)) \(Self.tag(standing, visit))</h2>\(facts)\(form)</section>
            """
    }

    static func quarters(_ plan: SpendingPlan, _ visit: Visit) -> HTML {
        """
        <dl class="facts">\(Array(plan.quarters.enumerated()).html { one in
            "<dt>\(visit("第\(one.offset + 1)季度", "Quarter \(one.offset + 1)"))</dt><dd>\(visit("\(one.element) 元", "\(one.element) yuan"))</dd>"
        })<dt>\(visit("合计", "In all"))</dt><dd>\(visit("\(plan.total) 元", "\(plan.total) yuan"))</dd></dl>
        """
    }

    func plan(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let id: BudgetLineID = try staff.visit.identifier()
        let (funds, scope, now, seen) = (funds, staff.scope, staff.visit.now, submission.seenVersion)
        do {
            let quarters = (1...4).compactMap { Int64((fields["q\($0)"] ?? "").trimmingSpaces()) }
            return try await staff.visit.write(submission) { transaction in
                _ = try funds.plan(
                    quarters, why: fields["why"] ?? "", on: id, seen: seen, by: scope, at: now, in: transaction)
                return .seeOther("/funds/\(id)")
            }
        } catch let refusal as Refusal where [.ruleBroken, .forbidden, .changedMeanwhile].contains(refusal.kind) {
            return try await show(staff, fields, refusal)
        }
    }
}
