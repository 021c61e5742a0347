import Desk
import Ground
import Hummingbird
import Identity
import Places
import Registry
import Storage
import Web

/// `/visits/answers`: what two people saw differently, and answers that could not become facts. Both sides stand beside
/// each other; what was seen later holds until somebody decides otherwise.
struct QueuePage: Sendable {
    let visits: Visits

    static let path = "/visits/answers"

    func add(to routes: Routes) {
        routes.page(Self.path, right: .registryWrite) { try await show($0, refused: nil) }
        routes.form(Self.path + "/:id", right: .registryWrite) { try await decide($0, $1) }
    }

    struct Refused: Sendable {
        var id: QueuedAnswer.ID
        var refusal: Refusal
        var typed: String?
    }

    static func area(_ visit: Visit, within scope: Scope) throws(Refusal) -> AreaPrefix {
        guard let text = visit.query.filled("area") else { return scope.area }
        guard let area = AreaPrefix(text) else {
            throw Refusal(
                .malformed, "visits.area", LocalizedText("区划代码有误", "This is no code of an area"), field: "area")
        }
        guard scope.area.contains(area) else { throw .nothingHere }
        return area
    }

    static func after(_ visit: Visit) throws(Refusal) -> QueuedAnswer.ID? {
        guard let text = visit.query.filled("after") else { return nil }
        guard let id = QueuedAnswer.ID(parsing: text) else {
            throw Refusal(
                .malformed, "visits.after", LocalizedText("翻页标记有误", "This is no mark of a page"), field: "after")
        }
        return id
    }

    private func show(_ staff: StaffVisit, refused: Refused?) async throws -> Response {
        let visit = staff.visit
        let (visits, scope) = (visits, staff.scope)
        let area = try Self.area(visit, within: scope)
        let after = try Self.after(visit)
        let (page, names) = try await visits.house.database.read { transaction in
            let page = try visits.queue(in: area, for: scope, after: after, limit: 20, in: transaction)
            let staff = page.items.flatMap { [$0.earlier?.staff, $0.later?.staff, $0.queued.staff] }.compactMap { $0 }
            return (page, try visits.identity.directory.staffNames(staff, in: transaction))
        }
        let list: HTML =
            page.items.isEmpty
            ? "<div class=\"panel empty\"><p>\(visit("没有要核定的回答。", "No answer waits for a decision."))</p><p><a class=\"btn p\" href=\"/visits\">\(visit("回到走访", "Back to the visits"))</a></p></div>"
            : page.items.html { item($0, names, staff, refused?.id == $0.queued.id ? refused : nil) }
        let next: HTML? = page.next.map {
            "<p><a class=\"btn\" rel=\"next\" href=\"\(visit.query.setting("after", $0.text).address(Self.path))\">\(visit("下一页", "Next page"))</a></p>"
        }
        let notice =
            visit.query.filled("done") == nil
            ? nil : Page.Notice(.ok, visit("已按您的决定登记，并记入台账。", "Done as you decided; the ledger has noted it."))
        return visit.page(
            Page(
                visit(VisitTexts.queue),
                breadcrumb: [(visit(VisitTexts.visits), "/visits"), (visit(VisitTexts.queue), nil)], notice: notice,
                "\(list)\(next)"), status: refused?.refusal.kind.status ?? .ok)
    }

    private func item(_ view: QueuedView, _ names: [StaffID: String], _ staff: StaffVisit, _ refused: Refused?) -> HTML
    {
        let visit = staff.visit
        let element = visits.registry.dictionary[view.queued.element]
        let name = element.map { visit($0.name) } ?? view.queued.element
        let title: HTML =
            view.subject.map {
                "<a href=\"/registry/subjects/\($0.id)\">\(visit($0.kind.title))</a> · \(name)"
            } ?? HTML(text: name)
        let why = refused.map { visit($0.refusal.message) } ?? reason(view.queued, visit)
        return """
            <section class="panel" aria-label="\(name)"><h2>\(title)</h2>\
            <p class="notice \(refused == nil ? "warn" : "danger")">\(why)</p>\
            \(view.queued.kind == .conflict ? sides(view, element, names, visit) : kept(view, element, names, visit))\
            \(form(view, staff, refused))</section>
            """
    }

    private func reason(_ queued: QueuedAnswer, _ visit: Visit) -> String {
        switch queued.kind {
        case .conflict:
            visit(
                "两人先后所见不同，两条都已保留；现在以后见为准。",
                "Two people saw it differently; both are kept, and what was seen later holds for now.")
        case .kept: visit(VisitTexts.reason(queued.code))
        }
    }

