import Desk
import Ground
import Hummingbird
import Identity
import Registry
import Storage
import Web

/// Subscriptions, for programs: begin, take the whole list once, then ask what changed.
struct FeedAPI: Sendable {
    let forms: Forms
    private static let tag = "forms"

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/forms/{key}/subscription", id: "subscribeToForm", tag: Self.tag,
                summary: LocalizedText("订阅一张表的变化", "Subscribe to the changes of a form"),
                response: .object([.init("since", .text, "where changes are told from")]), refusals: [404]),
            right: .formsRead
        ) { staff, submission in
            let form = try forms.form(try staff.visit.parameter("key"), for: staff.scope)
            let (forms, now) = (forms, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let mark = try forms.subscribe(to: form, at: now, in: transaction)
                return .json(JSONWriter.object { $0.member("since", mark.text) })
            }
        }
        let query: [Schema.Member] = [
            .init(
                "since", .string(pattern: "^[0-9]{1,15}-[0-9]{4}-[0-9]{2}-[0-9]{2}-([0-9a-hjkmnp-tv-z]{26}|end)$"),
                "the mark of the subscription, or `next` of the last answer")
        ]
        let response: Schema = .object([
            .init("columns", .array(.text)),
            .init(
                "items",
                .array(
                    .object([
                        .init("id", .identifier), .init("area", .text), .init("isListed", .boolean),
                        .init("values", .array(.text), "empty when it is not listed any more"),
                    ]))),
            .init("next", .text), .init("isAll", .boolean, "false: ask again at once"),
        ])
        routes.api(
            APIOperation(
                .get, "/forms/{key}/changes", id: "readChanges", tag: Self.tag,
                summary: LocalizedText("上次以来名单的变化（个人信息脱敏）", "What changed in a list since, personal values masked"),
                query: query, response: response, refusals: [404, 409]), right: .formsRead
        ) { staff, _ in try await changes(staff, inClear: false) }
        routes.api(
            APIOperation(
                .post, "/forms/{key}/changes", id: "readChangesInClear", tag: Self.tag,
                summary: LocalizedText(
                    "按本表用途取变化原文（记入台账）", "The changes in clear for the form's purpose; noted on the ledger"),
                query: query,
                request: .object([.init("purpose", .text, "the purpose of the form, to confirm it")]),
                response: response, refusals: [404, 409]), right: .registryReveal
        ) { staff, submission in
            struct Asked: Decodable { var purpose: String }
            let purpose = try submission.decode(Asked.self).purpose
            let form = try forms.form(try staff.visit.parameter("key"), for: staff.scope)
            guard purpose == form.definition.purpose else { throw Forms.otherPurpose }
            return try await changes(staff, inClear: true)
        }
    }

    private func changes(_ staff: StaffVisit, inClear: Bool) async throws -> Response {
        let visit = staff.visit
        let form = try forms.form(try visit.parameter("key"), for: staff.scope)
        guard let mark = visit.query.filled("since").flatMap({ FeedMark($0) }) else {
            throw Refusal(
                .malformed, "forms.since",
                LocalizedText("请给出订阅时得到的标记", "Give the mark that the subscription gave"), field: "since")
        }
        let (forms, scope, now) = (forms, staff.scope, visit.now)
        let question = try FormQuestion(
            visit.query, within: scope, today: now.local().day, origin: forms.engine.origin)
        let found = try await forms.house.database.write { transaction in
            let found = try forms.changes(of: form, since: mark, for: scope, at: now, in: transaction)
            try FeedStore.touch(form.definition.key, at: now, in: transaction)
            let shown = found.items.filter { $0.listed != nil }.map(\.subject)
            if inClear, !shown.isEmpty {
                try forms.note(
                    "forms.list-shown", form, question, rows: shown.count, inClear: true, of: shown, isLimited: false,
                    by: scope, at: now, in: transaction)
            }
            return found
        }
        let columns = forms.columns(form, at: question.day, purpose: inClear ? form.definition.purpose : nil)
        return Answer.json(
            JSONWriter.object { writer in
                writer.key("columns")
                writer.array(form.definition.columns) { $0.value($1) }
                writer.key("items")
                writer.array(found.items) { writer, item in
                    writer.object { writer in
                        writer.member("id", item.subject)
                        writer.member("area", item.area)
                        writer.member("isListed", item.listed != nil)
                        writer.key("values")
                        writer.array(item.listed.map { listed in columns.map { $0.cell(listed, visit).text } } ?? []) {
                            $0.value($1)
                        }
                    }
                }
                writer.member("next", found.next.text)
                writer.member("isAll", found.isAll)
            }
        ).response
    }
}
