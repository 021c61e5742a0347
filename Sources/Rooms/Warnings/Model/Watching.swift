import CountForecasts
import Foundation
import Ground

/// Holds the last days of each series against what was usual there.
struct Watching: Sendable {
    let rules: WarningRules
    let period: CountedPeriod

    /// More came in than was to be expected.
    struct Rise: Sendable, Hashable {
        var key: DailySeries.Key
        var seen: Int
        var expected: Double
        /// How likely so many are when nothing has changed.
        var chance: Double
    }

    /// What is expected of a stretch of days, from the days before `day`.
    func expectation(_ series: DailySeries, before day: Int, over days: Range<Int>) -> CountDistribution {
        var (sum, weight) = (0.0, 0.0)
        for back in 1...max(1, min(rules.historyDays, day)) where day - back >= 0 {
            let share = exp2(-Double(back) / rules.halfLifeDays)
            sum += share * Double(series.counts[day - back]) / period.weekday(day - back)
            weight += share
        }
        let common = period.common(series.key)
        let level = (sum + rules.priorDays * common.mean) / (weight + rules.priorDays)
        let mean = days.reduce(0) { $0 + level * period.weekday($1) }
        // The level itself is only estimated, which widens what may come.
        let unsure = 1 + Double(days.count) / (weight + rules.priorDays)
        return CountDistribution(mean: mean, dispersion: common.dispersion * unsure)
    }

    /// The rise of a series at the end of a day, if there is one.
    func rise(_ series: DailySeries, at day: Int) -> Rise? {
        let window = (day - rules.windowDays + 1)..<(day + 1)
        // Without four weeks behind it nothing is known to be usual.
        guard window.lowerBound >= 28, series.counts.indices.contains(day) else { return nil }
        let seen = series.counts[window].reduce(0, +)
        guard seen >= rules.least else { return nil }
        let usual = expectation(series, before: window.lowerBound, over: window)
        let chance = usual.tail(from: seen)
        guard chance <= rules.falseAlarmsPerThousand / 1_000 else { return nil }
        return Rise(key: series.key, seen: seen, expected: usual.mean, chance: chance)
    }

    /// The narrowest place and kind of each rise: a street does not warn of what one of its communities warns of already,
    /// nor a branch of the categories of what a leaf of it does.
    func rises(at day: Int) -> [Rise] {
        let all = period.series.compactMap { rise($0, at: day) }
        return all.filter { wide in
            !all.contains { narrow in
                narrow.key != wide.key && narrow.key.area.hasPrefix(wide.key.area)
                    && narrow.key.category.hasPrefix(wide.key.category) && narrow.seen * 2 > wide.seen
            }
        }.sorted { ($0.chance, $0.key) < ($1.chance, $1.key) }
    }

    /// What is to be expected of the days after the last, with the interval of the rules.
    struct Forecast: Sendable, Hashable {
        var key: DailySeries.Key
        var expected: Double
        var low: Int
        var high: Int
    }

    func forecast(_ series: DailySeries, after day: Int) -> Forecast {
        let usual = expectation(series, before: day + 1, over: (day + 1)..<(day + 1 + rules.horizonDays))
        return Forecast(
            key: series.key, expected: usual.mean, low: usual.quantile((1 - rules.interval) / 2),
            high: usual.quantile((1 + rules.interval) / 2))
    }
}

/// What the rules would have done over past days: how often they warned, and how often nothing followed.
struct WarningTrial: Sendable, Hashable {
    /// Series × days that were watched.
    var watched = 0
    var warned = 0
    /// Of those that can be judged: in the days after the warning no more came in than was usual before it.
    var judged = 0
    var calm = 0
    /// Weeks that were forecast, and how many lay within the interval.
    var forecast = 0
    var held = 0

    var falsePerThousand: Double? { watched > 0 ? Double(calm) * 1_000 / Double(watched) : nil }
    var heldShare: Double? { forecast > 0 ? Double(held) / Double(forecast) : nil }

    init() {}

    /// - Parameter watching: over a period that ends with the last whole day.
    init(_ watching: Watching) {
        let (rules, period) = (watching.rules, watching.period)
        let from = max(28 + rules.windowDays, period.length - rules.trialDays)
        guard from < period.length else { return }
        for series in period.series {
            var quietUntil = 0
            for day in from..<period.length {
                watched += 1
                if day >= quietUntil, let rise = watching.rise(series, at: day) {
                    warned += 1
                    quietUntil = day + rules.quietDays
                    judge(rise, series, day, watching)
                }
                if (day - from) % 7 == 0, day + rules.horizonDays < period.length {
                    let told = watching.forecast(series, after: day)
                    let came = series.counts[(day + 1)...(day + rules.horizonDays)].reduce(0, +)
                    forecast += 1
                    if (told.low...max(told.low, told.high)).contains(came) { held += 1 }
                }
            }
        }
    }

    private mutating func judge(
        _ rise: Watching.Rise, _ series: DailySeries, _ day: Int, _ watching: Watching
    ) {
        let after = (day + 1)..<(day + 1 + watching.rules.horizonDays)
        guard after.upperBound <= series.counts.count else { return }
        judged += 1
        let start = day - watching.rules.windowDays + 1
        let usual = watching.expectation(series, before: start, over: after)
        if series.counts[after].reduce(0, +) <= usual.quantile(watching.rules.interval) { calm += 1 }
    }
}
