import Cipher
public import Desk
public import Ground
import Identity
import Ledger
import Messages
public import Storage

extension Emergencies {
    static let longestTitle = 60

    /// Sets a plan in motion: the event, the contact tree and everybody's call.
    public func start(
        plan key: String, level: EmergencyLevel, area: AreaPrefix, title: String, isExercise: Bool,
        _ when: Occurrence, by scope: Scope, in transaction: any Transaction
    ) throws -> EventRecord {
        try scope.require(.command)
        guard let plan = rules[plan: key] else { throw missing("plan", "没有这个预案", "There is no such plan") }
        guard plan.level(level) != nil else { throw missing("level", "该预案没有这一级", "The plan has no such level") }
        guard scope.area.contains(area), area.level >= .county else {
            throw Refusal(
                .forbidden, "emergencies.outside-area",
                LocalizedText("只能在本岗位的辖区内启动", "Only within the area of your post"), field: "area")
        }
        let name = title.trimmed
        guard !name.isEmpty, name.utf16.count <= Self.longestTitle else {
            throw missing(
                "title", "请填写名称（不超过 \(Self.longestTitle) 字）", "Give a name of at most \(Self.longestTitle) characters")
        }
        let hours = plan.level(level)?.reviewHours ?? 1
        let event = EventRecord(
            id: house.identifiers.next(at: when.receivedAt), plan: key, level: level, area: area, title: name,
            isExercise: isExercise, commander: scope.post, startedAt: when.happenedAt, receivedAt: when.receivedAt,
            reviewAt: when.receivedAt + .hours(hours), version: 1)
        try EventStore.insert(event, in: transaction)
        try record("started", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("plan", key)
            writer.member("level", level.rawValue)
            writer.member("exercise", isExercise)
            writer.member("dueAt", event.reviewAt)
        }
        try call(event, plan, at: when.receivedAt, in: transaction)
        return event
    }

    /// Raises or lowers the level; a graver one calls whom the lower had not.
    public func change(
        level: EmergencyLevel, of id: EventID, seen: Int64? = nil, _ when: Occurrence, by scope: Scope,
        in transaction: any Transaction
    ) throws -> EventRecord {
        var event = try running(id, seen, by: scope, in: transaction)
        guard let plan = rules[plan: event.plan], let wanted = plan.level(level) else {
            throw missing("level", "该预案没有这一级", "The plan has no such level")
        }
        guard level != event.level else {
            throw Refusal(
                .conflict, "emergencies.same-level", LocalizedText("已是这一级", "It is at that level"), field: "level")
        }
        let isRaised = level > event.level
        event.level = level
        event.reviewAt = when.receivedAt + .hours(wanted.reviewHours)
        try save(&event, in: transaction)
        try record(isRaised ? "raised" : "lowered", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("level", level.rawValue)
            writer.member("dueAt", event.reviewAt)
        }
        try tellAll(
            event, isRaised ? "raised" : "lowered",
            LocalizedText(
                "“\(event.title)”调整为\(wanted.title.chinese)", "“\(event.title)” is now \(wanted.title.english)"),
            at: when.receivedAt, in: transaction)
        if isRaised { try call(event, plan, at: when.receivedAt, in: transaction) }
        return event
    }

    /// The commander says how things stand: the next report is due within the level's own limit.
    public func report(
        _ text: String, of id: EventID, seen: Int64? = nil, _ when: Occurrence, by scope: Scope,
        in transaction: any Transaction
    ) throws -> EventRecord {
        var event = try running(id, seen, by: scope, in: transaction)
        let words = text.trimmed
        guard !words.isEmpty, words.utf16.count <= 500 else {
            throw missing(
                "note", "请写明情况（不超过 500 字，勿写个人信息）", "Say how things stand, at most 500 characters, nobody's data")
        }
        let hours = rules[plan: event.plan]?.level(event.level)?.reviewHours ?? 1
        event.reviewAt = when.receivedAt + .hours(hours)
        event.commander = scope.post
        try save(&event, in: transaction)
        try AlarmStore.end("event:\(id)", at: when.receivedAt, in: transaction)
        try record("reported", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("note", words)
            writer.member("dueAt", event.reviewAt)
        }
        return event
    }

