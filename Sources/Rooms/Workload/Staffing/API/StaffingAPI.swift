import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/staffing`: proposals, and what the street enters of its posts. Consent is a person's own act at a page.
struct StaffingAPI: Sendable {
    let workload: Workload
    private static let tag = "workload"
    private static let count = Schema.integer(minimum: 0)

    private static let proposal = Schema.named(
        "StaffingProposal",
        .object([
            .init("id", .identifier), .init("at", .instant), .init("first", .string(format: "date")),
            .init("assumesConsent", .boolean), .init("over", count), .init("missing", count),
            .init("missingBound", count), .init("yuan", count), .init("yuanBound", count),
            .init("gap", .nullable(count)),
            .init("isProved", .boolean),
            .init(
                "moves",
                .array(
                    .object([
                        .init("from", .text), .init("fromKind", .text), .init("to", .text), .init("toKind", .text),
                        .init("count", count), .init("yuan", count),
                    ]))),
            .init(
                "contracts",
                .array(
                    .object([
                        .init("place", .text), .init("kind", .text), .init("count", count),
                        .init("from", .string(format: "date")), .init("until", .string(format: "date")),
                        .init("yuan", count),
                    ]))),
            .init(
                "reliefs",
                .array(
                    .object([
                        .init("how", .string(values: ["bought", "returned"])), .init("code", .text),
                        .init("place", .text), .init("minutes", count), .init("yuan", count),
                    ]))),
            .init(
                "stillMissing",
                .array(.object([.init("place", .text), .init("kind", .text), .init("minutes", count)]))),
            .init(
                "withoutObstacle",
                .array(
                    .object([
                        .init("obstacle", .string(values: StaffingCase.Obstacle.allCases.map(\.rawValue))),
                        .init("missing", count),
                    ]))),
        ]))

    private struct Asked: Decodable { var assumesConsent: Bool? }

    private struct Details: Decodable {
        var grade: Int
        var qualifications: [String]?
    }

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/staffing/proposals", id: "listStaffingProposals", tag: Self.tag,
                summary: LocalizedText("用人调配方案", "Staffing proposals, the newest first"),
                query: [.init("after", .identifier, required: false)],
                response: .object([.init("items", .array(Self.proposal)), .init("next", .nullable(.text))])),
            right: .readWorkload
        ) { staff, _ in
            let after = staff.visit.query.filled("after")
            let found = try await workload.house.database.read {
                try StaffingStore.page(for: staff.scope, after: after, limit: 21, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found.prefix(20)) { Self.write($1, to: &$0) }
                    writer.member("next", found.count > 20 ? found[19].id.text : nil)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/staffing/proposals", id: "computeStaffingProposal", tag: Self.tag,
                summary: LocalizedText("计算用人调配方案；不调动任何人", "Compute a proposal and keep it; it moves nobody"),
                request: .named(
                    "StaffingQuestion", .object([.init("assumesConsent", .nullable(.boolean), required: false)])),
                response: Self.proposal), right: .decideDemand
        ) { staff, submission in
            let asked = try submission.decode(Asked.self)
            let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
            let proposal = try await workload.propose(assumesConsent: asked.assumesConsent ?? false, by: scope, at: now)
            return try await staff.visit.write(submission) { transaction in
                let kept = try workload.keep(proposal, by: scope, at: now, in: transaction)
                var writer = JSONWriter()
                Self.write(kept, to: &writer)
                return .json(writer.finish())
            }
        }
        routes.api(
            APIOperation(
                .put, "/staffing/posts/{id}", id: "setStaffingDetails", tag: Self.tag,
                summary: LocalizedText("登记岗位的等级与资格", "Enter grade and qualifications of a post"),
                request: .named(
                    "StaffingDetails",
                    .object([
                        .init("grade", .integer(minimum: 1, maximum: 20)),
                        .init("qualifications", .nullable(.array(.string(maximum: 60))), required: false),
                    ])), response: .object([.init("grade", Self.count)])), right: .readWorkload
        ) { staff, submission in
            let asked = try submission.decode(Details.self)
            let id: PostID = try staff.visit.identifier()
            let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try workload.setDetails(
                    of: id, grade: asked.grade, qualifications: asked.qualifications ?? [], by: scope, at: now,
                    in: transaction)
                return .json(JSONWriter.object { $0.member("grade", Int64(asked.grade)) })
            }
        }
    }

    private static func write(_ kept: KeptProposal, to writer: inout JSONWriter) {
        let one = kept.content
        writer.object { writer in
            writer.member("id", kept.id)
            writer.member("at", kept.at)
            writer.member("first", one.first.description)
            writer.member("assumesConsent", one.assumesConsent)
            writer.member("over", one.over)
            writer.member("missing", one.missing)
            writer.member("missingBound", one.missingBound)
            writer.member("yuan", one.yuan)
            writer.member("yuanBound", one.yuanBound)
            writer.key("gap")
            if let gap = one.gapOfPlan { writer.value(gap) } else { writer.null() }
            writer.member("isProved", one.isProved)
            writer.key("moves")
            writer.array(one.moves) { writer, move in
                writer.object { writer in
                    writer.member("from", move.from)
                    writer.member("fromKind", move.fromKind)
                    writer.member("to", move.to)
                    writer.member("toKind", move.toKind)
                    writer.member("count", move.count)
                    writer.member("yuan", move.yuan)
                }
            }
            writer.key("contracts")
            writer.array(one.contracts) { writer, contract in
                writer.object { writer in
                    writer.member("place", contract.place)
                    writer.member("kind", contract.kind)
                    writer.member("count", contract.count)
                    writer.member("from", contract.from.description)
                    writer.member("until", contract.until.description)
                    writer.member("yuan", contract.yuan)
                }
            }
            writer.key("reliefs")
            writer.array(one.reliefs) { writer, relief in
                writer.object { writer in
                    writer.member("how", relief.how.rawValue)
                    writer.member("code", relief.code)
                    writer.member("place", relief.place)
                    writer.member("minutes", relief.minutes)
                    writer.member("yuan", relief.yuan)
                }
            }
            writer.key("stillMissing")
            writer.array(one.stations.filter { $0.missing > 0 }) { writer, station in
                writer.object { writer in
                    writer.member("place", station.place)
                    writer.member("kind", station.kind)
                    writer.member("minutes", station.missing)
                }
            }
            writer.key("withoutObstacle")
            writer.array(one.freed.sorted { $0.key < $1.key }) { writer, freed in
                writer.object { writer in
                    writer.member("obstacle", freed.key)
                    writer.member("missing", freed.value)
                }
            }
        }
    }
}
