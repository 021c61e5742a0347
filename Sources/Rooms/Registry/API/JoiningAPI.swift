import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// Duplicates and mistakes, for programs.
struct JoiningAPI: Sendable {
    let registry: Registry
    private static let tag = "registry"

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/registry/subjects/{id}/look-alikes", id: "listLookAlikes", tag: Self.tag,
                summary: LocalizedText("可能重复的档案", "Those that could be the same"),
                response: .object([.init("items", .array(RegistryJSON.subject))])), right: .registryManage
        ) { staff, _ in
            let id: SubjectID = try staff.visit.identifier()
            let (registry, scope) = (registry, staff.scope)
            let found = try await registry.house.database.read { transaction in
                try registry.lookAlikes(
                    of: try registry.subject(id, for: scope, in: transaction), for: scope, in: transaction)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found) { writer, one in writer.object { write(one, staff.visit, to: &$0) } }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/registry/subjects/{id}/join", id: "joinDuplicate", tag: Self.tag,
                summary: LocalizedText("把重复档案并入此档案（可拆分）", "Join a duplicate into this one; can be parted again"),
                request: .object([.init("duplicate", .identifier)]), response: RegistryJSON.subject),
            right: .registryManage
        ) { staff, submission in
            struct Asked: Decodable { var duplicate: SubjectID }
            let duplicate = try submission.decode(Asked.self).duplicate
            return try await act(staff, submission) { registry, id, scope, now, transaction in
                try registry.join(duplicate, into: id, by: scope, at: now, in: transaction)
            }
        }
        routes.api(
            APIOperation(
                .post, "/registry/subjects/{id}/part", id: "partDuplicate", tag: Self.tag,
                summary: LocalizedText("拆分：恢复被合并的档案", "Part what was joined"), response: RegistryJSON.subject),
            right: .registryManage
        ) { staff, submission in
            try await act(staff, submission) { registry, id, scope, now, transaction in
                try registry.part(id, by: scope, at: now, in: transaction)
            }
        }
        routes.api(
            APIOperation(
                .post, "/registry/subjects/{id}/entries/{entry}/void", id: "voidEntry", tag: Self.tag,
                summary: LocalizedText("撤回一次登记", "Take one entry back"), response: RegistryJSON.subject),
            right: .registryWrite
        ) { staff, submission in
            let entry: RegistryEntry.ID = try staff.visit.identifier("entry")
            return try await act(staff, submission) { registry, id, scope, now, transaction in
                try registry.void(entry, of: id, by: scope, at: now, in: transaction)
            }
        }
    }

    private func act(
        _ staff: StaffVisit, _ submission: Submission,
        _ body: @escaping @Sendable (Registry, SubjectID, Scope, Instant, any Transaction) throws -> StoredSubject
    ) async throws -> Response {
        let id: SubjectID = try staff.visit.identifier()
        let (registry, scope, visit, now) = (registry, staff.scope, staff.visit, staff.visit.now)
        return try await visit.write(submission) { transaction in
            let subject = try body(registry, id, scope, now, transaction)
            return .json(
                JSONWriter.object { write(subject, visit, to: &$0) }, version: subject.version)
        }
    }

    private func write(_ subject: StoredSubject, _ visit: Visit, to writer: inout JSONWriter) {
        RegistryJSON.write(
            subject, registry.dictionary, at: visit.now.local().day, purpose: nil, visit.language,
            areaName: registry.places.name(of:), to: &writer)
    }
}
