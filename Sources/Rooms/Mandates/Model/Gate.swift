import Desk
import Ground
import WorkCalendar

/// 准入: the questions that whatever comes from above must answer. Pure: what is known comes in as arguments.
struct Gate: Sendable {
    /// What the gate knows when a demand is filed.
    struct Knowledge: Sendable {
        var today: Day
        /// The items of the lists now in force, by code.
        var items: [String: MandateItem]
        /// Other demands that are admitted or on their way, and items, by what they are called.
        var others: [Other]
        /// Powers that the streets of the area hold.
        var powers: Set<String>
        /// How many of the kind its sender has sent this year, or has on the way.
        var sent: Int64
        var load: LoadEffect?

        init(
            today: Day, items: [String: MandateItem], others: [Other], powers: Set<String>, sent: Int64 = 0,
            load: LoadEffect?
        ) {
            self.today = today
            self.items = items
            self.others = others
            self.powers = powers
            self.sent = sent
            self.load = load
        }
    }

    struct Other: Sendable, Hashable {
        var name: String
        var title: String
        var kind: DemandKind?
        var similarity: Double
    }

    var rules: GateRules
    var lines: LineNames
    var calendar: WorkCalendar
    var caps: BurdenCaps
    var limits: PowerLimits
    var boundaries: Boundaries

    func answer(_ content: DemandContent, line: String?, _ known: Knowledge) -> GateAnswer {
        var proposal = content
        let item = content.item.flatMap { known.items[$0] }
        var findings = [
            basis(content, item), list(content, item, line), power(content, known),
            expiry(content, &proposal), notice(content, known, &proposal), evidence(content, &proposal),
            duplicate(content, known), caps.finding(content, line: line, sent: known.sent),
            limit(content, line: line), boundary(content, item, line: line, today: known.today),
        ]
        let isListed = item.map { $0.list.isDoneBelow && Self.isWithin(content, $0) } ?? false
        findings += load(known.load, content, isListed: isListed, &proposal)
        let price = Self.price(known.load, proposal, of: content, rules)
        let missing = isListed ? 0 : max(0, price - content.yuan)
        findings.append(money(content, price: price, missing: missing, isListed: isListed))
        let worst = findings.map(\.weight).max() ?? .fine
        let verdict: GateAnswer.Verdict =
            switch worst {
            case .bar: .refused
            case .price: .priced
            case .change: .changed
            case .note, .fine: .admitted
            }
        if missing > 0, worst != .bar { proposal.yuan = price }
        let order = GateAnswer.Question.allCases
        findings.sort { (order.firstIndex(of: $0.question) ?? 0) < (order.firstIndex(of: $1.question) ?? 0) }
        return GateAnswer(
            findings: findings, verdict: verdict, priceYuan: price, missingYuan: missing, load: known.load,
            proposal: proposal)
    }

    /// Whole yuan, rounded up: nobody works the last quarter of an hour for nothing.
    static func price(
        _ load: LoadEffect?, _ proposal: DemandContent, of content: DemandContent, _ rules: GateRules
    ) -> Int64 {
        guard let load, content.times > 0 else { return 0 }
        let minutes = load.minutes * proposal.times / content.times
        return (minutes * rules.yuanPerHour + 59) / 60
    }

    /// Whether the demand asks for no more than the standard times of its item.
    static func isWithin(_ content: DemandContent, _ item: MandateItem) -> Bool {
        let standard =
            item.tasks.filter { $0.at == content.level }.map { ($0.minutes ?? 0) * ($0.times ?? 0) }.max() ?? 0
        let days = content.until.map { max(1, $0 - content.from + 1) } ?? 365
        // Times asked for in the period, taken for a whole year; in wider integers than any form could fill.
        let asked = content.minutes * content.times * 365
        return asked <= standard * Int64(days)
    }

    func finding(
        _ question: GateAnswer.Question, _ weight: GateAnswer.Weight, _ chinese: String, _ english: String,
        rule: String
    ) -> GateAnswer.Finding {
        GateAnswer.Finding(question: question, weight: weight, text: LocalizedText(chinese, english), rule: rule)
    }

    private static let lists = "职责准入：清单外事项不得下达"
    private static let burden = "整治形式主义为基层减负若干规定（2024）"

    private func basis(_ content: DemandContent, _ item: MandateItem?) -> GateAnswer.Finding {
        if let item {
            return finding(
                .basis, .fine, "清单事项 \(item.code)，依据\(item.basis.joined(separator: "、"))",
                "Item \(item.code), grounded in \(item.basis.joined(separator: ", "))", rule: item.code)
        }
        if let code = content.item {
            return finding(
                .basis, .bar, "现行清单中没有事项 \(code)", "The lists in force have no item \(code)", rule: Self.lists)
        }
        guard let basis = content.basis, !basis.isBlank else {
            return finding(
                .basis, .bar, "既不在清单上，也没有写明依据", "It is on no list and names no ground", rule: Self.lists)
        }
        guard basis.contains("《") && basis.contains("》") || basis.contains("〔") else {
            return finding(
                .basis, .bar, "“\(basis)”不是可查的法规或文号（《…》或〔年份〕文号）",
                "“\(basis)” cites no law or numbered paper that could be looked up", rule: Self.lists)
        }
        return finding(
            .basis, .note, "自述依据“\(basis)”，条文待统筹办核实",
            "It cites “\(basis)”; coordination checks the text", rule: basis)
    }