    /// Ends it; refused while anybody or anything is between two sites, or an account waits to be decided.
    public func end(
        _ id: EventID, seen: Int64? = nil, _ when: Occurrence, by scope: Scope, in transaction: any Transaction
    ) throws -> EventRecord {
        var event = try running(id, seen, by: scope, in: transaction)
        let open = try HandOverStore.openCount(of: id, in: transaction)
        let waiting = try ConflictStore.all(of: id, in: transaction).filter { $0.state == "waiting" }.count
        guard open == 0, waiting == 0 else {
            throw Refusal(
                .conflict, "emergencies.still-open",
                LocalizedText(
                    "还有 \(open) 次交接未了结、\(waiting) 条矛盾未核定，不能结束",
                    "\(open) hand-overs are not closed and \(waiting) conflicts not decided: it cannot end"),
                wayOn: LocalizedText("请先签收、核定", "Acknowledge and decide them first"))
        }
        event.endedAt = when.happenedAt
        event.reviewAt = nil
        try save(&event, in: transaction)
        try tellAll(
            event, "ended", LocalizedText("“\(event.title)”已结束", "“\(event.title)” has ended"), at: when.receivedAt,
            in: transaction)
        try ContactStore.close(of: id, in: transaction)
        try AlarmStore.endAll(of: id, at: when.receivedAt, in: transaction)
        try record("ended", on: event, by: Actor(scope), when, in: transaction) { _ in }
        return event
    }

