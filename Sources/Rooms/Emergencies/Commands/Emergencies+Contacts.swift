public import Desk
public import Ground
import Identity
import Ledger
import Places
public import Storage

extension Emergencies {
    /// Calls whom the level names and who was not called yet.
    func call(
        _ event: EventRecord, _ plan: EmergencyPlan, at now: Instant, in transaction: any Transaction
    ) throws {
        guard let level = plan.level(event.level) else { return }
        var known = try ContactStore.all(of: event.id, in: transaction)
        let roles = Set(level.calls.flatMap { [$0.role] + $0.deputies }).sorted()
        // Those below or at the event's area, and those above.
        let holders =
            try identity.directory.postHolders(within: event.area, roles: roles, in: transaction)
            + roles.flatMap { try identity.directory.postHolders(role: $0, area: event.area, in: transaction) }
            .filter { $0.post.area != event.area }
        let onShift = try ShiftStore.present(in: event.area, at: now, in: transaction)
        var statements: [SQL] = []
        for call in level.calls {
            for area in areas(call.each, of: event.area) {
                guard !known.contains(where: { $0.role == call.role && $0.area == area }) else { continue }
                let candidates = Self.candidates(call, area, holders, onShift)
                let parent = known.filter { $0.area.contains(area) && $0.role != call.role }
                    .max { $0.area.code.utf8.count < $1.area.code.utf8.count }
                let contact = ContactRecord(
                    id: house.identifiers.next(at: now), event: event.id, number: Int64(known.count + 1),
                    parent: parent?.number, role: call.role, area: area, candidates: candidates, turn: 0,
                    minutes: call.minutes, state: .waiting, calledAt: now)
                // Where there is nobody at all, the next run of the watch finds it out and alarms.
                let alarmAt = candidates.isEmpty ? now : now + .minutes(call.minutes)
                statements.append(try ContactStore.insertion(contact, alarmAt: alarmAt))
                if let first = candidates.first { try tell(first, contact, event, at: now, in: transaction) }
                known.append(contact)
                guard known.count < 2_000 else { break }
            }
        }
        try transaction.batch(statements)
    }

    /// The event's own area or what lies above and below it at that level.
    private func areas(_ level: AreaLevel, of area: AreaPrefix) -> [AreaPrefix] {
        if area.level > level {
            let lengths: [AreaLevel: Int] = [.county: 6, .street: 9, .community: 12, .grid: 15]
            return lengths[level].flatMap { AreaPrefix(area.code.prefix($0)) }.map { [$0] } ?? []
        }
        var found = [area]
        while let first = found.first, first.level < level {
            found = found.flatMap { places.children(of: $0.code) }.compactMap { AreaPrefix($0.code) }
        }
        return found.filter { $0.level == level }
    }

    /// Whoever is on shift there first, then the role itself, then who stands in for it, the nearest first.
    static func candidates(
        _ call: EmergencyPlan.Call, _ area: AreaPrefix, _ holders: [PostHolder], _ onShift: [ShiftRecord]
    ) -> [ContactRecord.Candidate] {
        func near(_ role: String, exactly: Bool) -> [PostHolder] {
            holders.filter { $0.post.role == role && (exactly ? $0.post.area == area : $0.post.area.contains(area)) }
                .sorted { $0.post.area.code.utf8.count > $1.post.area.code.utf8.count }
        }
        let present = onShift.filter { $0.area == area }.compactMap { shift in
            holders.first { $0.post.id == shift.post }
        }
        let ordered =
            present.filter { $0.post.role == call.role } + near(call.role, exactly: true)
            + present.filter { $0.post.role != call.role }
            + call.deputies.flatMap { near($0, exactly: false).prefix(2) }
        var seen: Set<StaffID> = []
        return ordered.filter { seen.insert($0.staff).inserted }.prefix(5).map {
            ContactRecord.Candidate(post: $0.post.id, staff: $0.staff, name: $0.staffName)
        }
    }

