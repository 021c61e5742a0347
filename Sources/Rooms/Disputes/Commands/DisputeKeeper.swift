import Cases
import Cipher
import Desk
import Ground
import Identity
import Messages
import Storage

/// What this room does when a matter of the kind `dispute` begins or moves on, by whatever door.
struct DisputeKeeper: KindKeeper {
    let disputes: Disputes

    /// The words of people go into the vault; the matter itself says only of what kind it is.
    func begins(
        _ record: inout CaseRecord, of whole: CaseRecord?, by actor: Actor, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let words = DisputeWords(title: record.title, detail: record.detail)
        let kind = record.variant ?? "other"
        record.variant = kind
        let title = disputes.kindTitle(kind)
        record.title = title.chinese
        record.detail = ""
        record.address = nil
        record.location = nil
        record.category = nil
        let first = disputes.rules.level(record.state)
        let dispute = Dispute(
            id: record.id, kind: kind, area: record.area, state: record.state, level: first?.key ?? "community",
            outcome: .open, beganAt: now, dueAt: record.due?.at, endBy: now + .days(disputes.rules.endWithinDays),
            origin: whole?.id, version: record.version)
        let sealed = disputes.house.keys.vault.seal(words.sealedText, for: Disputes.wordsPurpose)
        try DisputeStore.insert(dispute, wordsSealed: sealed, in: transaction)
        try disputes.record("entered", on: record.id, record.area, by: actor, at: now, in: transaction) { writer in
            writer.member("disputeKind", kind)
            writer.member("level", dispute.level)
        }
        try disputes.tellMediators(dispute, at: now, in: transaction)
    }

    func acts(
        on decision: inout Decision, by performer: Performer, at now: Instant, in transaction: any Transaction
    ) throws {
        guard let before = try DisputeStore.find(decision.after.id, in: transaction) else { throw Refusal.nothingHere }
        if case .staff(let scope) = performer, let right = disputes.right(at: before.level) { try scope.require(right) }
        var after = before
        after.version = decision.after.version
        after.state = decision.after.state
        after.dueAt = decision.after.due?.at
        after.endedAt = decision.after.endedAt
        after.outcome = Dispute.outcome(of: after.state)
        if let level = disputes.rules.level(after.state) { after.level = level.key }
        if after.outcome == .agreed, try !AgreementStore.exists(for: after.id, in: transaction) {
            throw Refusal(
                .conflict, "disputes.no-agreement",
                LocalizedText("还没有记录调解协议的内容", "What was agreed on is not recorded yet"),
                wayOn: LocalizedText("请在纠纷页面记录协议，协议生效即办结", "Record the agreement on the dispute's page; that ends it"))
        }
        if after.endedAt != nil {
            let outcome = DisputeTexts.title(after.outcome)
            decision.after.result = "\(disputes.levelTitle(after.level).chinese)：\(outcome.chinese)"
        }
        let hasMoved = after.level != before.level || after.endedAt != nil
        if hasMoved, let mediator = before.mediator {
            try MediatorStore.load(mediator, by: -1, in: transaction)
            if after.endedAt == nil { after.mediator = nil }
        }
        try DisputeStore.update(after, from: before, in: transaction)
        if after.level != before.level { try disputes.tellMediators(after, at: now, in: transaction) }
    }

    func page(of id: CaseID) -> CaseLink {
        CaseLink("/disputes/\(id)", LocalizedText("打开调解页面", "Open the mediation page"))
    }
}

/// A missed revisit that became a task: it ends when the revisit is recorded.
struct RevisitKeeper: KindKeeper {
    let disputes: Disputes

    func begins(
        _ record: inout CaseRecord, of whole: CaseRecord?, by actor: Actor, at now: Instant,
        in transaction: any Transaction
    ) throws {}

    func acts(
        on decision: inout Decision, by performer: Performer, at now: Instant, in transaction: any Transaction
    ) throws {
        let revisit = try AgreementStore.revisit(ofTask: decision.after.id, in: transaction)
        guard let revisit, revisit.madeAt == nil, decision.after.endedAt != nil else { return }
        throw Refusal(
            .conflict, "disputes.revisit-not-made", LocalizedText("还没有记录回访结果", "The revisit is not recorded yet"),
            wayOn: LocalizedText("请在纠纷页面记录回访", "Record it on the dispute's page"))
    }

    func page(of id: CaseID) -> CaseLink {
        CaseLink("/disputes/revisits/\(id)", LocalizedText("打开要回访的纠纷", "Open the dispute to revisit"))
    }
}
