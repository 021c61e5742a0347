import Desk
import Ground
import Web
import WorkCalendar

/// How a deadline looks, wherever one is shown: text, icon and colour, the exact time in its title, and 暂定 when the
/// calendar it was counted by is not published yet.
struct DueTag {
    let rules: CaseRules
    let visit: Visit

    /// The deadline of the present state; nothing where nobody has to act any more.
    func html(_ record: CaseRecord) -> HTML {
        guard let due = record.due, record.endedAt == nil else { return HTML() }
        let progress = progress(record, due)
        let (tone, icon): (String, String) =
            switch progress.stage {
            case .early: ("ok", "clock")
            case .half: ("caution", "timer")
            case .pressing: ("warn", "clock-alert")
            case .overdue: ("danger", "circle-alert")
            }
        return """
            <span class="tag \(tone)" data-due="\(due.at.iso8601)" title="\(exactText(due, limit(record)))">\(symbol(icon))\
            <span>\(text(due.at))</span></span>\(mark(due))
            """
    }

    /// The deadline of the whole matter: judged by when it was reported done, so it never turns red afterwards.
    func whole(_ record: CaseRecord) -> HTML {
        guard let due = record.finalDue else { return HTML(text: "—") }
        let judgedAt = record.finishedAt ?? record.endedAt
        let standing = DeadlineStanding(due: due.at, doneAt: judgedAt, now: visit.now)
        let (tone, icon, words): (String, String, String) =
            switch standing {
            case .running: ("ok", "clock", text(due.at))
            case .overdue: ("danger", "circle-alert", text(due.at))
            case .doneOnTime: ("ok", "circle-check", visit("按期", "in time"))
            case .doneLate: ("danger", "clock-alert", visit("逾期办结", "done late"))
            }
        return """
            <span class="tag \(tone)">\(symbol(icon))<span>\(words)</span></span> \(time(due))
            """
    }

    /// The exact time, with the mark of a provisional one.
    func time(_ due: Deadline) -> HTML {
        "<time datetime=\"\(due.at.iso8601)\">\(visit.instantText(due.at))</time>\(mark(due))"
    }

    /// As a cell of a sheet, where there is no colour.
    func plain(_ due: Deadline) -> String {
        due.at.local().minuteText + (due.isProvisional ? "（\(visit(CaseTexts.provisional))）" : "")
    }

    private func mark(_ due: Deadline) -> HTML {
        guard due.isProvisional else { return HTML() }
        return """
             <span class="badge warn" title="\(visit(CaseTexts.provisionalHint))">\(visit(CaseTexts.provisional))</span>
            """
    }

    private func exactText(_ due: Deadline, _ limit: TimeLimit) -> String {
        visit.instantText(due.at) + " · " + visit("限 \(limit.display.chinese)", "limit \(limit.display.english)")
    }

    private func limit(_ record: CaseRecord) -> TimeLimit {
        if case .length(let limit) = rules.state(record.state)?.limit { return limit }
        return rules.limit(ofCategory: record.category)
    }

    private func progress(_ record: CaseRecord, _ due: Deadline) -> DeadlineProgress {
        // The time of the whole matter runs from its acceptance, which a list does not know; it came in hours before.
        let isOfState: Bool = if case .length = rules.state(record.state)?.limit { true } else { false }
        return rules.time.progress(
            from: isOfState ? record.stateSince : record.receivedAt, due: due.at, limit: limit(record), at: visit.now)
    }

    /// `剩 7小时`, `超时 2小时`: the same words as the browser's script, which tells them anew each minute.
    private func text(_ due: Instant) -> String {
        let minutes = (due - visit.now).milliseconds / 60_000
        guard due < visit.now else { return visit("剩 \(span(minutes))", "\(span(minutes)) left") }
        return visit("超时 \(span(-minutes))", "\(span(-minutes)) overdue")
    }

    private func span(_ minutes: Int64) -> String {
        let (days, hours, rest) = (minutes / 1440, minutes % 1440 / 60, minutes % 60)
        let parts: [(Int64, String)] =
            days > 0
            ? [(days, visit("天", " d")), (hours, visit("小时", " h"))]
            : [(hours, visit("小时", " h")), (hours < 3 ? rest : 0, visit("分", " min"))]
        let text = parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined(separator: visit("", " "))
        return text.isEmpty ? visit("不到1分", "under 1 min") : text
    }
}
