import Cases
import Cipher
import Desk
import Ground
import Storage

/// What follows an agreement: confirmation by a court, what was promised, and whether it holds.
extension Disputes {
    private func agreement(_ id: CaseID, by scope: Scope, in transaction: any Transaction) throws -> (
        Dispute, Agreement
    ) {
        let dispute = try DisputeStore.find(id, for: scope, in: transaction)
        try scope.require(.mediate)
        let vault = house.keys.vault
        let found = try AgreementStore.find(
            id, open: { try vault.open($0, for: Self.agreementPurpose) }, in: transaction)
        guard let found else {
            throw Refusal(
                .conflict, "disputes.no-agreement",
                LocalizedText("还没有记录调解协议的内容", "What was agreed on is not recorded yet"))
        }
        return (dispute, found)
    }

    /// Both sides applied together to the court, within the time for it.
    func apply(
        on day: Day, byBoth: Bool, for id: CaseID, by scope: Scope, at now: Instant, _ transaction: any Transaction
    ) throws {
        var (dispute, agreement) = try agreement(id, by: scope, in: transaction)
        guard agreement.confirmation == .none else {
            throw Refusal(
                .conflict, "disputes.applied", LocalizedText("已申请过司法确认", "Confirmation was applied for already"))
        }
        guard byBoth else {
            throw Refusal(
                .ruleBroken, "disputes.both-apply",
                LocalizedText("司法确认须由双方当事人共同申请", "Both sides have to apply for confirmation together"),
                wayOn: LocalizedText(
                    "一方不同意的，另一方可就协议向法院起诉", "If one does not want to, the other can sue on the agreement"),
                rule: "disputes.confirmation", field: "byBoth")
        }
        guard day >= agreement.effectiveOn, day <= now.local().day else {
            throw missing("appliedOn", "申请日应在协议生效日与今天之间", "Between the day of the agreement and today")
        }
        guard day <= agreement.confirmBy else {
            throw Refusal(
                .ruleBroken, "disputes.confirmation-late",
                LocalizedText(
                    "已超过共同申请司法确认的期限（\(agreement.confirmBy)）",
                    "The time in which both could apply for confirmation ended on \(agreement.confirmBy)"),
                wayOn: LocalizedText("协议仍有约束力，可就协议向法院起诉", "The agreement still binds; it can be sued on"),
                rule: "disputes.confirmation.withinDays", field: "appliedOn")
        }
        agreement.confirmation = .applied
        agreement.appliedOn = day
        try keep(agreement, dispute, by: scope, at: now, transaction)
    }

    /// What the court said.
    func decide(
        isValid: Bool, on day: Day, for id: CaseID, by scope: Scope, at now: Instant, _ transaction: any Transaction
    ) throws {
        var (dispute, agreement) = try agreement(id, by: scope, in: transaction)
        guard agreement.confirmation == .applied, let applied = agreement.appliedOn else {
            throw Refusal(
                .conflict, "disputes.not-applied",
                LocalizedText("没有待法院作出决定的司法确认申请", "No application waits for the court's decision"))
        }
        guard day >= applied, day <= now.local().day else {
            throw missing("decidedOn", "决定日应在申请日与今天之间", "Between the application and today")
        }
        agreement.confirmation = isValid ? .valid : .refused
        agreement.decidedOn = day
        try keep(agreement, dispute, by: scope, at: now, transaction)
    }

    private func keep(
        _ agreement: Agreement, _ dispute: Dispute, by scope: Scope, at now: Instant, _ transaction: any Transaction
    ) throws {
        try AgreementStore.update(agreement, in: transaction)
        try record("confirmation", on: dispute.id, dispute.area, by: Actor(scope), at: now, in: transaction) {
            $0.member("outcome", agreement.confirmation.rawValue)
        }
    }

    func set(
        _ state: Duty.State, of duty: Identifier<Duty>, in id: CaseID, by scope: Scope, at now: Instant,
        _ transaction: any Transaction
    ) throws {
        let (dispute, _) = try agreement(id, by: scope, in: transaction)
        guard try AgreementStore.set(state, of: duty, in: id, transaction) else { throw Refusal.nothingHere }
        try record("duty", on: id, dispute.area, by: Actor(scope), at: now, in: transaction) {
            $0.member("outcome", state.rawValue)
        }
    }

