import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/systems`: the same for programs.
struct SystemsAPI: Sendable {
    let systems: Systems
    private static let tag = "systems"

    func add(to routes: Routes) {
        list(routes)
        avoided(routes)
        decide(routes)
        file(routes)
    }

    private func list(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/systems", id: "listSystems", tag: Self.tag,
                summary: LocalizedText("基层要录入的政务系统", "The systems that the grassroots types into"),
                response: .object([
                    .init(
                        "items",
                        .array(
                            .named(
                                "GovernmentSystem",
                                .object([
                                    .init("key", .text), .init("name", .text), .init("owner", .text),
                                    .init("level", .string(values: GovernmentSystem.Level.allCases.map(\.rawValue))),
                                    .init("users", .string(values: GovernmentSystem.Users.allCases.map(\.rawValue))),
                                    .init("typing", .string(values: GovernmentSystem.Typing.allCases.map(\.rawValue))),
                                    .init("minutesAMonth", .integer()), .init("fields", .array(.text)),
                                    .init("others", .array(.text)), .init("form", .nullable(.text)),
                                    .init("standing", .string(values: Standing.allCases.map(\.rawValue))),
                                    .init("since", .nullable(.string(format: "date"))), .init("overlap", .integer()),
                                ]))))
                ])), right: .formsRead
        ) { staff, _ in
            let lines = try await SystemPages(systems: systems).lines(staff)
            let language = staff.visit.language
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(lines) { writer, line in
                        writer.object { writer in
                            writer.member("key", line.system.key)
                            writer.member("name", line.system.name(language))
                            writer.member("owner", line.system.owner)
                            writer.member("level", line.system.level.rawValue)
                            writer.member("users", line.system.users.rawValue)
                            writer.member("typing", line.system.typing.rawValue)
                            writer.member("minutesAMonth", line.system.minutesAMonth)
                            writer.key("fields")
                            writer.array(line.system.fields) { $0.value($1) }
                            writer.key("others")
                            writer.array(line.system.others) { $0.value($1) }
                            writer.member("form", line.system.form)
                            writer.member("standing", line.standing.rawValue)
                            writer.member("since", line.decision?.since.description)
                            writer.member("overlap", line.overlap)
                        }
                    }
                }
            ).response
        }
    }

    private func avoided(_ routes: Routes) {
        let source: Schema = .object([
            .init("key", .text), .init("isSystem", .boolean), .init("taken", .integer()), .init("counted", .integer()),
            .init("rows", .integer()), .init("entries", .integer()),
        ])
        let element: Schema = .object([
            .init("element", .text), .init("avoided", .integer()), .init("typedAgain", .integer()),
        ])
        routes.api(
            APIOperation(
                .get, "/systems/avoided", id: "readAvoidedEntries", tag: Self.tag,
                summary: LocalizedText("一个月少录了多少", "Entries avoided in a month"),
                query: [
                    .init(
                        "month", .string(minimum: 7, maximum: 7, pattern: "^[0-9]{4}-[0-9]{2}$"), required: false,
                        "this one when not said")
                ],
                response: .object([
                    .init("total", .integer()), .init("totalTypedAgain", .integer()), .init("sources", .array(source)),
                    .init("elements", .array(element)),
                ])), right: .formsRead
        ) { staff, _ in
            let (systems, scope) = (systems, staff.scope)
            let (year, month) = try AvoidedPages.month(staff.visit.query, today: staff.visit.now.local().day)
            let entries = try await systems.house.database.read {
                try systems.avoided(year: year, month: month, for: scope, in: $0)
            }
            let keys = Set(entries.byElement.keys).union(entries.typedAgain.keys).sorted()
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("total", entries.total)
                    writer.member("totalTypedAgain", entries.totalTypedAgain)
                    writer.key("sources")
                    writer.array(entries.sources) { writer, source in
                        writer.object { writer in
                            writer.member("key", source.key)
                            writer.member("isSystem", source.isSystem)
                            writer.member("taken", source.taken)
                            writer.member("counted", source.counted)
                            writer.member("rows", source.rows)
                            writer.member("entries", source.entries)
                        }
                    }
                    writer.key("elements")
                    writer.array(keys) { writer, key in
                        writer.object { writer in
                            writer.member("element", key)
                            writer.member("avoided", entries.byElement[key] ?? 0)
                            writer.member("typedAgain", entries.typedAgain[key] ?? 0)
                        }
                    }
                }
            ).response
        }
    }

    private func decide(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/systems/{key}/standing", id: "decideSystem", tag: Self.tag,
                summary: LocalizedText("决定一个系统的现状", "Decide how a system stands"),
                request: .object([
                    .init("standing", .string(values: Standing.allCases.map(\.rawValue))),
                    .init("since", .string(format: "date")),
                    .init("reason", .nullable(.string(maximum: 200)), required: false),
                ]), status: 204, refusals: [404]), right: .formsDecide
        ) { staff, submission in
            struct Asked: Decodable {
                var standing: String
                var since: Day
                var reason: String?
            }
            let asked = try submission.decode(Asked.self)
            let key = try staff.visit.parameter("key")
            let (systems, scope, now) = (systems, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try systems.decide(
                    key, asked.standing, since: asked.since, reason: asked.reason, by: scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
    }

    private func file(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/systems/{key}/file", id: "takeImportFile", tag: Self.tag,
                summary: LocalizedText("按系统的导入版式取名单", "A list in the layout that a system imports"),
                query: [.init("area", .string(maximum: 15), required: false, "one's own when not said")],
                request: .object([
                    .init("inClear", .boolean, "in clear for the form's purpose; noted for each person")
                ]),
                response: .text,
                responseType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", refusals: [404, 409]),
            right: .formsRead
        ) { staff, submission in
            struct Asked: Decodable { var inClear: Bool }
            let asked = try submission.decode(Asked.self)
            guard let system = systems.list[try staff.visit.parameter("key")] else { throw Refusal.nothingHere }
            return try await systems.file(of: system, inClear: asked.inClear, for: staff)
        }
    }
}
