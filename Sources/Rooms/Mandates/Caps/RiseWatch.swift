import Desk
import Ground
import Identity
import Ledger
import Messages
import Storage
import Web

/// 反弹预警: looks whether what was cut rises again, and tells those who answer for it, once for each rise: the departments
/// that send it, and the coordination office. A rise is over when the three months are back at their lowest; the next is told
/// anew.
struct RiseWatch: Sendable {
    let mandates: Mandates

    func run() async throws {
        let now = mandates.house.clock.now()
        let mandates = mandates
        try await mandates.house.database.write { transaction in
            let today = now.local().day
            let known = try RiseStore.told(in: transaction)
            for series in try RiseStore.series(
                until: today, caps: mandates.caps, for: nil, in: transaction)
            {
                let told = known.first { $0.line == series.line && $0.kind == series.kind }
                let rise = mandates.rise(series)
                if let told {
                    let last = series.months.suffix(3).reduce(0, +)
                    guard last <= told.lowest else { continue }
                    try RiseStore.end(told, at: now, in: transaction)
                    try record("demands.rise-over", series, rise, at: now, in: transaction)
                } else if let rise, try RiseStore.tell(rise, series.line, series.kind, at: now, in: transaction) {
                    try record("demands.rise", series, rise, at: now, in: transaction)
                    try tell(rise, series, at: now, in: transaction)
                }
            }
        }
    }

    private func tell(
        _ rise: Rebound.Rise, _ series: RiseStore.Series, at now: Instant, in transaction: any Transaction
    ) throws {
        let line = mandates.lines.title(series.line)
        let kind = mandates.rules.kind(series.kind)?.title ?? LocalizedText(series.kind.rawValue, series.kind.rawValue)
        let (lowest, last, before) = (rise.lowest, rise.now, rise.before)
        let chinese = "\(line.chinese)的\(kind.chinese)减后反弹：三个月 \(lowest) → \(last) 次（减之前 \(before) 次）"
        let english =
            "\(line.english): \(kind.english) rises again after a cut, three months \(lowest) → \(last) (\(before) before)"
        let county = mandates.house.settings.area
        let deciders = try mandates.identity.directory.postHolders(right: .decideDemand, area: county, in: transaction)
        let nearest = deciders.map(\.post.area.code.utf8.count).max()
        var recipients = deciders.filter { $0.post.area.code.utf8.count == nearest }.prefix(20).map {
            Notice.Recipient.post($0.post.id)
        }
        let since = Instant(LocalTime(day: RiseStore.firsts(until: now.local().day)[RiseStore.window - 3]))
        let kinds = mandates.caps.together(series.kind)
        for body in try RiseStore.senders(of: series.line, kinds, since: since, in: transaction) {
            recipients.append(.body(body, area: nil))
        }
        for recipient in recipients {
            try Messages.notify(
                Notice(
                    to: recipient, kind: "demands.rise", subjectKind: "demand-rise", subjectID: subject(series),
                    text: LocalizedText(chinese, english), address: "/demands/year", at: now), in: transaction)
        }
    }

    private func subject(_ series: RiseStore.Series) -> String { "\(series.line).\(series.kind.rawValue)" }

    private func record(
        _ act: String, _ series: RiseStore.Series, _ rise: Rebound.Rise?, at now: Instant,
        in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(
                id: mandates.house.identifiers.next(at: now), act: act, subjectKind: "demand-rise",
                subjectID: subject(series), actor: .system, happenedAt: now, receivedAt: now,
                area: mandates.house.settings.area.code,
                facts: JSONWriter.object { writer in
                    writer.member("threeMonths", series.months.suffix(3).reduce(0, +))
                    if let rise {
                        writer.member("threeMonthsLeast", rise.lowest)
                        writer.member("threeMonthsBefore", rise.before)
                    }
                }), in: transaction)
    }
}

extension Mandates {
    /// Whether what a department sends of a kind rises again after it was cut.
    func rise(_ series: RiseStore.Series) -> Rebound.Rise? {
        Rebound.rise(
            series.months, base: caps.allowance(series.kind, line: series.line).base, perMille: caps.reboundPerMille)
    }
}
