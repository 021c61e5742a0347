import Desk
import Ground
import Hummingbird
import Storage
import Web

/// A member of staff reports what was seen, or what somebody said.
struct StaffReportPage: Sendable {
    let cases: Cases

    /// Under which name the browser keeps what is being typed.
    static let draft = "staff-report"

    func add(to routes: Routes) {
        routes.page("cases/new", right: .caseReport) { staff in page(staff, nil, nil) }
        routes.form("cases/new", right: .caseReport) { staff, submission in try await send(staff, submission) }
    }

    private func page(_ staff: StaffVisit, _ typed: QueryParameters?, _ refusal: Refusal?) -> Response {
        let visit = staff.visit
        let form = ReportForm(cases: cases, visit: visit, typed: typed, refusal: refusal)
        // Who works for an area mostly reports from there; a department acts anywhere, so it must say where.
        let own = staff.scope.line == nil ? staff.scope.area : nil
        let done = visit.query.filled("done").flatMap { $0.utf8.count == 16 && $0.allSatisfy(\.isNumber) ? $0 : nil }
        return visit.page(
            Page(
                visit("上报", "Report"),
                notice: done.map { Page.Notice(.ok, visit("已上报，编号 \($0)。", "Reported, number \($0).")) },
                """
                \(done == nil ? HTML() : "<span data-draft-done=\"\(Self.draft)\"></span>")\
                \(form.html(action: "/cases/new", draft: Self.draft, area: own ?? cases.house.settings.area, chosen: own, isStaff: true))
                """),
            status: refusal?.kind.status ?? .ok)
    }

    private func send(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let scope = staff.scope
        let now = staff.visit.now
        do {
            let report = try cases.located(try ReportForm.report(submission, channel: .staff))
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
