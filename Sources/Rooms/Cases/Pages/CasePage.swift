import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/cases/:id`: one matter. Facts on the left, what was done when on the right, and what this post may do now.
struct CasePage: Sendable {
    let cases: Cases

    struct Model: Sendable {
        var record: CaseRecord
        var steps: [CaseStep]
        var files: [CaseFile]
        var names: CaseNames
        /// Acts of the present state that are this performer's, with what stands against them.
        var acts: [(act: Workflow.Act, refusal: Refusal?)]
        /// Whom it could be given to; empty when no act asks.
        var bodies: [BodyFacts]
        /// The viewer's own last act, while it can be taken back.
        var undoable: Undoable?
        /// Matters that may be the same one; only for whoever takes matters in.
        var similar: [SimilarMatter]
        /// What is proposed; only for whoever decides it.
        var suggestion: MatterSuggestion?
        var parts = PartsPanel.Model()
        var joined = JoinedPanel.Model()
        /// Who could be asked to become answerable; empty when no act asks.
        var posts: [PostHolder] = []
        /// What those have in hand who could take it; nil where no act of the viewer's fixes who handles it.
        var taking: WorkShareBoard?
        /// And what those of the viewer's own body answer for who could be asked to.
        var answering: [PostID: WorkShareBoard] = [:]
        /// Nobody above made it up, so nothing is asked for its ground.
        var isResidents = true

        /// The counts stay to be seen; nothing follows from them.
        mutating func forgetShares() {
            taking?.finding = nil
            answering = answering.mapValues { WorkShareBoard(people: $0.people, finding: nil) }
        }
    }

    /// What was sent and refused: it stays on the page beside the reason.
    struct Refused: Sendable {
        var fields: QueryParameters
        var hadPhotos: Bool
        var refusal: Refusal
    }

    /// Personal elements in clear, shown once.
    struct Revealed: Sendable {
        var name: String?
        var phone: String?
    }

    func add(to routes: Routes) {
        routes.page("/cases/:id", right: .caseRead) { try await show($0) }
        routes.form("/cases/:id/acts", right: .caseRead) { try await act($0, $1) }
        RevealPage(page: self).add(to: routes)
        PhotoFiles(cases: cases).add(to: routes)
    }

    // MARK: Reading

    func show(_ staff: StaffVisit, refused: Refused? = nil, revealed: Revealed? = nil) async throws -> Response {
        let id: CaseID = try staff.visit.identifier()
        let scope = staff.scope
        let now = staff.visit.now
        let model = try await cases.house.database.read { try self.model(id, scope, at: now, in: $0) }
        guard let model else { throw Refusal.nothingHere }
        return staff.visit.page(
            page(model, staff, refused, revealed), status: refused?.refusal.kind.status ?? .ok)
    }

    func model(_ id: CaseID, _ scope: Scope, at now: Instant, in transaction: any Transaction) throws -> Model? {
        guard let record = try CaseStore.find(id, for: scope, in: transaction) else { return nil }
        let steps = try CaseStore.steps(of: id, in: transaction)
        // What another room keeps is worked on at its page, where what an act stands on is written down.
        let offered =
            cases.keepers[record.kind] == nil ? cases.rules.workflow(of: record).acts(from: record.state) : []
        let acts = offered.compactMap { act -> (Workflow.Act, Refusal?)? in
            let refusal = cases.rules.refusal(of: act, on: record, by: .staff(scope), at: now)
            // Not this post's, or nothing to answer: no reason to show it. What a rule forbids is shown with the rule.
            let isParts = refusal?.code == "cases.parts-open"
            if let refusal, refusal.kind == .forbidden || refusal.kind == .conflict, !isParts { return nil }
            return (act, refusal)
        }
        func asks(for needs: Workflow.Need...) -> Bool {
            acts.contains { $0.1 == nil && !Set(needs).isDisjoint(with: $0.0.needs) }
        }
        var model = Model(
            record: record, steps: steps, files: try CaseStore.files(of: id, in: transaction),
            names: try CaseNames(cases, records: [record], steps: steps, in: transaction), acts: acts,
            bodies: asks(for: .body, .bodies) ? try cases.bodyChoices(for: record.area, in: transaction) : [],
            undoable: try undoable(record, scope, at: now, in: transaction),
            similar: scope.may(.caseAccept) ? try cases.similar(to: record, for: scope, at: now, in: transaction) : [])
        if asks(for: .category, .area, .body) {
            model.suggestion = try cases.suggestion(for: record, among: model.bodies, in: transaction)
        }
        model.isResidents = try cases.isResidents(record, in: transaction)
        model.joined = try JoinedPanel.model(record, for: scope, in: transaction)
        model.parts = try PartsPanel.model(record, cases, for: scope, in: transaction)
        if asks(for: .post) {
            model.posts = try cases.directory.postHolders(right: .caseAccept, area: record.area, in: transaction)
                .filter { $0.staff != record.answerable }
            model.answering = try cases.answeringBoards(on: record, for: scope, in: transaction)
        }
        if let act = acts.first(where: { $0.1 == nil && cases.workShare.applies(to: $0.0) })?.0 {
            model.taking = try cases.takingBoard(of: act, on: record, for: scope, in: transaction)
        }
        if !cases.isWeighed(record, at: now) { model.forgetShares() }
        return model
    }

    private func undoable(
        _ record: CaseRecord, _ scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> Undoable? {
        let undoable = try UndoStore.undoable(of: record.id, in: transaction)
        return cases.rules.refusal(ofUndoing: undoable, on: record, by: scope, at: now) == nil ? undoable : nil
    }

    // MARK: Acting

    private func act(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: CaseID = try staff.visit.identifier()
        let scope = staff.scope
        let now = staff.visit.now
        let cases = cases
        do {
            let command = try ActForms.command(submission.fields)
            let photos = try submission.photos("photos")
            return try await staff.visit.write(submission) { transaction in
                let record = try cases.act(
                    id, command, by: .staff(scope), actor: Actor(scope), seenVersion: submission.seenVersion,
                    photos: photos, at: now, in: transaction)
                // An act can take a matter out of its doer's sight: to another street, to another department.
                var done = QueryParameters([("done", command.act.rawValue)])
                guard !scope.mayRead(record) else { return .seeOther(done.address("/cases/\(id)")) }
                done.append("undo", id.text)
                return .seeOther(done.address("/cases"))
            }
        } catch let refusal as Refusal where refusal.kind != .notFound {
            let hadPhotos = submission.files.contains { !$0.bytes.isEmpty }
            return try await show(
                staff, refused: Refused(fields: submission.fields, hadPhotos: hadPhotos, refusal: refusal))
        }
    }

    // MARK: The page

    private func page(_ model: Model, _ staff: StaffVisit, _ refused: Refused?, _ revealed: Revealed?) -> Page {
        let visit = staff.visit
        let record = model.record
        let forms = ActForms(cases: cases, model: model, staff: staff, refused: refused)
        let mayJoin = model.acts.contains { $0.act.effect == .joins && $0.refusal == nil }
        return Page(
            record.title,
            breadcrumb: [(visit(CaseTexts.cases), "/cases")] + areas(record.area) + [(record.number, nil)],
            notice: notice(refused, visit),
            """
            <p class="printonly">\(visit("群众诉求办理单", "Sheet of a matter"))</p>\(doneMark(visit))\(keeperLink(record, visit))\
            \(UndoForm(cases: cases).html(record.id, model.undoable, visit))\
            <div class="split"><div>\(CaseFacts(cases: cases, model: model, staff: staff, revealed: revealed).html)\(PartsPanel(cases: cases, visit: visit).html(model.parts))\(JoinedPanel(cases: cases, visit: visit).html(model.joined))\(adoption(model, staff))\(forms.html)\(SimilarPanel(cases: cases, visit: visit).html(model.similar, joins: mayJoin ? record : nil))</div>\
            <section class="panel" aria-label="\(visit(CaseTexts.timeline))"><h2>\(visit(CaseTexts.timeline))</h2>\
            \(Timeline(cases: cases, model: model, visit: visit).html)</section></div>\
            <p class="printonly sign">\(visit("经办人签字：__________　　日期：____年__月__日", "Signature: __________   Date: __________"))</p>
            """)
    }

    /// Another room keeps more of this kind of matter.
    private func keeperLink(_ record: CaseRecord, _ visit: Visit) -> HTML {
        if let link = cases.keepers[record.kind]?.page(of: record.id) {
            return "<p class=\"noprint\"><a class=\"btn\" href=\"\(link.address)\">\(visit(link.title))</a></p>"
        }
        guard let link = cases.keepers.link(record.kind)?(record.id) else { return HTML() }
        return "<p class=\"noprint hint\"><a href=\"\(link.address)\">\(visit(link.title))</a></p>"
    }

    /// A ruling can hold for all such matters from now on.
    private func adoption(_ model: Model, _ staff: StaffVisit) -> HTML {
        let binding = Set(cases.rules.workflow(of: model.record).acts.filter(\.binds).map(\.name))
        guard staff.scope.may(.caseRule), model.steps.contains(where: { binding.contains($0.act) }) else {
            return HTML()
        }
        return """
            <p class="noprint"><a class="btn" href="/rulings/new?matter=\(model.record.id)">\(symbol("split"))<span>\(staff.visit("把裁定采纳为规则", "Make the ruling a rule"))</span></a></p>
            """
    }

    /// From below the county's own area down, each a way to the matters there.
    private func areas(_ area: AreaPrefix) -> [(text: String, address: String?)] {
        let top = cases.house.settings.area
        return [6, 9, 12, 15].filter { $0 > top.code.utf8.count && $0 <= area.code.utf8.count }
            .compactMap { AreaPrefix(area.code.prefix($0)) }
            .compactMap { area in cases.areas.name(of: area).map { ($0, "/cases?area=\(area.code)") } }
    }

    private func notice(_ refused: Refused?, _ visit: Visit) -> Page.Notice? {
        if let refused {
            var notice = refused.refusal.notice(visit)
            if refused.refusal.kind != .changedMeanwhile {
                notice.text += visit("。您填写的内容仍在下方", ". What you wrote is still below")
            }
            notice.text += refused.hadPhotos ? visit("，照片请重新选择。", "; please choose the photos again.") : visit("。", ".")
            return notice
        }
        guard let done = visit.query["done"] else { return nil }
        if done == CaseStep.undo.rawValue {
            return Page.Notice(.ok, visit("已撤销，恢复到操作之前。", "Undone; it is as it was before."))
        }
        let title =
            done == CaseStep.report.rawValue
            ? CaseTexts.reported : cases.rules.act(ActName(rawValue: done))?.title
        return title.map { Page.Notice(.ok, visit("已“\($0.chinese)”。", "Done: \($0.english).")) }
    }

    /// Tells the browser that the draft of the act was taken.
    private func doneMark(_ visit: Visit) -> HTML {
        guard let done = visit.query["done"], let id = try? visit.parameter("id") else { return HTML() }
        if done == CaseStep.report.rawValue { return "<span data-draft-done=\"\(StaffReportPage.draft)\"></span>" }
        return "<span data-draft-done=\"\(ActForms.draft(id, done))\"></span>"
    }
}

extension Submission {
    /// The pictures of a field, cleaned of what the camera wrote into them.
    func photos(_ field: String) throws(Refusal) -> [Photo] {
        var photos: [Photo] = []
        for file in files where file.field == field && !file.bytes.isEmpty {
            photos.append(try Photo(name: file.name, bytes: file.bytes))
        }
        guard photos.count <= Photo.mostPerStep else {
            throw Refusal(
                .ruleBroken, "cases.too-many-photos",
                LocalizedText("一次最多 \(Photo.mostPerStep) 张照片", "At most \(Photo.mostPerStep) photos at once"),
                wayOn: LocalizedText("请选出最能说明情况的几张", "Choose those that tell most"), field: "photos")
        }
        return photos
    }
}
