import Cases
import Desk
import Emergencies
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/command`: the figures of the wall, the lists behind them, and the stream that says when they change.
struct CommandAPI: Sendable {
    let command: UnifiedCommand
    let watch: WallWatch

    private static let tag = "command"
    private static let area = Schema.Member(
        "area", .string(maximum: 15), required: false, "within the area of the post, a community or wider")
    private static let paging: [Schema.Member] = [
        .init("after", .string(maximum: 60), required: false, "`next` of the page before"),
        .init("limit", .integer(minimum: 1, maximum: 200), required: false),
    ]

    func add(to routes: Routes) {
        figures(routes)
        stream(routes)
        matters(routes)
        handOvers(routes)
        alarms(routes)
        nearest(routes)
    }

    private func figures(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/command", id: "getWallFigures", tag: Self.tag,
                summary: LocalizedText("统一指挥的全部数字", "All figures of the wall of unified command"),
                query: [Self.area], response: CommandJSON.schema), right: .seeCommand
        ) { staff, _ in
            let (asked, scope, now, command) = (try WallPage.area(staff), staff.scope, staff.visit.now, command)
            let figures = try await command.house.database.read {
                try command.figures(in: asked, for: scope, at: now, in: $0)
            }
            return Answer.json(CommandJSON.figures(figures, command)).response
        }
    }

    private func stream(_ routes: Routes) {
        let page = WallPage(command: command, watch: watch)
        routes.api(
            APIOperation(
                .get, "/command/stream", id: "followWallFigures", tag: Self.tag,
                summary: LocalizedText(
                    "实时数字（server-sent events）：事件 figures 为全部数字，alive 为存活信号",
                    "The figures as they change, as server-sent events: `figures` with all of them, `alive` as a sign of life; goes on until the client or its session ends"
                ),
                query: [
                    Self.area,
                    .init("events", .integer(minimum: 1, maximum: 100_000), required: false, "ends after so many"),
                ],
                // One event, as a reader of the stream has it.
                response: .object([
                    .init("event", .text, required: false), .init("id", .text, required: false),
                    .init("data", .text, required: false, "the figures, as `/command` answers them"),
                ]), responseType: "text/event-stream"), right: .seeCommand
        ) { staff, _ in try page.stream(staff, .program) }
    }

    private func matters(_ routes: Routes) {
        let list = MatterList(command: command)
        routes.api(
            APIOperation(
                .get, "/command/matters", id: "listOpenMatters", tag: Self.tag,
                summary: LocalizedText("某个数字所计的在办事项", "The open matters that a figure counts, most pressing first"),
                query: [
                    Self.area,
                    .init(
                        "of",
                        .string(values: command.cases.rules.workflows.map(\.name).sorted() + [WallAddress.sensed]),
                        required: false, "a kind, or `sensed`"),
                    .init("due", .string(values: OpenPressure.allCases.map(\.rawValue)), required: false),
                    .init("unplaced", .boolean, required: false, "only what is placed no further down"),
                ] + Self.paging,
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("id", .identifier), .init("number", .text), .init("kind", .text),
                                .init("area", .text), .init("category", .nullable(.text)), .init("state", .text),
                                .init("channel", .text), .init("dueAt", .nullable(.instant)),
                                .init("body", .nullable(.identifier)),
                            ]))), .init("next", .nullable(.text)),
                ])), right: .seeCommand
        ) { staff, _ in
            try await answer(list, staff) { record, writer in
                writer.member("id", record.id)
                writer.member("number", record.number)
                writer.member("kind", record.kind)
                writer.member("area", record.area.code)
                writer.member("category", record.category)
                writer.member("state", record.state.rawValue)
                writer.member("channel", record.channel.rawValue)
                writer.member("dueAt", record.due?.at)
                writer.member("body", record.body)
            }
        }
    }

    private func handOvers(_ routes: Routes) {
        let list = HandOverList(command: command)
        routes.api(
            APIOperation(
                .get, "/command/hand-overs", id: "listOpenHandOvers", tag: Self.tag,
                summary: LocalizedText("未了结的交接", "Hand-overs that wait for somebody"),
                query: [
                    Self.area,
                    .init("which", .string(values: OpenHandOvers.allCases.map(\.rawValue)), required: false),
                ] + Self.paging,
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("id", .identifier), .init("event", .identifier), .init("slip", .integer()),
                                .init("from", .text), .init("to", .text), .init("outstanding", .integer()),
                                .init("state", .text), .init("expectedBy", .instant), .init("exercise", .boolean),
                            ]))), .init("next", .nullable(.text)),
                ])), right: .seeCommand
        ) { staff, _ in
            try await answer(list, staff) { one, writer in
                writer.member("id", one.handOver.id)
                writer.member("event", one.handOver.event)
                writer.member("slip", one.handOver.slip)
                writer.member("from", one.fromName)
                writer.member("to", one.toName)
                writer.member("outstanding", one.handOver.outstanding)
                writer.member("state", one.handOver.state.rawValue)
                writer.member("expectedBy", one.handOver.expectedBy)
                writer.member("exercise", one.isExercise)
            }
        }
    }

    private func alarms(_ routes: Routes) {
        let list = AlarmList(command: command)
        routes.api(
            APIOperation(
                .get, "/command/alarms", id: "listRingingAlarms", tag: Self.tag,
                summary: LocalizedText("正在报警的事项（不含交接）", "What rings until somebody acts, hand-overs apart"),
                query: [
                    Self.area, .init("of", .string(values: AlarmKind.allCases.map(\.rawValue)), required: false),
                ] + Self.paging,
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("id", .identifier), .init("kind", .text), .init("area", .text),
                                .init("event", .nullable(.identifier)), .init("level", .integer(minimum: 1)),
                                .init("text", .text), .init("since", .instant), .init("exercise", .boolean),
                            ]))), .init("next", .nullable(.text)),
                ])), right: .seeCommand
        ) { staff, _ in
            let language = staff.visit.language
            return try await answer(list, staff) { alarm, writer in
                writer.member("id", alarm.id)
                writer.member("kind", alarm.kind.rawValue)
                writer.member("area", alarm.area.code)
                writer.member("event", alarm.event)
                writer.member("level", alarm.level)
                writer.member("text", alarm.text(language))
                writer.member("since", alarm.since)
                writer.member("exercise", alarm.isExercise)
            }
        }
    }

    private func answer<List: WallList>(
        _ list: List, _ staff: StaffVisit, _ write: @escaping @Sendable (List.Item, inout JSONWriter) -> Void
    ) async throws -> Response {
        let query = staff.visit.query
        let question = try list.question(staff)
        let limit = try Self.limit(query)
        let (after, scope, now) = (query.filled("after"), staff.scope, staff.visit.now)
        let found = try await command.house.database.read {
            try list.items(question, after: after, limit: limit + 1, for: scope, at: now, in: $0)
        }
        let items = Array(found.prefix(limit))
        return Answer.json(
            JSONWriter.object { writer in
                writer.key("items")
                writer.array(items) { writer, item in writer.object { write(item, &$0) } }
                writer.member("next", found.count > limit ? items.last.map { list.key($0) } : nil)
            }
        ).response
    }

    private static func limit(_ query: QueryParameters) throws(Refusal) -> Int {
        guard let text = query.filled("limit") else { return 50 }
        guard let limit = Int(text), (1...200).contains(limit) else { throw Refusal.filter("limit") }
        return limit
    }

    private func nearest(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/command/nearest", id: "findNearestUnits", tag: Self.tag,
                summary: LocalizedText(
                    "就近力量：按职责、在岗、距离排列", "Units that can go to a matter, a hand-over or an area, the most suitable first"
                ),
                query: [
                    .init("matter", .identifier, required: false), .init("hand-over", .identifier, required: false),
                    .init("area", .string(maximum: 15), required: false),
                    .init("line", .string(maximum: 40), required: false, "a line; else that of the matter's category"),
                ],
                response: .object([
                    .init("place", .text), .init("line", .nullable(.text)), .init("units", .array(CommandJSON.unit)),
                ])), right: .seeCommand
        ) { staff, _ in
            let (query, scope, now, command) = (staff.visit.query, staff.scope, staff.visit.now, command)
            let answer = try await command.house.database.read {
                try command.nearest(NearestQuestion(query), for: scope, at: now, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("place", answer.place.code)
                    writer.member("line", answer.line)
                    writer.key("units")
                    writer.array(answer.units) { CommandJSON.write($1, staff.visit.language, to: &$0) }
                }
            ).response
        }
    }
}
