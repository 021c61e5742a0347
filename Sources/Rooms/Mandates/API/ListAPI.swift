import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/mandates`: the lists for programs.
struct ListAPI: Sendable {
    let mandates: Mandates
    private static let tag = "mandates"

    static let task = Schema.object([
        .init("key", .text), .init("zh", .text), .init("en", .text), .init("within", .nullable(.text)),
        .init("at", .text), .init("roles", .array(.text)), .init("minutes", .nullable(.integer(minimum: 0))),
        .init("times", .nullable(.integer(minimum: 0))), .init("households", .nullable(.integer(minimum: 1))),
    ])

    static let item = Schema.named(
        "MandateItem",
        .object([
            .init("code", .text), .init("list", .string(values: MandateList.allCases.map(\.rawValue))),
            .init("zh", .text), .init("en", .text), .init("branch", .text), .init("basis", .array(.text)),
            .init("lead", .text), .init("assists", .array(.text)), .init("part", .text), .init("standard", .text),
            .init("under", .nullable(.text)), .init("from", .nullable(.text)), .init("until", .nullable(.text)),
            .init("tasks", .array(task)),
        ]))

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/mandates", id: "listMandates", tag: Self.tag,
                summary: LocalizedText(
                    "清单事项", "The items of a revision of the lists; the one in force when none is named"),
                query: [
                    .init("revision", .integer(minimum: 0, maximum: 1_000_000_000), required: false),
                    .init("list", .string(values: MandateList.allCases.map(\.rawValue)), required: false),
                    .init("after", .string(minimum: 1, maximum: 40), required: false),
                    .init("limit", .integer(minimum: 1, maximum: 200), required: false),
                ],
                response: .object([
                    .init("revision", .integer(minimum: 0)), .init("items", .array(Self.item)),
                    .init("next", .nullable(.text)),
                ])),
            right: .readMandates
        ) { staff, _ in
            let query = staff.visit.query
            let list = try Self.list(query)
            let asked = try Self.number("revision", query)
            let after = try query.filled("after").map { text throws(Refusal) in
                guard let place = ListStore.Place(text) else { throw Self.wrong("after") }
                return place
            }
            let limit = try Self.number("limit", query) ?? 200
            guard (1...200).contains(limit) else { throw Self.wrong("limit") }
            let (revision, page) = try await mandates.house.database.read { transaction in
                let revision = try asked ?? ListStore.current(in: transaction)
                return (
                    revision,
                    try ListStore.page(
                        at: revision, list: list, after: after, limit: Int(limit), in: transaction, fits: { _ in true })
                )
            }
            let visit = staff.visit
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("revision", revision)
                    writer.key("items")
                    writer.array(page.items) { Self.write($1, visit, to: &$0) }
                    writer.member("next", page.next?.text)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, "/mandates/differences", id: "compareMandates", tag: Self.tag,
                summary: LocalizedText("两版清单的差异", "What differs between two revisions"),
                query: [
                    .init("from", .integer(minimum: 0, maximum: 1_000_000_000)),
                    .init("to", .integer(minimum: 0, maximum: 1_000_000_000)),
                ],
                response: .object([
                    .init("added", .array(.text)), .init("removed", .array(.text)),
                    .init("changed", .array(.object([.init("code", .text), .init("elements", .array(.text))]))),
                ])), right: .readMandates
        ) { staff, _ in
            guard let from = try Self.number("from", staff.visit.query),
                let to = try Self.number("to", staff.visit.query)
            else { throw Self.wrong("from") }
            let difference = try await mandates.house.database.read { transaction in
                ListDifference(
                    from: try ListStore.items(at: from, in: transaction),
                    to: try ListStore.items(at: to, in: transaction))
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("added")
                    writer.array(difference.added) { $0.value($1.code) }
                    writer.key("removed")
                    writer.array(difference.removed) { $0.value($1.code) }
                    writer.key("changed")
                    writer.array(difference.changed) { writer, change in
                        writer.object { writer in
                            writer.member("code", change.after.code)
                            writer.key("elements")
                            writer.array(change.elements) { $0.value($1.rawValue) }
                        }
                    }
                }
            ).response
        }
    }

    static func wrong(_ field: String) -> Refusal {
        Refusal(
            .ruleBroken, "mandates.\(field)", LocalizedText("“\(field)”填写有误", "“\(field)” cannot be read"), field: field
        )
    }

    private static func number(_ name: String, _ query: QueryParameters) throws(Refusal) -> Int64? {
        guard let text = query.filled(name) else { return nil }
        guard let number = Int64(text), number >= 0 else { throw wrong(name) }
        return number
    }

    private static func list(_ query: QueryParameters) throws(Refusal) -> MandateList? {
        guard let text = query.filled("list") else { return nil }
        guard let list = MandateList(rawValue: text) else { throw wrong("list") }
        return list
    }

    static func write(_ item: MandateItem, _ visit: Visit, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("code", item.code)
            writer.member("list", item.list.rawValue)
            writer.member("zh", item.zh)
            writer.member("en", item.en)
            writer.member("branch", item.branch)
            writer.key("basis")
            writer.array(item.basis) { $0.value($1) }
            writer.member("lead", item.lead)
            writer.key("assists")
            writer.array(item.assists) { $0.value($1) }
            writer.member("part", visit(item.part))
            writer.member("standard", visit(item.standard))
            writer.member("under", item.under)
            writer.member("from", item.from?.description)
            writer.member("until", item.until?.description)
            writer.key("tasks")
            writer.array(item.tasks) { writer, task in
                writer.object { writer in
                    writer.member("key", task.key)
                    writer.member("zh", task.zh)
                    writer.member("en", task.en)
                    writer.member("within", task.within)
                    writer.member("at", task.at.rawValue)
                    writer.key("roles")
                    writer.array(task.roles) { $0.value($1) }
                    writer.key("minutes")
                    if let minutes = task.minutes { writer.value(minutes) } else { writer.null() }
                    writer.key("times")
                    if let times = task.times { writer.value(times) } else { writer.null() }
                    writer.key("households")
                    if let households = task.households { writer.value(households) } else { writer.null() }
                }
            }
        }
    }
}
