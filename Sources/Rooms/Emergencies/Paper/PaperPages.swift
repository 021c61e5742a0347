import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// When the network is gone: a list to print beforehand, with boxes to tick and running numbers, and the form that takes
/// it in afterwards with the times that stand on the paper.
struct PaperPages: Sendable {
    let emergencies: Emergencies

    func add(to routes: Routes) {
        routes.page("/emergencies/:id/paper", right: .readEmergencies) { try await paper($0) }
        routes.page("/emergencies/:id/paper-entry", right: .readEmergencies) { try await entry($0) }
    }

    private struct Model: Sendable {
        var state: EventState
        var shifts: [(ShiftRecord, String)]
        var blanks: [Int64]
    }

    private func load(_ staff: StaffVisit) async throws -> Model {
        let id: EventID = try staff.visit.identifier()
        let now = staff.visit.now
        let emergencies = emergencies
        return try await emergencies.house.database.read { transaction in
            let state = try EventState.load(id, for: staff.scope, emergencies, in: transaction)
            let shifts = try ShiftStore.shifts(
                in: state.event.area, from: now, until: now + .hours(48), limit: 200, in: transaction)
            let names = try emergencies.identity.directory.staffNames(shifts.map(\.staff), in: transaction)
            let used = Set(state.handOvers.map(\.slip))
            let ranges = try transaction.query(
                "SELECT first, last FROM emergency_blanks WHERE event = \(id) ORDER BY first DESC LIMIT 10")
            let blanks = try ranges.flatMap { row in Array(try row.int(0)...row.int(1)) }.filter { !used.contains($0) }
            return Model(
                state: state, shifts: shifts.map { ($0, names[$0.staff] ?? "—") }, blanks: blanks.sorted())
        }
    }

    private func paper(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let model = try await load(staff)
        let state = model.state
        let event = state.event
        let title = visit("应急纸面清单", "Emergency list on paper")
        func table(_ heads: [String], _ rows: HTML) -> HTML {
            """
            <table class="list"><thead><tr>\(heads.html { "<th scope=\"col\">\($0)</th>" })</tr></thead><tbody>\(rows)</tbody></table>
            """
        }
        let contacts = table(
            [
                visit("编号", "No."), visit("区域", "Area"), visit("岗位", "Role"), visit("联络人（依次）", "Persons, in order"),
                "☐", visit("时间", "Time"),
            ],
            state.contacts.filter { $0.state == .waiting || $0.state == .unreached || $0.state == .reached }.html {
                one in
                """
                <tr><td class="n">\(one.number)</td><td>\(emergencies.areaName(one.area))</td><td>\(visit(emergencies.roleName(one.role)))</td>\
                <td>\(one.candidates.map(\.name).joined(separator: " → "))</td><td>\(one.state == .reached ? "☑" : "☐")</td><td>\(one.reachedAt.map { $0.local().minuteText } ?? "____:____")</td></tr>
                """
            })
        let open = table(
            [
                visit("编号", "No."), visit("名目", "What"), visit("从 → 到", "From → to"), visit("交出数", "Sent"),
                visit("签收数", "Received"), visit("时间", "Time"), visit("签字", "Signed"),
            ],
            state.handOvers.filter { !$0.state.isEnd }.html { one in
                """
                <tr><td class="n">\(one.slip)</td><td>\(state.lot(one.lot)?.label ?? "—")</td><td>\(state.siteName(one.from)) → \(state.siteName(one.to))</td>\
                <td class="n">\(one.outstanding)</td><td>☐ ______</td><td>____:____</td><td>________</td></tr>
                """
            }
                + model.blanks.html { number in
                    """
                    <tr><td class="n">\(number)</td><td>____________</td><td>________ → ________</td><td>______</td><td>☐ ______</td><td>____:____</td><td>________</td></tr>
                    """
                })
        let kinds = emergencies.rules.duty.kinds
        let roster = table(
            [visit("区域", "Area"), visit("值班", "Duty"), visit("人员", "Person"), visit("起", "From"), visit("止", "Until")],
            model.shifts.html { shift, name in
                """
                <tr><td>\(emergencies.areaName(shift.area))</td><td>\(kinds.first { $0.key == shift.kind }.map { visit($0.title) } ?? shift.kind)</td>\
                <td>\(name)</td><td>\(shift.from.local().minuteText)</td><td>\(shift.until.local().minuteText)</td></tr>
                """
            })
        let more: HTML =
            event.isRunning && staff.scope.may(.handOver)
            ? """
            <form class="noprint bar" method="post" action="/emergencies/\(event.id)/slips">\(visit.formFields)<input type="hidden" name="count" value="20">\
            \(Field.submit(visit("再留 20 个空白编号", "20 more blank numbers")))\
            <span class="hint">\(visit("用浏览器打印本页（A4）。恢复网络后按编号补录。", "Print this page (A4). Later enter it by its numbers."))</span></form>
            """ : HTML()
        return visit.page(
            Page(
                title,
                breadcrumb: [
                    (visit(EmergencyTexts.emergencies), "/emergencies"), (event.title, "/emergencies/\(event.id)"),
                    (title, nil),
                ],
                """
                \(more)<section class="sheet"><h2>\(event.title) · \(emergencies.areaName(event.area))\(event.isExercise ? "（\(visit(EmergencyTexts.exercise))）" : HTML())</h2>\
                <p>\(visit("打印时间", "Printed")) \(visit.now.local().minuteText)</p>\
                <h3>\(visit("联络树", "Contact tree"))</h3>\(contacts)\
                <h3>\(visit("交接（空白编号可新开）", "Hand-overs; blank numbers begin new ones"))</h3>\(open)\
                <h3>\(visit("48 小时值班", "On duty, 48 hours"))</h3>\(roster)</section>
                """))
    }

