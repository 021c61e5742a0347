import Desk
import Ground
import Identity
import Messages
import Storage

/// Tells those whom it concerns, in the transaction of the act itself.
struct CaseNotices {
    let cases: Cases

    func reported(_ record: CaseRecord, at now: Instant, in transaction: any Transaction) throws {
        // Whoever takes a matter in personally need not be told of it.
        guard record.reportingStaff != record.answerable else { return }
        try notify(
            .post(record.answerablePost), record, "cases.reported",
            LocalizedText("新诉求：\(record.title)", "New matter: \(record.title)"), at: now, in: transaction)
    }

    func acted(_ decision: Decision, _ command: Command, at now: Instant, in transaction: any Transaction) throws {
        let record = decision.after
        let text = LocalizedText(
            "\(decision.act.title.chinese)：\(record.title)", "\(decision.act.title.english): \(record.title)")
        let isUrgent = decision.act.effect == .supervises
        var told: Set<Notice.Recipient> = []
        for party in decision.notify {
            if party == .reporter {
                try tellReporters(decision, command, at: now, in: transaction)
                continue
            }
            for recipient in try recipients(party, record, in: transaction) where told.insert(recipient).inserted {
                try notify(
                    recipient, record, "cases.\(decision.act.name.rawValue)", text, isUrgent: isUrgent, at: now,
                    in: transaction)
            }
        }
    }

    /// A reminder before the limit, or the news that it has passed.
    func reached(
        _ rung: EscalationLadder.Rung, _ record: CaseRecord, _ state: Workflow.State, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let due = record.due?.at.local().minuteText ?? ""
        let text =
            rung.isPastLimit
            ? LocalizedText(
                "已超时（\(state.title.chinese)）：\(record.title)", "Overdue (\(state.title.english)): \(record.title)")
            : LocalizedText(
                "\(due) 到期（\(state.title.chinese)）：\(record.title)",
                "Due \(due) (\(state.title.english)): \(record.title)")
        var told: Set<Notice.Recipient> = []
        for who in rung.tells {
            let found: [Notice.Recipient] =
                switch who {
                case .owner: try recipients(state.owner?.party ?? .area, record, in: transaction)
                case .answerable: try recipients(.answerable, record, in: transaction)
                case .county: try recipients(.county, record, in: transaction)
                case .supervisors:
                    try cases.directory.postHolders(
                        right: Right("case.supervise"), area: record.area, in: transaction
                    ).prefix(3).map { .post($0.post.id) }
                }
            for recipient in found where told.insert(recipient).inserted {
                try notify(
                    recipient, record, rung.isPastLimit ? "cases.limit-passed" : "cases.reminder", text,
                    isUrgent: rung.isPastLimit, at: now, in: transaction)
            }
        }
    }

    /// One part of the matter has ended.
    func partEnded(_ part: CaseRecord, of whole: CaseRecord, at now: Instant, in transaction: any Transaction) throws {
        let left = whole.openParts
        let text = LocalizedText(
            "协办事项已结束（还剩 \(left) 个）：\(whole.title)", "A part has ended (\(left) left): \(whole.title)")
        let owner = cases.rules.state(whole.state)?.owner?.party ?? .area
        for recipient in try recipients(owner, whole, in: transaction) {
            try notify(recipient, whole, "cases.part-ended", text, at: now, in: transaction)
        }
    }

    /// A body got a part of a larger matter.
    func opened(_ part: CaseRecord, at now: Instant, in transaction: any Transaction) throws {
        let title = cases.rules.workflow(of: part).title
        let text = LocalizedText("\(title.chinese)：\(part.title)", "\(title.english): \(part.title)")
        let owner = cases.rules.state(part.state)?.owner?.party ?? .area
        for recipient in try recipients(owner, part, in: transaction) {
            try notify(recipient, part, "cases.opened-part", text, isUrgent: true, at: now, in: transaction)
        }
    }

    private func recipients(_ party: Workflow.Party, _ record: CaseRecord, in transaction: any Transaction) throws
        -> [Notice.Recipient]
    {
        switch party {
        case .area, .answerable: [.post(record.answerablePost)]
        case .body: record.body.map { [.body($0, area: nil)] } ?? []
        case .county:
            try cases.directory.postHolders(right: .caseRule, area: record.area, in: transaction).prefix(3).map {
                .post($0.post.id)
            }
        case .offered: record.offeredPost.map { [.post($0)] } ?? []
        case .reporter, .anyone, .platform: []
        }
    }

    private func notify(
        _ recipient: Notice.Recipient, _ record: CaseRecord, _ kind: String, _ text: LocalizedText,
        isUrgent: Bool = false,
        at now: Instant, in transaction: any Transaction
    ) throws {
        try Messages.notify(
            Notice(
                to: recipient, kind: kind, subjectKind: "case", subjectID: record.id.text, text: text,
                address: "/cases/\(record.id)", at: now, isUrgent: isUrgent), in: transaction)
    }

    /// Whoever reported it, and everybody who reported the same; each phone once.
    private func tellReporters(
        _ decision: Decision, _ command: Command, at now: Instant, in transaction: any Transaction
    ) throws {
        try tellReporter(decision.after, decision, command, at: now, in: transaction)
        guard decision.after.joinedCount > 0 else { return }
        var told: Set<String> = Set([decision.after.reporter.phoneIndex].compactMap { $0 })
        for other in try CaseStore.joined(to: decision.after.id, in: transaction) {
            guard let index = other.reporter.phoneIndex, told.insert(index).inserted else { continue }
            try tellReporter(other, decision, command, at: now, in: transaction)
        }
    }

    /// The text is the act's own, in Chinese: residents have not chosen a language.
    private func tellReporter(
        _ record: CaseRecord, _ decision: Decision, _ command: Command, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard let template = decision.act.tells?.chinese, let index = record.reporter.phoneIndex,
            let sealed = record.reporter.phoneSealed
        else { return }
        let due = decision.after.finalDue.map { $0.at.local().day.description + ($0.isProvisional ? "（暂定）" : "") } ?? ""
        let text = template.replacing("{title}", with: record.title).replacing("{number}", with: record.number)
            .replacing("{due}", with: due).replacing("{opinion}", with: command.opinion ?? "")
            .replacing("{result}", with: decision.after.result ?? "")
            .replacing("{other}", with: command.matterNumber ?? "")
        try Messages.text(
            ResidentText(
                phoneSealed: sealed, phoneIndex: index, text: text, subjectID: record.id.text, area: record.area,
                at: now),
            in: transaction)
    }
}
