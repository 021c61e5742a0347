public import Desk
public import Ground
import Identity
import Ledger
import Messages
public import Storage

extension Emergencies {
    /// Takes what somebody says of a hand-over. A late account that the state does not allow is not refused: it lies in
    /// the queue beside what stands.
    public func take(
        _ report: HandOverReport, of id: EventID, _ when: Occurrence, by scope: Scope, in transaction: any Transaction
    ) throws -> ReportOutcome {
        let event = try EventStore.find(id, for: scope, in: transaction)
        let late = when.happenedAt < when.receivedAt - .minutes(rules.duty.limits.lateMinutes) || when.isFromPaper
        do {
            switch report.kind {
            case .send: return try send(report, of: event, when, by: scope, in: transaction)
            case .receive: return try receive(report, of: event, when, late, by: scope, in: transaction)
            case .giveBack: return try giveBack(report, of: event, when, by: scope, in: transaction)
            }
        } catch let refusal as Refusal
            where refusal.kind == .conflict && (late || refusal.code == "emergencies.not-sent-yet")
        {
            return .queued(
                try queue(report, of: event, when, refusal, by: scope, in: transaction), because: refusal)
        }
    }

    // MARK: Sending

    private func send(
        _ report: HandOverReport, of event: EventRecord, _ when: Occurrence, by scope: Scope, isDecided: Bool = false,
        in transaction: any Transaction
    ) throws -> ReportOutcome {
        try HandOver.check(report.count, from: 1)
        guard let lot = report.lot, try EventStore.lotExists(lot, in: event.id, transaction) else {
            throw missing("lot", "请选择交接的人员或物资", "Choose what is handed over")
        }
        let sites = try EventStore.sites(of: event.id, in: transaction)
        guard let from = sites.first(where: { $0.id == report.from }) else {
            throw missing("from", "请选择移出点", "Choose where it leaves")
        }
        guard let to = sites.first(where: { $0.id == report.to }), to.id != from.id else {
            throw missing("to", "请选择另一个接收点", "Choose another site where it goes")
        }
        try requireAuthority(scope, over: from.area, event)
        let minutes = report.minutes ?? rules[plan: event.plan]?.handOverMinutes ?? 60
        guard (1...10_080).contains(minutes) else {
            throw missing("minutes", "时限须为 1 至 10080 分钟", "A limit is 1 to 10,080 minutes")
        }
        if let slip = report.slip {
            let last = try EventStore.lastSlip(of: event.id, in: transaction)
            guard slip >= 1, slip <= last else { throw unknownSlip(slip) }
            if let known = try HandOverStore.find(slip: slip, of: event.id, in: transaction) {
                if known.lot == lot, known.from == from.id, known.to == to.id, known.sent == report.count {
                    return .same(known)
                }
                throw Refusal(
                    .conflict, "emergencies.number-used",
                    LocalizedText("第 \(slip) 号已用于另一次交接", "Number \(slip) is that of another hand-over"),
                    wayOn: LocalizedText("请核对纸面编号", "Compare the number on the paper"), field: "slip")
            }
        }
        guard event.isRunning || isDecided else { throw ended }
        let there = try EventStore.count(lot, at: from.id, in: transaction)
        guard there >= report.count else {
            throw Refusal(
                .conflict, "emergencies.not-there",
                LocalizedText(
                    "“\(from.name)”现有 \(there)，不足 \(report.count)",
                    "“\(from.name)” has \(there), fewer than \(report.count)"),
                wayOn: LocalizedText("先签收在途的交接，或核对数量", "Acknowledge what is on its way first, or check the count"),
                field: "count")
        }
        let slip = try report.slip ?? EventStore.slips(1, of: event.id, in: transaction)
        let expected = when.happenedAt + .minutes(minutes)
        let one = HandOver(
            id: house.identifiers.next(at: when.receivedAt), event: event.id, slip: slip, lot: lot, from: from.id,
            to: to.id, giver: scope.post, giverStaff: scope.staff, sentAt: when.happenedAt, expectedBy: expected,
            sent: report.count, alarmAt: expected)
        try EventStore.add(-report.count, of: lot, at: from.id, event.id, in: transaction)
        try HandOverStore.insert(one, in: transaction)
        try record("sent", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("slip", slip)
            writer.member("count", report.count)
            writer.member("fromSite", from.name)
            writer.member("toSite", to.name)
            writer.member("dueAt", expected)
            if when.isFromPaper { writer.member("paper", true) }
        }
        let nearest = try nearestHolders(of: .handOver, to.area, in: transaction)
        for holder in nearest.prefix(5) {
            try notify(
                holder.post.id, event, "sent", at: when.receivedAt,
                LocalizedText(
                    "第 \(slip) 号交接在途：“\(from.name)”→“\(to.name)”，\(report.count)，请于 \(expected.local().minuteText) 前签收",
                    "Hand-over \(slip) is on its way: “\(from.name)” → “\(to.name)”, \(report.count); acknowledge by \(expected.local().minuteText)"
                ), in: transaction)
        }
        return .done(try match(one, event, when, in: transaction))
    }

