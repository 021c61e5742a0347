import Desk
import Ground
import Identity
import Ledger
import Messages
import Storage

/// Looks for what was not done in time, and tells who must know: the nearest head, then coordination, then again. One
/// transaction a run; what one server found, another finds no more.
struct Watch: Sendable {
    let emergencies: Emergencies

    func run() async throws {
        let now = emergencies.house.clock.now()
        let watch = self
        try await emergencies.house.database.write { transaction in
            try watch.handOvers(now, transaction)
            try watch.contacts(now, transaction)
            try watch.conflicts(now, transaction)
            try watch.events(now, transaction)
            try watch.shifts(now, transaction)
            try watch.alarms(now, transaction)
        }
    }

    private var limits: DutyRules.Limits { emergencies.rules.duty.limits }

    private func next(after level: Int64, _ now: Instant) -> Instant {
        now + .minutes(level <= 1 ? limits.toCoordinationMinutes : limits.repeatMinutes)
    }

    private func handOvers(_ now: Instant, _ transaction: any Transaction) throws {
        for var one in try HandOverStore.due(at: now, in: transaction) {
            guard let event = try EventStore.find(one.event, in: transaction) else { continue }
            one.alarmLevel += 1
            one.alarmAt = next(after: one.alarmLevel, now)
            try HandOverStore.update(one, in: transaction)
            let sites = try EventStore.sites(of: event.id, in: transaction)
            let from = sites.first { $0.id == one.from }
            let to = sites.first { $0.id == one.to }
            let text =
                one.state == .open
                ? LocalizedText(
                    "第 \(one.slip) 号交接逾期未签收：\(one.outstanding) 在“\(from?.name ?? "—")”与“\(to?.name ?? "—")”之间",
                    "Hand-over \(one.slip) is not acknowledged in time: \(one.outstanding) between “\(from?.name ?? "—")” and “\(to?.name ?? "—")”"
                )
                : LocalizedText(
                    "第 \(one.slip) 号交接数量不符未说明：交出 \(one.sent)，签收 \(one.received)",
                    "Hand-over \(one.slip) has an unexplained difference: sent \(one.sent), received \(one.received)")
            try ring(
                "hand-over:\(one.id)", event, to?.area ?? event.area, one.alarmLevel, text, now, transaction
            ) { $0.member("slip", one.slip) }
        }
    }

    private func contacts(_ now: Instant, _ transaction: any Transaction) throws {
        for (found, level) in try ContactStore.due(at: now, in: transaction) {
            guard let event = try EventStore.find(found.event, in: transaction) else { continue }
            var contact = found
            if contact.state == .waiting, contact.turn + 1 < contact.candidates.count {
                contact.turn += 1
                contact.calledAt = now
                try ContactStore.update(
                    contact, alarmAt: now + .minutes(contact.minutes), alarmLevel: 0, in: transaction)
                if let person = contact.current {
                    try emergencies.tell(person, contact, event, at: now, in: transaction)
                }
                try emergencies.record(
                    "passed-on", on: event, by: .system, Occurrence(nil, at: now), in: transaction
                ) { writer in
                    writer.member("contact", contact.number)
                    writer.member("turn", contact.turn + 1)
                }
                continue
            }
            contact.state = .unreached
            try ContactStore.update(
                contact, alarmAt: next(after: level + 1, now), alarmLevel: level + 1, in: transaction)
            let area = emergencies.areaName(contact.area)
            let role = emergencies.roleName(contact.role)
            try ring(
                "contact:\(contact.id)", event, contact.area, level + 1,
                LocalizedText(
                    "联络第 \(contact.number) 支（\(area) \(role.chinese)）无人确认",
                    "Branch \(contact.number) of the contact tree (\(area), \(role.english)): nobody confirmed"), now,
                transaction
            ) { $0.member("contact", contact.number) }
        }
    }

    private func conflicts(_ now: Instant, _ transaction: any Transaction) throws {
        for (one, level) in try ConflictStore.due(at: now, in: transaction) {
            guard let event = try EventStore.find(one.event, in: transaction) else { continue }
            try again("emergency_conflicts", one.id.text, level + 1, now, transaction)
            try ring(
                "conflict:\(one.id)", event, event.area, level + 1,
                LocalizedText("一条与现状矛盾的记录逾期未核定", "A conflict of two accounts is not decided in time"), now,
                transaction)
        }
    }

