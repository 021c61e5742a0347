import Cases
import Cipher
import Desk
import Ground
import Identity
import Ledger
import Registry
import Storage

extension Visits {
    /// The kind of matter that a missed visit becomes.
    static let careKind = "care"

    /// Enters somebody in a group, with the post that answers for them; the first visit is due a rhythm from now.
    func enter(
        _ id: SubjectID, in key: String, post: PostID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> CareMember {
        try scope.require(.registryManage)
        let group = try openGroup(key, for: scope)
        let subject = try registry.subject(id, for: scope, in: transaction)
        guard subject.kind == .person, scope.area.contains(subject.area), subject.standing == .present else {
            throw Refusal.nothingHere
        }
        let known = try CareStore.members(of: [id], for: scope, in: transaction)
        guard !known.contains(where: { $0.group == key }) else {
            throw Refusal(
                .conflict, "visits.care-known", LocalizedText("此人已在该群体中", "This person is in the group already"))
        }
        let holder = try responsible(post, for: subject.area, in: transaction)
        let day = now.local().day
        let due = day + group.everyDays
        let member = CareMember(
            id: house.identifiers.next(at: now), group: key, subject: id, area: subject.area, post: holder.post.id,
            staff: holder.staff, since: day, lastSeenAt: nil, dueOn: due, missedOn: group.missedDay(dueOn: due),
            task: nil, endedOn: nil)
        try CareStore.write(member, in: transaction)
        try note("visits.care-entered", member, by: Actor(scope), at: now, in: transaction)
        return member
    }

    /// A group that is on and that this viewer may know.
    private func openGroup(_ key: String, for scope: Scope) throws(Refusal) -> CareGroup {
        guard let group = care[key] else {
            throw Refusal(
                .malformed, "visits.care-group", LocalizedText("没有这个群体", "There is no such group"), field: "group")
        }
        guard !group.isOff else {
            throw Refusal(
                .forbidden, "visits.care-no-basis",
                LocalizedText(
                    "“\(group.title.chinese)”属敏感个人信息，未录入法律依据前不得列入",
                    "“\(group.title.english)” is sensitive and has no legal basis: nobody can be entered"),
                wayOn: LocalizedText(
                    "如确有依据，由数据局写入 care-groups.yaml 后启用",
                    "The data bureau turns it on by naming the law in care-groups.yaml"),
                rule: "个人信息保护法 第二十八条", field: "group")
        }
        guard group.isKnown(to: scope) else { throw Self.notToKnow }
        return group
    }

    static let notToKnow = Refusal(
        .forbidden, "visits.care-not-yours",
        LocalizedText("您的岗位不在此群体的知悉范围内", "Your post is not among those that may know of this group"),
        wayOn: LocalizedText("由社区中负责此群体的人办理", "Those in the community who look after it can do this"),
        rule: "个人信息保护法 第六条")

    /// Who holds the post now; it must reach the place.
    private func responsible(_ post: PostID, for area: AreaPrefix, in transaction: any Transaction) throws -> PostHolder
    {
        let holders = try identity.directory.postHolders(right: .registryWrite, area: area, in: transaction)
        guard let holder = holders.first(where: { $0.post.id == post }) else {
            throw Refusal(
                .ruleBroken, "visits.care-post",
                LocalizedText("责任人须是本区域在岗、可登记事实的人", "The person in charge holds a post here that may write facts"),
                field: "post")
        }
        return holder
    }

    /// Those who could answer for somebody in an area, the nearest first.
    func candidates(for area: AreaPrefix, in transaction: any Transaction) throws -> [PostHolder] {
        Array(
            try identity.directory.postHolders(right: .registryWrite, area: area, in: transaction)
                .filter { $0.post.area.level >= .community }.prefix(60))
    }

    /// Notes how somebody was found. Met, the next visit is due a rhythm later, and the task of a missed one is done.
    func look(
        in id: CareMember.ID, outcome: CareOutcome, note: String?, seenAt: Instant, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> CareMember {
        try scope.require(.registryWrite)
        var member = try careMember(id, for: scope, in: transaction)
        guard let group = care[member.group] else { throw Refusal.nothingHere }
        guard group.isKnown(to: scope) || member.staff == scope.staff else { throw Self.notToKnow }
        let text = note.map { $0.filter { $0 != "\0" } }.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
        guard (text ?? "").utf16.count <= 1_000 else {
            throw Refusal(
                .ruleBroken, "visits.care-note", LocalizedText("不超过 1000 字", "At most 1,000 characters"), field: "note")
        }
        try VisitReport(outcome: .met, seenAt: seenAt, knownAt: seenAt, answers: []).check(receivedAt: now)
        try CareStore.insert(
            CareVisit(seenAt: seenAt, staff: scope.staff, outcome: outcome, note: text), of: id,
            id: house.identifiers.next(at: now), receivedAt: now, vault: house.keys.vault, in: transaction)
        if outcome != .absent, member.lastSeenAt.map({ $0 < seenAt }) ?? true {
            member.lastSeenAt = seenAt
            member.dueOn = seenAt.local().day + group.everyDays
            member.missedOn = group.missedDay(dueOn: member.dueOn)
            if let task = member.task, member.missedOn > now.local().day {
                try closeTask(task, by: scope, at: now, in: transaction)
                member.task = nil
            }
            try CareStore.write(member, in: transaction)
        }
        try self.note("visits.care-visited", member, by: Actor(scope), at: now, in: transaction) {
            $0.member("outcome", outcome.rawValue)
        }
        return member
    }

    /// The task is done by the visit where the visitor may act on it; otherwise it stays with those who may.
    private func closeTask(
        _ task: Identifier<CareTask>, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let id = CaseID(task.text)
        guard try cases.record(id, of: Self.careKind, in: transaction)?.state == StateName(rawValue: "care-missed"),
            scope.may(Right("case.handle"))
        else { return }
        _ = try cases.act(
            id, of: Self.careKind, Command("record-care-visit"), by: scope, at: now, in: transaction)
    }

    /// Another post answers from now on.
    func hand(
        _ id: CareMember.ID, to post: PostID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> CareMember {
        try scope.require(.registryManage)
        var member = try careMember(id, for: scope, in: transaction)
        let holder = try responsible(post, for: member.area, in: transaction)
        member.post = holder.post.id
        member.staff = holder.staff
        try CareStore.write(member, in: transaction)
        try note("visits.care-handed", member, by: Actor(scope), at: now, in: transaction) {
            $0.member("answerable", holder.staff)
        }
        return member
    }

    /// Nobody looks in any more: moved, died, or not in need of it. What was noted is kept as long as the record is.
    func end(_ id: CareMember.ID, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> CareMember
    {
        try scope.require(.registryManage)
        var member = try careMember(id, for: scope, in: transaction)
        guard let group = care[member.group], group.isKnown(to: scope) else { throw Self.notToKnow }
        if let task = member.task {
            try closeTask(task, by: scope, at: now, in: transaction)
            member.task = nil
        }
        member.endedOn = now.local().day
        try CareStore.write(member, in: transaction)
        try note("visits.care-ended", member, by: Actor(scope), at: now, in: transaction)
        return member
    }

    func careMember(_ id: CareMember.ID, for scope: Scope, in transaction: any Transaction) throws -> CareMember {
        guard let member = try CareStore.find(id, for: scope, in: transaction), member.endedOn == nil else {
            throw Refusal.nothingHere
        }
        return member
    }

    /// Makes a task of each visit that was missed. The task says where, not who or why: tasks are read by many.
    /// - Returns: how many.
    func watchCare(at now: Instant, in transaction: any Transaction) throws -> Int {
        let missed = try CareStore.missed(on: now.local().day, limit: 200, in: transaction)
        var made = 0
        for var member in missed {
            // Where nobody accepts matters, nobody would get the task: it is made once somebody does.
            guard
                try !identity.directory.postHolders(right: Right("case.accept"), area: member.area, in: transaction)
                    .isEmpty
            else { continue }
            made += 1
            let task = try cases.beginByPlatform(
                Beginning(
                    kind: Self.careKind, title: "关怀走访逾期：\(registry.areaName(member.area))",
                    detail: "有一位关怀对象到期未走访，请在“关怀群体”中查看并走访。", area: member.area),
                in: member.area, at: now, in: transaction)
            member.task = Identifier(task.id.text)
            try CareStore.write(member, in: transaction)
            try note("visits.care-missed", member, by: .system, at: now, in: transaction)
        }
        return made
    }

    private func note(
        _ act: String, _ member: CareMember, by actor: Actor, at now: Instant, in transaction: any Transaction,
        facts: (inout JSONWriter) -> Void = { _ in }
    ) throws {
        // The group is not named: many read the ledger, and the label is not theirs to know.
        try Ledger.record(
            LedgerEntry(
                act, on: "care", member.id, by: actor, at: now, id: house.identifiers.next(at: now),
                area: member.area.code, facts: facts), in: transaction)
    }
}
