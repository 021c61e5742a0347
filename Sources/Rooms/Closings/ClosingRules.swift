import Cases
import Desk
import Ground
import WorkCalendar

/// `Rules/checks.yaml`: which matters are looked at again after they were closed, and when their reporters are called.
struct ClosingRules: Sendable {
    var closedIn: Set<StateName>
    var sample: SampleRules
    /// How many days one draw covers.
    var everyDays: Int
    var limit: TimeLimit
    var calls: CallRules

    static let file = "checks.yaml"

    static func load(from files: RuleFiles) throws(Refusal) -> ClosingRules {
        let read = try files.decode(Read.self, from: file)
        let source = try files.file(file)
        func wrong(_ english: String, _ chinese: String) -> Refusal {
            RuleFiles.refusal(english, chinese, in: source, line: nil)
        }
        let draw = read.draw
        guard !read.closedIn.isEmpty, (1...92).contains(draw.everyDays), draw.atLeast >= 0,
            draw.atMost >= draw.atLeast, ([draw.percent] + draw.shares.map(\.percent)).allSatisfy((0...100).contains)
        else {
            throw wrong(
                "closedIn names a state; everyDays 1 to 92; percents 0 to 100; atMost not below atLeast",
                "closedIn 至少一个状态；everyDays 为 1–92；百分比为 0–100；atMost 不小于 atLeast")
        }
        var shares: [SampleRules.Share] = []
        for share in draw.shares {
            guard share.area.map({ AreaPrefix($0) != nil }) ?? true else {
                throw wrong("shares: \(share.area ?? "") is no area code", "shares：\(share.area ?? "") 不是区域代码")
            }
            shares.append(
                .init(category: share.category ?? "", area: share.area ?? "", percent: share.percent))
        }
        let calls = read.calls
        let working = calls.workdays.compactMap(CallRules.Hours.init)
        let others = calls.otherDays.compactMap(CallRules.Hours.init)
        guard working.count == calls.workdays.count, others.count == calls.otherDays.count, !working.isEmpty else {
            throw wrong("hours are written 09:00-12:00", "时段应写作 09:00-12:00")
        }
        guard (1...10).contains(calls.attempts), (1...200).contains(calls.batch),
            (0...240).contains(
                calls.firstAfterHours), (1...90).contains(calls.withinDays), (1...240).contains(calls.pauseHours),
            (1...240).contains(calls.keptHours)
        else {
            throw wrong(
                "calls: attempts 1 to 10, batch 1 to 200, withinDays 1 to 90, hours up to 240",
                "calls：attempts 为 1–10，batch 为 1–200，withinDays 为 1–90，小时数不超过 240")
        }
        return ClosingRules(
            closedIn: Set(read.closedIn.map { StateName(rawValue: $0) }),
            sample: SampleRules(
                percent: draw.percent, atLeast: draw.atLeast, atMost: draw.atMost, shares: shares,
                notOnSite: draw.notOnSite),
            everyDays: draw.everyDays, limit: draw.limit,
            calls: CallRules(
                firstAfter: .hours(Int64(calls.firstAfterHours)), within: .days(Int64(calls.withinDays)),
                attempts: calls.attempts, pause: .hours(Int64(calls.pauseHours)), batch: calls.batch,
                kept: .hours(Int64(calls.keptHours)), workdays: working, otherDays: others))
    }

    private struct Read: Decodable {
        struct Share: Decodable {
            var category: String?
            var area: String?
            var percent: Double
        }

        struct Draw: Decodable {
            var everyDays: Int
            var percent: Double
            var atLeast: Int
            var atMost: Int
            var shares: [Share]
            var notOnSite: [String]
            var limit: TimeLimit
        }

        struct Calls: Decodable {
            var firstAfterHours: Int
            var withinDays: Int
            var attempts: Int
            var pauseHours: Int
            var batch: Int
            var keptHours: Int
            var workdays: [String]
            var otherDays: [String]
        }

        var closedIn: [String]
        var draw: Draw
        var calls: Calls
    }
}

/// Whom to call when, and how often.
struct CallRules: Sendable {
    /// A part of a day, in minutes after midnight.
    struct Hours: Sendable, Hashable {
        var from: Int
        var until: Int

        init?(_ text: String) {
            let parts = text.split(separator: "-").map { $0.split(separator: ":").compactMap { Int($0) } }
            guard parts.count == 2,
                parts.allSatisfy({ $0.count == 2 && (0...24).contains($0[0]) && (0...59).contains($0[1]) })
            else { return nil }
            from = parts[0][0] * 60 + parts[0][1]
            until = parts[1][0] * 60 + parts[1][1]
            guard from < until, until <= 24 * 60 else { return nil }
        }

        var text: String { Self.clock(from) + "–" + Self.clock(until) }

        private static func clock(_ minutes: Int) -> String {
            [minutes / 60, minutes % 60].map { ($0 < 10 ? "0" : "") + String($0) }.joined(separator: ":")
        }
    }

    var firstAfter: Span
    var within: Span
    var attempts: Int
    var pause: Span
    var batch: Int
    /// How long a post holds what it took.
    var kept: Span
    var workdays: [Hours]
    var otherDays: [Hours]

    func hours(of day: Day, _ calendar: WorkCalendar) -> [Hours] { calendar.isWorkday(day) ? workdays : otherDays }

    /// Whether people may be called now.
    func isDecent(_ now: Instant, _ calendar: WorkCalendar) -> Bool {
        let local = now.local()
        let minute = local.hour * 60 + local.minute
        return hours(of: local.day, calendar).contains { $0.from <= minute && minute < $0.until }
    }
}
