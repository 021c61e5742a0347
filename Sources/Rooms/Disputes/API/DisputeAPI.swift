import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/disputes`: every act of the pages.
struct DisputeAPI: Sendable {
    let disputes: Disputes

    static let tag = "disputes"

    func add(to routes: Routes) {
        reading(routes)
        entering(routes)
        mediating(routes)
        aftercare(routes)
    }

    // MARK: Reading

    private func reading(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/disputes", id: "listDisputes", tag: Self.tag,
                summary: LocalizedText("矛盾纠纷列表", "Disputes, the newest first"),
                query: [
                    .init("outcome", DisputeJSON.outcomes, required: false),
                    .init("kind", .string(values: disputes.workflow.variants.map(\.code)), required: false),
                    .init("after", .identifier, required: false),
                    .init("limit", .integer(minimum: 1, maximum: 200), required: false),
                ],
                response: .object([
                    .init("items", .array(DisputeJSON.dispute)), .init("next", .nullable(.identifier)),
                ])), right: .readDisputes
        ) { staff, submission in
            let limit = try submission.fields.number("limit", in: 1...200) ?? 50
            let filter = try DisputeListPage.filter(submission.fields, disputes)
            let page = try await DisputeListPage.lines(filter, for: staff.scope, limit: limit, disputes)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(page.lines) { writer, line in
                        writer.object { DisputeJSON.write(line, to: &$0) }
                    }
                    writer.member("next", page.next)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, "/disputes/{id}", id: "getDispute", tag: Self.tag,
                summary: LocalizedText("一件纠纷的全部内容（当事人脱敏）", "Everything of one dispute, the parties masked"),
                response: .named("DisputeView", DisputeJSON.view)), right: .readDisputes
        ) { staff, _ in
            let id: CaseID = try staff.visit.identifier()
            return try await answer(id, staff)
        }
        routes.api(
            APIOperation(
                .post, "/disputes/{id}/reveal", id: "revealParties", tag: Self.tag,
                summary: LocalizedText("查看当事人原文（目的记入台账）", "The parties in full, for a purpose that the ledger keeps"),
                request: .object([.init("purpose", .string(minimum: 2, maximum: 200))]),
                response: .object([
                    .init(
                        "parties",
                        .array(
                            .object([
                                .init("id", .identifier), .init("name", .text), .init("phone", .nullable(.text)),
                            ])))
                ])), right: .reveal
        ) { staff, submission in
            struct Asked: Decodable { var purpose: String }
            let shown = try await disputes.reveal(
                try staff.visit.identifier(), purpose: try submission.decode(Asked.self).purpose, by: staff.scope,
                at: staff.visit.now)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("parties")
                    writer.array(shown.sorted { $0.key < $1.key }) { writer, one in
                        writer.object { writer in
                            writer.member("id", one.key)
                            writer.member("name", one.value.name)
                            writer.member("phone", one.value.phone)
                        }
                    }
                }
            ).response
        }
    }

    private func answer(_ id: CaseID, _ staff: StaffVisit) async throws -> Response {
        let (disputes, scope) = (disputes, staff.scope)
        let view = try await disputes.house.database.read {
            try DisputeView.load(id, for: scope, disputes, in: $0)
        }
        return Answer.json(
            DisputeJSON.json(view, disputes, staff.visit.language), version: view.dispute.version
        ).response
    }

    // MARK: Acts

    /// One act on one dispute: decode, do, answer with where it stands then.
    private func act<Asked: Decodable & Sendable>(
        _ routes: Routes, _ path: String, id operation: String, _ summary: LocalizedText, _ type: Asked.Type,
        _ members: [Schema.Member],
        _ body: @escaping @Sendable (Disputes, CaseID, Asked, Scope, Instant, any Transaction) throws -> Void
    ) {
        routes.api(
            APIOperation(
                .post, "/disputes/{id}/\(path)", id: operation, tag: Self.tag, summary: summary,
                request: .object(members), response: DisputeJSON.standing), right: .readDisputes
        ) { staff, submission in
            let id: CaseID = try staff.visit.identifier()
            let asked = try submission.decode(type)
            let (disputes, scope, now) = (disputes, staff.scope, staff.visit.now)
            let seen = submission.seenVersion
            return try await staff.visit.write(submission) { transaction in
                let present = try DisputeStore.find(id, for: scope, in: transaction)
                if let seen, seen != present.version { throw Refusal.disputeChanged }
                try body(disputes, id, asked, scope, now, transaction)
                return try Self.standing(id, disputes, status: 200, in: transaction)
            }
        }
    }

    /// What a write answers may lie under an Idempotency-Key for weeks, so it holds nothing that somebody said.
    private static func standing(_ id: CaseID, _ disputes: Disputes, status: Int, in transaction: any Transaction)
        throws -> Answer
    {
        guard let dispute = try DisputeStore.find(id, in: transaction) else { throw Refusal.nothingHere }
        let number = try disputes.cases.numbers(of: [id], in: transaction)[id] ?? id.text
        return .json(
            JSONWriter.object { DisputeJSON.write(dispute, number, to: &$0) }, status: status,
            location: status == 201 ? "/api/v1/disputes/\(id)" : nil, version: dispute.version)
    }

    private struct AskedParty: Decodable, Sendable {
        var side: Party.Side
        var name: String
        var phone: String?

        var party: NewParty { NewParty(side: side, name: name, phone: phone) }
    }

    private struct AskedDispute: Decodable, Sendable {
        var kind: String
        var title: String
        var detail: String
        var area: String
        var parties: [AskedParty]
        var follows: CaseID?
    }

    private static let party: [Schema.Member] = [
        .init("side", DisputeJSON.sides), .init("name", .string(minimum: 1, maximum: 40)),
        .init("phone", .nullable(.string(maximum: 20)), required: false),
    ]

    private func entering(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/disputes", id: "enterDispute", tag: Self.tag,
                summary: LocalizedText("登记纠纷", "Enter a dispute"),
                request: .named(
                    "NewDispute",
                    .object([
                        .init("kind", .string(values: disputes.workflow.variants.map(\.code))),
                        .init("title", .string(minimum: 1, maximum: DisputeWords.longestTitle)),
                        .init("detail", .string(minimum: 1, maximum: DisputeWords.longestDetail)),
                        .init("area", .text), .init("parties", .array(.object(Self.party))),
                        .init("follows", .nullable(.identifier), required: false, "whose agreement did not hold"),
                    ])), status: 201, response: DisputeJSON.standing), right: .beginDisputes
        ) { staff, submission in
            let asked = try submission.decode(AskedDispute.self)
            let new = NewDispute(
                kind: asked.kind, title: asked.title, detail: asked.detail, area: try parsedArea(asked.area),
                parties: asked.parties.map(\.party), follows: asked.follows)
            let (disputes, scope, now) = (disputes, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let dispute = try disputes.enter(new, by: scope, at: now, in: transaction)
                return try Self.standing(dispute.id, disputes, status: 201, in: transaction)
            }
        }
        act(
            routes, "parties", id: "addDisputeParty", LocalizedText("增加当事人", "Add a person"), AskedParty.self,
            Self.party
        ) { disputes, id, asked, scope, now, transaction in
            try disputes.add(asked.party, to: id, by: scope, at: now, in: transaction)
        }
    }

    private func mediating(_ routes: Routes) {
        struct AskedMediator: Decodable, Sendable { var mediator: MediatorID }
        struct AskedTie: Decodable, Sendable {
            var mediator: MediatorID
            var reason: String
        }
        struct AskedSession: Decodable, Sendable {
            var outcome: MediationSession.Outcome
            var note: String
            var heldAt: String?
        }
        struct AskedDuty: Decodable, Sendable {
            var side: Party.Side
            var text: String
            var dueOn: String
        }
        struct AskedAgreement: Decodable, Sendable {
            var form: Agreement.Form
            var text: String
            var effectiveOn: String?
            var duties: [AskedDuty]?
        }
        act(
            routes, "mediator", id: "nameMediator", LocalizedText("确定调解员", "Name the mediator"), AskedMediator.self,
            [.init("mediator", .identifier)]
        ) { disputes, id, asked, scope, now, transaction in
            try disputes.name(mediator: asked.mediator, for: id, by: scope, at: now, in: transaction)
        }
        act(
            routes, "ties", id: "declareTie", LocalizedText("登记回避", "Somebody is not free in this dispute"),
            AskedTie.self, [.init("mediator", .identifier), .init("reason", .string(minimum: 1, maximum: 200))]
        ) { disputes, id, asked, scope, now, transaction in
            try disputes.declareTie(
                of: asked.mediator, in: id, reason: asked.reason, by: scope, at: now, transaction)
        }
        act(
            routes, "sessions", id: "recordMeeting",
            LocalizedText("记录调解；不成则上移一级", "Record a meeting; a failed one leads one level up"), AskedSession.self,
            [
                .init("outcome", .string(values: ["goes-on", "failed", "declined"])),
                .init("note", .string(minimum: 1, maximum: 2_000)),
                .init("heldAt", .nullable(.instant), required: false),
            ]
        ) { disputes, id, asked, scope, now, transaction in
            try disputes.hold(
                asked.outcome, note: asked.note, heldAt: try parsedTime(asked.heldAt, field: "heldAt"), in: id,
                by: scope, at: now, transaction)
        }
        act(
            routes, "agreement", id: "recordAgreement",
            LocalizedText("记录调解协议，调解即办结", "Record the agreement, which ends the mediation"), AskedAgreement.self,
            [
                .init("form", .string(values: Agreement.Form.allCases.map(\.rawValue))),
                .init("text", .string(minimum: 1, maximum: 5_000)),
                .init("effectiveOn", .nullable(DisputeJSON.day), required: false),
                .init(
                    "duties",
                    .nullable(
                        .array(
                            .object([
                                .init("side", DisputeJSON.sides), .init("text", .string(minimum: 1, maximum: 500)),
                                .init("dueOn", DisputeJSON.day),
                            ]))), required: false),
            ]
        ) { disputes, id, asked, scope, now, transaction in
            let duties = try (asked.duties ?? []).map { one in
                guard let day = try parsedDay(one.dueOn, field: "duties") else {
                    throw disputes.missing("duties", "每条义务须写明履行日期", "Each duty has a day")
                }
                return NewDuty(side: one.side, text: one.text, dueOn: day)
            }
            let effective = try parsedDay(asked.effectiveOn, field: "effectiveOn") ?? now.local().day
            try disputes.agree(
                NewAgreement(form: asked.form, text: asked.text, effectiveOn: effective, duties: duties), in: id,
                by: scope, at: now, transaction)
        }
    }

    private func aftercare(_ routes: Routes) {
        struct AskedConfirmation: Decodable, Sendable {
            enum Step: String, Decodable, CaseIterable { case apply, valid, refused }
            var step: Step
            var day: String
            var byBoth: Bool?
        }
        struct AskedDuty: Decodable, Sendable {
            var duty: Identifier<Duty>
            var state: Duty.State
        }
        struct AskedRevisit: Decodable, Sendable {
            var number: Int64
            var outcome: Revisit.Outcome
            var note: String
        }
        act(
            routes, "confirmation", id: "recordConfirmation",
            LocalizedText("登记司法确认申请或法院决定", "The application for judicial confirmation, or the court's decision"),
            AskedConfirmation.self,
            [
                .init("step", .string(values: AskedConfirmation.Step.allCases.map(\.rawValue))),
                .init("day", DisputeJSON.day), .init("byBoth", .nullable(.boolean), required: false),
            ]
        ) { disputes, id, asked, scope, now, transaction in
            guard let day = try parsedDay(asked.day, field: "day") else {
                throw disputes.missing("day", "请填写日期", "Give the day")
            }
            switch asked.step {
            case .apply:
                try disputes.apply(on: day, byBoth: asked.byBoth ?? false, for: id, by: scope, at: now, transaction)
            case .valid, .refused:
                try disputes.decide(
                    isValid: asked.step == .valid, on: day, for: id, by: scope, at: now, transaction)
            }
        }
        act(
            routes, "duties", id: "recordDuty", LocalizedText("登记履行情况", "Whether a duty was done"), AskedDuty.self,
            [
                .init("duty", .identifier),
                .init("state", .string(values: Duty.State.allCases.map(\.rawValue))),
            ]
        ) { disputes, id, asked, scope, now, transaction in
            try disputes.set(asked.state, of: asked.duty, in: id, by: scope, at: now, transaction)
        }
        act(
            routes, "revisits", id: "recordRevisit", LocalizedText("记录回访", "Record a revisit"), AskedRevisit.self,
            [
                .init("number", .integer(minimum: 1, maximum: 20)),
                .init("outcome", .string(values: Revisit.Outcome.allCases.map(\.rawValue))),
                .init("note", .string(minimum: 1, maximum: 1_000)),
            ]
        ) { disputes, id, asked, scope, now, transaction in
            try disputes.revisit(
                asked.number, outcome: asked.outcome, note: asked.note, in: id, by: scope, at: now, transaction)
        }
    }
}

extension Refusal {
    static let disputeChanged = Refusal(
        .changedMeanwhile, "disputes.changed-meanwhile",
        LocalizedText("该纠纷刚被他人处理过", "Somebody has just acted on this dispute"),
        wayOn: LocalizedText("请刷新查看后再办理", "Reload and look again"))
}
