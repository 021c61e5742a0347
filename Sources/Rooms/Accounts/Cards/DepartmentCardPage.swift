import Appraisals
import Burdens
import Cases
import Desk
import Ground
import Mandates

/// The sections of a department's card, each figure with the address of its records.
struct DepartmentCardPage: Sendable {
    let body: BodyID
    let period: AppraisalPeriod
    let facts: DepartmentCardFacts
    let mandates: Mandates

    private typealias Figure = ReportCard.Figure
    private var inDays: String { "from=\(period.days.lowerBound)&until=\(period.days.upperBound)" }
    private var list: String { "/demands/asked?body=\(body)&\(inDays)" }

    // MARK: What it sent down

    var sent: ReportCard.Section {
        let down = facts.asked.filter(\.outcome.wentDown)
        func minutes(_ some: [AskedDemand]) -> Int64 { some.compactMap(\.minutes).reduce(0, +) }
        var figures = facts.figures.counts.filter { $0.key == "sentDown" && !down.isEmpty }.map(figure)
        if !down.isEmpty {
            figures.append(
                Figure("hours", LocalizedText("合计工时", "Hours in all"), .minutes(minutes(down)), list))
        }
        figures += DemandKind.allCases.compactMap { kind in
            let asked = facts.asked.filter { $0.kind == kind }
            let some = asked.filter(\.outcome.wentDown)
            guard !some.isEmpty else { return nil }
            return Figure(
                "hours.\(kind.rawValue)", mandates.title(kind), .minutes(minutes(some)),
                "\(list)&kind=\(kind.rawValue)",
                note: LocalizedText(
                    "提出 \(asked.count) 件，下达 \(some.count) 件", "\(asked.count) asked for, \(some.count) sent down"))
        }
        return ReportCard.Section(
            key: "sent", title: LocalizedText("下达了什么", "What it sent down"), span: period.title, figures: figures,
            whenEmpty: LocalizedText("这段时间没有下达事项。", "It sent nothing down in this time."))
    }

    var outcomes: ReportCard.Section {
        ReportCard.Section(
            key: "gate", title: LocalizedText("准入结果", "What the gate made of it"), span: period.title,
            figures: DemandOutcome.allCases.compactMap { outcome in
                let count = facts.asked.count { $0.outcome == outcome }
                guard count > 0 else { return nil }
                return Figure(
                    "gate.\(outcome.rawValue)", outcome.title, .count(Int64(count)),
                    "\(list)&outcome=\(outcome.rawValue)")
            }, whenEmpty: LocalizedText("这段时间没有提出事项。", "It asked for nothing in this time."))
    }

    var hearings: ReportCard.Section {
        let parts: [(key: String, name: LocalizedText, count: Int64)] = [
            ("agreed", LocalizedText("街道同意", "Streets agreed"), facts.asked.map(\.agreed).reduce(0, +)),
            ("objected", LocalizedText("街道不同意", "Streets objected"), facts.asked.map(\.objected).reduce(0, +)),
            ("silent", LocalizedText("未表态（不视为同意）", "Silent: no consent"), facts.asked.map(\.silent).reduce(0, +)),
        ]
        return ReportCard.Section(
            key: "hearings", title: LocalizedText("征求街道意见", "Streets that were heard"), span: period.title,
            figures: parts.allSatisfy { $0.count == 0 }
                ? [] : parts.map { Figure("hearings.\($0.key)", $0.name, .count($0.count), list) },
            whenEmpty: LocalizedText("没有征求过意见。", "No street was heard."))
    }

