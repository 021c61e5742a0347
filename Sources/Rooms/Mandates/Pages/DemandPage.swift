import Desk
import Ground
import Hummingbird
import Identity
import Ledger
import Storage
import Web

/// `/demands/ID`: one demand, what the gate answered, who was heard, and what can be done now.
struct DemandPage: Sendable {
    let mandates: Mandates

    func add(to routes: Routes) {
        routes.page("/demands/:id", right: .readMandates) { try await show($0) }
        routes.form("/demands/:id/:act", right: .readMandates) { try await act($0, $1) }
    }

    private func show(_ staff: StaffVisit, refusal: Refusal? = nil, typed: QueryParameters? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let id: DemandID = try visit.identifier()
        let (demand, hearings, entries, measures, correction) = try await mandates.house.database.read { transaction in
            guard let demand = try DemandStore.find(id, for: staff.scope, in: transaction) else {
                throw Refusal.nothingHere
            }
            return (
                demand, try DemandStore.hearings(of: id, in: transaction),
                try Ledger.timeline(of: "demand", id.text, limit: 200, in: transaction),
                try MeasureStore.of(id, in: transaction), try MeasureStore.correction(of: id, in: transaction)
            )
        }
        let view = GateView(mandates: mandates, visit: visit)
        var notice = refusal?.notice(visit)
        if notice == nil, visit.query["done"] == "filed" {
            notice = Page.Notice(
                demand.stage == .refused ? .warn : .ok,
                demand.stage == .refused
                    ? visit("规则不允许，已当场答复；可在时限内申请复核", "A rule bars it; you can appeal in time")
                    : visit("已提出，正在征求街道意见", "Filed; the streets are being heard"))
        }
        let content = demand.content
        let terms = demand.terms
        let page = Page(
            content.title,
            breadcrumb: [(visit(MandateTexts.gate), "/demands"), (demand.number, nil)], notice: notice,
            """
            <p>\(view.tag(visit(demand.stage.title), MandateTexts.tone(demand.stage))) \(demand.number) · \(mandates.rules.kind(content.kind).map { visit($0.title) } ?? "") · \(demand.bodyName)\
            \(demand.dueAt.map { "<span class=\"hint\"> · \(visit("时限", "Limit")) <time datetime=\"\($0.iso8601)\">\(visit.instantText($0))</time></span>" })</p>\
            \(acts(demand, hearings, staff, typed))\
            <section class="panel"><dl class="facts">\
            <dt>\(visit("要解决什么问题", "What it is for"))</dt><dd>\(content.purpose)</dd>\
            <dt>\(visit("依据", "Ground"))</dt><dd>\(content.item.map { "<a href=\"/mandates/items/\($0)\">\($0)</a>" } ?? HTML(text: content.basis ?? "—"))</dd>\
            <dt>\(visit("承担", "Done by"))</dt><dd>\(mandates.areaName(demand.area)) · \(visit("每个", "each ")) \(visit(MandateTexts.title(content.level)))</dd>\
            <dt>\(visit("每次分钟 × 次数", "Minutes × times"))</dt><dd>\(change("\(content.minutes) × \(content.times)", "\(terms.minutes) × \(terms.times)"))</dd>\
            <dt>\(visit("期限", "Period"))</dt><dd>\(change(period(content), period(terms)))</dd>\
            <dt>\(visit("经费（元）", "Money (yuan)"))</dt><dd>\(change("\(content.yuan)", "\(terms.yuan)"))</dd>\
            <dt>\(visit("由谁的人", "Whose people"))</dt><dd>\(change(people(content), people(terms)))</dd>\
            <dt>\(visit("每次留痕材料", "Evidence each time"))</dt><dd>\(change("\(content.evidence)", "\(terms.evidence)"))</dd></dl></section>\
            \(BurdenPanel(mandates: mandates, staff: staff, typed: typed).html(demand, measures, correction))\
            \(view.html(demand.answer))\(heard(hearings))\(timeline(entries))
            """)
        func people(_ content: DemandContent) -> String {
            content.isByHired ? visit("由经费另行聘用", "Hired with its money") : visit("现有岗位", "The posts there")
        }
        func heard(_ hearings: [Hearing]) -> HTML {
            guard !hearings.isEmpty else { return HTML() }
            return """
                <section class="panel scroll" tabindex="0" role="region" aria-label="\(visit("街道意见", "What the streets say"))"><table class="list"><caption>\(visit("街道意见", "What the streets say"))</caption>\
                <thead><tr><th scope="col">\(visit("街道", "Street"))</th><th scope="col">\(visit("意见", "Answer"))</th><th scope="col">\(visit("理由", "Reason"))</th><th scope="col">\(visit("时间", "When"))</th></tr></thead><tbody>\
                \(hearings.html { hearing in
                    """
                    <tr><td>\(mandates.areaName(hearing.area))</td><td>\(view.tag(visit(MandateTexts.title(hearing.answer)), hearing.answer == .agrees ? "ok" : hearing.answer == .objects ? "danger" : "caution"))</td>\
                    <td class="t">\(hearing.words)</td><td class="time">\(hearing.at.map { visit.instantText($0) } ?? "")</td></tr>
                    """
                })</tbody></table></section>
                """
        }
        func timeline(_ entries: [LedgerEntry]) -> HTML {
            let words = Mandates.ledgerWords
            return """
                <section class="panel"><h2>\(visit("经过", "What happened"))</h2><ol class="timeline">\(entries.html { entry in
                    let title = words.acts.first { $0.code == entry.act }.map { visit($0.title) } ?? entry.act
                    return "<li><span class=\"when\"><time datetime=\"\(entry.happenedAt.iso8601)\">\(visit.instantText(entry.happenedAt))</time></span> <strong>\(title)</strong> <span class=\"hint\">\(entry.actor.kind == .system ? visit("平台", "the platform") : entry.actor.name)</span></li>"
                })</ol></section>
                """
        }
        return visit.page(page, status: refusal?.kind.status ?? .ok)
    }

