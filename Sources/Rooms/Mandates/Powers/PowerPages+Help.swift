import Desk
import Ground
import Identity
import Storage
import Web

/// What the page of a power shows beside its course: what the platform knows of a street's means, and who helps it.
extension PowerPages {
    /// What belongs to one grant on the page.
    struct Beside: Sendable {
        var known = KnownMeans()
        var asks: [HelpAsk] = []
    }

    func beside(
        _ grants: [PowerGrant], at now: Instant, in transaction: any Transaction
    ) throws -> [PowerGrantID: Beside] {
        let asks = Dictionary(grouping: try HelpStore.asks(of: grants.map(\.id), in: transaction), by: \.grant)
        return try grants.reduce(into: [:]) { found, grant in
            let isCompared = grant.stage == .training || grant.stage == .trial
            found[grant.id] = Beside(
                known: isCompared ? try mandates.known(grant, at: now, in: transaction) : KnownMeans(),
                asks: asks[grant.id] ?? [])
        }
    }

    /// Told and known, side by side, and where more is told than known.
    func compared(_ grant: PowerGrant, _ power: Power, _ known: KnownMeans, _ visit: Visit) -> HTML {
        guard grant.stage == .training || grant.stage == .trial else { return HTML() }
        let (ready, unknown) = (grant.readiness, visit("平台没有登记", "nothing entered"))
        func number(_ value: Int64?) -> String { value.map { "\($0)" } ?? unknown }
        let heads = [
            visit("需要", "Needed"), visit("街道填报", "Told"), visit("平台登记", "Known here"),
        ]
        func row(_ name: String, _ values: [String]) -> HTML {
            """
            <tr><th scope="row">\(name)</th>\(zip(heads, values).map { ($0, $1) }.html { "<td data-label=\"\($0.0)\">\($0.1)</td>" })</tr>
            """
        }
        let comma = visit("、", ", ")
        let none = visit("无", "none")
        func list(_ things: [String]) -> String { things.isEmpty ? none : things.joined(separator: comma) }
        let title = visit("承接条件：填报与平台登记", "Means: told and known")
        let differences = PowerMenu.differences(ready, known)
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="\(title)"><table class="list"><caption>\(title)</caption>\
            <thead><tr><th scope="col">\(visit("条件", "What"))</th>\(heads.html { "<th scope=\"col\">\($0)</th>" })</tr></thead><tbody>\
            \(row(visit("人员", "Staff"), ["\(power.needs.staff)", "\(ready.staff)", number(known.staff)]))\
            \(row(visit("持证", "Qualified"), ["\(power.needs.qualified)", "\(ready.qualified)", number(known.qualified)]))\
            \(row(visit("培训学时（每人；登记为合计）", "Hours of training (each; known: of all)"), ["\(power.needs.trainingHours)", "\(ready.trainingHours)", number(known.trainingHours)]))\
            \(row(visit("设备", "Equipment"), [list(power.needs.equipment), list(ready.equipment), known.equipment.map(list) ?? unknown]))</tbody></table></div>\
            \(differences.isEmpty ? HTML() : "<p class=\"notice warn\">\(visit("多于平台登记：", "More than known here: "))\(differences.map { visit($0) }.joined(separator: visit("；", "; ")))\(visit("。原因：", ". Reason: "))\(ready.reason ?? visit("没有说明", "none given"))</p>")
            """
    }

    /// Who helps, until when, what was asked, and what this post may do about it.
    func helpLine(_ grant: PowerGrant, _ power: Power, _ asks: [HelpAsk], _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        guard let helper = mandates.menuOfPowers.help.helper(of: power.line) else { return HTML() }
        let until = mandates.helped(grant).flatMap { $0 > visit.now ? $0 : nil }
        guard until != nil || !asks.isEmpty else { return HTML() }
        let isStreet = staff.scope.may(.answerDemand) && staff.scope.area == grant.area
        let list: HTML =
            asks.isEmpty
            ? "<p class=\"hint\">\(visit("没有求助。", "Nothing was asked."))</p>"
            : "<ul class=\"rows\">\(asks.html { item($0, grant, staff) })</ul>"
        let ask: HTML =
            isStreet && until != nil
            ? form(
                grant, nil, "ask-help", visit("求助", "Ask for help"),
                Field.longText(
                    "help-words-\(grant.id)", visit("遇到什么问题", "What the question is"), required: true, maximum: 300,
                    rows: 3, formName: "words"), visit) : HTML()
        return """
            <section><h3>\(visit("帮扶", "Help"))</h3>\
            <p>\(visit(helper.title)) · <a href="tel:\(helper.telephone)">\(helper.telephone)</a> \(visit("（待当地核实）", "(check locally)"))\
            \(until.map { " · \(visit("帮扶期至", "until")) \($0.local().day)" } ?? "")</p>\
            \(list)\(ask)</section>
            """
    }

    private func item(_ ask: HelpAsk, _ grant: PowerGrant, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let isStreet = staff.scope.may(.answerDemand) && staff.scope.area == grant.area
        let isOpen = ask.state == .open
        let tone: HTML = ask.isLate(at: visit.now) ? "danger" : isOpen ? "warn" : ask.state == .answered ? "ok" : ""
        let state = ask.isLate(at: visit.now) ? visit("逾期未答复", "Not answered in time") : visit(ask.state.title)
        let answer: HTML =
            isOpen && mandates.mayAnswer(ask, of: grant, staff.scope, at: visit.now)
            ? form(
                grant, ask.id, "answer-help", visit("答复", "Answer"),
                Field.longText(
                    "answer-\(ask.id)", visit("答复", "Answer"), required: true, maximum: 300, rows: 3,
                    formName: "words"), visit) : HTML()
        let back: HTML =
            isOpen && isStreet
            ? form(
                grant, ask.id, "take-back-help", visit("已解决，撤回求助", "Solved: take it back"), HTML(), visit) : HTML()
        return """
            <li><p><span class="tag \(tone)">\(state)</span> \(ask.words)</p>\
            <p class="hint">\(visit("求助于", "Asked")) \(visit.instantText(ask.askedAt))\(isOpen ? " · \(visit("答复时限", "answer due")) \(visit.instantText(ask.dueAt))" : "")</p>\
            \(ask.answer.isEmpty ? HTML() : "<p>\(visit("答复：", "Answer: "))\(ask.answer)</p>")\(answer)\(back)</li>
            """
    }

    private func form(
        _ grant: PowerGrant, _ ask: HelpAskID?, _ act: String, _ text: String, _ fields: HTML, _ visit: Visit
    ) -> HTML {
        """
        <form method="post" action="/powers/grants/\(grant.id)/\(act)">\(visit.formFields)<input type="hidden" name="_version" value="\(grant.version)">\
        \(ask.map { "<input type=\"hidden\" name=\"help\" value=\"\($0)\">" })\(fields)<p>\(Field.submit(text, tone: "p"))</p></form>
        """
    }
}
