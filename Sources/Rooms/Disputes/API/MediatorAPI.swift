import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/mediators`: the register of mediators.
struct MediatorAPI: Sendable {
    let disputes: Disputes

    private struct Asked: Decodable, Sendable {
        var name: String
        var organisation: String
        var area: String?
        var level: String
        var fields: [String]
        var languages: [String]
        var phone: String?
        var active: Bool?

        func entry(_ area: AreaPrefix) -> MediatorEntry {
            MediatorEntry(
                name: name, organisation: organisation, area: area, level: level, fields: Set(fields),
                languages: Set(languages), phone: phone, isActive: active ?? true)
        }
    }

    private var request: Schema {
        let rules = disputes.rules
        return .named(
            "MediatorEntry",
            .object([
                .init("name", .string(minimum: 1, maximum: 40)),
                .init("organisation", .string(minimum: 1, maximum: 60)),
                .init("area", .nullable(.text), required: false, "for a new one"),
                .init("level", .string(values: rules.levels.map(\.key))),
                .init("fields", .array(.string(values: rules.fields.keys.sorted()))),
                .init("languages", .array(.string(values: rules.languages.keys.sorted()))),
                .init("phone", .nullable(.string(maximum: 20)), required: false, "kept only as a blind index"),
                .init("active", .nullable(.boolean), required: false),
            ]))
    }

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/mediators", id: "listMediators", tag: DisputeAPI.tag,
                summary: LocalizedText("调解员名册", "The register of mediators"),
                query: [
                    .init("after", .identifier, required: false),
                    .init("limit", .integer(minimum: 1, maximum: 200), required: false),
                ],
                response: .object([
                    .init("items", .array(DisputeJSON.mediator)), .init("next", .nullable(.identifier)),
                ])), right: .readDisputes
        ) { staff, submission in
            let limit = try submission.fields.number("limit", in: 1...200) ?? 50
            let after = submission.fields.filled("after").flatMap { MediatorID(parsing: $0) }
            let scope = staff.scope
            let found = try await disputes.house.database.read {
                try MediatorStore.mediators(of: scope.area, andAbove: true, after: after, limit: limit + 1, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found.prefix(limit)) { writer, one in
                        writer.object { DisputeJSON.write(one, to: &$0) }
                    }
                    writer.member("next", found.count > limit ? found[limit - 1].id.text : nil)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/mediators", id: "enterMediator", tag: DisputeAPI.tag,
                summary: LocalizedText("登记调解员", "Enter a mediator"), request: request, status: 201,
                response: DisputeJSON.mediator), right: .manageMediators
        ) { staff, submission in
            let asked = try submission.decode(Asked.self)
            let entry = asked.entry(try parsedArea(asked.area ?? staff.scope.area.code))
            let (disputes, scope, now) = (disputes, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let one = try disputes.enter(entry, by: scope, at: now, in: transaction)
                return .json(JSONWriter.object { DisputeJSON.write(one, to: &$0) }, status: 201, version: one.version)
            }
        }
        routes.api(
            APIOperation(
                .put, "/mediators/{id}", id: "changeMediator", tag: DisputeAPI.tag,
                summary: LocalizedText("修改调解员", "Change a mediator"), request: request,
                response: DisputeJSON.mediator), right: .manageMediators
        ) { staff, submission in
            let id: MediatorID = try staff.visit.identifier()
            let entry = try submission.decode(Asked.self).entry(staff.scope.area)
            let (disputes, scope, now, seen) = (disputes, staff.scope, staff.visit.now, submission.seenVersion)
            return try await staff.visit.write(submission) { transaction in
                let one = try disputes.change(
                    id, to: entry, seenVersion: seen, by: scope, at: now, in: transaction)
                return .json(JSONWriter.object { DisputeJSON.write(one, to: &$0) }, version: one.version)
            }
        }
    }
}
