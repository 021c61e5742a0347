import Desk
import Ground
import Hummingbird
import Identity
import Registry
import Storage
import Web

/// `/api/v1/forms`: figures and lists for programs.
struct FormsAPI: Sendable {
    let forms: Forms
    private static let tag = "forms"

    func add(to routes: Routes) {
        all(routes)
        figures(routes)
        rows(routes)
    }

    private static let query: [Schema.Member] = [
        .init("area", .string(maximum: 15), required: false, "one's own when not said"),
        .init("day", .string(format: "date"), required: false, "today when not said"),
    ]

    private func all(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/forms", id: "listForms", tag: Self.tag,
                summary: LocalizedText("可打开的表", "The forms one may open"),
                response: .object([
                    .init(
                        "items",
                        .array(
                            .named(
                                "Form",
                                .object([
                                    .init("key", .text), .init("name", .text), .init("line", .text),
                                    .init("purpose", .text),
                                    .init("of", .text), .init("filter", .text), .init("columns", .array(.text)),
                                    .init("cells", .array(.text)),
                                ]))))
                ])), right: .formsRead
        ) { staff, _ in
            let language = staff.visit.language
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(forms.forms(for: staff.scope)) { writer, form in
                        writer.object { writer in
                            writer.member("key", form.definition.key)
                            writer.member("name", form.definition.name(language))
                            writer.member("line", form.definition.line)
                            writer.member("purpose", form.definition.purpose)
                            writer.member("of", form.definition.kind.rawValue)
                            writer.member("filter", form.definition.filter)
                            writer.key("columns")
                            writer.array(form.definition.columns) { $0.value($1) }
                            writer.key("cells")
                            writer.array([FormTexts.total] + form.cellTitles) { $0.value($1(language)) }
                        }
                    }
                }
            ).response
        }
    }

    private func question(_ staff: StaffVisit) throws(Refusal) -> (CompiledForm, FormQuestion) {
        let form = try forms.form(try staff.visit.parameter("key"), for: staff.scope)
        return (
            form,
            try FormQuestion(
                staff.visit.query, within: staff.scope, today: staff.visit.now.local().day, origin: forms.engine.origin)
        )
    }

    private func figures(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/forms/{key}/figures", id: "readFigures", tag: Self.tag,
                summary: LocalizedText("一张表的统计，按下级区域分", "The figures of a form, by the parts of an area"),
                query: Self.query + [
                    .init(
                        "known", .string(format: "date"), required: false,
                        "as it was known on that day; as now when not said")
                ],
                response: .object([
                    .init("area", .text), .init("day", .string(format: "date")), .init("cells", .array(.text)),
                    .init("counts", .array(.nullable(.integer())), "null where a figure is withheld: too few people"),
                    .init(
                        "parts",
                        .array(.object([.init("area", .text), .init("counts", .array(.nullable(.integer())))]))),
                ]), refusals: [404]), right: .formsRead
        ) { staff, _ in
            let (form, question) = try question(staff)
            let (forms, scope) = (forms, staff.scope)
            let figures = try await forms.house.database.read { transaction -> ShownFigures in
                guard let state = try forms.engine.states(in: transaction)[form.instance], state.horizon != nil else {
                    throw Forms.beingComputed
                }
                return try forms.figures(form, state, question, for: scope, in: transaction)
            }
            let language = staff.visit.language
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("area", question.area.code)
                    writer.member("day", question.day.description)
                    writer.key("cells")
                    writer.array([FormTexts.total] + form.cellTitles) { $0.value($1(language)) }
                    writer.key("counts")
                    writer.array(figures.whole) { Self.write($1, to: &$0) }
                    writer.key("parts")
                    writer.array(figures.parts.sorted { $0.key < $1.key }) { writer, part in
                        writer.object { writer in
                            writer.member("area", part.key)
                            writer.key("counts")
                            writer.array(part.value) { Self.write($1, to: &$0) }
                        }
                    }
                }
            ).response
        }
    }

    private static func write(_ count: Int?, to writer: inout JSONWriter) {
        if let count { writer.value(count) } else { writer.null() }
    }

    private func rows(_ routes: Routes) {
        let response: Schema = .object([
            .init("columns", .array(.text)),
            .init(
                "items",
                .array(.object([.init("id", .identifier), .init("area", .text), .init("values", .array(.text))]))),
            .init("next", .nullable(.text)),
        ])
        let paged = Self.query + [.init("after", .string(maximum: 60), required: false)]
        routes.api(
            APIOperation(
                .get, "/forms/{key}/rows", id: "readRows", tag: Self.tag,
                summary: LocalizedText("一张表的名单（个人信息脱敏）", "The list of a form, personal values masked"), query: paged,
                response: response, refusals: [404]), right: .formsRead
        ) { staff, _ in try await rows(staff, purpose: nil) }
        routes.api(
            APIOperation(
                .post, "/forms/{key}/rows", id: "readRowsInClear", tag: Self.tag,
                summary: LocalizedText(
                    "按本表用途取名单原文（记入台账）", "The list in clear for the form's purpose; noted on the ledger"), query: paged,
                request: .object([.init("purpose", .text, "the purpose of the form, to confirm it")]),
                response: response, refusals: [404]), right: .registryReveal
        ) { staff, submission in
            struct Asked: Decodable { var purpose: String }
            let purpose = try submission.decode(Asked.self).purpose
            let (form, _) = try question(staff)
            guard purpose == form.definition.purpose else {
                throw Forms.otherPurpose
            }
            return try await rows(staff, purpose: purpose)
        }
    }

    private func rows(_ staff: StaffVisit, purpose: String?) async throws -> Response {
        let (form, question) = try question(staff)
        let (forms, scope, now) = (forms, staff.scope, staff.visit.now)
        let read: @Sendable (any Transaction) throws -> (items: [ListedSubject], next: String?) = { transaction in
            guard try forms.engine.states(in: transaction)[form.instance]?.horizon != nil else {
                throw Forms.beingComputed
            }
            return try forms.listed(form, question, for: scope, limit: 200, in: transaction)
        }
        let page: (items: [ListedSubject], next: String?)
        if purpose == nil {
            page = try await forms.house.database.read(read)
        } else {
            page = try await forms.taking(by: scope, at: now) { transaction in
                let page = try read(transaction)
                try forms.note(
                    "forms.list-shown", form, question, rows: page.items.count, inClear: true,
                    of: page.items.map(\.subject.id), by: scope, at: now, in: transaction)
                return page
            }
        }
        let columns = forms.columns(form, at: question.day, purpose: purpose)
        let visit = staff.visit
        return Answer.json(
            JSONWriter.object { writer in
                writer.key("columns")
                writer.array(form.definition.columns) { $0.value($1) }
                writer.key("items")
                writer.array(page.items) { writer, item in
                    writer.object { writer in
                        writer.member("id", item.subject.id)
                        writer.member("area", item.area)
                        writer.key("values")
                        writer.array(columns) { writer, column in writer.value(column.cell(item, visit).text) }
                    }
                }
                writer.member("next", page.next)
            }
        ).response
    }
}

extension Cell {
    /// As it stands in the interface.
    var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): number == number.rounded() ? String(Int64(number)) : String(number)
        case .instant(let instant): instant.iso8601
        case .empty: ""
        }
    }
}
