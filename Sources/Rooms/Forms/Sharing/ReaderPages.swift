import Desk
import Ground
import Hummingbird
import Identity
import Ledger
import Registry
import Storage
import Web

/// `/forms/readers/ID`: who read what is held of somebody, and why; staff show it to the person who asks.
struct ReaderPages: Sendable {
    let forms: Forms

    /// One look, whichever way it was taken.
    struct Look: Sendable {
        var at: Instant
        var staff: String
        var body: String
        var purpose: String
        var what: LocalizedText
        /// Where it is one of a list.
        var reading: FormReading.ID?
    }

    static let title = LocalizedText("谁看过我的信息", "Who read my data")

    func add(to routes: Routes) {
        routes.page("/forms/readers/:id", right: .registryRead) { try await show($0) }
        routes.api(
            APIOperation(
                .get, "/forms/readers/{id}", id: "listReaders", tag: "forms",
                summary: LocalizedText("谁、何时、为何看过某人的信息", "Who read somebody's data, when and why"),
                query: [.init("after", .identifier, required: false)],
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("at", .instant), .init("staff", .text), .init("body", .text),
                                .init("purpose", .text), .init("what", .text),
                            ]))), .init("next", .nullable(.text)),
                ])), right: .registryRead
        ) { staff, _ in
            let (_, looks, next) = try await looks(staff)
            let language = staff.visit.language
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(looks) { writer, look in
                        writer.object { writer in
                            writer.member("at", look.at)
                            writer.member("staff", look.staff)
                            writer.member("body", look.body)
                            writer.member("purpose", look.purpose)
                            writer.member("what", look.what(language))
                        }
                    }
                    writer.member("next", next)
                }
            ).response
        }
    }

    private static let page = 100

    private func looks(_ staff: StaffVisit) async throws -> (StoredSubject, [Look], next: String?) {
        let id: SubjectID = try staff.visit.identifier()
        var after: FormReading.ID?
        if let text = staff.visit.query.filled("after") {
            guard let mark = FormReading.ID(parsing: text) else {
                throw Refusal(
                    .malformed, "forms.after", LocalizedText("翻页标记有误", "This is no mark of a page"), field: "after")
            }
            after = mark
        }
        let (forms, scope, start) = (forms, staff.scope, after)
        return try await forms.house.database.read { transaction in
            let subject = try forms.registry.subject(id, for: scope, in: transaction)
            let looks = try forms.looks(of: id, subject.kind, after: start, limit: Self.page, in: transaction)
            let last = looks.compactMap(\.reading).min()
            let isMore = try last.map {
                try !FormReadingsStore.page(of: id, after: $0, limit: 1, in: transaction).isEmpty
            }
            return (subject, looks.sorted { $0.at > $1.at }, isMore == true ? last?.text : nil)
        }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (subject, looks, next) = try await looks(staff)
        let dictionary = forms.registry.dictionary
        let columns: [Column<Look>] = [
            .instant("时间", "When") { $0.at },
            .text("单位", "Body") { look, _ in look.body.isEmpty ? "—" : look.body },
            .text("经办人", "By") { look, _ in look.staff },
            .text("用途", "Purpose") { look, visit in
                dictionary.purpose(look.purpose).map { visit($0.title) } ?? look.purpose
            },
            .text("看了什么", "What was read") { look, visit in visit(look.what) },
        ]
        let address = "/registry/subjects/\(subject.id)"
        return visit.page(
            Page(
                visit(Self.title),
                breadcrumb: [(visit(subject.kind.title), address), (visit(Self.title), nil)],
                """
                <p class="lead">\(visit("按用途看过原文的每一次都在这里。打码的名单和统计不显示个人信息，不列入。本人查询时可当面出示或打印。", "Every look in clear stands here, with its purpose. Masked lists and figures show nothing of a person and are not listed. Show or print it when the person asks."))</p>\
                \(Listing(caption: visit(Self.title), columns: columns, items: looks, next: next, whenEmpty: "<p>\(visit("还没有人看过原文。", "Nobody has read it in clear."))</p>").html(visit))
                """))
    }
}