    // MARK: Revisits

    /// - Parameter number: from 1, as planned when the agreement was recorded.
    func revisit(
        _ number: Int64, outcome: Revisit.Outcome, note: String, in id: CaseID, by scope: Scope, at now: Instant,
        _ transaction: any Transaction
    ) throws {
        var (dispute, agreement) = try agreement(id, by: scope, in: transaction)
        let words = note.trimmedText
        guard (1...1_000).contains(words.count) else {
            throw missing("note", "请写明回访情况（不超过 1000 字）", "Write how it stands, in at most 1,000 characters")
        }
        let all = try AgreementStore.revisits(of: id, open: { try open(note: $0) }, in: transaction)
        guard var revisit = all.first(where: { $0.number == number }) else { throw Refusal.nothingHere }
        guard revisit.madeAt == nil else {
            throw Refusal(
                .conflict, "disputes.revisited", LocalizedText("这次回访已经记录", "This revisit is recorded already"))
        }
        revisit.madeAt = now
        revisit.outcome = outcome
        try AgreementStore.update(
            revisit, noteSealed: house.keys.vault.seal(words, for: Self.notePurpose), in: transaction)
        let held: Bool? =
            outcome == .kept ? (revisit.isLast ? true : agreement.isKept) : outcome == .broken ? false : nil
        if let last = all.last, held != agreement.isKept {
            try FigureStore.countKept(agreement.isKept, of: dispute, lastRevisit: last.dueAt, by: -1, in: transaction)
            try FigureStore.countKept(held, of: dispute, lastRevisit: last.dueAt, by: 1, in: transaction)
            agreement.isKept = held
            try AgreementStore.update(agreement, in: transaction)
        }
        try record("revisit", on: id, dispute.area, by: Actor(scope), at: now, in: transaction) { writer in
            writer.member("revisit", number)
            writer.member("outcome", outcome.rawValue)
        }
        guard let task = revisit.task else { return }
        try scope.require(Right("dispute.mediate.street"))
        _ = try cases.act(
            task, of: Dispute.revisitKind, Command("record-revisit"), by: scope, at: now, in: transaction)
    }

    /// Makes a task of the street of each revisit that was not made in time.
    /// - Returns: how many.
    @discardableResult
    func watchRevisits() async throws -> Int {
        let now = house.clock.now()
        let disputes = self
        return try await house.database.write { try disputes.watchRevisits(at: now, in: $0) }
    }

    func watchRevisits(at now: Instant, in transaction: any Transaction) throws -> Int {
        let missed = try AgreementStore.missed(at: now, limit: 100, in: transaction)
        for var revisit in missed {
            guard let dispute = try DisputeStore.find(revisit.dispute, in: transaction) else { continue }
            let kind = kindTitle(dispute.kind).chinese
            let task = try cases.beginByPlatform(
                Beginning(
                    kind: Dispute.revisitKind, title: "协议回访逾期（第 \(revisit.number) 次）：\(kind)",
                    detail: "请回访双方，查明调解协议是否履行，并在纠纷页面记录。", area: dispute.area),
                in: dispute.area, at: now, in: transaction)
            revisit.task = task.id
            try AgreementStore.update(revisit, noteSealed: nil, in: transaction)
            try record("revisit-missed", on: dispute.id, dispute.area, by: .system, at: now, in: transaction) {
                $0.member("revisit", revisit.number)
            }
        }
        return missed.count
    }

    /// The dispute that a task of a missed revisit is about.
    func dispute(ofTask task: CaseID, for scope: Scope, in transaction: any Transaction) throws -> CaseID {
        guard let revisit = try AgreementStore.revisit(ofTask: task, in: transaction) else { throw Refusal.nothingHere }
        return try DisputeStore.find(revisit.dispute, for: scope, in: transaction).id
    }
}
