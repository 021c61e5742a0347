import CountForecasts

/// `volumes` of `Rules/workload.yaml`: how the number of matters is forecast, and which tasks come as often as matters do.
struct VolumeRules: Sendable, Hashable, Decodable {
    /// Each matter, or each of these kinds, is one time of a task.
    struct Task: Sendable, Hashable, Decodable {
        var item: String
        var task: String
        /// Prefixes of codes of categories; all matters without.
        var categories: [String]?

        func takes(_ category: String) -> Bool { categories?.contains(where: category.hasPrefix) ?? true }
    }

    /// How far back.
    var months: Int
    var halfLifeMonths: Double
    var fewestMonths: Int
    /// Months that forecasts have to have been tried on.
    var tries: Int
    var interval: Double
    /// Months after the present one.
    var ahead: Int
    var tasks: [Task]

    var isUsable: Bool {
        (6...60).contains(months) && halfLifeMonths > 0 && (2...24).contains(fewestMonths) && (2...24).contains(tries)
            && interval > 0.2 && interval < 0.99 && (1...6).contains(ahead)
            && Set(tasks.map { [$0.item, $0.task] }).count == tasks.count
    }

    var settings: PeriodCounts.Settings {
        PeriodCounts.Settings(halfLife: halfLifeMonths, fewest: fewestMonths, tries: tries, interval: interval)
    }
}
