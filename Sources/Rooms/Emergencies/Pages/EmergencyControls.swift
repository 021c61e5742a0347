import Desk
import Ground
import Places
import Web

/// What the pages of this room share.
struct EmergencyControls: Sendable {
    let emergencies: Emergencies
    let visit: Visit

    func tag(_ text: String, _ tone: StaticString) -> HTML {
        "<span class=\"tag \(HTML(trusted: "\(tone)"))\">\(text)</span>"
    }

    func time(_ instant: Instant) -> HTML {
        "<time datetime=\"\(instant.iso8601)\">\(visit.instantText(instant))</time>"
    }

    /// An area and two levels below it.
    func areas(_ id: String, within top: AreaPrefix, value: String?, error: String? = nil, formName: String = "area")
        -> HTML
    {
        var choices = [Field.Choice(top.code, emergencies.areaName(top))]
        for child in emergencies.places.children(of: top.code).prefix(300) {
            choices.append(Field.Choice(child.code, "\u{3000}" + child.name))
            for below in emergencies.places.children(of: child.code).prefix(100) where child.code.utf8.count < 15 {
                choices.append(Field.Choice(below.code, "\u{3000}\u{3000}" + below.name))
            }
        }
        return Field.choice(
            id, visit(EmergencyTexts.area), choices, value: value ?? top.code, required: true, error: error,
            formName: formName)
    }

    func levels(_ id: String, value: String?, error: String? = nil) -> HTML {
        let names: [EmergencyLevel: LocalizedText] = [
            .first: LocalizedText("一级（红色）", "I (red)"), .second: LocalizedText("二级（橙色）", "II (orange)"),
            .third: LocalizedText("三级（黄色）", "III (yellow)"), .fourth: LocalizedText("四级（蓝色）", "IV (blue)"),
        ]
        return Field.choice(
            id, visit(EmergencyTexts.level),
            EmergencyLevel.allCases.map { level in
                Field.Choice(level.rawValue, names[level].map { visit($0) } ?? level.rawValue)
            }, value: value, required: true, none: visit(EmergencyTexts.choose), error: error, formName: "level")
    }

    func happened(_ id: String, value: String?, required: Bool = false) -> HTML {
        Field.text(
            id, visit(EmergencyTexts.happenedAt), value: value, required: required, maximum: 30,
            hint: visit(EmergencyTexts.happenedHint), placeholder: "2026-11-21 08:30", formName: "happenedAt")
    }

    func number(_ id: String, _ label: String, value: String?, formName: String, error: String? = nil) -> HTML {
        Field.text(
            id, label, value: value, required: true, maximum: 9, error: error, inputMode: "numeric",
            formName: formName)
    }

    func table(_ caption: String, _ heads: [String], _ rows: HTML) -> HTML {
        """
        <div class="panel scroll" tabindex="0" role="region" aria-label="\(caption)"><table class="list"><caption>\(caption)</caption>\
        <thead><tr>\(heads.html { "<th scope=\"col\">\($0)</th>" })</tr></thead><tbody>\(rows)</tbody></table></div>
        """
    }
}

extension Refusal {
    func notice(_ visit: Visit) -> Page.Notice {
        Page.Notice(.danger, [visit(message), wayOn.map { visit($0) }].compactMap { $0 }.joined(separator: " "))
    }

    var isForTheSender: Bool { kind == .ruleBroken || kind == .malformed || kind == .conflict || kind == .forbidden }
}
