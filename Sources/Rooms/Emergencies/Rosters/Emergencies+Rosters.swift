import Cipher
public import Desk
public import Ground
import Identity
import Ledger
import Messages
public import Storage

/// One line of a roster as it comes in from a form, a program or a table.
public struct PlannedShift: Sendable, Hashable {
    public var area: AreaPrefix
    public var kind: String
    /// The person's name, or the id of the post where two have the same name.
    public var person: String
    public var from: Instant
    public var until: Instant

    public init(area: AreaPrefix, kind: String, person: String, from: Instant, until: Instant) {
        self.area = area
        self.kind = kind
        self.person = person
        self.from = from
        self.until = until
    }
}

extension Emergencies {
    /// Puts somebody on the roster; the same person, area, kind and beginning again changes the end of the shift that
    /// stands, until it is handed over. What changes nothing is no act.
    /// - Returns: the shift as it stands.
    public func plan(_ shift: PlannedShift, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> ShiftRecord
    {
        try scope.require(.manageRoster)
        guard scope.area.contains(shift.area), shift.area.level >= .county else {
            throw missing("area", "只能为本岗位辖区排班", "Only for the area of your post")
        }
        guard rules.duty.kinds.contains(where: { $0.key == shift.kind }) else {
            throw missing(
                "kind", "没有这种值班；可用：" + rules.duty.kinds.map { "\($0.zh)(\($0.key))" }.joined(separator: "、"),
                "No such kind of duty; there are " + rules.duty.kinds.map(\.key).joined(separator: ", "))
        }
        guard shift.from < shift.until, shift.until - shift.from <= ShiftStore.longest else {
            throw missing("until", "结束须晚于开始，且一班不超过 7 天", "It ends after it begins, and lasts at most 7 days")
        }
        try house.requireGround(rules.duty.item, from: scope, to: shift.area, at: now, in: transaction)
        let holder = try person(shift.person, in: shift.area, transaction)
        let record = ShiftRecord(
            id: house.identifiers.next(at: now), area: shift.area, kind: shift.kind, staff: holder.staff,
            post: holder.post, from: shift.from, until: shift.until)
        if let standing = try ShiftStore.standing(for: record, in: transaction) {
            if standing.until == record.until, standing.post == record.post { return standing }
            guard standing.state == .planned else {
                throw Refusal(
                    .conflict, "duty.begun",
                    LocalizedText("已交接的班次不能改动", "A shift that was handed over is not changed any more"),
                    wayOn: LocalizedText("请另排一班", "Plan another shift"))
            }
        }
        let planned = try ShiftStore.plan(record, in: transaction)
        try self.record("planned", planned, by: Actor(scope), at: now, in: transaction)
        return planned
    }

    private func person(_ text: String, in area: AreaPrefix, _ transaction: any Transaction) throws
        -> (staff: StaffID, post: PostID)
    {
        let wanted = text.trimmed
        guard !wanted.isEmpty else { throw missing("person", "请填写人员", "Name the person") }
        if let id = PostID(parsing: wanted) {
            guard let post = try identity.directory.post(id, in: transaction), post.isCurrent(at: house.clock.now()),
                area.contains(post.area) || post.area.contains(area)
            else { throw missing("person", "该岗位不在本辖区或已卸任", "That post is not of this area, or has ended") }
            return (post.staff, id)
        }
        let roles = identity.roles.all.map(\.key)
        let found = try identity.directory.postHolders(within: area, roles: roles, in: transaction)
            .filter { $0.staffName == wanted }
        guard let first = found.first else {
            throw missing("person", "本辖区没有在岗人员“\(wanted)”", "Nobody in a post of this area is called “\(wanted)”")
        }
        guard Set(found.map(\.staff)).count == 1 else {
            throw missing(
                "person", "本辖区有 \(Set(found.map(\.staff)).count) 位“\(wanted)”，请改填岗位编号",
                "\(Set(found.map(\.staff)).count) persons of this area are called “\(wanted)”: give the id of the post")
        }
        let nearest = found.first { $0.post.area == area } ?? first
        return (nearest.staff, nearest.post.id)
    }

    public func removeShift(_ id: ShiftID, by scope: Scope, at now: Instant, in transaction: any Transaction) throws {
        try scope.require(.manageRoster)
        guard let shift = try ShiftStore.find(id, in: transaction), scope.area.contains(shift.area) else {
            throw Refusal.nothingHere
        }
        guard shift.state == .planned else {
            throw Refusal(
                .conflict, "duty.begun",
                LocalizedText("已交接或已结束的班次不能删除", "A shift that was handed over or has ended stays"))
        }
        try ShiftStore.remove(id, in: transaction)
        try record("removed", shift, by: Actor(scope), at: now, in: transaction)
    }

    /// 交班: who is on shift writes down what is open and hands over; until it is taken, they go on answering.
    public func offerShift(
        _ id: ShiftID, to next: StaffID, note: String, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> ShiftRecord {
        guard var shift = try ShiftStore.find(id, in: transaction), shift.staff == scope.staff else {
            throw Refusal.nothingHere
        }
        guard shift.state == .planned || shift.state == .offered else {
            switch shift.state {
            case .notTaken: throw Refusal.shiftNotTaken
            case .over:
                throw Refusal(
                    .conflict, "duty.over",
                    LocalizedText(
                        "这一班结束已超过一天，不再交接", "This shift ended more than a day ago and is not handed over any more"),
                    wayOn: LocalizedText("未了事项请转为事项登记", "Report what is still open as a matter"))
            case .planned, .offered, .taken:
                throw Refusal(.conflict, "duty.taken", LocalizedText("这一班已交接", "This shift was taken over"))
            }
        }
        let words = note.trimmed
        guard !words.isEmpty, words.utf16.count <= 1_000 else {
            throw missing(
                "note", "请写明未了事项（没有就写“无”，不超过 1000 字）", "Write what is open (or “nothing”), at most 1,000 characters")
        }
        let around = try ShiftStore.shifts(
            in: shift.area, from: now, until: shift.closesAt, in: transaction)
        guard next != scope.staff, let following = around.first(where: { $0.staff == next && $0.area == shift.area })
        else {
            throw missing(
                "to", "接班人须在本区域排班表上且不是本人", "Who takes over stands on this area's roster and is another person")
        }
        shift.state = .offered
        shift.offeredTo = next
        shift.offeredAt = now
        let alarmAt = max(now, following.from) + .minutes(rules.duty.limits.shiftMinutes)
        try ShiftStore.offer(
            shift, noteSealed: house.keys.vault.seal(words, for: "duty-note"),
            alarmAt: min(alarmAt, following.until), lapsesAt: following.until, in: transaction)
        try record("offered", shift, by: Actor(scope), at: now, in: transaction)
        try Messages.notify(
            Notice(
                to: .post(following.post), kind: "duty.offered", subjectKind: "shift", subjectID: shift.id.text,
                text: LocalizedText("\(scope.staffName)向您交班，请接班", "\(scope.staffName) hands their shift over to you"),
                address: "/duty/mine", at: now), in: transaction)
        return shift
    }

    /// 接班: from now on the next one answers.
    public func takeShift(_ id: ShiftID, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> ShiftRecord
    {
        guard var shift = try ShiftStore.find(id, in: transaction), shift.offeredTo == scope.staff else {
            throw Refusal.nothingHere
        }
        if shift.state == .taken { return shift }
        guard shift.state == .offered else { throw Refusal.shiftNotTaken }
        shift.state = .taken
        shift.takenAt = now
        try ShiftStore.close(shift, in: transaction)
        try AlarmStore.end("shift:\(shift.id)", at: now, in: transaction)
        try record("taken", shift, by: Actor(scope), at: now, in: transaction)
        return shift
    }

    /// The shift of whom it was offered to is over: nobody can take it any more, and it rings no longer. It stays on the
    /// roster and in the ledger as one that nobody took.
    func lapse(_ found: ShiftRecord, at now: Instant, in transaction: any Transaction) throws {
        var shift = found
        shift.state = .notTaken
        try ShiftStore.close(shift, in: transaction)
        try AlarmStore.end("shift:\(shift.id)", at: now, in: transaction)
        try record("not-taken", shift, by: .system, at: now, in: transaction)
    }

    /// It ended, and nothing of it was handed over.
    func end(_ found: ShiftRecord, at now: Instant, in transaction: any Transaction) throws {
        var shift = found
        shift.state = .over
        try ShiftStore.close(shift, in: transaction)
        try record("over", shift, by: .system, at: now, in: transaction)
    }

    /// Where and when nobody stands in a duty that must be filled, for the areas of that level within the given one
    /// that have any roster at all in that time (so that an unstaffed county is not one long list).
    func gaps(in area: AreaPrefix, from: Instant, until: Instant, _ shifts: [ShiftRecord]) -> [DutyGap] {
        rules.duty.coverage.flatMap { coverage in
            let areas = Set(shifts.map(\.area)).filter { $0.level == coverage.level && area.contains($0) }
            return areas.sorted { $0.code < $1.code }.flatMap {
                DutyGap.gaps($0, coverage.kind, from: from, until: until, shifts)
            }
        }
    }

    /// A key with which a calendar program reads one's own shifts and nothing else; shown once.
    public func makeCalendarKey(by scope: Scope, at now: Instant, in transaction: any Transaction) throws -> String {
        let secret = ShiftStore.secretBeginning + SecureRandom.token()
        let key = CalendarKey(id: house.identifiers.next(at: now), madeAt: now)
        guard try ShiftStore.keys(of: scope.staff, in: transaction).count < 10 else {
            throw Refusal(
                .ruleBroken, "duty.many-keys", LocalizedText("订阅地址最多 10 个", "At most 10 addresses"),
                wayOn: LocalizedText("请先停用不再使用的", "Revoke one that is not used any more"))
        }
        try ShiftStore.insert(key, of: scope.staff, secret: secret, in: transaction)
        try Ledger.record(
            LedgerEntry(
                "duty.calendar-made", on: "calendar", key.id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: scope.area.code), in: transaction)
        return secret
    }

    func revokeCalendarKey(_ id: CalendarKey.ID, by scope: Scope, at now: Instant, in transaction: any Transaction)
        throws
    {
        guard try ShiftStore.revoke(id, of: scope.staff, at: now, in: transaction) else { throw Refusal.nothingHere }
        try Ledger.record(
            LedgerEntry(
                "duty.calendar-revoked", on: "calendar", id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: scope.area.code), in: transaction)
    }

    private func record(
        _ act: String, _ shift: ShiftRecord, by actor: Actor, at now: Instant, in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(
                "duty.\(act)", on: "shift", shift.id, by: actor, at: now, id: house.identifiers.next(at: now),
                area: shift.area.code
            ) { writer in
                writer.member("staff", shift.staff.text)
                writer.member("kind", shift.kind)
                writer.member("from", shift.from)
                writer.member("until", shift.until)
            }, in: transaction)
    }
}

extension Refusal {
    fileprivate static var shiftNotTaken: Refusal {
        Refusal(
            .conflict, "duty.not-taken",
            LocalizedText("接班时段已过，记为无人接班", "The time to take it over has passed; it is kept as not taken"),
            wayOn: LocalizedText("请与带班领导联系", "Speak with the leader on duty"))
    }
}
