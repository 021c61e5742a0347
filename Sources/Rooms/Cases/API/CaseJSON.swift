import Desk
import Ground

/// How a matter looks in the interface. Personal elements come masked; names and numbers in full are not in it.
enum CaseJSON {
    static func write(_ record: CaseRecord, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", record.id)
            writer.member("number", record.number)
            writer.member("version", record.version)
            writer.member("kind", record.kind)
            writer.member("variant", record.variant)
            writer.member("parent", record.parent)
            writer.member("openParts", record.openParts)
            writer.member("joinedTo", record.joinedTo)
            writer.member("joinedCount", record.joinedCount)
            writer.member("title", record.title)
            writer.member("detail", record.detail)
            writer.member("category", record.category)
            writer.member("area", record.area.code)
            writer.member("address", record.address)
            writer.key("location")
            if let location = record.location {
                writer.object {
                    $0.member("longitude", location.longitude)
                    $0.member("latitude", location.latitude)
                }
            } else {
                writer.null()
            }
            writer.member("channel", record.channel.rawValue)
            writer.member("state", record.state.rawValue)
            writer.member("reportedAt", record.reportedAt)
            writer.member("receivedAt", record.receivedAt)
            writer.member("stateSince", record.stateSince)
            write("due", record.due, to: &writer)
            write("finalDue", record.finalDue, to: &writer)
            writer.member("finishedAt", record.finishedAt)
            writer.member("endedAt", record.endedAt)
            writer.member("body", record.body)
            writer.member("handler", record.handler)
            writer.member("answerable", record.answerable)
            writer.member("isSupervised", record.isSupervised)
            writer.member("result", record.result)
            writer.key("isSolved")
            if let isSolved = record.isSolved { writer.value(isSolved) } else { writer.null() }
            writer.key("satisfaction")
            if let satisfaction = record.satisfaction { writer.value(satisfaction) } else { writer.null() }
            writer.member("contactedAt", record.contactedAt)
            writer.member("exclusionAsked", record.exclusionAsked)
            writer.member("isExcluded", record.isExcluded)
            writer.member("reporterPhone", record.reporter.phoneMasked)
            writer.member("source", record.source)
            writer.member("sourceNumber", record.sourceNumber)
            writer.member("photoCount", record.photoCount)
        }
    }

    static func object(_ record: CaseRecord) -> [UInt8] {
        var writer = JSONWriter(capacity: 1_200)
        write(record, to: &writer)
        return writer.finish()
    }

    private static func write(_ key: StaticString, _ deadline: Deadline?, to writer: inout JSONWriter) {
        writer.key(key)
        guard let deadline else { return writer.null() }
        writer.object {
            $0.member("at", deadline.at)
            $0.member("isProvisional", deadline.isProvisional)
        }
    }

    static func write(_ step: CaseStep, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("version", step.version)
            writer.member("act", step.act.rawValue)
            writer.member("from", step.from?.rawValue)
            writer.member("to", step.to.rawValue)
            writer.member("at", step.at)
            writer.member("performer", step.performer.rawValue)
            writer.member("staff", step.staff)
            writer.member("post", step.post)
            writer.member("body", step.staffBody)
            writer.member("givenTo", step.givenTo)
            writer.member("opinion", step.opinion)
            writer.member("reason", step.reason)
            write("due", step.due, to: &writer)
        }
    }

    private static let deadline = Schema.object([.init("at", .instant), .init("isProvisional", .boolean)])

    static let record = Schema.named(
        "Case",
        .object([
            .init("id", .identifier), .init("number", .string(pattern: "^[0-9]{16}$")),
            .init("version", .integer(minimum: 1)),
            .init("kind", .text, "matter, or the workflow of a whistle, a part …"), .init("variant", .nullable(.text)),
            .init("parent", .nullable(.identifier)), .init("openParts", .integer(minimum: 0)),
            .init("joinedTo", .nullable(.identifier)), .init("joinedCount", .integer(minimum: 0)),
            .init("title", .text), .init("detail", .text), .init("category", .nullable(.text)), .init("area", .text),
            .init("address", .nullable(.text)),
            .init("location", .nullable(.object([.init("longitude", .number), .init("latitude", .number)]))),
            .init("channel", .string(values: Channel.allCases.map(\.rawValue))), .init("state", .text),
            .init("reportedAt", .instant), .init("receivedAt", .instant), .init("stateSince", .instant),
            .init("due", .nullable(deadline)), .init("finalDue", .nullable(deadline)),
            .init("finishedAt", .nullable(.instant)),
            .init("endedAt", .nullable(.instant)), .init("body", .nullable(.identifier)),
            .init("handler", .nullable(.identifier)),
            .init("answerable", .identifier), .init("isSupervised", .boolean), .init("result", .nullable(.text)),
            .init("isSolved", .nullable(.boolean)), .init("satisfaction", .nullable(.integer(minimum: 1, maximum: 5))),
            .init("contactedAt", .nullable(.instant)), .init("exclusionAsked", .nullable(.text)),
            .init("isExcluded", .boolean),
            .init("reporterPhone", .nullable(.text)), .init("source", .nullable(.text)),
            .init("sourceNumber", .nullable(.text)),
            .init("photoCount", .integer(minimum: 0)),
        ]))

    static let step = Schema.named(
        "CaseStep",
        .object([
            .init("version", .integer(minimum: 1)), .init("act", .text), .init("from", .nullable(.text)),
            .init("to", .text),
            .init("at", .instant), .init("performer", .text), .init("staff", .nullable(.identifier)),
            .init("post", .nullable(.identifier)), .init("body", .nullable(.identifier)),
            .init("givenTo", .nullable(.identifier)),
            .init("opinion", .nullable(.text)), .init("reason", .nullable(.text)), .init("due", .nullable(deadline)),
        ]))

    static let page = Schema.named(
        "CasePage",
        .object([
            .init("cases", .array(record)), .init("next", .nullable(.text), "pass it as `after` for the next page"),
        ]))
}
