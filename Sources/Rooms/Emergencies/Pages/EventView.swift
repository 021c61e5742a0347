import Desk
import Foundation
import Ground
import Identity
import Ledger
import Web

/// How an event looks: alarms and what waits for the viewer first.
struct EventView {
    let emergencies: Emergencies
    let state: EventState
    let staff: StaffVisit
    let refused: EventPage.Refused?

    var visit: Visit { staff.visit }
    var event: EventRecord { state.event }
    var controls: EmergencyControls { EmergencyControls(emergencies: emergencies, visit: visit) }
    var commands: Bool { staff.scope.may(.command) && staff.scope.area.contains(event.area) }
    var handsOver: Bool { staff.scope.may(.handOver) && event.isRunning }

    var html: HTML {
        """
        \(facts)\(ownCall)\(alarms)\(conflicts)\(handOvers)\(whereabouts)\(contacts)\(acts)\(papers)\
        <section class="panel"><h2>\(visit("时间线", "Time line"))</h2>\(timeline)</section>
        """
    }

    // MARK: Facts

    private var facts: HTML {
        let plan = emergencies.rules[plan: event.plan]
        let level = plan?.level(event.level)
        let open = state.handOvers.filter { !$0.state.isEnd }
        let underWay = open.reduce(0) { $0 + $1.outstanding }
        let balance: HTML =
            state.imbalances.isEmpty
            ? controls.tag(visit("总数相符", "All accounted for"), "ok")
            : controls.tag(visit("总数不符", "Sums do not agree"), "danger")
        return """
            <section class="panel"><p>\(controls.tag(visit(event.isRunning ? EmergencyTexts.running : EmergencyTexts.ended), event.isRunning ? "danger" : "ok")) \
            \(event.isExercise ? controls.tag(visit(EmergencyTexts.exercise), "caution") : HTML()) \(balance)</p>\
            <dl class="facts"><dt>\(visit("预案", "Plan"))</dt><dd>\(plan.map { visit($0.title) } ?? event.plan) · \(level.map { visit($0.title) } ?? event.level.rawValue)</dd>\
            <dt>\(visit(EmergencyTexts.area))</dt><dd>\(emergencies.areaName(event.area))</dd>\
            <dt>\(visit(EmergencyTexts.started))</dt><dd>\(controls.time(event.startedAt))</dd>\
            \(event.endedAt.map { "<dt>\(visit(EmergencyTexts.ended))</dt><dd>\(controls.time($0))</dd>" })\
            \(event.reviewAt.map { "<dt>\(visit("下次报告情况", "Next report by"))</dt><dd>\(controls.time($0))</dd>" })\
            <dt>\(visit("联络", "Contacts"))</dt><dd>\(reachedText)</dd>\
            <dt>\(visit("在途", "On the way"))</dt><dd>\(visit("\(open.count) 次交接，\(underWay)", "\(open.count) hand-overs, \(underWay)"))</dd></dl>\
            \(level.map { level in
                "<details class=\"raw\"><summary>\(visit("首要措施", "First acts"))</summary><ul>\(level.firstActs.html { "<li>\(visit($0))</li>" })</ul></details>"
            })</section>
            """
    }

    private var reachedText: String {
        let done = state.contacts.filter { $0.state == .reached || $0.state == .settled }.count
        return visit("\(done) / \(state.contacts.count) 已联系上", "\(done) of \(state.contacts.count) reached")
    }

    private var ownCall: HTML {
        let mine = state.contacts.filter { contact in
            (contact.state == .waiting || contact.state == .unreached)
                && contact.candidates.prefix(contact.turn + 1).contains { $0.staff == staff.scope.staff }
        }
        return mine.html { contact in
            """
            <form class="panel" method="post" action="/emergencies/\(event.id)/reached">\(visit.formFields)\
            <input type="hidden" name="number" value="\(contact.number)">\
            <p>\(visit("您被列为 \(emergencies.areaName(contact.area)) 的联络人，请确认。", "You are called for \(emergencies.areaName(contact.area)): please confirm."))</p>\
            <p>\(Field.submit(visit("我已收到", "I have received it")))</p></form>
            """
        }
    }

    private var alarms: HTML {
        let ringing = state.alarms.filter { $0.endedAt == nil }
        guard !ringing.isEmpty else { return HTML() }
        return """
            <section class="panel"><h2>\(visit("报警", "Alarms"))</h2><ul class="rows">\(ringing.prefix(50).html { alarm in
                """
                <li>\(controls.tag(alarm.level > 1 ? visit("已报统筹", "Coordination told") : visit("已报负责人", "Head told"), "danger")) \
                \(visit(alarm.text)) \(controls.time(alarm.at)) <a href="/emergencies/\(event.id)/alarms/\(alarm.id).xml">CAP</a>\(answer(alarm))</li>
                """
            })</ul></section>
            """
    }

