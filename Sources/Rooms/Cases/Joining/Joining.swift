import Desk
import Ground
import Ledger
import Storage

extension CaseStep {
    /// The step of the matter that goes on when another was joined with it, or taken apart from it.
    static let joinedWith: ActName = "joined-with"
    static let separatedFrom: ActName = "separated-from"
}

/// The same matter reported several times goes on as one, with several reporters, and is taken apart again without loss:
/// what was joined keeps its text, its reporter and its steps, and goes back to the beginning of its own way.
extension Cases {
    /// Finds the matter that a command names and checks that the other may be joined with it.
    func findMatter(_ command: inout Command, for record: CaseRecord, in transaction: any Transaction) throws {
        guard let number = command.matterNumber else { return }
        guard let id = try CaseStore.find(number: number, in: transaction),
            let other = try CaseStore.find(id, in: transaction), other.kind == Workflow.matter,
            record.area.isNear(other.area)
        else {
            throw Refusal(
                .ruleBroken, "cases.unknown-matter",
                LocalizedText("本辖区没有编号为 \(number) 的诉求", "No matter of the area has the number \(number)"),
                wayOn: LocalizedText("请核对 16 位编号", "Check the 16 digits"), field: "matter")
        }
        guard id != record.id, other.joinedTo == nil, other.endedAt == nil else {
            throw Refusal(
                .ruleBroken, "cases.not-to-join",
                LocalizedText(
                    "不能并入本件、已办结或已并入他件的诉求", "Not with itself, one that has ended, or one that is joined itself"),
                wayOn: other.joinedTo == nil
                    ? nil : LocalizedText("请并入对方所并入的那一件", "Join it with the one that goes on for that"), field: "matter"
            )
        }
        guard record.joinedCount == 0 else {
            throw Refusal(
                .ruleBroken, "cases.others-joined",
                LocalizedText(
                    "已有 \(record.joinedCount) 件并入本件", "\(record.joinedCount) others are joined with this one"),
                wayOn: LocalizedText("请反过来把那一件并入本件", "Join the other one with this instead"), field: "matter")
        }
        command.matter = id
    }

    /// Keeps the count of the matter that goes on, and writes it into that one's way.
    func joined(_ decision: Decision, by actor: Actor, at now: Instant, in transaction: any Transaction) throws {
        let (before, after) = (decision.before, decision.after)
        guard before.joinedTo != after.joinedTo else { return }
        if let id = before.joinedTo { try count(-1, on: id, after, by: actor, at: now, in: transaction) }
        if let id = after.joinedTo { try count(1, on: id, after, by: actor, at: now, in: transaction) }
    }

    private func count(
        _ change: Int, on id: CaseID, _ other: CaseRecord, by actor: Actor, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard let before = try CaseStore.find(id, in: transaction) else { return }
        var after = before
        after.version += 1
        after.joinedCount = max(0, after.joinedCount + change)
        try CaseStore.update(after, from: before, in: transaction)
        let act = change > 0 ? CaseStep.joinedWith : CaseStep.separatedFrom
        try CaseStore.insert(
            CaseStep(
                caseID: id, version: after.version, act: act, from: after.state, to: after.state, at: now,
                performer: .system, opinion: other.number, due: after.due), in: transaction)
        try Ledger.record(
            LedgerEntry(
                "cases.\(act.rawValue)", on: "case", id, by: actor, at: now, id: house.identifiers.next(at: now),
                area: after.area.code
            ) { writer in
                writer.member("other", other.number)
                writer.member("joinedCount", after.joinedCount)
                writer.member("version", after.version)
            }, in: transaction)
    }
}

extension AreaPrefix {
    /// Within one street, or one of the two is not placed below the county.
    fileprivate func isNear(_ other: AreaPrefix) -> Bool {
        guard let mine = street, let theirs = other.street else { return contains(other) || other.contains(self) }
        return mine == theirs
    }
}
