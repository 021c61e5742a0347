import Desk
import Ground
import Identity
import Web

/// What this post may do with a matter now: one form for each act, with exactly the fields that the act needs. Acts of
/// others do not show; one that a rule forbids shows with the reason.
struct ActForms {
    let cases: Cases
    let model: CasePage.Model
    let staff: StaffVisit
    let refused: CasePage.Refused?

    private var visit: Visit { staff.visit }
    private var record: CaseRecord { model.record }

    /// Under which name the browser keeps what is being typed.
    static func draft(_ id: String, _ act: String) -> String { "case-\(id)-\(act)" }

    var html: HTML {
        let isOffered = model.acts.contains { $0.refusal == nil && $0.act.name.rawValue == refused?.fields["act"] }
        let lost: HTML = if let refused, !isOffered { typedText(refused) } else { HTML() }
        guard !model.acts.isEmpty else {
            return "\(lost)<p class=\"hint noprint\">\(visit("此环节不由您的岗位办理。", "This step is not your post's."))</p>"
        }
        return """
            <section class="noprint" aria-label="\(visit("办理", "Act"))"><h2>\(visit("办理", "Act"))</h2>\(lost)\
            \(ordered.html { act, refusal in refusal.map { blocked(act, $0) } ?? form(act) })</section>
            """
    }

    /// The act is no longer possible: what was written for it is given back to copy.
    private func typedText(_ refused: CasePage.Refused) -> HTML {
        let text = ["result", "opinion"].compactMap { refused.fields.filled($0) }.joined(separator: "\n")
        guard !text.isEmpty else { return HTML() }
        return """
            <div class="panel">\(Field.longText("typed", visit("您刚才填写的内容（可复制）", "What you wrote (to copy)"), value: text))</div>
            """
    }

    private func blocked(_ act: Workflow.Act, _ refusal: Refusal) -> HTML {
        """
        <div class="act"><p><button type="button" class="btn" disabled aria-describedby="\(act.name.rawValue)-why">\(visit(act.title))</button> \
        <span class="hint" id="\(act.name.rawValue)-why">\(visit(refusal.message))\(refusal.wayOn.map { visit("；", "; ") + visit($0) } ?? "")</span></p></div>
        """
    }

    private func form(_ act: Workflow.Act) -> HTML {
        let name = act.name.rawValue
        let isRefused = refused?.fields["act"] == name
        return """
            <details class="act"\(flag: "open", isRefused || (refused == nil && name == firstOffered))><summary>\(visit(act.title))</summary>\
            <form method="post" action="/cases/\(record.id)/acts" enctype="multipart/form-data" data-draft="\(Self.draft(record.id.text, name))">\
            \(visit.formFields)<input type="hidden" name="_version" value="\(record.version)"><input type="hidden" name="act" value="\(name)">\
            \(act.needs.filter { $0 != .opinion }.html { field($0, act, isRefused) })\
            \(ground(act, isRefused))\(share(act, isRefused))\(opinion(act, isRefused))\(takesPhotos(act) ? photos(act, isRefused) : HTML())\
            \(Field.submit(visit(act.title), tone: act.to == nil ? "ghost" : "p"))</form></details>
            """
    }

    /// What is mostly wanted: the first act that moves the matter on and needs no excuse.
    private var firstOffered: String? {
        let moving = model.acts.filter { $0.refusal == nil && $0.act.to != nil }
        return (moving.first { $0.act.reasons == nil } ?? moving.first)?.act.name.rawValue
    }

    private var ordered: [(act: Workflow.Act, refusal: Refusal?)] {
        let first = firstOffered
        return model.acts.filter { $0.act.name.rawValue == first } + model.acts.filter { $0.act.name.rawValue != first }
    }

    private func takesPhotos(_ act: Workflow.Act) -> Bool {
        act.needs.contains(.result) || act.needs.contains(.opinion)
    }

    // MARK: Fields

    /// Only where staff above may be sending work of their own.
    private func ground(_ act: Workflow.Act, _ isRefused: Bool) -> HTML {
        guard !model.isResidents, staff.scope.area.level < .grid,
            act.needs.contains(.body) || act.needs.contains(.bodies) || act.effect == .supervises
        else { return HTML() }
        return CaseControls.ground(
            visit, id: id("ground", act), value: value("ground", isRefused), error: error("ground", isRefused))
    }

    /// What colleagues have open, and why one more all the same.
    private func share(_ act: Workflow.Act, _ isRefused: Bool) -> HTML {
        let panel = WorkSharePanel(cases: cases, visit: visit)
        let why = panel.reason(id("reason", act), value: value("reason", isRefused), error: error("reason", isRefused))
        if let board = model.taking, cases.workShare.applies(to: act) {
            return
                "\(panel.line(board))\(board.finding.map { "\(panel.warning($0, of: board))\(why(true))" } ?? HTML())"
        }
        let isAnyBeyond = model.answering.values.contains { $0.finding != nil }
        guard act.effect == .offersAnswer, isAnyBeyond else { return HTML() }
        return why(false)
    }

