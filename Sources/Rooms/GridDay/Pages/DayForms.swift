import Cases
import Desk
import Ground
import Identity
import Places
import Web

/// The forms of the page of a day. Each is one entry; the browser's script takes them over and keeps them without a
/// network.
struct DayForms {
    let day: GridDay
    let staff: StaffVisit

    private var visit: Visit { staff.visit }

    private func form(_ kind: DayEntry.Kind, _ hidden: [(String, String)], photos: Bool = false, _ content: HTML)
        -> HTML
    {
        """
        <form method="post" action="/day/entries" data-entry="\(kind.rawValue)"\(attribute: "enctype", photos ? "multipart/form-data" : nil)>\
        \(visit.formFields)<input type="hidden" name="kind" value="\(kind.rawValue)">\
        \(hidden.html { "<input type=\"hidden\" name=\"\($0.0)\" value=\"\($0.1)\">" })\(content)</form>
        """
    }

    private func photos(_ id: String) -> HTML {
        Field.file(
            "\(id)-photos", visit(DayTexts.photos), accept: "image/jpeg,image/png", multiple: true, formName: "photos")
    }

    private var whereIAm: HTML {
        """
        <p><button type="button" class="btn" data-day-locate hidden>\(symbol("map-pin"))<span>\(visit("附上现在的位置（可不附）", "Add where I am (if you like)"))</span></button> <span class="hint" data-day-located></span></p>
        """
    }

    // MARK: Report

    var report: HTML {
        let detail = Field.longText(
            "report-detail", visit("看到了什么、在哪里", "What did you see, and where"), required: true, maximum: 10_000,
            rows: 3,
            formName: "detail")
        let more: HTML = """
            <details class="act"><summary>\(visit("类别、地址（可不填）", "Category, address (if you like)"))</summary>\
            \(category("report-category", nil))\
            \(Field.text("report-address", visit("地址", "Address"), maximum: 300, formName: "address"))</details>
            """
        let content: HTML = "\(detail)\(photos("report"))\(whereIAm)\(more)\(Field.submit(visit(DayTexts.report)))"
        return """
            <details class="act" id="day-report"><summary>\(visit(DayTexts.report))</summary>\
            \(form(.report, [("latitude", ""), ("longitude", "")], photos: true, content))</details>
            """
    }

    func category(_ id: String, _ value: String?) -> HTML {
        let tree = day.cases.rules.categories
        let groups = tree.all.filter { $0.code.utf8.count == 4 }
        return """
            <div class="field"><label for="\(id)">\(visit("类别", "Category"))</label><select id="\(id)" name="category">\
            <option value="">\(visit("受理时再定", "Decided later"))</option>\
            \(groups.html { group in
                let leaves = tree.leaves.filter { $0.parentCode == group.code }
                return "<optgroup label=\"\(visit(group.title))\">\(leaves.html { "<option value=\"\($0.code)\"\(flag: "selected", $0.code == value)>\(visit($0.title))</option>" })</optgroup>"
            })</select></div>
            """
    }

    // MARK: Matters

    func card(_ matter: DayModel.Matter) -> HTML {
        let record = matter.record
        let state = day.cases.rules.workflow(of: record)[record.state]?.title
        let place = [day.places.name(of: record.area.code), record.address].compactMap { $0 }.joined(separator: " ")
        return """
            <details class="act" data-matter="\(record.id)"><summary>\(record.title.withoutLongNumbers) \(due(record))</summary>\
            <p class="hint">\(state.map { visit($0) } ?? "") · \(place.withoutLongNumbers) · \(record.number) · <a href="/cases/\(record.id)">\(visit("全部内容", "All of it"))</a></p>\
            \(matter.acts.html { act(record, $0) })\
            \(matter.acts.html { first in
                first.then.html { "<div data-then=\"\(first.name.rawValue)\" hidden>\(act(record, $0, after: first.name))</div>" }
            })\(help(record))</details>
            """
    }

    private func due(_ record: CaseRecord) -> HTML {
        guard let due = record.due else { return HTML() }
        let isLate = due.at < visit.now
        let minutes = abs((due.at - visit.now).milliseconds) / 60_000
        let length =
            minutes >= 1440
            ? visit("\(minutes / 1440)天", "\(minutes / 1440) d")
            : minutes >= 60
                ? visit("\(minutes / 60)小时", "\(minutes / 60) h") : visit("\(minutes)分", "\(minutes) min")
        return """
            <span class="tag \(isLate ? "danger" : "ok")" data-due="\(due.at.iso8601)" title="\(visit.instantText(due.at))"><span>\(isLate ? visit("超时 \(length)", "\(length) overdue") : visit("剩 \(length)", "\(length) left"))</span></span>
            """
    }

