import Desk
import Ground
import Hummingbird
import Storage
import Web

struct MessageAPI: Sendable {
    let house: House

    private static let schema = Schema.named(
        "Message",
        .object([
            .init("id", .identifier), .init("kind", .text), .init("subjectKind", .text), .init("subjectId", .text),
            .init("text", .text), .init("address", .text), .init("at", .instant), .init("urgent", .boolean),
            .init("read", .boolean),
        ]))

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/messages", id: "listMessages", tag: "messages",
                summary: LocalizedText("本岗位的消息", "Messages of the present post"),
                query: [
                    .init("unread", .boolean, required: false), .init("after", .text, required: false),
                    .init("limit", .integer(minimum: 1, maximum: 200), required: false),
                ],
                response: .object([
                    .init("items", .array(Self.schema)), .init("next", .nullable(.identifier)),
                    .init("unread", .integer()),
                ])), right: nil
        ) { staff, _ in try await list(staff) }
        routes.api(
            APIOperation(
                .post, "/messages/read", id: "readAllMessages", tag: "messages",
                summary: LocalizedText("全部标为已读", "Mark all as read"),
                response: .object([.init("unread", .integer())])), right: nil
        ) { staff, submission in
            let scope = staff.scope
            return try await staff.visit.write(submission) { transaction in
                try NoticeStore.markAllRead(by: scope, in: transaction)
                let unread = try NoticeStore.unreadCount(scope, in: transaction)
                return .json(JSONWriter.object { $0.member("unread", unread) })
            }
        }
        addTexts(to: routes)
        routes.api(
            APIOperation(
                .post, "/messages/{id}/read", id: "readMessage", tag: "messages",
                summary: LocalizedText("标为已读", "Mark as read"), response: .object([.init("address", .text)])),
            right: nil
        ) { staff, submission in
            let id: Identifier<Notice> = try staff.visit.identifier()
            let scope = staff.scope
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                guard let address = try NoticeStore.markRead(id, by: scope, at: now, in: transaction) else {
                    throw Refusal.nothingHere
                }
                return .json(JSONWriter.object { $0.member("address", address) })
            }
        }
    }

    static func limit(_ visit: Visit) throws(Refusal) -> Int {
        let limit = visit.query.filled("limit").flatMap { Int($0) } ?? 50
        guard (1...200).contains(limit) else {
            throw Refusal(
                .malformed, "messages.limit", LocalizedText("limit 须在 1 到 200 之间", "limit lies between 1 and 200"),
                field: "limit")
        }
        return limit
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let limit = try Self.limit(visit)
        let onlyUnread = visit.query["unread"] == "true"
        let after = visit.query.filled("after")
        let (items, unread) = try await house.database.read { transaction in
            (
                try NoticeStore.inbox(scope, onlyUnread: onlyUnread, after: after, limit: limit + 1, in: transaction),
                try NoticeStore.unreadCount(scope, in: transaction)
            )
        }
        let shown = items.prefix(limit)
        return .json(
            JSONWriter.object { writer in
                writer.key("items")
                writer.array(shown) { writer, item in
                    writer.object { writer in
                        writer.member("id", item.id)
                        writer.member("kind", item.kind)
                        writer.member("subjectKind", item.subjectKind)
                        writer.member("subjectId", item.subjectID)
                        writer.member("text", visit(item.text))
                        writer.member("address", item.address)
                        writer.member("at", item.at)
                        writer.member("urgent", item.isUrgent)
                        writer.member("read", item.isRead)
                    }
                }
                writer.member("next", items.count > limit ? shown.last?.id : nil)
                writer.member("unread", unread)
            })
    }
}