    var contracts: ReportCard.Section {
        let list = "/contracts?buyer=\(body)&\(inDays)"
        let stages = ContractStage.allCases.filter { $0 != .offered && $0 != .declined }
        let made = facts.contracts.filter { stages.contains($0.stage) }
        let madeList = list + "&stage=" + stages.map(\.rawValue).joined(separator: ",")
        let accepted = made.map { $0.worth($0.accepted) }.reduce(0, +)
        let paid = made.map(\.paid).reduce(0, +)
        var figures: [Figure] = []
        if !facts.contracts.isEmpty {
            figures = [
                Figure("contracts", LocalizedText("合同", "Contracts"), .count(Int64(facts.contracts.count)), list),
                Figure(
                    "contracts.declined", LocalizedText("街道未接受（无需理由）", "Declined by streets"),
                    .count(Int64(facts.contracts.count { $0.stage == .declined })), list + "&stage=declined"),
                Figure(
                    "contracts.yuan", LocalizedText("签订金额", "Agreed"), .yuan(made.map(\.yuan).reduce(0, +)),
                    madeList),
                Figure("contracts.accepted", LocalizedText("已验收", "Accepted"), .yuan(accepted), madeList),
                Figure("contracts.paid", LocalizedText("已付", "Paid"), .yuan(paid), madeList),
                Figure(
                    "contracts.owed", LocalizedText("已验收未付", "Accepted and not paid"),
                    .yuan(made.map(\.owed).reduce(0, +)), madeList),
            ]
        }
        return ReportCard.Section(
            key: "contracts", title: LocalizedText("购买服务", "Bought work"), span: period.title, figures: figures,
            whenEmpty: LocalizedText("这段时间没有购买合同。", "No contract in this time."))
    }

    var caps: ReportCard.Section {
        ReportCard.Section(
            key: "caps", title: LocalizedText("上限（待当地核实）", "Caps (check locally)"),
            span: StreetCardPage.year(period.year),
            figures: StreetCardPage.capFigures(
                facts.caps, "/demands/caps?year=\(period.year)&body=\(body)", mandates,
                here: LocalizedText("由本单位提出", "from this body")),
            whenEmpty: LocalizedText("这一年没有提出事项。", "It asked for nothing this year."))
    }

    // MARK: What came to it

    private func figure(_ one: DepartmentFigures.Counted) -> Figure {
        Figure(one.key, one.title, Self.value(one.amount), one.address)
    }

    private static func value(_ amount: Double) -> ReportCard.Value {
        amount == amount.rounded() ? .count(Int64(amount)) : .halves(amount)
    }

    private func share(_ key: String) -> Figure? {
        facts.figures.shares.first { $0.key == key && $0.share.whole > 0 }.map {
            Figure(
                "share.\(key)", $0.title, .share($0.share), facts.figures.address,
                note: LocalizedText("共 \($0.share.sample) 件", "of \($0.share.sample)"))
        }
    }

    var calls: ReportCard.Section {
        let counts = facts.figures.counts.filter(\.isOfCalls)
        let hasAny = counts.contains { $0.amount > 0 }
        return ReportCard.Section(
            key: "calls", title: LocalizedText("街道吹哨，部门报到", "Called by streets"), span: period.title,
            figures: hasAny ? counts.map(figure) + [share("reportIn"), share("rating")].compactMap { $0 } : [],
            whenEmpty: LocalizedText("这段时间没有街道吹哨。", "No street called it in this time."))
    }

    var matters: ReportCard.Section {
        let counts = facts.figures.counts.filter { !$0.isOfCalls && $0.key != "sentDown" }
        let hasAny = counts.contains { $0.amount > 0 }
        return ReportCard.Section(
            key: "matters", title: LocalizedText("群众的事和退回的事", "Residents’ matters, and what was given back"),
            span: period.title,
            figures: hasAny
                ? counts.map(figure) + [share("onTime"), share("solution"), share("satisfaction")].compactMap { $0 }
                : [],
            whenEmpty: LocalizedText("这段时间没有到期、评价或退回的事项。", "Nothing was due, rated or given back in this time."))
    }

    var targets: ReportCard.Section {
        let list = "/targets/laid?body=\(body)&year=\(period.year)"
        let worst = facts.targets.compactMap(\.markUp).max() ?? 0
        var figures: [Figure] = []
        if !facts.targets.isEmpty {
            figures = [
                Figure("targets", LocalizedText("登记的数字要求", "Targets"), .count(Int64(facts.targets.count)), list),
                Figure(
                    "targets.marked_up", LocalizedText("其中比上一级加码的", "Of them marked up"),
                    .count(Int64(facts.targets.count { ($0.markUp ?? 0) > 0 })), list),
            ]
            if worst > 0 {
                figures.append(
                    Figure("targets.most", LocalizedText("最多加码", "Most laid on top"), .perMille(worst), list))
            }
        }
        return ReportCard.Section(
            key: "targets", title: LocalizedText("层层加码", "Targets down the chain"),
            span: StreetCardPage.year(period.year), figures: figures,
            whenEmpty: LocalizedText("这一年没有登记数字要求。", "No targets of it this year."))
    }
}