    /// An act that asks nothing is one button; others open.
    private func act(_ record: CaseRecord, _ act: Cases.SimpleAct, after: ActName? = nil) -> HTML {
        let id = "\(record.id)-\(after.map { $0.rawValue + "-" } ?? "")\(act.name.rawValue)"
        let hidden = [
            ("matter", record.id.text), ("seenVersion", "\(record.version)"), ("act", act.name.rawValue),
        ]
        guard !act.needs.isEmpty else { return form(.act, hidden, Field.submit(visit(act.title))) }
        var fields = HTML()
        if act.needs.contains(.reason) {
            fields += Field.choice(
                "\(id)-reason", visit("原因", "Reason"), act.reasons.map { Field.Choice($0.code, visit($0.title)) },
                required: true, none: visit("请选择", "Please choose"), formName: "reason")
        }
        if act.needs.contains(.result) {
            fields += Field.longText(
                "\(id)-result", visit("做了什么、结果怎样", "What was done, with what result"), required: true, maximum: 5_000,
                rows: 3, formName: "result")
            fields += photos(id)
        }
        if act.needs.contains(.opinion) {
            fields += Field.longText(
                "\(id)-opinion", visit("意见", "Opinion"), required: true, maximum: 2_000, rows: 2, formName: "opinion")
        }
        fields += Field.submit(visit(act.title))
        return """
            <details class="act"><summary>\(visit(act.title))</summary>\
            \(form(.act, hidden, photos: act.needs.contains(.result), fields))</details>
            """
    }

    // MARK: Patrol

    func check(_ due: PatrolStore.DueCheck) -> HTML {
        let id = due.check.id.text
        let place = [day.places.name(of: due.check.area.code), due.place].compactMap { $0 }.joined(separator: " ")
        let category = due.check.category.flatMap { day.cases.rules.categories[$0]?.title }
        let detail = Field.longText(
            "\(id)-detail", visit("发现了什么、在哪里", "What did you find, and where"), required: true, maximum: 10_000,
            rows: 3,
            hint: category.map { visit("默认类别：", "Category: ") + visit($0) }, formName: "detail")
        let content: HTML = "\(detail)\(photos(id))\(whereIAm)\(Field.submit(visit(DayTexts.report)))"
        return """
            <section class="panel" data-check="\(id)" aria-label="\(visit(due.title)) \(place)"><p><strong>\(visit(due.title))</strong> <span class="hint">\(place) · \(visit("应看", "due")) \(due.check.dueOn.description)</span><br>\(visit(due.look))</p>\
            \(form(.check, [("check", id)], Field.submit(visit(DayTexts.nothing))))\
            <details class="act"><summary>\(visit(DayTexts.found))</summary>\
            \(form(.check, [("check", id), ("latitude", ""), ("longitude", "")], photos: true, content))</details></section>
            """
    }

    // MARK: Help and refusal

    func help(_ record: CaseRecord?) -> HTML {
        let id = record?.id.text ?? "any"
        let hidden = record.map { [("matter", $0.id.text), ("seenVersion", "\($0.version)")] } ?? []
        let words = Field.longText(
            "\(id)-help", visit("需要什么支援", "What help is needed"), required: true, maximum: 500, rows: 2,
            hint: visit(
                "发给最近的负责人；需要部门到场的，由街道吹哨",
                "Goes to the nearest head; if departments must come, the street whistles for them"),
            formName: "opinion")
        return """
            <details class="act"><summary>\(visit(DayTexts.help))</summary>\
            \(form(.help, hidden, "\(words)\(Field.submit(visit(DayTexts.help)))"))</details>
            """
    }

    func refusal(_ senders: [BodyFacts]) -> HTML {
        let detail = Field.longText(
            "refuse-detail", visit("要求做什么", "What was demanded"), required: true, maximum: 5_000, rows: 3,
            formName: "detail")
        let content: HTML = """
            <p class="hint">\(visit("交街道核对清单并问派出单位；这是关于任务的记录，不记在任何人名下，不影响您的考核。", "The street checks the list and asks the sender. It is about the task; it counts against nobody."))</p>\
            \(detail)<fieldset><legend>\(visit("哪个单位派的", "Which body sent it"))</legend>\
            \(senders.html { "<label class=\"choice\"><input type=\"radio\" name=\"body\" value=\"\($0.id)\" required> \($0.name)</label>" })</fieldset>\
            \(Field.submit(visit("交街道", "Hand it to the street")))
            """
        return """
            <details class="act" id="day-refuse"><summary>\(visit(DayTexts.refuse))</summary>\(form(.refuse, [], content))</details>
            """
    }
}
