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
        routes.openPage("mine/export") { visit in try await export(visit) }
        routes.openPage("mine/:id") { visit in try await page(visit, nil, nil) }
        routes.openForm("mine/:id/rate") { visit, submission in try await rate(visit, submission) }
        routes.openForm("mine/:id/urge") { visit, submission in
            try await act(visit, submission) { _, _ in Command("urge") }
        }
        routes.openForm("mine/:id/reopen") { visit, submission in try await reopen(visit, submission) }
    }

    private func list(_ visit: Visit) async throws -> Response {
        guard let resident = visit.context.resident else { return .seeOther("/resident/login?next=/mine") }
        let after = visit.query.filled("after").flatMap { CaseID(parsing: $0) }
        let records = try await cases.house.database.read {
            try CaseStore.reported(byPhone: resident.phoneIndex, after: after, limit: 21, in: $0)
        }
        let listing = Listing(
            caption: visit("我的诉求", "My matters"), columns: columns, items: Array(records.prefix(20)),
            next: records.count > 20 ? records[19].id.text : nil,
            whenEmpty:
                "<p>\(visit("您还没有反映过问题。", "You have not reported anything yet."))</p><p><a class=\"btn p\" href=\"/report\">\(visit("我要反映", "Report a matter"))</a></p>"
        )
        return visit.page(
            Page(
                visit("我的诉求", "My matters"),
                """
                <p>\(resident.maskedPhone) · <a href="/my-data">\(visit("谁看过我的信息", "Who read my data"))</a></p>\(listing.html(visit))\(records.isEmpty ? HTML() : Self.exportButton(visit))
                """))
    }

    private static func exportButton(_ visit: Visit) -> HTML {
        "<p><a class=\"btn\" href=\"/mine/export\" download>\(symbol("download"))<span>\(visit("导出 Excel", "Export to Excel"))</span></a></p>"
    }

    private func export(_ visit: Visit) async throws -> Response {
        guard let resident = visit.context.resident else { return .seeOther("/resident/login?next=/mine") }
        let cases = cases
        return try await SheetExport.workbook(
            named: visit("我的诉求", "My matters"), columns: columns, for: visit, by: resident.maskedPhone
        ) { after in
            let key = after.flatMap { CaseID(parsing: $0) }
            let records = try await cases.house.database.read {
                try CaseStore.reported(byPhone: resident.phoneIndex, after: key, limit: 201, in: $0)
            }
            return (Array(records.prefix(200)), records.count > 200 ? records[199].id.text : nil)
        }
    }

    private var columns: [Column<CaseRecord>] {
        let workflow = cases.rules.workflow
        return [
            .text(
                "标题", "Title", html: { record, _ in "<a href=\"/mine/\(record.id)\">\(record.title)</a>" },
                { record, _ in record.title }),
            .text("状态", "State") { record, visit in
                workflow[record.state].map { visit($0.title) } ?? record.state.rawValue
            },
            .instant("反映时间", "Reported") { $0.receivedAt },
            .text("编号", "Number") { record, _ in record.number },
        ]
    }

    struct Model: Sendable {
        var record: CaseRecord
        var steps: [CaseStep]
        var files: [CaseFile]
        var bodyName: LocalizedText?
    }

    func model(_ visit: Visit, _ resident: ResidentReference) async throws -> Model {
        let id: CaseID = try visit.identifier()
        let model = try await cases.house.database.read { [cases] transaction -> Model? in
            // Somebody else's matter looks like none at all.
            guard let record = try CaseStore.find(id, in: transaction),
                record.reporter.phoneIndex == resident.phoneIndex
            else { return nil }
            return Model(
                record: record, steps: try CaseStore.steps(of: id, in: transaction),
                files: try CaseStore.files(of: id, in: transaction),
                bodyName: try record.body.flatMap { try cases.bodies.body($0, in: transaction)?.title })
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
            <div class="panel"><p><span class="badge">\(state)</span></p><p>\(CaseFacts.lines(record.detail))</p><dl class="facts">\
            <dt>\(visit("编号", "Number"))</dt><dd>\(record.number)</dd>\
            <dt>\(visit("反映时间", "Reported"))</dt><dd>\(visit.instantText(record.receivedAt))</dd>\
            <dt>\(visit(CaseTexts.area))</dt><dd>\(CaseNames.path(record.area, cases)) \(record.address ?? "")</dd>\
            \(model.bodyName.map { "<dt>\(visit("承办单位", "Handled by"))</dt><dd>\(visit($0))</dd>" })\
            \(record.finalDue == nil ? record.due.map { "<dt>\(visit("受理时限", "To be taken up by"))</dt><dd>\(DueTag(rules: cases.rules, visit: visit).time($0))</dd>" } : nil)\
            \(record.finalDue.map { "<dt>\(visit("办理时限", "Due"))</dt><dd>\(DueTag(rules: cases.rules, visit: visit).time($0))</dd>" })\
            \(cases.toldResult(of: record).map { "<dt>\(visit(CaseTexts.result))</dt><dd>\(CaseFacts.lines($0))</dd>" })</dl>\
            \(CaseFacts.photos(model.files.filter { $0.version == 1 }, of: record.id, visit))</div>\
            \(urgeForm(record, visit))\(ratingForm(record, visit, typed, refusal))\(reopenForm(record, visit, typed))\
            <section class="panel"><h2>\(visit("办理进展", "Progress"))</h2>\(timeline(model, visit))</section>
            """
        let done = visit.query["done"].map { _ in Page.Notice(.ok, visit("已提交，谢谢。", "Thank you, we have it.")) }
        let notice = refusal.map { $0.notice(visit) } ?? done
        return visit.page(
            Page(
                record.title, breadcrumb: [(visit("我的诉求", "My matters"), "/mine"), (record.number, nil)],
                notice: notice, content),
            status: refusal?.kind.status ?? .ok)
    }

    /// What was done and when, in plain words; opinions between bodies stay between them.
    private func timeline(_ model: Model, _ visit: Visit) -> HTML {
        let shown = model.steps.filter(cases.isStepTold)
        return "<ol class=\"timeline\">\(shown.reversed().html { item($0, model, visit) })</ol>"
    }

    private func item(_ step: CaseStep, _ model: Model, _ visit: Visit) -> HTML {
        let isOwnReport = step.act == CaseStep.report && step.performer == .resident
        let title = isOwnReport ? visit("您反映了这件事", "You reported it") : cases.stepTitle(step, visit)
        let files = model.files.filter { $0.version == step.version && step.version > 1 }
        return """
            <li><p><strong>\(title)</strong> <span class="when"><time datetime="\(step.at.iso8601)">\(visit.instantText(step.at))</time></span></p>\
            \(cases.isOpinionTold(step) ? step.opinion.map { "<p>\(CaseFacts.lines($0))</p>" } : nil)\
            \(cases.isShownToReporter(step, of: model.record) ? CaseFacts.photos(files, of: model.record.id, visit) : HTML())</li>
            """
    }

    private func ratingForm(_ record: CaseRecord, _ visit: Visit, _ typed: QueryParameters?, _ refusal: Refusal?)
        -> HTML
    {
        guard cases.rules.workflow.acts(from: record.state).contains(where: { $0.party == .reporter }) else {
            return HTML()
        }
        let isLast = !cases.mayDispute(record, at: visit.now)
        func isChosen(_ name: String, _ value: String) -> Bool { typed?[name] == value }
        return """
            <form class="panel narrow" method="post" action="/mine/\(record.id)/rate">\(visit.formFields)<h2>\(visit("请您评价", "Your rating"))</h2>\
            <input type="hidden" name="_version" value="\(record.version)">\
            <fieldset><legend>\(visit("问题解决了吗？", "Is it solved?"))</legend>\
            <label class="choice"><input type="radio" name="solved" value="yes" required\(flag: "checked", isChosen("solved", "yes"))> \(visit("解决了", "Yes"))</label>\
            <label class="choice"><input type="radio" name="solved" value="no"\(flag: "checked", isChosen("solved", "no"))> \(isLast ? visit("没有解决", "No") : visit("没有，请重新办理", "No, take it up again"))</label>\
            \(isLast ? "<p class=\"hint\">\(visit("退回重办的次数已用完；选“没有解决”会如实记录并归档。", "It has been sent back as often as is possible; “No” is recorded as such and ends the matter."))</p>" : HTML())</fieldset>\
            <fieldset><legend>\(visit(CaseTexts.rating))</legend><div class="stars">\
            \(CaseTexts.satisfaction.enumerated().html { index, word in
                "<label><input type=\"radio\" name=\"satisfaction\" value=\"\(index + 1)\" required\(flag: "checked", isChosen("satisfaction", String(index + 1)))><span>\(index + 1) \(visit(word))</span></label>"
            })</div></fieldset>\
            \(Field.longText("opinion", visit("想说的话（没有解决时请写明）", "Anything to say (needed when it is not solved)"), value: typed?["opinion"], maximum: 2_000, rows: 3, error: refusal?.field == "opinion" ? refusal.map { visit($0.message) } : nil))\
            \(Field.submit(visit("提交评价", "Send")))</form>
            """
    }

    /// Asks the body to hurry; so often a day as the workflow allows, and then it says so.
    private func urgeForm(_ record: CaseRecord, _ visit: Visit) -> HTML {
        guard let act = cases.rules.workflow[ActName(rawValue: "urge")], act.from.contains(record.state) else {
            return HTML()
        }
        if let refusal = cases.rules.refusal(of: act, on: record, by: .reporter, at: visit.now) {
            return refusal.kind == .forbidden ? HTML() : "<p class=\"hint\">\(visit.told(refusal))</p>"
        }
        return """
            <form method="post" action="/mine/\(record.id)/urge" class="bar noprint">\(visit.formFields)\
            \(Field.submit(visit("催一下", "Ask them to hurry"), tone: "ghost"))</form>
            """
    }

    private func reopenForm(_ record: CaseRecord, _ visit: Visit, _ typed: QueryParameters?) -> HTML {
        let acts = cases.rules.workflow.acts(from: record.state).filter { $0.reporterToo && $0.to != nil }
        guard let act = acts.first else { return HTML() }
        if let refusal = cases.rules.refusal(of: act, on: record, by: .reporter, at: visit.now) {
            let way = refusal.wayOn.map { visit("；", "; ") + visit($0) } ?? ""
            return "<p class=\"hint\">\(visit(refusal.message) + way)</p>"
        }
        return """
            <details class="act"\(flag: "open", typed != nil)><summary>\(visit("问题又出现了，或不同意这一结果？", "Has it come back, or do you not agree?"))</summary>\
            <form method="post" action="/mine/\(record.id)/reopen">\(visit.formFields)<input type="hidden" name="_version" value="\(record.version)">\
            \(Field.longText("opinion", visit("请写明情况", "Say what happened"), value: typed?["opinion"], required: true, maximum: 2_000, rows: 3))\(Field.submit(visit("重新办理", "Take it up again")))</form></details>
            """
    }

    private func rate(_ visit: Visit, _ submission: Submission) async throws -> Response {
        let isSolved: Bool? = submission.fields["solved"].map { $0 == "yes" }
        let command = Command(
            "rate", opinion: submission.fields.filled("opinion"), isSolved: isSolved,
            satisfaction: submission.fields.filled("satisfaction").flatMap { Int($0) })
        return try await act(visit, submission) { [cases] record, now in cases.rating(command, on: record, at: now) }
    }

    private func reopen(_ visit: Visit, _ submission: Submission) async throws -> Response {
        let command = Command("reopen", opinion: submission.fields.filled("opinion"))
        return try await act(visit, submission) { [cases] record, _ in
            var command = command
            // What was joined with another is taken apart again instead.
            if let act = cases.rules.workflow.acts(from: record.state).first(where: { $0.reporterToo && $0.to != nil })
            {
                command.act = act.name
            }
            return command
        }
    }

    private func act(
        _ visit: Visit, _ submission: Submission,
        _ command: @escaping @Sendable (_ record: CaseRecord, _ now: Instant) -> Command
    ) async throws -> Response {
        guard let resident = visit.context.resident else { return .seeOther("/resident/login?next=/mine") }
        let id: CaseID = try visit.identifier()
        let now = visit.now
        do {
            return try await visit.write(submission) { [cases] transaction in
                _ = try cases.act(
                    id, of: resident, seenVersion: submission.seenVersion, at: now, in: transaction, command)
                return .seeOther("/mine/\(id)?done=yes")
            }
        } catch let refusal as Refusal where refusal.kind != .fault && refusal.kind != .notFound {
            return try await page(visit, submission.fields, refusal)
        }
    }
}

extension Cases {
    /// Does one act of a resident on a matter of their own; somebody else's looks like none at all.
    func act(
        _ id: CaseID, of resident: ResidentReference, seenVersion: Int64?, at now: Instant,
        in transaction: any Transaction, _ command: (_ record: CaseRecord, _ now: Instant) -> Command
    ) throws -> CaseRecord {
        guard let record = try CaseStore.find(id, in: transaction),
            record.reporter.phoneIndex == resident.phoneIndex
        else { throw Refusal.nothingHere }
        return try act(
            id, command(record, now), by: .reporter, actor: .resident(resident), seenVersion: seenVersion, at: now,
            in: transaction)
    }

    /// A rating that says “not solved” sends the matter back; what was sent back as often as is possible is not lost: it
    /// ends as unsolved.
    func rating(_ command: Command, on record: CaseRecord, at now: Instant) -> Command {
        var command = command
        if command.isSolved == false, mayDispute(record, at: now) { command.act = "dispute" }
        return command
    }

    /// Opinions between bodies stay between them: what moved nothing and is not the resident's own is not told.
    func isStepTold(_ step: CaseStep) -> Bool {
        step.performer == .resident || (rules.workflow[step.act].map { $0.to != nil } ?? true)
    }

    /// The result as far as it is the reporter's to know: once somebody else has verified it, or it has ended.
    func toldResult(of record: CaseRecord) -> String? {
        guard let state = rules.workflow[record.state] else { return nil }
        return state.isEnd || state.owner?.party == .reporter ? record.result : nil
    }

    /// The reporter's own words, and those that the act's text to the reporter carries; a step that brings a result keeps
    /// an internal opinion beside it.
    func isOpinionTold(_ step: CaseStep) -> Bool {
        if step.performer == .resident { return true }
        return rules.workflow[step.act]?.tells?.chinese.contains("{opinion}") == true
    }

    /// Whether the reporter can still send the matter back instead of rating it.
    func mayDispute(_ record: CaseRecord, at now: Instant) -> Bool {
        guard let act = rules.workflow[ActName(rawValue: "dispute")] else { return false }
        return rules.refusal(of: act, on: record, by: .reporter, at: now) == nil
    }
}
