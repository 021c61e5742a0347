package import Desk
package import Ground
import Identity
package import Storage
import Web

/// What the coordination office does about a source of burden.
package struct MeasureAsked: Sendable, Hashable {
    var measure: BurdenMeasure
    /// Of one time, when it is made anew.
    var minutes: Int64?
    /// In the whole period, in each area.
    var times: Int64?
    /// Number of the demand that it joins.
    var other: String?
    var words: String

    package init(
        measure: BurdenMeasure, minutes: Int64? = nil, times: Int64? = nil, other: String? = nil, words: String
    ) {
        self.measure = measure
        self.minutes = minutes
        self.times = times
        self.other = other
        self.words = words
    }
}

extension Mandates {
    private static func wrong(
        _ field: String, _ chinese: String, _ english: String, wayOn: LocalizedText? = nil, rule: String? = nil
    ) -> Refusal {
        Refusal(
            .ruleBroken, "burden.\(field)", LocalizedText(chinese, english), wayOn: wayOn, rule: rule, field: field)
    }

    /// An officer says of which kind a source is, and why: it stands over the rule from then on.
    package func classify(
        _ id: DemandID, as kind: BurdenKind, words: String, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> Demand {
        try scope.require(.decideDemand)
        guard let demand = try DemandStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        let before = self.kind(of: demand, try MeasureStore.correction(of: id, in: transaction)).kind
        let text = try reason(words)
        try MeasureStore.correct(
            id, MeasureStore.Correction(kind: kind, words: text, at: now), by: scope, in: transaction)
        try record("demands.classified", demand, by: Actor(scope), at: now, in: transaction) { writer in
            writer.member("burdenKindBefore", before.rawValue)
            writer.member("burdenKind", kind.rawValue)
            writer.member("why", text)
        }
        return demand
    }

    /// Takes a measure against a burden: each lowers its hours, so no run of measures goes on for ever.
    package func take(
        _ asked: MeasureAsked, on id: DemandID, seen: Int64? = nil, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> Demand {
        try scope.require(.decideDemand)
        guard var demand = try DemandStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        if let seen, seen != demand.version { throw Self.changed }
        let today = now.local().day
        guard demand.stage == .admitted, let until = demand.terms.until, until >= today else {
            throw Refusal(
                .conflict, "burden.over", LocalizedText("只对正在执行的准入事项采取减负措施", "Only what is admitted and not over"),
                wayOn: LocalizedText("请刷新后看现在的环节", "Load it again and see where it stands"))
        }
        guard !demand.isBought else {
            throw Refusal(
                .conflict, "burden.bought", LocalizedText("购买的工作按合同办理", "Bought work goes by its contracts"),
                wayOn: LocalizedText("街道可随时终止合同，不承担责任", "A street may end its contract at any time, at no cost"))
        }
        let kind = kind(of: demand, try MeasureStore.correction(of: id, in: transaction)).kind
        try mayTake(asked.measure, on: kind)
        let words = try reason(asked.words)
        let before = wholeMinutes(demand)
        try change(&demand, asked, in: transaction)
        let isEnd = asked.measure == .cut || asked.measure == .merge
        let taken = TakenMeasure(
            id: house.identifiers.next(at: now), demand: id, measure: asked.measure, kind: kind,
            day: max(today, demand.terms.from), minutesBefore: before, minutesAfter: isEnd ? 0 : wholeMinutes(demand),
            other: asked.measure == .merge ? asked.other : nil, words: words, at: now)
        try MeasureStore.insert(taken, in: transaction)
        if isEnd {
            try go(&demand, .cut, words, by: scope, at: now, in: transaction)
        } else {
            guard try DemandStore.update(&demand, in: transaction) else { throw Self.changed }
            try announce(demand, asked.measure, at: now, in: transaction)
        }
        try record("demands.measure", demand, by: Actor(scope), at: now, in: transaction) { writer in
            writer.member("measure", asked.measure.rawValue)
            writer.member("burdenKind", kind.rawValue)
            writer.member("minutesBefore", before)
            writer.member("minutesAfter", taken.minutesAfter)
            if let other = taken.other { writer.member("joined", other) }
            writer.member("why", words)
        }
        return demand
    }

    /// What is needed is made anew and not cut.
    private func mayTake(_ measure: BurdenMeasure, on kind: BurdenKind) throws(Refusal) {
        guard let rules = burdenKinds.kind(kind), BurdenMeasure.taken.contains(measure) else {
            throw Self.wrong("measure", "没有这种措施", "There is no such measure")
        }
        guard rules.measures.contains(measure) else {
            let may = rules.measures.map(\.title)
            throw Self.wrong(
                "measure", "“\(rules.zh)”不用“\(measure.title.chinese)”：\(rules.remedyZh)",
                "“\(rules.en)” is not for “\(measure.title.english)”: \(rules.remedyEn)",
                wayOn: LocalizedText(
                    "可以：\(may.map(\.chinese).joined(separator: "、"))；分类不对的，请先写明理由更正",
                    "It may be: \(may.map(\.english).joined(separator: ", ")); if the kind is wrong, correct it first"),
                rule: "整治形式主义为基层减负若干规定（2024）")
        }
    }

    private func change(
        _ demand: inout Demand, _ asked: MeasureAsked, in transaction: any Transaction
    ) throws {
        let (minutes, times) = (demand.terms.minutes, demand.terms.times)
        switch asked.measure {
        case .cut, .withdrawn: break
        case .merge:
            guard let number = asked.other?.trimmingSpaces(), number != demand.number,
                let other = try DemandStore.numbered(number, in: transaction), other.stage == .admitted
            else {
                throw Self.wrong("other", "请填写并入的准入编号（已准入、在有效期内）", "The number of the admission that it joins")
            }
            guard other.area.contains(demand.area) else {
                throw Self.wrong("other", "\(number) 不含该区域", "\(number) is not for this area")
            }
        case .redesign:
            demand.terms.minutes = asked.minutes ?? minutes
            demand.terms.times = asked.times ?? times
        case .reduce:
            demand.terms.times = asked.times ?? times
        }
        guard (1...minutes).contains(demand.terms.minutes) else {
            throw Self.wrong("minutes", "每次分钟须为 1–\(minutes)", "From 1 to \(minutes) minutes each time")
        }
        guard (1...times).contains(demand.terms.times) else {
            throw Self.wrong("times", "次数须为 1–\(times)", "From 1 to \(times) times")
        }
        let isLess = demand.terms.minutes * demand.terms.times < minutes * times
        guard isLess || asked.measure == .cut || asked.measure == .merge else {
            throw Self.wrong("times", "措施须使工时减少", "A measure has to lower the hours")
        }
    }

    private func announce(
        _ demand: Demand, _ measure: BurdenMeasure, at now: Instant, in transaction: any Transaction
    ) throws {
        let (minutes, times) = (demand.terms.minutes, demand.terms.times)
        let text = LocalizedText(
            "“\(demand.content.title)”（\(demand.number)）减负：\(measure.title.chinese)，每次 \(minutes) 分钟，\(times) 次",
            "“\(demand.content.title)” (\(demand.number)): \(measure.title.english), \(minutes) minutes, \(times) times"
        )
        try tellSender(demand, "measure", text, at: now, in: transaction)
        for hearing in try DemandStore.hearings(of: demand.id, in: transaction) {
            try tell(right: .answerDemand, over: hearing.area, demand, "measure", text, at: now, in: transaction)
        }
    }

    /// The sender took back what was admitted: its hours end with the day, and once begun it was one of its year's.
    func noteWithdrawal(_ demand: Demand, at now: Instant, in transaction: any Transaction) throws {
        try DemandStore.noteWithdrawal(demand.id, on: now.local().day, in: transaction)
        let kind = kind(of: demand, try MeasureStore.correction(of: demand.id, in: transaction)).kind
        try MeasureStore.insert(
            TakenMeasure(
                id: house.identifiers.next(at: now), demand: demand.id, measure: .withdrawn, kind: kind,
                day: max(now.local().day, demand.terms.from), minutesBefore: wholeMinutes(demand), minutesAfter: 0,
                words: "", at: now), in: transaction)
    }
}
