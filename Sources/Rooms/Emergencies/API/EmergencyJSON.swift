import Desk
import Ground

/// How the things of this room stand in the interface, and their schemas beside it.
enum EmergencyJSON {
    private static let levels = Schema.string(values: EmergencyLevel.allCases.map(\.rawValue))
    private static let count = Schema.integer(minimum: 0, maximum: HandOver.largestCount)

    static let event = Schema.named(
        "Emergency",
        .object([
            .init("id", .identifier), .init("plan", .text), .init("level", levels), .init("area", .text),
            .init("title", .text), .init("exercise", .boolean), .init("startedAt", .instant),
            .init("receivedAt", .instant), .init("endedAt", .nullable(.instant)),
            .init("reviewAt", .nullable(.instant)), .init("version", .integer()),
        ]))

    static func write(_ event: EventRecord, to writer: inout JSONWriter) {
        writer.member("id", event.id)
        writer.member("plan", event.plan)
        writer.member("level", event.level.rawValue)
        writer.member("area", event.area.code)
        writer.member("title", event.title)
        writer.member("exercise", event.isExercise)
        writer.member("startedAt", event.startedAt)
        writer.member("receivedAt", event.receivedAt)
        writer.member("endedAt", event.endedAt)
        writer.member("reviewAt", event.reviewAt)
        writer.member("version", event.version)
    }

    static let site = Schema.named(
        "EmergencySite", .object([.init("id", .identifier), .init("name", .text), .init("area", .text)]))

    static func write(_ site: SiteRecord, to writer: inout JSONWriter) {
        writer.member("id", site.id)
        writer.member("name", site.name)
        writer.member("area", site.area.code)
    }

    static let lot = Schema.named(
        "EmergencyLot",
        .object([
            .init("id", .identifier), .init("kind", .string(values: LotRecord.Kind.allCases.map(\.rawValue))),
            .init("label", .text), .init("unit", .text), .init("registered", count), .init("surplus", count),
            .init("writtenOff", count),
        ]))

    static func write(_ lot: LotRecord, to writer: inout JSONWriter) {
        writer.member("id", lot.id)
        writer.member("kind", lot.kind.rawValue)
        writer.member("label", lot.label)
        writer.member("unit", lot.unit)
        writer.member("registered", lot.registered)
        writer.member("surplus", lot.surplus)
        writer.member("writtenOff", lot.writtenOff)
    }

    static let handOver = Schema.named(
        "HandOver",
        .object([
            .init("slip", .integer(minimum: 1)), .init("lot", .identifier), .init("from", .identifier),
            .init("to", .identifier), .init("state", .string(values: HandOver.State.allCases.map(\.rawValue))),
            .init("sent", count), .init("received", count), .init("returned", count), .init("writtenOff", count),
            .init("surplus", count), .init("outstanding", count), .init("sentAt", .instant),
            .init("expectedBy", .instant), .init("receivedAt", .nullable(.instant)),
            .init("reason", .nullable(.text)),
        ]))

    static func write(_ one: HandOver, to writer: inout JSONWriter) {
        writer.member("slip", one.slip)
        writer.member("lot", one.lot)
        writer.member("from", one.from)
        writer.member("to", one.to)
        writer.member("state", one.state.rawValue)
        writer.member("sent", one.sent)
        writer.member("received", one.received)
        writer.member("returned", one.returned)
        writer.member("writtenOff", one.writtenOff)
        writer.member("surplus", one.surplus)
        writer.member("outstanding", one.outstanding)
        writer.member("sentAt", one.sentAt)
        writer.member("expectedBy", one.expectedBy)
        writer.member("receivedAt", one.receivedAt)
        writer.member("reason", one.reason)
    }

    static let contact = Schema.named(
        "EmergencyContact",
        .object([
            .init("number", .integer(minimum: 1)), .init("parent", .nullable(.integer(minimum: 1))),
            .init("role", .text), .init("area", .text),
            .init("state", .string(values: ContactRecord.State.allCases.map(\.rawValue))),
            .init("turn", .integer(minimum: 1), "which of the persons is being called"),
            .init("persons", .array(.text)), .init("calledAt", .instant), .init("reachedAt", .nullable(.instant)),
        ]))

