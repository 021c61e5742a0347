import Desk
import Ground
import Identity
import Web

/// On the page of a demand: of which kind of burden it is and why, what was done about it, and what coordination can do.
struct BurdenPanel: Sendable {
    let mandates: Mandates
    let staff: StaffVisit
    var typed: QueryParameters?

    func html(_ demand: Demand, _ measures: [TakenMeasure], _ correction: MeasureStore.Correction?) -> HTML {
        // What never became work is no burden.
        guard demand.stage == .admitted || demand.stage == .expired || !measures.isEmpty else { return HTML() }
        let visit = staff.visit
        let (kind, reason) = mandates.kind(of: demand, correction)
        let isOpen = demand.stage == .admitted && staff.scope.may(.decideDemand)
        let corrected: HTML =
            correction == nil ? HTML() : " <span class=\"tag\">\(visit("已更正", "corrected"))</span>"
        return """
            <section class="panel"><h2>\(visit("负担类别", "Kind of burden")) <span class="tag \(HTML(trusted: "\(MandateTexts.tone(kind))"))">\(visit(MandateTexts.title(kind)))</span>\(corrected)</h2>\
            <dl class="facts"><dt>\(visit("理由", "Why"))</dt><dd>\(visit(reason))</dd>\
            <dt>\(visit("怎么减", "Remedy"))</dt><dd>\(mandates.burdenKinds.kind(kind).map { visit($0.remedy) } ?? "")</dd>\
            \(measures.html { one in
                """
                <dt>\(visit(one.measure.title)) \(one.day.description)</dt><dd>\(hoursText(one.minutesBefore)) → \(hoursText(one.minutesAfter)) \(visit("小时", "hours")) \(one.other ?? "") \(one.words)</dd>
                """
            })</dl>\(isOpen ? forms(demand, kind) : HTML())</section>
            """
    }

    private func forms(_ demand: Demand, _ kind: BurdenKind) -> HTML {
        let visit = staff.visit
        let reason = visit("理由", "Reason")
        let kinds = BurdenKind.allCases.map { Field.Choice($0.rawValue, visit(MandateTexts.title($0))) }
        let measures = (mandates.burdenKinds.kind(kind)?.measures ?? []).map {
            Field.Choice($0.rawValue, visit($0.title))
        }
        let begin: HTML =
            "\(visit.formFields)<input type=\"hidden\" name=\"_version\" value=\"\(demand.version)\">"
        let measure: HTML =
            demand.isBought
            ? HTML()
            : """
            <form method="post" action="/demands/\(demand.id)/measure" class="act-form">\(begin)\
            \(Field.choice("measure", visit("减负措施", "Measure"), measures, value: typed?["measure"], required: true))\
            \(Field.text("minutes", visit("每次分钟（重新设计）", "Minutes each time (made anew)"), value: typed?["minutes"] ?? "\(demand.terms.minutes)", maximum: 6, inputMode: "numeric"))\
            \(Field.text("times", visit("次数", "Times"), value: typed?["times"] ?? "\(demand.terms.times)", maximum: 6, inputMode: "numeric"))\
            \(Field.text("other", visit("并入哪一件（准入编号）", "Number of what it joins"), value: typed?["other"], maximum: 40))\
            \(Field.longText("words-measure", reason, value: typed?["words"], required: true, maximum: 300, rows: 2, formName: "words"))\
            <p>\(Field.submit(visit("采取措施", "Take it")))</p></form>
            """
        return """
            <div class="cards">\(measure)<form method="post" action="/demands/\(demand.id)/burden-kind" class="act-form">\(begin)\
            \(Field.choice("kind", visit("更正为", "It is"), kinds, value: typed?["kind"] ?? kind.rawValue, required: true))\
            \(Field.longText("words-kind", reason, value: typed?["words"], required: true, maximum: 300, rows: 2, formName: "words"))\
            <p>\(Field.submit(visit("更正类别", "Correct the kind"), tone: ""))</p></form></div>
            """
    }

    static func kind(_ fields: QueryParameters) throws(Refusal) -> BurdenKind {
        guard let kind = fields.filled("kind").flatMap(BurdenKind.init(rawValue:)) else { throw wrong("kind") }
        return kind
    }

    static func measure(_ fields: QueryParameters) throws(Refusal) -> MeasureAsked {
        guard let measure = fields.filled("measure").flatMap(BurdenMeasure.init(rawValue:)) else {
            throw wrong("measure")
        }
        func number(_ name: String) throws(Refusal) -> Int64? {
            guard let text = fields.filled(name) else { return nil }
            guard let number = Int64(text) else { throw wrong(name) }
            return number
        }
        return MeasureAsked(
            measure: measure, minutes: try number("minutes"), times: try number("times"),
            other: fields.filled("other"), words: fields["words"] ?? "")
    }

    private static func wrong(_ field: String) -> Refusal {
        Refusal(
            .malformed, "burden.\(field)", LocalizedText("“\(field)”填写有误", "“\(field)” cannot be read"), field: field)
    }
}
