import Foundation

/// Counts of several series, period by period, and what may come next.
///
/// A series goes on at the level of its past periods, the nearer ones weighing more. How far it strays from that is not
/// assumed but taken from the past: the same forecast is made from every earlier period, for every series, and what came is held
/// against it. The band is that of a count scattered so much (``CountDistribution``).
public struct PeriodCounts: Sendable {
    public struct Settings: Sendable, Hashable {
        /// In periods: so far back a period weighs half.
        public var halfLife: Double
        /// Periods that have to be known before a forecast is made.
        public var fewest: Int
        /// Periods that forecasts have to have been tried on before a band is told.
        public var tries: Int
        /// The share of truths that the band is to hold.
        public var interval: Double

        public init(halfLife: Double, fewest: Int, tries: Int, interval: Double) {
            self.halfLife = halfLife
            self.fewest = max(1, fewest)
            self.tries = max(1, tries)
            self.interval = interval
        }
    }

    public struct Forecast: Sendable, Hashable {
        public var expected: Double
        public var low: Int
        public var high: Int

        public init(expected: Double, low: Int, high: Int) {
            self.expected = expected
            self.low = low
            self.high = high
        }

        public func holds(_ count: Int) -> Bool { low <= count && count <= high }
    }

    /// How often the truth lay within the band.
    public struct Trial: Sendable, Hashable {
        public var made: Int
        public var held: Int

        public init(made: Int = 0, held: Int = 0) {
            self.made = made
            self.held = held
        }
    }

    public let settings: Settings
    /// One count for each period that is over, the oldest first; all of one length.
    public let series: [[Int]]
    /// How long each period is, those ahead included.
    private let lengths: [Double]
    /// By origin, series and step: what the past before the origin would have said.
    private let told: [[[Double]]]
    private let known: Int
    private let ahead: Int

    /// - Parameter lengths: of the periods that are over, and of those ahead.
    /// - Precondition: as many counts in each series as periods that are over.
    public init(series: [[Int]], lengths: [Double], ahead: Int, settings: Settings) {
        let known = max(0, lengths.count - ahead)
        self.settings = settings
        self.series = series.map { Array($0.prefix(known)) }
        self.lengths = lengths
        self.known = known
        self.ahead = ahead
        let decay = exp2(-1 / settings.halfLife)
        let lines = self.series
        told = (0...known).map { origin in
            lines.map { counts -> [Double] in
                var (sum, length) = (0.0, 0.0)
                for period in 0..<origin {
                    sum = sum * decay + Double(counts[period])
                    length = length * decay + lengths[period]
                }
                let rate = length > 0 ? sum / length : 0
                return (0..<ahead).map { step in
                    origin + step < lengths.count ? rate * lengths[origin + step] : 0
                }
            }
        }
    }

    /// Variance over mean of what came around what was told so many steps before, of all series together; nil while too
    /// little was tried. What is further away is never surer.
    private func dispersion(step: Int, before end: Int) -> Double? {
        var most: Double?
        for nearer in 0...step {
            var (sum, count, periods) = (0.0, 0, 0)
            var origin = settings.fewest
            while origin + nearer < end {
                for (line, counts) in series.enumerated() where saysSomething(line, counts, origin, nearer) {
                    let mean = max(0.5, told[origin][line][nearer])
                    let deviation = Double(counts[origin + nearer]) - mean
                    sum += deviation * deviation / mean
                    count += 1
                }
                periods += 1
                origin += 1
            }
            guard periods >= settings.tries else { return nil }
            most = max(most ?? 1, sum / Double(max(1, count)))
        }
        return most
    }

    /// Where nothing ever came and nothing came again, every band holds; that is no merit of it.
    private func saysSomething(_ line: Int, _ counts: [Int], _ origin: Int, _ step: Int) -> Bool {
        told[origin][line][step] > 0 || counts[origin + step] > 0
    }

    private func forecast(_ line: Int, step: Int, origin: Int) -> Forecast? {
        guard origin >= settings.fewest, let dispersion = dispersion(step: step, before: origin) else { return nil }
        let mean = told[origin][line][step]
        let counts = CountDistribution(mean: mean, dispersion: dispersion)
        return Forecast(
            expected: mean, low: counts.quantile((1 - settings.interval) / 2),
            high: counts.quantile((1 + settings.interval) / 2))
    }

    /// - Parameters:
    ///   - line: position of the series.
    ///   - step: 0 for the first period ahead.
    /// - Returns: nil while too little is known.
    public func forecast(_ line: Int, step: Int) -> Forecast? {
        guard series.indices.contains(line), (0..<ahead).contains(step) else { return nil }
        return forecast(line, step: step, origin: known)
    }

    /// What would have been told at each earlier period, from what was known then and nothing else.
    public func trial(step: Int) -> Trial {
        var trial = Trial()
        guard (0..<ahead).contains(step) else { return trial }
        for origin in 0...known where origin + step < known {
            for (line, counts) in series.enumerated() where saysSomething(line, counts, origin, step) {
                guard let told = forecast(line, step: step, origin: origin) else { continue }
                trial.made += 1
                if told.holds(counts[origin + step]) { trial.held += 1 }
            }
        }
        return trial
    }
}