    private func events(_ now: Instant, _ transaction: any Transaction) throws {
        let due = try transaction.query(
            """
            SELECT id, alarm_level FROM emergency_events WHERE alarm_at IS NOT NULL AND alarm_at <= \(now)
            ORDER BY alarm_at LIMIT 200
            """)
        for row in due {
            let id: EventID = try row.identifier(0)
            let level = try row.int(1) + 1
            guard let event = try EventStore.find(id, in: transaction) else { continue }
            try again("emergency_events", id.text, level, now, transaction)
            // The commander is who did not report: coordination hears at once.
            try ring(
                "event:\(id)", event, event.area, level + 1,
                LocalizedText("“\(event.title)”逾期未报情况", "No report in time on “\(event.title)”"), now, transaction)
        }
    }

    private func shifts(_ now: Instant, _ transaction: any Transaction) throws {
        for due in try ShiftStore.due(at: now, in: transaction) {
            let (shift, level) = (due.shift, due.level)
            guard shift.state == .offered else {
                try emergencies.end(shift, at: now, in: transaction)
                continue
            }
            guard now < due.lapsesAt else {
                try emergencies.lapse(shift, at: now, in: transaction)
                continue
            }
            try ShiftStore.ringAgain(
                shift.id, at: min(next(after: level + 1, now), due.lapsesAt), level: level + 1, in: transaction)
            let area = emergencies.areaName(shift.area)
            let text = LocalizedText("\(area)的交接班逾期未接", "A shift of \(area) is not taken over in time")
            try AlarmStore.insert(
                AlarmRecord(
                    id: emergencies.house.identifiers.next(at: now), event: nil, area: shift.area,
                    subject: "shift:\(shift.id)", level: level + 1, text: text, at: now), in: transaction)
            try Ledger.record(
                LedgerEntry(
                    "duty.alarm", on: "shift", shift.id, by: .system, at: now,
                    id: emergencies.house.identifiers.next(at: now), area: shift.area.code
                ) { writer in
                    writer.member("alarm", "shift:\(shift.id)")
                    writer.member("about", text.chinese)
                    writer.member("alarmLevel", level + 1)
                }, in: transaction)
            for post in try recipients(shift.area, level + 1, transaction) {
                try Messages.notify(
                    Notice(
                        to: .post(post), kind: "duty.not-taken", subjectKind: "shift", subjectID: shift.id.text,
                        text: text, address: "/duty?area=\(shift.area.code)", at: now, isUrgent: true),
                    in: transaction)
            }
        }
    }

    private func alarms(_ now: Instant, _ transaction: any Transaction) throws {
        for alarm in try AlarmStore.due(at: now, in: transaction) {
            try AlarmStore.passOn(alarm.id, in: transaction)
            guard let id = alarm.event, let event = try EventStore.find(id, in: transaction), event.isRunning else {
                continue
            }
            let level = alarm.level + 1
            try ring(
                alarm.subject, event, alarm.area, level, alarm.text, now, transaction,
                againAt: now + .minutes(limits.repeatMinutes))
        }
    }

    private func again(
        _ table: StaticString, _ id: String, _ level: Int64, _ now: Instant, _ transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE \(trusted: table) SET alarm_at = \(next(after: level, now)), alarm_level = \(level) WHERE id = \(id)
            """)
    }

    private func ring(
        _ subject: String, _ event: EventRecord, _ area: AreaPrefix, _ level: Int64, _ text: LocalizedText,
        _ now: Instant, _ transaction: any Transaction, againAt: Instant? = nil,
        facts: (inout JSONWriter) -> Void = { _ in }
    ) throws {
        try AlarmStore.insert(
            AlarmRecord(
                id: emergencies.house.identifiers.next(at: now), event: event.id, area: area, subject: subject,
                level: level, text: text, at: now, againAt: againAt), in: transaction)
        for post in Set(try recipients(area, level, transaction) + [event.commander]).sorted() {
            try emergencies.notify(post, event, "alarm", at: now, text, in: transaction)
        }
        try emergencies.record("alarm", on: event, by: .system, Occurrence(nil, at: now), in: transaction) { writer in
            // What rings until it is done: the alarm is over when this is.
            writer.member("alarm", subject)
            writer.member("about", text.chinese)
            writer.member("alarmLevel", level)
            writer.member("alarmArea", area.code)
            facts(&writer)
        }
    }

    /// First the heads closest to the place, then those of the widest area, which is where coordination stands.
    private func recipients(_ area: AreaPrefix, _ level: Int64, _ transaction: any Transaction) throws -> [PostID] {
        if level <= 1 {
            return try emergencies.nearestHolders(of: .command, area, in: transaction).prefix(20).map(\.post.id)
        }
        let all = try emergencies.identity.directory.postHolders(right: .command, area: area, in: transaction)
        guard let widest = all.last?.post.area else { return [] }
        return all.filter { $0.post.area == widest }.prefix(20).map(\.post.id)
    }
}
