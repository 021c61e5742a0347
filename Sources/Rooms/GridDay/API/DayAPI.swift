import Cases
import Cipher
import Desk
import Ground
import Hummingbird
import Storage
import Web

/// The day of a post, for phones and other programs.
extension GridDay {
    func addAPI(to routes: Routes) {
        let work = EntryWork(day: self)
        routes.api(Self.todayOperation, right: .dayHandle) { staff, _ in
            let scope = staff.scope
            let now = staff.visit.now
            try await work.resume(by: scope, at: now)
            let model = try await house.database.read { try DayModel.read(self, scope, at: now, in: $0) }
            return .json(JSONWriter.object { write(model, staff.visit, to: &$0) })
        }
        routes.api(Self.entryOperation, right: .dayHandle) { staff, submission in
            let entry = try submission.decode(DayEntry.self)
            guard let key = submission.once.key else {
                throw Refusal(
                    .malformed, "day.no-key",
                    LocalizedText("每条记录都要带 Idempotency-Key", "Each entry brings an Idempotency-Key"),
                    field: "Idempotency-Key")
            }
            let outcome = try await work.take(
                entry, key: key, content: submission.bytes, by: staff.scope, at: staff.visit.now)
            return .json(JSONWriter.object { Self.write(outcome, staff.visit, to: &$0) })
        }
        routes.api(Self.entriesOperation, right: .dayHandle) { staff, _ in
            let state = EntryRecord.State(rawValue: staff.visit.query.filled("state") ?? "kept")
            guard let state else {
                throw Refusal(
                    .malformed, "day.filter", LocalizedText("状态有误", "That is no state"), field: "state")
            }
            let after = staff.visit.query.filled("after")
            let owner = staff.scope.staff
            let records = try await house.database.read {
                try EntryStore.page(state, of: owner, after: after, limit: 51, in: $0)
            }
            return .json(
                JSONWriter.object { writer in
                    writer.key("entries")
                    writer.array(records.prefix(50)) { writer, record in
                        writer.object {
                            let reason = record.code.map { EntryWork.told(code: $0) }
                            Self.write(EntryOutcome(record: record, refusal: reason), staff.visit, to: &$0)
                        }
                    }
                    writer.member("next", records.count > 50 ? records[49].id.text : nil)
                })
        }
        routes.api(Self.conflictsOperation, right: .dayHandle) { staff, _ in
            let sides = try await ConflictSides.page(self, staff.scope, after: staff.visit.query.filled("after"))
            return .json(
                JSONWriter.object { writer in
                    writer.key("conflicts")
                    writer.array(sides.items) { Self.write($1, staff.visit, to: &$0) }
                    writer.member("next", sides.next)
                })
        }
        routes.api(Self.decideOperation, right: .dayHandle) { staff, submission in
            let id: Identifier<EntryRecord> = try staff.visit.identifier()
            let request = try submission.decode(DecisionRequest.self)
            guard let decision = EntryWork.Decision(rawValue: request.decision) else {
                throw Refusal(
                    .malformed, "day.decision", LocalizedText("请选择怎么办", "Say what is to be done"), field: "decision")
            }
            let changes = EntryChanges(
                detail: request.detail, result: request.result, opinion: request.opinion,
                category: request.category, area: request.area, withoutPlace: request.withoutPlace ?? false)
            let outcome = try await work.decide(id, decision, changes, by: staff.scope, at: staff.visit.now)
            return .json(JSONWriter.object { Self.write(outcome, staff.visit, to: &$0) })
        }
    }

    private struct DecisionRequest: Decodable {
        var decision: String
        var detail: String?
        var result: String?
        var opinion: String?
        var category: String?
        var area: String?
        var withoutPlace: Bool?
    }

    // MARK: Writing

