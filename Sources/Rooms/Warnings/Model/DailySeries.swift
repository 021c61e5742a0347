import Ground

/// What residents complained of at one place, of one kind, day by day.
struct DailySeries: Sendable {
    struct Key: Sendable, Hashable, Comparable {
        /// A community or a street.
        var area: String
        /// A leaf of the category tree, or a branch of it.
        var category: String

        static func < (left: Key, right: Key) -> Bool {
            (left.area, left.category) < (right.area, right.category)
        }
    }

    var key: Key
    /// One count for each day from the first of the period on.
    var counts: [Int]
}

/// All series of a period, and what they have in common.
struct CountedPeriod: Sendable {
    let first: Day
    let length: Int
    let series: [DailySeries]
    /// How busy each day of the week is against the mean of all; Monday first.
    let weekdays: [Double]
    private let means: [String: Double]
    /// How much more counts scatter than chance alone would.
    private let dispersions: [String: Double]

    /// - Parameters:
    ///   - counts: what came in, by place and kind, as (day of the period, count).
    ///   - places: how many places there are of the level of an area; those without any matter count as zero.
    init(
        first: Day, length: Int, counts: [DailySeries.Key: [(day: Int, count: Int)]],
        places: (_ area: String) -> Int
    ) {
        self.first = first
        self.length = length
        var series: [DailySeries] = []
        var perWeekday = [Double](repeating: 0, count: 7)
        for (key, days) in counts {
            var line = [Int](repeating: 0, count: length)
            for (day, count) in days where line.indices.contains(day) {
                line[day] += count
                perWeekday[(first + day).weekday - 1] += Double(count)
            }
            series.append(DailySeries(key: key, counts: line))
        }
        self.series = series.sorted { $0.key < $1.key }
        let all = perWeekday.reduce(0, +)
        // A period in which hardly anything came in says nothing about the days of a week.
        weekdays = all < 70 ? [Double](repeating: 1, count: 7) : perWeekday.map { max(0.1, $0 * 7 / all) }
        means = Dictionary(grouping: self.series, by: { Self.kind(of: $0.key) }).mapValues { lines in
            let count = max(lines.count, lines.first.map { places($0.key.area) } ?? 1)
            let sum = lines.reduce(0) { $0 + $1.counts.reduce(0, +) }
            return Double(sum) / Double(max(1, count * length))
        }
        dispersions = Dictionary(grouping: self.series, by: { Self.level(of: $0.key) }).mapValues {
            Self.dispersion(of: $0, length: length)
        }
    }

    /// Series of one category and one level have a common mean.
    private static func kind(of key: DailySeries.Key) -> String { "\(key.area.utf8.count)/\(key.category)" }
    /// Series as wide as each other scatter alike; over one category alone, what rose there once would hide the next rise.
    private static func level(of key: DailySeries.Key) -> String {
        "\(key.area.utf8.count)/\(key.category.utf8.count)"
    }

    /// Variance of weekly sums over their mean, pooled over series, at least 1. A week far off, which is what is looked for,
    /// counts as four deviations at most.
    private static func dispersion(of lines: [DailySeries], length: Int) -> Double {
        // The last days are what is held against the rest.
        let weeks = (length - 7) / 7
        guard weeks >= 4 else { return 1 }
        var (deviations, means) = (0.0, 0.0)
        for line in lines {
            let sums = (0..<weeks).map { week in
                Double(line.counts[(week * 7)..<(week * 7 + 7)].reduce(0, +))
            }
            let mean = sums.reduce(0, +) / Double(weeks)
            let most = 16 * max(1, mean)
            deviations += sums.reduce(0) { $0 + min(most, ($1 - mean) * ($1 - mean)) } / Double(weeks - 1)
            means += mean
        }
        return means > 0 ? max(1, deviations / means) : 1
    }

    func weekday(_ day: Int) -> Double { weekdays[(first + day).weekday - 1] }
    func common(_ key: DailySeries.Key) -> (mean: Double, dispersion: Double) {
        (means[Self.kind(of: key)] ?? 0, dispersions[Self.level(of: key)] ?? 1)
    }
}