    /// A place where people or goods are counted.
    public func addSite(
        _ name: String, area: AreaPrefix, to id: EventID, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> SiteRecord {
        let event = try running(id, nil, by: scope, in: transaction)
        let words = name.trimmed
        guard !words.isEmpty, words.utf16.count <= 40 else {
            throw missing("name", "请填写点位名称（不超过 40 字）", "Give a name of at most 40 characters")
        }
        guard house.settings.area.contains(area), area.level >= .county else {
            throw missing("area", "点位须在本县范围内", "A site lies within the county")
        }
        let sites = try EventStore.sites(of: id, in: transaction)
        guard sites.count < 500, !sites.contains(where: { $0.name == words }) else {
            throw Refusal(
                .conflict, "emergencies.site-there",
                LocalizedText("已有同名点位，或点位已满 500 个", "There is a site of that name, or there are 500"), field: "name")
        }
        let site = SiteRecord(id: house.identifiers.next(at: now), event: id, name: words, area: area)
        try EventStore.insert(site, in: transaction)
        try record("site", on: event, by: Actor(scope), Occurrence(nil, at: now), in: transaction) { writer in
            writer.member("site", words)
            writer.member("siteArea", area.code)
        }
        return site
    }

    /// Counts people or goods in at a site: from here on each of them is somewhere.
    public func register(
        _ kind: LotRecord.Kind, label: String, unit: String, count: Int64, at site: SiteID, of id: EventID,
        _ when: Occurrence, by scope: Scope, in transaction: any Transaction
    ) throws -> LotRecord {
        let event = try EventStore.find(id, for: scope, in: transaction)
        guard event.isRunning else { throw ended }
        try HandOver.check(count, from: 1)
        let (words, counted) = (label.trimmed, unit.trimmed)
        guard !words.isEmpty, words.utf16.count <= 60 else {
            throw missing("label", "请填写名目（不超过 60 字，不写姓名）", "Say what it is, at most 60 characters, no names")
        }
        guard !counted.isEmpty, counted.utf16.count <= 8 else {
            throw missing("unit", "请填写单位（人、箱……）", "Give the unit")
        }
        guard let place = try EventStore.sites(of: id, in: transaction).first(where: { $0.id == site }) else {
            throw missing("site", "请选择点位", "Choose the site")
        }
        guard scope.area.contains(place.area) || (scope.may(.command) && scope.area.contains(event.area)) else {
            throw missing("site", "该点不在本岗位的辖区内", "That site is not in the area of your post")
        }
        let lot = LotRecord(
            id: house.identifiers.next(at: when.receivedAt), event: id, kind: kind, label: words, unit: counted,
            registered: count, surplus: 0, writtenOff: 0)
        try EventStore.insert(lot, labelSealed: seal(words), in: transaction)
        try EventStore.add(count, of: lot.id, at: site, id, in: transaction)
        try record("registered", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("kind", kind.rawValue)
            writer.member("count", count)
            writer.member("unit", counted)
            writer.member("site", place.name)
        }
        return lot
    }

    /// Running numbers for paper, so that what is written without a network is known by the same number later.
    public func reserveSlips(
        _ count: Int64, of id: EventID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> ClosedRange<Int64> {
        let event = try EventStore.find(id, for: scope, in: transaction)
        guard event.isRunning else { throw ended }
        guard (1...50).contains(count) else { throw missing("count", "一次 1 至 50 个编号", "1 to 50 numbers at a time") }
        let first = try EventStore.slips(count, of: id, in: transaction)
        try transaction.execute(
            """
            INSERT INTO emergency_blanks (event, first, last, post, at)
            VALUES (\(id), \(first), \(first + count - 1), \(scope.post), \(now))
            """)
        try record("printed", on: event, by: Actor(scope), Occurrence(nil, at: now), in: transaction) { writer in
            writer.member("slip", first)
            writer.member("count", count)
        }
        return first...(first + count - 1)
    }

    // MARK: What all share

    func seal(_ label: String) -> [UInt8] { house.keys.vault.seal(label, for: "emergency-lot") }
    func open(_ label: [UInt8]) throws -> String { try house.keys.vault.open(label, for: "emergency-lot") }

    private func save(_ event: inout EventRecord, in transaction: any Transaction) throws {
        event.version += 1
        guard try EventStore.update(event, in: transaction) else { throw changed }
    }

    private var changed: Refusal {
        Refusal(
            .changedMeanwhile, "emergencies.changed", LocalizedText("事件刚被他人更改", "Somebody changed the event just now"),
            wayOn: LocalizedText("请刷新后重试", "Reload and try again"))
    }

    /// The event, for whoever may command it.
    func commanded(_ id: EventID, by scope: Scope, in transaction: any Transaction) throws -> EventRecord {
        try scope.require(.command)
        let event = try EventStore.find(id, for: scope, in: transaction)
        guard scope.area.contains(event.area) else {
            throw Refusal(
                .forbidden, "emergencies.other-command",
                LocalizedText("该事件由上级指挥", "This event is commanded from above"))
        }
        return event
    }

    private func running(_ id: EventID, _ seen: Int64?, by scope: Scope, in transaction: any Transaction) throws
        -> EventRecord
    {
        let event = try commanded(id, by: scope, in: transaction)
        if let seen, seen != event.version { throw changed }
        guard event.isRunning else { throw ended }
        return event
    }

    func record(
        _ act: String, on event: EventRecord, by actor: Actor, _ when: Occurrence, in transaction: any Transaction,
        _ facts: (inout JSONWriter) throws -> Void
    ) throws {
        try Ledger.record(
            LedgerEntry(
                id: house.identifiers.next(at: when.receivedAt), act: "emergencies.\(act)", subjectKind: "emergency",
                subjectID: event.id.text, actor: actor, happenedAt: when.happenedAt, receivedAt: when.receivedAt,
                area: event.area.code, facts: try JSONWriter.object(facts)), in: transaction)
    }

    func notify(
        _ post: PostID, _ event: EventRecord, _ kind: String, at now: Instant, _ text: LocalizedText,
        in transaction: any Transaction
    ) throws {
        let words =
            event.isExercise ? LocalizedText("【演练】" + text.chinese, "[Exercise] " + text.english) : text
        try Messages.notify(
            Notice(
                to: .post(post), kind: "emergencies.\(kind)", subjectKind: "emergency", subjectID: event.id.text,
                text: words, address: "/emergencies/\(event.id)", at: now, isUrgent: true), in: transaction)
    }

    private func tellAll(
        _ event: EventRecord, _ kind: String, _ text: LocalizedText, at now: Instant, in transaction: any Transaction
    ) throws {
        let called = try ContactStore.all(of: event.id, in: transaction).flatMap { contact in
            contact.candidates.prefix(contact.turn + 1).map(\.post)
        }
        for post in Set(called + [event.commander]).sorted() {
            try notify(post, event, kind, at: now, text, in: transaction)
        }
    }

    /// Who holds a right closest to an area: all posts of the smallest area that contains it.
    func nearestHolders(of right: Right, _ area: AreaPrefix, in transaction: any Transaction) throws -> [PostHolder] {
        let all = try identity.directory.postHolders(right: right, area: area, in: transaction)
        guard let nearest = all.first?.post.area else { return [] }
        return all.filter { $0.post.area == nearest }
    }
}
