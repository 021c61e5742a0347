import Desk
import Ground
import Identity
import Registry
import Storage
import Web

/// On the page of a person or a household: the groups that this viewer may know of, and when the next visit is due.
struct CarePanel: Sendable {
    let visits: Visits

    func html(
        _ subject: StoredSubject, _ members: [StoredSubject], _ purpose: String?, _ staff: StaffVisit
    ) async throws -> HTML {
        let visit = staff.visit
        let (visits, scope) = (visits, staff.scope)
        guard subject.kind == .person || subject.kind == .household else { return HTML() }
        let people = subject.kind == .person ? [subject.id] : members.map(\.id)
        let views = try await visits.house.database.read { transaction in
            try visits.views(
                try CareStore.members(of: people, for: scope, in: transaction), for: scope, purpose: purpose,
                language: visit.language, in: transaction)
        }
        let isOwn = subject.kind == .person && scope.may(.registryManage) && scope.area.contains(subject.area)
        guard !views.isEmpty || isOwn else { return HTML() }
        let new: HTML =
            isOwn
            ? "<p class=\"bar\"><a class=\"btn\" href=\"\(CarePages.path)/new?subject=\(subject.id)&amp;area=\(subject.area.code)\">\(visit("列入关怀群体", "Enter in a group"))</a></p>"
            : HTML()
        let list = views.html { view -> HTML in
            """
            <li><a href="\(CarePages.path)/members/\(view.member.id)">\(view.group.map { visit($0.title) } ?? CarePages.mask)</a> \
            <span class="hint">\(subject.kind == .person ? "" : (view.name ?? CarePages.mask) + " · ")\(visit("责任人 \(view.responsible)，应走访 \(view.member.dueOn)", "in charge: \(view.responsible), due \(view.member.dueOn)"))</span></li>
            """
        }
        return """
            <section class="panel"><h2>\(visit(VisitTexts.care))</h2>\(views.isEmpty ? HTML() : "<ul class=\"rows\">\(list)</ul>")\(new)</section>
            """
    }
}
