import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// The card of a person, a household or a dwelling: what is known and how fresh it is, who belongs to it, and the one place
/// where a fact is written.
struct SubjectPage: Sendable {
    let registry: Registry

    func add(to routes: Routes) {
        routes.page("/registry/new", right: .registryWrite) { try await blank($0) }
        routes.form("/registry/new", right: .registryWrite) { try await create($0, $1) }
        routes.page("/registry/subjects/:id", right: .registryRead) { try await show($0) }
        routes.form("/registry/subjects/:id/entries", right: .registryWrite) { try await write($0, $1) }
        routes.form("/registry/subjects/:id/reveal", right: .registryReveal) { try await reveal($0, $1) }
    }

    // MARK: The card

    private func show(
        _ staff: StaffVisit, purpose: String? = nil, refusal: Refusal? = nil, typed: QueryParameters? = nil
    ) async throws -> Response {
        let (registry, scope, visit) = (registry, staff.scope, staff.visit)
        let id: SubjectID = try visit.identifier()
        let day = visit.now.local().day
        struct Read: Sendable {
            var card: Registry.Card
            var names: SubjectNames
            var entries: [RegistryEntry]
            var staffNames: [StaffID: String]
            var joining: JoiningPanel.Content
        }
        let read = try await registry.house.database.read { transaction in
            let card = try registry.card(id, for: scope, at: day, in: transaction)
            let joining = try JoiningPanel(registry: registry).read(card.subject, for: scope, in: transaction)
            let around =
                joining.lookAlikes + joining.joined + [card.subject, card.above, card.home].compactMap { $0 }
                + card.below
            let entries = try registry.entries(of: id, for: scope, in: transaction)
            return Read(
                card: card, names: try registry.names(around: around, in: transaction), entries: entries,
                staffNames: try registry.identity.directory.staffNames(entries.compactMap(\.staff), in: transaction),
                joining: joining)
        }
        let subject = read.card.subject
        if let other = subject.mergedInto { return .seeOther("/registry/subjects/\(other)") }
        let view = SubjectView(
            registry: registry, staff: staff, card: read.card, names: read.names, purpose: purpose, day: day)
        let title = view.title
        let panels = try await registry.panels.html(read.card, purpose: purpose, staff)
        return visit.page(
            Page(
                title,
                breadcrumb: [(visit(RegistryTexts.registry), "/registry")]
                    + view.trail + [(title, nil)],
                notice: refusal?.notice(visit),
                """
                \(purposeForm(subject, purpose, staff))<p class="bar"><a href="/forms/readers/\(subject.id)">\(visit("谁看过这些信息", "Who read this"))</a></p>\(view.around)\(panels)\(view.facts)\(newMember(subject, staff))\
                \(JoiningPanel(registry: registry).html(read.joining, subject, read.names, visit))\
                \(writeForm(subject, staff, typed, refusal))\(history(read.entries, read.staffNames, staff))
                """),
            status: refusal?.kind.status ?? .ok)
    }

    private func purposeForm(_ subject: StoredSubject, _ purpose: String?, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        if let purpose = purpose.flatMap({ registry.dictionary.purpose($0) }) {
            return """
                <p class="notice ok" role="status">\(visit("按用途“\(purpose.zh)”显示，已记入台账", "Shown for “\(purpose.en)”; the ledger has noted it"))</p>
                """
        }
        guard staff.scope.may(.registryReveal) else { return HTML() }
        return """
            <form class="filter" method="post" action="/registry/subjects/\(subject.id)/reveal">\(visit.formFields)\
            \(Field.choice("purpose", visit("查看原文的用途", "See it in clear, for"), registry.dictionary.purposes.map { Field.Choice($0.key, visit($0.title)) }, required: true, none: visit("请选择", "Choose")))\
            \(Field.submit(visit("按用途查看", "Show"), tone: ""))</form>
            """
    }

    private func newMember(_ subject: StoredSubject, _ staff: StaffVisit) -> HTML {
        guard staff.scope.may(.registryWrite) else { return HTML() }
        let visit = staff.visit
        switch subject.kind {
        case .dwelling:
            return
                "<p class=\"bar\"><a class=\"btn\" href=\"/registry/new?kind=household&amp;dwelling=\(subject.id)\">\(visit("登记家户", "Register a household"))</a></p>"
        case .household:
            return
                "<p class=\"bar\"><a class=\"btn\" href=\"/registry/new?kind=person&amp;household=\(subject.id)\">\(visit("登记成员", "Register a member"))</a></p>"
        case .building:
            return
                "<p class=\"bar\"><a class=\"btn\" href=\"/registry/new?kind=dwelling&amp;building=\(subject.id)\">\(visit("登记房屋", "Register a dwelling"))</a></p>"
        case .person, .organisation: return HTML()
        }
    }

    // MARK: Writing