    private func list(_ content: DemandContent, _ item: MandateItem?, _ line: String?) -> GateAnswer.Finding {
        guard let item else {
            return finding(
                .list, .price, "不在基层任何一张清单上，只能协商购买", "It is on none of the lists below: it can only be bought",
                rule: "费随事转、购买服务")
        }
        let lead = lines.title(item.lead)
        guard item.list.isDoneBelow else {
            return finding(
                .list, .bar, "属上级收回事项，由\(lead.chinese)自行承担：\(item.part.chinese)",
                "It was taken back; \(lead.english) does it itself: \(item.part.english)", rule: item.code)
        }
        if item.list == .cooperative || item.list == .assisting, let line, item.lead != line {
            return finding(
                .list, .bar, "该事项由\(lead.chinese)牵头，不能由\(lines.title(line).chinese)下达",
                "\(lead.english) leads this item; \(lines.title(line).english) cannot send it down", rule: item.code)
        }
        guard Self.isWithin(content, item) else {
            return finding(
                .list, .price, "超出清单规定的频次和工时，超出部分须付费", "More than the item’s times and hours: the rest is paid for",
                rule: item.code)
        }
        return finding(
            .list, .fine, "在\(item.list.title.chinese)上，频次和工时在标准内",
            "On the list “\(item.list.title.english)”, within its standard", rule: item.code)
    }

    private func power(_ content: DemandContent, _ known: Knowledge) -> GateAnswer.Finding {
        guard let power = content.power, !power.isBlank else {
            return finding(.power, .fine, "不需要执法等权力", "It needs no power such as enforcement", rule: "权随责走")
        }
        guard known.powers.contains(power) else {
            return finding(
                .power, .bar, "需要“\(power)”的权力，但该区域街道未被赋权",
                "It needs the power “\(power)”, which the streets there do not hold",
                rule: "权随责走")
        }
        return finding(.power, .fine, "已赋权：\(power)", "The power is held: \(power)", rule: "权随责走")
    }

    private func money(_ content: DemandContent, price: Int64, missing: Int64, isListed: Bool) -> GateAnswer.Finding {
        if isListed {
            return finding(
                .money, .fine, "清单内工作，经费随清单安排", "On the list: its money is arranged with the list", rule: "费随事转")
        }
        guard missing > 0 else {
            return finding(
                .money, .fine, "随带经费 \(content.yuan) 元，不低于应付 \(price) 元",
                "\(content.yuan) yuan come with it, at least the \(price) it costs", rule: "费随事转")
        }
        return finding(
            .money, .price, "按每小时 \(rules.yuanPerHour) 元应付 \(price) 元，随带 \(content.yuan) 元，还缺 \(missing) 元",
            "At \(rules.yuanPerHour) yuan an hour it costs \(price); \(content.yuan) come with it, \(missing) lack",
            rule: "费随事转")
    }

    private func expiry(_ content: DemandContent, _ proposal: inout DemandContent) -> GateAnswer.Finding {
        let latest = Self.day(content.from, plusMonths: rules.longestMonths)
        guard let until = content.until else {
            proposal.until = latest
            return finding(
                .expiry, .change, "没有写明到期日，最长到 \(latest)", "It names no end; \(latest) at most",
                rule: "准入事项到期自动失效")
        }
        guard until <= latest else {
            proposal.until = latest
            return finding(
                .expiry, .change, "期限超过 \(rules.longestMonths) 个月，改为到 \(latest)",
                "Longer than \(rules.longestMonths) months; until \(latest)", rule: "准入事项到期自动失效")
        }
        return finding(.expiry, .fine, "到 \(until) 自动失效", "It ends by itself on \(until)", rule: "准入事项到期自动失效")
    }

    private func notice(_ content: DemandContent, _ known: Knowledge, _ proposal: inout DemandContent)
        -> GateAnswer.Finding
    {
        let earliest = calendar.add(workdays: rules.noticeWorkdays, to: known.today).day
        guard content.from >= earliest else {
            proposal.from = earliest
            if let until = proposal.until, until < earliest { proposal.until = earliest }
            return finding(
                .notice, .change, "最早 \(earliest) 开始（须提前 \(rules.noticeWorkdays) 个工作日告知）",
                "It begins on \(earliest) at the earliest (\(rules.noticeWorkdays) working days’ notice)",
                rule: Self.burden)
        }
        return finding(
            .notice, .fine, "提前 \(rules.noticeWorkdays) 个工作日以上告知",
            "Told at least \(rules.noticeWorkdays) working days before",
            rule: Self.burden)
    }

