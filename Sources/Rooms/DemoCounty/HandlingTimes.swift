import Cases
import Ground
import WorkCalendar

/// How long handling takes: drawn from the real quantiles, kept within most limits as offices do, and set so that half of
/// all matters take no longer than the quantiles say.
struct HandlingTimes: Sendable {
    private let quantiles: Quantiles
    private let overdue: Double
    private var scale: Double

    /// A matter as likely as any other: when it is reported, and how many days it has.
    struct Sample: Sendable {
        var reportedAt: Instant
        var limit: Double
    }

    init(_ mix: DemoMix, samples: [Sample], office: OfficeTime, seed: UInt64) {
        quantiles = Quantiles(mix.handlingDays)
        overdue = mix.assumed.overdue
        scale = mix.assumed.handlingFactor
        let wanted = mix.medianDays
        var (low, high) = (0.02, 20.0)
        for _ in 0..<20 {
            scale = (low * high).squareRoot()
            var random = SeededRandom(seed: seed)
            // Offices close at night and on days off: what counts is when somebody is there again.
            let times = samples.map { sample in
                let end = sample.reportedAt + Self.span(days(limit: sample.limit, &random))
                return (office.near(end, &random) - sample.reportedAt).milliseconds
            }.sorted()
            let isShort = times.isEmpty || times[times.count / 2] < Self.span(wanted).milliseconds
            if isShort { low = scale } else { high = scale }
        }
    }

    static func span(_ days: Double) -> Span { Span(milliseconds: Int64(days * 86_400_000)) }

    /// Days from report to answer for a matter that has so many days.
    func days(limit: Double, _ random: inout SeededRandom) -> Double {
        let drawn = quantiles.value(at: random.fraction()) * scale
        let part = random.fraction()
        if random.percent(overdue) { return max(drawn, limit * (1.05 + 0.6 * part)) }
        return drawn < limit * 0.97 ? drawn : limit * (0.55 + 0.42 * part)
    }
}
