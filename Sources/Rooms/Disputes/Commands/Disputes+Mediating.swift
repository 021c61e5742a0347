import Cases
import Cipher
import Desk
import Ground
import Storage

/// An agreement as it is written down.
struct NewAgreement: Sendable {
    var form: Agreement.Form
    var text: String
    var effectiveOn: Day
    var duties: [NewDuty]
}

extension Disputes {
    /// The dispute that this scope may mediate now.
    private func mediated(_ id: CaseID, by scope: Scope, in transaction: any Transaction) throws -> Dispute {
        let dispute = try DisputeStore.find(id, for: scope, in: transaction)
        if let right = right(at: dispute.level) { try scope.require(right) }
        guard dispute.outcome == .open else { throw Refusal.disputeEnded }
        return dispute
    }

    // MARK: Mediators

    func matches(for dispute: Dispute, in transaction: any Transaction) throws -> [MediatorMatch] {
        let all = try MediatorStore.mediators(of: dispute.area, andAbove: true, limit: 500, in: transaction)
        return MediatorMatch.proposals(
            among: all, for: try question(dispute, in: transaction), most: rules.matching.proposed)
    }

    private func question(_ dispute: Dispute, in transaction: any Transaction) throws -> MediatorMatch.Question {
        MediatorMatch.Question(
            area: dispute.area, level: dispute.level, fields: rules.kinds[dispute.kind]?.fields ?? [], languages: [],
            partyPhones: try PartyStore.phoneIndexes(of: dispute.id, in: transaction),
            tied: try MediatorStore.tied(to: dispute.id, in: transaction), mostOpen: rules.matching.mostOpen)
    }

    func name(
        mediator: MediatorID, for id: CaseID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let dispute = try mediated(id, by: scope, in: transaction)
        guard let one = try MediatorStore.find(mediator, in: transaction) else {
            throw missing("mediator", "没有这位调解员", "There is no such mediator")
        }
        if let exclusion = MediatorMatch.exclusion(of: one, for: try question(dispute, in: transaction)) {
            throw refusal(exclusion)
        }
        guard dispute.mediator != mediator else { return }
        if let earlier = dispute.mediator { try MediatorStore.load(earlier, by: -1, in: transaction) }
        try MediatorStore.load(mediator, by: 1, in: transaction)
        var after = dispute
        after.mediator = mediator
        try DisputeStore.update(after, from: dispute, in: transaction)
        try record("mediator", on: id, dispute.area, by: Actor(scope), at: now, in: transaction) {
            $0.member("mediator", mediator.text)
        }
    }

    private func refusal(_ exclusion: MediatorMatch.Exclusion) -> Refusal {
        let text =
            switch exclusion {
            case .isParty: LocalizedText("该调解员是当事人本人", "That mediator is a party")
            case .declaredTie: LocalizedText("该调解员已回避", "That mediator is not free in this dispute")
            case .fullyLoaded(let open):
                LocalizedText("该调解员手上已有 \(open) 件", "That mediator has \(open) open disputes already")
            case .otherLevel: LocalizedText("该调解员不在本层级调解", "That mediator works at another level")
            case .otherArea: LocalizedText("该调解员不在本区域", "That mediator works in another area")
            case .inactive: LocalizedText("该调解员已停用", "That mediator does not mediate any more")
            }
        return Refusal(
            .ruleBroken, "disputes.mediator-excluded", text,
            wayOn: LocalizedText("请选择推荐的其他调解员", "Choose another of those proposed"), field: "mediator")
    }

    /// 回避: the mediator says, or a party objects; no reason has to convince anybody.
    func declareTie(
        of mediator: MediatorID, in id: CaseID, reason: String, by scope: Scope, at now: Instant,
        _ transaction: any Transaction
    ) throws {
        let dispute = try mediated(id, by: scope, in: transaction)
        let words = reason.trimmedText
        guard (1...200).contains(words.count) else {
            throw missing("reason", "请写明回避理由（不超过 200 字）", "Say why, in at most 200 characters")
        }
        guard try MediatorStore.find(mediator, in: transaction) != nil else {
            throw missing("mediator", "没有这位调解员", "There is no such mediator")
        }
        let sealed = house.keys.vault.seal(words, for: Self.notePurpose)
        try MediatorStore.tie(mediator, to: id, reasonSealed: sealed, at: now, in: transaction)
        if dispute.mediator == mediator {
            try MediatorStore.load(mediator, by: -1, in: transaction)
            var after = dispute
            after.mediator = nil
            try DisputeStore.update(after, from: dispute, in: transaction)
        }
        try record("tie", on: id, dispute.area, by: Actor(scope), at: now, in: transaction) {
            $0.member("mediator", mediator.text)
        }
    }

    // MARK: Meetings