    private func entry(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let model = try await load(staff)
        let state = model.state
        let event = state.event
        let controls = EmergencyControls(emergencies: emergencies, visit: visit)
        let sites = state.sites.map { Field.Choice($0.id.text, $0.name) }
        let paper: HTML = "<input type=\"hidden\" name=\"paper\" value=\"yes\">"
        func form(_ act: String, _ title: String, _ fields: HTML) -> HTML {
            """
            <form class="panel narrow" method="post" action="/emergencies/\(event.id)/\(act)" data-draft="paper-\(act)">\(visit.formFields)\(paper)\
            <h2>\(title)</h2>\(fields)<p>\(Field.submit(visit("补录", "Enter")))</p></form>
            """
        }
        let title = visit("纸面补录", "Enter from paper")
        let outcome: Page.Notice? =
            switch visit.query["done"] {
            case nil: nil
            case "queued"?:
                Page.Notice(
                    .warn, visit("与现有记录矛盾，两份都已保留，待核定", "It contradicts what stands; both are kept for decision"))
            default: Page.Notice(.ok, visit("已补录", "Entered"))
            }
        let handOvers: HTML =
            staff.scope.may(.handOver)
            ? form(
                "send", visit("交出", "Sent"),
                """
                \(controls.number("send-slip", visit(EmergencyTexts.number), value: nil, formName: "slip"))\
                \(Field.choice("send-lot", visit("名目", "What"), state.lots.map { Field.Choice($0.id.text, $0.label) }, required: true, none: visit(EmergencyTexts.choose), formName: "lot"))\
                \(Field.choice("send-from", visit(EmergencyTexts.from), sites, required: true, none: visit(EmergencyTexts.choose), formName: "from"))\
                \(Field.choice("send-to", visit(EmergencyTexts.to), sites, required: true, none: visit(EmergencyTexts.choose), formName: "to"))\
                \(controls.number("send-count", visit(EmergencyTexts.count), value: nil, formName: "count"))\
                \(controls.happened("send-happened", value: nil, required: true))
                """)
                + form(
                    "receive", visit("签收", "Received"),
                    """
                    \(controls.number("receive-slip", visit(EmergencyTexts.number), value: nil, formName: "slip"))\
                    \(controls.number("receive-count", visit("签收数量", "Count received"), value: nil, formName: "count"))\
                    \(controls.happened("receive-happened", value: nil, required: true))
                    """) : HTML()
        return visit.page(
            Page(
                title,
                breadcrumb: [
                    (visit(EmergencyTexts.emergencies), "/emergencies"), (event.title, "/emergencies/\(event.id)"),
                    (title, nil),
                ], notice: outcome,
                """
                <p class="lead">\(visit("按纸上的编号和时间补录；同一编号重复补录不会重复计数。", "Enter by the number and the time on the paper; the same number twice counts once."))</p>\
                \(handOvers)\
                \(form("reached", visit("联络确认", "Reached"), """
                    \(controls.number("reached-number", visit("联络编号", "Number of the branch"), value: nil, formName: "number"))\
                    \(controls.happened("reached-happened", value: nil, required: true))
                    """))
                """))
    }
}
