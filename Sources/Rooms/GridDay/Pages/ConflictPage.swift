import Cases
import Desk
import Ground
import Hummingbird
import Storage
import Web

/// `/day/conflicts`: entries that could not be done. What the phone says and what stands, side by side; their writer decides.
struct ConflictPage: Sendable {
    let day: GridDay

    func add(to routes: Routes) {
        routes.page("/day/conflicts", right: .dayHandle) { try await show($0, nil) }
        routes.form("/day/conflicts/:id", right: .dayHandle) { try await decide($0, $1) }
    }

    /// Why the last decision could not be carried out either.
    struct Refused: Sendable {
        var id: Identifier<EntryRecord>
        var refusal: Refusal
    }

    private func show(_ staff: StaffVisit, _ refused: Refused?) async throws -> Response {
        let visit = staff.visit
        let sides = try await ConflictSides.page(day, staff.scope, after: visit.query.filled("after"))
        let kept = visit.query.filled("kept") != nil
        let done = visit.query.filled("done") != nil
        var notice: Page.Notice?
        if done { notice = Page.Notice(.ok, visit("已按您的决定办理。", "Done as you decided.")) }
        if kept {
            notice = Page.Notice(
                .warn, visit("没有办成，您写的都在下面。", "It could not be done; everything you wrote is below."))
        }
        let list: HTML =
            sides.items.isEmpty
            ? "<div class=\"panel empty\"><p>\(visit("没有要决定的记录。", "Nothing to decide."))</p><p><a class=\"btn p\" href=\"/day\">\(visit("回到今日", "Back to today"))</a></p></div>"
            : sides.items.html { item(staff, $0, refused?.id == $0.record.id ? refused?.refusal : nil) }
        let next: HTML? = sides.next.map {
            "<p><a class=\"btn\" href=\"/day/conflicts?after=\($0)\">\(visit("更早的", "Earlier ones"))</a></p>"
        }
        return visit.page(
            Page(
                visit(DayTexts.conflicts),
                breadcrumb: [(visit(DayTexts.day), "/day"), (visit(DayTexts.conflicts), nil)], notice: notice,
                "\(list)\(next)"), status: refused?.refusal.kind.status ?? .ok)
    }

    private func item(_ staff: StaffVisit, _ sides: ConflictSides, _ refusal: Refusal?) -> HTML {
        let visit = staff.visit
        let entry = sides.entry
        let kind = DayTexts.kinds[sides.record.kind].map { visit($0) } ?? ""
        let photos = (entry.photos ?? []).prefix(9).filter { $0.content.utf8.count < 1_500_000 }
        return """
            <section class="panel" aria-label="\(kind) \(visit.instantText(sides.record.happenedAt))">\
            <p class="notice \(refusal == nil ? "warn" : "danger")">\(visit((refusal ?? sides.reason).message))\((refusal ?? sides.reason).wayOn.map { visit("。", ". ") + visit($0) } ?? "")</p>\
            <div class="split"><div><h2>\(visit("手机上写的", "What the phone says"))</h2>\
            <dl class="facts"><dt>\(visit("类型", "Kind"))</dt><dd>\(kind)\(sides.actTitle.map { "：" + visit($0) } ?? "")</dd>\
            <dt>\(visit("写于", "Written"))</dt><dd>\(visit.instantText(sides.record.happenedAt))</dd>\
            <dt>\(visit("收到", "Received"))</dt><dd>\(visit.instantText(sides.record.receivedAt))</dd></dl>\
            <p>\(entry.words.prefix(2_000))</p>\
            \(photos.isEmpty ? HTML() : "<div class=\"photos\">\(photos.html { "<img alt=\"\($0.name)\" src=\"data:image/jpeg;base64,\($0.plainContent)\">" })</div>")</div>\
            <div><h2>\(visit("现在的情况", "What stands now"))</h2>\(standing(sides, visit))</div></div>\
            \(form(staff, sides))</section>
            """
    }