    /// A receipt may have come in before its sending, from a phone that found a network first.
    private func match(
        _ one: HandOver, _ event: EventRecord, _ when: Occurrence, in transaction: any Transaction
    ) throws -> HandOver {
        let early = try ConflictStore.all(of: event.id, in: transaction).last {
            $0.state == "waiting" && $0.slip == one.slip && $0.said.kind == .receive
                && $0.happenedAt >= one.sentAt && $0.staff != one.giverStaff
        }
        guard let early else { return one }
        var change = try one.decide(.receive(early.said.count), at: early.happenedAt)
        change.after.receiver = early.post
        try store(change, of: one, event, at: when.receivedAt, in: transaction)
        try ConflictStore.decide(early.id, "matched", why: nil, at: when.receivedAt, in: transaction)
        try AlarmStore.end("conflict:\(early.id)", at: when.receivedAt, in: transaction)
        try record(
            "received", on: event, by: .system,
            Occurrence(early.happenedAt, at: when.receivedAt), in: transaction
        ) { writer in
            writer.member("slip", one.slip)
            writer.member("count", early.said.count)
            writer.member("receiver", early.post.text)
            // What waited to be decided is decided by this.
            writer.member("conflict", early.id)
        }
        return change.after
    }

    // MARK: Receiving, giving back

    private func receive(
        _ report: HandOverReport, of event: EventRecord, _ when: Occurrence, _ isLate: Bool, by scope: Scope,
        in transaction: any Transaction
    ) throws -> ReportOutcome {
        let one = try found(report.slip, event, in: transaction)
        if one.receivedAt == when.happenedAt, one.received == report.count { return .same(one) }
        try requireAuthority(scope, over: try area(of: one.to, event, in: transaction), event)
        guard scope.staff != one.giverStaff else {
            throw Refusal(
                .ruleBroken, "emergencies.own-hand-over",
                LocalizedText("交出人不能自己签收", "Who hands over cannot acknowledge it themselves"),
                wayOn: LocalizedText("请接收点的人员签收", "Somebody at the receiving site acknowledges"),
                rule: "emergency.two-persons")
        }
        guard when.happenedAt >= one.sentAt else {
            throw Refusal(
                .conflict, "emergencies.before-sent",
                LocalizedText("签收时间早于交出时间", "It would have been received before it was sent"), field: "happenedAt")
        }
        // Somebody else's account of the same arrival must not count as a second arrival.
        if isLate, one.receivedAt != nil {
            throw Refusal(
                .conflict, "emergencies.received-already",
                LocalizedText(
                    "第 \(one.slip) 号已签收 \(one.received)", "Hand-over \(one.slip) was acknowledged with \(one.received)"),
                field: "count")
        }
        var change = try one.decide(.receive(report.count), at: when.happenedAt)
        change.after.receiver = scope.post
        try store(change, of: one, event, at: when.receivedAt, in: transaction)
        try record("received", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("slip", one.slip)
            writer.member("count", report.count)
            writer.member("difference", change.after.state == .difference ? change.after.received - one.sent : 0)
            if when.isFromPaper { writer.member("paper", true) }
        }
        return .done(change.after)
    }

    private func giveBack(
        _ report: HandOverReport, of event: EventRecord, _ when: Occurrence, by scope: Scope,
        in transaction: any Transaction
    ) throws -> ReportOutcome {
        let one = try found(report.slip, event, in: transaction)
        try requireAuthority(scope, over: try area(of: one.from, event, in: transaction), event)
        let change = try one.decide(.giveBack(report.count), at: when.happenedAt)
        try store(change, of: one, event, at: when.receivedAt, in: transaction)
        try record("given-back", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("slip", one.slip)
            writer.member("count", report.count)
        }
        return .done(change.after)
    }

