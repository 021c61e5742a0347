import Appraisals
import Cases
import Desk
import Faults
import Funds
import Ground
import Mandates

/// The sections of a street's card, each figure with the address of its records.
struct StreetCardPage: Sendable {
    let street: AreaPrefix
    let period: AppraisalPeriod
    let account: StreetAccount
    let facts: StreetCardFacts
    let mandates: Mandates

    private typealias Figure = ReportCard.Figure
    private var days: ClosedRange<Day> { period.days }
    private var inDays: String { "from=\(days.lowerBound)&until=\(days.upperBound)&area=\(street.code)" }
    /// The others stand in the list.
    private static let mostNamed = 3
    private static let today = LocalizedText("截至今天", "as of today")

    // MARK: What came down

    private func hours(_ key: String, _ name: LocalizedText, _ sources: [BurdenSource], _ filter: String) -> Figure? {
        let parts = sources.map { Accounts.minutes($0, days, in: street) }.filter { $0 > 0 }
        guard !parts.isEmpty else { return nil }
        return Figure(
            "hours.\(key)", name, .minutes(parts.reduce(0, +)), "/accounts/year/sources?\(inDays)\(filter)",
            note: LocalizedText("\(parts.count) 件", "\(parts.count) demands"))
    }

    var burdens: ReportCard.Section {
        let all = facts.sources
        var figures = [hours("all", LocalizedText("合计", "Together"), all, "")]
        figures += DemandKind.allCases.map { source in
            hours(
                source.rawValue, mandates.title(source), all.filter { $0.source == source },
                "&source=\(source.rawValue)")
        }
        return ReportCard.Section(
            key: "burdens", title: LocalizedText("下达到街道的工时，按来源", "Hours sent down, by source"), span: period.title,
            figures: figures.compactMap { $0 },
            whenEmpty: LocalizedText("这段时间没有经准入下达的事项。", "Nothing came through the gate in this time."))
    }

    var kinds: ReportCard.Section {
        ReportCard.Section(
            key: "kinds", title: LocalizedText("同样的工时，按负担类别", "The same hours, by kind of burden"), span: period.title,
            figures: BurdenKind.allCases.compactMap { kind in
                hours(
                    kind.rawValue, mandates.title(kind), facts.sources.filter { $0.kind == kind },
                    "&kind=\(kind.rawValue)")
            }, whenEmpty: LocalizedText("没有。", "None."))
    }

    // MARK: What it holds

    var powers: ReportCard.Section {
        let byStage = Dictionary(grouping: facts.grants, by: \.stage)
        let always: Set<PowerStage> = [.granted, .trial, .returned]
        var figures = PowerStage.allCases.compactMap { stage -> Figure? in
            let count = byStage[stage]?.count ?? 0
            guard count > 0 || always.contains(stage) else { return nil }
            return Figure(
                "powers.\(stage.rawValue)", stage.title, .count(Int64(count)),
                "/powers/grants?area=\(street.code)&stage=\(stage.rawValue)")
        }
        figures.append(
            Figure(
                "powers.unready", LocalizedText("持有而条件不足", "Held, and something lacks"),
                .count(Int64(account.unreadyPowers)), "/accounts/streets/\(street.code)"))
        return ReportCard.Section(
            key: "powers", title: LocalizedText("权", "Powers"), span: Self.today,
            figures: facts.grants.isEmpty ? [] : figures,
            whenEmpty: LocalizedText("街道还没有点过单。", "The street has ordered no power."))
    }

    /// nil for those who may not see money.
    var money: ReportCard.Section? {
        guard let money = facts.money else { return nil }
        let list = "/funds?street=\(street.code)&year=\(period.year)"
        var figures: [Figure] = []
        if money.lines > 0 {
            figures = [
                Figure("money.lines", LocalizedText("资金笔数", "Lines"), .count(money.lines), list),
                Figure("money.allotted", LocalizedText("拨入", "Paid in"), .yuan(money.allotted), list),
                Figure("money.spent", LocalizedText("已支用", "Spent"), .yuan(money.spent), list),
                Figure("money.committed", LocalizedText("已占用", "Committed"), .yuan(money.committed), list),
            ]
        }
        if account.owed > 0 {
            figures.append(
                Figure(
                    "money.owed", LocalizedText("购买服务已验收未付", "Accepted work not paid"), .yuan(account.owed),
                    "/accounts/streets/\(street.code)", note: Self.today))
        }
        return ReportCard.Section(
            key: "money", title: LocalizedText("钱", "Money"), span: Self.year(period.year), figures: figures,
            whenEmpty: LocalizedText("这一年没有拨入的资金。", "No money was paid in this year."))
    }

