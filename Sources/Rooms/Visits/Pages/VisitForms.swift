import Desk
import Ground
import Places
import Registry
import Web

/// What is asked at one home, as a form of the page: without scripts it is sent at once, with them it becomes one report in
/// the outbox of the phone.
struct VisitForms: Sendable {
    let visits: Visits
    let staff: StaffVisit
    let knownAt: Instant
    let formNames: [String: LocalizedText]

    private var visit: Visit { staff.visit }
    private var dictionary: DataDictionary { visits.registry.dictionary }

    /// What an answer is called in the form when it is no value.
    static let still = "=still"
    static let nothing = "=none"
    static let declined = "=declined"

    // MARK: A home

    func card(_ home: HomeVisit, number: Int) -> HTML {
        let limit = visits.rules.questionsAtOnce
        let first = Set(home.questions.prefix(limit).map(\.key))
        let rest = home.questions.count - first.count
        let more: HTML =
            rest > 0
            ? """
            <details><summary>\(visit("其余 \(rest) 项，可下次再问", "\(rest) more, for another time"))</summary>\(parts(home) { !first.contains($0.key) })</details>
            """ : HTML()
        return """
            <details class="act" data-home="\(home.id)"><summary><span>\(number). \(address(of: home))</span> \
            <span class="badge">\(visit("\(home.questions.count) 项", "\(home.questions.count) to ask"))</span>\(nobody(home))</summary>\
            <form method="post" action="/visits/homes/\(home.id)/answers" data-visit="\(home.id)">\(visit.formFields)\
            <input type="hidden" name="knownAt" value="\(knownAt.iso8601)">\
            \(parts(home) { first.contains($0.key) })\(more)\
            <details><summary>\(visit("变化是从哪天起的", "Since when it has been so"))</summary>\
            \(Field.text("\(home.id)-since", visit("从哪天起如此（不填为今天）", "True since; today when left empty"), type: "date", formName: "since"))</details>\
            <p class="bar">\(Field.submit(visit("记下", "Save")))\
            <button class="btn ghost" name="outcome" value="nobody">\(visit("家里没人", "Nobody at home"))</button></p></form></details>
            """
    }

    private func nobody(_ home: HomeVisit) -> HTML {
        guard let at = home.nobodyAt else { return HTML() }
        return
            " <span class=\"tag\">\(visit("\(at.local().day) 无人", "nobody there on \(at.local().day)"))</span>"
    }

    func address(of home: HomeVisit) -> String {
        home.dwelling.map { title($0, CoreElement.address) } ?? visit("地址未登记", "no address")
    }

    private func parts(_ home: HomeVisit, _ isShown: (Question) -> Bool) -> HTML {
        home.subjects.html { subject in
            let questions = home.questions(about: subject.id).filter(isShown)
            return questions.isEmpty
                ? HTML() : "<h2>\(heading(subject))</h2>\(questions.html { question($0) })"
        }
    }

    func heading(_ subject: StoredSubject) -> String {
        switch subject.kind {
        case .person: title(subject, CoreElement.name)
        case .household: visit("这户人家", "The household")
        case .dwelling: visit("这套房屋", "The dwelling")
        case .building, .organisation: visit(subject.kind.title)
        }
    }

    private func title(_ subject: StoredSubject, _ key: String) -> String {
        guard let element = dictionary[key] else { return "—" }
        let value = subject.record.value(key, at: knownAt.local().day)
        let shown = dictionary.shown(value, of: element, for: nil).text(visit.language)
        return shown.isEmpty ? "—" : shown
    }

    // MARK: A question

    /// What the list says of a question beside its name: since when nobody has looked, and who waits for it.
    func hint(_ question: Question) -> String {
        let forms = visit(
            "\(question.forms.count) 张表要用", question.forms.count == 1 ? "1 form" : "\(question.forms.count) forms")
        switch question.reason {
        case .missing: return visit(VisitTexts.missing) + " · " + forms
        case .stale(let seen):
            return visit("上次核实 \(seen.local().day)", "last seen \(seen.local().day)") + " · " + forms
        }
    }

    /// What may be said as it was, where the viewer may see it at least in part.
    func heldText(_ question: Question) -> String? {
        guard case .stale = question.reason else { return nil }
        guard let held = question.held else { return visit("没有", "none") }
        switch dictionary.shown(held, of: question.element, for: nil, areaName: visits.places.name(of:)) {
        case .clear(let text): return visit(text)
        case .masked(let text): return text
        case .hidden, .unknown: return nil
        }
    }

