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
            \(act.needs.filter { $0 != .opinion && $0 != .rating }.html { field($0, act, isRefused) })\
            \(opinion(act, isRefused))\(takesPhotos(act) ? photos(act, isRefused) : HTML())\
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
                value: typed ?? record.category, none: visit(CaseTexts.choose), required: true, error: error,
                formName: name)
        case .area:
            return CaseControls.grouped(
                id, visit(CaseTexts.area), areas, value: typed ?? record.area.code, required: true, error: error,
                formName: name)
        case .body:
            return CaseControls.grouped(
                id, visit(CaseTexts.body), CaseControls.bodies(model.bodies, names: cases.areas, visit),
                value: typed ?? suggestedBody?.text, none: visit(CaseTexts.choose), required: true,
                hint: suggestedBody == nil
                    ? nil : visit("已按类别预选，可以更改", "Chosen by the category; change it if you know better"),
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
        case .opinion, .rating: return HTML()
        }
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

    private var suggestedBody: BodyID? {
        guard let line = record.category.flatMap({ cases.rules.categories[$0]?.line }) else { return nil }
        return model.bodies.first { $0.line == line && $0.area.contains(record.area) }?.id
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
