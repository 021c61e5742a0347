import Cases
import Desk
import Ground
import Hummingbird
import Storage
import Web

/// Follow-up calls, for programs.
extension Closings {
    private struct Giving: Decodable {
        var calls: [String]?
        var post: String?
    }

    func addCallAPI(to routes: Routes) {
        routes.api(Self.listCalls, right: .caseFollowUp) { staff, _ in
            let scope = staff.scope
            let now = staff.visit.now
            let (list, waiting) = try await house.database.read { transaction in
                (
                    try ClosingStore.list(of: scope.post, at: now, limit: 200, in: transaction),
                    try ClosingStore.waitingCount(for: scope, at: now, most: 1_000, in: transaction)
                )
            }
            return .json(
                JSONWriter.object { writer in
                    writer.key("calls")
                    writer.array(list) { Self.write($1, to: &$0) }
                    writer.member("waiting", Int64(waiting))
                })
        }
        routes.api(Self.takeCalls, right: .caseFollowUp) { staff, submission in
            let scope = staff.scope
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                let taken = try CallWork(closings: self).take(by: scope, at: now, in: transaction)
                return .json(JSONWriter.object { $0.member("taken", Int64(taken)) })
            }
        }
        routes.api(Self.giveCalls, right: .caseFollowUp) { staff, submission in
            let request = try submission.decode(Giving.self)
            let ids = (request.calls ?? []).compactMap { Identifier<Closing>(parsing: $0) }
            guard ids.count == request.calls?.count ?? 0 else { throw Refusal.nothingHere }
            let post = try request.post.map { text throws(Refusal) -> PostID in
                guard let post = PostID(parsing: text) else { throw Refusal.nothingHere }
                return post
            }
            let scope = staff.scope
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                let given = try CallWork(closings: self).give(ids, to: post, by: scope, at: now, in: transaction)
                return .json(JSONWriter.object { $0.member("given", Int64(given)) })
            }
        }
        // Not kept under an Idempotency-Key: nothing in clear may lie beside the vault, and every look is one of its own.
        routes.api(Self.showNumber, right: .personalReveal) { staff, _ in
            let revealed = try await CallWork(closings: self).number(
                of: try staff.visit.identifier(), by: staff.scope, at: staff.visit.now)
            return .json(
                JSONWriter.object { writer in
                    writer.member("name", revealed.name)
                    writer.member("phone", revealed.phone)
                })
        }
        routes.api(Self.endCall, right: .caseFollowUp) { staff, submission in
            let id: Identifier<Closing> = try staff.visit.identifier()
            let report = try submission.decode(CallRequest.self).report()
            let scope = staff.scope
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                let end = try CallWork(closings: self).take(report, of: id, by: scope, at: now, in: transaction)
                return .json(JSONWriter.object { $0.member("end", end?.rawValue) })
            }
        }
    }

    private static func write(_ closing: ClosingRecord, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", closing.id)
            writer.member("case", closing.caseID)
            writer.member("closedAt", closing.closedAt)
            writer.member("callAt", closing.callAt)
            writer.member("attempts", Int64(closing.attempts))
        }
    }

    private static let call = Schema.named(
        "FollowUpCall",
        .object([
            .init("id", .identifier), .init("case", .identifier), .init("closedAt", .instant),
            .init("callAt", .nullable(.instant)), .init("attempts", .integer(minimum: 0)),
        ]))

    private static let listCalls = APIOperation(
        .get, "/follow-ups", id: "listFollowUps", tag: "closings",
        summary: LocalizedText("我的回访名单", "The list of calls of this post"),
        response: .object([
            .init("calls", .array(call)), .init("waiting", .integer(minimum: 0), "at most 1,000 are counted"),
        ]))

    private static let takeCalls = APIOperation(
        .post, "/follow-ups/take", id: "takeFollowUps", tag: "closings",
        summary: LocalizedText("领取回访", "Take calls"),
        response: .object([.init("taken", .integer(minimum: 0))]))

    private static let giveCalls = APIOperation(
        .post, "/follow-ups/give", id: "giveFollowUps", tag: "closings",
        summary: LocalizedText("移交或退回回访", "Hand calls on, or back"),
        request: .object([
            .init("calls", .nullable(.array(.identifier)), required: false, "none: the whole list"),
            .init("post", .nullable(.identifier), required: false, "none: back, for anybody to take"),
        ]), response: .object([.init("given", .integer(minimum: 1))]))

    private static let showNumber = APIOperation(
        .post, "/follow-ups/{id}/number", id: "showFollowUpNumber", tag: "closings",
        summary: LocalizedText("显示回访号码（用途记入台账）", "The number to call; the purpose goes on the ledger"),
        response: .object([.init("name", .nullable(.text)), .init("phone", .nullable(.text))]))

    private static let endCall = APIOperation(
        .post, "/follow-ups/{id}", id: "endFollowUp", tag: "closings",
        summary: LocalizedText("记录通话结果", "Say what came of a call"),
        request: .object([
            .init("outcome", .string(values: CallOutcome.allCases.map(\.rawValue))),
            .init("isSolved", .nullable(.boolean), required: false, "if answered"),
            .init("satisfaction", .nullable(.integer(minimum: 1, maximum: 5)), required: false, "if answered"),
            .init("takesUp", .nullable(.boolean), required: false, "not solved: take it up again, unless false"),
            .init("words", .nullable(.string(maximum: 1_000)), required: false),
        ]),
        response: .object([
            .init("end", .nullable(.string(values: CallEnd.allCases.map(\.rawValue))), "null: call again later")
        ]))
}
