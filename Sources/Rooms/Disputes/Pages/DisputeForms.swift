import Cases
import Desk
import Ground
import Web

/// What can be done with a dispute now, by this post.
struct DisputeForms: Sendable {
    let disputes: Disputes
    let view: DisputeView
    let staff: StaffVisit
    let typed: QueryParameters?
    let refusal: Refusal?

    private var visit: Visit { staff.visit }
    private var id: CaseID { view.dispute.id }
    private var controls: DisputeControls { DisputeControls(disputes: disputes, visit: visit) }

    var html: HTML {
        guard view.dispute.outcome == .open else { return afterwards }
        guard let right = disputes.right(at: view.dispute.level), staff.scope.may(right) else {
            let level = visit(disputes.levelTitle(view.dispute.level))
            return "<p class=\"hint\">\(visit("这一层由\(level)调解员办理。", "At this level (\(level)) its mediators act."))</p>"
        }
        return "\(mediator)\(session)\(agreement)\(party)"
    }

    private func error(_ name: String) -> String? {
        refusal?.field == name ? refusal.map { visit($0.message) } : nil
    }

    private func form(_ name: String, _ title: String, open: Bool, _ fields: HTML, _ button: String) -> HTML {
        """
        <details class="panel noprint"\(flag: "open", open)><summary>\(title)</summary>\
        <form method="post" action="/disputes/\(id)/\(name)">\(visit.formFields)\(fields)<p>\(Field.submit(button))</p></form></details>
        """
    }

    private var mediator: HTML {
        let proposals = view.proposals.html { match in
            let reasons = match.reasons.map { visit(Self.text($0, disputes.rules)) }.joined(separator: visit("；", "; "))
            let one = match.mediator
            let isPresent = one.id == view.dispute.mediator
            let button: HTML =
                isPresent
                ? "<span class=\"tag ok\">\(visit("本件调解员", "Mediates this"))</span>"
                : """
                <form method="post" class="inline" action="/disputes/\(id)/mediator">\(visit.formFields)<input type="hidden" name="mediator" value="\(one.id)">\
                \(Field.submit(visit("请其调解", "Ask to mediate"), tone: ""))</form>
                """
            return """
                <li><strong>\(one.name)</strong> <small>\(one.organisation)</small><br>\(visit("推荐理由", "Because")): \(reasons.isEmpty ? visit("在本区域调解", "mediates here") : reasons) \(button)</li>
                """
        }
        let none = visit(
            "没有合适的调解员可推荐（都在回避、已满或不在本级）。", "Nobody can be proposed: all are tied, busy, or of another level.")
        let known = Set(view.proposals.map(\.mediator.id) + [view.dispute.mediator].compactMap { $0 }).sorted()
        let names = view.proposals.reduce(into: view.mediators) { $0[$1.mediator.id] = $1.mediator.name }
        let tie: HTML =
            known.isEmpty
            ? HTML()
            : """
            <details class="raw"><summary>\(visit("回避", "Not free in this dispute"))</summary><form method="post" action="/disputes/\(id)/ties">\(visit.formFields)\
            \(Field.choice("tie-mediator", visit(DisputeTexts.mediator), known.map { Field.Choice($0.text, names[$0] ?? "—") }, required: true, formName: "mediator"))\
            \(Field.text("tie-reason", visit("理由（如亲属、利害关系、当事人不接受）", "Why: kin, an interest, a party objects"), required: true, maximum: 200, error: error("reason"), formName: "reason"))\
            <p>\(Field.submit(visit("登记回避", "Enter")))</p></form></details>
            """
        let proposed: HTML
        if view.proposals.isEmpty {
            proposed = "<p>\(none)</p>"
        } else {
            proposed =
                "<p class=\"hint\">\(visit("按姓名排列，只针对本件推荐；请双方同意后确定。", "By name, for this dispute only; both sides should agree."))</p><ul class=\"plain\">\(proposals)</ul>"
        }
        return """
            <section class="panel noprint" aria-label="\(visit("推荐调解员", "Proposed mediators"))"><h2>\(visit("推荐调解员", "Proposed mediators"))</h2>\
            \(proposed)\(tie)</section>
            """
    }

    static func text(_ reason: MediatorMatch.Reason, _ rules: DisputeRules) -> LocalizedText {
        switch reason {
        case .knowsField(let key):
            let field = rules.fields[key]?.title ?? LocalizedText(key, key)
            return LocalizedText("擅长\(field.chinese)", "knows \(field.english)")
        case .ofTheCommunity: return LocalizedText("就在本社区", "is of this community")
        case .ofTheStreet: return LocalizedText("在本街道", "is of this street")
        case .speaks(let key):
            let language = rules.languages[key]?.title ?? LocalizedText(key, key)
            return LocalizedText("会\(language.chinese)", "speaks \(language.english)")
        case .hasTime(let open):
            return LocalizedText("手上 \(open) 件，有时间", "has time (\(open) open)")
        }
    }

    private var session: HTML {
        let outcomes = [MediationSession.Outcome.goesOn, .failed, .declined].map {
            Field.Choice($0.rawValue, visit(DisputeTexts.title($0)))
        }
        return form(
            "sessions", visit("记录一次调解", "Record a meeting"), open: true,
            """
            \(Field.longText("session-note", visit("调解情况", "How it went"), value: typed?["note"], required: true, maximum: 2_000, rows: 3, error: error("note"), formName: "note"))\
            \(Field.choice("session-outcome", visit("结果", "Outcome"), outcomes, value: typed?["outcome"], required: true, hint: visit("“本级调解不成”即上移一级；最后一级即终止", "“Failed” leads one level up, or ends it at the last"), error: error("outcome"), formName: "outcome"))
            """, visit("记录", "Record"))
    }

