import Cases
import Desk
import Ground
import Hummingbird
import Storage
import Web

/// `/day`: the one page of a grid worker's phone. Every form works without scripts; with them, it works without a network.
struct DayPage: Sendable {
    let day: GridDay

    func add(to routes: Routes) {
        routes.page("/day", right: .dayHandle) { try await show($0) }
        routes.form("/day/entries", right: .dayHandle) { try await take($0, $1) }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let scope = staff.scope
        let now = staff.visit.now
        try await EntryWork(day: day).resume(by: scope, at: now)
        let model = try await day.house.database.read { try DayModel.read(day, scope, at: now, in: $0) }
        return staff.visit.page(page(model, staff))
    }

    private func page(_ model: DayModel, _ staff: StaffVisit) -> Page {
        let visit = staff.visit
        let done = visit.query.filled("done").flatMap(DayEntry.Kind.init)
        return Page(
            visit(DayTexts.day),
            notice: done.map { kind in
                Page.Notice(.ok, visit(DayTexts.kinds[kind] ?? DayTexts.day) + visit("：已收到。", ": received."))
            }, scripts: GridDay.phone.scripts,
            GridDay.phone.frame(owner: staff.scope.staff.text, id: "day", visit, fresh(model, staff)))
    }

    /// What is loaded anew after something was sent.
    private func fresh(_ model: DayModel, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let forms = DayForms(day: day, staff: staff)
        let conflicts: HTML =
            model.kept == 0
            ? HTML()
            : """
            <p class="notice danger"><a href="/day/conflicts">\(visit("\(model.kept) 条离线记录没有办成，内容都在，请您决定", "\(model.kept) offline entries could not be done; all is kept, please decide"))</a></p>
            """
        let overdue = model.matters.filter(\.isOverdue).count
        let late: HTML =
            overdue == 0
            ? HTML() : " <span class=\"badge danger\">\(visit("超时 \(overdue)", "\(overdue) overdue"))</span>"
        let noMatters = "<p class=\"hint\">\(visit("没有等您办理的。", "Nothing waits for you."))</p>" as HTML
        let noChecks = "<p class=\"hint\">\(visit("今天没有要看的。", "Nothing is due today."))</p>" as HTML
        return """
            \(conflicts)\(forms.report)\
            <h2>\(visit("等我办理", "Waiting for me")) <span class="badge">\(model.matters.count)</span>\(late)</h2>\
            \(model.matters.isEmpty ? noMatters : HTML())\(model.matters.html { forms.card($0) })\
            <h2>\(visit("应看的地方", "To be looked at")) <span class="badge">\(model.checks.count)</span></h2>\
            \(model.checks.isEmpty ? noChecks : HTML())\(model.checks.html { forms.check($0) })\
            <h2>\(visit("需要别人的", "What needs others"))</h2>\
            \(forms.help(nil))\(forms.refusal(model.senders))\
            <p><a class="btn ghost" href="/complaint">\(visit("本平台给您添了麻烦？在这里说", "Does this platform burden you? Say it here"))</a> <a class="btn ghost" href="/burden">\(visit("本平台不做什么", "What this platform does not do"))</a></p>
            """
    }

    // MARK: Without scripts

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let entry = try DayEntry(submission)
        let now = staff.visit.now
        let key = submission.fields.filled("_key") ?? day.house.identifiers.nextText(at: now)
        // What was meant, not how it was packed: the session's token may be another one the second time.
        let content = Array(try DayEntry.json(entry).utf8)
        let outcome = try await EntryWork(day: day).take(entry, key: key, content: content, by: staff.scope, at: now)
        switch outcome.record.state {
        case .done, .waiting, .discarded: return .seeOther("/day?done=\(entry.kind.rawValue)")
        case .kept: return .seeOther("/day/conflicts?kept=\(outcome.record.id)")
        }
    }
}