    private func answer(_ alarm: AlarmRecord) -> HTML {
        guard alarm.subject.hasPrefix(AlarmRecord.raisedOnTheSpot), staff.scope.may(.command) else { return HTML() }
        return """
            <form method="post" action="/emergencies/\(event.id)/answer" class="inline">\(visit.formFields)<input type="hidden" name="alarm" value="\(alarm.id)">\
            <label class="hide" for="answer-\(alarm.id)">\(visit("如何处理", "What was done"))</label>\
            <input id="answer-\(alarm.id)" name="note" required maxlength="500" placeholder="\(visit("如何处理", "What was done"))">\
            \(Field.submit(visit("已处理", "Done"), tone: ""))</form>
            """
    }

    // MARK: Conflicts

    private var conflicts: HTML {
        let waiting = state.conflicts.filter { $0.state == "waiting" }
        guard !waiting.isEmpty else { return HTML() }
        return """
            <section class="panel"><h2>\(visit("待核定的矛盾", "Conflicts to decide"))</h2>\(waiting.prefix(50).html(conflict))</section>
            """
    }

    private func conflict(_ one: ConflictRecord) -> HTML {
        let stands = state.handOvers.first { $0.slip == one.slip }
        let said = one.said
        let sites = [said.from, said.to].compactMap { $0 }.map(state.siteName).joined(separator: " → ")
        let form: HTML =
            commands
            ? """
            <form method="post" action="/emergencies/\(event.id)/decide">\(visit.formFields)<input type="hidden" name="conflict" value="\(one.id)">\
            \(Field.text("why-\(one.id)", visit("理由", "Why"), value: typed("decide", "why"), required: true, maximum: 500, formName: "why"))\
            <p class="bar">\(Field.submit(visit("维持现状", "Keep what stands"), name: "decision", value: "keep", tone: ""))\
            \(Field.submit(visit("采纳迟到记录", "Take the late account"), name: "decision", value: "take"))</p></form>
            """ : HTML()
        return """
            <div class="split"><div><h3>\(visit("现有记录", "What stands"))</h3>\(stands.map(standing) ?? "<p>\(visit("没有这个编号的交出记录", "No sending of that number"))</p>")</div>\
            <div><h3>\(visit("迟到记录", "The late account"))</h3>\
            <p>\(visit(EmergencyTexts.title(said.kind))) \(said.count) \(sites)</p>\
            <p class="hint">\(visit("发生", "Happened")) \(controls.time(one.happenedAt)) · \(visit("收到", "received")) \(controls.time(one.receivedAt))</p>\
            <p class="hint">\(visit(one.reason))</p></div></div>\(form)
            """
    }

    private func standing(_ one: HandOver) -> HTML {
        """
        <p>\(visit("第 \(one.slip) 号", "Number \(one.slip)")) \(state.siteName(one.from)) → \(state.siteName(one.to))</p>\
        <p>\(visit("交出 \(one.sent)，签收 \(one.received)", "sent \(one.sent), received \(one.received)")) · \(visit(one.state.title))</p>
        """
    }

    // MARK: Hand-overs

    private var handOvers: HTML {
        guard !state.handOvers.isEmpty else { return HTML() }
        let open = state.handOvers.filter { !$0.state.isEnd }
        let closed = state.handOvers.filter(\.state.isEnd)
        let heads = [
            visit(EmergencyTexts.number), visit("名目", "What"), visit("从 → 到", "From → to"), visit("交出", "Sent"),
            visit("签收", "Received"), visit(EmergencyTexts.state), visit("签收时限", "Acknowledge by"), visit("操作", "Acts"),
        ]
        return """
            <h2>\(visit("交接", "Hand-overs"))</h2>\
            \(open.isEmpty ? HTML() : controls.table(visit("未了结的交接", "Open hand-overs"), heads, open.html(row)))\
            \(closed.isEmpty ? HTML() : "<details class=\"raw\"><summary>\(visit("已了结的 \(closed.count) 次", "\(closed.count) closed"))</summary>\(controls.table(visit("已了结的交接", "Closed hand-overs"), heads, closed.html(row)))</details>")
            """
    }

