import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/scene` 现场: what somebody at a site can do, on a phone and without a network: confirm a call, acknowledge what
/// arrives, give back, send on, count in, raise an alarm. Each form is one report of the interface; without scripts it is
/// one of the page of the event.
struct ScenePage: Sendable {
    let emergencies: Emergencies

    static let path = "/scene"
    private static let offline = OfflinePage(
        path, title: LocalizedText("应急现场", "on the spot"), shortTitle: EmergencyTexts.scene, script: "scene.js")

    /// As many as a thumb scrolls through.
    private static let mostEvents = 5
    private static let mostHandOvers = 40

    func add(to routes: Routes) {
        Self.offline.add(to: routes)
        routes.page(Self.path, right: .handOver) { try await show($0) }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let emergencies = emergencies
        let states = try await emergencies.house.database.read { transaction in
            try EventStore.page(for: staff.scope, after: nil, limit: 50, in: transaction)
                .filter(\.isRunning).prefix(Self.mostEvents)
                .map { try EventState.load($0.id, for: staff.scope, emergencies, in: transaction) }
        }
        let nothing: HTML = """
            <p class="hint">\(visit("本辖区现在没有应急事件。", "There is no emergency in your area now."))</p>
            """
        let fresh = states.isEmpty ? nothing : states.html { event($0, staff) }
        let done = visit.query["done"] == nil ? nil : Page.Notice(.ok, visit("已收到。", "Received."))
        return visit.page(
            Page(
                visit(EmergencyTexts.scene), notice: done, scripts: Self.offline.scripts,
                Self.offline.frame(owner: staff.scope.staff.text, id: "scene", visit, fresh)))
    }

    private func event(_ state: EventState, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let forms = SceneForms(emergencies: emergencies, state: state, staff: staff)
        return """
            <section data-event="\(state.event.id)"\(attribute: "data-slips", forms.ownSites.isEmpty ? nil : state.event.id.text)>\
            <h2>\(state.event.title)\(state.event.isExercise ? " · " + visit(EmergencyTexts.exercise) : "")</h2>\
            \(forms.call)\(forms.arriving(atMost: Self.mostHandOvers))\(forms.otherNumber)\(forms.sending)\
            \(forms.counting)\(forms.alarm)\
            <p><a class="btn ghost" href="/emergencies/\(state.event.id)">\(visit("全部情况", "All of it"))</a></p></section>
            """
    }
}

/// The forms of one event on the phone.
private struct SceneForms {
    let emergencies: Emergencies
    let state: EventState
    let staff: StaffVisit

    private var visit: Visit { staff.visit }
    private var event: EventRecord { state.event }
    private var id: EventID { event.id }

    /// The sites in the area of the viewer's post, where they may count and hand over.
    var ownSites: [SiteRecord] {
        let commands = staff.scope.may(.command) && staff.scope.area.contains(event.area)
        return state.sites.filter { commands || staff.scope.area.contains($0.area) }
    }

    /// - Parameters:
    ///   - act: of the page of the event, where it goes without scripts.
    ///   - report: the interface's address below the event, where the outbox sends it.
    ///   - constants: what the report holds besides the fields.
    private func form(
        _ act: String, _ report: String, _ constants: String = "{}", what: String, hidden: [(String, String)] = [],
        _ content: HTML
    ) -> HTML {
        """
        <form method="post" action="/emergencies/\(id)/\(act)" data-send="/api/v1/emergencies/\(id)/\(report)" data-add="\(constants)" data-what="\(what)">\
        \(visit.formFields)<input type="hidden" name="scene" value="yes" data-page-only>\
        \(hidden.html { "<input type=\"hidden\" name=\"\($0.0)\" value=\"\($0.1)\"\(flag: "data-number", $0.0 == "slip")\(flag: "data-page-only", $0.0 == "number")>" })\
        \(content)</form>
        """
    }

    private func box(_ title: String, _ content: HTML) -> HTML {
        "<details class=\"act\"><summary>\(title)</summary>\(content)</details>"
    }

    private func number(_ field: String, _ name: String, _ label: String, value: String? = nil) -> HTML {
        """
        <div class="field"><label for="\(field)-\(id)">\(label)</label>\
        <input id="\(field)-\(id)" name="\(name)" inputmode="numeric" pattern="[0-9]{1,9}" maxlength="9" required data-number\(attribute: "value", value)></div>
        """
    }

    private func choice(
        _ field: String, _ name: String, _ label: String, _ choices: [(String, String)], isRequired: Bool = true
    ) -> HTML {
        Field.choice(
            "\(field)-\(id)", label, choices.map { Field.Choice($0.0, $0.1) }, required: isRequired,
            none: choices.count == 1 && isRequired ? nil : visit(EmergencyTexts.choose), formName: name)
    }

    /// Called, and not confirmed yet.
    var call: HTML {
        state.contacts.filter { contact in
            (contact.state == .waiting || contact.state == .unreached)
                && contact.candidates.prefix(contact.turn + 1).contains { $0.staff == staff.scope.staff }
        }.html { contact in
            form(
                "reached", "contacts/\(contact.number)", what: visit("到位确认", "I am there"),
                hidden: [("number", String(contact.number))],
                Field.submit(
                    visit(
                        "我已到位（\(emergencies.areaName(contact.area))）",
                        "I am there (\(emergencies.areaName(contact.area)))")))
        }
    }

    /// On its way to a site of one's own, or from there.
    func arriving(atMost limit: Int) -> HTML {
        let own = Set(ownSites.map(\.id))
        let open = state.handOvers.filter { !$0.state.isEnd && $0.outstanding > 0 }
        let toHere = open.filter { own.contains($0.to) && $0.giverStaff != staff.scope.staff }.prefix(limit)
        let fromHere = open.filter { own.contains($0.from) }.prefix(limit)
        let none: HTML = "<p class=\"hint\">\(visit("没有等您签收的。", "Nothing waits to be acknowledged."))</p>"
        return """
            <h3>\(visit("待签收", "To acknowledge")) <span class="badge">\(toHere.count)</span></h3>\
            \(toHere.isEmpty ? none : HTML())\
            \(toHere.html { one in
                box(
                    label(one),
                    form(
                        "receive", "hand-overs", #"{"kind":"receive"}"#, what: visit("签收", "Acknowledged"),
                        hidden: [("slip", String(one.slip))],
                        """
                        \(number("receive-\(one.slip)", "count", visit("实收数量", "How many arrived"), value: String(one.outstanding)))\
                        \(Field.submit(visit("签收", "Acknowledge")))
                        """))
            })\
            \(fromHere.html { one in
                box(
                    visit("退回：", "Back here: ") + label(one),
                    form(
                        "give-back", "hand-overs", #"{"kind":"giveBack"}"#, what: visit("退回", "Given back"),
                        hidden: [("slip", String(one.slip))],
                        """
                        \(number("back-\(one.slip)", "count", visit("退回数量", "How many are back"), value: String(one.outstanding)))\
                        \(Field.submit(visit("退回", "Give back"), tone: ""))
                        """))
            })
            """
    }

    private func label(_ one: HandOver) -> String {
        let lot = state.lot(one.lot)
        return visit("第 \(one.slip) 号 ", "Number \(one.slip): ")
            + "\(lot?.label ?? "") \(one.outstanding) \(lot?.unit ?? "") · \(state.siteName(one.from)) → \(state.siteName(one.to))"
    }

    /// The sender had no network either: the number was said, or stands on paper.
    var otherNumber: HTML {
        guard !ownSites.isEmpty else { return HTML() }
        return box(
            visit("签收别的编号（对方没有网络时）", "Acknowledge another number (the sender had no network)"),
            form(
                "receive", "hand-overs", #"{"kind":"receive"}"#, what: visit("签收", "Acknowledged"),
                """
                \(number("other", "slip", visit("交接编号", "Number")))\(number("other-count", "count", visit("实收数量", "How many arrived")))\
                \(Field.submit(visit("签收", "Acknowledge")))
                """))
    }

    var sending: HTML {
        let own = ownSites
        guard !own.isEmpty, !state.lots.isEmpty, state.sites.count > 1 else { return HTML() }
        return box(
            visit("交出人员或物资", "Hand people or goods over"),
            form(
                "send", "hand-overs", #"{"kind":"send"}"#, what: visit("交出", "Sent"),
                """
                \(choice("send-lot", "lot", visit("名目", "What"), state.lots.map { ($0.id.text, $0.label) }))\
                \(choice("send-from", "from", visit(EmergencyTexts.from), own.map { ($0.id.text, $0.name) }))\
                \(choice("send-to", "to", visit(EmergencyTexts.to), state.sites.map { ($0.id.text, $0.name) }))\
                \(number("send", "count", visit(EmergencyTexts.count)))\
                \(Field.submit(visit("交出", "Send")))
                """))
    }

    var counting: HTML {
        let own = ownSites
        guard !own.isEmpty else { return HTML() }
        return box(
            visit("清点登记", "Count people or goods in"),
            form(
                "lot", "lots", what: visit("清点", "Counted in"),
                """
                \(choice("lot-kind", "kind", visit("类别", "Kind"), LotRecord.Kind.allCases.map { ($0.rawValue, visit(EmergencyTexts.title($0))) }))\
                \(Field.text("lot-label-\(id)", visit("名目", "What"), required: true, maximum: 60, hint: visit("如“河边 3 幢住户”，不写姓名", "Such as “building 3 by the river”; no names"), formName: "label"))\
                \(number("lot", "count", visit(EmergencyTexts.count)))\
                \(Field.text("lot-unit-\(id)", visit("单位", "Unit"), value: visit("人", "persons"), required: true, maximum: 8, formName: "unit"))\
                \(choice("lot-site", "site", visit("点位", "Site"), own.map { ($0.id.text, $0.name) }))\
                \(Field.submit(visit("登记", "Count in")))
                """))
    }

    var alarm: HTML {
        box(
            visit("现场报警", "Raise an alarm"),
            form(
                "alarm", "alarms", what: visit("报警", "Alarm"),
                """
                \(Field.longText("alarm-\(id)", visit("出了什么事", "What is wrong"), required: true, maximum: Emergencies.longestAlarm, rows: 2, hint: visit("不写姓名和电话；有人受伤先打 120、119", "No names, no numbers; somebody hurt: call 120 or 119 first"), formName: "text"))\
                \(state.sites.isEmpty ? HTML() : choice("alarm-site", "site", visit("点位", "Site"), state.sites.map { ($0.id.text, $0.name) }, isRequired: false))\
                \(Field.submit(visit("报警", "Raise"), tone: "danger"))
                """))
    }
}
