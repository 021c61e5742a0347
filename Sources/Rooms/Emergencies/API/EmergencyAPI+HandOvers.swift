import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// Sending, receiving, giving back; explaining differences; deciding between two accounts.
extension EmergencyAPI {
    private struct Report: Decodable {
        var kind: HandOverReport.Kind
        var slip: Int64?
        var lot: LotID?
        var from: SiteID?
        var to: SiteID?
        var count: Int64
        var minutes: Int64?
        var happenedAt: String?
        var fromPaper: Bool?
    }

    func handingOver(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/emergencies/{id}/hand-overs", id: "reportHandOver", tag: Self.tag,
                summary: LocalizedText("交出、签收、退回", "Send, receive, give back"),
                request: .named(
                    "HandOverReport",
                    .object([
                        .init("kind", .string(values: HandOverReport.Kind.allCases.map(\.rawValue))),
                        .init("slip", .nullable(Self.slip), required: false, "the running number"),
                        .init("lot", .nullable(.identifier), required: false),
                        .init("from", .nullable(.identifier), required: false),
                        .init("to", .nullable(.identifier), required: false), .init("count", Self.count),
                        .init(
                            "minutes", .nullable(.integer(minimum: 1, maximum: 10_080)), required: false,
                            "to be acknowledged within"),
                        Self.happened, Self.paper,
                    ])),
                response: .object([
                    .init("outcome", .string(values: ["done", "same", "queued"])),
                    .init("handOver", .nullable(EmergencyJSON.handOver)), .init("conflict", .nullable(.identifier)),
                    .init("because", .nullable(.text)),
                ])), right: .handOver
        ) { staff, submission in
            let asked = try submission.decode(Report.self)
            let id: EventID = try staff.visit.identifier()
            let when = try Occurrence(
                parsedInstant(asked.happenedAt, field: "happenedAt"), at: staff.visit.now,
                fromPaper: asked.fromPaper ?? false)
            let report = HandOverReport(
                asked.kind, slip: asked.slip, lot: asked.lot, from: asked.from, to: asked.to, count: asked.count,
                minutes: asked.minutes)
            let (emergencies, scope, language) = (emergencies, staff.scope, staff.visit.language)
            return try await staff.visit.write(submission) { transaction in
                let outcome = try emergencies.take(report, of: id, when, by: scope, in: transaction)
                return .json(outcome.json(language))
            }
        }
        routes.api(
            APIOperation(
                .post, "/emergencies/{id}/settlements", id: "settleHandOver", tag: Self.tag,
                summary: LocalizedText("核定数量差异", "Explain a difference"),
                request: .named(
                    "HandOverSettlement",
                    .object([
                        .init("slip", Self.slip),
                        .init("reason", .string(values: emergencies.rules.duty.differences.map(\.key))),
                        Self.happened,
                    ])), response: EmergencyJSON.handOver), right: .command
        ) { staff, submission in
            struct Asked: Decodable {
                var slip: Int64
                var reason: String
                var happenedAt: String?
            }
            let asked = try submission.decode(Asked.self)
            let id: EventID = try staff.visit.identifier()
            let when = try Occurrence(parsedInstant(asked.happenedAt, field: "happenedAt"), at: staff.visit.now)
            let (emergencies, scope) = (emergencies, staff.scope)
            return try await staff.visit.write(submission) { transaction in
                let one = try emergencies.settle(
                    asked.slip, reason: asked.reason, of: id, when, by: scope, in: transaction)
                return .json(JSONWriter.object { EmergencyJSON.write(one, to: &$0) })
            }
        }
        routes.api(
            APIOperation(
                .post, "/emergencies/{id}/conflicts/{conflict}", id: "decideConflict", tag: Self.tag,
                summary: LocalizedText("核定矛盾的记录", "Decide between two accounts"),
                request: .named(
                    "ConflictDecision",
                    .object([
                        .init("decision", .string(values: ["keep", "take"])),
                        .init("why", .string(minimum: 1, maximum: 500)),
                    ])), response: .object([.init("state", .string(values: ["kept", "taken"]))])), right: .command
        ) { staff, submission in
            struct Asked: Decodable {
                enum Decision: String, Decodable { case keep, take }
                var decision: Decision
                var why: String
            }
            let asked = try submission.decode(Asked.self)
            let id: EventID = try staff.visit.identifier()
            let conflict: ConflictID = try staff.visit.identifier("conflict")
            let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try emergencies.decide(
                    conflict, of: id, takes: asked.decision == .take, why: asked.why, by: scope, at: now,
                    in: transaction)
                return .json(JSONWriter.object { $0.member("state", asked.decision == .take ? "taken" : "kept") })
            }
        }
    }
}

extension ReportOutcome {
    func json(_ language: Language) -> [UInt8] {
        JSONWriter.object { writer in
            switch self {
            case .done(let one), .same(let one):
                if case .same = self { writer.member("outcome", "same") } else { writer.member("outcome", "done") }
                writer.key("handOver")
                writer.object { EmergencyJSON.write(one, to: &$0) }
                writer.key("conflict")
                writer.null()
                writer.key("because")
                writer.null()
            case .queued(let id, let refusal):
                writer.member("outcome", "queued")
                writer.key("handOver")
                writer.null()
                writer.member("conflict", id)
                writer.member("because", refusal.message(language))
            }
        }
    }
}
