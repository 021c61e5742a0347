import Cases
import Desk
import Ground
import Web

/// How figures of these pages are written.
enum Figures {
    /// Hours with one decimal.
    static func hours(_ minutes: Int64) -> String { tenths((minutes * 10 + 30) / 60) }

    /// Hours of one post in thirty days; nil where nobody holds a post.
    static func hoursPerPost(_ minutes: Int64, posts: Int64, days: Int) -> String? {
        guard posts > 0, days > 0 else { return nil }
        let whole = posts * Int64(days) * 60
        return tenths((minutes * 30 * 10 + whole / 2) / whole)
    }

    private static func tenths(_ value: Int64) -> String {
        value % 10 == 0 ? "\(value / 10)" : "\(value / 10).\(value % 10)"
    }

    /// By how much it changed, in per cent: `−37%`; nil from nothing.
    static func change(_ before: Int64, _ after: Int64) -> String? {
        guard before > 0 else { return nil }
        let percent = ((after - before) * 100) / before
        return percent < 0 ? "−\(-percent)%" : percent > 0 ? "+\(percent)%" : "0%"
    }

    static func share(_ share: Share) -> String { share.percent.map { "\($0)%" } ?? "—" }

    static func tag(_ verdict: OutcomeVerdict, _ visit: Visit) -> HTML {
        "<span class=\"tag \(HTML(trusted: "\(verdict.tone)"))\">\(visit(verdict.title))</span>"
    }
}