    private func write(_ model: DayModel, _ visit: Visit, to writer: inout JSONWriter) {
        writer.member("at", visit.now)
        writer.member("kept", model.kept)
        writer.member("waiting", model.waiting)
        writer.key("matters")
        writer.array(model.matters) { writer, matter in
            let record = matter.record
            writer.object { writer in
                writer.member("id", record.id)
                writer.member("number", record.number)
                writer.member("version", record.version)
                writer.member("title", record.title.withoutLongNumbers)
                writer.member("state", record.state.rawValue)
                writer.member("area", record.area.code)
                writer.member("dueAt", record.due?.at)
                writer.member("isOverdue", matter.isOverdue)
                writer.key("acts")
                writer.array(matter.acts) { $0.value($1.name.rawValue) }
            }
        }
        writer.key("checks")
        writer.array(model.checks) { writer, due in
            writer.object { writer in
                writer.member("id", due.check.id)
                writer.member("title", visit(due.title))
                writer.member("look", visit(due.look))
                writer.member("area", due.check.area.code)
                writer.member("place", due.place)
                writer.member("category", due.check.category)
                writer.member("dueOn", due.check.dueOn.description)
            }
        }
    }

    private static func write(_ outcome: EntryOutcome, _ visit: Visit, to writer: inout JSONWriter) {
        let record = outcome.record
        writer.member("id", record.id)
        writer.member("key", record.key)
        writer.member("kind", record.kind.rawValue)
        writer.member("outcome", record.state.rawValue)
        writer.member("happenedAt", record.happenedAt)
        writer.member("receivedAt", record.receivedAt)
        writer.member("matter", record.resultCase)
        writer.member("number", outcome.number)
        writer.member("code", outcome.refusal?.code)
        writer.member("detail", outcome.refusal.map { visit($0.message) })
        writer.member("wayOn", outcome.refusal?.wayOn.map { visit($0) })
    }

