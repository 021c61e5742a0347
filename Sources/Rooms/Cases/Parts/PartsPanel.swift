import Desk
import Ground
import Storage
import Web

/// The parts of a matter, whose each is and how far; and the larger matter of a part.
struct PartsPanel {
    let cases: Cases
    let visit: Visit

    struct Model: Sendable {
        var parts: [CaseRecord] = []
        /// The larger matter, as far as the viewer may see it.
        var whole: CaseRecord?
        var names: CaseNames?
        var mayRead: Set<CaseID> = []
    }

    static func model(_ record: CaseRecord, _ cases: Cases, for scope: Scope, in transaction: any Transaction) throws
        -> Model
    {
        var model = Model()
        if let parent = record.parent { model.whole = try CaseStore.find(parent, for: scope, in: transaction) }
        // Only a matter that once opened parts has any: no other page asks for them.
        let hasOpened = cases.rules.workflow(of: record).acts.contains {
            $0.opens != nil && record.trail.spent[$0.name, default: 0] > 0
        }
        guard hasOpened else { return model }
        model.parts = try CaseStore.parts(of: record.id, in: transaction)
        model.names = try CaseNames(cases, records: model.parts, in: transaction)
        model.mayRead = Set(model.parts.filter(scope.mayRead).map(\.id))
        return model
    }

    func html(_ model: Model) -> HTML {
        "\(model.whole.map(whole) ?? HTML())\(model.parts.isEmpty ? HTML() : list(model))"
    }

    private func whole(_ record: CaseRecord) -> HTML {
        """
        <p class="panel">\(visit("属于", "Part of")) <a href="/cases/\(record.id)">\(record.number) \(record.title)</a> \
        <span class="badge">\(cases.rules.stateTitle(record.state, visit))</span></p>
        """
    }

    private func list(_ model: Model) -> HTML {
        let open = model.parts.filter { $0.endedAt == nil }.count
        let due = DueTag(rules: cases.rules, visit: visit)
        let heading = visit(
            "协同事项（\(model.parts.count - open)/\(model.parts.count) 已结束）",
            "Parts (\(model.parts.count - open) of \(model.parts.count) ended)")
        return """
            <section class="panel" aria-label="\(heading)"><h2>\(heading)</h2>\
            <progress value="\(model.parts.count - open)" max="\(model.parts.count)">\(model.parts.count - open)/\(model.parts.count)</progress>\
            <ul>\(model.parts.html { part in
                let kind = visit(cases.rules.workflow(of: part).title)
                let name = model.names?.body(part.body).map { visit($0) } ?? kind
                let title: HTML = model.mayRead.contains(part.id) ? "<a href=\"/cases/\(part.id)\">\(name)</a>" : HTML(text: name)
                return "<li>\(title) <span class=\"badge\">\(cases.rules.stateTitle(part.state, visit))</span> \(part.endedAt == nil ? due.html(part) : HTML())\(part.result.map { "<br><small>\($0)</small>" } ?? HTML())</li>" as HTML
            })</ul></section>
            """
    }
}