    /// A meeting that ends neither way. What ends it is an agreement, a failure or a refusal, each an act of its own.
    func hold(
        _ outcome: MediationSession.Outcome, note: String, heldAt: Instant?, in id: CaseID, by scope: Scope,
        at now: Instant, _ transaction: any Transaction
    ) throws {
        let dispute = try mediated(id, by: scope, in: transaction)
        let held = heldAt ?? now
        guard held <= now + .minutes(5), held >= dispute.beganAt - .days(365) else {
            throw missing("heldAt", "调解时间不能晚于现在", "A meeting is recorded after it was held")
        }
        let words = note.trimmedText
        guard (1...2_000).contains(words.count) else {
            throw missing("note", "请写明调解情况（不超过 2000 字）", "Write how it went, in at most 2,000 characters")
        }
        try keep(outcome, note: words, heldAt: held, of: dispute, by: scope, at: now, transaction)
        switch outcome {
        case .goesOn: break
        case .agreed:
            throw missing("outcome", "达成协议请填写协议内容", "Record what was agreed on as the agreement")
        case .failed:
            guard let up = rules.level(key: dispute.level)?.up else { throw Refusal.disputeEnded }
            try act(ActName(rawValue: up), on: id, by: scope, at: now, transaction)
        case .declined: try act("decline-mediation", on: id, by: scope, at: now, transaction)
        }
    }

    private func keep(
        _ outcome: MediationSession.Outcome, note: String, heldAt: Instant, of dispute: Dispute, by scope: Scope,
        at now: Instant, _ transaction: any Transaction
    ) throws {
        let session = MediationSession(
            id: house.identifiers.next(at: now), dispute: dispute.id, level: dispute.level,
            mediator: dispute.mediator, heldAt: heldAt, outcome: outcome, note: note)
        try PartyStore.insert(
            session, noteSealed: house.keys.vault.seal(note, for: Self.notePurpose), in: transaction)
        try record("session", on: dispute.id, dispute.area, by: Actor(scope), at: now, in: transaction) { writer in
            writer.member("level", dispute.level)
            writer.member("outcome", outcome.rawValue)
        }
    }

    private func act(
        _ name: ActName, on id: CaseID, by scope: Scope, at now: Instant, _ transaction: any Transaction
    ) throws {
        _ = try cases.act(id, of: Dispute.kindName, Command(name), by: scope, at: now, in: transaction)
    }

    // MARK: Agreement

    /// What the parties agreed on, with what each has to do by when: it ends the mediation and plans the revisits.
    func agree(_ new: NewAgreement, in id: CaseID, by scope: Scope, at now: Instant, _ transaction: any Transaction)
        throws
    {
        let dispute = try mediated(id, by: scope, in: transaction)
        let today = now.local().day
        let text = new.text.trimmedText
        guard (1...5_000).contains(text.count) else {
            throw missing("text", "请写明协议内容（不超过 5000 字）", "Write what was agreed on, in at most 5,000 characters")
        }
        guard new.effectiveOn <= today, new.effectiveOn >= today - 30 else {
            throw missing(
                "effectiveOn", "协议生效日应在今天或之前 30 日内", "It took effect today or within the last 30 days")
        }
        guard new.duties.count <= 20 else { throw missing("duties", "义务最多 20 条", "At most 20 duties") }
        for duty in new.duties {
            guard (1...500).contains(duty.text.trimmedText.count), duty.dueOn >= new.effectiveOn,
                duty.dueOn <= today + 3_653
            else {
                throw missing(
                    "duties", "每条义务须写明内容和履行日期（不早于生效日）",
                    "Each duty has a text and a day, not before the agreement takes effect")
            }
        }
        let agreement = Agreement(
            dispute: id, form: new.form, text: text, effectiveOn: new.effectiveOn,
            confirmBy: Agreement.lastDayOfConfirmation(effectiveOn: new.effectiveOn, rules), confirmation: .none)
        let vault = house.keys.vault
        try AgreementStore.insert(
            agreement, textSealed: vault.seal(text, for: Self.agreementPurpose), in: transaction)
        for one in new.duties {
            let duty = Duty(
                id: house.identifiers.next(at: now), dispute: id, side: one.side, text: one.text.trimmedText,
                dueOn: one.dueOn, state: .open)
            try AgreementStore.insert(
                duty, textSealed: vault.seal(duty.text, for: Self.agreementPurpose), in: transaction)
        }
        try planRevisits(of: dispute, agreement, at: now, transaction)
        try keep(.agreed, note: "—", heldAt: now, of: dispute, by: scope, at: now, transaction)
        try record("agreement", on: id, dispute.area, by: Actor(scope), at: now, in: transaction) { writer in
            writer.member("form", new.form.rawValue)
            writer.member("duties", new.duties.count)
            writer.member("confirmBy", agreement.confirmBy.description)
        }
        try act("agree-mediation", on: id, by: scope, at: now, transaction)
    }

    private func planRevisits(
        of dispute: Dispute, _ agreement: Agreement, at now: Instant, _ transaction: any Transaction
    ) throws {
        for (index, plan) in rules.revisits.enumerated() {
            let day = agreement.effectiveOn + Int(plan.withinDays)
            // Until the end of that day.
            let revisit = Revisit(
                id: house.identifiers.next(at: now), dispute: dispute.id, number: Int64(index + 1),
                dueAt: Instant(LocalTime(day: day + 1)), isLast: index == rules.revisits.count - 1)
            try AgreementStore.insert(revisit, in: transaction)
            if revisit.isLast {
                try FigureStore.countKept(nil, of: dispute, lastRevisit: revisit.dueAt, by: 1, in: transaction)
            }
        }
    }
}