    var posts: ReportCard.Section {
        let load = "/workload?area=\(street.code)"
        return ReportCard.Section(
            key: "posts", title: LocalizedText("人", "Posts"),
            span: LocalizedText("今后十二个月", "the twelve months ahead"),
            figures: account.posts == 0
                ? []
                : [
                    Figure("posts.staffed", LocalizedText("在岗岗位", "Staffed posts"), .count(Int64(account.posts)), load),
                    Figure(
                        "posts.needed", LocalizedText("所需工时", "Hours needed"), .minutes(account.neededMinutes), load),
                    Figure(
                        "posts.available", LocalizedText("可用工时", "Hours available"), .minutes(account.minutes), load),
                    Figure("posts.saturation", LocalizedText("饱和度", "Saturation"), .perMille(account.saturation), load),
                    Figure(
                        "posts.over", LocalizedText("有月份超负荷的岗位", "Posts over in some month"),
                        .count(Int64(account.overPosts)), load),
                ], whenEmpty: LocalizedText("这里没有计入工作量的在岗岗位。", "No staffed posts here that count."))
    }

    // MARK: Whether it fits

    var balance: ReportCard.Section {
        let page = "/accounts/streets/\(street.code)"
        var figures = StreetAccount.Side.allCases.map { side in
            Figure(
                "balance.\(side.rawValue)", side.title,
                .words(
                    account.isInBalance(side)
                        ? LocalizedText("平衡", "In balance") : LocalizedText("失衡", "Out of balance")), page)
        }
        figures.append(
            Figure(
                "faults", LocalizedText("三不问题", "The three faults"), .count(Int64(account.faults.count)),
                "/faults?area=\(street.code)"))
        figures += account.faults.map { fault in
            Figure("faults.\(fault.key)", fault.title, .words(fault.text), "/faults/\(fault.key)")
        }
        return ReportCard.Section(
            key: "balance", title: LocalizedText("权责钱人是否相称", "Whether these fit each other"), span: Self.today,
            figures: figures, whenEmpty: LocalizedText("没有。", "None."))
    }

    var caps: ReportCard.Section {
        let list = "/demands/caps?year=\(period.year)&area=\(street.code)"
        return ReportCard.Section(
            key: "caps", title: LocalizedText("上限（待当地核实）", "Caps (check locally)"), span: Self.year(period.year),
            // One page holds no list of every department: those that have room left stand behind the first figure.
            figures: Self.capFigures(
                facts.caps, list, mandates, here: LocalizedText("到本街道", "to this street"), onlyFull: true),
            whenEmpty: LocalizedText("这一年没有部门的事项到本街道。", "No department sent anything here this year."))
    }

    static func capFigures(
        _ caps: [CapStanding], _ list: String, _ mandates: Mandates, here: LocalizedText, onlyFull: Bool = false
    ) -> [ReportCard.Figure] {
        guard !caps.isEmpty else { return [] }
        let capped = caps.filter { $0.most != nil }
        var figures = [
            ReportCard.Figure(
                "caps.kept", LocalizedText("未超上限的", "Within the cap"), .count(Int64(capped.count { !$0.isOver })), list),
            ReportCard.Figure(
                "caps.over", LocalizedText("超出上限的", "Over the cap"), .count(Int64(capped.count(where: \.isOver))), list),
        ]
        figures += capped.filter { !onlyFull || $0.isFull }.map { one in
            let (line, kind) = (mandates.title(ofLine: one.line), mandates.title(one.kind))
            let most = one.most ?? 0
            return ReportCard.Figure(
                "caps.\(one.line).\(one.kind.rawValue)",
                LocalizedText("\(line.chinese) · \(kind.chinese)", "\(line.english) · \(kind.english)"),
                .count(one.sent), list,
                note: LocalizedText(
                    "上限 \(most)；其中\(here.chinese) \(one.here)", "cap \(most); \(one.here) of them \(here.english)"))
        }
        return figures
    }

