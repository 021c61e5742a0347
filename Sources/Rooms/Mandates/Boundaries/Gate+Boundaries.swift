import Desk
import Ground

/// What those above may do at all, and where government ends.
extension Gate {
    /// 限权: the worst of what the demand does.
    func limit(_ content: DemandContent, line: String?) -> GateAnswer.Finding {
        let sender = PowerLimits.Sender(line: line)
        let answers = limits.acts(content).map { limits.limit($0, from: sender, to: content.level) }
        let level = MandateTexts.title(content.level)
        if let barred = answers.first(where: { $0.allow == .no }) {
            return finding(
                .limit, .bar,
                "\(sender.title.chinese)不可以对\(level.chinese)\(barred.act.title.chinese)",
                "\(sender.title.english) may not: \(barred.act.title.english) → \(level.english)", rule: barred.rule)
        }
        if let through = answers.first(where: { $0.allow == .through }), let via = through.via {
            return finding(
                .limit, .note, "对\(level.chinese)\(through.act.title.chinese)须经\(via.chinese)",
                "\(through.act.title.english) → \(level.english): only through \(via.english)", rule: through.rule)
        }
        return finding(
            .limit, .fine, "在限权清单允许之内", "Within what those above may do", rule: answers.first?.rule ?? "")
    }

    /// 一票否决、自治、属地: no veto that is not registered, no order into what residents govern themselves, no duty of a
    /// department’s made the street’s by a word.
    func boundary(
        _ content: DemandContent, _ item: MandateItem? = nil, line: String?, today: Day
    ) -> GateAnswer.Finding {
        if let matter = boundaries.selfGoverned(content.title + content.purpose) {
            return finding(
                .boundary, .bar, "涉及居（村）民自治事项，不得下达行政命令；可以建议、指导、依法监督",
                "It reaches into what residents govern themselves: advice, guidance, lawful supervision; no order",
                rule: matter.basis)
        }
        if let shifting = boundaries.shifting, let word = shifting.word(in: content.title + content.purpose),
            item?.isLedBelow != true
        {
            let lead = (item?.lead ?? line).map(lines.title)
            return finding(
                .boundary, .bar,
                "以“\(word)”把\(lead?.chinese ?? "上级")的责任转给基层：清单没有规定由街道、社区牵头的，不得下移；请写明牵头部门承担什么、给基层什么支持",
                "By “\(word)” it makes a duty of \(lead?.english ?? "those above") the grassroots’: no list has them lead it. Say what the department itself does, and what it gives",
                rule: shifting.basis)
        }
        guard let name = content.veto, !name.isBlank else {
            return finding(.boundary, .fine, "不涉及自治事项，不附带一票否决", "Nothing self-governed, no veto", rule: "政社边界")
        }
        guard let veto = boundaries.vetoes.first(where: { [$0.key, $0.zh, $0.en].contains(name) }) else {
            return finding(
                .boundary, .bar, "一票否决“\(name)”没有登记，不得设立", "The veto “\(name)” is not registered and may not be set",
                rule: Self.vetoRule)
        }
        guard veto.until >= today else {
            return finding(
                .boundary, .bar, "一票否决“\(veto.zh)”的登记已于 \(veto.until) 到期",
                "The registration of the veto “\(veto.en)” ended on \(veto.until)", rule: Self.vetoRule)
        }
        guard line == nil || line == veto.line else {
            return finding(
                .boundary, .bar, "一票否决“\(veto.zh)”由\(lines.title(veto.line).chinese)掌握，其他部门不得使用",
                "The veto “\(veto.en)” belongs to \(lines.title(veto.line).english)", rule: veto.basis)
        }
        return finding(
            .boundary, .note, "附带已登记的一票否决“\(veto.zh)”，统筹办核实是否必要",
            "It carries the registered veto “\(veto.en)”; coordination looks whether it is needed", rule: veto.basis)
    }

    private static let vetoRule = "整治形式主义为基层减负若干规定（2024）：规范“一票否决”事项"
}
