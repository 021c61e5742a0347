import Desk
import Ground

/// `Rules/accounts.yaml`: how long is looked before and after, and from what on a change is one.
struct AccountRules: Sendable, Hashable, Decodable {
    var windowDays: Int
    var fewestDays: Int
    var fewestMatters: Int64
    /// Days after that on which a matter should have been closed in which checking and rating may still go on.
    var settlingDays: Int
    /// Hundredths of a percentage point.
    var tolerance: Int64
    /// Standard errors of the difference of two shares.
    var deviations: Double
    /// By more than so many per cent above the days before, a street's hours rise.
    var risePercent: Int64
    /// Where fewer hold a post, hours of one post are not said.
    var fewestPosts: Int64

    static func load(from files: RuleFiles) throws(Refusal) -> AccountRules {
        let rules = try files.decode(AccountRules.self, from: "accounts.yaml")
        guard (14...366).contains(rules.windowDays), (7...rules.windowDays).contains(rules.fewestDays),
            rules.fewestMatters >= 1, (0...60).contains(rules.settlingDays), (0...10_000).contains(rules.tolerance),
            (0...5).contains(rules.deviations), (0...1_000).contains(rules.risePercent), rules.fewestPosts >= 2
        else {
            throw RuleFiles.refusal(
                "a figure is out of range", "数字超出范围", in: try files.file("accounts.yaml"), line: nil)
        }
        return rules
    }
}
