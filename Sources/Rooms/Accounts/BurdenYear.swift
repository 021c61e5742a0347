import Cases
import Desk
import Ground
import Identity
import Mandates
import Storage

/// Burdens and outcomes on both sides of a turning day.
struct BurdenYear: Sendable {
    struct Sides: Sendable, Hashable {
        var before: Int64 = 0
        var after: Int64 = 0
    }

    struct Line: Sendable, Hashable {
        var source: DemandKind
        var minutes: Sides
    }

    struct KindLine: Sendable, Hashable {
        var kind: BurdenKind
        var minutes: Sides
    }

    struct Month: Sendable {
        var days: ClosedRange<Day>
        var minutes: Int64
        /// Of its days on which matters can be closed by now; nil when there are none.
        var judged: ClosedRange<Day>?
        var outcomes: OutcomesOfDays?
    }

    struct Pair: Sendable {
        var kind: OutcomeKind
        var before: Share
        var after: Share
        var verdict: OutcomeVerdict
    }

    var area: AreaPrefix
    var periods: Periods
    /// Days of each side whose outcomes are counted: those on which what should have been closed can be by now.
    var judged: (before: ClosedRange<Day>?, after: ClosedRange<Day>?)
    /// Held today in the area by those who do what is sent down.
    var posts: Int64
    var lines: [Line]
    var kinds: [KindLine]
    var months: [Month]
    /// Empty for those who may not see matters.
    var pairs: [Pair]

    var minutes: Sides {
        lines.reduce(into: Sides()) {
            $0.before += $1.minutes.before
            $0.after += $1.minutes.after
        }
    }

    /// Of all outcomes together.
    var verdict: OutcomeVerdict { pairs.map(\.verdict).whole }
}

extension Accounts {
    /// What of a source falls into an area: all of it, or by the number of its areas in the street.
    static func minutes(_ source: BurdenSource, _ days: ClosedRange<Day>, in area: AreaPrefix) -> Int64 {
        let minutes = source.minutes(days)
        guard area.level >= .street else { return minutes }
        let all = source.areas.values.reduce(0, +)
        guard all > 0 else { return source.area.contains(area) || area.contains(source.area) ? minutes : 0 }
        return minutes * (source.areas[String(area.code.prefix(9))] ?? 0) / all
    }

    /// The roles that do what is sent down.
    private var roles: [String] {
        Set([AreaLevel.street, .community, .grid].flatMap(mandates.roles(at:))).sorted()
    }

    /// The day of the first measure of the last year, when nobody names one.
    func usualTurn(_ sources: [BurdenSource], today: Day) -> Day {
        let first = sources.flatMap(\.measures).map(\.day).filter { $0 > today - 366 && $0 <= today }.min()
        return first ?? today - (today.parts.day - 1)
    }

    func sources(_ days: ClosedRange<Day>, for scope: Scope) async throws -> [BurdenSource] {
        let mandates = mandates
        return try await house.database.read { try mandates.burdenSources(days, for: scope, in: $0) }
    }

    func burdenYear(_ question: YearQuestion, for scope: Scope, at now: Instant) async throws -> BurdenYear {
        let today = now.local().day
        let lastTwo = (today - 732)...(today + 366)
        let recent = question.turn == nil ? try await sources(lastTwo, for: scope) : []
        let periods = Periods(
            turn: question.turn ?? usualTurn(recent, today: today), length: question.length, today: today)
        let sources = try await sources(periods.whole, for: scope)
        let (area, roles, identity, cases) = (question.area, roles, identity, cases)
        let (months, isSeen) = (periods.months, seesOutcomes(scope))
        let judged = (before: settled(periods.before, today), after: settled(periods.after, today))
        let settledMonths = months.map { settled($0, today) }
        let (posts, outcomes, before, after) = try await house.database.read { transaction in
            func seen(_ days: ClosedRange<Day>?) throws -> OutcomesOfDays? {
                guard isSeen, let days else { return nil }
                return try cases.outcomes(days, within: area, for: scope, in: transaction)
            }
            return (
                try identity.directory.postCount(within: area, roles: roles, in: transaction),
                try settledMonths.map(seen), try seen(judged.before), try seen(judged.after)
            )
        }
        func sides(_ some: [BurdenSource]) -> BurdenYear.Sides {
            BurdenYear.Sides(
                before: some.map { Self.minutes($0, periods.before, in: area) }.reduce(0, +),
                after: some.map { Self.minutes($0, periods.after, in: area) }.reduce(0, +))
        }
        var year = BurdenYear(
            area: area, periods: periods, judged: judged, posts: posts,
            lines: DemandKind.allCases.map { source in
                BurdenYear.Line(source: source, minutes: sides(sources.filter { $0.source == source }))
            },
            kinds: BurdenKind.allCases.map { kind in
                BurdenYear.KindLine(kind: kind, minutes: sides(sources.filter { $0.kind == kind }))
            },
            months: months.indices.map { index in
                BurdenYear.Month(
                    days: months[index],
                    minutes: sources.map { Self.minutes($0, months[index], in: area) }.reduce(0, +),
                    judged: settledMonths[index], outcomes: outcomes[index])
            }, pairs: [])
        if isSeen {
            year.pairs = pairs(
                before ?? OutcomesOfDays(), after ?? OutcomesOfDays(), isLongEnough: isLongEnough(judged.after))
        }
        return year
    }

    func settled(_ days: ClosedRange<Day>, _ today: Day) -> ClosedRange<Day>? {
        Periods.settled(days, settling: rules.settlingDays, today: today)
    }

    func isLongEnough(_ days: ClosedRange<Day>?) -> Bool {
        days.map { $0.upperBound - $0.lowerBound + 1 >= rules.fewestDays } ?? false
    }

    func pairs(_ before: OutcomesOfDays, _ after: OutcomesOfDays, isLongEnough: Bool) -> [BurdenYear.Pair] {
        OutcomeKind.allCases.map { kind in
            let (old, new) = (kind.share(before), kind.share(after))
            return BurdenYear.Pair(
                kind: kind, before: old, after: new,
                verdict: isLongEnough ? OutcomeVerdict(kind, before: old, after: new, rules) : .unknown)
        }
    }
}
