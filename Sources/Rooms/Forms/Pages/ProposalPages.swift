import Desk
import Ground
import Hummingbird
import Identity
import Registry
import Storage
import Web

/// `/forms/proposals`: what departments ask for, what of it is held already, and the data bureau's word.
struct ProposalPages: Sendable {
    let forms: Forms

    func add(to routes: Routes) {
        routes.page("/forms/proposals", right: .formsRead) { try await all($0) }
        routes.page("/forms/proposals/new", right: .formsAsk) { try await blank($0) }
        routes.form("/forms/proposals/new", right: .formsAsk) { try await ask($0, $1) }
        routes.page("/forms/proposals/:id", right: .formsRead) { try await show($0) }
        routes.form("/forms/proposals/:id", right: .formsDecide) { try await decide($0, $1) }
    }

    static let title = LocalizedText("数据需求", "Requests for data")

    private func all(_ staff: StaffVisit) async throws -> Response {
        let (visit, scope) = (staff.visit, staff.scope)
        let after = visit.query.filled("after").flatMap { FormProposal.ID(parsing: $0) }
        let found = try await forms.house.database.read {
            try ProposalStore.page(for: scope, after: after, limit: 51, in: $0)
        }
        let lines = forms.lineNames
        let columns: [Column<FormProposal>] = [
            .text(
                "表名", "Name",
                html: { one, _ in "<a href=\"/forms/proposals/\(one.id)\">\(one.content.name)</a>" }
            ) { one, _ in one.content.name },
            .text("部门", "Department") { one, visit in lines[one.line].map { visit($0) } ?? one.line },
            .number("栏目数", "Columns") { Int64($0.content.columns.count) },
            .text("状态", "State") { one, visit in visit(one.state.title) },
            .instant("提出于", "Asked at") { $0.askedAt },
        ]
        let button: HTML =
            scope.may(.formsAsk) && scope.line != nil
            ? "<a class=\"btn p\" href=\"/forms/proposals/new\">\(visit("提出数据需求", "Ask for data"))</a>" : HTML()
        return visit.page(
            Page(
                visit(Self.title), breadcrumb: [(visit(FormTexts.forms), "/forms"), (visit(Self.title), nil)],
                """
                <p class="hint">\(visit("部门不向基层要表：向数据局提出需求，已有的直接取用，确需新采的说明理由。", "Departments do not ask the grassroots: they ask the data bureau, take what is held, and justify what is new."))</p>\
                <p class="bar">\(button)</p>\
                \(Listing(caption: visit(Self.title), columns: columns, items: Array(found.prefix(50)), next: found.count > 50 ? found[49].id.text : nil, whenEmpty: "<p>\(visit("还没有数据需求。", "Nothing was asked for yet."))</p>").html(visit))
                """))
    }

    // MARK: Asking

    private func blank(
        _ staff: StaffVisit, typed: QueryParameters? = nil, refusal: Refusal? = nil,
        comparison: ProposalComparison? = nil
    ) async throws -> Response {
        let visit = staff.visit
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        let title = visit("提出数据需求", "Ask for data")
        return visit.page(
            Page(
                title,
                breadcrumb: [
                    (visit(FormTexts.forms), "/forms"), (visit(Self.title), "/forms/proposals"), (title, nil),
                ],
                notice: refusal.map { refusal in
                    Page.Notice(
                        .danger,
                        [visit(refusal.message), refusal.wayOn.map { visit($0) }].compactMap { $0 }.joined(
                            separator: " "))
                },
                """
                <form class="panel" method="post" action="/forms/proposals/new" data-draft="form-proposal">\(visit.formFields)\
                \(Field.text("name", visit("表名", "Name"), value: typed?["name"], required: true, maximum: 60, error: error("name")))\
                <div class="cards">\(Field.choice("kind", visit("对象", "About"), SubjectKind.allCases.map { Field.Choice($0.rawValue, visit($0.title)) }, value: typed?["kind"] ?? "person", required: true))\
                \(Field.choice("purpose", visit("用途", "Purpose"), forms.registry.dictionary.purposes.map { Field.Choice($0.key, visit($0.title)) }, value: typed?["purpose"], required: true, none: visit("请选择", "Choose"), error: error("purpose")))\
                \(Field.text("timesAYear", visit("每年取用次数", "Times a year"), value: typed?["timesAYear"] ?? "12", required: true, maximum: 3, error: error("timesAYear"), inputMode: "numeric"))</div>\
                \(Field.text("filter", visit("对象条件", "Condition"), value: typed?["filter"], maximum: 500, hint: visit("如 age >= 80；留空为全部", "Such as age >= 80; empty for all"), error: error("filter")))\
                \(Field.text("basis", visit("依据", "Basis"), value: typed?["basis"], maximum: 200))\
                \(Field.text("ground", visit("清单事项、准入或合同编号", "Item of the lists, admission or contract"), value: typed?["ground"], maximum: 40, hint: visit("没有的不能批准", "Without one it cannot be approved"), error: error("ground")))\
                \(Field.longText("columns", visit("栏目（每行一个，按贵部门的叫法）", "Columns, one a line, as your department calls them"), value: typed?["columns"], required: true, rows: 10, error: error("columns")))\
                <p>\(Field.submit(visit("先看看已有什么", "See what is held"), name: "act", value: "compare", tone: ""))\
                \(Field.submit(visit("提出", "Ask"), name: "act", value: "ask"))</p></form>\
                \(comparison.map { table($0, nil, visit) })
                """), status: refusal?.kind.status ?? .ok)
    }

