import Cases
import Desk
import Ground
import Web

/// What stands on the page of a dispute.
struct DisputeFacts: Sendable {
    let disputes: Disputes
    let view: DisputeView
    let staff: StaffVisit
    let revealed: [Identifier<Party>: (name: String, phone: String?)]

    private var visit: Visit { staff.visit }
    private var controls: DisputeControls { DisputeControls(disputes: disputes, visit: visit) }

    private func row(_ name: LocalizedText, _ value: HTML) -> HTML { "<dt>\(visit(name))</dt><dd>\(value)</dd>" }

    var summary: HTML {
        let dispute = view.dispute
        let outcome = dispute.outcome
        let tone: HTML = outcome == .agreed ? "ok" : outcome == .unsettled ? "warn" : ""
        let state: HTML = """
            <span class="tag \(tone)">\(visit(DisputeTexts.title(outcome)))</span> \(visit(disputes.levelTitle(dispute.level)))
            """
        let isLate = dispute.outcome == .open && (dispute.dueAt.map { $0 < visit.now } ?? false)
        let due: HTML? = dispute.dueAt.map { due in
            """
            \(controls.time(due))\(isLate ? " <span class=\"tag danger\">\(visit("已到期", "Due"))</span>" : HTML()) \
            <small>\(visit("到期未达成协议即自动上移，最后一级到期即终止并告知其他途径", "then it climbs by itself; at the last level mediation ends and the other ways are told"))</small>
            """
        }
        let origin: HTML? = view.originNumber.flatMap { number in
            dispute.origin.map { id in
                staff.scope.may(Right("case.read"))
                    ? "<a href=\"/cases/\(id)\">\(number)</a>" : HTML(text: number)
            }
        }
        let follows: HTML? = dispute.follows.map {
            "<a href=\"/disputes/\($0)\">\(visit("之前的纠纷", "The earlier dispute"))</a>"
        }
        let following: HTML? =
            view.following.isEmpty
            ? nil : view.following.html { "<a href=\"/disputes/\($0)\">\(visit("之后的纠纷", "A later dispute"))</a> " }
        return """
            <section class="panel"><dl class="facts">\(row(DisputeTexts.state, state))\
            \(due.map { row(LocalizedText("本级到期", "Due at this level"), $0) })\
            \(row(DisputeTexts.kind, HTML(text: visit(disputes.kindTitle(dispute.kind)))))\
            \(row(DisputeTexts.area, HTML(text: disputes.areaName(dispute.area))))\
            \(row(LocalizedText("登记", "Entered"), controls.time(dispute.beganAt)))\
            \(row(DisputeTexts.mediator, HTML(text: dispute.mediator.flatMap { view.mediators[$0] } ?? visit("未确定", "Not named yet"))))\
            \(origin.map { row(LocalizedText("来自诉求", "From the matter"), $0) })\
            \(follows.map { row(LocalizedText("承接", "Follows"), $0) })\(following.map { row(LocalizedText("后续", "Followed by"), $0) })\
            </dl><p class="text">\(view.words.detail)</p></section>
            """
    }

    var parties: HTML {
        let rows = view.parties.html { party in
            let shown = revealed[party.id]
            return """
                <tr><td data-label="\(visit("一方", "Side"))">\(visit(DisputeTexts.title(party.side)))</td>\
                <td data-label="\(visit(DisputeTexts.name))">\(shown?.name ?? party.nameMasked)</td>\
                <td data-label="\(visit(DisputeTexts.phone))">\(shown.map { $0.phone ?? "—" } ?? party.phoneMasked ?? "—")</td></tr>
                """
        }
        let table: HTML =
            view.parties.isEmpty
            ? "<p class=\"hint\">\(visit("还没有登记当事人。", "Nobody is entered yet."))</p>"
            : """
            <table class="list"><thead><tr><th scope="col">\(visit("一方", "Side"))</th><th scope="col">\(visit(DisputeTexts.name))</th>\
            <th scope="col">\(visit(DisputeTexts.phone))</th></tr></thead><tbody>\(rows)</tbody></table>
            """
        let reveal: HTML =
            staff.scope.may(.reveal) && revealed.isEmpty && !view.parties.isEmpty
            ? """
            <details class="raw noprint"><summary>\(visit("查看全名和电话", "Show in full"))</summary>\
            <form method="post" action="/disputes/\(view.dispute.id)/reveal">\(visit.formFields)\
            \(Field.text("purpose", visit("用途（记入台账）", "What for (kept in the ledger)"), required: true, maximum: 200))\
            <p>\(Field.submit(visit("查看", "Show")))</p></form></details>
            """ : HTML()
        return """
            <section class="panel" aria-label="\(visit(DisputeTexts.parties))"><h2>\(visit(DisputeTexts.parties))</h2>\(table)\(reveal)</section>
            """
    }

