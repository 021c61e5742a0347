import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/disputes/:id`: one dispute, what was said and agreed, and what can be done now.
struct DisputePage: Sendable {
    let disputes: Disputes

    func add(to routes: Routes) {
        routes.page("/disputes/:id", right: .readDisputes) { try await show($0) }
        routes.page("/disputes/revisits/:task", right: .readDisputes) { try await task($0) }
        routes.form("/disputes/:id/reveal", right: .reveal) { try await reveal($0, $1) }
        form("parties", routes) { disputes, id, fields, scope, now, transaction in
            let side = Party.Side(rawValue: fields["side"] ?? "") ?? .other
            try disputes.add(
                NewParty(side: side, name: fields["name"] ?? "", phone: fields["phone"]), to: id, by: scope, at: now,
                in: transaction)
        }
        form("mediator", routes) { disputes, id, fields, scope, now, transaction in
            try disputes.name(
                mediator: MediatorID(fields["mediator"] ?? ""), for: id, by: scope, at: now, in: transaction)
        }
        form("ties", routes) { disputes, id, fields, scope, now, transaction in
            try disputes.declareTie(
                of: MediatorID(fields["mediator"] ?? ""), in: id, reason: fields["reason"] ?? "", by: scope, at: now,
                transaction)
        }
        form("sessions", routes) { disputes, id, fields, scope, now, transaction in
            guard let outcome = MediationSession.Outcome(rawValue: fields["outcome"] ?? "") else {
                throw disputes.missing("outcome", "请选择结果", "Choose how it ended")
            }
            try disputes.hold(
                outcome, note: fields["note"] ?? "", heldAt: nil, in: id, by: scope, at: now, transaction)
        }
        form("agreement", routes) { disputes, id, fields, scope, now, transaction in
            try disputes.agree(
                try Self.agreement(fields, disputes, today: now.local().day), in: id, by: scope, at: now, transaction)
        }
        form("confirmation", routes) { disputes, id, fields, scope, now, transaction in
            guard let day = try parsedDay(fields.filled("day"), field: "day") else {
                throw disputes.missing("day", "请填写日期", "Give the day")
            }
            switch fields["step"] {
            case "apply":
                try disputes.apply(
                    on: day, byBoth: fields["byBoth"] == "yes", for: id, by: scope, at: now, transaction)
            default:
                try disputes.decide(
                    isValid: fields["step"] == "valid", on: day, for: id, by: scope, at: now, transaction)
            }
        }
        form("duties", routes) { disputes, id, fields, scope, now, transaction in
            guard let state = Duty.State(rawValue: fields["state"] ?? "") else {
                throw disputes.missing("state", "请选择履行情况", "Choose how it stands")
            }
            try disputes.set(
                state, of: Identifier(fields["duty"] ?? ""), in: id, by: scope, at: now, transaction)
        }
        form("revisits", routes) { disputes, id, fields, scope, now, transaction in
            guard let outcome = Revisit.Outcome(rawValue: fields["outcome"] ?? "") else {
                throw disputes.missing("outcome", "请选择履行情况", "Choose how it stands")
            }
            try disputes.revisit(
                Int64(fields["number"] ?? "") ?? 0, outcome: outcome, note: fields["note"] ?? "", in: id, by: scope,
                at: now, transaction)
        }
    }

    private typealias Act =
        @Sendable (Disputes, CaseID, QueryParameters, Scope, Instant, any Transaction) throws -> Void

    private func form(_ name: String, _ routes: Routes, _ act: @escaping Act) {
        routes.form("/disputes/:id/\(name)", right: .readDisputes) { staff, submission in
            let id: CaseID = try staff.visit.identifier()
            let (disputes, scope, now, fields) = (disputes, staff.scope, staff.visit.now, submission.fields)
            do {
                return try await staff.visit.write(submission) { transaction in
                    try act(disputes, id, fields, scope, now, transaction)
                    return .seeOther("/disputes/\(id)?done=\(name)")
                }
            } catch let refusal as Refusal where refusal.isForTheSender {
                return try await show(staff, fields, refusal)
            }
        }
    }

    /// Up to four duties stand in the form; those without a text are left out.
    private static func agreement(_ fields: QueryParameters, _ disputes: Disputes, today: Day) throws -> NewAgreement {
        let duties = try (1...dutyRows).compactMap { row -> NewDuty? in
            guard let text = fields.filled("duty\(row)-text") else { return nil }
            guard let day = try parsedDay(fields.filled("duty\(row)-due"), field: "duties") else {
                throw disputes.missing("duties", "每条义务须写明履行日期", "Each duty has a day")
            }
            return NewDuty(
                side: Party.Side(rawValue: fields["duty\(row)-side"] ?? "") ?? .first, text: text, dueOn: day)
        }
        return NewAgreement(
            form: Agreement.Form(rawValue: fields["form"] ?? "") ?? .written, text: fields["text"] ?? "",
            effectiveOn: try parsedDay(fields.filled("effectiveOn"), field: "effectiveOn") ?? today, duties: duties)
    }

    static let dutyRows = 4

    private func task(_ staff: StaffVisit) async throws -> Response {
        let task: CaseID = try staff.visit.identifier("task")
        let (disputes, scope) = (disputes, staff.scope)
        let id = try await disputes.house.database.read { try disputes.dispute(ofTask: task, for: scope, in: $0) }
        return .seeOther("/disputes/\(id)")
    }

    private func reveal(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: CaseID = try staff.visit.identifier()
        do {
            let revealed = try await disputes.reveal(
                id, purpose: submission.fields["purpose"] ?? "", by: staff.scope, at: staff.visit.now)
            return try await show(staff, revealed: revealed)
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await show(staff, submission.fields, refusal)
        }
    }

    private func show(
        _ staff: StaffVisit, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil,
        revealed: [Identifier<Party>: (name: String, phone: String?)] = [:]
    ) async throws -> Response {
        let id: CaseID = try staff.visit.identifier()
        let (disputes, scope, visit) = (disputes, staff.scope, staff.visit)
        try scope.require(.readDisputes)
        let view = try await disputes.house.database.read {
            try DisputeView.load(id, for: scope, disputes, in: $0)
        }
        let facts = DisputeFacts(disputes: disputes, view: view, staff: staff, revealed: revealed)
        let forms = DisputeForms(disputes: disputes, view: view, staff: staff, typed: typed, refusal: refusal)
        let done = visit.query["done"] == nil ? nil : Page.Notice(.ok, visit("已保存。", "Kept."))
        return visit.page(
            Page(
                view.words.title,
                breadcrumb: [(visit(DisputeTexts.disputes), "/disputes"), (view.number, nil)],
                notice: refusal?.notice(visit) ?? done,
                """
                <div class="split"><div>\(facts.summary)\(facts.parties)\(facts.agreement)\(forms.html)</div>\
                <div>\(facts.sessions)\(DisputeControls(disputes: disputes, visit: visit).ways(view.dispute.kind))</div></div>
                """), status: refusal?.kind.status ?? .ok)
    }
}