    private static func write(_ sides: ConflictSides, _ visit: Visit, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", sides.record.id)
            writer.member("kind", sides.record.kind.rawValue)
            writer.member("code", sides.reason.code)
            writer.member("detail", visit(sides.reason.message))
            writer.member("canApply", sides.canApply)
            writer.key("phone")
            writer.object { writer in
                writer.member("happenedAt", sides.record.happenedAt)
                writer.member("seenVersion", sides.record.seenVersion ?? 0)
                writer.member("act", sides.entry.act)
                writer.member("detail", sides.entry.detail)
                writer.member("result", sides.entry.result)
                writer.member("opinion", sides.entry.opinion)
                writer.member("category", sides.entry.category)
                writer.member("photoCount", sides.entry.photos?.count ?? 0)
            }
            writer.key("stands")
            guard let matter = sides.matter else { return writer.null() }
            writer.object { writer in
                writer.member("matter", matter.id)
                writer.member("number", matter.number)
                writer.member("version", matter.version)
                writer.member("state", matter.state.rawValue)
                writer.key("since")
                writer.array(sides.changes) { writer, change in
                    writer.object { writer in
                        writer.member("at", change.at)
                        writer.member("who", change.who)
                        writer.member("what", visit(change.title))
                    }
                }
            }
        }
    }

    // MARK: Operations

    private static let check = Schema.object([
        .init("id", .identifier), .init("title", .text), .init("look", .text), .init("area", .text),
        .init("place", .nullable(.text)), .init("category", .nullable(.text)),
        .init("dueOn", .string(format: "date")),
    ])

    private static let todayOperation = APIOperation(
        .get, "/day", id: "readDay", tag: "day",
        summary: LocalizedText("今日：等我办理的、应看的", "Today: what waits and what is to be looked at"),
        response: .object([
            .init("at", .instant), .init("kept", .integer(minimum: 0)), .init("waiting", .integer(minimum: 0)),
            .init(
                "matters",
                .array(
                    .object([
                        .init("id", .identifier), .init("number", .text), .init("version", .integer(minimum: 1)),
                        .init("title", .text), .init("state", .text), .init("area", .text),
                        .init("dueAt", .nullable(.instant)), .init("isOverdue", .boolean),
                        .init("acts", .array(.text)),
                    ]))),
            .init("checks", .array(check)),
        ]))

    private static let outcome = Schema.named(
        "DayEntryOutcome",
        .object([
            .init("id", .identifier), .init("key", .text), .init("kind", .text),
            .init("outcome", .string(values: EntryRecord.State.allCases.map(\.rawValue))),
            .init("happenedAt", .instant), .init("receivedAt", .instant), .init("matter", .nullable(.identifier)),
            .init("number", .nullable(.text)), .init("code", .nullable(.text)), .init("detail", .nullable(.text)),
            .init("wayOn", .nullable(.text)),
        ]))

    private static let optionalText = Schema.nullable(.text)

    private static let entryOperation = APIOperation(
        .post, "/day/entries", id: "sendDayEntry", tag: "day",
        summary: LocalizedText("上传一条（离线）记录，只生效一次", "Send an entry made on the phone, perhaps offline; it arrives once"),
        request: .named(
            "DayEntry",
            .object([
                .init("kind", .string(values: DayEntry.Kind.allCases.map(\.rawValue))),
                .init("owner", .nullable(.identifier), required: false, "who wrote it; another session is refused"),
                .init("happenedAt", .nullable(.instant), required: false),
                .init("follows", optionalText, required: false, "the key of the entry that comes first"),
                .init("matter", .nullable(.identifier), required: false),
                .init("seenVersion", .nullable(.integer(minimum: 1)), required: false),
                .init("act", optionalText, required: false), .init("opinion", optionalText, required: false),
                .init("result", optionalText, required: false), .init("reason", optionalText, required: false),
                .init("detail", optionalText, required: false), .init("category", optionalText, required: false),
                .init("area", optionalText, required: false), .init("address", optionalText, required: false),
                .init(
                    "location",
                    .nullable(.object([.init("longitude", .number), .init("latitude", .number)])), required: false),
                .init("check", .nullable(.identifier), required: false),
                .init("body", .nullable(.identifier), required: false),
                .init(
                    "photos",
                    .nullable(
                        .array(.object([.init("name", .string(maximum: 200)), .init("content", .text, "base 64")]))),
                    required: false),
            ])), response: outcome)

    private static let entriesOperation = APIOperation(
        .get, "/day/entries", id: "listDayEntries", tag: "day",
        summary: LocalizedText("我上传的记录", "The entries that I sent"),
        query: [
            .init("state", .string(values: EntryRecord.State.allCases.map(\.rawValue)), required: false),
            .init("after", .identifier, required: false),
        ],
        response: .object([.init("entries", .array(outcome)), .init("next", .nullable(.text))]))

    private static let conflictsOperation = APIOperation(
        .get, "/day/conflicts", id: "listDayConflicts", tag: "day",
        summary: LocalizedText("没有办成的记录，两边并列", "Entries that could not be done, both sides"),
        query: [.init("after", .identifier, required: false)],
        response: .object([
            .init(
                "conflicts",
                .array(
                    .object([
                        .init("id", .identifier), .init("kind", .text), .init("code", .text), .init("detail", .text),
                        .init("canApply", .boolean), .init("phone", .object([])),
                        .init("stands", .nullable(.object([]))),
                    ]))), .init("next", .nullable(.text)),
        ]))

    private static let decideOperation = APIOperation(
        .post, "/day/conflicts/{id}", id: "decideDayConflict", tag: "day",
        summary: LocalizedText("决定一条没有办成的记录", "Decide on an entry that could not be done"),
        request: .object([
            .init("decision", .string(values: EntryWork.Decision.allCases.map(\.rawValue))),
            .init("detail", optionalText, required: false), .init("result", optionalText, required: false),
            .init("opinion", optionalText, required: false), .init("category", optionalText, required: false),
            .init("area", optionalText, required: false), .init("withoutPlace", .nullable(.boolean), required: false),
        ]), response: outcome)
}
