import Appraisals
import Desk
import Ground
import Hummingbird
import Identity
import Web

/// The cards of streets and departments for programs.
struct CardAPI: Sendable {
    let accounts: Accounts
    private static let tag = "accounts"

    private static let period = Schema.Member(
        "period", .string(pattern: "^20[0-9]{2}(-(0[1-9]|1[0-2]|Q[1-4]))?$"), required: false,
        "a month 2026-07, a quarter 2026-Q3 or a year 2026; the present year without it")

    private static let card = Schema.named(
        "ReportCard",
        .object([
            .init("subject", .text, "the code of a street, the id of a department"), .init("name", .text),
            .init("period", .text), .init("from", .string(format: "date")), .init("until", .string(format: "date")),
            .init(
                "sections",
                .array(
                    .object([
                        .init("section", .text), .init("title", .text),
                        .init("span", .text, "the days, or what else the figures hold for"),
                        .init(
                            "figures",
                            .array(
                                .object([
                                    .init("figure", .text, "stable"), .init("name", .text),
                                    .init("unit", .string(values: ReportCard.Value.Unit.allCases.map(\.rawValue))),
                                    .init("value", .nullable(.number), "null for words, and of nothing"),
                                    .init("text", .text, "as the page writes it"),
                                    .init("records", .text, "where its records stand"),
                                    .init("note", .nullable(.text)),
                                ]))),
                    ]))),
        ]))

    func add(to routes: Routes) {
        let pages = CardPages(accounts: accounts)
        routes.api(
            APIOperation(
                .get, "/street-accounts/{street}/card", id: "readStreetCard", tag: Self.tag,
                summary: LocalizedText("街道成绩单", "The report card of a street"), query: [Self.period],
                response: Self.card), right: .readWorkload
        ) { staff, _ in
            Self.answer(try await pages.streetCard(staff, "street"), staff.visit)
        }
        routes.api(
            APIOperation(
                .get, "/department-cards/{body}", id: "readDepartmentCard", tag: Self.tag,
                summary: LocalizedText("部门成绩单", "The report card of a department"), query: [Self.period],
                response: Self.card), right: .readAppraisals
        ) { staff, _ in
            Self.answer(try await pages.departmentCard(staff), staff.visit)
        }
    }

    private static func answer(_ card: ReportCard, _ visit: Visit) -> Response {
        Answer.json(
            JSONWriter.object { writer in
                writer.member("subject", card.subject.text)
                writer.member("name", card.name)
                writer.member("period", card.period.text)
                writer.member("from", card.period.days.lowerBound.description)
                writer.member("until", card.period.days.upperBound.description)
                writer.key("sections")
                writer.array(card.sections) { writer, section in
                    writer.object { writer in
                        writer.member("section", section.key)
                        writer.member("title", visit(section.title))
                        writer.member("span", visit(section.span))
                        writer.key("figures")
                        writer.array(section.figures) { writer, figure in
                            writer.object { write(figure, to: &$0, visit) }
                        }
                    }
                }
            }
        ).response
    }

    private static func write(_ figure: ReportCard.Figure, to writer: inout JSONWriter, _ visit: Visit) {
        writer.member("figure", figure.key)
        writer.member("name", visit(figure.name))
        writer.member("unit", figure.value.unit.rawValue)
        writer.key("value")
        if let number = figure.value.number { writer.value(number) } else { writer.null() }
        writer.member("text", CardPages.text(figure.value, visit))
        writer.member("records", figure.address)
        writer.member("note", figure.note.map { visit($0) })
    }
}