    /// The commander explains what remains of a difference.
    public func settle(
        _ slip: Int64, reason: String, of id: EventID, _ when: Occurrence, by scope: Scope,
        in transaction: any Transaction
    ) throws -> HandOver {
        let event = try commanded(id, by: scope, in: transaction)
        guard rules.duty.differences.contains(where: { $0.key == reason }) else {
            throw missing("reason", "请选择差异原因", "Choose what explains the difference")
        }
        let one = try found(slip, event, in: transaction)
        let change = try one.decide(.settle(reason: reason), at: when.happenedAt)
        try store(change, of: one, event, at: when.receivedAt, in: transaction)
        try record("settled", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("slip", slip)
            writer.member("count", one.outstanding)
            writer.member("reason", reason)
        }
        return change.after
    }

    // MARK: The queue of conflicts

    private func queue(
        _ report: HandOverReport, of event: EventRecord, _ when: Occurrence, _ refusal: Refusal, by scope: Scope,
        in transaction: any Transaction
    ) throws -> ConflictID {
        // The same paper entered twice lies there once.
        let known = try ConflictStore.all(of: event.id, in: transaction).first {
            $0.said == report && $0.happenedAt == when.happenedAt && $0.staff == scope.staff
        }
        if let known { return known.id }
        let conflict = ConflictRecord(
            id: house.identifiers.next(at: when.receivedAt), event: event.id, slip: report.slip, said: report,
            reason: refusal.message, staff: scope.staff, post: scope.post, happenedAt: when.happenedAt,
            receivedAt: when.receivedAt, state: "waiting")
        let limit = when.receivedAt + .minutes(rules.duty.limits.conflictMinutes)
        try ConflictStore.insert(conflict, alarmAt: limit, in: transaction)
        try record("queued", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("kind", report.kind.rawValue)
            if let slip = report.slip { writer.member("slip", slip) }
            writer.member("count", report.count)
            writer.member("because", refusal.code)
        }
        try notify(
            event.commander, event, "queued", at: when.receivedAt,
            LocalizedText("有一条与现状矛盾的迟到记录，请核定", "A late account contradicts what stands: decide"), in: transaction)
        return conflict.id
    }

    /// Decides between what stands and what came in late.
    /// - Parameter takes: whether the late account holds.
    public func decide(
        _ conflict: ConflictID, of id: EventID, takes: Bool, why: String, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let event = try commanded(id, by: scope, in: transaction)
        guard let one = try ConflictStore.find(conflict, of: id, in: transaction) else { throw Refusal.nothingHere }
        guard one.state == "waiting" else {
            throw Refusal(
                .conflict, "emergencies.decided",
                LocalizedText("这条矛盾已核定", "This conflict is decided"))
        }
        let reason = why.trimmed
        guard !reason.isEmpty, reason.utf16.count <= 500 else {
            throw missing("why", "请写明核定理由（不超过 500 字）", "Write why, at most 500 characters")
        }
        if takes { try apply(one, event, by: scope, at: now, in: transaction) }
        try ConflictStore.decide(one.id, takes ? "taken" : "kept", why: reason, at: now, in: transaction)
        try AlarmStore.end("conflict:\(one.id)", at: now, in: transaction)
        try record("decided", on: event, by: Actor(scope), Occurrence(nil, at: now), in: transaction) { writer in
            writer.member("decision", takes ? "taken" : "kept")
            writer.member("conflict", one.id)
            if let slip = one.slip { writer.member("slip", slip) }
            writer.member("count", one.said.count)
        }
    }

    private func apply(
        _ one: ConflictRecord, _ event: EventRecord, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let when = try Occurrence(one.happenedAt, at: now)
        switch one.said.kind {
        case .send:
            var said = one.said
            // The number belongs to another hand-over by now: what is taken gets one of its own.
            if let slip = said.slip, try HandOverStore.find(slip: slip, of: event.id, in: transaction) != nil {
                said.slip = nil
            }
            _ = try send(said, of: event, when, by: scope, isDecided: true, in: transaction)
        case .giveBack: _ = try giveBack(one.said, of: event, when, by: scope, in: transaction)
        case .receive:
            let known = try found(one.said.slip, event, in: transaction)
            let act: HandOverAct = known.state == .open ? .receive(one.said.count) : .correct(one.said.count)
            var change = try known.decide(act, at: one.happenedAt)
            if known.receiver == nil { change.after.receiver = one.post }
            try store(change, of: known, event, at: now, in: transaction)
            try record("received", on: event, by: Actor(scope), when, in: transaction) { writer in
                writer.member("slip", known.slip)
                writer.member("count", one.said.count)
                if known.state != .open { writer.member("corrects", true) }
            }
        }
    }

