import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/staffing/consent`: everybody says of themselves whether and where they would go. Saying nothing is no consent.
struct ConsentPage: Sendable {
    let workload: Workload

    func add(to routes: Routes) {
        routes.page("/staffing/consent") { try await show($0) }
        routes.form("/staffing/consent") { try await agree($0, $1) }
        routes.form("/staffing/consent/withdraw") { try await withdraw($0, $1) }
    }

    private func show(_ staff: StaffVisit, refusal: Refusal? = nil, typed: QueryParameters? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let today = visit.now.local().day
        let known = try await workload.house.database.read {
            try StaffingStore.consent(of: staff.scope, on: today, in: $0)
        }
        let county = String(staff.scope.area.code.prefix(6))
        var places = [Field.Choice(county, visit("全县任一街道", "Any street of the county"))]
        for child in workload.places.children(of: county).prefix(300) {
            places.append(Field.Choice(child.code, child.name))
        }
        let now: HTML =
            known.map { consent in
                """
                <section class="panel"><h2>\(visit("目前", "At present"))</h2><p>\(visit("愿意去：", "Would go to: "))\(consent.places.sorted().map { $0 == county ? visit("全县任一街道", "any street of the county") : workload.places.name(of: $0) ?? $0 }.joined(separator: "、"))\
                \(consent.isForOtherKinds ? visit("；也可到其他类别岗位", "; also to another kind of post") : "") · \(visit("有效期至 \(consent.until)", "until \(consent.until)"))</p>\
                <form method="post" action="/staffing/consent/withdraw">\(visit.formFields)<p>\(Field.submit(visit("撤回同意", "Take it back"), tone: ""))</p></form></section>
                """
            }
            ?? "<p class=\"notice\">\(visit("您没有同意任何调动。不作表示即不同意，不需要理由，也不影响任何事情。", "You have agreed to nothing. Saying nothing is no consent; no reason is asked for, and nothing follows from it."))</p>"
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        let title = visit(WorkloadTexts.consent)
        return visit.page(
            Page(
                title, breadcrumb: [(title, nil)], notice: refusal?.notice(visit),
                """
                <p class="lead">\(visit("只有本人能作出同意，随时可以撤回，到期自动失效。方案中不出现姓名；同意与否不进入任何考核。", "Only you say this, you may take it back at any time, and it ends by itself. Proposals name nobody, and no assessment sees it."))</p>\(now)\
                <form class="panel narrow" method="post" action="/staffing/consent">\(visit.formFields)\
                \(Field.choice("places", visit("愿意去哪里", "Where you would go"), places, value: typed?["places"], required: true, error: error("places")))\
                \(Field.checkbox("otherKinds", visit("也可到其他类别岗位", "Also to another kind of post"), isOn: typed?["otherKinds"] == "yes"))\
                \(Field.text("until", visit("有效期至", "Until"), value: typed?["until"] ?? (today + 180).description, type: "date", required: true, error: error("until")))\
                <p>\(Field.submit(visit("同意", "Agree")))</p></form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func agree(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
        let fields = submission.fields
        do {
            guard let until = fields.filled("until").flatMap({ Day($0) }) else {
                throw Refusal(
                    .ruleBroken, "staffing.until", LocalizedText("日期须如 2026-03-01", "A date is written 2026-03-01"),
                    field: "until")
            }
            let consent = KeptConsent(
                places: Set([fields.filled("places")].compactMap { $0 }),
                isForOtherKinds: fields["otherKinds"] == "yes", until: until)
            return try await staff.visit.write(submission) { transaction in
                try workload.agree(consent, by: scope, at: now, in: transaction)
                return .seeOther("/staffing/consent")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await show(staff, refusal: refusal, typed: fields)
        }
    }

    private func withdraw(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            try workload.withdrawConsent(by: scope, at: now, in: transaction)
            return .seeOther("/staffing/consent")
        }
    }
}