    var sessions: HTML {
        let items = view.sessions.reversed().html { session in
            """
            <li><span class="when">\(controls.time(session.heldAt))</span> <span class="who">\(visit(disputes.levelTitle(session.level)))\
            \(session.mediator.flatMap { view.mediators[$0] }.map { " · \($0)" } ?? "")</span> \
            <span class="tag">\(visit(DisputeTexts.title(session.outcome)))</span><p>\(session.note == "—" ? "" : session.note)</p></li>
            """
        }
        let held: HTML
        if view.sessions.isEmpty {
            held = "<p class=\"hint\">\(visit("还没有调解记录。", "No meeting yet."))</p>"
        } else {
            held = "<ol class=\"timeline\">\(items)</ol>"
        }
        return """
            <section class="panel" aria-label="\(visit(DisputeTexts.sessions))"><h2>\(visit(DisputeTexts.sessions))</h2>\
            \(held)</section>
            """
    }

    var agreement: HTML {
        guard let agreement = view.agreement else { return HTML() }
        let confirmation: HTML = """
            \(visit(DisputeTexts.title(agreement.confirmation))) \(agreement.confirmation == .none ? "<small>\(visit("双方可在 \(agreement.confirmBy) 前共同向法院申请（\(disputes.rules.confirmation.basis.zh)）", "Both may apply together until \(agreement.confirmBy) (\(disputes.rules.confirmation.basis.en))"))</small>" : HTML())
            """
        let duties = view.duties.html { duty in
            """
            <tr><td data-label="\(visit("一方", "Side"))">\(visit(DisputeTexts.title(duty.side)))</td><td class="t" data-label="\(visit("义务", "Duty"))">\(duty.text)</td>\
            <td data-label="\(visit("履行日期", "By"))">\(duty.dueOn.description)</td><td data-label="\(visit(DisputeTexts.state))">\(visit(DisputeTexts.title(duty.state)))</td></tr>
            """
        }
        let revisits = view.revisits.html { revisit in
            let index = Int(revisit.number) - 1
            let plan = disputes.rules.revisits.indices.contains(index) ? disputes.rules.revisits[index].title : nil
            let state: HTML =
                revisit.outcome.map { "<span class=\"tag\">\(visit(DisputeTexts.title($0)))</span>" }
                ?? (revisit.task == nil
                    ? HTML(text: visit("待回访", "To be made"))
                    : "<span class=\"tag danger\">\(visit("逾期，已转任务", "Missed; a task now"))</span>")
            return """
                <li>\(plan.map { visit($0) } ?? "") \(visit("期限", "by")) \((revisit.dueAt - .minutes(1)).local().day.description) \(state)\
                \(revisit.note.map { "<br><small>\($0)</small>" })</li>
                """
        }
        return """
            <section class="panel" aria-label="\(visit(DisputeTexts.agreement))"><h2>\(visit(DisputeTexts.agreement))</h2>\
            <dl class="facts">\(row(LocalizedText("形式", "Form"), HTML(text: visit(DisputeTexts.title(agreement.form)))))\
            \(row(LocalizedText("生效", "In effect since"), HTML(text: agreement.effectiveOn.description)))\
            \(row(DisputeTexts.confirmation, confirmation))</dl><p class="text">\(agreement.text)</p>\
            \(view.duties.isEmpty ? HTML() : "<table class=\"list\"><thead><tr><th scope=\"col\">\(visit("一方", "Side"))</th><th scope=\"col\">\(visit("义务", "Duty"))</th><th scope=\"col\">\(visit("履行日期", "By"))</th><th scope=\"col\">\(visit(DisputeTexts.state))</th></tr></thead><tbody>\(duties)</tbody></table>")\
            <h3>\(visit(DisputeTexts.revisits))</h3><ul>\(revisits)</ul>\
            <p class="noprint"><a class="btn" href="/disputes/\(view.dispute.id)/paper">\(visit("打印调解协议书", "Print the agreement"))</a></p></section>
            """
    }
}
