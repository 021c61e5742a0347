import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// One act on several matters of the queue, and what came of each.
struct BulkPage: Sendable {
    let cases: Cases

    /// What can be done to many at once: nothing that wants a look at each.
    private static let acts: [ActName] = ["dispatch", "urge", "supervise"]

    private struct Line: Sendable {
        var id: CaseID
        var record: CaseRecord?
        var refusal: Refusal?
    }

    func add(to routes: Routes) {
        routes.form("/cases/bulk", right: .caseRead) { try await act($0, $1) }
        BulkSheets(cases: cases).add(to: routes)
    }

    private func offered(_ scope: Scope) -> [Workflow.Act] {
        Self.acts.compactMap { cases.rules.workflow[$0] }.filter { $0.right.map(scope.may) ?? false }
    }

    /// The bar below the list, inside the form whose boxes choose.
    func bar(_ staff: StaffVisit, _ bodies: [BodyFacts], _ reach: BulkSelection.Reach) -> HTML {
        let visit = staff.visit
        let acts = offered(staff.scope)
        let title = acts.isEmpty ? visit("打印、导出所选", "Print or export several") : visit("批量办理", "Act on several")
        return """
            <input type="hidden" name="back" value="\(visit.query.setting("done", nil).text)"><div class="bar bulk"><details><summary>\(title)\(visit("：", ": "))<span data-selected>\(visit("先在列表中勾选", "tick them in the list"))</span></summary>\
            \(BulkSelection(cases: cases).box(reach, visit))<div class="bar">\(acts.isEmpty ? HTML() : actFields(acts, bodies, visit))\(BulkSheets.buttons(staff))</div></details></div>
            """
    }

    private func actFields(_ acts: [Workflow.Act], _ bodies: [BodyFacts], _ visit: Visit) -> HTML {
        let body: HTML = """
            <label class="hide" for="bulk-body">\(visit(CaseTexts.body))</label><select id="bulk-body" name="bulk-body">\
            <option value="">\(visit("派给哪个单位", "Dispatch to"))</option>\(options(bodies, visit))</select>
            """
        return """
            \(acts.contains { $0.needs.contains(.body) } ? body : HTML())\
            <label class="hide" for="bulk-opinion">\(visit(CaseTexts.opinion))</label>\
            <input id="bulk-opinion" name="bulk-opinion" maxlength="500" placeholder="\(visit("意见（督办必填）", "Opinion (needed to supervise)"))">\
            \(acts.html { "<button class=\"btn\" name=\"act\" value=\"\($0.name.rawValue)\">\(visit("批量", "Bulk: "))\(visit($0.title))</button>" })
            """
    }

    private func options(_ bodies: [BodyFacts], _ visit: Visit) -> HTML {
        CaseControls.bodies(bodies, names: cases.areas, visit).html { group in
            "<optgroup label=\"\(group.title ?? "")\">\(group.choices.html { "<option value=\"\($0.value)\">\($0.text)</option>" })</optgroup>"
        }
    }

    private func act(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        guard let act = offered(staff.scope).first(where: { $0.name.rawValue == fields["act"] }) else {
            throw Refusal.notYours
        }
        let ids = try await BulkSelection(cases: cases).ids(staff, fields)
        let command = Command(
            act.name, opinion: fields.filled("bulk-opinion"),
            body: act.needs.contains(.body) ? fields.filled("bulk-body").flatMap { BodyID(parsing: $0) } : nil)
        let results = try await cases.actOnEach(
            ids, command, scope: staff.scope, once: submission.once, at: staff.visit.now)
        let scope = staff.scope
        let lines = try await cases.house.database.read { transaction in
            try results.map { result in
                Line(
                    id: result.id, record: try CaseStore.find(result.id, for: scope, in: transaction),
                    refusal: result.refusal)
            }
        }
        let back = QueryParameters(parsing: fields["back"] ?? "").address("/cases")
        return staff.visit.page(page(lines, act, staff, back: back))
    }

    private func page(_ lines: [Line], _ act: Workflow.Act, _ staff: StaffVisit, back: String) -> Page {
        let visit = staff.visit
        let done = lines.filter { $0.refusal == nil }.count
        let refused = lines.count - done
        let summary = visit(
            "“\(act.title.chinese)”完成 \(done) 件，未办 \(refused) 件。",
            "\(act.title.english): \(done) done, \(refused) not done.")
        let columns: [Column<Line>] = [
            .text("编号", "Number") { line, _ in line.record?.number },
            .text(
                "标题", "Title",
                html: { line, visit in
                    line.record.map { "<a href=\"/cases/\($0.id)\">\($0.title)</a>" }
                        ?? HTML(text: visit("已不在您的范围内", "no longer in your area"))
                },
                { line, _ in line.record?.title }),
            .text(
                "结果", "Outcome",
                html: { line, visit in
                    guard let refusal = line.refusal else {
                        return "<span class=\"badge ok\">\(visit("已办", "done"))</span>"
                    }
                    return """
                        <span class="badge danger">\(visit("未办", "not done"))</span> \(visit(refusal.message))\
                        \(refusal.wayOn.map { " <span class=\"hint\">\(visit($0))</span>" } ?? HTML())
                        """
                },
                { line, visit in line.refusal.map { visit($0.message) } }),
        ]
        let listing = Listing(
            caption: visit("逐件结果", "Each result"), columns: columns,
            items: lines.filter { $0.refusal != nil } + lines.filter { $0.refusal == nil }, whenEmpty: HTML())
        return Page(
            visit("批量办理结果", "Results"),
            breadcrumb: [(visit(CaseTexts.cases), "/cases"), (visit("批量办理结果", "Results"), nil)],
            notice: Page.Notice(refused == 0 ? .ok : .warn, summary),
            """
            \(listing.html(visit))<p><a class="btn" href="\(back)">\(symbol("arrow-left"))<span>\(visit("返回列表", "Back to the list"))</span></a></p>
            """)
    }
}
