public import Desk
public import Ground
import Identity
import Ledger
import Messages
import Places
public import Storage
import Web
import WorkCalendar

extension Mandates {
    /// What the gate would say, before anything is filed: for the form, and for a department that looks first.
    public func answer(to content: DemandContent, by scope: Scope, at now: Instant) async throws -> GateAnswer {
        let content = try checked(content, by: scope)
        let knowledge = try await knowledge(of: content, line: scope.line, at: now)
        return gate.answer(content, line: scope.line, knowledge)
    }

    /// Files a demand: the gate answers at once; what it does not refuse goes to the streets, who are heard.
    public func file(
        _ content: DemandContent, answer: GateAnswer, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> Demand {
        let content = try checked(content, by: scope)
        let areas = try streets(of: content)
        let isRefused = answer.verdict == .refused
        var demand = Demand(
            id: house.identifiers.next(at: now),
            number: try DemandStore.number(Self.numberPrefix, year: now.local().day.parts.year, in: transaction),
            content: content, body: scope.body, bodyName: scope.bodyName, line: scope.line, sender: scope.post,
            filedAt: now, stage: isRefused ? .refused : .hearing, answer: answer, terms: content, dueAt: nil,
            decider: nil, appeals: 0, version: 1)
        demand.dueAt = try dueAt(demand.stage, from: now)
        try DemandStore.insert(demand, isRefused ? [] : areas, in: transaction)
        try record("demands.filed", demand, by: Actor(scope), at: now, in: transaction) { writer in
            writer.member("kind", content.kind.rawValue)
            writer.member("verdict", answer.verdict.rawValue)
            writer.member("ground", content.item ?? content.basis)
            writer.member("stage", demand.stage.rawValue)
            writer.member("minutes", answer.load?.minutes ?? 0)
        }
        if !isRefused {
            for area in areas {
                try tell(
                    right: .answerDemand, over: area, demand, "heard",
                    LocalizedText(
                        "\(scope.bodyName)提出“\(content.title)”，请在时限内表态",
                        "\(scope.bodyName) asks for “\(content.title)”: say what you think of it in time"), at: now,
                    in: transaction)
            }
        }
        return demand
    }

    var gate: Gate {
        Gate(rules: rules, lines: lines, calendar: time.calendar, caps: caps, limits: limits, boundaries: boundaries)
    }

    /// The content, with who does it; refused when it could not be meant.
    private func checked(_ content: DemandContent, by scope: Scope) throws(Refusal) -> DemandContent {
        try scope.require(.fileDemand)
        func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
            Refusal(.ruleBroken, "demands.\(field)", LocalizedText(chinese, english), field: field)
        }
        var content = content
        content.title = content.title.trimmingSpaces()
        content.purpose = content.purpose.trimmingSpaces()
        guard !content.title.isBlank, content.title.utf16.count <= 60 else {
            throw wrong("title", "请写明名称（不超过 60 字）", "Give it a name of at most 60 characters")
        }
        guard !content.purpose.isBlank, content.purpose.utf16.count <= 500 else {
            throw wrong("purpose", "请写明要解决什么问题（不超过 500 字）", "Say what it is for, in at most 500 characters")
        }
        for (field, text, most) in [
            ("basis", content.basis, 200), ("power", content.power, 40), ("veto", content.veto, 40),
            ("item", content.item, 12),
        ]
        where (text?.utf16.count ?? 0) > most {
            throw wrong(field, "不能超过 \(most) 字", "At most \(most) characters")
        }
        guard let area = AreaPrefix(content.area), scope.area.contains(area), area.level >= .county else {
            throw wrong("area", "区域须在本单位管辖范围内", "An area within that of your own body")
        }
        guard [.street, .community, .grid].contains(content.level), area.level <= content.level else {
            throw wrong("level", "承担层级须是区域之内的街道、社区或网格", "Street, community or grid, within the area")
        }
        guard (1...ListCheck.mostMinutes).contains(content.minutes) else {
            throw wrong(
                "minutes", "每次工时须为 1–\(ListCheck.mostMinutes) 分钟",
                "From 1 to \(ListCheck.mostMinutes) minutes each time")
        }
        guard (1...ListCheck.mostTimes).contains(content.times) else {
            throw wrong("times", "次数须为 1–\(ListCheck.mostTimes)", "From 1 to \(ListCheck.mostTimes) times")
        }
        guard (0...1_000_000_000).contains(content.yuan), (0...1_000).contains(content.evidence),
            (0...1_000_000).contains(content.characters ?? 0)
        else {
            throw wrong("yuan", "经费、材料数不能为负，也不能过大", "Money and evidence are from 0, and not beyond reason")
        }
        if let until = content.until, until < content.from {
            throw wrong("until", "到期日早于开始日", "It ends before it begins")
        }
        content.roles = rules.roles.at(content.level)
        return content
    }

