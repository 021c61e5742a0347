import Desk
import Ground
import Web

/// The forms of everything that can be done with an event.
extension EventView {
    func typed(_ act: String, _ name: String, slip: Int64? = nil) -> String? {
        guard let refused, refused.act == act else { return nil }
        if let slip, refused.fields["slip"] != String(slip) { return nil }
        return refused.fields[name]
    }

    private func error(_ act: String, _ name: String) -> String? {
        refused?.act == act && refused?.refusal.field == name ? refused.map { visit($0.refusal.message) } : nil
    }

    private func form(_ act: String, _ title: String, _ button: String, _ fields: HTML, tone: StaticString = "p")
        -> HTML
    {
        """
        <details class="act"\(flag: "open", refused?.act == act)><summary>\(title)</summary>\
        <form method="post" action="/emergencies/\(event.id)/\(act)" data-draft="emergency-\(act)">\(visit.formFields)\(fields)\
        <p>\(Field.submit(button, tone: tone))</p></form></details>
        """
    }

    var acts: HTML {
        guard event.isRunning else { return HTML() }
        var html = HTML()
        if handsOver, !state.sites.isEmpty {
            let sites = state.sites.map { Field.Choice($0.id.text, $0.name) }
            if !state.lots.isEmpty {
                html += form(
                    "send", visit("交出人员或物资", "Hand people or goods over"), visit("交出", "Send"),
                    """
                    \(Field.choice("send-lot", visit("名目", "What"), state.lots.map { Field.Choice($0.id.text, $0.label) }, value: typed("send", "lot"), required: true, formName: "lot"))\
                    \(Field.choice("send-from", visit(EmergencyTexts.from), sites, value: typed("send", "from"), required: true, none: visit(EmergencyTexts.choose), error: error("send", "from"), formName: "from"))\
                    \(Field.choice("send-to", visit(EmergencyTexts.to), sites, value: typed("send", "to"), required: true, none: visit(EmergencyTexts.choose), error: error("send", "to"), formName: "to"))\
                    \(controls.number("send-count", visit(EmergencyTexts.count), value: typed("send", "count"), formName: "count", error: error("send", "count")))\
                    \(controls.happened("send-happened", value: typed("send", "happenedAt")))
                    """)
            }
            html += form(
                "lot", visit("清点登记", "Count people or goods in"), visit("登记", "Count in"),
                """
                \(Field.choice("lot-kind", visit("类别", "Kind"), LotRecord.Kind.allCases.map { Field.Choice($0.rawValue, visit(EmergencyTexts.title($0))) }, value: typed("lot", "kind"), required: true, formName: "kind"))\
                \(Field.text("lot-label", visit("名目", "What"), value: typed("lot", "label"), required: true, maximum: 60, hint: visit("如“河边 3 幢住户”，不写姓名", "Such as “building 3 by the river”; no names"), error: error("lot", "label"), formName: "label"))\
                \(controls.number("lot-count", visit(EmergencyTexts.count), value: typed("lot", "count"), formName: "count", error: error("lot", "count")))\
                \(Field.text("lot-unit", visit("单位", "Unit"), value: typed("lot", "unit") ?? visit("人", "persons"), required: true, maximum: 8, error: error("lot", "unit"), formName: "unit"))\
                \(Field.choice("lot-site", visit("点位", "Site"), sites, value: typed("lot", "site"), required: true, none: visit(EmergencyTexts.choose), error: error("lot", "site"), formName: "site"))
                """)
        }
        if handsOver {
            html += form(
                "alarm", visit("现场报警", "Raise an alarm"), visit("报警", "Raise"),
                """
                \(Field.text("alarm-text", visit("出了什么事", "What is wrong"), value: typed("alarm", "text"), required: true, maximum: Emergencies.longestAlarm, hint: visit("不写姓名和电话", "No names, no numbers"), error: error("alarm", "text"), formName: "text"))\
                \(Field.choice("alarm-site", visit("点位", "Site"), state.sites.map { Field.Choice($0.id.text, $0.name) }, value: typed("alarm", "site"), none: visit("不在点位上", "At none of them"), formName: "site"))
                """, tone: "danger")
        }
        guard commands else { return html }
        html += form(
            "site", visit("设点位", "Open a site"), visit("设立", "Open"),
            """
            \(Field.text("site-name", visit("名称", "Name"), value: typed("site", "name"), required: true, maximum: 40, error: error("site", "name"), formName: "name"))\
            \(controls.areas("site-area", within: event.area.level > .street ? staff.scope.area : event.area, value: typed("site", "area"), error: error("site", "area")))
            """)
        html += form(
            "report", visit("报告情况", "Report"), visit("报告", "Report"),
            Field.longText(
                "report-note", visit("现在情况", "How things stand"), value: typed("report", "note"), required: true,
                maximum: 500, hint: visit("不写个人信息", "Nobody's data"), error: error("report", "note"), formName: "note"))
        html += form(
            "level", visit("调整级别", "Raise or lower"), visit("调整", "Change"),
            controls.levels("change-level", value: typed("level", "level"), error: error("level", "level")))
        html += form(
            "end", visit("结束应急响应", "End it"), visit("结束", "End"),
            "<p>\(visit("所有交接了结、矛盾核定后才能结束。", "It ends after all hand-overs are closed and conflicts decided."))</p>",
            tone: "danger")
        return html
    }
}