    private func content(_ fields: QueryParameters) -> FormProposal.Content {
        FormProposal.Content(
            name: (fields["name"] ?? ""), purpose: fields["purpose"] ?? "", basis: fields.filled("basis"),
            kind: SubjectKind(rawValue: fields["kind"] ?? "") ?? .person, filter: fields["filter"] ?? "",
            columns: (fields["columns"] ?? "").split(whereSeparator: \.isNewline).map { line in
                String(line).filter { $0 != "\t" }
            }.filter { !$0.isBlank }, timesAYear: Int(fields["timesAYear"] ?? "") ?? 0, ground: fields.filled("ground"))
    }

    private func ask(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (forms, scope, now) = (forms, staff.scope, staff.visit.now)
        let content = content(submission.fields)
        if submission.fields["act"] == "compare" {
            let comparison = try await forms.house.database.read { try forms.compare(content, for: scope, in: $0) }
            return try await blank(staff, typed: submission.fields, comparison: comparison)
        }
        do {
            return try await staff.visit.write(submission) { transaction in
                let proposal = try forms.propose(content, by: scope, at: now, in: transaction)
                return .seeOther("/forms/proposals/\(proposal.id)")
            }
        } catch let refusal as Refusal where [.ruleBroken, .forbidden, .malformed].contains(refusal.kind) {
            return try await blank(staff, typed: submission.fields, refusal: refusal)
        }
    }

    // MARK: One

    private func show(_ staff: StaffVisit, refusal: Refusal? = nil) async throws -> Response {
        let (forms, scope, visit) = (forms, staff.scope, staff.visit)
        let id: FormProposal.ID = try visit.identifier()
        let (proposal, comparison) = try await forms.house.database.read { transaction in
            guard let proposal = try ProposalStore.find(id, for: scope, in: transaction) else {
                throw Refusal.nothingHere
            }
            return (proposal, try forms.compare(proposal.content, for: scope, in: transaction))
        }
        let purpose = forms.registry.dictionary.purpose(proposal.content.purpose).map { visit($0.title) } ?? ""
        let line = forms.lineNames[proposal.line].map { visit($0) } ?? proposal.line
        let decided: HTML =
            proposal.state == .asked
            ? HTML()
            : """
            <p><strong>\(visit(proposal.state.title))</strong>\(proposal.form.map { form in
                " · <a href=\"/forms/\(form)\">\(visit("打开此表", "Open the form"))</a>"
            })\(proposal.reason.map { " · \($0)" })</p>
            """
        return visit.page(
            Page(
                proposal.content.name,
                breadcrumb: [
                    (visit(FormTexts.forms), "/forms"), (visit(Self.title), "/forms/proposals"),
                    (proposal.content.name, nil),
                ],
                notice: refusal.map { Page.Notice(.danger, visit($0.message)) },
                """
                <section class="panel"><p>\(line) · \(purpose) · \(visit("每年 \(proposal.content.timesAYear) 次", "\(proposal.content.timesAYear) times a year"))\
                \(proposal.content.basis.map { " · \($0)" })\(proposal.content.ground.map { " · \($0)" })</p>\(decided)</section>\(table(comparison, proposal, visit))\
                \(proposal.state == .asked && scope.may(.formsDecide) ? decision(proposal, comparison, visit) : HTML())
                """), status: refusal?.kind.status ?? .ok)
    }