    private func question(_ question: Question) -> HTML {
        let name = "a.\(question.subject).\(question.element.key)"
        let label = visit(question.element.name)
        let waiting = question.forms.sorted().prefix(6).compactMap { formNames[$0].map { visit($0) } }
        let tip = waiting.joined(separator: visit("、", ", "))
        var special: [Field.Choice] = []
        if let held = heldText(question) {
            special.append(.init(Self.still, visit("仍是：\(held)", "Still: \(held)")))
        }
        let refused = Field.Choice(Self.declined, visit("不愿回答", "Would rather not say"))
        switch question.element.type {
        case .code(let list):
            let codes = (dictionary.lists[list]?.entries ?? []).map { Field.Choice($0.code, visit($0.text)) }
            return field(
                question, tip,
                Field.choice(
                    name, label, special + codes + [.init(Self.nothing, visit("没有此情况", "None")), refused],
                    none: visit("未问", "Not asked"), hint: hint(question)))
        case .yesNo:
            let both = [
                Field.Choice(DataDictionary.yes, visit("是", "Yes")), Field.Choice(DataDictionary.no, visit("否", "No")),
            ]
            return field(
                question, tip,
                Field.choice(name, label, both + [refused], none: visit("未问", "Not asked"), hint: hint(question)))
        case .day, .number, .text, .name, .citizenNumber, .phone, .creditCode, .area, .place, .reference:
            let choices = special + [.init(Self.nothing, visit("没有", "None")), refused]
            return field(
                question, tip,
                """
                \(input(question, name, label))\(Field.choice("h" + name.dropFirst(), visit("或者", "Or"), choices, none: visit("未问", "Not asked")))
                """)
        }
    }

    private func field(_ question: Question, _ tip: String, _ content: HTML) -> HTML {
        "<div class=\"question\"\(attribute: "title", tip.isEmpty ? nil : tip)>\(content)</div>"
    }

    private func input(_ question: Question, _ name: String, _ label: String) -> HTML {
        let hint = hint(question)
        switch question.element.type {
        case .day: return Field.text(name, label, type: "date", hint: hint)
        case .number:
            let unit = question.element.unit.map { "（\(visit($0))）" } ?? ""
            return Field.text(name, label + unit, maximum: 9, hint: hint, autocomplete: "off", inputMode: "numeric")
        case .phone, .citizenNumber:
            return Field.text(name, label, maximum: 20, hint: hint, autocomplete: "off", inputMode: "tel")
        case .text, .name, .creditCode, .area, .place, .reference, .code, .yesNo:
            return Field.text(name, label, maximum: 200, hint: hint, autocomplete: "off")
        }
    }

    // MARK: Reading the form

    /// - Throws: a refusal when a time or a day is none.
    static func report(_ fields: QueryParameters, at now: Instant) throws(Refusal) -> VisitReport {
        let since = fields.filled("since")
        var answers: [VisitReport.Sent.Answer] = []
        for field in fields.pairs {
            let parts = field.name.split(separator: ".", maxSplits: 2).map(String.init)
            let value = field.value
            guard parts.count == 3, !value.allSatisfy(\.isWhitespace), let subject = SubjectID(parsing: parts[1]) else {
                continue
            }
            switch (parts[0], value) {
            case ("h", _) where fields.filled("a.\(parts[1]).\(parts[2])") != nil: continue
            case ("a", still), ("h", still):
                answers.append(.init(subject: subject, element: parts[2], act: .still))
            case ("a", nothing), ("h", nothing):
                answers.append(.init(subject: subject, element: parts[2], act: .none, since: since))
            case ("a", declined), ("h", declined):
                answers.append(.init(subject: subject, element: parts[2], act: .declined))
            case ("a", _):
                answers.append(.init(subject: subject, element: parts[2], act: .now, value: value, since: since))
            default: continue
            }
        }
        return try VisitReport(
            VisitReport.Sent(
                outcome: fields.filled("outcome").flatMap { VisitReport.Outcome(rawValue: $0) }, seenAt: nil,
                knownAt: fields.filled("knownAt"), answers: answers), receivedAt: now)
    }
}

extension Question {
    /// The same for one question of a list.
    var key: AskedElement { AskedElement(subject: subject, element: element.key) }
}
