import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// What a resident reported: where it stands, what was done, and the resident's own say.
struct ResidentMatters: Sendable {
    let cases: Cases

    func add(to routes: Routes) {
        routes.openPage("mine") { visit in try await list(visit) }
        routes.openPage("mine/:id") { visit in try await page(visit, nil, nil) }
        routes.openForm("mine/:id/rate") { visit, submission in try await rate(visit, submission) }
        routes.openForm("mine/:id/reopen") { visit, submission in try await reopen(visit, submission) }
    }

    private func list(_ visit: Visit) async throws -> Response {
        guard let resident = visit.context.resident else { return .seeOther("/resident/login?next=/mine") }
        let after = visit.query.filled("after").flatMap { CaseID(parsing: $0) }
        let records = try await cases.house.database.read {
            try CaseStore.reported(byPhone: resident.phoneIndex, after: after, limit: 21, in: $0)
        }
        let workflow = cases.rules.workflow
        let columns: [Column<CaseRecord>] = [
            .text(
                "标题", "Title", html: { record, _ in "<a href=\"/mine/\(record.id)\">\(record.title)</a>" },
                { record, _ in record.title }),
            .text("状态", "State") { record, visit in
                workflow[record.state].map { visit($0.title) } ?? record.state.rawValue
            },
            .instant("反映时间", "Reported") { $0.receivedAt },
            .text("编号", "Number") { record, _ in record.number },
        ]
        let listing = Listing(
            caption: visit("我的诉求", "My matters"), columns: columns, items: Array(records.prefix(20)),
            next: records.count > 20 ? records[19].id.text : nil,
            whenEmpty:
                "<p>\(visit("您还没有反映过问题。", "You have not reported anything yet."))</p><p><a class=\"btn p\" href=\"/report\">\(visit("我要反映", "Report a matter"))</a></p>"
        )
        return visit.page(Page(visit("我的诉求", "My matters"), "<p>\(resident.maskedPhone)</p>\(listing.html(visit))"))
    }

    private struct Model: Sendable {
        var record: CaseRecord
        var steps: [CaseStep]
        var files: [CaseFile]
        var bodyName: String?
    }

    private func model(_ visit: Visit, _ resident: ResidentReference) async throws -> Model {
        let id: CaseID = try visit.identifier()
        let model = try await cases.house.database.read { [cases] transaction -> Model? in
            // Somebody else's matter looks like none at all.
            guard let record = try CaseStore.find(id, in: transaction),
                record.reporter.phoneIndex == resident.phoneIndex
            else { return nil }
            return Model(
                record: record, steps: try CaseStore.steps(of: id, in: transaction),
                files: try CaseStore.files(of: id, in: transaction),
                bodyName: try record.body.flatMap { try cases.bodies.body($0, in: transaction)?.name })
        }
        guard let model else { throw Refusal.nothingHere }
        return model
    }

    private func page(_ visit: Visit, _ typed: QueryParameters?, _ refusal: Refusal?) async throws -> Response {
        guard let resident = visit.context.resident else {
            return .seeOther(QueryParameters([("next", visit.path)]).address("/resident/login"))
        }
        let model = try await model(visit, resident)
        let record = model.record
        let state = cases.rules.workflow[record.state].map { visit($0.title) } ?? record.state.rawValue
        let content: HTML = """
            <div class="panel"><p><span class="badge">\(state)</span></p><p>\(record.detail)</p><dl class="facts">\
            <dt>\(visit("编号", "Number"))</dt><dd>\(record.number)</dd>\
            <dt>\(visit("反映时间", "Reported"))</dt><dd>\(visit.instantText(record.receivedAt))</dd>\
            \(model.bodyName.map { "<dt>\(visit("承办单位", "Handled by"))</dt><dd>\($0)</dd>" })\
            \(record.finalDue.map { "<dt>\(visit("办理时限", "Due"))</dt><dd>\(DueTag(rules: cases.rules, visit: visit).time($0))</dd>" })\
            \(record.result.map { "<dt>\(visit("办理结果", "Result"))</dt><dd>\($0)</dd>" })</dl>\
            \(CaseFacts.photos(model.files.filter { $0.version == 1 }, of: record.id, visit))</div>\
            \(ratingForm(record, visit, typed, refusal))\(reopenForm(record, visit))\
            <section class="panel"><h2>\(visit("办理进展", "Progress"))</h2>\(timeline(model, visit))</section>
            """
        let notice = visit.query["done"] == nil ? nil : Page.Notice(.ok, visit("已提交，谢谢。", "Thank you, we have it."))
        return visit.page(
            Page(
                record.title, breadcrumb: [(visit("我的诉求", "My matters"), "/mine"), (record.number, nil)],
                notice: notice, content),
            status: refusal?.kind.status ?? .ok)
    }