    // MARK: What all share

    private func store(
        _ change: HandOverChange, of before: HandOver, _ event: EventRecord, at now: Instant,
        in transaction: any Transaction
    ) throws {
        var after = change.after
        if change.atTarget < 0 {
            let there = try EventStore.count(after.lot, at: after.to, in: transaction)
            guard there + change.atTarget >= 0 else {
                throw Refusal(
                    .conflict, "emergencies.gone-on",
                    LocalizedText("接收点只剩 \(there)，其余已继续转移，无法更正", "Only \(there) are still there; the others went on"),
                    wayOn: LocalizedText("请先更正后面的交接", "Correct the later hand-overs first"))
            }
        }
        switch after.state {
        case .open: break
        case .difference where before.state != .difference:
            after.alarmAt = now + .minutes(rules.duty.limits.differenceMinutes)
            after.alarmLevel = 0
        case .difference: break
        case .received, .returned, .settled:
            after.alarmAt = nil
            after.alarmLevel = 0
        }
        try EventStore.add(change.atSource, of: after.lot, at: after.from, event.id, in: transaction)
        try EventStore.add(change.atTarget, of: after.lot, at: after.to, event.id, in: transaction)
        try EventStore.add(
            surplus: change.lotSurplus, writtenOff: change.lotWrittenOff, to: after.lot, in: transaction)
        try HandOverStore.update(after, in: transaction)
        if after.state != before.state { try AlarmStore.end("hand-over:\(after.id)", at: now, in: transaction) }
    }

    private func found(_ slip: Int64?, _ event: EventRecord, in transaction: any Transaction) throws -> HandOver {
        guard let slip else { throw missing("slip", "请填写交接编号", "Give the number of the hand-over") }
        if let one = try HandOverStore.find(slip: slip, of: event.id, in: transaction) { return one }
        let last = try EventStore.lastSlip(of: event.id, in: transaction)
        guard slip >= 1, slip <= last else { throw unknownSlip(slip) }
        throw Refusal(
            .conflict, "emergencies.not-sent-yet",
            LocalizedText("第 \(slip) 号还没有交出记录", "No sending is known yet for number \(slip)"), field: "slip")
    }

    private func unknownSlip(_ slip: Int64) -> Refusal {
        Refusal(
            .ruleBroken, "emergencies.no-such-number",
            LocalizedText("没有第 \(slip) 号交接，也没有印过这个编号", "There is no hand-over \(slip), and no paper with that number"),
            wayOn: LocalizedText("请核对编号", "Check the number"), field: "slip")
    }

    private func area(of site: SiteID, _ event: EventRecord, in transaction: any Transaction) throws -> AreaPrefix {
        try EventStore.sites(of: event.id, in: transaction).first { $0.id == site }?.area ?? event.area
    }

    /// At one's own site, or in command of the whole.
    private func requireAuthority(_ scope: Scope, over area: AreaPrefix, _ event: EventRecord) throws(Refusal) {
        if scope.area.contains(area) || (scope.may(.command) && scope.area.contains(event.area)) { return }
        throw Refusal(
            .forbidden, "emergencies.other-site",
            LocalizedText("该点不在本岗位的辖区内", "That site is not in the area of your post"),
            wayOn: LocalizedText("请该点的人员办理", "Somebody of that site does it"))
    }

    var ended: Refusal {
        Refusal(
            .conflict, "emergencies.ended",
            LocalizedText("该事件已结束", "This event has ended"),
            wayOn: LocalizedText("结束前发生的事请注明发生时间后提交", "What happened before the end is sent with its time"))
    }

    func missing(_ field: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(.ruleBroken, "emergencies.\(field)", LocalizedText(chinese, english), field: field)
    }
}

extension String {
    var trimmed: String {
        var text = self[...]
        while let character = text.first, character.isWhitespace { text.removeFirst() }
        while let character = text.last, character.isWhitespace { text.removeLast() }
        return String(text)
    }
}
