public import Desk
public import Ground
import Identity
import Ledger
public import Storage

extension Emergencies {
    static let longestAlarm = 200

    /// 现场报警: somebody on the spot says that something is wrong. Never refused for coming late: it rings for whoever
    /// commands until one of them says what was done, and goes to coordination when nobody does in time.
    /// - Parameter site: where; nil for the area of the sender's post.
    public func raiseAlarm(
        _ words: String, at site: SiteID?, of id: EventID, _ when: Occurrence, by scope: Scope,
        in transaction: any Transaction
    ) throws -> Identifier<EmergencyAlarm> {
        try scope.require(.handOver)
        let event = try EventStore.find(id, for: scope, in: transaction)
        let text = words.trimmed
        guard !text.isEmpty, text.utf16.count <= Self.longestAlarm else {
            throw missing(
                "text", "请写明出了什么事（不超过 \(Self.longestAlarm) 字，勿写个人信息）",
                "Say what happened, at most \(Self.longestAlarm) characters, nobody's data")
        }
        let place = try site.map { site in
            guard let known = try EventStore.sites(of: id, in: transaction).first(where: { $0.id == site }) else {
                throw missing("site", "没有这个点位", "There is no such site")
            }
            return known
        }
        let area = place?.area ?? (event.area.contains(scope.area) ? scope.area : event.area)
        let alarm = AlarmRecord(
            id: house.identifiers.next(at: when.receivedAt), event: id, area: area, subject: "", level: 1,
            text: Self.text(text, at: place?.name ?? areaName(area)), at: when.receivedAt,
            // What comes in after the end is told, and rings no more.
            endedAt: event.isRunning ? nil : when.receivedAt,
            againAt: event.isRunning ? when.receivedAt + .minutes(rules.duty.limits.toCoordinationMinutes) : nil)
        var raised = alarm
        raised.subject = AlarmRecord.raisedOnTheSpot + alarm.id.text
        try AlarmStore.insert(raised, in: transaction)
        let heads = try nearestHolders(of: .command, area, in: transaction).prefix(20).map(\.post.id)
        for post in Set(heads + [event.commander]).sorted() {
            try notify(post, event, "alarm", at: when.receivedAt, raised.text, in: transaction)
        }
        try record("alarm-raised", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("alarm", raised.subject)
            writer.member("about", text)
            writer.member("alarmArea", area.code)
            if let place { writer.member("site", place.name) }
        }
        return raised.id
    }

    private static func text(_ words: String, at place: String) -> LocalizedText {
        LocalizedText("“\(place)”现场报警：\(words)", "Alarm from “\(place)”: \(words)")
    }

    /// Whoever commands says what was done about it; that ends it.
    public func answerAlarm(
        _ alarm: Identifier<EmergencyAlarm>, note: String, of id: EventID, _ when: Occurrence, by scope: Scope,
        in transaction: any Transaction
    ) throws {
        try scope.require(.command)
        let event = try EventStore.find(id, for: scope, in: transaction)
        guard let found = try AlarmStore.find(alarm, of: id, in: transaction),
            found.subject.hasPrefix(AlarmRecord.raisedOnTheSpot)
        else { throw Refusal.nothingHere }
        guard scope.area.contains(found.area) || scope.area.contains(event.area) else {
            throw Refusal(
                .forbidden, "emergencies.other-command",
                LocalizedText("该事件由上级指挥", "This event is commanded from above"))
        }
        guard found.endedAt == nil else {
            throw Refusal(
                .conflict, "emergencies.alarm-answered", LocalizedText("这条报警已处理", "This alarm is answered"),
                wayOn: LocalizedText("处理情况见时间线", "See the time line for what was done"))
        }
        let words = note.trimmed
        guard !words.isEmpty, words.utf16.count <= 500 else {
            throw missing("note", "请写明如何处理（不超过 500 字）", "Say what was done, at most 500 characters")
        }
        try AlarmStore.end(found.subject, at: when.receivedAt, in: transaction)
        try record("alarm-answered", on: event, by: Actor(scope), when, in: transaction) { writer in
            writer.member("alarm", found.subject)
            writer.member("note", words)
        }
    }
}