    /// - Parameter proposal: nil while it is only being thought of.
    private func table(_ comparison: ProposalComparison, _ proposal: FormProposal?, _ visit: Visit) -> HTML {
        let caption = visit("与已有数据比对", "Compared with what is held")
        let dictionary = forms.registry.dictionary
        func name(_ key: String) -> String {
            key == "age"
                ? visit(FormTexts.age)
                : key == "area" ? visit(FormTexts.area) : dictionary[key].map { visit($0.name) } ?? key
        }
        func percent(_ part: Int) -> String { comparison.sample == 0 ? "—" : "\(part * 100 / comparison.sample)%" }
        return """
            <section class="panel"><p><strong>\(visit("\(comparison.columns.count) 个栏目中 \(comparison.held) 个已有", "\(comparison.held) of \(comparison.columns.count) columns are held already"))</strong></p>\
            <p>\(visit("取用已有数据，每年省去基层约 \(hours(comparison.avoidedHours)) 小时；新采 \(comparison.new) 项，每年约需 \(hours(comparison.newHours)) 小时（\(comparison.subjects) 个对象）。", "Taking what is held spares the grassroots about \(hours(comparison.avoidedHours)) hours a year; the \(comparison.new) new ones would take about \(hours(comparison.newHours)) hours (\(comparison.subjects) subjects)."))</p>\
            \(comparison.overlaps.isEmpty ? HTML() : "<p class=\"hint\">\(visit("重合最多的表", "Closest forms"))\(visit("：", ": "))\(overlaps(comparison, visit))</p>")</section>\
            <div class="panel scroll" tabindex="0" role="region" aria-label="\(caption)"><table class="list"><caption>\(caption)</caption><thead><tr>\
            <th scope="col">\(visit("栏目", "Column"))</th><th scope="col">\(visit("对应数据项", "Element"))</th><th scope="col">\(visit("为何", "Why"))</th>\
            <th scope="col" class="n">\(visit("已知", "Known"))</th><th scope="col" class="n">\(visit("新鲜", "Fresh"))</th><th scope="col" class="n">\(visit("用于几张表", "Forms"))</th></tr></thead><tbody>\
            \(comparison.columns.html { standing in
                let candidate = standing.candidates.first
                let admitted = proposal?.admitted[standing.column]
                let tag: HTML
                if standing.match != nil {
                    tag = HTML()
                } else if admitted != nil {
                    tag = " <span class=\"tag ok\">\(visit("新采", "to be asked"))</span>"
                } else if proposal?.state == .approved {
                    tag = " <span class=\"tag\">\(visit("不采集", "not collected"))</span>"
                } else if candidate == nil {
                    tag = " <span class=\"tag warn\">\(visit("新", "new"))</span>"
                } else {
                    tag = " <span class=\"tag warn\">\(visit("待确认", "to be confirmed"))</span>"
                }
                return """
                    <tr><td data-label="\(visit("栏目", "Column"))">\(standing.column)\(tag)</td><td data-label="\(visit("对应数据项", "Element"))">\((admitted ?? candidate?.element).map { name($0) } ?? "")</td>\
                    <td data-label="\(visit("为何", "Why"))">\(candidate.map { "\(visit($0.reason))（\($0.score)）" } ?? "")</td>\
                    <td class="n" data-label="\(visit("已知", "Known"))">\(standing.match == nil ? "" : percent(standing.known))</td><td class="n" data-label="\(visit("新鲜", "Fresh"))">\(standing.match == nil ? "" : percent(standing.fresh))</td>\
                    <td class="n" data-label="\(visit("用于几张表", "Forms"))">\(standing.forms.count)</td></tr>
                    """
            })</tbody></table></div>\
            <p class="hint">\(visit("已知与新鲜程度按 \(comparison.sample) 个对象抽样。", "Known and fresh are told from a sample of \(comparison.sample) subjects."))</p>
            """
    }

