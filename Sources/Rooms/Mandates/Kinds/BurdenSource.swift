public import Desk
public import Ground
import Identity
public import Storage

/// Something that was sent down, as a source of burden: of which kind, why, and how its hours fall on days.
public struct BurdenSource: Sendable {
    public var id: DemandID
    public var number: String
    public var title: String
    public var source: DemandKind
    /// Of the sender; nil for a body of an area.
    public var line: String?
    public var bodyName: String
    public var area: AreaPrefix
    public var kind: BurdenKind
    /// Why it is of the kind: the rule that fits, or the officer's own words.
    public var reason: LocalizedText
    public var isCorrected: Bool
    public var isUnderWay: Bool
    /// Areas in which it falls, by the code of the street.
    public var areas: [String: Int64]
    /// What was done about it, the earliest first.
    public var measures: [Measure]
    var spans: [BurdenHours]

    public struct Measure: Sendable, Hashable {
        public var id: String
        public var measure: BurdenMeasure
        public var day: Day
        /// Minutes that are no longer asked for, from the day to the end of the period.
        public var freedMinutes: Int64
        public var other: String?
        public var words: String
    }

    /// Standard minutes that fall on the days, both counted.
    public func minutes(_ days: ClosedRange<Day>) -> Int64 {
        spans.map { $0.minutes(days.lowerBound, days.upperBound) }.reduce(0, +)
    }
}

extension Mandates {
    /// No more are looked at, the newest first; a county has some hundreds a year.
    static let mostSources = 10_000

    /// Everything that was admitted and whose period reaches into the days, as the scope sees it.
    public func burdenSources(
        _ days: ClosedRange<Day>, for scope: Scope, in transaction: any Transaction
    ) throws -> [BurdenSource] {
        let found = try MeasureStore.sources(days, for: scope, limit: Self.mostSources, in: transaction)
        let bought = found.filter(\.demand.isBought).map(\.demand.id)
        let contracts = try ContractStore.spans(of: bought, in: transaction)
        return found.map { demand, measures, correction in
            source(demand, measures, correction, contracts[demand.id] ?? [])
        }
    }

    func source(
        _ demand: Demand, _ measures: [TakenMeasure], _ correction: MeasureStore.Correction?, _ contracts: [BurdenHours]
    ) -> BurdenSource {
        let (kind, reason) = kind(of: demand, correction)
        var spans = contracts
        if !demand.isBought, let until = demand.terms.until {
            spans = [
                BurdenHours(
                    from: demand.terms.from, until: until,
                    minutes: measures.first?.minutesBefore ?? wholeMinutes(demand),
                    steps: measures.map { BurdenHours.Step(day: $0.day, minutes: $0.minutesAfter) })
            ]
        }
        return BurdenSource(
            id: demand.id, number: demand.number, title: demand.content.title, source: demand.terms.kind,
            line: demand.line, bodyName: demand.bodyName, area: demand.area, kind: kind, reason: reason,
            isCorrected: correction != nil, isUnderWay: demand.stage == .admitted,
            areas: demand.answer.load?.areas ?? [:],
            measures: measures.map { one in
                var without = demand.terms.until.map {
                    BurdenHours(from: demand.terms.from, until: $0, minutes: one.minutesBefore, steps: [])
                }
                let before = without?.minutes(one.day, demand.terms.until ?? one.day) ?? 0
                without?.minutes = one.minutesAfter
                let after = without?.minutes(one.day, demand.terms.until ?? one.day) ?? 0
                return BurdenSource.Measure(
                    id: one.id.text, measure: one.measure, day: one.day, freedMinutes: before - after,
                    other: one.other, words: one.words)
            }, spans: spans)
    }

    /// Of which kind a demand is: what an officer said with a reason, else the first rule that fits.
    func kind(of demand: Demand, _ correction: MeasureStore.Correction?) -> (kind: BurdenKind, reason: LocalizedText) {
        if let correction { return (correction.kind, LocalizedText(correction.words, correction.words)) }
        let rule = burdenKinds.rule(demand.terms, demand.answer)
        return (rule?.kind ?? .ordinary, rule?.reason ?? LocalizedText("", ""))
    }

    /// Minutes of the whole period at the terms as they are: what the forecast said, by what they are of what was asked.
    func wholeMinutes(_ demand: Demand) -> Int64 {
        let asked = demand.content.minutes * demand.content.times
        guard asked > 0, !demand.terms.isByHired, let load = demand.answer.load else { return 0 }
        return load.minutes * (demand.terms.minutes * demand.terms.times) / asked
    }

    public func title(_ kind: BurdenKind) -> LocalizedText {
        burdenKinds.kind(kind)?.title ?? LocalizedText(kind.rawValue, kind.rawValue)
    }

    public func title(_ source: DemandKind) -> LocalizedText {
        rules.kind(source)?.title ?? LocalizedText(source.rawValue, source.rawValue)
    }

    /// Of a department's line; what no line sent is the area's own.
    public func title(ofLine line: String?) -> LocalizedText {
        line.map(lines.title) ?? LocalizedText("街道和其他单位", "Streets and others")
    }
}
