import Desk
import Ground
import Hummingbird
import Places
import Storage
import Web

/// Plans, proposals and figures, for programs.
extension GridDay {
    func addPatrolAPI(to routes: Routes) {
        routes.api(Self.plansOperation, right: .dayPlan) { staff, _ in
            let scope = staff.scope
            let after = staff.visit.query.filled("after")
            let plans = try await house.database.read {
                try PatrolStore.plans(for: scope, after: after, limit: 51, in: $0)
            }
            return .json(
                JSONWriter.object { writer in
                    writer.key("plans")
                    writer.array(plans.prefix(50)) { Self.write($1, staff.visit, to: &$0) }
                    writer.member("next", plans.count > 50 ? "\(plans[49].area.code)-\(plans[49].id)" : nil)
                })
        }
        routes.api(Self.planOperation, right: .dayPlan) { staff, submission in
            let now = staff.visit.now
            let plan = try submission.decode(PlanRequest.self).plan(self, staff.scope, at: now)
            let visit = staff.visit
            let answer = try await visit.write(submission) { transaction in
                _ = try PatrolWork(day: self).make(plan, by: staff.scope, at: now, in: transaction)
                var writer = JSONWriter()
                Self.write(plan, visit, to: &writer)
                return .json(writer.finish(), status: 201)
            }
            try await PatrolWork(day: self).fallDue(at: now)
            return answer
        }
        routes.api(Self.stopOperation, right: .dayPlan) { staff, submission in
            let id: Identifier<PatrolPlan> = try staff.visit.identifier()
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                try PatrolWork(day: self).stop(id, by: staff.scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
        routes.api(Self.proposalsOperation, right: .dayPlan) { staff, _ in
            let scope = staff.scope
            let proposals = try await house.database.read { try PatrolStore.proposals(for: scope, limit: 200, in: $0) }
            return .json(
                JSONWriter.object { writer in
                    writer.key("proposals")
                    writer.array(proposals) { writer, proposal in
                        writer.object { writer in
                            writer.member("id", proposal.id)
                            writer.member("area", proposal.area.code)
                            writer.member("category", proposal.category)
                            writer.member("matters", proposal.matters)
                            writer.member("foundOn", proposal.foundOn.description)
                        }
                    }
                })
        }
        routes.api(Self.decideProposalOperation, right: .dayPlan) { staff, submission in
            let id: Identifier<PatrolProposal> = try staff.visit.identifier()
            let isAdopted = try submission.decode(AdoptRequest.self).adopt
            let now = staff.visit.now
            let answer = try await staff.visit.write(submission) { transaction in
                guard let proposal = try PatrolStore.proposal(id, in: transaction),
                    staff.scope.area.contains(proposal.area)
                else { throw Refusal.nothingHere }
                if isAdopted {
                    _ = try PatrolWork(day: self).adopt(proposal, by: staff.scope, at: now, in: transaction)
                } else {
                    try PatrolStore.decide(id, plan: nil, in: transaction)
                }
                return Answer(status: 204)
            }
            try await PatrolWork(day: self).fallDue(at: now)
            return answer
        }
        routes.api(Self.figuresOperation, right: .dayRead) { staff, _ in
            let question = try FiguresQuestion(staff.visit.query, for: staff.scope, at: staff.visit.now)
            let lines = try await question.lines(self, staff.scope)
            return .json(
                JSONWriter.object { writer in
                    writer.member("from", question.days.lowerBound.description)
                    writer.member("until", question.days.upperBound.description)
                    writer.key("lines")
                    writer.array(lines) { writer, line in
                        writer.object { writer in
                            writer.member("place", line.place)
                            writer.member("name", places.name(of: line.place) ?? line.place)
                            writer.member("matters", line.matters)
                            writer.member("proactive", line.proactive)
                            writer.member("lookedAt", line.lookedAt)
                            writer.member("complaintsBefore", line.before)
                            writer.member("complaintsAfter", line.after)
                        }
                    }
                })
        }
    }

    private struct AdoptRequest: Decodable { var adopt: Bool }

    private static func write(_ plan: PatrolPlan, _ visit: Visit, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", plan.id)
            writer.member("title", visit(plan.title))
            writer.member("look", visit(plan.look))
            writer.member("area", plan.area.code)
            writer.member("place", plan.place)
            writer.member("category", plan.category)
            writer.member("everyDays", plan.everyDays)
            writer.member("nextOn", plan.nextOn.description)
            writer.member("until", plan.until?.description)
            writer.member("origin", plan.origin.rawValue)
        }
    }

    private static let plan = Schema.named(
        "PatrolPlan",
        .object([
            .init("id", .identifier), .init("title", .text), .init("look", .text), .init("area", .text),
            .init("place", .nullable(.text)), .init("category", .nullable(.text)),
            .init("everyDays", .integer(minimum: 1)), .init("nextOn", .string(format: "date")),
            .init("until", .nullable(.string(format: "date"))), .init("origin", .text),
        ]))

    private static let plansOperation = APIOperation(
        .get, "/patrols", id: "listPatrols", tag: "patrols", summary: LocalizedText("巡查计划", "Patrol plans"),
        query: [.init("after", .string(minimum: 1, maximum: 64), required: false)],
        response: .object([.init("plans", .array(plan)), .init("next", .nullable(.text))]))

    private static let planOperation = APIOperation(
        .post, "/patrols", id: "planPatrol", tag: "patrols", summary: LocalizedText("制定巡查计划", "Plan a patrol"),
        request: .object([
            .init("title", .string(minimum: 1, maximum: 60)),
            .init("look", .nullable(.string(maximum: 300)), required: false), .init("area", .text),
            .init("place", .nullable(.string(maximum: 100)), required: false),
            .init("category", .nullable(.text), required: false),
            .init("everyDays", .integer(minimum: 1, maximum: 365)),
            .init("until", .nullable(.string(format: "date")), required: false),
            .init("ground", .nullable(.string(maximum: 40)), required: false, "when it goes down"),
        ]), status: 201, response: plan)

    private static let stopOperation = APIOperation(
        .post, "/patrols/{id}/stop", id: "stopPatrol", tag: "patrols", summary: LocalizedText("停止巡查计划", "Stop a plan"),
        status: 204)

    private static let proposalsOperation = APIOperation(
        .get, "/patrol-proposals", id: "listPatrolProposals", tag: "patrols",
        summary: LocalizedText("反复出现、建议去看的地方", "Places where the same came up again and again"),
        response: .object([
            .init(
                "proposals",
                .array(
                    .object([
                        .init("id", .identifier), .init("area", .text), .init("category", .text),
                        .init("matters", .integer(minimum: 1)), .init("foundOn", .string(format: "date")),
                    ])))
        ]))

    private static let decideProposalOperation = APIOperation(
        .post, "/patrol-proposals/{id}", id: "decidePatrolProposal", tag: "patrols",
        summary: LocalizedText("列入或不列入巡查", "Adopt a proposal or not"),
        request: .object([.init("adopt", .boolean)]), status: 204)

    private static let figuresOperation = APIOperation(
        .get, "/patrols/figures", id: "readProactiveFigures", tag: "patrols",
        summary: LocalizedText("主动发现占比与查后成效", "The share found by ourselves, and what came after"),
        query: [
            .init("from", .string(format: "date"), required: false),
            .init("until", .string(format: "date"), required: false),
            .init("area", .string(pattern: "^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$"), required: false),
        ],
        response: .object([
            .init("from", .string(format: "date")), .init("until", .string(format: "date")),
            .init(
                "lines",
                .array(
                    .object([
                        .init("place", .text), .init("name", .text), .init("matters", .integer(minimum: 0)),
                        .init("proactive", .integer(minimum: 0)), .init("lookedAt", .integer(minimum: 0)),
                        .init("complaintsBefore", .integer(minimum: 0)),
                        .init("complaintsAfter", .integer(minimum: 0)),
                    ]))),
        ]), refusals: [422])
}
