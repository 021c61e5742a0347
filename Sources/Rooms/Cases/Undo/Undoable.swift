import Desk
import Ground

/// The last act on a matter, as long as its doer may take it back: for some seconds, while nobody did anything since.
struct Undoable: Sendable {
    /// How long. Long enough to see that it was the wrong line, too short for others to have relied on it.
    static let window = Span.seconds(10)
    /// In one matter. An undo leads back to where the matter was and gives back nothing that the act used up, so with
    /// this bound a run still ends: the proof of the workflow counts it as an act with `atMost`.
    static let atMost = 3

    var act: ActName
    /// Of the matter after the act.
    var version: Int64
    var staff: StaffID
    var at: Instant
    var kept: Kept

    var until: Instant { at + Self.window }

    /// What an act changes of a matter, as it was before: exactly this is put back, deadlines as they were.
    struct Kept: Sendable, Codable {
        var state: String
        var stateSince: Instant
        var due: Instant?
        var isDueProvisional: Bool
        var finalDue: Instant?
        var isFinalDueProvisional: Bool
        var finishedAt: Instant?
        var body: String?
        var handler: String?
        var answerable: String
        var answerablePost: String
        var isBound: Bool
        var extensionAsked: Int?
        var category: String?
        var area: String
        var result: String?
        /// Who did last what others must not do after them; as a trail is stored.
        var doers: String

        init(_ record: CaseRecord) {
            state = record.state.rawValue
            stateSince = record.stateSince
            due = record.due?.at
            isDueProvisional = record.due?.isProvisional ?? false
            finalDue = record.finalDue?.at
            isFinalDueProvisional = record.finalDue?.isProvisional ?? false
            finishedAt = record.finishedAt
            body = record.body?.text
            handler = record.handler?.text
            answerable = record.answerable.text
            answerablePost = record.answerablePost.text
            isBound = record.isBound
            extensionAsked = record.extensionAsked
            category = record.category
            area = record.area.code
            result = record.result
            doers = record.trail.stored
        }

        func put(back record: CaseRecord) -> CaseRecord {
            var before = record
            before.state = StateName(rawValue: state)
            before.stateSince = stateSince
            before.due = due.map { Deadline(at: $0, isProvisional: isDueProvisional) }
            before.finalDue = finalDue.map { Deadline(at: $0, isProvisional: isFinalDueProvisional) }
            before.finishedAt = finishedAt
            before.endedAt = nil
            before.body = body.map { BodyID($0) }
            before.handler = handler.map { StaffID($0) }
            before.answerable = StaffID(answerable)
            before.answerablePost = PostID(answerablePost)
            before.isBound = isBound
            before.extensionAsked = extensionAsked
            before.category = category
            before.area = AreaPrefix(area) ?? record.area
            before.result = result
            before.trail.doers = CaseRecord.Trail(stored: doers).doers
            return before
        }
    }
}

extension CaseStep {
    /// The step that takes the one before it back; its reason is that act's name. No act of a workflow is called so.
    static let undo: ActName = "undo"
}

extension CaseRules {
    /// What may be taken back of this act, if its workflow says so and a person or a token did it.
    func undoable(_ decision: Decision, by performer: Performer, at now: Instant) -> Undoable? {
        guard decision.act.isUndoable, case .staff(let scope) = performer,
            decision.before.trail.spent[CaseStep.undo, default: 0] < Undoable.atMost
        else { return nil }
        return Undoable(
            act: decision.act.name, version: decision.after.version, staff: scope.staff, at: now,
            kept: Undoable.Kept(decision.before))
    }

    /// Why this person cannot take it back; nil when nothing stands against it.
    func refusal(
        ofUndoing undoable: Undoable?, on record: CaseRecord, by scope: Scope, at now: Instant
    ) -> Refusal? {
        guard let undoable, undoable.version == record.version else {
            return Refusal(
                .conflict, "cases.undo-not-last",
                LocalizedText("没有可以撤销的操作，或之后已有人办理", "There is nothing to undo, or somebody acted since"),
                wayOn: LocalizedText("请刷新查看现在的状态", "Reload and see how it stands"))
        }
        guard undoable.staff == scope.staff else {
            return Refusal(
                .forbidden, "cases.undo-not-yours",
                LocalizedText("只能由办理人本人撤销", "Only who did it may undo it"))
        }
        // A token of the same person holds fewer rights than they do.
        if let right = act(undoable.act)?.right, !scope.may(right) {
            return Refusal(
                .forbidden, "cases.undo-not-yours",
                LocalizedText("没有该步骤的权限，不能撤销", "Without the right to the act it cannot be taken back"))
        }
        guard now <= undoable.until else {
            return Refusal(
                .ruleBroken, "cases.undo-too-late",
                LocalizedText("已超过 10 秒，不能撤销", "More than 10 seconds have passed; it stands"),
                wayOn: LocalizedText(
                    "如办错，请按流程退回、重派或备注说明", "If it was wrong, use the workflow: return, dispatch anew, or a remark"))
        }
        guard record.trail.spent[CaseStep.undo, default: 0] < Undoable.atMost else {
            return Refusal(
                .ruleBroken, "cases.undo-used-up",
                LocalizedText(
                    "一件最多撤销 \(Undoable.atMost) 次，已用完", "Undoing is possible \(Undoable.atMost) times in one matter"),
                rule: "\(workflow.name).undo.atMost=\(Undoable.atMost)")
        }
        return nil
    }

    /// The matter as it was before the act, but for what the act and the undo have used up.
    func undo(
        _ undoable: Undoable?, on record: CaseRecord, by scope: Scope, at now: Instant
    ) throws(Refusal) -> CaseRecord {
        if let refusal = refusal(ofUndoing: undoable, on: record, by: scope, at: now) { throw refusal }
        guard let undoable else { throw .nothingHere }
        var after = undoable.kept.put(back: record)
        after.version += 1
        after.trail.spent[CaseStep.undo, default: 0] += 1
        return after
    }
}
