import Cases
import CountForecasts
import Desk
import Foundation
import GridDay
import Ground
import Ledger
import Storage

/// The round of a day: what rose is warned of, what was warned of is judged, and the rules are tried on the days behind.
struct WarningWork: Sendable {
    let warnings: Warnings

    private var house: House { warnings.house }
    private var rules: WarningRules { warnings.rules }

    /// Whether yesterday was not looked at yet.
    func isDue(at now: Instant) async throws -> Bool {
        let done = try await house.database.query(
            "SELECT made_on FROM warning_trials WHERE county = \(house.settings.area.code)"
        ).first?.int(0)
        return done.map { $0 < now.local().day.number - 1 } ?? true
    }

    /// Once for each day that is over, from its sums. Today is not counted: it is not whole.
    func round(at now: Instant) async throws {
        guard try await isDue(at: now) else { return }
        let today = now.local().day
        let yesterday = today - 1
        let watching = Watching(rules: rules, period: try await period(until: yesterday))
        try await judge(until: yesterday)
        try await raise(watching, on: today, at: now)
        let forecasts = watching.period.series.filter { $0.key.area.utf8.count == 9 && $0.key.category.utf8.count == 2 }
            .map { watching.forecast($0, after: watching.period.length - 1) }
        let trial = WarningTrial(watching)
        try await house.database.write { transaction in
            try WarningStore.keep(forecasts, madeOn: yesterday, in: transaction)
            try WarningStore.keep(trial, of: house.settings.area, madeOn: yesterday, in: transaction)
        }
    }

    /// Every series of the county: communities by leaf, streets by leaf and by branch.
    func period(until last: Day) async throws -> CountedPeriod {
        let known = try await house.database.read { try warnings.day.firstSummedDay(in: $0) } ?? last
        let first = min(last, max(known, last - (rules.historyDays + rules.trialDays - 1)))
        let length = Int(last.number - first.number) + 1
        var counts: [DailySeries.Key: [(day: Int, count: Int)]] = [:]
        var places: [Int: Int] = [:]
        for street in warnings.streets() {
            places[9, default: 0] += 1
            places[12, default: 0] += warnings.communities(of: street)
            let found = try await house.database.read {
                try warnings.day.complaints(in: street, first...last, in: $0)
            }
            for line in found {
                let day = Int(line.day.number - first.number)
                func add(_ area: String, _ category: String) {
                    counts[DailySeries.Key(area: area, category: category), default: []].append((day, line.complained))
                }
                if line.area.utf8.count >= 12 { add(String(line.area.prefix(12)), line.category) }
                add(street.code, line.category)
                if line.category.utf8.count > 2 { add(street.code, String(line.category.prefix(2))) }
            }
        }
        let numbers = places
        return CountedPeriod(first: first, length: length, counts: counts) { numbers[$0.utf8.count] ?? 1 }
    }

    private func raise(_ watching: Watching, on today: Day, at now: Instant) async throws {
        let quiet = try await house.database.read {
            try WarningStore.warned(since: today - rules.quietDays, in: $0)
        }
        let last = watching.period.length - 1
        let series = Dictionary(watching.period.series.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        for rise in watching.rises(at: last) where !quiet.contains(rise.key) {
            guard let area = AreaPrefix(rise.key.area), let line = series[rise.key] else { continue }
            let after = (last + 1)..<(last + 1 + rules.horizonDays)
            let usual = watching.expectation(line, before: last - rules.windowDays + 1, over: after)
            let warning = EarlyWarning(
                id: house.identifiers.next(at: now), area: area, category: rise.key.category, raisedOn: today,
                window: rules.windowDays, seen: rise.seen, expected: (rise.expected * 100).rounded() / 100,
                usualAfter: usual.quantile(rules.interval), state: .open)
            try await house.database.write { transaction in
                guard try WarningStore.insert(warning, in: transaction) else { return }
                try record("warnings.raised", warning, by: .system, at: now, in: transaction)
            }
        }
    }

    /// What came in the days after a warning, against what would have been usual.
    private func judge(until yesterday: Day) async throws {
        let ripe = try await house.database.read {
            try WarningStore.toJudge(until: yesterday - (rules.horizonDays - 1), limit: 1_000, in: $0)
        }
        for warning in ripe {
            try await house.database.write { transaction in
                let days = warning.raisedOn...(warning.raisedOn + (rules.horizonDays - 1))
                let came = try warnings.day.complaints(in: warning.area, days, in: transaction).filter {
                    $0.category.hasPrefix(warning.category)
                }.reduce(0) { $0 + $1.complained }
                try WarningStore.judge(warning.id, came > warning.usualAfter ? .came : .calm, in: transaction)
            }
        }
    }

    // MARK: Deciding

    static let wordless = Refusal(
        .ruleBroken, "warnings.note-missing", LocalizedText("请写明为什么无须查看", "Say why no look is needed"),
        field: "note")

    /// Looks are arranged, or somebody knows why none is needed.
    /// - Parameters:
    ///   - note: why none is needed; nil to arrange looks.
    ///   - ground: what carries the looks where the category points to no item of the lists.
    func decide(
        _ id: Identifier<EarlyWarning>, dismissing note: String?, ground: String?, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard var warning = try WarningStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        guard warning.state == .open else {
            throw Refusal(
                .conflict, "warnings.decided", LocalizedText("这一预警已处理", "This warning was dealt with already"),
                wayOn: LocalizedText("刷新页面查看", "Reload the page to see how"))
        }
        var plan: String?
        if note == nil {
            let name = warnings.categoryName(warning.category)
            plan = try warnings.day.arrangeChecks(
                because: warning.id.text,
                title: LocalizedText("预警：\(name.chinese)", "Warning: \(name.english)"),
                look: LocalizedText(
                    "\(warning.window) 天内群众反映 \(warning.seen) 件，平常约 \(warning.expected) 件；请看看根源",
                    "\(warning.seen) complaints in \(warning.window) days, usually about \(warning.expected); look for the cause"
                ),
                area: warning.area,
                category: warnings.cases.rules.categories[warning.category]?.isLeaf == true ? warning.category : nil,
                everyDays: rules.checks.everyDays, times: rules.checks.times, ground: ground, by: scope, at: now,
                in: transaction)
        }
        warning.state = note == nil ? .planned : .dismissed
        guard try WarningStore.decide(id, warning.state, note: note, plan: plan, in: transaction) else {
            throw Refusal.nothingHere
        }
        try record(
            note == nil ? "warnings.planned" : "warnings.dismissed", warning, by: Actor(scope), at: now,
            in: transaction)
    }

    private func record(
        _ act: String, _ warning: EarlyWarning, by actor: Actor, at now: Instant, in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: "warning", warning.id, by: actor, at: now, id: house.identifiers.next(at: now),
                area: warning.area.code
            ) { writer in
                writer.member("category", warning.category)
                writer.member("seen", warning.seen)
            }, in: transaction)
    }
}
