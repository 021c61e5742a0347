import Desk
import Ground
import Hummingbird
import Storage
import Web

/// Filters that somebody keeps under a name of their own.
struct SavedViews: Sendable {
    let cases: Cases

    func add(to routes: Routes) {
        routes.form("/cases/views", right: .caseRead) { staff, submission in
            let scope = staff.scope
            let now = staff.visit.now
            let view = try view(
                name: submission.fields.filled("name") ?? "", query: submission.fields["query"] ?? "", at: now)
            return try await staff.visit.write(submission) { transaction in
                try SavedViewStore.save(view, of: scope.staff, at: now, in: transaction)
                return .seeOther(QueryParameters(parsing: view.query).address("/cases"))
            }
        }
        routes.form("/cases/views/:id/delete", right: .caseRead) { staff, submission in
            let id: Identifier<SavedView> = try staff.visit.identifier()
            let scope = staff.scope
            return try await staff.visit.write(submission) { transaction in
                try SavedViewStore.delete(id, of: scope.staff, in: transaction)
                return .seeOther("/cases")
            }
        }
    }

    func view(name: String, query: String, at now: Instant) throws(Refusal) -> SavedView {
        let query = QueryParameters(parsing: query).setting("after", nil).setting("done", nil).text
        guard (1...30).contains(name.count), query.utf8.count <= 2_000 else {
            throw Refusal(
                .ruleBroken, "cases.view-name",
                LocalizedText("视图名称为 1–30 字", "A view's name has 1 to 30 characters"), field: "name")
        }
        return SavedView(id: cases.house.identifiers.next(at: now), name: name, query: query)
    }

    /// The views as links, and the present filter as one more.
    func html(_ views: [SavedView], _ visit: Visit) -> HTML {
        let present = visit.query.setting("after", nil).setting("done", nil)
        let links: HTML =
            views.isEmpty
            ? HTML()
            : """
            <ul class="rows">\(views.html { view in
                """
                <li><a href="\(QueryParameters(parsing: view.query).address("/cases"))">\(view.name)</a> \
                <form method="post" action="/cases/views/\(view.id)/delete" class="inline">\(visit.formFields)\
                <button class="btn ghost">\(symbol("trash-2"))<span>\(visit("删除", "Delete"))<span class="hide"> \(view.name)</span></span></button></form></li>
                """
            })</ul>
            """
        let save: HTML =
            present.isEmpty
            ? "<p class=\"hint\">\(visit("先设置查询条件，再保存为视图。", "Set a filter first, then keep it as a view."))</p>"
            : """
            <form method="post" action="/cases/views" class="filters">\(visit.formFields)<input type="hidden" name="query" value="\(present.text)">\
            \(Field.text("name", visit("将当前条件保存为", "Keep this filter as"), required: true, maximum: 30))\
            \(Field.submit(visit("保存", "Keep"), tone: "ghost"))</form>
            """
        return """
            <details class="noprint"><summary>\(visit("我的视图", "My views"))\(views.isEmpty ? HTML() : " (\(views.count))")</summary>\(links)\(save)</details>
            """
    }
}
