import Desk
import Ground
import Web

/// The right side of a matter's page: each step with who, in which post, when, and what was said.
struct Timeline {
    let cases: Cases
    let model: CasePage.Model
    let visit: Visit

    var html: HTML { "<ol class=\"timeline\">\(model.steps.html(item))</ol>" }

    private func item(_ step: CaseStep) -> HTML {
        let files = model.files.filter { $0.version == step.version && step.version > 1 }
        let to = step.from == step.to ? nil : cases.rules.stateTitle(step.to, visit)
        return """
            <li><p><strong>\(cases.stepTitle(step, visit))</strong>\(to.map { " <span class=\"hint\">→ \($0)</span>" } ?? HTML())</p>\
            <p class="who">\(who(step)) <time class="when" datetime="\(step.at.iso8601)">\(visit.instantText(step.at))</time></p>\
            \(step.givenTo.map { "<p>\(visit("派给：", "To: "))\(model.names.body($0).map { visit($0) } ?? "—")</p>" } ?? HTML())\
            \(reason(step).map { "<p>\(visit(CaseTexts.reason))\(visit("：", ": "))\($0)</p>" } ?? HTML())\
            \(step.opinion.map { "<p>\(CaseFacts.lines($0))</p>" } ?? HTML())\
            \(CaseFacts.photos(files, of: model.record.id, visit))\
            \(step.due.map { due in
                "<p class=\"hint\">\(visit(CaseTexts.due)) \(DueTag(rules: cases.rules, visit: visit).time(due))</p>"
            } ?? HTML())</li>
            """
    }

    private func who(_ step: CaseStep) -> HTML {
        switch step.performer {
        case .resident: return HTML(text: visit("反映人", "The reporter"))
        case .system: return HTML(text: visit("系统自动", "The platform"))
        case .staff, .machine:
            let parts = [
                model.names.staff(step.staff), model.names.post(step.post).map { visit($0) },
                model.names.body(step.staffBody).map { visit($0) },
            ]
            return HTML(text: parts.compactMap { $0 }.joined(separator: " · "))
        }
    }

    private func reason(_ step: CaseStep) -> String? {
        guard let code = step.reason else { return nil }
        // What was undone stands in the title.
        if step.act == CaseStep.undo { return nil }
        // An act without a list of its own has a reason only where it gave somebody more than a fair share.
        let list = cases.rules.act(step.act)?.reasons ?? WorkShare.reasons
        guard let reason = cases.rules.reason(code, in: list) else { return code }
        return visit(reason.title)
    }
}

extension Cases {
    /// The title of a step's act; the report and what an import brought are no acts of the workflow.
    func stepTitle(_ step: CaseStep, _ visit: Visit) -> String {
        if step.act == CaseStep.report { return visit(CaseTexts.reported) }
        if step.act == CaseStep.undo {
            let undone = step.reason.flatMap { rules.act(ActName(rawValue: $0))?.title }
            return undone.map { visit("撤销“\($0.chinese)”", "Undone: \($0.english)") } ?? visit("撤销", "Undone")
        }
        if step.act == "import" { return visit("导入", "Imported") }
        if let title = CaseStep.platformTitles[step.act] { return visit(title) }
        return rules.act(step.act).map { visit($0.title) } ?? step.act.rawValue
    }
}
