import CountForecasts
import Foundation
import Ground
import Testing

@Suite("What counts by period say of the periods ahead")
struct PeriodCountsTests {
    private static let settings = PeriodCounts.Settings(halfLife: 6, fewest: 3, tries: 4, interval: 0.8)
    private static let months = [
        31.0, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
    ]

    private static func poisson(_ mean: Double, _ random: inout SeededRandom) -> Int {
        let limit = exp(-mean)
        var (product, count) = (1.0, -1)
        repeat {
            product *= Double.random(in: 0..<1, using: &random)
            count += 1
        } while product > limit
        return count
    }

    @Test("A steady rate goes on to the day: two a day are 62, 56 or 60 a month")
    func steady() throws {
        let counts = PeriodCounts(
            series: [Self.months.map { Int($0) * 2 }], lengths: Self.months + [31, 28, 30], ahead: 3,
            settings: Self.settings)
        let expected = [62.0, 56, 60]
        for step in 0..<3 {
            let found = try #require(counts.forecast(0, step: step))
            #expect(abs(found.expected - expected[step]) < 1e-9)
            #expect(found.low < Int(expected[step]) && Int(expected[step]) < found.high)
        }
    }

    @Test("Nearer months weigh more: after the half-life a month weighs half")
    func nearer() throws {
        // One period of 10 six periods back, 20 now and nothing between: 10 × ½ + 20, over what all seven weigh.
        var counts = [Int](repeating: 0, count: 7)
        counts[0] = 10
        counts[6] = 20
        let found = PeriodCounts(
            series: [counts], lengths: [Double](repeating: 1, count: 8), ahead: 1,
            settings: PeriodCounts.Settings(halfLife: 6, fewest: 1, tries: 1, interval: 0.8))
        let weights = (0..<7).reduce(0.0) { $0 + exp2(-Double($1) / 6) }
        #expect(abs(try #require(found.forecast(0, step: 0)).expected - 25 / weights) < 1e-9)
    }

    @Test("Where matters come by chance the band holds about as many truths as it says, seen from each past month")
    func coverage() throws {
        var random = SeededRandom(seed: 8)
        for mean in [4.0, 20, 60] {
            var all = PeriodCounts.Trial()
            for _ in 0..<20 {
                let series = (0..<6).map { _ in Self.months.map { Self.poisson(mean * $0 / 30, &random) } }
                let counts = PeriodCounts(
                    series: series, lengths: Self.months + [31, 28, 31], ahead: 3, settings: Self.settings)
                for step in 0..<3 {
                    let trial = counts.trial(step: step)
                    // Origins 7…23 less the step, six series.
                    #expect(trial.made == 6 * (17 - 2 * step))
                    all.made += trial.made
                    all.held += trial.held
                }
            }
            let share = Double(all.held) / Double(all.made)
            #expect((0.77...0.92).contains(share), "\(mean): \(share)")
        }
    }

    @Test("Counts in clumps get a wider band, and it holds them")
    func clumps() throws {
        var random = SeededRandom(seed: 9)
        func made(_ mean: Double, _ clump: Int) -> PeriodCounts {
            let series = (0..<8).map { _ in Self.months.map { _ in Self.poisson(mean, &random) * clump } }
            return PeriodCounts(series: series, lengths: Self.months + [30], ahead: 1, settings: Self.settings)
        }
        let (single, clumped) = (made(60, 1), made(10, 6))
        func width(_ counts: PeriodCounts) throws -> Double {
            let found = try #require(counts.forecast(0, step: 0))
            return Double(found.high - found.low) / found.expected
        }
        #expect(try width(clumped) > 1.8 * width(single))
        let trial = clumped.trial(step: 0)
        #expect(trial.held * 100 >= trial.made * 74)
    }

