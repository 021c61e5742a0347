import Desk
import Ground
import Hummingbird
import Storage
import Web

/// The filters that somebody keeps under names of their own.
extension Cases {
    private struct Keeping: Decodable {
        var name: String?
        var query: String?
    }

    func addViewsAPI(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/views", id: "listViews", tag: "cases", summary: LocalizedText("我的视图", "My views"),
                response: .object([.init("views", .array(Self.viewSchema))])), right: .caseRead
        ) { staff, _ in
            let scope = staff.scope
            let views = try await house.database.read { try SavedViewStore.list(of: scope.staff, in: $0) }
            return .json(
                JSONWriter.object { writer in
                    writer.key("views")
                    writer.array(views) { Self.write($1, to: &$0) }
                })
        }
        routes.api(
            APIOperation(
                .post, "/views", id: "keepView", tag: "cases",
                summary: LocalizedText("保存视图（同名则更新）", "Keep a view; one of the same name gets the new filter"),
                request: .object([
                    .init("name", .string(minimum: 1, maximum: 30)),
                    .init("query", .string(maximum: 2_000), "a filter as it stands in the address of the queue"),
                ]), status: 201, response: Self.viewSchema), right: .caseRead
        ) { staff, submission in
            let request = try submission.decode(Keeping.self)
            let scope = staff.scope
            let now = staff.visit.now
            let view = try SavedViews(cases: self).view(
                name: (request.name ?? "").trimmed, query: request.query ?? "", at: now)
            return try await staff.visit.write(submission) { transaction in
                try SavedViewStore.save(view, of: scope.staff, at: now, in: transaction)
                // One of the same name keeps its identifier.
                let kept = try SavedViewStore.list(of: scope.staff, in: transaction).first { $0.name == view.name }
                return .json(JSONWriter.object { Self.writeMembers(kept ?? view, to: &$0) }, status: 201)
            }
        }
        routes.api(
            APIOperation(
                .delete, "/views/{id}", id: "deleteView", tag: "cases",
                summary: LocalizedText("删除视图", "Delete a view"), status: 204), right: .caseRead
        ) { staff, submission in
            let id: Identifier<SavedView> = try staff.visit.identifier()
            let scope = staff.scope
            return try await staff.visit.write(submission) { transaction in
                guard try SavedViewStore.list(of: scope.staff, in: transaction).contains(where: { $0.id == id }) else {
                    throw Refusal.nothingHere
                }
                try SavedViewStore.delete(id, of: scope.staff, in: transaction)
                return Answer(status: 204)
            }
        }
    }

    private static func write(_ view: SavedView, to writer: inout JSONWriter) {
        writer.object { writeMembers(view, to: &$0) }
    }

    private static func writeMembers(_ view: SavedView, to writer: inout JSONWriter) {
        writer.member("id", view.id)
        writer.member("name", view.name)
        writer.member("query", view.query)
    }

    private static let viewSchema = Schema.named(
        "SavedView", .object([.init("id", .identifier), .init("name", .text), .init("query", .text)]))
}
