import Desk
import Ground
import Identity
import Ledger
import Registry
import Storage

/// 数据局统一规定: a department asks the data bureau, never the grassroots; what is held is shown, what is new must justify
/// itself.
extension Forms {
    /// What the asked columns mean, who holds them, how fresh they are, and what the rest would cost. Nothing is stored.
    func compare(_ content: FormProposal.Content, for scope: Scope, in transaction: any Transaction) throws
        -> ProposalComparison
    {
        let matching = matching(of: content.kind)
        var columns = content.columns.map { ColumnStanding(column: $0, candidates: matching.candidates(for: $0)) }
        let area = scope.area
        let subjects = try registry.sample(content.kind, in: area, for: scope, limit: asking.sample, in: transaction)
        let homes = try registry.homes(of: subjects, at: today, in: transaction)
        var shared: [String: Int] = [:]
        for index in columns.indices {
            guard let key = columns[index].match?.element else { continue }
            columns[index].forms = engine.library.forms.filter {
                $0.definition.columns.contains(key) || $0.slots.contains(key)
            }.map(\.definition.key)
            for form in columns[index].forms { shared[form, default: 0] += 1 }
            guard let element = registry.dictionary[key == "age" ? CoreElement.birthDay : key] else { continue }
            for subject in subjects {
                let item = ListedSubject(subject: subject, home: homes[subject.id] ?? Registry.Home(), area: "")
                guard let statement = item.record(of: element.kind)?.statement(element.key, at: today),
                    statement.value != nil
                else { continue }
                columns[index].known += 1
                if !registry.isStale(statement, element, at: today) { columns[index].fresh += 1 }
            }
        }
        return ProposalComparison(
            columns: columns, sample: subjects.count,
            subjects: try registry.count(content.kind, in: area, for: scope, in: transaction),
            overlaps: shared.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5).map { ($0.key, $0.value) },
            minutesAFact: asking.minutesAFact, timesAYear: content.timesAYear)
    }

    /// Made once for each kind: the names of all elements are worked out beforehand.
    private func matching(of kind: SubjectKind) -> ColumnMatching {
        matchings[kind] ?? ColumnMatching(dictionary: registry.dictionary, kind: kind, words: words)
    }

    private var today: Day { house.clock.now().local().day }

    /// Asks the data bureau.
    /// - Throws: a refusal when the purpose does not allow an element, when no line asks, or when the form is none.
    func propose(
        _ content: FormProposal.Content, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> FormProposal {
        try scope.require(.formsAsk)
        guard let line = scope.line else {
            throw Refusal(
                .forbidden, "forms.no-line",
                LocalizedText("只有部门可以提出数据需求", "Only departments ask for data"))
        }
        try check(content)
        var reading = ConditionReading(dictionary: registry.dictionary, kind: content.kind)
        do { _ = try reading.condition(content.filter) } catch {
            throw Refusal(.ruleBroken, "forms.filter", error.text, field: "filter")
        }
        // Compiled once, so that a condition or a purpose that cannot be is refused now and not when it is decided.
        _ = try compiled(content, key: "asked", line: line)
        let proposal = FormProposal(
            id: house.identifiers.next(at: now), content: content, line: line, post: scope.post, askedAt: now,
            state: .asked)
        try ProposalStore.insert(proposal, in: transaction)
        try note("forms.asked", proposal, by: scope, at: now, in: transaction)
        return proposal
    }

    private func check(_ content: FormProposal.Content) throws(Refusal) {
        func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
            Refusal(.ruleBroken, "forms.proposal", LocalizedText(chinese, english), field: field)
        }
        guard !content.name.isBlank, content.name.utf16.count <= 60 else {
            throw wrong("name", "请填写表名（不超过 60 字）", "Give it a name of at most 60 characters")
        }
        guard registry.dictionary.purpose(content.purpose) != nil else {
            throw wrong("purpose", "请选择用途", "Choose a purpose")
        }
        guard (1...asking.mostColumns).contains(content.columns.count),
            content.columns.allSatisfy({ !$0.isBlank && $0.utf16.count <= 60 })
        else {
            throw wrong(
                "columns", "请每行填一个栏目，最多 \(asking.mostColumns) 个、每个不超过 60 字",
                "One column a line, at most \(asking.mostColumns), each of at most 60 characters")
        }
        guard Set(content.columns).count == content.columns.count else {
            throw wrong("columns", "栏目有重复", "A column stands twice")
        }
        guard (1...366).contains(content.timesAYear) else {
            throw wrong("timesAYear", "每年次数应为 1–366", "Times a year lie between 1 and 366")
        }
        guard content.filter.utf16.count <= 500, (content.basis?.utf16.count ?? 0) <= 200,
            (content.ground?.utf16.count ?? 0) <= 40
        else {
            throw wrong("filter", "内容过长", "It is too long")
        }
    }

    /// The form that the held columns make, and the new ones that were admitted.
    private func compiled(
        _ content: FormProposal.Content, key: String, line: String, admitting admitted: [String: String] = [:]
    ) throws(Refusal) -> CompiledForm {
        let matching = matching(of: content.kind)
        var columns: [String] = []
        for column in content.columns {
            let match = matching.candidates(for: column).first.flatMap {
                $0.score >= ColumnMatching.sure ? $0.element : nil
            }
            guard let element = match ?? admitted[column], !columns.contains(element) else { continue }
            columns.append(element)
        }
        guard !columns.isEmpty else {
            throw Refusal(
                .ruleBroken, "forms.nothing-held",
                LocalizedText("没有一个栏目是现有数据项", "No column is an element of the dictionary"),
                wayOn: LocalizedText(
                    "请先由数据局把新数据项写入数据字典", "The data bureau enters new elements in the dictionary first"),
                field: "columns")
        }
        let definition = FormDefinition(
            key: key, name: LocalizedText(content.name, content.name), line: line, purpose: content.purpose,
            basis: content.basis.map { LocalizedText($0, $0) }, kind: content.kind, place: .residence,
            filter: content.filter.isBlank ? "all" : content.filter, columns: columns, cells: [], rows: [], heads: [],
            timesAYear: content.timesAYear)
        do { return try CompiledForm.compile(definition, registry.dictionary) } catch {
            throw Refusal(
                .forbidden, "forms.not-allowed", error.text,
                wayOn: LocalizedText("请换用途或去掉该栏目", "Choose another purpose, or leave the column out"),
                rule: "个人信息保护法 第六条（目的限制、最小必要）", field: "columns")
        }
    }

    enum Decision: String, Sendable, Hashable, Codable, CaseIterable {
        case approve, merge, refuse
    }

    /// The elements that a column may become which nobody holds: of the dictionary, for the purpose, asked at visits.
    func admissible(_ content: FormProposal.Content) -> [Element] {
        registry.dictionary.elements.filter {
            $0.isAsked && !$0.isOff && $0.purposes.contains(content.purpose)
                && CompiledForm.reaches($0.kind, from: content.kind)
        }
    }

    /// - Throws: a refusal when a column is none of the request's or is held already, or the element may not be asked.
    private func checkAdmitted(_ admitted: [String: String], _ content: FormProposal.Content) throws(Refusal) {
        let matching = matching(of: content.kind)
        let elements = Set(admissible(content).map(\.key))
        for (column, element) in admitted.sorted(by: { $0.key < $1.key }) {
            guard content.columns.contains(column),
                (matching.candidates(for: column).first?.score ?? 0) < ColumnMatching.sure
            else {
                throw Refusal(
                    .ruleBroken, "forms.admit-column",
                    LocalizedText("“\(column)”不是本需求中的新栏目", "“\(column)” is no new column of this request"),
                    field: "admitted")
            }
            guard elements.contains(element) else {
                throw Refusal(
                    .ruleBroken, "forms.admit-element",
                    LocalizedText(
                        "“\(column)”不能采为所选数据项：数据字典中没有、不上门询问，或不允许此用途",
                        "“\(column)” cannot become this element: the dictionary lacks it, has it not asked, or forbids the purpose"
                    ),
                    wayOn: LocalizedText(
                        "请先由数据局把新数据项写入数据字典", "The data bureau enters new elements in the dictionary first"),
                    field: "admitted")
            }
        }
    }

    /// The data bureau's word.
    /// - Parameters:
    ///   - key: for `merge`, the form that serves it.
    ///   - admitted: for `approve`, the new columns that may be asked, each with its element; the others are not collected.
    func decide(
        _ id: FormProposal.ID, _ decision: Decision, form key: String?, admitting admitted: [String: String] = [:],
        reason: String?, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> FormProposal {
        try scope.require(.formsDecide)
        guard var proposal = try ProposalStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        guard proposal.state == .asked else {
            throw Refusal(
                .conflict, "forms.decided", LocalizedText("此需求已有决定", "This was decided already"))
        }
        let words = reason?.isBlank == false ? reason : nil
        guard (words?.utf16.count ?? 0) <= 500 else {
            throw Refusal(
                .ruleBroken, "forms.reason", LocalizedText("理由不超过 500 字", "A reason has at most 500 characters"),
                field: "reason")
        }
        switch decision {
        case .approve:
            // Whoever keeps the facts keeps them for this form too: that is work for the grassroots.
            try house.grounds.require(
                proposal.content.ground, for: house.settings.area, on: now.local().day, in: transaction)
            try checkAdmitted(admitted, proposal.content)
            let form = try compiled(
                proposal.content, key: "asked-" + id.text.suffix(12), line: proposal.line, admitting: admitted)
            proposal.admitted = admitted
            try FormDefinitionStore.insert(form.definition, at: now, in: transaction)
            try FormStateStore.bump(in: transaction)
            proposal.state = .approved
            proposal.form = form.definition.key
        case .merge:
            guard let key, let form = engine.library[key] else {
                throw Refusal(
                    .ruleBroken, "forms.merge-into", LocalizedText("请选择由哪张表提供", "Name the form that serves it"),
                    field: "form")
            }
            proposal.state = .merged
            proposal.form = form.definition.key
        case .refuse:
            guard words != nil else {
                throw Refusal(
                    .ruleBroken, "forms.reason", LocalizedText("请写明不批准的理由", "Say why it is refused"), field: "reason")
            }
            proposal.state = .refused
        }
        proposal.reason = words
        proposal.decidedAt = now
        try ProposalStore.decide(proposal, in: transaction)
        try note("forms." + proposal.state.rawValue, proposal, by: scope, at: now, in: transaction)
        return proposal
    }

    private func note(
        _ act: String, _ proposal: FormProposal, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: "form-proposal", proposal.id, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
                area: scope.area.code
            ) { writer in
                writer.member("columns", proposal.content.columns.count)
                writer.member("form", proposal.form)
                if !proposal.admitted.isEmpty { writer.member("admitted", proposal.admitted.count) }
                if let ground = proposal.content.ground { writer.member("ground", ground) }
            }, in: transaction)
    }

    /// Nobody asks the grassroots past the data bureau.
    static let noDirectRequest = Refusal(
        .forbidden, "forms.no-direct-request",
        LocalizedText("部门不得直接向基层要数、要表", "Departments may not ask the grassroots for data or forms"),
        wayOn: LocalizedText("请向数据局提出数据需求：/forms/proposals", "Ask the data bureau: /forms/proposals"),
        rule: "数据局统一规定、分派、收集、使用；同一材料最多报一次")
}
