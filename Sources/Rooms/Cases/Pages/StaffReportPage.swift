import Desk
import Ground
import Hummingbird
import Storage
import Web

/// A member of staff reports what was seen, or what somebody said.
struct StaffReportPage: Sendable {
    let cases: Cases

    func add(to routes: Routes) {
        routes.page("cases/new", right: .caseReport) { staff in page(staff, nil, nil) }
        routes.form("cases/new", right: .caseReport) { staff, submission in try await send(staff, submission) }
    }

    private func page(_ staff: StaffVisit, _ typed: QueryParameters?, _ refusal: Refusal?) -> Response {
        let visit = staff.visit
        let form = ReportForm(cases: cases, visit: visit, typed: typed, refusal: refusal)
        return visit.page(
            Page(
                visit("上报", "Report"),
                form.html(
                    action: "/cases/new", draft: "staff-report",
                    area: staff.scope.line == nil ? staff.scope.area : cases.house.settings.area, isStaff: true)),
            status: refusal?.kind.status ?? .ok)
    }

    private func send(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let scope = staff.scope
        let now = staff.visit.now
        do {
            let report = cases.located(try ReportForm.report(submission, channel: .staff))
            return try await staff.visit.write(submission) { [cases] transaction in
                let record = try cases.report(report, by: Actor(scope), scope: scope, at: now, in: transaction)
                // Who reports from elsewhere may not be the one who sees it later.
                return .seeOther(
                    scope.mayRead(record) ? "/cases/\(record.id)?done=report" : "/cases/new?done=\(record.number)")
            }
        } catch let refusal as Refusal where refusal.kind != .fault {
            return page(staff, submission.fields, refusal)
        }
    }
}