    @Test("A trial knows only what was known: what comes later changes no forecast made before")
    func honest() {
        var random = SeededRandom(seed: 10)
        let series = (0..<5).map { _ in Self.months.map { _ in Self.poisson(15, &random) } }
        func trial(_ known: Int) -> PeriodCounts.Trial {
            PeriodCounts(
                series: series.map { Array($0.prefix(known)) }, lengths: Array(Self.months.prefix(known)) + [30],
                ahead: 1, settings: Self.settings
            ).trial(step: 0)
        }
        for known in 8..<Self.months.count {
            let counts = PeriodCounts(
                series: series.map { Array($0.prefix(known)) }, lengths: Array(Self.months.prefix(known + 1)), ahead: 1,
                settings: Self.settings)
            let held = series.indices.count { counts.forecast($0, step: 0)?.holds(series[$0][known]) == true }
            #expect(trial(known + 1).held - trial(known).held == held)
            #expect(trial(known + 1).made - trial(known).made == series.count)
        }
    }

    @Test("Too little known makes no forecast; none at all makes a small one")
    func little() throws {
        func counts(_ known: Int) -> PeriodCounts {
            PeriodCounts(
                series: [[Int](repeating: 5, count: known)], lengths: [Double](repeating: 30, count: known + 2),
                ahead: 2,
                settings: Self.settings)
        }
        #expect(counts(0).forecast(0, step: 0) == nil)
        #expect(counts(6).forecast(0, step: 0) == nil)
        #expect(abs(try #require(counts(7).forecast(0, step: 0)).expected - 5) < 1e-9)
        #expect(counts(7).forecast(0, step: 1) == nil, "two steps ahead was tried on three periods only")
        #expect(abs(try #require(counts(8).forecast(0, step: 1)).expected - 5) < 1e-9)
        #expect(counts(8).forecast(0, step: 2) == nil && counts(8).forecast(1, step: 0) == nil)
        #expect(counts(7).trial(step: 0).made == 0)
        let empty = PeriodCounts(
            series: [[Int](repeating: 0, count: 12)], lengths: [Double](repeating: 30, count: 13), ahead: 1,
            settings: Self.settings)
        let found = try #require(empty.forecast(0, step: 0))
        #expect(found.expected == 0 && found.low == 0 && found.high <= 1)
    }

    @Test("Places from which nothing ever came make the band of others no narrower, and are no merit of it")
    func empty() throws {
        var random = SeededRandom(seed: 14)
        let busy = (0..<3).map { _ in Self.months.map { _ in Self.poisson(12, &random) * 3 } }
        func made(_ series: [[Int]]) -> PeriodCounts {
            PeriodCounts(series: series, lengths: Self.months + [30], ahead: 1, settings: Self.settings)
        }
        let alone = made(busy)
        let among = made(busy + [[Int]](repeating: Self.months.map { _ in 0 }, count: 40))
        for line in busy.indices { #expect(among.forecast(line, step: 0) == alone.forecast(line, step: 0)) }
        #expect(among.trial(step: 0) == alone.trial(step: 0))
        // Where something comes for the first time the band did not hold it.
        var first = Self.months.map { _ in 0 }
        first[20] = 9
        #expect(made(busy + [first]).trial(step: 0).made > alone.trial(step: 0).made)
    }

    @Test("What is further away is never surer")
    func further() throws {
        var random = SeededRandom(seed: 12)
        for _ in 0..<40 {
            let series = (0..<3).map { _ in (0..<20).map { _ in Int.random(in: 0...40, using: &random) } }
            let counts = PeriodCounts(
                series: series, lengths: [Double](repeating: 30, count: 23), ahead: 3, settings: Self.settings)
            for line in series.indices {
                let widths = (0..<3).compactMap { counts.forecast(line, step: $0) }.map { $0.high - $0.low }
                #expect(widths == widths.sorted() && widths.count == 3)
            }
        }
    }

    @Test("Large counts take the normal curve, which differs from the walk by less than a twenty-fifth of a deviation")
    func large() {
        for dispersion in [1.0, 4, 40] {
            for share in [0.1, 0.5, 0.9] {
                let (walked, curved) = (4_999.0, 5_001.0)
                let low = CountDistribution(mean: walked, dispersion: dispersion).quantile(share)
                let high = CountDistribution(mean: curved, dispersion: dispersion).quantile(share)
                let deviation = (5_000 * dispersion).squareRoot()
                #expect(abs(Double(high - low) - 2) <= 2 + deviation / 25, "\(dispersion) \(share): \(low) \(high)")
            }
        }
        #expect(CountDistribution(mean: 1_000_000, dispersion: 400).quantile(0.5) == 1_000_000)
    }
}
