import CountForecasts
import Desk
import Ground

/// 诉求量预测: how many matters the coming months may bring, place by place.
struct MatterVolumes: Sendable {
    struct Line: Sendable {
        var area: AreaPrefix
        /// Of the last whole month.
        var last: Int
        /// For each of the months.
        var told: [PeriodCounts.Forecast?]
    }

    /// The present month and those after it.
    var months: [LoadMonth]
    /// Whole months that are known.
    var known: Int
    var whole: Line
    /// The areas below.
    var places: [Line]
    /// For each of the months: how often the truth lay within the band when past months were foretold, for the areas below
    /// and for the whole.
    var trials: [PeriodCounts.Trial]

    /// - Parameters:
    ///   - places: of each area below, one count for each known month.
    ///   - first: the first known month; the last of them is over.
    init(
        _ area: AreaPrefix, whole counts: [Int], places: [(area: AreaPrefix, counts: [Int])], first: LoadMonth,
        rules: VolumeRules
    ) {
        let steps = rules.ahead + 1
        let lengths = Self.lengths(first, counts.count + steps)
        let together = PeriodCounts(series: [counts], lengths: lengths, ahead: steps, settings: rules.settings)
        let apart = PeriodCounts(
            series: places.map(\.counts), lengths: lengths, ahead: steps, settings: rules.settings)
        months = (0..<steps).map { first + (counts.count + $0) }
        known = counts.count
        whole = Line(
            area: area, last: counts.last ?? 0, told: (0..<steps).map { together.forecast(0, step: $0) })
        self.places = places.enumerated().map { position, place in
            Line(
                area: place.area, last: place.counts.last ?? 0,
                told: (0..<steps).map { apart.forecast(position, step: $0) })
        }
        trials = (0..<steps).map { step in
            let (one, many) = (together.trial(step: step), apart.trial(step: step))
            return PeriodCounts.Trial(made: one.made + many.made, held: one.held + many.held)
        }
    }

    /// Days of so many months.
    static func lengths(_ first: LoadMonth, _ count: Int) -> [Double] {
        (0..<count).map { Double((first + $0).last - (first + $0).first + 1) }
    }
}

/// A task that comes as often as matters do: what the lists foresee for a month, and what matters may bring.
struct TaskVolume: Sendable {
    var item: String
    var title: LocalizedText
    /// Of one time, as it counts in that month.
    var minutes: Int64
    /// Minutes of the month on the posts of the area, by the lists.
    var listed: Int64
    /// Of the times in the area, per million that falls on its own posts; the rest is on posts above, or on nobody.
    var share: Int64
    var told: PeriodCounts.Forecast

    /// Minutes on the posts of the area when so many matters come.
    func coming(_ count: Double) -> Int64 { Int64((count * Double(minutes) * Double(share) / 1_000_000).rounded()) }

    /// Times that the lists foresee there.
    var times: Int64 { minutes > 0 && share > 0 ? listed * 1_000_000 / share / minutes : 0 }
    /// Minutes more or fewer than the lists foresee.
    var difference: Int64 { coming(told.expected) - listed }
    var least: Int64 { coming(Double(told.low)) - listed }
    var most: Int64 { coming(Double(told.high)) - listed }
}
