import Desk
import Ground
import Identity
import Ledger
import Places
import Storage
import Web

/// What is typed to register a plaque.
struct PlaqueAsked: Sendable, Hashable {
    var area = ""
    var title = ""
    var askedBy = ""
    var ground = ""
}

/// What is typed to register an assessment.
struct AssessmentAsked: Sendable, Hashable {
    var title = ""
    var ground = ""
    var year: Int64 = 0
    var areas: [String] = []
    /// Nil when what was typed could not be read.
    var indicators: [Assessment.Indicator]? = []
}

extension Burdens {
    private static func wrong(
        _ register: String, _ field: String, _ chinese: String, _ english: String, rule: String? = nil
    ) -> Refusal {
        Refusal(
            .ruleBroken, "\(register).\(field)", LocalizedText(chinese, english), rule: rule,
            field: field)
    }

    private static let notYours = Refusal(
        .forbidden, "registers.not-yours",
        LocalizedText("由当地街道、提出考核的单位或统筹办办理", "The street, whoever assesses, or the coordination office does it"))

    /// A street or community of somebody's own.
    private func place(_ code: String, _ scope: Scope, _ register: String, _ field: String) throws(Refusal)
        -> AreaPrefix
    {
        guard let area = AreaPrefix(code), [.street, .community].contains(area.level), scope.area.contains(area),
            places.name(of: code) != nil
        else {
            throw Self.wrong(register, field, "请选择本辖区的街道或社区", "A street or community of your own area")
        }
        return area
    }

    /// What carries an entry: something that the gate let through as this kind and counted, so that a register is no way
    /// round the caps of the year.
    private func ground(
        _ text: String, _ entry: RegisterEntry, in transaction: any Transaction
    ) throws -> String {
        let ground = text.trimmingSpaces()
        guard ground.utf16.count <= 40 else {
            throw Self.wrong("registers", "ground", "依据不超过 40 字", "A ground of 40 characters at most")
        }
        try house.grounds.requireCounted(ground.isEmpty ? nil : ground, entry, in: transaction)
        return ground
    }

    private static func used(_ register: String, _ ground: String, _ title: String, _ where: String?, rule: String)
        -> Refusal
    {
        let place = `where`.map { LocalizedText("在\($0)", " in \($0)") } ?? LocalizedText("", "")
        return Refusal(
            .ruleBroken, "\(register).ground-used",
            LocalizedText(
                "\(ground) \(place.chinese)已用于“\(title)”，一次准入只计一次",
                "\(ground) carries “\(title)”\(place.english) already: what was counted once carries one"),
            wayOn: LocalizedText("请另行提出准入", "Ask for another at the gate"), rule: rule, field: "ground")
    }

    private func title(_ text: String, _ register: String) throws(Refusal) -> String {
        let title = text.trimmingSpaces()
        guard (2...60).contains(title.utf16.count) else {
            throw Self.wrong(register, "title", "名称须为 2–60 字", "A name of 2 to 60 characters")
        }
        return title
    }

    private func reason(_ words: String, _ register: String) throws(Refusal) -> String {
        let why = words.trimmingSpaces()
        guard (1...120).contains(why.utf16.count) else {
            throw Self.wrong(register, "why", "请写明理由（不超过 120 字）", "Say why, in at most 120 characters")
        }
        return why
    }

    func mayHang(_ scope: Scope) -> Bool { scope.may(.answerDemand) || scope.may(.decideDemand) }
    func mayAssess(_ scope: Scope) -> Bool { scope.may(.fileDemand) || scope.may(.decideDemand) }

