import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// A box for complaints about the platform itself: whoever it burdens can say so, and it runs in the same loop.
struct ComplaintPage: Sendable {
    let cases: Cases

    func add(to routes: Routes) {
        routes.openPage("complaint") { visit in page(visit, nil, nil) }
        routes.openForm("complaint") { visit, submission in try await send(visit, submission) }
    }

    private func page(_ visit: Visit, _ typed: QueryParameters?, _ refusal: Refusal?) -> Response {
        let content: HTML = """
            <p class="lead">\(visit("本平台给您添了麻烦？重复填报、强制打卡、系统难用，都可以在这里说。", "Does this platform burden you? Repeated forms, forced check-ins, anything hard to use: say it here."))</p>\
            <form class="panel narrow" method="post" action="/complaint">\(visit.formFields)\
            \(Field.longText("detail", visit("意见", "What is wrong"), value: typed?["detail"], required: true, maximum: Report.longestDetail, rows: 5, error: refusal.map { visit.told($0) }))\
            \(Field.submit(visit("提交", "Send")))</form>
            """
        let notice = visit.query["done"] == nil ? nil : Page.Notice(.ok, visit("已收到，谢谢。", "We have it, thank you."))
        return visit.page(
            Page(visit("给本平台提意见", "Complain about this platform"), notice: notice, content),
            status: refusal?.kind.status ?? .ok)
    }

    private func send(_ visit: Visit, _ submission: Submission) async throws -> Response {
        do {
            return try await visit.write(submission) { [cases] transaction in
                _ = try cases.complain(submission.fields["detail"] ?? "", visit, in: transaction)
                return .seeOther("/complaint?done=yes")
            }
        } catch let refusal as Refusal where refusal.kind != .fault {
            return page(visit, submission.fields, refusal)
        }
    }
}

extension Cases {
    /// Takes a complaint about the platform from whoever visits: staff, a resident, or somebody unknown.
    func complain(_ detail: String, _ visit: Visit, in transaction: any Transaction) throws -> CaseRecord {
        guard !detail.trimmed.isEmpty else {
            throw Refusal.missing("detail", LocalizedText("请写明意见", "Say what is wrong"))
        }
        let scope = visit.context.scope
        let resident = visit.context.resident
        var report = Report(title: "平台意见", detail: detail, channel: scope == nil ? .resident : .staff).sent(
            by: resident)
        report.category = rules.categories.leaf(named: "平台意见")?.code
        try senderLimit.count(visit, in: transaction)
        let actor = scope.map { Actor($0) } ?? .resident(resident)
        return try self.report(report, by: actor, scope: scope, at: visit.now, in: transaction)
    }
}
