import Desk
import Ground

/// `Rules/caps.yaml`: how much of each kind may be sent to the grassroots at all.
struct BurdenCaps: Sendable, Decodable {
    struct Cap: Sendable, Decodable {
        var kind: DemandKind
        /// What counts as the same under another name: whoever calls an inspection a visit has inspected.
        var together: [DemandKind]?
        var rule: String
        /// At least so much below the base year, per mille.
        var cut: Int64?
        /// Times in each month of the base year, by line; nil where nobody knows.
        var base: [String: [Int64?]]?
        /// Times a year for each department.
        var yearly: Int64?
        var mostMinutes: Int64?
        var mostCharacters: Int64?

        var kinds: [DemandKind] { [kind] + (together ?? []) }
    }

    /// What holds for one department in a year.
    struct Allowance: Sendable, Hashable {
        /// nil where no yearly cap holds.
        var most: Int64?
        /// Times in the base year, as far as they are known.
        var base: Int64?
        /// Months of the base year that nobody knows.
        var holes: Int
    }

    var baseYear: Int
    var reboundPerMille: Int64
    var caps: [Cap]

    func cap(_ kind: DemandKind) -> Cap? { caps.first { $0.kinds.contains(kind) } }

    /// The kind under whose cap a kind is counted; itself where no cap holds.
    func counted(_ kind: DemandKind) -> DemandKind { cap(kind)?.kind ?? kind }

    /// All kinds that are counted under the same cap.
    func together(_ kind: DemandKind) -> [DemandKind] { cap(kind)?.kinds ?? [kind] }

    static func load(from files: RuleFiles, lines: Set<String>) throws(Refusal) -> BurdenCaps {
        let caps = try files.decode(BurdenCaps.self, from: "caps.yaml")
        let file = try files.file("caps.yaml")
        func wrong(_ cap: Cap, _ chinese: String, _ english: String) -> Refusal {
            RuleFiles.refusal(
                "\(cap.kind.rawValue): \(english)", "\(cap.kind.rawValue)：\(chinese)", in: file, line: nil)
        }
        var named: Set<DemandKind> = []
        for cap in caps.caps {
            for kind in cap.kinds where !named.insert(kind).inserted {
                throw wrong(cap, "种类 \(kind.rawValue) 出现两次", "the kind \(kind.rawValue) is named twice")
            }
            for (line, months) in cap.base ?? [:] {
                guard lines.contains(line) else { throw wrong(cap, "未知条线 \(line)", "no line \(line)") }
                guard months.count == 12, months.allSatisfy({ ($0 ?? 0) >= 0 }) else {
                    throw wrong(cap, "\(line) 须有 12 个月的次数，不能为负", "\(line) needs 12 months, none below zero")
                }
            }
            guard (0...1000).contains(cap.cut ?? 0), (cap.yearly ?? 0) >= 0, (cap.mostMinutes ?? 1) > 0,
                (cap.mostCharacters ?? 1) > 0
            else { throw wrong(cap, "数字超出范围", "a figure is out of range") }
        }
        guard caps.reboundPerMille > 0 else {
            throw RuleFiles.refusal("reboundPerMille is from 1", "reboundPerMille 须大于 0", in: file, line: nil)
        }
        return caps
    }

    /// What a department may send in a year. Months that nobody knows count as none, so a hole never makes a cap larger.
    func allowance(_ kind: DemandKind, line: String?) -> Allowance {
        guard let cap = cap(kind) else { return Allowance(most: nil, base: nil, holes: 0) }
        guard let cut = cap.cut, let months = line.flatMap({ cap.base?[$0] }) else {
            return Allowance(most: cap.yearly, base: nil, holes: cap.cut == nil ? 0 : 12)
        }
        let base = months.compactMap { $0 }.reduce(0, +)
        let cutTo = base * (1000 - cut) / 1000
        return Allowance(
            most: min(cutTo, cap.yearly ?? cutTo), base: base, holes: months.filter { $0 == nil }.count)
    }

    /// - Parameter sent: how many of the kind the department has sent this year, or has on the way.
    func finding(_ content: DemandContent, line: String?, sent: Int64) -> GateAnswer.Finding {
        func finding(_ weight: GateAnswer.Weight, _ chinese: String, _ english: String) -> GateAnswer.Finding {
            GateAnswer.Finding(
                question: .cap, weight: weight, text: LocalizedText(chinese, english),
                rule: cap(content.kind)?.rule ?? "整治形式主义为基层减负若干规定（2024）")
        }
        guard let cap = cap(content.kind) else { return finding(.fine, "这一种类不设上限", "No cap on this kind") }
        if let most = cap.mostMinutes, content.minutes > most {
            return finding(
                .bar, "每次 \(content.minutes) 分钟，超过上限 \(most) 分钟", "\(content.minutes) minutes each, more than \(most)")
        }
        if let most = cap.mostCharacters, (content.characters ?? 0) > most {
            return finding(
                .bar, "\(content.characters ?? 0) 字，超过上限 \(most) 字",
                "\(content.characters ?? 0) characters, more than \(most)")
        }
        let allowance = allowance(content.kind, line: line)
        let missing = allowance.holes
        guard let most = allowance.most else {
            if missing == 0 { return finding(.fine, "没有年度上限", "No yearly cap") }
            return finding(
                .note, "没有基准年数字，无法核对上限，请统筹办核定", "No figures of a base year: coordination has to set the cap")
        }
        var before = ""
        var beforeEnglish = ""
        var after = ""
        var afterEnglish = ""
        if let base = allowance.base {
            before = "基准年 \(base) 次，"
            beforeEnglish = "\(base) in the base year, "
        }
        if missing > 0 {
            after = "（基准年 \(baseYear) 缺 \(missing) 个月，按已知月份计）"
            afterEnglish = " (\(missing) months of the base year \(baseYear) are not known and count as none)"
        }
        let number = sent + 1
        if sent >= most {
            let chinese: String = "\(before)年度上限 \(most) 次，本年已有 \(sent) 次，第 \(number) 次不得下达\(after)"
            let english: String = "\(beforeEnglish)at most \(most) a year: number \(number) is not sent\(afterEnglish)"
            return finding(.bar, chinese, english)
        }
        let chinese: String = "\(before)年度上限 \(most) 次，本年第 \(number) 次\(after)"
        let english: String = "\(beforeEnglish)at most \(most) a year, this is number \(number)\(afterEnglish)"
        return finding(missing == 0 ? GateAnswer.Weight.fine : GateAnswer.Weight.note, chinese, english)
    }
}
