import Desk
import Ground
import Hummingbird
import Ledger
import Messages
import Storage
import Web

extension Cases {
    /// Takes back one's own last act on a matter: a step and an entry of its own, the matter as it was before.
    func undo(
        _ id: CaseID, by scope: Scope, seenVersion: Int64? = nil, at now: Instant, in transaction: any Transaction
    ) throws -> CaseRecord {
        guard let record = try CaseStore.find(id, in: transaction) else { throw Refusal.nothingHere }
        let undoable = try UndoStore.undoable(of: id, in: transaction)
        // The act itself may have taken the matter out of its doer's sight; nobody else learns that it is there.
        guard scope.mayRead(record) || undoable?.staff == scope.staff else { throw Refusal.nothingHere }
        if let seenVersion, seenVersion != record.version { throw Refusal.changedMeanwhile }
        let after = try rules.undo(undoable, on: record, by: scope, at: now)
        guard let undoable else { throw Refusal.nothingHere }
        try CaseStore.update(after, from: record, in: transaction)
        try OutcomeStore.move(from: record, to: after, rules.rates, in: transaction)
        try RepeatSums.move(from: record, to: after, in: transaction)
        try CaseStore.insert(
            CaseStep(
                caseID: id, version: after.version, act: CaseStep.undo, from: record.state, to: after.state, at: now,
                performer: scope.isMachine ? .machine : .staff, staff: scope.staff, post: scope.post,
                staffBody: scope.body,
                reason: undoable.act.rawValue, due: after.due), in: transaction)
        try Ledger.record(
            LedgerEntry(
                "cases.undo", on: "case", id, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
                area: after.area.code
            ) { writer in
                writer.member("undone", undoable.act.rawValue)
                writer.member("from", record.state.rawValue)
                writer.member("to", after.state.rawValue)
                writer.member("version", after.version)
                writer.member("dueAt", after.due?.at)
                if record.body != after.body { writer.member("body", after.body?.text) }
            }, in: transaction)
        try UndoStore.forget(id, in: transaction)
        try tellUndone(undoable, record, at: now, in: transaction)
        return after
    }

    /// Who was told of the act is told that it does not hold; the resident's text has not left yet, so it never does.
    private func tellUndone(
        _ undoable: Undoable, _ record: CaseRecord, at now: Instant, in transaction: any Transaction
    ) throws {
        try Messages.withdrawText(about: record.id.text, dueAt: undoable.until, in: transaction)
        guard var act = rules.act(undoable.act) else { return }
        act.name = CaseStep.undo
        act.title = LocalizedText("撤销“\(act.title.chinese)”", "Undone: \(act.title.english)")
        act.tells = nil
        act.effect = nil
        let decision = Decision(act: act, before: record, after: record, notify: act.notify.filter { $0 != .reporter })
        try CaseNotices(cases: self).acted(decision, Command(CaseStep.undo), at: now, in: transaction)
    }

    var undoJob: Job {
        Job("forget-undoables", every: .minutes(5)) { [house] in
            let limit = house.clock.now() - .minutes(1)
            try await house.database.write { try UndoStore.forget(before: limit, in: $0) }
        }
    }
}

/// The form that takes an act back, on the page that follows it, and the same for programs.
struct UndoForm: Sendable {
    let cases: Cases

    func add(to routes: Routes) {
        routes.form("/cases/:id/undo", right: .caseRead) { staff, submission in
            let id: CaseID = try staff.visit.identifier()
            let (cases, scope, now) = (cases, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let record = try cases.undo(
                    id, by: scope, seenVersion: submission.seenVersion, at: now, in: transaction)
                return .seeOther(scope.mayRead(record) ? "/cases/\(id)?done=undo" : "/cases?done=undo")
            }
        }
        routes.api(
            APIOperation(
                .post, "/cases/{id}/undo", id: "undoOnCase", tag: "cases",
                summary: LocalizedText("10 秒内撤销本人刚做的一步", "Take back one's own last act within 10 seconds"),
                response: CaseJSON.record), right: .caseRead
        ) { staff, submission in
            let id: CaseID = try staff.visit.identifier()
            let (cases, scope, now) = (cases, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let record = try cases.undo(
                    id, by: scope, seenVersion: submission.seenVersion, at: now, in: transaction)
                return .json(CaseJSON.object(record), version: record.version)
            }
        }
    }

    /// Shown while the act can be taken back; scripts count the seconds down and then take it away.
    func html(_ id: CaseID, _ undoable: Undoable?, _ visit: Visit) -> HTML {
        guard let undoable, visit.now <= undoable.until, let act = cases.rules.act(undoable.act) else {
            return HTML()
        }
        let left = max(1, (undoable.until - visit.now).milliseconds / 1000)
        return """
            <form method="post" action="/cases/\(id)/undo" class="undo noprint" data-undo="\(left)">\(visit.formFields)\
            <input type="hidden" name="_version" value="\(undoable.version)">\
            <button class="btn">\(symbol("undo-2"))<span>\(visit("撤销“\(act.title.chinese)”", "Undo: \(act.title.english)"))</span></button> \
            <span class="hint">\(visit("10 秒内有效", "within 10 seconds"))<span data-left></span></span></form>
            """
    }
}