    private func hours(_ hours: Double) -> String {
        hours >= 10 ? String(Int(hours.rounded())) : String((hours * 10).rounded() / 10)
    }

    private func overlaps(_ comparison: ProposalComparison, _ visit: Visit) -> String {
        comparison.overlaps.map { overlap in
            let name = forms.engine.library[overlap.form].map { visit($0.definition.name) } ?? overlap.form
            return visit("\(name)（\(overlap.shared) 项）", "\(name) (\(overlap.shared))")
        }.joined(separator: visit("、", ", "))
    }

    private func decision(_ proposal: FormProposal, _ comparison: ProposalComparison, _ visit: Visit) -> HTML {
        let choices = forms.engine.library.forms.map { Field.Choice($0.definition.key, visit($0.definition.name)) }
        return """
            <form class="panel" method="post" action="/forms/proposals/\(proposal.id)">\(visit.formFields)<h2>\(visit("数据局决定", "The data bureau decides"))</h2>\
            \(admission(proposal, comparison, visit))\
            \(Field.choice("form", visit("并入时由哪张表提供", "To be served by, when merged"), choices, value: comparison.overlaps.first?.form, none: "—"))\
            \(Field.longText("reason", visit("理由（不批准时必填）", "Reason; needed for a refusal"), maximum: 500, rows: 2))\
            <p>\(Field.submit(visit("批准：已有栏目成表", "Approve: the held columns become a form"), name: "decision", value: "approve"))\
            \(Field.submit(visit("并入已有表", "Serve it by a form that exists"), name: "decision", value: "merge", tone: ""))\
            \(Field.submit(visit("不批准", "Refuse"), name: "decision", value: "refuse", tone: ""))</p></form>
            """
    }

    /// For each column that nobody holds: not collected, or collected as an element of the dictionary.
    private func admission(_ proposal: FormProposal, _ comparison: ProposalComparison, _ visit: Visit) -> HTML {
        let new = Array(comparison.columns.enumerated().filter { $0.element.match == nil })
        guard !new.isEmpty else { return HTML() }
        let all = forms.admissible(proposal.content)
        return """
            <fieldset><legend>\(visit("新栏目逐项决定", "New columns, one by one"))</legend>\
            <p class="hint">\(visit("准予新采的，缺的由上门时一并询问；其余不采集，也不得另行向基层索取。", "What is admitted is asked at visits where it is missing; the rest is not collected, and nobody may ask the grassroots for it."))</p>\
            <div class="cards">\(new.html { index, standing in
                let likely = Set(standing.candidates.map(\.element))
                // A long form would carry the whole dictionary once for each column.
                let offered = new.count <= Self.mostWithAll ? all : all.filter { likely.contains($0.key) }
                return Field.choice(
                    "admit-\(index)", standing.column, offered.map { Field.Choice($0.key, visit($0.name)) },
                    none: visit("不采集", "Not collected"))
            })</div></fieldset>
            """
    }

    private static let mostWithAll = 12

    /// What was chosen of the fields `admit-0`, `admit-1` … which stand for the columns of the request.
    private func admitted(_ fields: QueryParameters, _ columns: [String]) -> [String: String] {
        var admitted: [String: String] = [:]
        for (index, column) in columns.enumerated() {
            if let element = fields.filled("admit-\(index)") { admitted[column] = element }
        }
        return admitted
    }

    private func decide(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (forms, scope, now, fields) = (forms, staff.scope, staff.visit.now, submission.fields)
        let id: FormProposal.ID = try staff.visit.identifier()
        guard let decision = Forms.Decision(rawValue: fields["decision"] ?? "") else { throw Refusal.nothingHere }
        do {
            let answer = try await staff.visit.write(submission) { transaction in
                let columns = try ProposalStore.find(id, for: scope, in: transaction)?.content.columns ?? []
                _ = try forms.decide(
                    id, decision, form: fields.filled("form"), admitting: admitted(fields, columns),
                    reason: fields.filled("reason"), by: scope, at: now, in: transaction)
                return .seeOther("/forms/proposals/\(id)")
            }
            try await forms.learn()
            return answer
        } catch let refusal as Refusal where [.ruleBroken, .conflict, .forbidden].contains(refusal.kind) {
            return try await show(staff, refusal: refusal)
        }
    }
}