    private func standing(_ sides: ConflictSides, _ visit: Visit) -> HTML {
        guard let matter = sides.matter else {
            return
                "<p>\(sides.entry.matter == nil ? visit("还没有成为一件诉求。", "It has not become a matter yet.") : visit("该件已不在您的辖区。", "The matter is no longer in your area."))</p>"
        }
        return """
            <p><a href="/cases/\(matter.id)">\(matter.title)</a> · \(matter.number)<br><strong>\(sides.stateTitle.map { visit($0) } ?? "")</strong></p>\
            <ol class="timeline">\(sides.changes.html { change in
                "<li><span class=\"when\">\(visit.instantText(change.at))</span> <span class=\"who\">\(change.who)</span><p>\(visit(change.title))</p></li>"
            })</ol>
            """
    }

    private func form(_ staff: StaffVisit, _ sides: ConflictSides) -> HTML {
        let visit = staff.visit
        let entry = sides.entry
        let id = sides.record.id.text
        var fields = HTML()
        func text(_ name: String, _ label: String, _ value: String?, _ most: Int) {
            guard let value else { return }
            fields += Field.longText("\(id)-\(name)", label, value: value, maximum: most, rows: 3, formName: name)
        }
        text("detail", visit("内容", "What it says"), entry.detail, 10_000)
        text("result", visit("办理结果", "What was done"), entry.result, 5_000)
        text("opinion", visit("意见", "Opinion"), entry.opinion, 2_000)
        if entry.kind == .report || (entry.kind == .check && entry.detail != nil) {
            let known = entry.category.flatMap { day.cases.rules.categories[$0] }
            if let code = entry.category, known == nil {
                fields +=
                    "<p class=\"hint\">\(visit("原来的类别 \(code) 已停用", "The category \(code) is no longer in use"))</p>"
            }
            fields += DayForms(day: day, staff: staff).category("\(id)-category", known?.code)
        }
        if entry.location != nil {
            fields += Field.checkbox("withoutPlace", visit("不带定位", "Without the place"), isOn: sides.isPlaceWrong)
        }
        let canApply = sides.canApply
        let canRemark = entry.kind == .act && sides.matter != nil
        return """
            <form method="post" action="/day/conflicts/\(id)">\(visit.formFields)\(fields)<p class="bar">\
            \(canApply ? Field.submit(visit("按现在的情况办", "Do it on what stands now"), name: "decision", value: "apply") : HTML())\
            \(canRemark ? Field.submit(visit("只作为备注记下", "Keep it as a remark"), name: "decision", value: "remark", tone: "ghost") : HTML())\
            <button class="btn danger" name="decision" value="discard" data-confirm="\(visit("放弃后，这条记录的内容不再保留。确定？", "Its content is then gone. Sure?"))">\(visit("放弃", "Let it go"))</button></p></form>
            """
    }

    private func decide(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: Identifier<EntryRecord> = try staff.visit.identifier()
        let fields = submission.fields
        guard let decision = fields["decision"].flatMap(EntryWork.Decision.init) else {
            throw Refusal(
                .malformed, "day.decision", LocalizedText("请选择怎么办", "Say what is to be done"), field: "decision")
        }
        let changes = EntryChanges(
            detail: fields["detail"], result: fields["result"], opinion: fields["opinion"],
            category: fields["category"], area: nil, withoutPlace: fields["withoutPlace"] == "yes")
        do {
            _ = try await EntryWork(day: day).decide(id, decision, changes, by: staff.scope, at: staff.visit.now)
            return .seeOther("/day/conflicts?done=\(decision.rawValue)")
        } catch let refusal as Refusal where refusal.kind != .fault && refusal.code != "desk.nothing-here" {
            return try await show(staff, Refused(id: id, refusal: refusal))
        }
    }
}

extension DayEntry.Picture {
    /// In the alphabet that addresses of data want.
    var plainContent: String {
        content.replacing("-", with: "+").replacing("_", with: "/")
    }
}