    /// The streets that are heard: those within the area, or the one around it.
    private func streets(of content: DemandContent) throws(Refusal) -> [AreaPrefix] {
        guard let area = AreaPrefix(content.area) else { throw Refusal.nothingHere }
        if area.level >= .street { return AreaPrefix(area.code.prefix(9)).map { [$0] } ?? [] }
        let streets = places.children(of: area.code).compactMap { AreaPrefix($0.code) }.filter { $0.level == .street }
        guard !streets.isEmpty else {
            throw Refusal(
                .ruleBroken, "demands.area", LocalizedText("该区域下没有街道", "There are no streets in that area"),
                field: "area")
        }
        return streets
    }

    private func knowledge(
        of content: DemandContent, line: String?, at now: Instant
    ) async throws -> Gate.Knowledge {
        let today = now.local().day
        let load = try await forecast.effect(
            of: PlannedWork(
                area: content.area, level: content.level, roles: content.roles, minutes: content.minutes,
                times: content.times, from: max(content.from, today),
                until: content.until.map { max($0, content.from, today) }
                    ?? Gate.day(max(content.from, today), plusMonths: rules.longestMonths)), at: now)
        let streets = try streets(of: content)
        let (items, alive, powers, sent) = try await house.database.read { transaction in
            let revision = try ListStore.current(in: transaction)
            return (
                try ListStore.items(at: revision, in: transaction).filter { $0.isInForce(on: today) },
                try DemandStore.alive(
                    [.hearing, .deciding, .offered, .appealed, .admitted], limit: 2_000, in: transaction),
                // What every street concerned holds.
                try streets.map { try PowerStore.held(in: $0, in: transaction) },
                try DemandStore.sent(caps.together(content.kind), by: line, inYearOf: today, in: transaction)
            )
        }
        let wanted = TitleLikeness(content.title)
        let others = alive.filter { demand in
            (demand.terms.until.map { $0 >= today } ?? true)
                && (demand.area.contains(code: content.area) || content.area.isEmpty
                    || demand.terms.area.hasPrefix(content.area))
        }.map { demand in
            Gate.Other(
                name: demand.number, title: demand.content.title, kind: demand.content.kind,
                similarity: wanted.likeness(to: demand.content.title))
        }
        return Gate.Knowledge(
            today: today, items: Dictionary(items.map { ($0.code, $0) }) { first, _ in first }, others: others,
            powers: powers.dropFirst().reduce(powers.first ?? []) { $0.intersection($1) }, sent: sent, load: load)
    }

    func dueAt(_ stage: DemandStage, from now: Instant) throws -> Instant? {
        try rules.limit(stage).map { time.due(from: now, limit: $0).instant }
    }
}

/// How much two titles say the same: neighbouring pairs of characters that both have, over all that either has.
struct TitleLikeness: Sendable {
    private let pairs: Set<[UInt32]>

    init(_ title: String) { pairs = Self.pairs(of: title) }

    func likeness(to other: String) -> Double {
        let others = Self.pairs(of: other)
        let all = pairs.union(others).count
        return all == 0 ? 0 : Double(pairs.intersection(others).count) / Double(all)
    }

    private static func pairs(of title: String) -> Set<[UInt32]> {
        let letters = title.unicodeScalars.filter(\.properties.isAlphabetic).map { $0.properties.lowercaseMapping }
            .flatMap { $0.unicodeScalars.map(\.value) }
        guard letters.count > 1 else { return Set(letters.map { [$0] }) }
        return Set(zip(letters, letters.dropFirst()).map { [$0, $1] })
    }
}
