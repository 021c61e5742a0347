import Cases
import Desk
import Ground
import Identity
import Storage

/// What becomes of an entry that could not be done: its writer decides.
extension EntryWork {
    enum Decision: String, Sendable, CaseIterable {
        /// Do it on what stands now, as it is written now.
        case apply
        /// Only the words go to the matter.
        case remark
        case discard
    }

    /// The writer decides: with what was changed, on what stands now.
    /// - Throws: the reason why that cannot be done either; the entry then stays as it is.
    func decide(
        _ id: Identifier<EntryRecord>, _ decision: Decision, _ changes: EntryChanges, by scope: Scope, at now: Instant
    ) async throws -> EntryOutcome {
        let outcome = try await house.database.write { transaction -> EntryOutcome in
            guard var record = try EntryStore.find(id, of: scope.staff, in: transaction) else {
                throw Refusal.nothingHere
            }
            // A second click finds it decided.
            guard record.state == .kept else { return EntryOutcome(record: record, refusal: nil) }
            guard decision != .discard else {
                record.state = .discarded
                record.content = nil
                try EntryStore.update(record, at: now, in: transaction)
                return EntryOutcome(record: record, refusal: nil)
            }
            guard let written = try opened(record) else { throw Refusal.nothingHere }
            var entry = changes.applied(to: written)
            entry.seenVersion = nil
            if entry.matter == nil, let follows = record.follows {
                entry.matter = try EntryStore.find(key: follows, of: scope.staff, in: transaction)?.resultCase
            }
            record.matter = entry.matter
            if decision == .remark {
                let words = [entry.result, entry.opinion].compactMap { $0 }.joined(separator: "\n")
                entry.kind = .act
                entry.act = "remark"
                entry.opinion = words.isEmpty ? "（离线操作未生效）" : words
                entry.result = nil
                entry.reason = nil
            }
            return try perform(
                &record, entry, try entry.pictures(), by: scope, isNew: false, at: now, in: transaction)
        }
        if outcome.record.state == .done { try await goOn(after: outcome.record.key, by: scope, at: now) }
        return outcome
    }

    // MARK: Words

    static let changed = Refusal(
        .changedMeanwhile, "day.changed-meanwhile",
        LocalizedText("您离线时，该件已由他人办理到下一步", "While you were offline, somebody else took the matter further"),
        wayOn: LocalizedText("两边都列在这里，请您决定", "Both sides are shown; please decide"))

    static let earlierKept = Refusal(
        .conflict, "day.earlier-kept",
        LocalizedText("它的前一步没有办成，因此先留着", "The step before it could not be done, so it is kept"),
        wayOn: LocalizedText("请先处理前一步", "Decide on that one first"))

    static let earlierMissing = Refusal(
        .conflict, "day.earlier-missing",
        LocalizedText("它的前一步一直没有上传", "The step before it never arrived"),
        wayOn: LocalizedText("请用记录它的手机联网，或在这里决定", "Bring that phone online, or decide here"))

    /// A reason by its code, for entries that were kept earlier.
    static func told(code: String) -> Refusal {
        for known in [changed, earlierKept, earlierMissing] where known.code == code { return known }
        let words = reasons[code] ?? LocalizedText("未能办成，内容完整保留", "It could not be done; all of it is kept")
        return Refusal(.conflict, code, words)
    }

    private static let reasons: [String: LocalizedText] = [
        "cases.unknown-category": LocalizedText("所选类别已停用，请重新选择", "The category is no longer in use; choose another"),
        "cases.elsewhere": LocalizedText("所选区域不在本县内", "That area is not within the county"),
        "cases.detail-too-long": LocalizedText("内容太长，请保留要点", "Too long; keep the main points"),
        "cases.nothing-said": LocalizedText("没有写内容", "Nothing was written"),
        "cases.act-not-now": LocalizedText("该件已不在这一步", "The matter is no longer at that step"),
        "cases.not-yours": LocalizedText("该件已不由您的岗位办理", "The matter is no longer your post's"),
        "cases.missing-result": LocalizedText("没有写办理结果", "It does not say what was done"),
        "cases.missing-opinion": LocalizedText("没有写意见", "No opinion was written"),
        "cases.missing-reason": LocalizedText("没有选原因", "No reason was chosen"),
        "cases.missing-body": LocalizedText("没有选是哪个单位派的", "It does not say who sent the task"),
        "cases.unknown-body": LocalizedText("所选单位已不在这一区域", "That body does not act in the area any more"),
        "cases.no-photo": LocalizedText("有照片无法使用", "A photo cannot be used"),
        "desk.nothing-here": LocalizedText("该件已不在您的辖区，或已不存在", "It is no longer in your area, or no longer there"),
        "day.place-outside": LocalizedText("定位不在本县范围内", "The place lies outside the county"),
        "day.check-done": LocalizedText("这一段已由他人看过", "Somebody else has already looked at this stretch"),
    ]
}
