import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web
import WorkCalendar

/// A resident reports, with a proved phone number or without any.
struct ResidentReportPage: Sendable {
    let cases: Cases

    func add(to routes: Routes) {
        routes.openPage("report") { visit in try await page(visit, nil, nil) }
        routes.openForm("report") { visit, submission in try await send(visit, submission) }
        routes.openPage("report/done/:id") { visit in try await done(visit) }
    }

    private func page(_ visit: Visit, _ typed: QueryParameters?, _ refusal: Refusal?) async throws -> Response {
        let isAnonymous = visit.query["anonymous"] == "yes" || typed?["anonymous"] == "yes"
        let title = visit("我要反映", "Report a matter")
        guard visit.context.resident != nil || isAnonymous else { return visit.page(Page(title, ways(visit))) }
        let offered = try await cases.staffedAreas()
        let form = ReportForm(cases: cases, visit: visit, offered: offered, typed: typed, refusal: refusal)
        let who: HTML =
            visit.context.resident.map {
                "<p>\(visit("以 \($0.maskedPhone) 反映，办理进展会发短信告知。", "Reporting as \($0.maskedPhone); you will be told of progress by text."))</p>"
            }
            ?? "<p class=\"notice warn\">\(visit("未留电话：我们无法联系您，请记下提交后的编号。", "Without a phone number nobody can reach you; note the number you get."))</p>"
        let content: HTML = """
            \(who)\(form.html(
                action: "/report", draft: "resident-report", area: cases.house.settings.area, isStaff: false,
                extra: isAnonymous ? "<input type=\"hidden\" name=\"anonymous\" value=\"yes\">" : HTML()))
            """
        return visit.page(Page(title, content), status: refusal?.kind.status ?? .ok)
    }

    private func ways(_ visit: Visit) -> HTML {
        """
        <p class="lead">\(visit("反映身边的问题，办理全程可查、可评价。", "Report what is wrong near you; follow it and rate it."))</p><div class="ways">\
        <a class="way" href="/resident/login?next=/report">\(symbol("message-square"))<strong>\(visit("用手机号反映（推荐）", "With your phone number"))</strong><span>\(visit("收一条验证码短信即可，不用注册；能查进展、能评价", "One text with a code, no account; you can follow and rate it"))</span></a>\
        <a class="way" href="/report?anonymous=yes">\(symbol("file-pen"))<strong>\(visit("不留电话反映", "Without a phone number"))</strong><span>\(visit("凭编号到社区查询；无法短信告知", "Ask at your community with the number; no texts"))</span></a></div>\
        <p class="hint">\(visit("不方便上网？请拨打 12345，或请社区工作人员代为上报。", "Not at ease online? Call 12345, or ask your community to report it for you."))</p>
        """
    }

    private func send(_ visit: Visit, _ submission: Submission) async throws -> Response {
        let resident = visit.context.resident
        guard resident != nil || submission.fields["anonymous"] == "yes" else {
            return .seeOther("/resident/login?next=/report")
        }
        let now = visit.now
        do {
            let ready = try cases.located(try ReportForm.report(submission, channel: .resident)).sent(by: resident)
            let actor = Actor.resident(resident)
            return try await visit.write(submission) { [cases] transaction in
                try cases.senderLimit.count(visit, in: transaction)
                let record = try cases.report(ready, by: actor, scope: nil, at: now, in: transaction)
                return .seeOther("/report/done/\(record.id)")
            }
        } catch let refusal as Refusal where refusal.kind != .fault {
            return try await page(visit, submission.fields, refusal)
        }
    }

    /// The number, what comes next and by when. Whoever holds the address may see it: it tells nothing of what was
    /// reported, and of a resident's own matter only to that resident.
    private func done(_ visit: Visit) async throws -> Response {
        let id: CaseID = try visit.identifier()
        let record = try await cases.house.database.read { try CaseStore.find(id, in: $0) }
        guard let record, record.channel == .resident,
            record.reporter.phoneIndex == visit.context.resident?.phoneIndex
        else { throw Refusal.nothingHere }
        let isFollowed = visit.context.resident != nil
        let due: HTML? = record.due.map { due in
            "<p>\(visit("受理时限：", "To be taken up by "))\(DueTag(rules: cases.rules, visit: visit).time(due))</p>"
        }
        let content: HTML = """
            <div class="panel narrow empty" data-draft-done="resident-report"><p>\(visit("编号", "Number"))</p><h2>\(record.number)</h2>\
            \(due)\
            <p>\(visit("接下来：街道受理并派给承办单位；办完后由他人核查，再请您评价。", "Next: the street takes it up and gives it to whoever must act; someone else verifies the result, then you rate it."))</p>\
            <p>\(isFollowed ? HTML(text: visit("每一步会发短信告知您。", "You are told of each step by text.")) : HTML(text: visit("请记下编号：没有留电话，只能凭它到社区查询。", "Note the number: without a phone number it is all you can ask with.")))</p>\
            <p>\(isFollowed ? "<a class=\"btn p\" href=\"/mine/\(record.id)\">\(visit("查看进展", "Follow it"))</a>" : HTML()) <a class="btn" href="/report">\(visit("再反映一件", "Report another"))</a></p></div>
            """
        return visit.page(Page(visit("已收到", "We have it"), content))
    }
}

extension Report {
    /// As a resident sends it, with a proved phone number or without any: what only staff fill in has no say here.
    func sent(by resident: ResidentReference?) -> Report {
        var report = self
        report.category = nil
        report.reporterName = nil
        report.reporterPhone = nil
        report.source = nil
        report.sourceNumber = nil
        report.reporter = resident.map {
            Reporter(phoneIndex: $0.phoneIndex, phoneMasked: $0.maskedPhone, phoneSealed: $0.phoneSealed)
        }
        return report
    }
}

extension Actor {
    /// A resident as the ledger keeps one: an index, never a name or a number.
    static func resident(_ resident: ResidentReference?) -> Actor {
        Actor(kind: .resident, id: resident?.phoneIndex ?? "anonymous", post: nil, name: resident?.maskedPhone ?? "—")
    }
}
