import Desk
import Ground

/// `Rules/repeats.yaml`: from how many matters on something counts as coming up again and again.
struct RepeatRules: Sendable, Decodable {
    struct Least: Sendable, Decodable {
        var month: Int64
        var quarter: Int64

        func callAsFunction(_ period: RepeatPeriod) -> Int64 { period.isQuarter ? quarter : month }
    }

    var hotSpots: Least
    var reporters: Least
    var keepMonths: Int

    static let file = "repeats.yaml"

    static func load(from rules: RuleFiles) throws(Refusal) -> RepeatRules {
        let found = try rules.decode(RepeatRules.self, from: file)
        guard
            [found.hotSpots.month, found.hotSpots.quarter, found.reporters.month, found.reporters.quarter]
                .allSatisfy({ $0 >= 2 }), (3...120).contains(found.keepMonths)
        else {
            throw RuleFiles.refusal(
                "each number of matters is at least 2, keepMonths 3 to 120", "各项件数至少为 2，keepMonths 为 3–120",
                in: try rules.file(file), line: nil)
        }
        return found
    }
}

/// A month (`2026-11`) or a quarter (`2026-Q4`).
struct RepeatPeriod: Sendable, Hashable, Comparable {
    let text: String

    private init(text: String) { self.text = text }

    /// - Returns: nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, Int(parts[0]) != nil else { return nil }
        if parts[1].utf8.count == 2, parts[1].first == "Q" {
            guard let quarter = Int(parts[1].dropFirst()), (1...4).contains(quarter) else { return nil }
        } else {
            guard parts[1].utf8.count == 2, let month = Int(parts[1]), (1...12).contains(month) else { return nil }
        }
        self.text = text
    }

    static func month(of day: Day) -> RepeatPeriod { RepeatPeriod(text: String(day.description.prefix(7))) }

    static func quarter(of day: Day) -> RepeatPeriod {
        RepeatPeriod(text: "\(day.description.prefix(4))-Q\((day.parts.month - 1) / 3 + 1)")
    }

    static func both(_ day: Day) -> [RepeatPeriod] { [month(of: day), quarter(of: day)] }

    var isQuarter: Bool { text.contains("Q") }

    /// This one and those before it, the latest first, as a choice offers them.
    static func choices(at now: Instant, months: Int) -> [RepeatPeriod] {
        var day = now.local().day
        var found: [RepeatPeriod] = []
        for _ in 0..<months {
            for period in both(day) where !found.contains(period) { found.append(period) }
            day = day - day.parts.day
        }
        return found
    }

    static func < (left: RepeatPeriod, right: RepeatPeriod) -> Bool { left.text < right.text }
}