    private func evidence(_ content: DemandContent, _ proposal: inout DemandContent) -> GateAnswer.Finding {
        let kind = rules.kind(content.kind)
        let most = kind?.mostEvidence ?? 0
        guard content.evidence > most else {
            return finding(.evidence, .fine, "没有额外留痕要求", "No evidence beyond the work itself", rule: kind?.rule ?? "")
        }
        proposal.evidence = most
        return finding(
            .evidence, .change, "每次要求 \(content.evidence) 份留痕材料，减为 \(most) 份；以结果为准",
            "\(content.evidence) pieces of evidence each time, cut to \(most); the result counts", rule: Self.burden)
    }

    private func duplicate(_ content: DemandContent, _ known: Knowledge) -> GateAnswer.Finding {
        let same = known.others.filter {
            $0.similarity >= rules.similarity && ($0.kind == nil || $0.kind == content.kind)
        }
        guard let nearest = same.max(by: { $0.similarity < $1.similarity }) else {
            return finding(.duplicate, .fine, "没有发现重复", "Nothing like it was found", rule: Self.burden)
        }
        return finding(
            .duplicate, .bar, "与 \(nearest.name)“\(nearest.title)”重复，请并入或直接取用其结果",
            "A duplicate of \(nearest.name) “\(nearest.title)”: join it, or use its results", rule: Self.burden)
    }

    private func load(
        _ load: LoadEffect?, _ content: DemandContent, isListed: Bool, _ proposal: inout DemandContent
    ) -> [GateAnswer.Finding] {
        let rule = "工作量饱和度不超过 100%"
        guard let load else { return [finding(.load, .note, "负荷未能测算", "The load could not be computed", rule: rule)] }
        if content.isByHired {
            return [
                finding(
                    .people, .fine, "由随带经费另行聘用的人员承担", "People hired with its money do it", rule: "购买服务"),
                finding(.load, .fine, "不占用现有岗位工时", "It takes no hours of the posts that are there", rule: rule),
            ]
        }
        var findings: [GateAnswer.Finding] = []
        if load.unstaffedMinutes > 0 {
            let hours = hoursText(load.unstaffedMinutes)
            findings.append(
                finding(
                    .people, .note, "\(hours) 小时无人可承担（岗位空缺）", "\(hours) hours for which no post is staffed",
                    rule: "权责能一致"))
        } else {
            findings.append(
                finding(
                    .people, .fine, "涉及 \(load.posts) 个岗位，均已配人", "\(load.posts) posts, all staffed", rule: "权责能一致"))
        }
        let share = "\(permille(load.before)) → \(permille(load.after))"
        guard load.offsetMinutes > 0 else {
            findings.append(
                finding(.load, .fine, "饱和度 \(share)，没有岗位因此超负荷", "Saturation \(share), no post goes over", rule: rule))
            return findings
        }
        let over = "\(load.overBefore) → \(load.overAfter)"
        let hours = hoursText(load.offsetMinutes)
        let chinese = "饱和度 \(share)，超负荷岗位 \(over) 个；要不超负荷，别处至少须减 \(hours) 小时"
        let english =
            "Saturation \(share), posts over capacity \(over); at least \(hours) hours would have to go elsewhere"
        let bearable = content.times * load.bearable / 1000
        if isListed {
            findings.append(
                finding(
                    .load, .note, chinese + "（清单内职责，转入编制与人员方案）", english + " (a duty: it goes to staffing)", rule: rule)
            )
        } else if bearable > 0 {
            proposal.times = bearable
            findings.append(
                finding(
                    .load, .change, chinese + "；或由 \(content.times) 次减为 \(bearable) 次",
                    english + "; or \(bearable) times instead of \(content.times)", rule: rule))
        } else {
            proposal.isByHired = true
            findings.append(
                finding(
                    .load, .price, chinese + "；否则只能由随带经费另行聘人承担",
                    english + "; else only people hired with its money can do it", rule: rule))
        }
        return findings
    }

    /// The same day so many months later, or the last of that month.
    static func day(_ day: Day, plusMonths months: Int) -> Day {
        let parts = day.parts
        let index = parts.year * 12 + parts.month - 1 + months
        for last in stride(from: parts.day, through: 1, by: -1) {
            if let found = Day(year: index / 12, month: index % 12 + 1, day: last) { return found }
        }
        return day
    }
}

/// Hours with one decimal.
func hoursText(_ minutes: Int64) -> String {
    let tenths = (minutes * 10 + 30) / 60
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
}

/// Per mille as per cent with one decimal.
func permille(_ value: Int64) -> String {
    value % 10 == 0 ? "\(value / 10)%" : "\(value / 10).\(value % 10)%"
}
