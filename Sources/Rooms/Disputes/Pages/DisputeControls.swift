import Cases
import Desk
import Ground
import Places
import Web

/// What the pages of this room share.
struct DisputeControls: Sendable {
    let disputes: Disputes
    let visit: Visit

    /// An area and two levels below it.
    func areas(_ name: String, within top: AreaPrefix, value: String?, error: String? = nil) -> HTML {
        var choices = [Field.Choice(top.code, disputes.areaName(top))]
        for child in disputes.places.children(of: top.code).prefix(300) {
            choices.append(Field.Choice(child.code, "\u{3000}" + child.name))
            guard child.code.utf8.count < 12 else { continue }
            for below in disputes.places.children(of: child.code).prefix(100) {
                choices.append(Field.Choice(below.code, "\u{3000}\u{3000}" + below.name))
            }
        }
        return Field.choice(
            name, visit(DisputeTexts.area), choices, value: value ?? top.code, required: true, error: error)
    }

    func kinds(_ name: String, value: String?, error: String? = nil) -> HTML {
        Field.choice(
            name, visit(DisputeTexts.kind), disputes.workflow.variants.map { Field.Choice($0.code, visit($0.title)) },
            value: value, required: true, none: visit(DisputeTexts.choose), error: error)
    }

    func sides(_ id: String, formName: String, all: Bool) -> HTML {
        Field.choice(
            id, visit("哪一方", "Which side"),
            Party.Side.allCases.filter { all || $0 != .other }.map {
                Field.Choice($0.rawValue, visit(DisputeTexts.title($0)))
            },
            required: true, formName: formName)
    }

    func time(_ instant: Instant) -> HTML {
        "<time datetime=\"\(instant.iso8601)\">\(visit.instantText(instant))</time>"
    }

    /// The ways that nobody may hide: they stand on every page of a dispute, and on its paper.
    func ways(_ kind: String) -> HTML {
        """
        <section class="panel" aria-label="\(visit(DisputeTexts.ways))"><h2>\(visit(DisputeTexts.ways))</h2>\
        <p class="hint">\(visit("调解自愿、免费，不影响依法起诉、仲裁的权利。", "Mediation is voluntary and free, and takes nothing from the right to go to court or arbitration."))</p>\
        <ul>\(disputes.rules.ways(of: kind).html { way in
            "<li>\(visit(way.title)) <small>\(visit(way.where.title))</small></li>"
        })</ul></section>
        """
    }
}

extension Refusal {
    func notice(_ visit: Visit) -> Page.Notice {
        Page.Notice(.danger, [visit(message), wayOn.map { visit($0) }].compactMap { $0 }.joined(separator: " "))
    }

    var isForTheSender: Bool { kind == .ruleBroken || kind == .malformed || kind == .conflict || kind == .forbidden }
}

func parsedArea(_ text: String, field: String = "area") throws(Refusal) -> AreaPrefix {
    guard let area = AreaPrefix(text) else {
        throw Refusal(
            .malformed, "disputes.no-area", LocalizedText("没有这样的区域代码", "That is no code of an area"), field: field)
    }
    return area
}

func parsedDay(_ text: String?, field: String) throws(Refusal) -> Day? {
    guard let text, !text.isEmpty else { return nil }
    guard let day = Day(text) else {
        throw Refusal(
            .malformed, "disputes.no-day",
            LocalizedText("日期请写成 2026-11-21 的形式", "A date is written as 2026-11-21"), field: field)
    }
    return day
}

func parsedTime(_ text: String?, field: String) throws(Refusal) -> Instant? {
    guard let text, !text.isEmpty else { return nil }
    guard let instant = Instant(iso8601: text) else {
        throw Refusal(
            .malformed, "disputes.no-time",
            LocalizedText("“\(field)”不是 ISO 8601 时间", "“\(field)” is no ISO 8601 time"), field: field)
    }
    return instant
}