    private var agreement: HTML {
        let today = visit.now.local().day
        let duties = (1...DisputePage.dutyRows).map { row -> HTML in
            """
            <fieldset><legend>\(visit("义务 \(row)", "Duty \(row)"))</legend>\(controls.sides("duty\(row)-side", formName: "duty\(row)-side", all: false))\
            \(Field.text("duty\(row)-text", visit("做什么", "What"), value: typed?["duty\(row)-text"], maximum: 500))\
            \(Field.text("duty\(row)-due", visit("何时前", "By when"), value: typed?["duty\(row)-due"], type: "date"))</fieldset>
            """
        }
        let forms = Agreement.Form.allCases.map { Field.Choice($0.rawValue, visit(DisputeTexts.title($0))) }
        return form(
            "agreement", visit("记录调解协议（办结）", "Record the agreement, which ends it"), open: refusal?.field == "text",
            """
            \(Field.longText("agreement-text", visit("协议内容", "What was agreed on"), value: typed?["text"], required: true, maximum: 5_000, rows: 5, error: error("text"), formName: "text"))\
            \(Field.choice("agreement-form", visit("形式", "Form"), forms, value: typed?["form"], required: true, formName: "form"))\
            \(Field.text("effectiveOn", visit("生效日期", "In effect since"), value: typed?["effectiveOn"] ?? today.description, type: "date", required: true, error: error("effectiveOn")))\
            \(error("duties").map { "<p class=\"error\">\($0)</p>" })\(duties)
            """, visit("记录协议", "Record"))
    }

    private var party: HTML {
        form(
            "parties", visit("增加当事人", "Add a person"), open: refusal?.field == "name" || refusal?.field == "phone",
            """
            \(controls.sides("party-side", formName: "side", all: true))\
            \(Field.text("party-name", visit("姓名或单位", "Name or organisation"), required: true, maximum: 40, error: error("name"), autocomplete: "off", formName: "name"))\
            \(Field.text("party-phone", visit("电话（可留空）", "Phone (may stay empty)"), type: "tel", maximum: 20, error: error("phone"), autocomplete: "off", formName: "phone"))
            """, visit("登记", "Enter"))
    }

    // MARK: After its end

    private var afterwards: HTML {
        guard let agreement = view.agreement, staff.scope.may(.mediate) else {
            guard view.dispute.outcome != .agreed, staff.scope.may(.beginDisputes) else { return HTML() }
            return again
        }
        return "\(confirmation(agreement))\(duties)\(revisits)\(agreement.isKept == false ? again : HTML())"
    }

    private var again: HTML {
        """
        <p class="noprint"><a class="btn" href="/disputes/new?follows=\(id)&amp;kind=\(view.dispute.kind)">\(visit("重新登记调解", "Enter anew for mediation"))</a></p>
        """
    }

    private func confirmation(_ agreement: Agreement) -> HTML {
        let today = visit.now.local().day
        let day = Field.text(
            "confirmation-day", visit("日期", "Day"), value: today.description, type: "date", required: true,
            error: error("appliedOn") ?? error("decidedOn"), formName: "day")
        switch agreement.confirmation {
        case .none where today <= agreement.confirmBy:
            return form(
                "confirmation", visit("登记司法确认申请", "Enter the application for confirmation"), open: false,
                """
                <input type="hidden" name="step" value="apply">\(day)\(Field.checkbox("byBoth", visit("双方共同申请", "Both applied together")))\
                \(error("byBoth").map { "<p class=\"error\">\($0)</p>" })
                """, visit("登记", "Enter"))
        case .applied:
            let steps = [
                Field.Choice("valid", visit("确认有效", "Confirmed")),
                Field.Choice("refused", visit("不予确认", "Not confirmed")),
            ]
            return form(
                "confirmation", visit("登记法院决定", "Enter the court's decision"), open: true,
                "\(Field.choice("step", visit("决定", "Decision"), steps, required: true))\(day)", visit("登记", "Enter"))
        case .none, .valid, .refused: return HTML()
        }
    }

    private var duties: HTML {
        let open = view.duties.filter { $0.state == .open }
        guard !open.isEmpty else { return HTML() }
        let states = [Duty.State.done, .broken].map { Field.Choice($0.rawValue, visit(DisputeTexts.title($0))) }
        return form(
            "duties", visit("登记履行情况", "Enter what was done"), open: false,
            """
            \(Field.choice("duty", visit("义务", "Duty"), open.map { Field.Choice($0.id.text, "\(visit(DisputeTexts.title($0.side)))：\($0.text.prefix(40))") }, required: true))\
            \(Field.choice("duty-state", visit(DisputeTexts.state), states, required: true, formName: "state"))
            """, visit("登记", "Enter"))
    }

    private var revisits: HTML {
        guard let next = view.revisits.first(where: { $0.madeAt == nil }) else { return HTML() }
        let outcomes = Revisit.Outcome.allCases.map { Field.Choice($0.rawValue, visit(DisputeTexts.title($0))) }
        return form(
            "revisits", visit("记录第 \(next.number) 次回访", "Record revisit \(next.number)"), open: next.task != nil,
            """
            <input type="hidden" name="number" value="\(next.number)">\
            \(Field.choice("revisit-outcome", visit("协议履行", "The agreement is"), outcomes, required: true, formName: "outcome"))\
            \(Field.longText("revisit-note", visit("回访情况", "How it stands"), required: true, maximum: 1_000, rows: 3, error: error("note"), formName: "note"))
            """, visit("记录", "Record"))
    }
}