    private func row(_ one: HandOver) -> HTML {
        let lot = state.lot(one.lot)
        let late = one.state == .open && one.expectedBy < visit.now
        return """
            <tr><td class="n" data-label="\(visit(EmergencyTexts.number))">\(one.slip)</td>\
            <td data-label="\(visit("名目", "What"))">\(lot?.label ?? "—")</td>\
            <td data-label="\(visit("从 → 到", "From → to"))">\(state.siteName(one.from)) → \(state.siteName(one.to))</td>\
            <td class="n" data-label="\(visit("交出", "Sent"))">\(one.sent) \(lot?.unit ?? "")</td>\
            <td class="n" data-label="\(visit("签收", "Received"))">\(one.received)</td>\
            <td data-label="\(visit(EmergencyTexts.state))">\(controls.tag(visit(one.state.title), one.state == .difference || late ? "danger" : one.state == .open ? "warn" : "ok"))\(reason(one))</td>\
            <td class="time" data-label="\(visit("签收时限", "Acknowledge by"))">\(controls.time(one.expectedBy))</td>\
            <td>\(rowActs(one))</td></tr>
            """
    }

    private func reason(_ one: HandOver) -> HTML {
        guard let key = one.reason else { return HTML() }
        let title = emergencies.rules.duty.differences.first { $0.key == key }?.title
        return " <span class=\"hint\">\(title.map { visit($0) } ?? key)</span>"
    }

    private func rowActs(_ one: HandOver) -> HTML {
        let scope = staff.scope
        func mayAt(_ site: SiteID) -> Bool {
            commands || state.sites.contains { $0.id == site && scope.area.contains($0.area) }
        }
        func form(_ act: String, _ button: String, _ tone: StaticString) -> HTML {
            """
            <form method="post" action="/emergencies/\(event.id)/\(act)" class="inline">\(visit.formFields)<input type="hidden" name="slip" value="\(one.slip)">\
            <label class="hide" for="\(act)-\(one.slip)">\(visit("第 \(one.slip) 号数量", "Count for number \(one.slip)"))</label>\
            <input id="\(act)-\(one.slip)" name="count" inputmode="numeric" size="6" required value="\(typed(act, "count", slip: one.slip) ?? String(one.outstanding))">\
            \(Field.submit(button, tone: tone))</form>
            """
        }
        var html = HTML()
        guard handsOver || commands, !one.state.isEnd else { return html }
        if scope.may(.handOver), one.outstanding > 0, mayAt(one.to), one.giverStaff != scope.staff {
            html += form("receive", visit("签收", "Acknowledge"), "p")
        }
        if scope.may(.handOver), one.outstanding > 0, mayAt(one.from) {
            html += form("give-back", visit("退回", "Back here"), "")
        }
        if commands, one.state == .difference {
            html += """
                <form method="post" action="/emergencies/\(event.id)/settle" class="inline">\(visit.formFields)<input type="hidden" name="slip" value="\(one.slip)">\
                <label class="hide" for="reason-\(one.slip)">\(visit("差异原因", "What explains it"))</label>\
                <select id="reason-\(one.slip)" name="reason" required><option value="">\(visit("差异原因", "What explains it"))</option>\
                \(emergencies.rules.duty.differences.html { "<option value=\"\($0.key)\">\(visit($0.title))</option>" })</select>\
                \(Field.submit(visit("核定", "Explain"), tone: ""))</form>
                """
        }
        return html
    }

    private var whereabouts: HTML {
        guard !state.lots.isEmpty else { return HTML() }
        let heads =
            [visit("名目", "What"), visit("登记", "Counted in")] + state.sites.map(\.name) + [visit("在途", "On the way")]
        return controls.table(
            visit("现在何处", "Where everybody and everything is"), heads,
            state.lots.html { lot in
                let way = state.handOvers.filter { $0.lot == lot.id }.reduce(0) { $0 + $1.outstanding }
                return """
                    <tr><td data-label="\(heads[0])">\(lot.label)</td><td class="n" data-label="\(heads[1])">\(lot.registered + lot.surplus - lot.writtenOff) \(lot.unit)</td>\
                    \(state.sites.html { site in
                        let count = state.holdings.first { $0.lot == lot.id && $0.site == site.id }?.count ?? 0
                        return "<td class=\"n\" data-label=\"\(site.name)\">\(count)</td>"
                    })<td class="n" data-label="\(visit("在途", "On the way"))">\(way)</td></tr>
                    """
            })
    }

    // MARK: Contacts

