import Desk
import Ground
import Hummingbird
import Identity
import Places
import Registry
import Storage
import Web

/// `/api/v1/visits/care`: who is looked after, and the visits to them.
struct CareAPI: Sendable {
    let visits: Visits
    private static let tag = "visits"

    private static let member = Schema.named(
        "CareMember",
        .object([
            .init("id", .identifier), .init("subject", .nullable(.identifier), "null where it is masked"),
            .init("group", .nullable(.text), "null where it is masked"), .init("name", .nullable(.text)),
            .init("area", .text), .init("responsible", .text), .init("since", .string(format: "date")),
            .init("lastSeenAt", .nullable(.instant)), .init("dueOn", .string(format: "date")),
            .init("isMissed", .boolean),
        ]))

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/visits/care/groups", id: "listCareGroups", tag: Self.tag,
                summary: LocalizedText("关怀群体及其依据、频次", "Care groups with their basis and rhythm"),
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("key", .text), .init("name", .text), .init("basis", .nullable(.text)),
                                .init("purpose", .text), .init("isSensitive", .boolean), .init("isOff", .boolean),
                                .init("everyDays", .integer(minimum: 1)), .init("graceDays", .integer(minimum: 0)),
                            ])))
                ])), right: .registryRead
        ) { staff, _ in
            let language = staff.visit.language
            return .json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(visits.care.all) { writer, group in
                        writer.object { writer in
                            writer.member("key", group.key)
                            writer.member("name", group.title(language))
                            writer.member("basis", group.basis?(language))
                            writer.member("purpose", group.purpose)
                            writer.member("isSensitive", group.isSensitive)
                            writer.member("isOff", group.isOff)
                            writer.member("everyDays", group.everyDays)
                            writer.member("graceDays", group.graceDays)
                        }
                    }
                })
        }
        listing(routes)
        writing(routes)
    }

    private func listing(_ routes: Routes) {
        let query: [Schema.Member] = [
            .init("area", .string(maximum: 15), required: false), .init("after", .identifier, required: false),
        ]
        let response = Schema.object([.init("items", .array(Self.member)), .init("next", .nullable(.identifier))])
        routes.api(
            APIOperation(
                .get, "/visits/care/members", id: "listCared", tag: Self.tag,
                summary: LocalizedText("关怀对象（按知悉范围遮盖）", "Who is looked after; masked for those who may not know"),
                query: query, response: response), right: .registryRead
        ) { staff, _ in try await list(staff, purpose: nil) }
        routes.api(
            APIOperation(
                .post, "/visits/care/members/look-up", id: "showCared", tag: Self.tag,
                summary: LocalizedText("按用途查看关怀对象，记入台账", "Who is looked after, for a purpose that the ledger keeps"),
                query: query, request: .object([.init("purpose", .string(minimum: 1, maximum: 40))]),
                response: response), right: .registryReveal
        ) { staff, submission in
            struct Asked: Decodable { var purpose: String }
            let purpose = try submission.decode(Asked.self).purpose
            let (visits, scope, now) = (visits, staff.scope, staff.visit.now)
            let area = try QueuePage.area(staff.visit, within: scope)
            try await visits.house.database.write {
                try visits.noteCareLook(in: area, purpose: purpose, by: scope, at: now, in: $0)
            }
            return try await list(staff, purpose: purpose)
        }
    }

    private func list(_ staff: StaffVisit, purpose: String?) async throws -> Response {
        let (visits, scope, visit) = (visits, staff.scope, staff.visit)
        let area = try QueuePage.area(visit, within: scope)
        let after = try visit.query.filled("after").map { text throws(Refusal) in
            guard let id = CareMember.ID(parsing: text) else {
                throw Refusal(
                    .malformed, "visits.after", LocalizedText("翻页标记有误", "This is no mark of a page"), field: "after")
            }
            return id
        }
        let page = try await visits.house.database.read {
            try visits.cared(
                in: area, for: scope, purpose: purpose, after: after, limit: 100, language: visit.language, in: $0)
        }
        return .json(
            JSONWriter.object { writer in
                writer.key("items")
                writer.array(page.items) { writer, view in writer.object { Self.write(view, visit, to: &$0) } }
                writer.member("next", page.next)
            })
    }

    private static func write(_ view: CareView, _ visit: Visit, to writer: inout JSONWriter) {
        let member = view.member
        writer.member("id", member.id)
        writer.member("subject", view.group == nil ? nil : member.subject)
        writer.member("group", view.group?.key)
        writer.member("name", view.name)
        writer.member("area", member.area.code)
        writer.member("responsible", view.responsible)
        writer.member("since", member.since.description)
        writer.member("lastSeenAt", member.lastSeenAt)
        writer.member("dueOn", member.dueOn.description)
        writer.member("isMissed", member.task != nil || member.missedOn <= visit.now.local().day)
    }

    // MARK: Writing

    private func writing(_ routes: Routes) {
        act(
            routes, "/visits/care/members", id: "enterCared", LocalizedText("列入关怀群体", "Enter somebody in a group"),
            request: [
                .init("subject", .identifier), .init("group", .string(minimum: 1, maximum: 40)),
                .init("post", .identifier, "who answers"),
            ], right: .registryManage, status: 201
        ) { visits, submission, visit in
            struct Asked: Decodable {
                var subject: SubjectID
                var group: String
                var post: PostID
            }
            let asked = try submission.decode(Asked.self)
            return { scope, now, transaction in
                try visits.enter(
                    asked.subject, in: asked.group, post: asked.post, by: scope, at: now, in: transaction)
            }
        }
        act(
            routes, "/visits/care/members/{id}/visits", id: "noteCareVisit",
            LocalizedText("记录一次关怀走访", "Note a visit to somebody looked after"),
            request: [
                .init("outcome", .string(values: CareOutcome.allCases.map(\.rawValue))),
                .init("note", .nullable(.string(maximum: 1_000)), required: false),
                .init("seenAt", .nullable(.instant), required: false),
            ], right: .registryWrite
        ) { visits, submission, visit in
            struct Asked: Decodable {
                var outcome: CareOutcome
                var note: String?
                var seenAt: String?
            }
            let id: CareMember.ID = try visit.identifier()
            let asked = try submission.decode(Asked.self)
            let report = try VisitReport(
                .init(outcome: nil, seenAt: asked.seenAt, knownAt: nil, answers: nil), receivedAt: visit.now)
            return { scope, now, transaction in
                try visits.look(
                    in: id, outcome: asked.outcome, note: asked.note, seenAt: report.seenAt, by: scope, at: now,
                    in: transaction)
            }
        }
        act(
            routes, "/visits/care/members/{id}/hand-over", id: "handCared",
            LocalizedText("更换责任人", "Another post answers"),
            request: [.init("post", .identifier)], right: .registryManage
        ) { visits, submission, visit in
            struct Asked: Decodable { var post: PostID }
            let id: CareMember.ID = try visit.identifier()
            let post = try submission.decode(Asked.self).post
            return { scope, now, transaction in
                try visits.hand(id, to: post, by: scope, at: now, in: transaction)
            }
        }
        act(
            routes, "/visits/care/members/{id}/end", id: "endCare", LocalizedText("停止关怀", "Nobody looks in any more"),
            request: nil, right: .registryManage
        ) { visits, _, visit in
            let id: CareMember.ID = try visit.identifier()
            return { scope, now, transaction in try visits.end(id, by: scope, at: now, in: transaction) }
        }
    }

    private typealias Act = @Sendable (Scope, Instant, any Transaction) throws -> CareMember

    private func act(
        _ routes: Routes, _ path: String, id: String, _ summary: LocalizedText, request: [Schema.Member]?, right: Right,
        status: Int = 200, _ read: @escaping @Sendable (Visits, Submission, Visit) throws -> Act
    ) {
        routes.api(
            APIOperation(
                .post, path, id: id, tag: Self.tag, summary: summary, request: request.map { .object($0) },
                status: status, response: Self.member), right: right
        ) { staff, submission in
            let (visits, scope, visit, now) = (visits, staff.scope, staff.visit, staff.visit.now)
            let act = try read(visits, submission, visit)
            return try await visit.write(submission) { transaction in
                let member = try act(scope, now, transaction)
                let view = try visits.views(
                    [member], for: scope, purpose: nil, language: visit.language, in: transaction)
                return .json(
                    JSONWriter.object { writer in view.first.map { Self.write($0, visit, to: &writer) } },
                    status: status)
            }
        }
    }
}
