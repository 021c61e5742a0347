import Desk
import Ground
import Web

/// What the gate answers, as it is shown: verdict, the questions one by one, and the load before and after.
struct GateView: Sendable {
    let mandates: Mandates
    let visit: Visit

    func html(_ answer: GateAnswer) -> HTML {
        """
        <section class="panel"><h2>\(visit("审查结论", "What the gate says")) \(tag(visit(answer.verdict.title), tone(answer.verdict)))</h2>\
        \(load(answer))\
        <div class="scroll" tabindex="0" role="region" aria-label="\(visit("逐项审查", "Question by question"))"><table class="list"><thead><tr><th scope="col">\(visit("问", "Question"))</th>\
        <th scope="col">\(visit("结论", "Finding"))</th><th scope="col">\(visit("说明", "Why"))</th><th scope="col">\(visit("规则", "Rule"))</th></tr></thead><tbody>\
        \(answer.findings.html { finding in
            """
            <tr><th scope="row">\(visit(finding.question.title))</th><td>\(tag(visit(MandateTexts.title(finding.weight)), MandateTexts.tone(finding.weight)))</td>\
            <td class="t">\(visit(finding.text))</td><td class="t">\(rule(finding.rule))</td></tr>
            """
        })</tbody></table></div></section>
        """
    }

    private func load(_ answer: GateAnswer) -> HTML {
        guard let load = answer.load else { return HTML() }
        return """
            <dl class="kpi">\(figure(visit("合计工时", "Hours in all"), hoursText(load.minutes)))\
            \(figure(visit("涉及岗位", "Posts reached"), "\(load.posts)"))\
            \(figure(visit("饱和度 前→后", "Saturation before → after"), "\(permille(load.before)) → \(permille(load.after))"))\
            \(figure(visit("超负荷岗位 前→后", "Posts over capacity"), "\(load.overBefore) → \(load.overAfter)", load.overAfter > load.overBefore))\
            \(figure(visit("至少须减（小时）", "Least offset (hours)"), hoursText(load.offsetMinutes), load.offsetMinutes > 0))\
            \(figure(visit("应付（元）", "Price (yuan)"), "\(answer.priceYuan)"))</dl>
            """
    }

    private func figure(_ name: String, _ value: String, _ isBad: Bool = false) -> HTML {
        "<div\(attribute: "class", isBad ? "warn" : nil)><dt>\(name)</dt><dd><strong>\(value)</strong></dd></div>"
    }

    /// Items are links to the list.
    private func rule(_ rule: String) -> HTML {
        rule.utf8.allSatisfy { $0 < 0x80 } && !rule.isEmpty
            ? "<a href=\"/mandates/items/\(rule)\">\(rule)</a>" : HTML(text: rule)
    }

    func tag(_ text: String, _ tone: StaticString) -> HTML {
        "<span class=\"tag \(HTML(trusted: "\(tone)"))\">\(text)</span>"
    }

    func tone(_ verdict: GateAnswer.Verdict) -> StaticString {
        switch verdict {
        case .admitted: "ok"
        case .changed, .priced: "warn"
        case .refused: "danger"
        }
    }
}