    private func writeForm(
        _ subject: StoredSubject, _ staff: StaffVisit, _ typed: QueryParameters?, _ refusal: Refusal?
    ) -> HTML {
        guard staff.scope.may(.registryWrite) else { return HTML() }
        let visit = staff.visit
        let fields = FactFields(registry: registry, visit: visit, typed: typed, refusal: refusal)
        let day = visit.now.local().day
        let elements = registry.dictionary.elements(of: subject.kind).filter { !$0.isOff }
        // What has grown stale comes first: a visit asks that, and nothing that is still fresh.
        let first = elements.filter { element in
            subject.record.statement(element.key, at: day).map { registry.isStale($0, element, at: day) } ?? false
        }
        let rest = elements.filter { element in !first.contains { $0.key == element.key } }
        let stale: HTML =
            first.isEmpty
            ? HTML()
            : "<h2>\(visit("待核实", "To be checked"))</h2><div class=\"cards\">\(first.html { fields.field($0) })</div>"
        return """
            <details class="act" id="write"\(flag: "open", typed != nil)><summary>\(visit("登记或更正", "Write or correct"))</summary>\
            <form method="post" action="/registry/subjects/\(subject.id)/entries" data-draft="registry-\(subject.id)">\(visit.formFields)\
            <p class="hint">\(visit("只填有变化或刚核实的项目；留空的不变。各部门的表随之更新，不必再填。", "Fill in only what has changed or was just seen; what stays empty stays as it is. Every department's form follows, nothing is typed again."))</p>\
            \(stale)<details class="raw"\(flag: "open", first.isEmpty || typed != nil)><summary>\(visit("其他项目", "Other elements"))</summary>\
            <div class="cards">\(rest.html { fields.field($0) })</div></details>\
            \(fields.common(withCorrection: true))\
            <p>\(Field.submit(visit(RegistryTexts.write)))</p></form></details>
            """
    }

    private func write(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: SubjectID = try staff.visit.identifier()
        let (registry, scope, now) = (registry, staff.scope, staff.visit.now)
        do {
            let kind = try await registry.house.database.read { try registry.subject(id, for: scope, in: $0) }.kind
            let entry = try FactFields.entry(kind, id, submission.fields, registry.dictionary, at: now)
            return try await staff.visit.write(submission) { transaction in
                _ = try registry.write(entry, by: scope, at: now, in: transaction)
                return .seeOther("/registry/subjects/\(id)")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await show(staff, refusal: refusal, typed: submission.fields)
        }
    }

    private func reveal(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        do {
            let id: SubjectID = try staff.visit.identifier()
            let purpose = submission.fields.filled("purpose") ?? ""
            _ = try await registry.revealed(id, purpose: purpose, by: staff.scope, at: staff.visit.now)
            return try await show(staff, purpose: purpose)
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await show(staff, refusal: refusal)
        }
    }

    // MARK: A new one

    private func blank(
        _ staff: StaffVisit, typed: QueryParameters? = nil, refusal: Refusal? = nil
    ) async throws -> Response {
        let visit = staff.visit
        let given = typed ?? visit.query
        guard let kind = SubjectKind(rawValue: given["kind"] ?? "dwelling") else { throw Refusal.nothingHere }
        let fields = FactFields(registry: registry, visit: visit, typed: given, refusal: refusal)
        let elements = registry.dictionary.elements(of: kind).filter { !$0.isOff && $0.key != CoreElement.deathDay }
        let title = visit("登记\(kind.title.chinese)", "Register: \(kind.title.english.lowercased())")
        return visit.page(
            Page(
                title, breadcrumb: [(visit(RegistryTexts.registry), "/registry"), (title, nil)],
                notice: refusal?.notice(visit),
                """
                <form class="panel" method="post" action="/registry/new" data-draft="registry-new-\(kind.rawValue)">\(visit.formFields)\
                <input type="hidden" name="kind" value="\(kind.rawValue)">\
                <div class="cards">\(elements.html { fields.field($0) })</div>\(fields.common(withCorrection: false))\
                <p>\(Field.submit(visit(RegistryTexts.write)))</p></form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func create(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (registry, scope, now) = (registry, staff.scope, staff.visit.now)
        do {
            guard let kind = SubjectKind(rawValue: submission.fields["kind"] ?? "") else { throw Refusal.nothingHere }
            let entry = try FactFields.entry(kind, nil, submission.fields, registry.dictionary, at: now)
            return try await staff.visit.write(submission) { transaction in
                let made = try registry.write(entry, by: scope, at: now, in: transaction)
                return .seeOther("/registry/subjects/\(made.id)")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await blank(staff, typed: submission.fields, refusal: refusal)
        }
    }

    // MARK: History

    private func history(
        _ entries: [RegistryEntry], _ names: [StaffID: String], _ staff: StaffVisit
    ) -> HTML {
        let visit = staff.visit
        return """
            <details class="raw"><summary>\(visit(RegistryTexts.history))（\(entries.count)）</summary>\
            <div class="scroll" tabindex="0" role="region" aria-label="\(visit(RegistryTexts.history))"><table class="list"><thead><tr>\
            <th scope="col">\(visit("登记于", "Known since"))</th><th scope="col">\(visit("采集于", "Seen at"))</th>\
            <th scope="col">\(visit(RegistryTexts.source))</th><th scope="col">\(visit("登记人", "By"))</th>\
            <th scope="col">\(visit(RegistryTexts.element))</th></tr></thead><tbody>\(entries.reversed().html { entry in
                """
                <tr><td>\(visit.instantText(entry.knownSince))</td><td>\(visit.instantText(entry.seenAt))</td><td>\(visit(entry.source.title))</td>\
                <td>\(entry.staff.flatMap { names[$0] } ?? "—")</td><td>\(entry.content.statements.keys.sorted().map { key in
                    registry.dictionary[key].map { visit($0.name) } ?? key
                }.joined(separator: visit("、", ", ")))\(voiding(entry, staff))</td></tr>
                """
            })</tbody></table></div></details>
            """
    }

    private func voiding(_ entry: RegistryEntry, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        guard entry.voidedAt == nil else {
            return " <span class=\"tag warn\">\(visit("已撤回", "taken back"))</span>"
        }
        let isOwn = entry.staff == staff.scope.staff && staff.scope.may(.registryWrite)
        guard isOwn || staff.scope.may(.registryManage) else { return HTML() }
        return """
             <form class="inline" method="post" action="/registry/subjects/\(entry.subject)/void">\(visit.formFields)\
            <input type="hidden" name="entry" value="\(entry.id)"><button class="link">\(visit("撤回", "Take back"))</button></form>
            """
    }
}