    func tell(
        _ person: ContactRecord.Candidate, _ contact: ContactRecord, _ event: EventRecord, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let plan = rules[plan: event.plan]?.title ?? LocalizedText(event.plan, event.plan)
        let level = rules[plan: event.plan]?.level(event.level)?.title ?? LocalizedText("", "")
        try notify(
            person.post, event, "called", at: now,
            LocalizedText(
                "应急响应：\(plan.chinese)\(level.chinese)“\(event.title)”，请在 \(contact.minutes) 分钟内确认已收到",
                "Emergency: \(plan.english), \(level.english), “\(event.title)”. Confirm within \(contact.minutes) minutes"
            ),
            in: transaction)
    }

    /// The branches in which somebody was called and that are not reached yet, by number.
    public func calls(of staff: StaffID, in event: EventID, _ transaction: any Transaction) throws -> [Int64] {
        try ContactStore.all(of: event, in: transaction)
            .filter { ($0.state == .waiting || $0.state == .unreached) && $0.current?.staff == staff }.map(\.number)
    }

    /// A branch is reached: by the person called, at any turn and however late, or by who reached them otherwise.
    public func reached(
        _ number: Int64, of id: EventID, _ when: Occurrence, by scope: Scope, in transaction: any Transaction
    ) throws -> ContactRecord {
        let event = try EventStore.find(id, for: scope, in: transaction)
        guard var contact = try ContactStore.find(number: number, of: id, in: transaction) else {
            throw Refusal.nothingHere
        }
        let isCalled = contact.candidates.contains { $0.staff == scope.staff }
        guard isCalled || (scope.may(.command) && scope.area.contains(contact.area)) else {
            throw Refusal(
                .forbidden, "emergencies.not-called",
                LocalizedText("只有被联络的人或指挥人员可以确认", "Only those called, or who commands, can confirm"))
        }
        switch contact.state {
        case .reached, .settled: return contact
        case .closed: throw ended
        case .waiting, .unreached: break
        }
        contact.state = .reached
        contact.reachedAt = when.happenedAt
        contact.reachedPost = isCalled ? scope.post : contact.current?.post ?? scope.post
        try ContactStore.update(contact, alarmAt: nil, alarmLevel: 0, in: transaction)
        try AlarmStore.end("contact:\(contact.id)", at: when.receivedAt, in: transaction)
        try record("reached", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("contact", number)
            writer.member("minutes", (when.happenedAt - contact.calledAt).milliseconds / 60_000)
            if when.isFromPaper { writer.member("paper", true) }
        }
        return contact
    }

    /// The commander takes care of an unreached branch in another way.
    public func settleContact(
        _ number: Int64, note: String, of id: EventID, _ when: Occurrence, by scope: Scope,
        in transaction: any Transaction
    ) throws -> ContactRecord {
        let event = try commanded(id, by: scope, in: transaction)
        guard var contact = try ContactStore.find(number: number, of: id, in: transaction) else {
            throw Refusal.nothingHere
        }
        guard contact.state == .unreached else {
            throw Refusal(
                .conflict, "emergencies.not-unreached",
                LocalizedText("这一支不在“未联系上”状态", "This branch is not “unreached”"))
        }
        let words = note.trimmed
        guard !words.isEmpty, words.utf16.count <= 200 else {
            throw missing("note", "请写明如何安排（不超过 200 字）", "Say what was arranged, at most 200 characters")
        }
        contact.state = .settled
        contact.reachedAt = when.happenedAt
        contact.reachedPost = scope.post
        try ContactStore.update(contact, alarmAt: nil, alarmLevel: 0, in: transaction)
        try AlarmStore.end("contact:\(contact.id)", at: when.receivedAt, in: transaction)
        try record("contact-settled", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("contact", number)
            writer.member("note", words)
        }
        return contact
    }
}