    private func sides(
        _ view: QueuedView, _ element: Element?, _ names: [StaffID: String], _ visit: Visit
    ) -> HTML {
        """
        <div class="split"><div><h3>\(visit("先见", "Seen earlier"))</h3>\(side(view.earlier, element, names, visit))</div>\
        <div><h3>\(visit("后见（现在为准）", "Seen later (holds now)"))</h3>\(side(view.later, element, names, visit))</div></div>
        """
    }

    private func side(
        _ side: ConflictSide?, _ element: Element?, _ names: [StaffID: String], _ visit: Visit
    ) -> HTML {
        guard let side, let element else {
            return "<p class=\"hint\">\(visit("不在您可见的范围", "Not for you to see"))</p>"
        }
        return """
            <dl class="facts"><dt>\(visit("所见", "What was seen"))</dt><dd>\(visits.shown(side.value, element, visit))</dd>\
            <dt>\(visit("起始", "True since"))</dt><dd>\(side.since.description)</dd>\
            <dt>\(visit("看到于", "Seen at"))</dt><dd>\(visit.instantText(side.seenAt))</dd>\
            <dt>\(visit("登记于", "Known since"))</dt><dd>\(visit.instantText(side.knownSince))</dd>\
            <dt>\(visit("登记人", "By"))</dt><dd>\(side.staff.flatMap { names[$0] } ?? "—")</dd></dl>
            """
    }

    private func kept(
        _ view: QueuedView, _ element: Element?, _ names: [StaffID: String], _ visit: Visit
    ) -> HTML {
        let queued = view.queued
        return """
            <dl class="facts"><dt>\(visit("看到于", "Seen at"))</dt><dd>\(visit.instantText(queued.seenAt))</dd>\
            <dt>\(visit("收到于", "Received"))</dt><dd>\(visit.instantText(queued.receivedAt))</dd>\
            <dt>\(visit("登记人", "By"))</dt><dd>\(names[queued.staff] ?? "—")</dd></dl>
            """
    }

    private func form(_ view: QueuedView, _ staff: StaffVisit, _ refused: Refused?) -> HTML {
        let visit = staff.visit
        let queued = view.queued
        let decisions: [(QueuedAnswer.Decision, StaticString)]
        var fields = HTML()
        switch queued.kind {
        case .conflict:
            guard staff.scope.may(.registryManage) else {
                return "<p class=\"hint\">\(visit("由社区核定。", "The community decides."))</p>"
            }
            decisions = [(.later, "p"), (.earlier, "")]
        case .kept:
            let isOwn = queued.staff == staff.scope.staff
            guard isOwn || staff.scope.may(.registryManage) else {
                return "<p class=\"hint\">\(visit("由登记人或社区改正。", "The writer or the community mends it."))</p>"
            }
            // Only whoever typed it sees what was typed.
            let value = refused?.typed ?? (isOwn ? queued.answer?.value : nil)
            if queued.answer?.act == .now || queued.answer?.act == .still {
                fields = Field.text(
                    "value-\(queued.id)", visit("改正为", "Mend it to"), value: value, maximum: 200,
                    error: refused.map { visit($0.refusal.message) }, autocomplete: "off", formName: "value")
            }
            decisions = [(.write, "p"), (.discard, "danger")]
        }
        return """
            <form method="post" action="\(Self.path)/\(queued.id)">\(visit.formFields)\(fields)<p class="bar">\
            \(decisions.html { Field.submit(visit(VisitTexts.title(of: $0.0)), name: "decision", value: $0.0.rawValue, tone: $0.1) })</p></form>
            """
    }

    private func decide(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: QueuedAnswer.ID = try staff.visit.identifier()
        let (visits, scope, now) = (visits, staff.scope, staff.visit.now)
        guard let decision = submission.fields["decision"].flatMap({ QueuedAnswer.Decision(rawValue: $0) }) else {
            throw Visits.noDecision
        }
        let value = submission.fields.filled("value")
        do {
            return try await staff.visit.write(submission) { transaction in
                try visits.decide(id, decision, value: value, by: scope, at: now, in: transaction)
                return .seeOther(Self.path + "?done=yes")
            }
        } catch let refusal as Refusal where refusal.kind != .fault && refusal.code != "desk.nothing-here" {
            return try await show(staff, refused: Refused(id: id, refusal: refusal, typed: value))
        }
    }
}

extension Visits {
    /// How much of a value a viewer of this room sees: what masks show.
    func shown(_ value: String?, _ element: Element, _ visit: Visit) -> String {
        guard let value else { return visit("没有", "none") }
        let shown = registry.dictionary.shown(value, of: element, for: nil, areaName: places.name(of:))
        return shown.text(visit.language)
    }

    static let noDecision = Refusal(
        .malformed, "visits.no-decision", LocalizedText("请选择怎么办", "Say what is to be done"), field: "decision")
}