    /// Several forms stand on one page, so each control has an id of its own.
    private func id(_ field: String, _ act: Workflow.Act) -> String { "\(act.name.rawValue)-\(field)" }

    private func value(_ field: String, _ isRefused: Bool) -> String? { isRefused ? refused?.fields[field] : nil }

    private func error(_ field: String, _ isRefused: Bool) -> String? {
        guard isRefused, let refusal = refused?.refusal, refusal.field == field else { return nil }
        return visit(refusal.message)
    }

    private func field(_ need: Workflow.Need, _ act: Workflow.Act, _ isRefused: Bool) -> HTML {
        let name = need.rawValue
        let id = id(name, act)
        let typed = value(name, isRefused)
        let error = error(name, isRefused)
        switch need {
        case .category:
            return CaseControls.grouped(
                id, visit(CaseTexts.category), CaseControls.leaves(cases.rules.categories, visit.language),
                value: typed ?? record.category ?? hints.category, none: visit(CaseTexts.choose), required: true,
                hint: hints.categoryHint, error: error, formName: name)
        case .area:
            return CaseControls.grouped(
                id, visit(CaseTexts.area), areas, value: typed ?? hints.area(among: areas) ?? record.area.code,
                required: true, hint: hints.areaHint, error: error, formName: name)
        case .body:
            return CaseControls.grouped(
                id, visit(CaseTexts.body), CaseControls.bodies(model.bodies, names: cases.areas, visit),
                value: typed ?? hints.body, none: visit(CaseTexts.choose), required: true, hint: hints.bodyHint,
                error: error, formName: name)
        case .reason:
            let reasons = act.reasons.flatMap { cases.rules.reasons[$0] } ?? []
            return Field.choice(
                id, visit(CaseTexts.reason), reasons.map { Field.Choice($0.code, visit($0.title)) }, value: typed,
                required: true, none: visit(CaseTexts.choose), error: error, formName: name)
        case .result:
            return Field.longText(
                id, visit(CaseTexts.result), value: typed, required: true, maximum: 5_000,
                hint: visit("核查通过后告知反映人", "The reporter is told when it has been verified"), error: error,
                opinions: phrases(act), formName: name)
        case .workdays:
            return Field.text(
                id, visit(CaseTexts.workdays), value: typed, type: "number", required: true, error: error,
                inputMode: "numeric", formName: name)
        case .bodies: return bodies(id, act, isRefused, error)
        case .variant:
            let variants = act.opens.flatMap { cases.rules.workflow(named: $0)?.variants } ?? []
            return Field.choice(
                id, visit("类型", "Kind"), variants.map { Field.Choice($0.code, visit($0.title)) }, value: typed,
                required: true, none: visit(CaseTexts.choose), error: error, formName: name)
        case .matter:
            return Field.text(
                id, visit("并入哪一件（编号）", "Which matter (its number)"), value: typed, required: true, maximum: 16,
                hint: visit("右侧“可能是同一件”中可直接并入", "Or join it from “possibly the same matter” below"), error: error,
                inputMode: "numeric", formName: name)
        case .post:
            return Field.choice(
                id, visit("移交给", "To whom"),
                model.posts.map {
                    Field.Choice($0.post.id.text, "\($0.staffName) · \(visit($0.post.title))\(answeredFor($0))")
                },
                value: typed, required: true, none: visit(CaseTexts.choose),
                hint: visit("对方接收前，责任仍在您", "Until they take it, you answer for it"), error: error, formName: name)
        case .rating: return act.party == .reporter ? HTML() : rating(id, isRefused, error)
        case .opinion: return HTML()
        }
    }

    /// Only of the viewer's own body.
    private func answeredFor(_ holder: PostHolder) -> String {
        guard let board = model.answering[holder.post.id],
            let person = board.people.first(where: { $0.staff == holder.staff })
        else { return "" }
        let much = board.finding == nil ? "" : visit("，已明显偏多", ", much more than colleagues")
        return visit(" · 首接未结 \(person.open) 件", " · answers for \(person.open)") + much
    }