    // MARK: What was done about it, and what came of matters

    var measures: ReportCard.Section {
        let taken = facts.sources.flatMap(\.measures).filter { days.contains($0.day) }
        let rising = facts.caps.filter { $0.risesSince != nil }
        var figures: [Figure] = []
        if !taken.isEmpty {
            let byKind = Dictionary(grouping: taken, by: \.measure)
            let words = BurdenMeasure.allCases.compactMap { kind in
                byKind[kind].map {
                    LocalizedText("\(kind.title.chinese) \($0.count)", "\(kind.title.english) \($0.count)")
                }
            }
            figures.append(
                Figure(
                    "measures", LocalizedText("减负措施", "Measures taken"), .count(Int64(taken.count)),
                    "/accounts/pairs?\(inDays)",
                    note: LocalizedText(
                        words.map(\.chinese).joined(separator: "、"), words.map(\.english).joined(separator: ", "))))
        }
        if !rising.isEmpty {
            let names = rising.prefix(Self.mostNamed).map { one in
                let (line, kind) = (mandates.title(ofLine: one.line), mandates.title(one.kind))
                return LocalizedText("\(line.chinese)\(kind.chinese)", "\(line.english): \(kind.english)")
            }
            let more = rising.count > Self.mostNamed
            figures.append(
                Figure(
                    "rises", LocalizedText("又涨起来、已通知的（截至今天）", "Rising again, as was told (as of today)"),
                    .count(Int64(rising.count)),
                    "/demands/caps?year=\(period.year)&area=\(street.code)",
                    note: LocalizedText(
                        names.map(\.chinese).joined(separator: "、") + (more ? "等" : ""),
                        names.map(\.english).joined(separator: ", ") + (more ? " and others" : ""))))
        }
        return ReportCard.Section(
            key: "measures", title: LocalizedText("减下来的和又涨起来的", "What was cut, and what rose again"),
            span: period.title,
            figures: figures,
            whenEmpty: LocalizedText("没有采取措施，也没有反弹。", "No measure was taken, and nothing rises again."))
    }

    /// nil for those who may not see matters.
    var outcomes: ReportCard.Section? {
        guard let outcomes = facts.outcomes else { return nil }
        let (figures, rates) = (outcomes.figures, outcomes.rates)
        let list = "/rates?\(inDays)"
        func of(_ share: Share) -> LocalizedText {
            LocalizedText("共 \(share.sample) 件", "of \(share.sample)")
        }
        return ReportCard.Section(
            key: "outcomes", title: LocalizedText("群众的事办得怎样", "What came of residents’ matters"), span: period.title,
            figures: figures.isNothing
                ? []
                : [
                    Figure("outcomes.due", LocalizedText("应结案", "Due"), .count(figures.due), list),
                    Figure("outcomes.closed", LocalizedText("已结案", "Closed"), .count(figures.closed), list),
                    Figure(
                        "outcomes.on_time", LocalizedText("按期结案率", "Closed on time"), .share(rates.onTimeClosing), list,
                        note: of(rates.onTimeClosing)),
                    Figure(
                        "outcomes.solved", LocalizedText("解决率", "Solved"), .share(rates.solution), list,
                        note: of(rates.solution)),
                    Figure(
                        "outcomes.satisfied", LocalizedText("满意率", "Satisfied"), .share(rates.satisfaction), list,
                        note: of(rates.satisfaction)),
                ],
            whenEmpty: LocalizedText("这段时间没有到期或已评价的诉求。", "Nothing was due or rated in this time."))
    }

    static func year(_ year: Int) -> LocalizedText { LocalizedText("\(year) 年", "\(year)") }
}