    private var contacts: HTML {
        guard !state.contacts.isEmpty else { return HTML() }
        let heads = [
            visit(EmergencyTexts.number), visit(EmergencyTexts.area), visit("岗位", "Role"), visit("联络人", "Person"),
            visit(EmergencyTexts.state), visit("操作", "Acts"),
        ]
        return controls.table(
            visit("联络树", "Contact tree"), heads,
            state.contacts.html { one in
                let tone: StaticString =
                    switch one.state {
                    case .waiting: "warn"
                    case .unreached: "danger"
                    case .reached, .settled: "ok"
                    case .closed: ""
                    }
                let indent = String(repeating: "\u{3000}", count: depth(one))
                return """
                    <tr><td class="n" data-label="\(heads[0])">\(one.number)</td><td data-label="\(heads[1])">\(indent)\(emergencies.areaName(one.area))</td>\
                    <td data-label="\(heads[2])">\(visit(emergencies.roleName(one.role)))</td>\
                    <td data-label="\(heads[3])">\(one.current?.name ?? visit("无人在岗", "nobody in post"))\(one.turn > 0 ? " <span class=\"hint\">\(visit("第 \(one.turn + 1) 人", "person \(one.turn + 1)"))</span>" : HTML())</td>\
                    <td data-label="\(heads[4])">\(controls.tag(visit(EmergencyTexts.title(one.state)), tone)) \(one.reachedAt.map(controls.time))</td>\
                    <td>\(contactActs(one))</td></tr>
                    """
            })
    }

    private func depth(_ contact: ContactRecord) -> Int {
        var depth = 0
        var parent = contact.parent
        while let number = parent, depth < 5 {
            depth += 1
            parent = state.contacts.first { $0.number == number }?.parent
        }
        return depth
    }

    private func contactActs(_ one: ContactRecord) -> HTML {
        guard staff.scope.may(.command), staff.scope.area.contains(one.area),
            one.state == .waiting || one.state == .unreached
        else { return HTML() }
        let arrange: HTML =
            one.state == .unreached && commands
            ? """
            <form method="post" action="/emergencies/\(event.id)/arranged" class="inline">\(visit.formFields)<input type="hidden" name="number" value="\(one.number)">\
            <label class="hide" for="note-\(one.number)">\(visit("第 \(one.number) 支如何安排", "What is arranged for branch \(one.number)"))</label>\
            <input id="note-\(one.number)" name="note" required maxlength="200" placeholder="\(visit("如何安排", "What is arranged"))">\
            \(Field.submit(visit("另行安排", "Arrange"), tone: ""))</form>
            """ : HTML()
        return """
            <form method="post" action="/emergencies/\(event.id)/reached" class="inline">\(visit.formFields)<input type="hidden" name="number" value="\(one.number)">\
            \(Field.submit(visit("已电话联系上", "Reached by phone"), tone: ""))</form>\(arrange)
            """
    }

    private var papers: HTML {
        """
        <p class="bar"><a class="btn" href="/emergencies/\(event.id)/paper">\(visit("打印纸面清单", "Print the paper list"))</a>\
        <a class="btn" href="/emergencies/\(event.id)/paper-entry">\(visit("纸面补录", "Enter from paper"))</a>\
        <a class="btn" href="/emergencies/\(event.id)/cap.xml">CAP 1.2</a></p>
        """
    }

    // MARK: Time line

    private struct Facts: Decodable {
        var slip: Int64?
        var count: Int64?
        var contact: Int64?
        var level: String?
        var note: String?
        var site: String?
        var fromSite: String?
        var toSite: String?
        var about: String?
        var paper: Bool?
    }

    private var timeline: HTML {
        let titles = Dictionary(Emergencies.ledgerWords.acts.map { ($0.code, $0.title) }) { first, _ in first }
        return """
            <ol class="timeline">\(state.entries.suffix(300).reversed().html { entry in
                let facts = try? JSONDecoder().decode(Facts.self, from: Data(entry.facts))
                return """
                    <li><p><strong>\(titles[entry.act].map { visit($0) } ?? entry.act)</strong> \(detail(facts))</p>\
                    <p class="who">\(entry.actor.kind == .system ? visit("系统自动", "The platform") : entry.actor.name) \
                    <time class="when" datetime="\(entry.happenedAt.iso8601)">\(visit.instantText(entry.happenedAt))</time>\
                    \(entry.receivedAt - entry.happenedAt > .minutes(1) ? " <span class=\"hint\">\(visit("收到", "received")) \(visit.instantText(entry.receivedAt))</span>" : HTML())</p></li>
                    """
            })</ol>
            """
    }

    private func detail(_ facts: Facts?) -> String {
        guard let facts else { return "" }
        let sites = [facts.fromSite, facts.toSite].compactMap { $0 }.joined(separator: " → ")
        let parts: [String?] = [
            facts.slip.map { visit("第 \($0) 号", "number \($0)") },
            facts.contact.map { visit("第 \($0) 支", "branch \($0)") },
            facts.level, facts.site, sites.isEmpty ? nil : sites, facts.count.map(String.init), facts.note, facts.about,
            facts.paper == true ? visit("纸面补录", "from paper") : nil,
        ]
        return parts.compactMap { $0 }.joined(separator: " · ")
    }
}
