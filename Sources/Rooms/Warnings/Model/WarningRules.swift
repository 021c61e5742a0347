/// `Rules/warnings.yaml`: against what a count is held, and how often a warning may be wrong.
struct WarningRules: Sendable, Decodable {
    struct Checks: Sendable, Decodable {
        var everyDays: Int
        var times: Int
    }

    /// The sum of this many last days is held against the days before them.
    var windowDays: Int
    var historyDays: Int
    var halfLifeDays: Double
    /// How many days of the county's mean are mixed into a series, so that a rare one does not warn of its second matter.
    var priorDays: Double
    var least: Int
    var falseAlarmsPerThousand: Double
    var quietDays: Int
    var horizonDays: Int
    /// Share of weeks whose count the forecast's interval is to hold.
    var interval: Double
    var trialDays: Int
    var checks: Checks
}