    /// What was done and when, in plain words; opinions between bodies stay between them.
    private func timeline(_ model: Model, _ visit: Visit) -> HTML {
        let told = model.steps.filter { cases.rules.workflow[$0.act].map { $0.to != nil } ?? true }
        return """
            <ol class="timeline">\(told.reversed().html { step in
                let title = step.act == CaseStep.report ? visit("您反映了这件事", "You reported it") : cases.rules.workflow[step.act].map { visit($0.title) } ?? step.act.rawValue
                let isTold = cases.rules.workflow[step.act]?.notify.contains(.reporter) == true
                return "<li><p><strong>\(title)</strong> <span class=\"when\"><time datetime=\"\(step.at.iso8601)\">\(visit.instantText(step.at))</time></span></p>\(isTold ? step.opinion.map { "<p>\($0)</p>" as HTML } ?? HTML() : HTML())</li>"
            })</ol>
            """
    }

    private func ratingForm(_ record: CaseRecord, _ visit: Visit, _ typed: QueryParameters?, _ refusal: Refusal?)
        -> HTML
    {
        guard cases.rules.workflow.acts(from: record.state).contains(where: { $0.party == .reporter }) else {
            return HTML()
        }
        let words = [
            visit("很不满意", "very poor"), visit("不满意", "poor"), visit("一般", "fair"), visit("满意", "good"),
            visit("很满意", "very good"),
        ]
        func isChosen(_ name: String, _ value: String) -> Bool { typed?[name] == value }
        return """
            <form class="panel narrow" method="post" action="/mine/\(record.id)/rate">\(visit.formFields)<h2>\(visit("请您评价", "Your rating"))</h2>\
            \(refusal.map { "<p class=\"notice danger\" role=\"alert\">\(visit($0.message))</p>" })\
            <fieldset class="choice"><legend>\(visit("问题解决了吗？", "Is it solved?"))</legend>\
            <label><input type="radio" name="solved" value="yes" required\(flag: "checked", isChosen("solved", "yes"))> \(visit("解决了", "Yes"))</label> \
            <label><input type="radio" name="solved" value="no"\(flag: "checked", isChosen("solved", "no"))> \(visit("没有，请重新办理", "No, take it up again"))</label></fieldset>\
            <fieldset class="choice"><legend>\(visit("对办理是否满意？", "How was it handled?"))</legend>\
            \(words.enumerated().html { index, word in
                "<label><input type=\"radio\" name=\"satisfaction\" value=\"\(index + 1)\" required\(flag: "checked", isChosen("satisfaction", String(index + 1)))> \(word)</label> "
            })</fieldset>\
            \(Field.longText("opinion", visit("想说的话（没有解决时请写明）", "Anything to say (needed when it is not solved)"), value: typed?["opinion"], maximum: 2_000, rows: 3, error: refusal?.field == "opinion" ? refusal.map { visit($0.message) } : nil))\
            <input type="hidden" name="_version" value="\(record.version)">\(Field.submit(visit("提交评价", "Send")))</form>
            """
    }

    private func reopenForm(_ record: CaseRecord, _ visit: Visit) -> HTML {
        let acts = cases.rules.workflow.acts(from: record.state).filter(\.reporterToo)
        guard let act = acts.first, cases.rules.refusal(of: act, on: record, by: .reporter, at: visit.now) == nil else {
            return HTML()
        }
        return """
            <details class="act"><summary>\(visit("问题又出现了？", "Has it come back?"))</summary><form method="post" action="/mine/\(record.id)/reopen">\(visit.formFields)\
            \(Field.longText("opinion", visit("请写明情况", "Say what happened"), required: true, maximum: 2_000, rows: 3))\(Field.submit(visit("重新办理", "Take it up again")))</form></details>
            """
    }

    private func rate(_ visit: Visit, _ submission: Submission) async throws -> Response {
        let isSolved: Bool? = submission.fields["solved"].map { $0 == "yes" }
        let command = Command(
            isSolved == false ? "dispute" : "rate", opinion: submission.fields.filled("opinion"), isSolved: isSolved,
            satisfaction: submission.fields.filled("satisfaction").flatMap { Int($0) })
        return try await act(visit, submission, command)
    }

    private func reopen(_ visit: Visit, _ submission: Submission) async throws -> Response {
        try await act(visit, submission, Command("reopen", opinion: submission.fields.filled("opinion")))
    }

    private func act(_ visit: Visit, _ submission: Submission, _ command: Command) async throws -> Response {
        guard let resident = visit.context.resident else { return .seeOther("/resident/login?next=/mine") }
        let id: CaseID = try visit.identifier()
        let now = visit.now
        do {
            return try await visit.write(submission) { [cases] transaction in
                guard let record = try CaseStore.find(id, in: transaction),
                    record.reporter.phoneIndex == resident.phoneIndex
                else {
                    throw Refusal.nothingHere
                }
                _ = try cases.act(
                    id, command, by: .reporter, actor: .resident(resident), seenVersion: submission.seenVersion,
                    at: now, in: transaction)
                return .seeOther("/mine/\(id)?done=yes")
            }
        } catch let refusal as Refusal where refusal.kind != .fault && refusal.kind != .notFound {
            return try await page(visit, submission.fields, refusal)
        }
    }
}
