import Desk
import Ground
import Web

/// The fields in which facts are written, from the dictionary.
struct FactFields: Sendable {
    let registry: Registry
    let visit: Visit
    let typed: QueryParameters?
    let refusal: Refusal?

    private func error(_ key: String) -> String? {
        refusal?.field == key ? refusal.map { visit($0.message) } : nil
    }

    func field(_ element: Element) -> HTML {
        let (label, value, wrong) = (visit(element.name), typed?[element.key], error(element.key))
        let id = "fact-" + element.key
        switch element.type {
        case .code(let list):
            return Field.choice(
                id, label,
                (registry.dictionary.lists[list]?.entries ?? []).map { Field.Choice($0.code, visit($0.text)) },
                value: value,
                none: "—", error: wrong, formName: element.key)
        case .yesNo:
            return Field.choice(
                id, label,
                [
                    Field.Choice(DataDictionary.yes, visit("是", "yes")),
                    Field.Choice(DataDictionary.no, visit("否", "no")),
                ], value: value, none: "—", error: wrong, formName: element.key)
        case .day:
            return Field.text(id, label, value: value, type: "date", error: wrong, formName: element.key)
        case .number:
            return Field.text(
                id, label, value: value, maximum: 9, hint: element.unit.map { visit($0) }, error: wrong,
                inputMode: "numeric", formName: element.key)
        case .reference(let kind):
            return Field.text(
                id, label, value: value, maximum: 26,
                hint: visit("\(kind.title.chinese)档案编号", "Number of the \(kind.rawValue)"), error: wrong,
                formName: element.key)
        case .area:
            return Field.text(
                id, label, value: value, maximum: 15, hint: visit("6–15 位代码", "A code of 6 to 15 digits"), error: wrong,
                inputMode: "numeric", formName: element.key)
        case .place:
            return Field.text(
                id, label, value: value, maximum: 40, hint: visit("经度,纬度", "longitude,latitude"), error: wrong,
                formName: element.key)
        case .text, .name, .citizenNumber, .phone, .creditCode:
            return Field.text(
                id, label, value: value, maximum: 200, error: wrong, autocomplete: "off", formName: element.key)
        }
    }

    /// Since when, seen when, from where.
    func common(withCorrection: Bool) -> HTML {
        let correction: HTML =
            withCorrection
            ? Field.checkbox(
                "_correction",
                visit("更正：此前登记有误（从起始日期起）", "A correction: what was written before was wrong, from that day on"),
                isOn: typed?["_correction"] == "yes") : HTML()
        return """
            <div class="cards">\(Field.text("_since", visit(RegistryTexts.since), value: typed?["_since"], type: "date", hint: visit("以上内容从哪天起如此；留空为采集当天", "From which day on this is so; empty: the day it was seen"), error: error("_since")))\
            \(Field.choice("_source", visit(RegistryTexts.source), FactSource.allCases.filter { $0 != .derived }.map { Field.Choice($0.rawValue, visit($0.title)) }, value: typed?["_source"] ?? FactSource.visit.rawValue, required: true))</div>\
            \(correction)
            """
    }

    /// What was filled in.
    static func entry(
        _ kind: SubjectKind, _ id: SubjectID?, _ fields: QueryParameters, _ dictionary: DataDictionary, at now: Instant
    ) throws(Refusal) -> NewEntry {
        var since: Day?
        if let text = fields.filled("_since") {
            guard let day = Day(text) else {
                throw Refusal(
                    .malformed, "registry.no-day", LocalizedText("日期须如 2026-11-21", "A day is written 2026-11-21"),
                    field: "_since")
            }
            since = day
        }
        let facts = dictionary.elements(of: kind).compactMap { element in
            fields.filled(element.key).map { NewEntry.Fact(element.key, $0, since: since) }
        }
        return NewEntry(
            kind, id, facts: facts, seenAt: now,
            source: fields["_source"].flatMap { FactSource(rawValue: $0) } ?? .counter,
            isCorrection: fields["_correction"] == "yes")
    }
}
