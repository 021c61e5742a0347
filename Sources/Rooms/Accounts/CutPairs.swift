import Cases
import Desk
import Ground
import Identity
import Mandates
import Storage

/// A measure against a burden, beside what came of matters in its area before and after.
struct CutPair: Sendable {
    var source: BurdenSource
    var measure: BurdenSource.Measure
    var periods: Periods
    /// Days of each side whose outcomes are counted.
    var judged: (before: ClosedRange<Day>?, after: ClosedRange<Day>?)
    /// Whose matters are looked at.
    var area: AreaPrefix
    /// Empty for those who may not see matters.
    var outcomes: [BurdenYear.Pair]

    var verdict: OutcomeVerdict { outcomes.map(\.verdict).whole }
}

/// Which measures are listed.
struct PairFilter: Sendable, Hashable {
    /// From which they hold.
    var days: ClosedRange<Day>?
    /// Only those on what reached this street.
    var street: AreaPrefix?

    func holds(_ source: BurdenSource) -> Bool { street.map { Accounts.reaches(source, $0) } ?? true }
    func holds(_ measure: BurdenSource.Measure) -> Bool { days?.contains(measure.day) ?? true }
}

extension Accounts {
    /// Whether any of it falls into a street.
    static func reaches(_ source: BurdenSource, _ street: AreaPrefix) -> Bool {
        guard !source.areas.isEmpty else { return source.area.contains(street) || street.contains(source.area) }
        return source.areas[String(street.code.prefix(9)), default: 0] > 0
    }

    /// Measures of the last two years, the newest first.
    /// - Parameter after: id of the measure after which the page begins.
    func cutPairs(
        _ filter: PairFilter = PairFilter(), after: String?, limit: Int, for scope: Scope, at now: Instant
    ) async throws -> (pairs: [CutPair], next: String?) {
        let today = now.local().day
        let whole = filter.days.map { min($0.lowerBound, today - 732) } ?? today - 732
        let sources = try await sources(whole...(today + 366), for: scope)
        var taken = sources.filter(filter.holds).flatMap { source in
            source.measures.filter(filter.holds).map { (source: source, measure: $0) }
        }
        .sorted { $0.measure.id > $1.measure.id }
        if let after { taken.removeAll { $0.measure.id >= after } }
        let shown = Array(taken.prefix(limit))
        let (rules, cases, isSeen) = (rules, cases, seesOutcomes(scope))
        struct Asked: Hashable {
            var area: AreaPrefix
            var day: Day
        }
        // A street sees what came of its own matters, wherever else the demand went.
        func asked(_ source: BurdenSource, _ day: Day) -> Asked {
            Asked(area: scope.area.contains(source.area) ? source.area : scope.area, day: day)
        }
        let questions = Set(shown.map { asked($0.source, $0.measure.day) })
        let found = try await house.database.read { transaction in
            var found: [Asked: (before: OutcomesOfDays, after: OutcomesOfDays)] = [:]
            guard isSeen else { return found }
            for one in questions {
                let days = Periods(turn: one.day, length: rules.windowDays, today: today)
                func seen(_ days: ClosedRange<Day>) throws -> OutcomesOfDays {
                    let settled = Periods.settled(days, settling: rules.settlingDays, today: today)
                    return try settled.map {
                        try cases.outcomes($0, within: one.area, for: scope, in: transaction)
                    } ?? OutcomesOfDays()
                }
                found[one] = (try seen(days.before), try seen(days.after))
            }
            return found
        }
        let pairs = shown.map { source, measure in
            let key = asked(source, measure.day)
            let periods = Periods(turn: measure.day, length: rules.windowDays, today: today)
            let judged = (before: settled(periods.before, today), after: settled(periods.after, today))
            return CutPair(
                source: source, measure: measure, periods: periods, judged: judged, area: key.area,
                outcomes: found[key].map {
                    self.pairs($0.before, $0.after, isLongEnough: isLongEnough(judged.after))
                } ?? [])
        }
        return (pairs, taken.count > limit ? shown.last?.measure.id : nil)
    }
}
