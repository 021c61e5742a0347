import CountForecasts
import Foundation
import Ground
import Testing

@testable import Warnings

@Suite("Counts that rise are told before they peak, seldom wrongly")
struct WatchingTests {
    static let rules = WarningRules(
        windowDays: 3, historyDays: 84, halfLifeDays: 28, priorDays: 14, least: 4, falseAlarmsPerThousand: 1,
        quietDays: 14, horizonDays: 7, interval: 0.8, trialDays: 56, checks: .init(everyDays: 3, times: 3))
    static let length = 140
    static let first = Day(number: 20_000)

    /// Counts by chance alone: busier on working days, each place and kind with its own level.
    static func quiet(_ seed: UInt64, series: Int) -> [DailySeries.Key: [(day: Int, count: Int)]] {
        var random = SeededRandom(seed: seed)
        var counts: [DailySeries.Key: [(day: Int, count: Int)]] = [:]
        for index in 0..<series {
            let key = DailySeries.Key(
                area: "3301060010" + (index / 10 < 10 ? "0" : "") + "\(index / 10)", category: "01010\(index % 10)")
            let level = 0.05 + 1.5 * Double.random(in: 0..<1, using: &random) * Double.random(in: 0..<1, using: &random)
            var days: [(day: Int, count: Int)] = []
            for day in 0..<length {
                let busy = (first + day).weekday <= 5 ? 1.2 : 0.5
                var (product, count) = (Double.random(in: 0..<1, using: &random), 0)
                // A Poisson count, after Knuth.
                while product > exp(-level * busy) {
                    (product, count) = (product * Double.random(in: 0..<1, using: &random), count + 1)
                }
                if count > 0 { days.append((day, count)) }
            }
            counts[key] = days
        }
        return counts
    }

    static func watching(_ counts: [DailySeries.Key: [(day: Int, count: Int)]]) -> Watching {
        Watching(
            rules: rules, period: CountedPeriod(first: first, length: length, counts: counts) { _ in 40 })
    }

    @Test("A distribution sums to one, and its tail and quantile agree", arguments: [0.2, 3, 40, 900], [1.0, 2.5])
    func distribution(mean: Double, dispersion: Double) {
        let distribution = CountDistribution(mean: mean, dispersion: dispersion)
        #expect(distribution.tail(from: 0) == 1)
        for share in [0.1, 0.5, 0.8, 0.99] {
            let count = distribution.quantile(share)
            #expect(1 - distribution.tail(from: count + 1) >= share - 1e-6)
            if count > 0 { #expect(1 - distribution.tail(from: count) < share) }
        }
        // The tail at the mean is near a half for wide ones; and it never grows.
        var last = 1.0
        for count in 0...Int(mean * 3 + 10) {
            let tail = distribution.tail(from: count)
            #expect(tail <= last + 1e-9)
            last = tail
        }
    }

    @Test("Four matters where 0.6 are usual: the chance is that of the tables")
    func poisson() {
        // P(X >= 4), Poisson with mean 0.6: 0.003358 (any table of the distribution).
        #expect(abs(CountDistribution(mean: 0.6, dispersion: 1).tail(from: 4) - 0.003_358) < 0.000_01)
    }

    @Test("By chance alone it warns at most as often as the rules allow", arguments: [1, 2, 3, 4])
    func falseAlarms(seed: UInt64) {
        let trial = WarningTrial(Self.watching(Self.quiet(seed, series: 400)))
        #expect(trial.watched == 400 * 56)
        #expect(Double(trial.warned) * 1_000 / Double(trial.watched) <= Self.rules.falseAlarmsPerThousand)
        #expect((trial.heldShare ?? 0) >= 0.8)
    }

    @Test("Where counts come in clumps, too, it warns at most as often as the rules allow", arguments: [11, 12])
    func clumps(seed: UInt64) {
        // Each matter brings up to three more of its kind: the variance is more than twice the mean.
        var random = SeededRandom(seed: seed)
        let counts = Self.quiet(seed, series: 400).mapValues { days in
            days.map {
                (day: $0.day, count: (0..<$0.count).reduce(0) { sum, _ in sum + Int.random(in: 1...4, using: &random) })
            }
        }
        let trial = WarningTrial(Self.watching(counts))
        #expect(trial.warned > 0)
        #expect(Double(trial.warned) * 1_000 / Double(trial.watched) <= Self.rules.falseAlarmsPerThousand)
    }

    @Test("A rise is told at least a day before its peak in nine of ten, over 60 planted ones")
    func beforeThePeak() throws {
        var told = 0
        for seed in 1...60 {
            var counts = Self.quiet(UInt64(seed) + 100, series: 40)
            var random = SeededRandom(seed: UInt64(seed))
            let key = try #require(counts.keys.sorted().dropFirst(Int.random(in: 0..<40, using: &random)).first)
            // Over a week it grows to its peak: 1, 2, 3, 4, 6, 8, 10 more than usual.
            let start = 100 + Int.random(in: 0..<20, using: &random)
            let more = [1, 2, 3, 4, 6, 8, 10]
            for (index, count) in more.enumerated() { counts[key, default: []].append((start + index, count)) }
            let watching = Self.watching(counts)
            let series = try #require(watching.period.series.first { $0.key == key })
            let day = (start..<(start + more.count)).first { watching.rise(series, at: $0) != nil }
            if let day, day < start + more.count - 1 { told += 1 }
        }
        #expect(told >= 54)
    }

    @Test("The narrowest place and kind is named, and a lasting level is no news")
    func narrow() throws {
        var counts = Self.quiet(9, series: 40)
        let leaf = DailySeries.Key(area: "330106001003", category: "010105")
        let last = Self.length - 1
        for back in 0..<3 {
            counts[leaf, default: []].append((last - back, 5))
            for wide in [("330106001", "010105"), ("330106001", "01")] {
                counts[DailySeries.Key(area: wide.0, category: wide.1), default: []].append((last - back, 5))
            }
        }
        let rises = Self.watching(counts).rises(at: last)
        #expect(rises.map(\.key) == [leaf])
        let rise = try #require(rises.first)
        #expect(rise.seen >= 15 && rise.expected < 6 && rise.chance < 0.001)

        // The same number every day for months is what is usual there.
        let steady = DailySeries.Key(area: "330106001009", category: "020202")
        let always = (0..<Self.length).map { (day: $0, count: 5) }
        #expect(Self.watching([steady: always]).rises(at: last).isEmpty)
    }

    @Test("With less than four weeks behind it, nothing is told")
    func young() {
        let key = DailySeries.Key(area: "330106001001", category: "010101")
        let period = CountedPeriod(first: Self.first, length: 25, counts: [key: [(day: 24, count: 30)]]) { _ in 10 }
        #expect(Watching(rules: Self.rules, period: period).rises(at: 24).isEmpty)
    }
}
