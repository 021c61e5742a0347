import Cases
import Desk
import Ground
import Identity
import Storage
import Web

/// What the pages of this room show of matters, looked up together.
struct ClosingView: Sendable {
    let closings: Closings
    private(set) var matters: [CaseID: CaseRecord] = [:]
    private(set) var bodies: [BodyID: String] = [:]

    init(_ closings: Closings, _ ids: [CaseID], for scope: Scope, in transaction: any Transaction) throws {
        self.closings = closings
        matters = try closings.cases.matters(ids, for: scope, in: transaction)
        for body in Set(matters.values.compactMap(\.body)) {
            bodies[body] = try closings.bodies.body(body, in: transaction)?.name
        }
    }

    func number(_ id: CaseID) -> String { matters[id]?.number ?? "—" }
    func title(_ id: CaseID) -> String { matters[id]?.title ?? "—" }
    func body(_ id: CaseID) -> String? { matters[id]?.body.flatMap { bodies[$0] } }
    func place(_ id: CaseID) -> String? {
        matters[id].map { [closings.cases.path($0.area), $0.address].compactMap { $0 }.joined(separator: " ") }
    }

    func category(_ code: String?, _ visit: Visit) -> String? {
        code.flatMap { closings.cases.rules.categories[$0] }.map { visit($0.title) }
    }

    /// The facts of one matter, as somebody needs them who looks at it or calls about it.
    func facts(_ id: CaseID, closedAt: Instant?, _ visit: Visit, more: [(String, HTML)] = []) -> HTML {
        guard let matter = matters[id] else { return HTML() }
        let number: HTML = "<a href=\"/cases/\(matter.id)\">\(matter.number)</a>"
        var rows: [(String, HTML)] = [
            (visit("编号", "Number"), number),
            (visit("地点", "Place"), HTML(text: place(id) ?? "")),
            (visit("类别", "Category"), HTML(text: category(matter.category, visit) ?? "—")),
            (visit("承办单位", "Body"), HTML(text: body(id) ?? "—")),
            (visit("诉求内容", "What was said"), HTML(text: matter.detail)),
            (visit("答复的办理结果", "What the resident was told"), HTML(text: matter.result ?? "—")),
        ]
        if let closedAt {
            rows.append((visit(ClosingTexts.closedAt), HTML(text: visit.instantText(closedAt))))
        }
        return """
            <section class="panel"><h2>\(matter.title)</h2><dl class="facts">\((rows + more).html { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" })</dl></section>
            """
    }
}