    /// A plaque is registered before it hangs, with who asked for it and what carries it.
    func hang(
        _ asked: PlaqueAsked, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> Plaque {
        guard mayHang(scope) else { throw Self.notYours }
        let area = try place(asked.area, scope, "plaques", "area")
        let title = try title(asked.title, "plaques")
        guard let body = try BodyID(parsing: asked.askedBy).flatMap({ try Places.body($0, in: transaction) }) else {
            throw Self.wrong("plaques", "askedBy", "请选择要求挂牌的单位", "Choose who asked for it")
        }
        let (most, rule) = (registers.plaques.most, registers.plaques.rule)
        let ground = try ground(
            asked.ground,
            RegisterEntry(.plaque, areas: [area], body: nil, days: now.local().day...now.local().day, rule: rule),
            in: transaction)
        if let other = try RegisterStore.hanging(in: area, on: ground, in: transaction) {
            throw Self.used("plaques", ground, other, areaName(area), rule: rule)
        }
        guard try RegisterStore.hanging(in: area, in: transaction) < most else {
            throw Self.wrong(
                "plaques", "over", "\(areaName(area))已挂 \(most) 块，达到上限：摘下一块才能再挂",
                "\(areaName(area)) has \(most), the most: take one down first", rule: rule)
        }
        let plaque = Plaque(
            id: house.identifiers.next(at: now), area: area, title: title, askedBy: body.id, askedName: body.name,
            ground: ground, hungOn: now.local().day, downOn: nil, downWhy: "", version: 1, isByGate: true)
        try RegisterStore.insert(plaque, by: scope.post, in: transaction)
        try record("plaques.hung", "plaque", plaque.id, area, scope, at: now, in: transaction) { writer in
            writer.member("title", title)
            writer.member("askedBy", body.name)
            writer.member("ground", ground)
        }
        return plaque
    }

    @discardableResult
    func takeDown(
        _ id: PlaqueID, why: String, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> Plaque {
        let plaque = try plaque(id, for: scope, in: transaction)
        guard mayHang(scope), scope.area.contains(plaque.area) else {
            throw Self.notYours
        }
        let why = try reason(why, "plaques")
        guard try RegisterStore.takeDown(id, on: now.local().day, why: why, in: transaction) else {
            throw Refusal(.conflict, "plaques.down", LocalizedText("这块牌子已经摘下", "It was taken down already"))
        }
        try record("plaques.down", "plaque", id, plaque.area, scope, at: now, in: transaction) { writer in
            writer.member("title", plaque.title)
            writer.member("why", why)
        }
        return try self.plaque(id, for: scope, in: transaction)
    }

    /// An assessment is registered before it begins; nobody is assessed more often than the rule has it.
    func assess(
        _ asked: AssessmentAsked, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> Assessment {
        guard mayAssess(scope) else { throw Self.notYours }
        let title = try title(asked.title, "assessments")
        let thisYear = Int64(now.local().day.parts.year)
        guard (thisYear...thisYear + 1).contains(asked.year) else {
            throw Self.wrong("assessments", "year", "须为今年或明年", "This year or the next")
        }
        let indicators = try indicators(asked.indicators)
        guard (1...200).contains(asked.areas.count), Set(asked.areas).count == asked.areas.count else {
            throw Self.wrong("assessments", "areas", "请选择被考核的街道或社区", "Choose who is assessed")
        }
        let areas = try asked.areas.map { try place($0, scope, "assessments", "areas") }.sorted { $0.code < $1.code }
        let (most, rule) = (registers.assessments.most, registers.assessments.rule)
        let today = now.local().day
        let (begins, ends) = (
            Day(year: Int(asked.year), month: 1, day: 1), Day(year: Int(asked.year), month: 12, day: 31)
        )
        let first = max(begins ?? today, today)
        let carried = try ground(
            asked.ground,
            RegisterEntry(
                .assessment, areas: areas, body: scope.may(.decideDemand) ? nil : scope.body,
                days: first...max(ends ?? first, first), rule: rule), in: transaction)
        if let other = try RegisterStore.assessments(on: carried, in: transaction).first(where: \.isCounted) {
            throw Self.used("assessments", carried, other.title, nil, rule: rule)
        }
        let counted = try RegisterStore.assessments(of: asked.year, for: scope, in: transaction).filter(\.isCounted)
        let full = areas.filter { area in Int64(counted.filter { $0.areas.contains(area) }.count) >= most }
        guard full.isEmpty else {
            let names = full.prefix(5).map(areaName).joined(separator: "、")
            throw Self.wrong(
                "assessments", "over", "\(names)在 \(asked.year) 年已被考核 \(most) 次（已取消的也计），达到上限：请并入已有考核",
                "\(names): assessed \(most) times in \(asked.year), ended ones counted, the most; join one that stands",
                rule: rule)
        }
        let one = Assessment(
            id: house.identifiers.next(at: now), title: title, body: scope.body, bodyName: scope.bodyName,
            ground: carried, year: asked.year, indicators: indicators, areas: areas, endedWhy: nil, endedOn: nil,
            version: 1, isByGate: true)
        try RegisterStore.insert(one, by: scope, in: transaction)
        try record("assessments.set", "assessment", one.id, scope.area, scope, at: now, in: transaction) { writer in
            writer.member("title", title)
            writer.member("ground", carried)
            writer.member("indicators", indicators.map { "\($0.name) \($0.weight)" }.joined(separator: "；"))
            writer.member("areas", areas.map(\.code).joined(separator: ","))
        }
        return one
    }

    private func indicators(_ asked: [Assessment.Indicator]?) throws(Refusal) -> [Assessment.Indicator] {
        let most = registers.assessments.mostIndicators
        let found = (asked ?? []).map { Assessment.Indicator(name: $0.name.trimmingSpaces(), weight: $0.weight) }
        guard asked != nil, (1...most).contains(found.count),
            found.allSatisfy({ (1...100).contains($0.weight) && (1...40).contains($0.name.utf16.count) }),
            Set(found.map(\.name)).count == found.count, found.map(\.weight).reduce(0, +) == 100
        else {
            throw Self.wrong(
                "assessments", "indicators", "每行一项指标和权重，至多 \(most) 项，不重复，权重合计 100",
                "One indicator with its weight a line, \(most) at most, none twice, 100 in all",
                rule: registers.assessments.rule)
        }
        return found
    }

    /// Whoever set it ends it, or the coordination office does.
    @discardableResult
    func end(
        _ id: AssessmentID, why: String, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> Assessment {
        let one = try assessment(id, for: scope, in: transaction)
        guard scope.may(.decideDemand) || scope.may(.fileDemand) && scope.body == one.body else {
            throw Self.notYours
        }
        let why = try reason(why, "assessments")
        guard try RegisterStore.end(id, on: now.local().day, why: why, in: transaction) else {
            throw Refusal(.conflict, "assessments.ended", LocalizedText("这项考核已经取消", "It was ended already"))
        }
        try record("assessments.ended", "assessment", id, scope.area, scope, at: now, in: transaction) { writer in
            writer.member("title", one.title)
            writer.member("why", why)
        }
        return try assessment(id, for: scope, in: transaction)
    }

    private func record<Entity>(
        _ act: String, _ subject: String, _ id: Identifier<Entity>, _ area: AreaPrefix, _ scope: Scope, at now: Instant,
        in transaction: any Transaction, facts: (inout JSONWriter) throws -> Void
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: subject, id, by: Actor(scope), at: now, id: house.identifiers.next(at: now), area: area.code,
                facts: facts), in: transaction)
    }
}

extension Refusal {
    /// Above a form that is shown again.
    func registerNotice(_ visit: Visit) -> Page.Notice {
        let parts = [
            visit(message), rule.map { visit("规则：\($0)", "Rule: \($0)") }, wayOn.map { visit($0) },
        ].compactMap { $0 }
        return Page.Notice(.danger, parts.joined(separator: visit("；", "; ")))
    }

    /// Whether the form is shown again with what was typed.
    var isForTheForm: Bool {
        switch kind {
        case .ruleBroken, .malformed, .conflict, .forbidden, .changedMeanwhile: true
        case .unauthenticated, .notFound, .tooLarge, .tooOften, .unavailable, .fault: false
        }
    }
}