    /// One part for each body that is ticked.
    private func bodies(_ id: String, _ act: Workflow.Act, _ isRefused: Bool, _ error: String?) -> HTML {
        let ticked = Set(isRefused ? refused?.fields.all("bodies") ?? [] : [])
        let groups = CaseControls.bodies(
            model.bodies.filter { $0.id != record.body }, names: cases.areas, visit)
        return """
            <fieldset class="field\(error == nil ? "" : " wrong")"><legend>\(visit("单位（可多选）", "Bodies (one or more)"))</legend>\
            \(groups.enumerated().html { index, group in
                "<details\(flag: "open", index == 0)><summary>\(named(group.title ?? ""))</summary>\(group.choices.html { "<label class=\"choice data\"><input type=\"checkbox\" name=\"bodies\" value=\"\($0.value)\"\(flag: "checked", ticked.contains($0.value))> \($0.text)</label>" })</details>"
            })\(error.map { "<p class=\"error\">\($0)</p>" } ?? HTML())</fieldset>
            """
    }

    /// Names of places have no other language: readers aloud are told which it is.
    private func named(_ text: String) -> HTML {
        let isChinese = text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
        return isChinese ? "<span lang=\"zh-Hans\">\(text)</span>" : HTML(text: text)
    }

    private func rating(_ id: String, _ isRefused: Bool, _ error: String?) -> HTML {
        """
        \(Field.choice(id + "-solved", visit("是否到位、解决", "Was it done"), [Field.Choice("yes", visit("是", "Yes")), Field.Choice("no", visit("否", "No"))], value: value("isSolved", isRefused), required: true, none: visit(CaseTexts.choose), error: error, formName: "isSolved"))\
        \(Field.choice(id + "-satisfaction", visit("评价", "Rating"), (1...5).reversed().map { Field.Choice("\($0)", visit(CaseTexts.satisfaction($0))) }, value: value("satisfaction", isRefused), required: true, none: visit(CaseTexts.choose), formName: "satisfaction"))
        """
    }

    /// Every act may be given words; where a result is asked for, the result is those words.
    private func opinion(_ act: Workflow.Act, _ isRefused: Bool) -> HTML {
        let isNeeded = act.needs.contains(.opinion)
        guard isNeeded || !act.needs.contains(.result) else { return HTML() }
        return Field.longText(
            id("opinion", act), isNeeded ? visit(CaseTexts.opinion) : visit("意见（可不填）", "Opinion (optional)"),
            value: value("opinion", isRefused), required: isNeeded, maximum: 2_000, rows: 3,
            error: error("opinion", isRefused), opinions: phrases(act), formName: "opinion")
    }

    private func photos(_ act: Workflow.Act, _ isRefused: Bool) -> HTML {
        Field.file(
            id("photos", act), visit(CaseTexts.photos), accept: "image/jpeg,image/png", multiple: true,
            hint: visit(CaseTexts.photoHint), error: error("photos", isRefused), formName: "photos")
    }

    private func phrases(_ act: Workflow.Act) -> [String] { (cases.rules.opinions[act.name] ?? []).map { visit($0) } }

    /// Within the post's own area; the matter's present one always stands among them.
    private var areas: [CaseControls.Group] {
        let groups = CaseControls.areas(cases.areas, within: staff.scope.area)
        guard !groups.flatMap(\.choices).contains(where: { $0.value == record.area.code }) else { return groups }
        let present = Field.Choice(record.area.code, CaseNames.path(record.area, cases))
        return [CaseControls.Group(title: nil, choices: [present])] + groups
    }

    private var hints: SuggestionHints {
        SuggestionHints(cases: cases, suggestion: model.suggestion, record: record, bodies: model.bodies, visit: visit)
    }

    // MARK: What a form asks for

    static func command(_ fields: QueryParameters) throws(Refusal) -> Command {
        guard let act = fields.filled("act") else {
            throw .missing("act", LocalizedText("没有说明要办理什么", "It does not say what to do"))
        }
        var command = Command(ActName(rawValue: act))
        command.opinion = fields.filled("opinion")
        command.reason = fields.filled("reason")
        command.category = fields.filled("category")
        command.result = fields.filled("result")
        if let body = fields.filled("body") {
            guard let id = BodyID(parsing: body) else {
                throw .missing("body", LocalizedText("请选择承办单位", "Choose who is to handle it"))
            }
            command.body = id
        }
        command.bodies = try fields.all("bodies").map { text throws(Refusal) in
            guard let id = BodyID(parsing: text) else {
                throw .missing("bodies", LocalizedText("请选择单位", "Choose the bodies"))
            }
            return id
        }
        command.variant = fields.filled("variant")
        command.ground = fields.filled("ground")
        command.matterNumber = fields.filled("matter")
        command.post = fields.filled("post").flatMap { PostID(parsing: $0) }
        command.isSolved = fields.filled("isSolved").map { $0 == "yes" }
        command.satisfaction = fields.filled("satisfaction").flatMap { Int($0) }
        if let area = fields.filled("area") { command.area = try parsedArea(area) }
        if let days = fields.filled("workdays") {
            guard let number = Int(days) else {
                throw .missing("workdays", LocalizedText("工作日须为整数", "Working days are a whole number"))
            }
            command.workdays = number
        }
        return command
    }
}