    static func write(_ one: ContactRecord, to writer: inout JSONWriter) {
        writer.member("number", one.number)
        writer.key("parent")
        if let parent = one.parent { writer.value(parent) } else { writer.null() }
        writer.member("role", one.role)
        writer.member("area", one.area.code)
        writer.member("state", one.state.rawValue)
        writer.member("turn", one.turn + 1)
        writer.key("persons")
        writer.array(one.candidates) { $0.value($1.name) }
        writer.member("calledAt", one.calledAt)
        writer.member("reachedAt", one.reachedAt)
    }

    static let alarm = Schema.named(
        "EmergencyAlarm",
        .object([
            .init("id", .identifier), .init("area", .text), .init("about", .text), .init("level", .integer(minimum: 1)),
            .init("zh", .text), .init("en", .text), .init("at", .instant), .init("endedAt", .nullable(.instant)),
        ]))

    static func write(_ one: AlarmRecord, to writer: inout JSONWriter) {
        writer.member("id", one.id)
        writer.member("area", one.area.code)
        writer.member("about", one.subject)
        writer.member("level", one.level)
        writer.member("zh", one.text.chinese)
        writer.member("en", one.text.english)
        writer.member("at", one.at)
        writer.member("endedAt", one.endedAt)
    }

    static let conflict = Schema.named(
        "EmergencyConflict",
        .object([
            .init("id", .identifier), .init("kind", .string(values: HandOverReport.Kind.allCases.map(\.rawValue))),
            .init("slip", .nullable(.integer())), .init("count", .integer()), .init("happenedAt", .instant),
            .init("receivedAt", .instant), .init("because", .text), .init("state", .text),
            .init("stands", .nullable(handOver), "the hand-over of that number as it stands"),
        ]))

    static func write(_ one: ConflictRecord, stands: HandOver?, _ language: Language, to writer: inout JSONWriter) {
        writer.member("id", one.id)
        writer.member("kind", one.said.kind.rawValue)
        writer.key("slip")
        if let slip = one.slip { writer.value(slip) } else { writer.null() }
        writer.member("count", one.said.count)
        writer.member("happenedAt", one.happenedAt)
        writer.member("receivedAt", one.receivedAt)
        writer.member("because", one.reason(language))
        writer.member("state", one.state)
        writer.key("stands")
        if let stands { writer.object { write(stands, to: &$0) } } else { writer.null() }
    }

    static let shift = Schema.named(
        "Shift",
        .object([
            .init("id", .identifier), .init("area", .text), .init("kind", .text), .init("staff", .identifier),
            .init("post", .identifier), .init("from", .instant), .init("until", .instant),
            .init("state", .string(values: ["planned", "offered", "taken", "not-taken", "over"])),
        ]))

    static func write(_ one: ShiftRecord, to writer: inout JSONWriter) {
        writer.member("id", one.id)
        writer.member("area", one.area.code)
        writer.member("kind", one.kind)
        writer.member("staff", one.staff)
        writer.member("post", one.post)
        writer.member("from", one.from)
        writer.member("until", one.until)
        writer.member("state", one.state.rawValue)
    }
}

/// Reads a time of the interface.
func parsedInstant(_ text: String?, field: String) throws(Refusal) -> Instant? {
    guard let text, !text.isEmpty else { return nil }
    guard let instant = Instant(iso8601: text) else {
        throw Refusal(
            .malformed, "emergencies.no-time",
            LocalizedText("“\(field)”不是 ISO 8601 时间", "“\(field)” is no ISO 8601 time"), field: field)
    }
    return instant
}

func parsedArea(_ text: String, field: String = "area") throws(Refusal) -> AreaPrefix {
    guard let area = AreaPrefix(text) else {
        throw Refusal(
            .malformed, "emergencies.no-area", LocalizedText("没有这样的区域代码", "That is no code of an area"), field: field)
    }
    return area
}