    private func period(_ content: DemandContent) -> String { "\(content.from) – \(content.until?.description ?? "…")" }

    private func change(_ before: String, _ after: String) -> HTML {
        before == after ? HTML(text: before) : "<del>\(before)</del> → <ins>\(after)</ins>"
    }

    // MARK: Acts

    private func acts(
        _ demand: Demand, _ hearings: [Hearing], _ staff: StaffVisit, _ typed: QueryParameters?
    ) -> HTML {
        let visit = staff.visit
        let scope = staff.scope
        let isSender = scope.may(.fileDemand) && demand.body == scope.body
        let isHeard = scope.may(.answerDemand) && hearings.contains { $0.area == scope.area }
        let decides = scope.may(.decideDemand)
        var forms: [HTML] = []
        func form(_ act: String, _ text: String, words label: String?, required: Bool = true, tone: StaticString = "p")
        {
            let words: HTML =
                label.map {
                    Field.longText(
                        "words-\(act)", $0, value: typed?["words"], required: required, maximum: Mandates.longestWords,
                        rows: 2,
                        formName: "words")
                } ?? HTML()
            forms.append(
                """
                <form method="post" action="/demands/\(demand.id)/\(act)" class="act-form">\(visit.formFields)<input type="hidden" name="_version" value="\(demand.version)">\
                \(words)<p>\(Field.submit(text, tone: tone))</p></form>
                """)
        }
        let reason = visit("理由", "Reason")
        switch demand.stage {
        case .hearing:
            if isHeard {
                form("agree", visit("同意", "Agree"), words: visit("说明（可不填）", "Remark, if any"), required: false)
                form("object", visit("不同意", "Object"), words: reason, tone: "danger")
            }
        case .deciding:
            if decides {
                if demand.answer.verdict == .admitted { form("admit", visit("准入", "Admit"), words: reason) }
                if demand.answer.verdict == .changed || demand.answer.verdict == .priced {
                    form("offer", visit("按审查结论提出价格和调整", "Offer with the price and changes"), words: reason)
                }
                form("refuse", visit("不予准入", "Refuse"), words: reason, tone: "danger")
            }
        case .offered: if isSender { form("accept", visit("接受条件", "Accept the conditions"), words: nil) }
        case .appealed:
            if decides, demand.decider != scope.staff {
                form("overturn", visit("复核：准入", "On appeal: admit"), words: reason)
                form("uphold", visit("复核：不予准入", "On appeal: refuse"), words: reason, tone: "danger")
            }
        case .refused, .admitted, .withdrawn, .expired, .cut: break
        }
        if demand.appeals == 0,
            demand.stage == .refused && isSender && (demand.dueAt.map { $0 >= visit.now } ?? false)
                || demand.appeals == 0 && demand.stage == .admitted && isHeard
        {
            form("appeal", visit("申请复核", "Appeal"), words: reason, tone: "")
        }
        if isSender, DemandCourse.move(.withdraw, from: demand.stage) != nil {
            form("withdraw", visit("撤回", "Withdraw"), words: nil, tone: "")
        }
        guard !forms.isEmpty else { return HTML() }
        return
            "<section class=\"panel\"><h2>\(visit("现在可以", "What can be done now"))</h2><div class=\"cards\">\(forms)</div></section>"
    }

    static func command(_ act: String, words: String) throws(Refusal) -> DemandCommand {
        switch act {
        case "agree": .hear(agrees: true, words: words)
        case "object": .hear(agrees: false, words: words)
        case "admit": .admit(words: words)
        case "offer": .offer(words: words)
        case "refuse": .refuse(words: words)
        case "accept": .accept
        case "appeal": .appeal(words: words)
        case "uphold": .uphold(words: words)
        case "overturn": .overturn(words: words)
        case "withdraw": .withdraw
        default: throw Refusal.nothingHere
        }
    }

    private func act(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: DemandID = try staff.visit.identifier()
        let (mandates, scope, now) = (mandates, staff.scope, staff.visit.now)
        let seen = submission.seenVersion
        let fields = submission.fields
        let act = try staff.visit.parameter("act")
        do {
            return try await staff.visit.write(submission) { transaction in
                switch act {
                case "burden-kind":
                    _ = try mandates.classify(
                        id, as: try BurdenPanel.kind(fields), words: fields["words"] ?? "", by: scope, at: now,
                        in: transaction)
                case "measure":
                    _ = try mandates.take(
                        try BurdenPanel.measure(fields), on: id, seen: seen, by: scope, at: now, in: transaction)
                default:
                    let command = try Self.command(act, words: fields["words"] ?? "")
                    _ = try mandates.act(command, on: id, seen: seen, by: scope, at: now, in: transaction)
                }
                return .seeOther("/demands/\(id)")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await show(staff, refusal: refusal, typed: submission.fields)
        }
    }
}
