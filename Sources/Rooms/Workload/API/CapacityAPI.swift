import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/workload/capacity`: leave, training, people lent and cadres sent down, for programs.
struct CapacityAPI: Sendable {
    let workload: Workload
    private static let tag = "workload"

    private static let members: [Schema.Member] = [
        .init("kind", .string(values: CapacityEntry.Kind.allCases.map(\.rawValue))),
        .init("area", .string(pattern: "^([0-9]{9}|[0-9]{12})$"), "a street or community"),
        .init("role", .string(minimum: 1, maximum: 60), "of posts whose time counts (workload.yaml)"),
        .init("people", .integer(minimum: 1, maximum: 1_000)), .init("from", .string(format: "date")),
        .init("until", .string(format: "date"), "that day too"),
    ]
    private static let entry = Schema.named("CapacityEntry", .object(members + [.init("id", .identifier)]))

    private struct Asked: Decodable {
        var kind: String
        var area: String
        var role: String
        var people: Int64
        var from: String
        var until: String
    }

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/workload/capacity", id: "listCapacityEntries", tag: Self.tag,
                summary: LocalizedText("可用工时的变化", "What is entered of the time that there is"),
                query: [.init("after", .identifier, required: false)],
                response: .object([.init("items", .array(Self.entry)), .init("next", .nullable(.text))])),
            right: .readWorkload
        ) { staff, _ in
            let after: CapacityEntryID? = staff.visit.query.filled("after").flatMap { CapacityEntryID(parsing: $0) }
            let found = try await workload.house.database.read { transaction in
                let last = try after.flatMap { try CapacityStore.find($0, for: staff.scope, in: transaction) }
                return try CapacityStore.page(
                    within: staff.scope.area, for: staff.scope, after: last, limit: 101, in: transaction)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found.prefix(100)) { Self.write($1, to: &$0) }
                    writer.member("next", found.count > 100 ? found[99].id.text : nil)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/workload/capacity", id: "enterCapacity", tag: Self.tag,
                summary: LocalizedText("登记休假、培训、借调或下沉", "Enter leave, training, people lent or sent down"),
                request: .named("CapacityQuestion", .object(Self.members)), response: Self.entry), right: .readWorkload
        ) { staff, submission in
            let asked = try submission.decode(Asked.self)
            let entry = try CapacityEntry(
                kind: asked.kind, area: asked.area, role: asked.role, people: asked.people, from: asked.from,
                until: asked.until)
            let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let kept = try workload.enter(entry, by: scope, at: now, in: transaction)
                var writer = JSONWriter()
                Self.write(kept, to: &writer)
                return .json(writer.finish())
            }
        }
        routes.api(
            APIOperation(
                .delete, "/workload/capacity/{id}", id: "withdrawCapacity", tag: Self.tag,
                summary: LocalizedText("撤回一项登记", "Take an entry back"), status: 204, refusals: [404]),
            right: .readWorkload
        ) { staff, submission in
            let id: CapacityEntryID = try staff.visit.identifier()
            let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try workload.withdraw(capacity: id, by: scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
    }

    private static func write(_ kept: KeptCapacity, to writer: inout JSONWriter) {
        let entry = kept.entry
        writer.object { writer in
            writer.member("id", kept.id)
            writer.member("kind", entry.kind.rawValue)
            writer.member("area", entry.area.code)
            writer.member("role", entry.role)
            writer.member("people", entry.people)
            writer.member("from", entry.from.description)
            writer.member("until", entry.until.description)
        }
    }
}
